"""The tables of a project file: making, checking, locking and bringing up to date."""

import contextlib
import os
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any

from core.errors import ProjectError

MAGIC = b"SQLite format 3\x00"
APPLICATION_ID = 0x66637374  # "fcst"
# Entry n takes a file of version n to version n + 1; never change one that was released.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE documents (step INTEGER PRIMARY KEY, label TEXT NOT NULL, body TEXT NOT NULL);
    CREATE TABLE arrays (digest TEXT PRIMARY KEY, dtype TEXT NOT NULL, shape TEXT NOT NULL,
                         data BLOB NOT NULL);
    CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), step INTEGER NOT NULL);
    """,
)
VERSION = len(MIGRATIONS)
TABLES = {"documents", "arrays", "head"}
_WHAT_HAPPENED = {
    sqlite3.SQLITE_BUSY: "This project is open in another window or program",
    sqlite3.SQLITE_LOCKED: "This project is open in another window or program",
    sqlite3.SQLITE_FULL: "The disk is full; the last edit was not saved",
    sqlite3.SQLITE_READONLY: "This project may not be written",
    sqlite3.SQLITE_PERM: "This project may not be opened",
    sqlite3.SQLITE_AUTH: "This project may not be opened",
    sqlite3.SQLITE_CANTOPEN: "This project cannot be opened",
    sqlite3.SQLITE_IOERR: "The disk failed while this project was read or written",
    sqlite3.SQLITE_TOOBIG: "A clip this long does not fit into one project",
}


@contextlib.contextmanager
def told(path: Path) -> Generator[None]:
    """Turn what SQLite or the disk says about `path` into one sentence."""
    try:
        yield
    except sqlite3.Error as e:
        code = getattr(e, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        what = _WHAT_HAPPENED.get(code, "This is not a facestudio project, or it is damaged")
        raise ProjectError(f"{what}: {path}") from e
    except UnicodeDecodeError as e:  # SQLite's own complaint quotes the damaged bytes
        raise ProjectError(f"This is not a facestudio project, or it is damaged: {path}") from e
    except (OSError, OverflowError) as e:
        why = getattr(e, "strerror", None) or "too large"
        raise ProjectError(f"This project cannot be read or written ({why}): {path}") from e


def make(path: Path) -> sqlite3.Connection:
    """Return a connection to a new, empty project file at `path`."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA journal_mode = WAL")
    _settle(db)
    _migrate(db)
    return db


def open_existing(path: Path) -> sqlite3.Connection:
    """Return the one connection to the project at `path`; raise `ProjectError` if unfit."""
    with told(path):
        if not path.is_file():
            raise ProjectError(f"There is no such project: {path}")
        if path.stat().st_size == 0:  # SQLite would take it for a new database
            raise ProjectError(f"This is not a facestudio project, or it is damaged: {path}")
        # Never open the file by other means: closing it would drop SQLite's own lock on it.
        name = f"{path.as_uri()}?mode=rw"
        db = sqlite3.connect(name, uri=True, isolation_level=None, timeout=0.5)
        try:
            _settle(db)
            _verify(db, path)
            _migrate(db)
        except BaseException:
            db.close()
            raise
    return db


def seal(part: Path, path: Path) -> None:
    """Give a finished, closed file its final name: it is there whole, or not at all."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":  # the new name itself must reach the disk
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def discard(part: Path) -> None:
    """Remove an unfinished file and what SQLite keeps beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{part}{suffix}").unlink(missing_ok=True)


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Generator[None]:
    """Do all of it or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _settle(db: sqlite3.Connection) -> None:
    """Lock the file for us alone; commits are durable against a crash of the program."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("PRAGMA synchronous = NORMAL")
    # A checkpoint inside a commit would cost 4-18 ms; it is made at idle and at closing.
    db.execute("PRAGMA wal_autocheckpoint = 0")
    with transaction(db):
        pass


def _verify(db: sqlite3.Connection, path: Path) -> None:
    version = _one(db, "PRAGMA user_version")
    if _one(db, "PRAGMA application_id") != APPLICATION_ID or version < 1:
        raise ProjectError(f"This is not a facestudio project, or it is damaged: {path}")
    if version > VERSION:
        raise ProjectError(f"A newer facestudio made this project; please update: {path}")
    tables = {(t, n) for t, n in db.execute("SELECT type, name FROM sqlite_schema")}
    strange = {n for t, n in tables if t in ("view", "trigger")} | (
        TABLES ^ {n for t, n in tables if t == "table"}
    )
    if strange or _one(db, "PRAGMA quick_check") != "ok":
        raise ProjectError(f"This is not a facestudio project, or it is damaged: {path}")


def _migrate(db: sqlite3.Connection) -> None:
    for version in range(_one(db, "PRAGMA user_version"), VERSION):
        with transaction(db):
            for statement in MIGRATIONS[version].split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {version + 1}")


def _one(db: sqlite3.Connection, query: str) -> Any:
    return db.execute(query).fetchone()[0]
