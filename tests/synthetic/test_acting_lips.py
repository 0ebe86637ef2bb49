"""Lips of the talking corpus meet for /p b m/ in every emotion, and stop where they meet."""

import numpy as np
import pytest

from core.expression.emotions import LABELS
from core.face.articulation import articulation
from core.face.model import built_in
from core.synthetic.speech.visemes import LEAD_S, Phoneme
from core.synthetic.talk.acting import OVERLAP_MM, perform
from core.synthetic.talk.actors import everybody

SOUNDS = ("", "m", "iː", "p", "u", "f", "a", "b", "oʊ", "m", "ɛ", "t", "")


@pytest.fixture(scope="module")
def opening():
    """Return (52,) mm by which each shape parts the lips of the head that ships."""
    mouth = articulation(built_in(), built_in().neutral)
    return mouth.gradient[mouth.names.index("aperture")]


@pytest.mark.parametrize("emotion", LABELS)
def test_lips_meet_and_do_not_pass_through_each_other(emotion, opening):
    said = [Phoneme(n, 0.12 * i, 0.12 * (i + 1)) for i, n in enumerate(SOUNDS)]
    moments = np.arange(0, 1.5, 0.01)
    for who in everybody(1, "train")[:3]:
        gap = perform(who, emotion, said, moments, 5).expression @ opening
        # Cheeks and lids wander by chance after the lips have met; that moves micrometres.
        assert gap.min() >= -OVERLAP_MM - 0.02
        for p in said:
            if p.name in ("p", "b", "m"):
                seen = abs(moments - ((p.start + p.end) / 2 - LEAD_S)) < 0.02
                assert gap[seen].max() < 0
        assert gap[moments < 1.3].max() > 3
