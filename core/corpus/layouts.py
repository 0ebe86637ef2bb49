"""Where the clips of a folder of talking videos lie: MEAD, RAVDESS, or folders of one's own.

Names alone are looked at; no file is opened. Every parser takes a path below the root apart;
a video and a sound file that give the same name belong together, and nothing else does.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.corpus.clip import Name
from core.errors import ExchangeError, WishError
from core.expression.emotions import label

VIDEOS = frozenset({
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".flv", ".wmv", ".asf",
    ".3gp", ".mxf",
})  # fmt: skip
SOUNDS = frozenset({".m4a", ".wav", ".flac", ".mp3", ".aac", ".ogg"})
FRONT = "front"
STRONG, NEUTRAL = 3, "neutral"
# MEAD: equal words in all emotions, except that those of disgust are numbered otherwise.
COMMON = ("001", "002", "003")
_RAVDESS = (
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised",
)  # fmt: skip
_FLAT = re.compile(r"(?:.*__)?([^_]+)_(.+?)_([A-Za-z]+)_level(\d+)_(.+)")


@dataclass(frozen=True)
class Found:
    """A clip that was found. audio : the file of its sound; None = the video holds it."""

    name: Name
    video: Path
    audio: Path | None = None


@dataclass(frozen=True)
class Problem:
    """What is not as the layout wants it. text : one sentence that names the file."""

    path: Path
    text: str


@dataclass(frozen=True)
class Listing:
    """The clips of a folder, in the order of their names, and what is no clip."""

    layout: str
    clips: tuple[Found, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Tree:
    """The media files below a folder, and the innermost folders that hold none; sorted."""

    files: tuple[PurePosixPath, ...]
    empty: tuple[PurePosixPath, ...] = ()


@dataclass(frozen=True)
class Naming:
    """How names are to be understood.

    view : of the cameras of MEAD. same_words : whether equal numbers of MEAD are equal words
    in every emotion, not only `COMMON`.
    """

    view: str = FRONT
    same_words: bool = False


@dataclass(frozen=True)
class Part:
    """What one file is: the "video" or the "sound" of a clip, or a "film": both."""

    name: Name
    kind: str


@dataclass(frozen=True)
class Wrong:
    """Why a file is no part of a clip; depth : how many parts of its path say so."""

    reason: str
    depth: int


Parser = Callable[[PurePosixPath, Naming], Part | Wrong | None]


def find(root: Path, layout: str = "auto", naming: Naming | None = None) -> Listing:
    """Return the clips below `root`; "auto" takes the layout that most files fit.

    Raises
    ------
    WishError
        if there is no such layout.
    ExchangeError
        if there is no such folder, or no clip in it.
    """
    if layout not in ("auto", *LAYOUTS):
        raise WishError(f"There is no layout '{layout}'; there are auto, {', '.join(LAYOUTS)}.")
    tree = look(root)
    names = tuple(LAYOUTS) if layout == "auto" else (layout,)
    tried = [arranged(root, tree, name, naming or Naming()) for name in names]
    best = max(tried, key=lambda listing: len(listing.clips))
    if best.clips:
        return best
    if not tree.files:
        raise ExchangeError(f"There are no videos in this folder: {root}")
    if layout == "auto":
        raise ExchangeError(
            f"The files fit none of the layouts {', '.join(LAYOUTS)}; the first of them is "
            f"{root / tree.files[0]}"
        )
    if not best.problems:
        view = (naming or Naming()).view
        raise ExchangeError(f"There is no video of the view '{view}' in this folder: {root}")
    raise ExchangeError(f"No file fits the layout {layout}. {best.problems[0].text}")


def look(root: Path) -> Tree:
    """Return the media files below a folder; links are followed, hidden files left out.

    Raises
    ------
    ExchangeError
        if it is no folder that can be read.
    """
    if not root.is_dir():
        raise ExchangeError(f"There is no such folder: {root}")
    files: list[PurePosixPath] = []
    empty: list[PurePosixPath] = []
    seen: set[str] = set()
    for place, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(place)
        # A link to a folder above it would never end.
        folders[:] = [] if real in seen else [f for f in folders if not f.startswith(".")]
        if real in seen:
            continue
        seen.add(real)
        below = PurePosixPath(Path(place).relative_to(root).as_posix())
        media = [n for n in names if not n.startswith(".") and _kind(below / n)]
        files += [below / n for n in media]
        if not folders and not media:
            empty.append(below)
    return Tree(tuple(sorted(files)), tuple(sorted(empty)))


def arranged(root: Path, tree: Tree, layout: str, naming: Naming) -> Listing:
    """Return the clips of a tree in one of `LAYOUTS`; a file that fits not is a problem."""
    parse = LAYOUTS[layout]
    kinds: dict[str, dict[Name, PurePosixPath]] = {"film": {}, "video": {}, "sound": {}}
    wrong: dict[PurePosixPath, str] = {}
    for path in tree.files:
        part = parse(path, naming)
        if isinstance(part, Wrong):
            wrong[PurePosixPath(*path.parts[: part.depth])] = part.reason
        elif part is not None:
            first = kinds[part.kind].setdefault(part.name, path)
            if first != path and part.kind != "sound":
                wrong[path] = f"This is the same clip as {root / first}"
    pictures = kinds["video"] | kinds["film"]
    for name, path in kinds["sound"].items():
        if name not in pictures:
            wrong[path] = "This sound has no video"
    for path in tree.empty:
        if not _aside(path, naming):
            wrong[path] = "There is no clip in this folder"
    clips = tuple(
        Found(name, root / pictures[name], _sound(root, kinds, name))
        for name in sorted(pictures)
    )
    found = (Problem(root / p, f"{wrong[p]}: {root / p}") for p in sorted(wrong))
    return Listing(layout, clips, tuple(found))


def _sound(
    root: Path, kinds: Mapping[str, Mapping[Name, PurePosixPath]], name: Name
) -> Path | None:
    if name in kinds["film"] or name not in kinds["sound"]:
        return None
    return root / kinds["sound"][name]


def mead(path: PurePosixPath, naming: Naming) -> Part | Wrong | None:
    """Take apart ``ACTOR/video/VIEW/EMOTION/level_N/NNN.mp4``, ``ACTOR/audio/EMOTION/...``."""
    parts, kind = path.parts, _kind(path)
    if _aside(path, naming):
        return None
    inner = {"video": 3, "audio": 2}.get("".join(parts[1:2]), 0)
    if not inner or len(parts) != inner + 3 or (inner == 3) != (kind == "video"):
        wanted = f"ACTOR/video/{naming.view}/EMOTION/level_N/NNN.mp4 or ACTOR/audio/EMOTION/"
        return Wrong(f"This lies elsewhere than in MEAD ({wanted}...)", len(parts))
    actor, emotion, level = parts[0], parts[inner], parts[inner + 1]
    if not re.fullmatch(r"[MW]\d{3}", actor):
        return Wrong("This is no actor of MEAD (M or W and three digits)", 1)
    number = re.fullmatch(r"level_([123])", level)
    if number is None or not re.fullmatch(r"\d{3}", path.stem):
        depth = inner + (2 if number is None else 3)
        return Wrong("This is no name of MEAD (level_1 to level_3, then three digits)", depth)
    feeling = _emotion(emotion)
    if feeling is None:
        return Wrong(f"There is no emotion '{emotion}'", inner + 1)
    strength = int(number[1])
    if feeling == NEUTRAL and strength != 1:
        return Wrong("A neutral face has level_1 only", inner + 2)
    words = _words(path.stem, feeling, naming)
    return _part(path, actor, feeling, words, strength)


def ravdess(path: PurePosixPath, naming: Naming) -> Part | Wrong | None:
    """Take apart ``Actor_NN/MM-CC-EE-II-SS-RR-AA.mp4``: modality, channel, emotion,
    intensity, statement, repetition, actor. What is sung has other words than what is said.
    """
    del naming
    depth, kind = len(path.parts), _kind(path)
    found = re.fullmatch(r"\d\d(-\d\d){6}", path.stem)
    if found is None:
        return Wrong("This is no name of RAVDESS (seven numbers of two digits)", depth)
    modality, channel, feeling, intensity, statement, take, actor = (
        int(x) for x in path.stem.split("-")
    )
    within = (
        modality in (1, 2, 3) and channel in (1, 2) and 1 <= feeling <= len(_RAVDESS)
        and intensity in (1, 2) and statement in (1, 2) and take in (1, 2) and 1 <= actor <= 24
    )  # fmt: skip
    if not within or (modality == 3) != (kind == "sound"):
        return Wrong("A number of this name does not exist in RAVDESS", depth)
    if path.parent.name != f"Actor_{actor:02d}":
        return Wrong(f"This does not lie in the folder Actor_{actor:02d}", depth)
    emotion = label(_RAVDESS[feeling - 1])
    if emotion == NEUTRAL and intensity != 1:
        return Wrong("RAVDESS has no strong neutral", depth)
    words = f"statement{statement}" + ("" if channel == 1 else "_sung")
    name = Name(f"Actor_{actor:02d}", emotion, words, STRONG if intensity == 2 else 1, take)
    return Part(name, "film" if modality == 1 else kind)


def flat(path: PurePosixPath, naming: Naming) -> Part | Wrong | None:
    """Take apart ``[PREFIX__]ACTOR_VIEW_EMOTION_levelN_SENTENCE.mp4``, in any folder."""
    depth = len(path.parts)
    found = _FLAT.fullmatch(path.stem)
    if found is None:
        return Wrong("This is no name like ACTOR_VIEW_EMOTION_levelN_SENTENCE", depth)
    actor, view, emotion, level, sentence = found.groups()
    if view != naming.view:
        return None
    feeling = _emotion(emotion)
    if feeling is None:
        return Wrong(f"There is no emotion '{emotion}'", depth)
    if level not in ("1", "2", "3") or (feeling == NEUTRAL and level != "1"):
        return Wrong("There are level1 to level3, of a neutral face level1 only", depth)
    words = _words(sentence, feeling, naming)
    return _part(path, actor, feeling, words, int(level))


def folder(path: PurePosixPath, naming: Naming) -> Part | Wrong | None:
    """Take apart ``ACTOR/EMOTION/SENTENCE.mp4``; the sound may lie beside it."""
    del naming
    if len(path.parts) != 3:
        return Wrong("This lies elsewhere than ACTOR/EMOTION/SENTENCE.mp4", len(path.parts))
    actor, emotion, _ = path.parts
    feeling = _emotion(emotion)
    if feeling is None:
        return Wrong(f"There is no emotion '{emotion}'", 2)
    level = 1 if feeling == NEUTRAL else STRONG
    return _part(path, actor, feeling, path.stem, level)


LAYOUTS: Mapping[str, Parser] = {
    "mead": mead, "ravdess": ravdess, "flat": flat, "folder": folder,
}  # fmt: skip


def actors(clips: Iterable[Found]) -> tuple[str, ...]:
    """Return who speaks, sorted."""
    return tuple(sorted({clip.name.actor for clip in clips}))


def _part(
    path: PurePosixPath, actor: str, emotion: str, sentence: str, level: int
) -> Part | Wrong:
    try:
        return Part(Name(actor, emotion, sentence, level), _kind(path))
    except WishError as e:
        return Wrong(str(e).rstrip("."), len(path.parts))


def _kind(path: PurePosixPath) -> str:
    ending = path.suffix.lower()
    return "video" if ending in VIDEOS else "sound" if ending in SOUNDS else ""


def _aside(path: PurePosixPath, naming: Naming) -> bool:
    """Return whether this was filmed by another camera of MEAD than wished."""
    return len(path.parts) > 2 and path.parts[1] == "video" and path.parts[2] != naming.view


def _emotion(word: str) -> str | None:
    try:
        return label(word)
    except WishError:
        return None


def _words(number: str, emotion: str, naming: Naming) -> str:
    """Return a name of the words of MEAD: equal names are equal words.

    Beyond the common ones every emotion has a list of its own, so equal numbers are not.
    """
    common = number in COMMON and emotion != "disgusted"
    plain = naming.same_words or common or not re.fullmatch(r"\d{3}", number)
    return number if plain else f"{number}_{emotion}"
