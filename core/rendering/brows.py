"""How brows move: each as one piece, and the skin below gives way evenly down to the lid.

A brow warped vertex by vertex becomes a thin line when it is lowered, and all skin between it
and the lid is pressed into another. Measured in the filmed pose: a shut lid is skin too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from core.arrays import Bools, Float, Ints
from core.landmarks import sets

BAND_MM, SOFT_MM = 4.5, 2.5
BEHIND_MM = 15.0  # skin this far behind the brow is another


@dataclass(frozen=True, eq=False)
class Brow:
    """One brow: vertices of its middle line and of the rim of the lid below, by rising x.

    skin : (N,) vertices it may carry.
    """

    middle: Ints
    rim: Ints
    skin: Ints


def brows_of(skin: Float, points: Float) -> tuple[Brow, ...]:
    """Return both brows of a face (A, 3) mm with its 478 points (L, 3)."""
    tree = KDTree(skin)
    found = []
    for upper, lower, lid in (
        (sets.UPPER_BROW_RIGHT, sets.LOWER_BROW_RIGHT, sets.UPPER_LID_RIGHT[1:-1]),
        (sets.UPPER_BROW_LEFT, sets.LOWER_BROW_LEFT, sets.UPPER_LID_LEFT[1:-1]),
    ):
        line, rim = (points[upper] + points[lower]) / 2, points[lid]
        reach = 3 * SOFT_MM
        low, high = line[:, 0].min() - reach, line[:, 0].max() + reach
        near = (skin[:, 0] > low) & (skin[:, 0] < high)
        near &= (skin[:, 1] > rim[:, 1].min() - reach) & (
            skin[:, 1] < line[:, 1].max() + BAND_MM + reach
        )
        near &= skin[:, 2] > line[:, 2].min() - BEHIND_MM
        found.append(Brow(_rising(tree, line), _rising(tree, rim), np.flatnonzero(near)))
    return tuple(found)


def _rising(tree: KDTree, line: Float) -> Ints:
    """Return the vertices nearest to a line, each once, by rising x."""
    knots = np.unique(np.asarray(tree.query(line)[1], np.int64))
    return knots[np.argsort(tree.data[knots, 0])]


def evened(move: Float, filmed: Float, brows: tuple[Brow, ...]) -> Float:
    """Return (A, 2) `move` with the brows moved as pieces.

    move : (A, 2), any unit. filmed : (A, 3) mm, the filmed face, head frame.
    """
    out = move.copy()
    for brow in brows:
        x, y = filmed[brow.skin, 0], filmed[brow.skin, 1]
        middle, rim = filmed[brow.middle], filmed[brow.rim]
        height = np.interp(x, middle[:, 0], middle[:, 1])
        bottom = np.minimum(np.interp(x, rim[:, 0], rim[:, 1]), height - BAND_MM - 1)
        share = np.clip((y - bottom) / (height - BAND_MM - bottom), 0, 1)
        weight = _weight(x - _nearest(x, middle), y - height - BAND_MM, bottom - y)
        at_brow, at_rim = (_carried(x, filmed, move, k) for k in (brow.middle, brow.rim))
        even = at_rim + share[:, None] * (at_brow - at_rim)
        out[brow.skin] += weight[:, None] * (even - move[brow.skin])
    return out


def _weight(beside: Float, above: Float, below: Float) -> Float:
    """Return 0..1, 1 on the brow and down to the lid, falling softly around it; mm."""
    beyond = beside**2 + np.maximum(above, 0) ** 2 + np.maximum(below, 0) ** 2
    weight = np.exp(-0.5 * beyond / SOFT_MM**2)
    faint: Bools = weight < 0.02
    weight[faint] = 0
    return weight


def _nearest(x: Float, line: Float) -> Float:
    """Return x held between the ends of the line."""
    return np.clip(x, line[0, 0], line[-1, 0])


def _carried(x: Float, filmed: Float, move: Float, knots: Ints) -> Float:
    """Return (N, 2): how the line of `knots` moves at x."""
    along = filmed[knots, 0]
    return np.stack([np.interp(x, along, move[knots, k]) for k in range(2)], 1)
