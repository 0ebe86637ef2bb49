"""A folder of talking videos becomes a corpus; what was read before is not read again."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from core.corpus.clip import SPLITS, Entry
from core.corpus.files import LIST, Corpus, read_corpus, write_list
from core.corpus.layouts import FRONT, NEUTRAL, Found, Listing, Naming, actors, find
from core.errors import ExchangeError, FaceStudioError, WishError
from core.expression.emotions import label
from core.jobs import Ticket
from core.reading.clip import ClipWork, read_one
from core.reading.rest import Rest, RestWork, at_rest
from core.reading.split import check, check_apart, split_of

GENERATOR = "videos"  # says in the list that the corpus was read, not made
RESTING = 0.15  # of the time goes into the faces at rest
_EVERY = 0.2  # seconds between two looks whether to stop
J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Wishes:
    """What to read and how.

    actors, emotions : only these; () = all. most : clips at most, 0 = all; taken evenly from
    actors and emotions. test, validation : actors kept for it. silent : whether clips without
    sound are as they should be. view, same_words : as in `core.corpus.layouts.Naming`.
    """

    layout: str = "auto"
    actors: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    most: int = 0
    workers: int = 1
    test: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    silent: bool = False
    view: str = FRONT
    same_words: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it: clips `read` now, `kept` from before, and sentences.

    problems : of files that are no clip, and of clips that are not learned from. notes : what
    one should know of the others.
    """

    corpus: Corpus
    layout: str
    read: int
    kept: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def usable(self) -> int:
        """Return the number of clips that one may learn from."""
        return sum(entry.usable for entry in self.corpus.entries)


def read_folder(root: Path, folder: Path, wishes: Wishes, ticket: Ticket) -> Outcome:
    """Return the corpus in `folder`, read from the videos below `root`.

    First the face of every actor at rest, from their neutral clips, so that emotions worn
    throughout a clip are seen; then every clip against it. Each clip is on disk as soon as it
    is read, so a second run goes on where the first one was stopped. The list holds the clips
    of this run.

    Raises
    ------
    WishError
        if something is wished that is not there, or `folder` lies within `root`.
    ExchangeError
        if there is no clip, or another corpus in `folder`.
    """
    if folder.resolve().is_relative_to(root.resolve()):
        raise WishError(f"The corpus must lie outside of the folder of the videos: {folder}")
    _check_other(folder)
    listing = find(root, wishes.layout, Naming(wishes.view, wishes.same_words))
    clips = chosen(listing, wishes)
    rests = _rests(listing, clips, folder, wishes.workers, ticket.part(0, RESTING))
    works = [
        ClipWork(
            found,
            rests[found.name.actor],
            folder,
            split_of(found.name, wishes.test, wishes.validation),
            wishes.silent,
        )
        for found in clips
    ]
    done = list(_each(read_one, works, wishes.workers, ticket.part(RESTING, 1)))
    entries = tuple(sorted((d.entry for d in done), key=lambda entry: entry.name))
    notes = [note for rest in rests.values() for note in rest.notes] + _empty(entries)
    problems = [problem.text for problem in listing.problems]
    made = {
        "generator": GENERATOR, "root": str(root.absolute()), "layout": listing.layout,
        "silent": wishes.silent, "same_words": wishes.same_words,
        "notes": notes, "problems": problems,
    }  # fmt: skip
    corpus = Corpus(folder, entries, made)
    write_list(corpus)
    problems += [problem for entry in entries for problem in entry.problems]
    kept = sum(d.kept for d in done)
    read = sum(d.entry.frames > 0 and not d.kept for d in done)
    return Outcome(corpus, listing.layout, read, kept, tuple(problems), tuple(notes))


def chosen(listing: Listing, wishes: Wishes) -> list[Found]:
    """Return the clips that are wished, in the order of their names."""
    present = actors(listing.clips)
    check(present, wishes.actors, wishes.test, wishes.validation)
    check_apart(wishes.test, wishes.validation)
    emotions = {label(name) for name in wishes.emotions}
    clips = [
        clip
        for clip in listing.clips
        if (not wishes.actors or clip.name.actor in wishes.actors)
        and (not emotions or clip.name.emotion in emotions)
    ]
    if not clips:
        raise WishError("There is no clip of these actors in these emotions.")
    return _evenly(clips, wishes.most)


def _evenly(clips: list[Found], most: int) -> list[Found]:
    """Return at most so many, the first ones of every actor in every emotion."""
    if not most or len(clips) <= most:
        return clips
    count: dict[tuple[str, str], int] = {}
    ranked: list[tuple[int, Found]] = []
    for clip in clips:
        group = (clip.name.actor, clip.name.emotion)
        count[group] = count.get(group, -1) + 1
        ranked.append((count[group], clip))
    ranked.sort(key=lambda pair: (pair[0], pair[1].name))
    return sorted((clip for _, clip in ranked[:most]), key=lambda clip: clip.name)


def _rests(
    listing: Listing, clips: Sequence[Found], folder: Path, workers: int, ticket: Ticket
) -> dict[str, Rest]:
    """Return the faces at rest of all who speak in `clips`, from all their neutral clips."""
    works = [
        RestWork(
            actor,
            tuple(
                clip.video
                for clip in listing.clips
                if clip.name.actor == actor and clip.name.emotion == NEUTRAL
            ),
            folder,
        )
        for actor in actors(clips)
    ]
    rests = {rest.actor: rest for rest in _each(at_rest, works, workers, ticket)}
    return dict(sorted(rests.items()))


def _each(
    work: Callable[[J, Ticket], R], jobs: Sequence[J], workers: int, ticket: Ticket
) -> Iterator[R]:
    """Yield what `work`, a function of a module, makes of the jobs, in any order."""
    if workers < 2 or len(jobs) < 2:
        for i, job in enumerate(jobs):
            part = ticket.part(i / len(jobs), (i + 1) / len(jobs))
            yield work(job, part)
            part.report(1.0, f"Clip {i + 1} of {len(jobs)}")
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_serve) as pool:
        waiting: set[Future[Any]] = {pool.submit(_apart, work, job) for job in jobs}
        try:
            while waiting:
                done, waiting = wait(waiting, _EVERY, FIRST_COMPLETED)
                over = len(jobs) - len(waiting)
                ticket.report(over / len(jobs), f"Clip {over} of {len(jobs)}")
                for future in done:
                    yield future.result()
        except BrokenProcessPool as e:
            raise FaceStudioError(
                "A process that reads clips has ended too early; what is read is kept, please "
                "try again with fewer workers."
            ) from e
        finally:  # what has begun is finished, the rest is not begun
            pool.shutdown(wait=True, cancel_futures=True)


def _apart(work: Callable[[J, Ticket], R], job: J) -> R:
    return work(job, Ticket())


def _serve() -> None:
    """Leave Ctrl-C to the process that started this one, and end when that one has died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # a file half written has not its name yet


def _check_other(folder: Path) -> None:
    """Refuse a folder with a corpus that was made otherwise; its list would be lost."""
    if not (folder / LIST).exists():
        return
    try:
        made = read_corpus(folder).made
    except ExchangeError:
        return  # a damaged list is written again from the clips
    if made.get("generator") != GENERATOR:
        raise ExchangeError(f"There is another corpus in this folder already: {folder}")


def _empty(entries: Sequence[Entry]) -> list[str]:
    """Return a note for every split without a clip to learn from, if there are any clips."""
    filled = {entry.split for entry in entries if entry.usable}
    return [
        f"No clip is for {split}; name actors for it (--{split}-actors)."
        for split in SPLITS[1:]
        if filled and split not in filled
    ]
