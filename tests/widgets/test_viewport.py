import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from core.camera import Camera
from widgets import theme
from widgets.mesh_gl_display import samples
from widgets.mesh_state import MeshState, Surface, fading, nice_limit, part_colours, rgb_of
from widgets.viewport import THROUGH, Viewport


def ball(count=24, radius=100.0):
    """Return vertices and triangles of a sphere, wound counter-clockwise from outside."""
    rows, columns = np.meshgrid(
        np.linspace(0, np.pi, count), np.linspace(0, 2 * np.pi, 2 * count), indexing="ij"
    )
    x = np.sin(rows) * np.sin(columns)
    z = np.sin(rows) * np.cos(columns)
    vertices = np.stack([x, np.cos(rows), z], -1).reshape(-1, 3) * radius
    at = np.arange(count * 2 * count).reshape(count, 2 * count)
    a, b, c, d = at[:-1, :-1], at[1:, :-1], at[:-1, 1:], at[1:, 1:]
    upper, lower = np.stack([a, b, c], -1), np.stack([b, d, c], -1)
    return vertices.astype(np.float32), np.concatenate([upper, lower]).reshape(-1, 3)


VERTICES, TRIANGLES = ball()


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    shape = (image.height(), image.bytesPerLine() // 4, 4)
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape)[..., :3].astype(int).copy()


@pytest.fixture(params=["software", "screen"])
def view(request, qtbot):
    """Return a viewport drawn by the processor, and one by OpenGL where there is any."""
    made = Viewport(software=request.param == "software")
    qtbot.addWidget(made)
    made.resize(400, 330)
    made.show_mesh(VERTICES, TRIANGLES)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: bool(made.stage.display.seconds))
    return made


def shown(view):
    view.stage.display.refresh()
    QApplication.processEvents()
    return pixels(view.screenshot())


