"""The millimetres of the shapes, and that the table of emotions was made for this head."""

from dataclasses import replace

import numpy as np
import pytest

from core.expression.emotions import load, units
from core.face.model import built_in
from core.face.units import unit_mm
from core.paths import resource
from core.track import ARKIT_INDEX


def test_the_table_of_emotions_is_measured_on_the_head_that_ships():
    assert units() == pytest.approx(unit_mm(built_in()), abs=0.02)


def test_a_head_with_half_the_smile_gets_twice_the_weight_and_a_missing_shape_none():
    face = built_in()
    smaller = face.expression.copy()
    smaller[ARKIT_INDEX["mouthSmileLeft"]] *= 0.8
    smaller[ARKIT_INDEX["cheekSquintLeft"]] = 0
    table = load(resource("emotions.json"), unit_mm(replace(face, expression=smaller)))
    happy = table["happy"].weights
    left, right = (happy[ARKIT_INDEX[f"mouthSmile{s}"]] for s in ("Left", "Right"))
    assert left * 0.8 == pytest.approx(right, rel=0.05)
    assert happy[ARKIT_INDEX["cheekSquintLeft"]] == 0
    assert np.isfinite(happy).all()
