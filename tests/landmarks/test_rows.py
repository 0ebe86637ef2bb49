"""What is kept of a person, over many blocks."""

import numpy as np
import pytest

from core.landmarks.rows import BLOCK, Row, Rows


def row(k):
    return Row(
        np.full((478, 3), k, np.float32), float(k), -float(k),
        np.full((478, 3), k % 251, np.uint8), np.full(7, k % 241, np.float32),
    )  # fmt: skip


@pytest.fixture
def rows():
    """Return looks at every third frame, out of order, in more than two blocks."""
    kept = Rows()
    for k in np.random.default_rng(0).permutation(2 * BLOCK + 30).tolist():
        kept[3 * k] = row(3 * k)
    return kept


def test_a_look_comes_back_as_it_was(rows):
    assert len(rows) == 2 * BLOCK + 30
    assert 3 in rows
    assert 4 not in rows
    one = rows[300]
    assert (one.points == 300).all()
    assert (one.logit, one.lips) == (300, -300)
    rows[300] = row(7)
    assert (rows[300].colours == 7).all()
    assert len(rows) == 2 * BLOCK + 30


def test_two_that_are_one_are_joined_without_loss(rows):
    others = Rows()
    for k in range(1, 100, 3):
        others[k] = row(k)
    both = rows.joined(others)
    assert len(both) == len(rows) + 33
    assert (both[4].look == 4).all()
    assert (both[9].look == 9).all()
    assert np.array_equal(both.words()[:3, 0], [0, 1, 3])


def test_emptied_it_is_arrays_over_the_clip(rows):
    length = 3 * len(rows)
    count = len(rows)
    points, looks, colours = rows.emptied(length)
    seen = np.arange(0, length, 3)
    assert (points[seen, 0, 0] == seen).all()
    assert not points[1::3].any()
    assert (looks[seen, 0] == seen % 241).all()
    assert colours.shape == (count, 478, 3)
    assert (colours[:, 0, 0] == seen % 251).all()
    assert len(rows) == 0
