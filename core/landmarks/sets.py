"""Index tables of the 478 points: which point is a lip, a lid, a brow, and which mirrors which.

Left and right are the subject's. Points 0..467 are the canonical mesh, 468..472 the right
iris and 473..477 the left one (centre, image-right, top, image-left, bottom). Contours of the
right side run from the image's left to its right; those of the left side are their mirrors.
"""

import numpy as np

from core.arrays import Ints, frozen

COUNT = 478
MESH = 468


def _ints(*values: int) -> Ints:
    return frozen(np.array(values, np.int64))


# The middle line; every other point below 248 has its mirror above, in the same order.
MIDDLE = _ints(
    0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    94, 151, 152, 164, 168, 175, 195, 197, 199, 200,
)  # fmt: skip


def _mirror() -> Ints:
    right = np.setdiff1d(np.arange(248), MIDDLE)
    left = np.arange(248, MESH)
    swap = np.arange(COUNT)
    swap[right], swap[left] = left, right
    swap[468:] = [473, 476, 475, 474, 477, 468, 471, 470, 469, 472]
    return frozen(swap)


MIRROR: Ints = _mirror()
"""(478,) the point that takes the place of each when the picture is mirrored."""

# Rings, from the right mouth corner along the lower lip to the left one and back above.
OUTER_LIPS = _ints(
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185
)
INNER_LIPS = _ints(
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191
)
MOUTH_CORNERS = _ints(61, 291)

# Lid margins with both eye corners, outer corner first.
LOWER_LID_RIGHT = _ints(33, 7, 163, 144, 145, 153, 154, 155, 133)
UPPER_LID_RIGHT = _ints(33, 246, 161, 160, 159, 158, 157, 173, 133)
LOWER_LID_LEFT = frozen(MIRROR[LOWER_LID_RIGHT])
UPPER_LID_LEFT = frozen(MIRROR[UPPER_LID_RIGHT])
EYE_CORNERS_RIGHT, EYE_CORNERS_LEFT = _ints(33, 133), _ints(263, 362)

# Brows, outer end first.
UPPER_BROW_RIGHT = _ints(70, 63, 105, 66, 107)
LOWER_BROW_RIGHT = _ints(46, 53, 52, 65, 55)
UPPER_BROW_LEFT = frozen(MIRROR[UPPER_BROW_RIGHT])
LOWER_BROW_LEFT = frozen(MIRROR[LOWER_BROW_RIGHT])

IRIS_RIGHT, IRIS_LEFT = _ints(468, 469, 470, 471, 472), _ints(473, 474, 475, 476, 477)

# The face's outline, from the forehead's middle by the subject's left to the chin and back.
OVAL = _ints(
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
JAW = frozen(OVAL[[*range(29, 18, -1), 18, *range(17, 6, -1)]])
"""(23,) the outline from the right temple under the chin to the left one."""

NOSE_BRIDGE = _ints(168, 6, 197, 195, 5, 4, 1)
NOSE_BASE = _ints(129, 64, 98, 97, 2, 326, 327, 294, 358)

RIGID = _ints(
    10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 33, 133, 263, 362,
    109, 338, 67, 297, 54, 284, 21, 251, 162, 389, 127, 356, 234, 454, 116, 345, 50, 280,
)  # fmt: skip
"""Points that expressions move least: forehead, bridge, nose, eye corners, temples, cheeks."""

# Where the colour of the skin is compared: below the nose without the inner lips, and cheeks,
# bridge and forehead, which hands and boards before the mouth leave free.
LOWER_FACE = _ints(
    0, 11, 12, 15, 16, 17, 18, 32, 37, 38, 39, 40, 41, 42, 43, 57, 61, 62, 72, 73, 74, 76,
    77, 83, 84, 85, 86, 89, 90, 91, 92, 96, 106, 135, 136, 138, 140, 146, 148, 149, 150,
    152, 164, 165, 167, 169, 170, 171, 172, 175, 176, 177, 179, 180, 181, 182, 183, 184,
    185, 186, 192, 194, 199, 200, 201, 202, 204, 207, 208, 210, 211, 212, 213, 214, 215,
    216, 262, 267, 268, 269, 270, 271, 272, 273, 287, 291, 292, 302, 303, 304, 306, 307,
    313, 314, 315, 316, 319, 320, 321, 322, 325, 335, 364, 365, 367, 369, 375, 377, 378,
    379, 391, 393, 394, 395, 396, 397, 400, 401, 403, 404, 405, 406, 407, 408, 409, 410,
    416, 418, 421, 422, 424, 427, 428, 430, 431, 432, 433, 434, 435, 436,
)  # fmt: skip
UPPER_FACE = _ints(
    6, 197, 195, 5, 168, 8, 9, 50, 280, 117, 346, 101, 330, 36, 266, 151, 108, 337
)

# (upper, lower) pairs over an opening.
LIP_PAIRS: Ints = frozen(np.array([(81, 178), (82, 87), (13, 14), (312, 317), (311, 402)]))
LID_PAIRS_RIGHT: Ints = frozen(np.array([(160, 144), (159, 145), (158, 153)]))
LID_PAIRS_LEFT: Ints = frozen(MIRROR[LID_PAIRS_RIGHT])

# The 68 points of 300-W: jaw, brows, nose, eyes, outer and inner lips.
SIXTY_EIGHT = _ints(
    127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    168, 197, 5, 4, 98, 97, 2, 326, 327,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91,
    78, 81, 13, 311, 308, 402, 14, 178,
)  # fmt: skip

# What the three heads of the attention mesh refine, in their own order (the lists are
# options of the operators of the original network). Lips: outer and inner ring, then the
# two rings between. Eyes: 16 points of the lid margin first, brow last.
LIPS_HEAD = _ints(
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409,
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415,
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408,
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407,
)  # fmt: skip
RIGHT_EYE_HEAD = _ints(
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110,
    24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232,
    233, 244, 113, 225, 224, 223, 222, 221, 189, 35, 124, 46, 53, 52, 65, 143, 111, 117, 118,
    119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
)  # fmt: skip
LEFT_EYE_HEAD = frozen(MIRROR[RIGHT_EYE_HEAD])
