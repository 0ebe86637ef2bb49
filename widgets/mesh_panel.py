"""Where in the viewport a head is drawn."""

from dataclasses import dataclass

from widgets.mesh_camera import Sight


@dataclass(frozen=True, eq=False)
class Panel:
    """One drawing of the head: which side, and where: x, y from the top, width, height px."""

    side: int
    box: tuple[int, int, int, int]
    sight: Sight
