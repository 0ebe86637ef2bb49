"""Make the bundled clip: the actor speaks, and its exact truth lies beside it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from core.arrays import Float, Rgb
from core.camera import Camera
from core.face.model import FaceModel, built_in
from core.face.rotation import head_to_camera
from core.jobs import Ticket
from core.media.encode import ExportSettings
from core.media.record import Voiceover, record_video
from core.synthetic.actor.performance import frame_times, perform
from core.synthetic.actor.scene import Scene
from core.synthetic.speech.visemes import Phoneme
from core.synthetic.speech.voice import Saying, say, shifted
from core.track import Track

SENTENCE = "My brother moved before five, but maybe we both feel much better about that."
VOICE, WORDS_A_MINUTE, PITCH = "gmw/en", 165, 45
BEFORE_S, AFTER_S = 0.32, 0.36
SEED = 12
SPREAD = 0.55  # of the identity: nearer to the mean than a random person


def spoken(sentence: str = SENTENCE) -> tuple[Float, int, list[Phoneme]]:
    """Return (N,) sound -1..1, its rate and the phonemes, with a pause at both ends."""
    said = say([Saying(sentence, VOICE, WORDS_A_MINUTE, PITCH)])[0]
    before, after = (np.zeros(int(s * said.rate), np.float32) for s in (BEFORE_S, AFTER_S))
    phonemes = shifted(said.phonemes, BEFORE_S)
    return np.concatenate([before, said.sound, after]), said.rate, phonemes


def build(folder: Path, ticket: Ticket | None = None) -> None:
    """Write ``actor.mp4`` and its truth ``actor.npz`` into `folder`.

    The truth: pts (F,), base (2,) numerator and denominator, values (F, C) of the arkit-52
    track, shape (S,), focal, center (2,), landmarks_478 and landmarks_68 (F, L, 2) px,
    phonemes (P,) names with phoneme_times (P, 2) s.
    """
    ticket = ticket or Ticket()
    face = built_in()
    shape = np.random.default_rng(SEED).normal(0, SPREAD, len(face.identity)).astype(np.float32)
    samples, rate, phonemes = spoken()
    times = frame_times(len(samples) / rate)
    camera = Camera.of_frame(1280, 720)
    track = perform(phonemes, times, seed=7)
    scene = Scene(face, shape, camera, seed=3)
    body = track.look(0)

    def picture(i: int) -> Rgb:
        return scene.frame(track.look(i), body, grain=i)

    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        pictures = pool.map(picture, range(len(track)))
        settings = ExportSettings(crf=17, preset="slow")
        record_video(
            folder / "actor.mp4", pictures, times, settings, Voiceover(samples, rate), ticket
        )
    np.savez_compressed(
        folder / "actor.npz",
        pts=times.pts,
        base=np.array([times.base.numerator, times.base.denominator]),
        values=track.values,
        shape=shape,
        focal=np.float64(camera.focal),
        center=np.array([camera.cx, camera.cy]),
        landmarks_478=_seen(face, shape, track, camera, "478"),
        landmarks_68=_seen(face, shape, track, camera, "68"),
        phonemes=np.array([p.name for p in phonemes]),
        phoneme_times=np.array([(p.start, p.end) for p in phonemes]),
    )


def _seen(face: FaceModel, shape: Float, track: Track, camera: Camera, scheme: str) -> Float:
    """Return (F, L, 2) px: where the embedded landmarks are in the picture."""
    points = face.embeddings[scheme].points(face.vertices(shape, track))
    placed = head_to_camera(points, track["head_rotation"], track["head_translation"])
    return camera.project(placed).astype(np.float32)
