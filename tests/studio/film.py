"""What must be true of an exported film and of what the window shows of it."""

import cv2
import numpy as np

from core.media.probe import probe
from core.media.sound import audio_digest
from core.media.video import frames
from tests.studio.hands import seen

FILMED = 1.5  # mean difference (0..255) that coding alone may make in the face


def pictures(path):
    """Return every frame of a film, (H, W, 3) int16."""
    return [p.rgb.astype(np.int16) for p in frames(path, probe(path))]


def check_film(film, clip, edited):
    """Assert times and sound of `clip`, and that frames differ from it where `edited` says.

    edited : (F,) bool. The change is looked for where it is largest, in a block of 24 px.
    """
    there, was = probe(film, thorough=True), probe(clip)
    assert len(there.times) == len(was.times) == len(edited)
    assert there.times.moments().tolist() == was.times.moments().tolist()
    assert audio_digest(film) == audio_digest(clip)
    for new, old, changed in zip(pictures(film), pictures(clip), edited, strict=True):
        moved = cv2.blur(np.abs(new - old).mean(axis=2).astype(np.float32), (24, 24)).max()
        assert (moved > 2 * FILMED) == changed


def check_shown(window, shown):
    """Assert that the video view shows the edited frame, and that it is not the filmed one."""
    canvas = window.video.canvas
    target = canvas.places()[0].target.toRect() & canvas.rect()
    ratio = canvas.devicePixelRatioF()
    assert ratio == 1
    now = seen(canvas)[target.top() : target.bottom() + 1, target.left() : target.right() + 1]
    size = now.shape[1], now.shape[0]
    assert now.std() > 10
    after = cv2.resize(shown.after, size, interpolation=cv2.INTER_AREA).astype(int)
    before = cv2.resize(shown.before, size, interpolation=cv2.INTER_AREA).astype(int)
    moved = np.abs(after - before).sum(axis=2) > 40
    assert moved.sum() > 20
    assert np.abs(now - after)[moved].mean() < 0.6 * np.abs(now - before)[moved].mean()


def check_painted(widget):
    """Assert that a widget is not blank."""
    picture = seen(widget)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20
    return picture
