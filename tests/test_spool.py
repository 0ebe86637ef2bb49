"""Arrays and records in temporary files: as good as memory, and gone afterwards."""

import errno
import gc
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from core.arrays import digest
from core.errors import FaceStudioError
from core.spool import PIECE, Scratch, columns, in_pieces, let_go, rows, spooled

RNG = np.random.default_rng(0)


def resident() -> int:
    """Return the bytes of files that this process holds in memory."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("RssFile:")[1].split()[0])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_spooled_array_is_like_any_other(folder):
    x = spooled((700, 4, 3), np.float32)
    assert x.shape == (700, 4, 3)
    assert not x.any()
    content = RNG.random(x.shape, np.float32)
    x[:] = content
    let_go(x)
    assert np.array_equal(x, content)
    view = x[:, 1:, :2]
    let_go(view)
    assert np.array_equal(view, content[:, 1:, :2])
    assert digest(x) == digest(content)
    assert list(folder.iterdir()) == []


def test_it_outlives_the_name_it_was_made_under(folder):
    row = spooled((5, 3), np.float32)[2]
    gc.collect()
    row[:] = 7
    assert row.sum() == 21


def test_an_array_of_nothing_is_one(folder):
    assert spooled((0, 478, 3), np.float32).shape == (0, 478, 3)
    assert spooled((3, 0), np.float32).shape == (3, 0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells memory as Linux does")
def test_what_is_let_go_is_not_in_memory(folder):
    x = spooled((1 << 23,), np.float32)  # 32 MB
    before = resident()
    x[:] = 1
    held = resident()
    let_go(x[::2])
    assert held - before > 30e6
    assert resident() - before < 2e6
    assert x.sum() == 1 << 23


def test_ordinary_arrays_are_left_as_they_are():
    x = RNG.random((5, 4))
    before = x.copy()
    let_go(x[1:])
    assert np.array_equal(x, before)


@pytest.mark.parametrize("length", [0, 1, PIECE, 2 * PIECE + 3])
def test_columns_are_copies_made_in_pieces(folder, length):
    x = spooled((length, 9, 2), np.float32)
    x[:] = RNG.random(x.shape, np.float32)
    for which in (np.array([7, 1]), slice(2, 5)):
        some = columns(x, which)
        assert np.array_equal(some, x[:, which])
        assert not np.shares_memory(some, x)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells memory as Linux does")
def test_rows_far_apart_do_not_bring_all_the_others_along(folder):
    x = spooled((8192, 1024), np.float32)  # 32 MB, a row a page
    x[:] = np.arange(8192)[:, None]
    let_go(x)
    which = np.arange(0, 8192, 16)
    before = resident()
    some = rows(x, which)
    assert resident() - before < some.nbytes + 2e6
    assert np.array_equal(some[:, 5], which)


@pytest.mark.parametrize("length", [0, 1, PIECE, 2 * PIECE + 3])
def test_what_answers_row_by_row_may_be_asked_in_pieces(folder, length):
    x = spooled((length, 9), np.float32)
    x[:] = RNG.random(x.shape, np.float32)
    assert np.array_equal(in_pieces(lambda rows: rows.sum(1), x), x.sum(1))


def test_scratch_reads_what_was_written_anywhere(folder):
    file = Scratch()
    file.write(5000, b"later")
    file.write(0, b"first")
    assert file.read(5000, 5) == b"later"
    assert file.read(0, 5) == b"first"
    file.write(1, b"a")
    assert file.read(0, 5) == b"farst"
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_one_sentence(folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(FaceStudioError, match=f"No space left.*TMPDIR: {folder}"):
        spooled((10,), np.float32)


def test_a_folder_that_is_not_there_is_one_sentence(folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "gone"))
    with pytest.raises(FaceStudioError, match="Temporary files cannot be written"):
        Scratch()
    with pytest.raises(FaceStudioError, match="Temporary files cannot be written"):
        spooled((10,), np.float32)
