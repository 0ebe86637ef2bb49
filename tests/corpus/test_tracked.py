"""Films that a person might have made, read by the real tracker in processes of their own."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from core.camera import Camera
from core.corpus.clip import Name
from core.expression.emotions import prototypes
from core.face.model import built_in
from core.face.rotation import head_to_camera
from core.jobs import Ticket
from core.media.encode import ExportSettings
from core.media.record import record_video
from core.reading.folder import Wishes, read_folder
from core.reconstruction.gaze import full_turns
from core.synthetic.renders import random_scene, render
from core.synthetic.samples import eyes_of
from core.synthetic.surface import of_model
from core.times import Times
from core.track import ARKIT_INDEX
from tests.corpus import tree

SIZE, FRAMES = 224, 12
SMILE = [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]
BROWS = [ARKIT_INDEX["browDownLeft"], ARKIT_INDEX["browDownRight"]]


class Actor:
    """A random person before a camera that holds still."""

    def __init__(self, seed):
        self._rng = np.random.default_rng(seed)
        self._model = built_in()
        shape = np.clip(self._rng.normal(0, 0.6, len(self._model.identity)), -2, 2)
        self._person = self._model.person(shape.astype(np.float32))
        size = (SIZE, SIZE)
        self._scene = random_scene(of_model(self._model), self._person, self._rng, size)
        self._camera = Camera(SIZE * 2.0, SIZE / 2, SIZE / 2, SIZE, SIZE)

    def film(self, path, emotion, rate, frames=FRAMES):
        path.parent.mkdir(parents=True, exist_ok=True)
        times = Times.steady(frames, rate)
        record_video(path, self._pictures(emotion, frames), times, ExportSettings(crf=18))

    def _pictures(self, emotion, frames):
        held = (
            np.zeros(52) if emotion == "neutral" else prototypes()[emotion].weights.clip(0, 1)
        )
        speech = np.abs(gaussian_filter1d(self._rng.standard_normal(frames), 1)) * 0.4
        for jaw in speech:
            c = held.astype(np.float32)
            c[ARKIT_INDEX["jawOpen"]] += jaw
            face = self._model.deformed(self._person, c, eyes_of(c, full_turns(self._model)))
            middle = self._model.embeddings["478"].points(face).mean(0)
            turn = self._rng.normal(0, 0.01, 3).astype(np.float32)
            centre = head_to_camera(middle[None], turn, np.zeros(3))[0]
            at = np.array([0, 0, 2.0 * 230]) - centre
            yield render(
                self._scene, face, (turn, at.astype(np.float32)), self._camera, self._rng
            )


@pytest.mark.slow
def test_emotions_held_throughout_are_read_off_films(tmp_path):
    root = tmp_path / "films"
    for seed, who in enumerate(("M003", "W009")):
        actor = Actor(seed)
        for emotion in ("neutral", "happy", "angry"):
            for number in ("001", "002"):
                ntsc = (who, emotion, number) == ("W009", "happy", "002")
                rate = tree.Fraction(30000, 1001) if ntsc else tree.Fraction(25)
                video, audio = tree.places(root, who, emotion, number, ".m4a")
                actor.film(video, emotion, rate)
                tree.tone(audio, FRAMES / float(rate) + 0.1)
    tree.places(root, "M003", "angry", "002", ".m4a")[1].unlink()
    blank = tree.film(tree.places(root, "M003", "angry", "003")[0])
    done = read_folder(root, tmp_path / "corpus", Wishes(workers=2), Ticket())
    assert (done.read, done.kept, done.usable) == (12, 0, 11)
    assert sorted(done.problems) == sorted([
        "There is no sound, in it or beside it (--silent lets that be): "
        f"{tree.places(root, 'M003', 'angry', '002')[0]}",
        f"No face was found in any frame of the video: {blank}",
    ])  # fmt: skip
    for who in ("M003", "W009"):
        mean = {
            emotion: done.corpus.clip(
                Name(who, emotion, "001", 1 if emotion == "neutral" else 3)
            ).expression.mean(0)
            for emotion in ("neutral", "happy", "angry")
        }
        assert mean["happy"][SMILE].mean() > mean["neutral"][SMILE].mean() + 0.3
        assert mean["angry"][BROWS].mean() > mean["neutral"][BROWS].mean() + 0.3
    ntsc = done.corpus.clip(Name("W009", "happy", "002"))
    assert float(ntsc.times.rate()) == pytest.approx(30000 / 1001, rel=1e-6)
    assert len(ntsc.sound) / ntsc.rate == pytest.approx(FRAMES * 1001 / 30000, abs=0.002)

    gone = tmp_path / "corpus" / f"{Name('M003', 'happy', '001').path}.npz"
    gone.unlink()
    files = [p for p in (tmp_path / "corpus").rglob("*.npz") if p != gone]
    before = [p.stat().st_mtime_ns for p in files]
    again = read_folder(root, tmp_path / "corpus", Wishes(workers=2), Ticket())
    assert (again.read, again.kept, again.usable) == (1, 11, 11)
    assert [p.stat().st_mtime_ns for p in files] == before
    assert again.corpus.entries == done.corpus.entries


@pytest.mark.data
@pytest.mark.slow
def test_emotions_are_read_off_real_clips(test_data: Path, tmp_path):
    if not (test_data / "emo").is_dir():
        pytest.skip("the clips of emotions are absent")
    root = tmp_path / "films"
    root.mkdir()
    for name in ("neutral_level1", "happy_level3"):
        file = f"dreamtalk__M030_front_{name}_001.mp4"
        (root / file).symlink_to(test_data / "emo" / file)
    done = read_folder(root, tmp_path / "corpus", Wishes(silent=True), Ticket())
    assert (done.layout, done.read, done.usable) == ("flat", 2, 2)
    happy, neutral = (
        done.corpus.clip(Name("M030", emotion, "001", level)).expression.mean(0)
        for emotion, level in (("happy", 3), ("neutral", 1))
    )
    assert happy[SMILE].mean() > neutral[SMILE].mean() + 0.4
    assert read_folder(root, tmp_path / "corpus", Wishes(silent=True), Ticket()).kept == 2