def test_a_head_is_drawn_in_the_middle_and_lit_from_the_left(view):
    picture = shown(view)
    h, w = picture.shape[:2]
    ground = rgb_of(theme.BASE) * 255
    assert picture[2, 2] == pytest.approx(ground, abs=2)
    middle = picture[h // 2, w // 2]
    assert middle.min() > 80
    left, right = picture[h // 2, w // 2 - h // 4], picture[h // 2, w // 2 + h // 4]
    assert left.sum() > right.sum() + 20


def test_surfaces_look_different_and_the_texture_waits_for_one(view):
    assert not view.surface_actions[Surface.TEXTURED].isEnabled()
    uv = VERTICES[:, :2] * [1, -1] + 150
    view.show_texture(np.full((300, 300, 3), (10, 200, 30), np.uint8), uv)
    assert view.surface_actions[Surface.TEXTURED].isEnabled()
    moved = VERTICES + np.float32([0, 0, 4]) * (VERTICES[:, 2:] > 0)
    view.show_edit(VERTICES, moved)
    looks = {}
    for surface in Surface:
        view.show_surface(surface)
        looks[surface] = shown(view)
    h, w = looks[Surface.SOLID].shape[:2]
    centre = {name: picture[h // 2, w // 2] for name, picture in looks.items()}
    assert centre[Surface.TEXTURED] == pytest.approx([10, 200, 30], abs=3)
    assert view.stage.legend.isVisible()  # heat was shown last
    hot = centre[Surface.HEAT]
    assert hot[0] > hot[2]  # 4 mm of 5 is warm
    view.show_texture(None)
    assert not view.surface_actions[Surface.TEXTURED].isEnabled()


def test_beside_shows_both_states(view):
    view.show_edit(VERTICES, VERTICES * np.float32([1, 0.5, 1]))
    view.show_beside(True)
    picture = shown(view)
    ground = rgb_of(theme.BASE) * 255
    drawn = np.abs(picture - ground).max(2) > 12
    w = drawn.shape[1]
    rows = [drawn[:, half].any(1).sum() for half in (slice(0, w // 2), slice(w // 2, w))]
    assert rows[0] == pytest.approx(2 * rows[1], rel=0.1)


def test_software_and_screen_agree(qtbot):
    pictures = []
    for software in (True, False):
        made = Viewport(software=software)
        qtbot.addWidget(made)
        made.resize(300, 300)
        made.show_mesh(VERTICES, TRIANGLES)
        made.show()
        qtbot.waitExposed(made)
        qtbot.waitUntil(lambda m=made: bool(m.stage.display.seconds))
        if made.software is not software:
            pytest.skip("no OpenGL on this screen")
        pictures.append(shown(made))
    change = np.abs(pictures[0] - pictures[1]).max(2)
    assert (change > 12).mean() < 0.03  # outlines are smoother on the screen


def drag(view, by, modifiers=Qt.KeyboardModifier.NoModifier):
    stage, button = view.stage, Qt.MouseButton.LeftButton
    start = QPointF(stage.width() / 2, stage.height() / 2)
    kinds = QMouseEvent.Type
    for kind, at in (
        (kinds.MouseButtonPress, start),
        (kinds.MouseMove, start + by),
        (kinds.MouseButtonRelease, start + by),
    ):
        event = QMouseEvent(kind, at, stage.mapToGlobal(at), button, button, modifiers)
        QApplication.sendEvent(stage, event)


def test_the_mouse_turns_moves_and_zooms_and_says_so(view, qtbot):
    before = view.stage.orbit
    with qtbot.waitSignal(view.camera_changed):
        drag(view, QPointF(-50, 20))
    turned = view.stage.orbit
    assert turned.yaw > before.yaw
    assert turned.pitch > before.pitch
    drag(view, QPointF(30, 0), Qt.KeyboardModifier.ShiftModifier)
    assert view.stage.orbit.pan[0] > 5
    qtbot.keyClick(view.stage, Qt.Key.Key_Plus)
    assert view.stage.orbit.zoom > 1
    qtbot.keyClick(view.stage, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert view.stage.orbit.yaw > turned.yaw


def test_showing_emits_nothing_and_a_camera_must_be_known_to_look_through_it(view, qtbot):
    with qtbot.assertNotEmitted(view.camera_changed):
        view.show_camera(THROUGH)
        assert not view.stage.through
        view.show_pose(np.zeros(3), np.array([0, 0, 900.0]), Camera.of_frame(640, 480))
        view.show_camera(THROUGH)
        assert view.stage.through
        view.show_camera("profile")
        view.show_beside(True)
        view.show_surface("wire")
    assert view.stage.orbit.yaw == pytest.approx(np.pi / 2)
    with qtbot.waitSignal(view.camera_changed):
        view.camera_actions["front"].trigger()


def test_a_surface_the_user_chose_is_told(view, qtbot):
    with qtbot.waitSignal(view.surface_changed) as told:
        view.surface_actions[Surface.WIRE].trigger()
    assert told.args == ["wire"]


def test_smooth_edges_are_for_graphics_cards():
    assert samples("llvmpipe (LLVM 15.0.6, 256 bits)") == 0
    assert samples("NVIDIA H200/PCIe/SSE2") == 4


def test_the_turntable_turns_while_it_is_seen(view, qtbot):
    view.show_turntable(True)
    start = view.stage.orbit.yaw
    qtbot.waitUntil(lambda: view.stage.orbit.yaw > start + 0.02)
    view.hide()
    assert not view.stage.turntable.isActive()
    view.show()
    drag(view, QPointF(5, 0))  # the hand stops it
    assert not view.stage.turntable.isActive()
    assert not view.turntable_action.isChecked()


def test_a_driver_that_refuses_is_replaced_by_the_processor(qtbot):
    made = Viewport(software=False)
    qtbot.addWidget(made)
    if made.software:
        pytest.skip("no OpenGL on this screen")
    made.show_mesh(VERTICES, TRIANGLES)
    made.stage.display.failed.emit()
    qtbot.waitUntil(lambda: made.software)
    made.show()
    assert made.stage.note.isVisible()
    assert shown(made).max() > 100


def test_an_unchanged_state_is_not_looked_at_again():
    state = MeshState()
    state.show_mesh(VERTICES, TRIANGLES)
    edited = VERTICES * 1.1
    state.show_edit(VERTICES, edited)
    stamp = dict(state.stamp)
    normals = state.normals[0]
    state.show_edit(VERTICES, edited * 1.1)
    assert state.stamp["shape0"] == stamp["shape0"]
    assert state.stamp["shape1"] == stamp["shape1"] + 1
    assert state.normals[0] is normals
    state.show_edit(VERTICES, VERTICES)
    assert state.change.max() == 0


def test_pixels_of_the_camera_stay_off_what_it_did_not_see():
    state = MeshState()
    state.show_mesh(VERTICES, TRIANGLES)
    state.show_texture(np.zeros((4, 4, 3), np.uint8), VERTICES[:, :2], None)
    assert (state.trust[VERTICES[:, 2] < -5] == 0).all()
    assert (state.trust[VERTICES[:, 2] > 60] > 0.9).all()


@pytest.mark.parametrize(
    ("most", "end"), [(0, 1), (0.7, 1), (1.2, 2), (3, 3), (4, 5), (18, 20), (31, 50)]
)
def test_the_scale_ends_at_a_round_number(most, end):
    assert nice_limit(most) == end


def test_parts_of_a_head_have_their_own_colours():
    parts = {"lips": np.array([0]), "eye_left": np.array([1]), "teeth_upper": np.array([2])}
    colours = part_colours(4, parts)
    assert len({tuple(c) for c in colours.tolist()}) == 4
    assert colours[3] == pytest.approx(rgb_of(theme.CLAY))


def test_the_light_goes_round_the_head(view):
    front = shown(view).astype(int)
    view.show_light("left")
    left = shown(view).astype(int)
    view.show_light("right")
    right = shown(view).astype(int)
    half = front.shape[1] // 2
    assert left[:, :half].sum() > right[:, :half].sum()
    assert right[:, half:].sum() > left[:, half:].sum()
    view.show_light("front")
    assert (shown(view) == front).all()
    before = view.stage.state.light
    drag(view, QPointF(40, 0), Qt.KeyboardModifier.ControlModifier)
    assert view.stage.state.light != before


def test_a_neck_fades_away(view):
    colours = np.ones((len(VERTICES), 3), np.float32)
    fade = fading(VERTICES, 0.6)
    assert fade.min() == 0
    assert fade.max() == 1
    view.show_mesh(VERTICES, TRIANGLES, colours, fade)
    faded = shown(view).astype(int).sum()
    view.show_mesh(VERTICES, TRIANGLES, colours)
    assert shown(view).astype(int).sum() != faded


def test_of_many_drawings_beside_the_window_the_last_one_stands(qtbot):
    view = Viewport(software=True)
    qtbot.addWidget(view)
    view.resize(400, 330)
    view.show_mesh(VERTICES, TRIANGLES)
    view.show()
    qtbot.waitExposed(view)
    display = view.stage.display
    qtbot.waitUntil(lambda: bool(display.seconds))
    for i in range(20):
        view.show_edit(VERTICES, VERTICES * np.float32(0.5 + 0.02 * i))
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not display._busy)
    beside = pixels(display._image)
    display.refresh()
    assert np.array_equal(beside, pixels(view.screenshot()))
