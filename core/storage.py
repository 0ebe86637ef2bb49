"""The project file: one SQLite file in which every edit is committed at once."""

import contextlib
import json
import os
import shutil
import sqlite3
import weakref
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import codec
from core.arrays import digest, frozen, pieces
from core.errors import ProjectError
from core.history import History, Step
from core.project import Project
from core.schema import MAGIC, discard, make, open_existing, seal, told, transaction
from core.spool import let_go, spooled

SUFFIX = ".facestudio"


PIECE = 1 << 20  # bytes written at once
LONG = 8 << 20  # bytes of an array that is kept in a temporary file while it is in use


class ArrayShelf:
    """The `arrays` table: append-only, addressed by content; a live array is read once.

    written : the shelf by which the file was just written; its arrays are not read at all.
    """

    def __init__(self, db: sqlite3.Connection, written: "ArrayShelf | None" = None) -> None:
        self._db = db
        self._live: weakref.WeakValueDictionary[str, NDArray[Any]]
        self._live = weakref.WeakValueDictionary()
        self._names: dict[int, tuple[weakref.ref[NDArray[Any]], str]] = {}
        self._pending: list[tuple[str, NDArray[Any]]] = []
        for name, x in written._live.items() if written else ():
            self._remember(name, x)

    @contextlib.contextmanager
    def committing(self) -> Generator[None]:
        """Remember what was put inside, once it is committed."""
        self._pending.clear()
        yield
        for name, x in self._pending:
            self._remember(name, x)

    def put(self, x: NDArray[Any]) -> str:
        """Write `x` unless its content is there; return its digest."""
        known = self._names.get(id(x))
        if known is not None and known[0]() is x:
            return known[1]
        name = digest(x)
        # Room first, then the content piece by piece: a row of its own would be made twice in
        # memory, 120 MB for the landmarks of ten minutes.
        row = self._db.execute(
            "INSERT OR IGNORE INTO arrays VALUES (?, ?, ?, zeroblob(?))",
            (name, x.dtype.str, json.dumps(x.shape), x.nbytes),
        )
        if row.rowcount and row.lastrowid is not None and x.nbytes:
            with self._db.blobopen("arrays", "data", row.lastrowid) as blob:
                for piece in pieces(x, PIECE):
                    blob.write(piece)
        if not x.flags.writeable:
            self._pending.append((name, x))
        return name

    def _remember(self, name: str, x: NDArray[Any]) -> None:
        self._live[name] = x
        key = id(x)
        self._names[key] = (weakref.ref(x, lambda _: self._names.pop(key, None)), name)

    def get(self, name: str, /) -> NDArray[Any]:
        """Return the array of digest `name`; raise `ProjectError` if its bytes have changed."""
        live = self._live.get(name)
        if live is not None:
            return live
        query = "SELECT rowid, dtype, shape FROM arrays WHERE digest = ?"
        row = self._db.execute(query, (name,)).fetchone()
        if row is None:
            raise ProjectError("An array of this project is missing.")
        try:
            content = self._content(row[0])
            x = content.view(np.dtype(row[1])).reshape(json.loads(row[2]))
        except (TypeError, ValueError) as e:
            raise ProjectError("An array of this project is damaged.") from e
        if digest(x) != name:
            raise ProjectError("An array of this project is damaged.")
        self._remember(name, frozen(x))
        return x

    def _content(self, row: int) -> NDArray[np.uint8]:
        with self._db.blobopen("arrays", "data", row, readonly=True) as blob:
            long = len(blob) > LONG
            content = spooled((len(blob),), np.uint8) if long else np.empty(len(blob), np.uint8)
            for start in range(0, len(content), PIECE):
                piece = blob.read(PIECE)
                content[start : start + len(piece)] = np.frombuffer(piece, np.uint8)
                let_go(content)
        content.flags.writeable = False
        return content


class Page:
    """One document of the history, read from the file when it is first looked at."""

    def __init__(self, project: Project | None = None) -> None:
        self.project = project


