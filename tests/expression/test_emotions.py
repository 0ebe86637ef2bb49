"""The table of emotions, and reading the filmed emotion."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError, WishError
from core.expression.emotions import LABELS, OPTIONAL, label, load, prototypes, units
from core.expression.own import filmed_emotion, hidden, resting_emotion, style
from core.paths import resource
from core.times import Times
from core.track import ARKIT, ARKIT_INDEX, Track
from tests.expression.mouths import RATE


def test_every_label_has_a_row_and_aliases_lead_to_it():
    assert set(prototypes()) == {*LABELS, *OPTIONAL}
    assert label(" Joy ") == "happy"
    assert label("Surprise") == "surprised"
    assert not prototypes()["neutral"].weights.any()
    with pytest.raises(WishError, match=r"no emotion 'bored'.*happy"):
        label("bored")


def test_weights_follow_from_millimetres_on_any_head():
    mm = json.loads(resource("emotions.json").read_text())["emotions"]["happy"]["shapes"]
    smile = ARKIT_INDEX["mouthSmileLeft"]
    assert prototypes()["happy"].weights[smile] == pytest.approx(
        mm["mouthSmile"] / units()[smile]
    )
    other = load(resource("emotions.json"), units() * 2)
    assert other["happy"].weights[smile] == pytest.approx(mm["mouthSmile"] / units()[smile] / 2)
    assert prototypes()["contempt"].weights[smile] == 0
    assert prototypes()["contempt"].weights[smile + 1] > 0


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"emotions": {}}', '{"unit_mm": {}, "emotions": {}}'],
)
def test_a_damaged_table_is_a_model_error(tmp_path, text):
    (tmp_path / "e.json").write_text(text)
    with pytest.raises(ModelError, match="table of emotions"):
        load(tmp_path / "e.json")


@pytest.mark.parametrize(
    "row", [{"shapes": {"noSuch": 1}}, {"shapes": {}, "gain": 9}, {"shapes": {"jawOpen": "x"}}]
)
def test_a_damaged_row_is_a_model_error(tmp_path, row):
    (tmp_path / "e.json").write_text(json.dumps({"emotions": {"happy": row}}))
    with pytest.raises(ModelError):
        load(tmp_path / "e.json", units())


@given(st.floats(0, 1.5, width=32), st.floats(0, 1.5, width=32))
def test_more_intensity_is_never_less_of_a_shape(a, b):
    low, high = prototypes()["angry"].at(np.array(sorted([a, b]), np.float32))
    assert np.all(high >= low)
    assert high.max() <= 1.5


@pytest.mark.parametrize("emotion", LABELS[1:])
def test_an_emotion_worn_at_rest_is_read_as_itself_and_reaches_the_editor(emotion):
    wanted = np.eye(7, dtype=np.float32)[LABELS.index(emotion)]
    worn = np.clip(hidden(wanted) * 0.7, 0, 1)
    relaxed = np.zeros(52, np.float32)
    found = resting_emotion(worn)
    assert np.argmax(found) == LABELS.index(emotion)
    assert resting_emotion(relaxed) == pytest.approx(np.eye(7)[0], abs=1e-6)


def test_the_emotion_is_read_frame_by_frame_and_lost_faces_have_none():
    values = np.zeros((6, ARKIT.width), np.float32)
    values[:, :52] = np.linspace(0, 1, 6)[:, None] * hidden(np.eye(7, dtype=np.float32)[4])
    values[:5, -1] = 1
    found = filmed_emotion(Track(ARKIT, values, Times.steady(6, RATE)))
    assert np.argmax(found[3]) == np.argmax(found[4]) == LABELS.index("happy")
    assert np.diff(found[:5, LABELS.index("happy")]).min() >= 0
    assert not found[5].any()


def test_style_is_what_stays_when_the_actor_is_quiet():
    rng = np.random.default_rng(1)
    face = np.zeros((100, 52), np.float32)
    face[:, ARKIT_INDEX["mouthSmileLeft"]] = 0.4
    face[::2, ARKIT_INDEX["jawOpen"]] = 0.5
    face[10:14, ARKIT_INDEX["eyeBlinkLeft"]] = 0.9
    face[10:14, ARKIT_INDEX["browDownLeft"]] = 0.9
    worn = style(
        face + rng.normal(0, 0.01, face.shape).astype(np.float32), np.arange(100) % 2 == 1
    )
    assert worn[ARKIT_INDEX["mouthSmileLeft"]] == pytest.approx(0.4, abs=0.01)
    assert worn[ARKIT_INDEX["jawOpen"]] == 0
    assert worn[ARKIT_INDEX["eyeBlinkLeft"]] == 0
    assert worn[ARKIT_INDEX["browDownLeft"]] < 0.02


def test_what_hides_in_the_neutral_is_worn_without_speech():
    half, whole = (hidden(np.array([0, 0, 0, 0, a, 0, 0], np.float32)) for a in (0.5, 1))
    smile = ARKIT_INDEX["mouthSmileLeft"]
    assert 0.2 < half[smile] == pytest.approx(whole[smile] / 2)
    assert whole[ARKIT_INDEX["jawOpen"]] == 0
    assert not hidden(np.eye(7, dtype=np.float32)[0]).any()
