"""What the sound of a clip has to say about its faces."""

import numpy as np

from core.arrays import Float
from core.corpus import mel
from core.engine import evidence, source
from core.expression import speech_check
from core.expression.layers import compose
from core.expression.speech_check import SpeechCheck
from core.media.sound import samples
from core.project import Project, Take


def check_speech(project: Project, face: int) -> SpeechCheck:
    """Return how a face still speaks after its edits, with the sound of its clip if any."""
    take = project.takes[face]
    known = evidence(take)
    edit = compose(take.track, take.layers, known)
    return speech_check.check_speech(take.track, edit, known, _looks(project, take))


def _looks(project: Project, take: Take) -> Float | None:
    """Return (F, 20, 40): what is heard about every frame; None without sound."""
    clip = project.clips[take.clip]
    info = source(clip)
    sound = samples(info.path, mel.RATE) if info.audio is not None else np.zeros(0, np.float32)
    if info.audio is None or not len(sound):
        return None
    first = float(clip.times.pts[0] * clip.times.base)
    moments = clip.times.moments() + first - info.audio.start
    return mel.looks(mel.log_mel(sound), moments)