class ProjectFile:
    """An open project. Every change of it is on disk when the call returns.

    A crash or kill of the program loses nothing that was returned from; a power cut may
    cost the last edits, never the file. One thread uses it, the one that opened it.
    """

    def __init__(self, path: Path, written: ArrayShelf | None = None) -> None:
        """Open the project at `path`; raise `ProjectError` if it cannot be used.

        written : the shelf by which this program has just made the file.
        """
        self.path = Path(os.path.abspath(path))
        self._db = open_existing(self.path)
        self._shelf = ArrayShelf(self._db, written)
        try:
            self.history = self._read_history()
            self.project  # noqa: B018 - a damaged document is refused at the door
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path, project: Project, label: str = "New project") -> "ProjectFile":
        """Return a new project file that holds `project`; it appears under its name whole."""
        path = Path(os.path.abspath(path))
        part = path.with_name(path.name + ".part")
        with told(path):
            if path.exists():
                raise ProjectError(f"There is a file of that name already: {path}")
            discard(part)
            try:
                shelf = _fill(part, path.parent, project, label)
                seal(part, path)
            except BaseException:
                discard(part)
                raise
        return cls(path, shelf)

    def __enter__(self) -> "ProjectFile":
        """Return itself; leaving closes the file."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the file."""
        self.close()

    @property
    def project(self) -> Project:
        """Return the document that stands."""
        return self.at(self.history.head)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what was done at each step, the oldest first."""
        return tuple(step.label for step in self.history.steps)

    def at(self, step: int) -> Project:
        """Return the document of a step of the history."""
        page = self.history.steps[step].document
        if page.project is None:
            with told(self.path):
                page.project = self._decoded(step)
        return page.project

    def push(self, label: str, project: Project, gesture: str | None = None) -> None:
        """Commit `project` as the next step, or as the newest one while `gesture` runs."""
        label = label.encode("utf-8", "replace").decode()  # a file name may not be text
        history = self.history.push(label, Page(project), gesture)
        step = history.head
        with told(self.path), self._shelf.committing(), transaction(self._db):
            body = codec.encode(project, self._shelf, self.path.parent)
            self._db.execute("DELETE FROM documents WHERE step >= ?", (step,))
            self._db.execute("INSERT INTO documents VALUES (?, ?, ?)", (step, label, body))
            self._db.execute("UPDATE head SET step = ?", (step,))
        self.history = history

    def move(self, step: int) -> Project:
        """Return the document of `step`, which stands from now on."""
        history = self.history.move(step)
        project = self.at(step)
        with told(self.path), transaction(self._db):
            self._db.execute("UPDATE head SET step = ?", (step,))
        self.history = history
        return project

    def undo(self) -> Project:
        """Return the document one step back, which stands from now on."""
        return self.move(self.history.undo().head)

    def redo(self) -> Project:
        """Return the document one step forward, which stands from now on."""
        return self.move(self.history.redo().head)

    def save_as(self, path: Path) -> None:
        """Write the project with its whole history to `path`, which appears whole."""
        path = Path(os.path.abspath(path))
        if os.path.exists(path):
            open_existing(path).close()  # refuses one that is open, empties its journal
        part = path.with_name(path.name + ".part")
        with told(path):
            discard(part)
            try:
                self._copy(part, path.parent)
                seal(part, path)
            except BaseException:
                discard(part)
                raise

    def vacuum(self) -> int:
        """Drop the arrays that no document names; return the bytes the file shrank by."""
        with told(self.path):
            before = self.path.stat().st_size
            used: set[str] = set()
            for (body,) in self._db.execute("SELECT body FROM documents"):
                used |= codec.arrays_named(body)
            with transaction(self._db):
                present = [row[0] for row in self._db.execute("SELECT digest FROM arrays")]
                gone = [(name,) for name in present if name not in used]
                self._db.executemany("DELETE FROM arrays WHERE digest = ?", gone)
            self._shelf = ArrayShelf(self._db)
            self._db.execute("VACUUM")
            self.checkpoint()
            return max(0, before - self.path.stat().st_size)

    def checkpoint(self) -> None:
        """Move what the journal holds into the file; for an idle moment."""
        with told(self.path):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file; its journal is emptied and removed."""
        with told(self.path):
            self._db.close()

    def _read_history(self) -> "History[Page]":
        with told(self.path):
            rows = self._db.execute(
                "SELECT step, label FROM documents ORDER BY step"
            ).fetchall()
            head = self._db.execute("SELECT step FROM head").fetchone()
        history = History(tuple(Step(str(label), Page()) for _, label in rows))
        whole = rows and [step for step, _ in rows] == list(range(len(rows)))
        if not whole or head is None or head[0] not in range(len(rows)):
            raise ProjectError(f"The history of this project is damaged: {self.path}")
        return replace(history, head=head[0])

    def _decoded(self, step: int) -> Project:
        query = "SELECT body FROM documents WHERE step = ?"
        (body,) = self._db.execute(query, (step,)).fetchone()
        try:
            return codec.decode(body, self._shelf, self.path.parent)
        except ProjectError as e:
            raise ProjectError(f"{str(e).rstrip('.')}: {self.path}") from e

    def _copy(self, part: Path, home: Path) -> None:
        target = sqlite3.connect(part, isolation_level=None)
        try:
            self._db.backup(target)
            _move_clips(target, self.path.parent, home)
        finally:
            target.close()


def duplicate(path: Path, target: Path) -> None:
    """Copy the project at `path` to `target`, for where its folder may not be written.

    What its journal holds goes along, and its clips are found from the new place as well.
    """
    path, target = Path(os.path.abspath(path)), Path(os.path.abspath(target))
    part = target.with_name(target.name + ".part")
    with told(path):
        discard(part)
        try:
            for suffix in ("", "-wal"):
                if os.path.exists(f"{path}{suffix}"):
                    shutil.copyfile(f"{path}{suffix}", f"{part}{suffix}")
            db = open_existing(part)
            try:
                with transaction(db):
                    _move_clips(db, path.parent, target.parent)
            finally:
                db.close()
            seal(part, target)
        except ProjectError as e:
            discard(part)
            raise ProjectError(str(e).replace(str(part), str(path))) from e
        except BaseException:
            discard(part)
            raise


def is_project(path: Path) -> bool:
    """Return whether `path` is meant as a project: by its suffix, or by its content."""
    if path.suffix == SUFFIX:
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _move_clips(db: sqlite3.Connection, old_home: Path, new_home: Path) -> None:
    """Let every document find its clips from another folder."""
    for step, body in db.execute("SELECT step, body FROM documents").fetchall():
        body = codec.moved(body, old_home, new_home)
        db.execute("UPDATE documents SET body = ? WHERE step = ?", (body, step))


def _fill(part: Path, home: Path, project: Project, label: str) -> ArrayShelf:
    db = make(part)
    shelf = ArrayShelf(db)
    try:
        with shelf.committing(), transaction(db):
            body = codec.encode(project, shelf, home)
            db.execute("INSERT INTO documents VALUES (0, ?, ?)", (label, body))
            db.execute("INSERT INTO head VALUES (1, 0)")
    finally:
        db.close()
    return shelf
