"""The contract of the renderer, on a head whose truth is known."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core.rendering.atlas import assets_of
from core.rendering.warp import WarpRenderer

EDITS = [
    {"mouthSmile": 0.6, "cheekSquint": 0.5, "eyeSquint": 0.3},
    {"browInnerUp": 0.8, "mouthFrown": 0.8, "eyeBlink": 0.2},
    {"browDown": 0.8, "noseSneer": 0.5, "mouthFrown": 0.5},
    {"browInnerUp": 0.8, "browOuterUp": 0.8, "eyeWide": 0.5},
]


@pytest.fixture(scope="module")
def renderer(studio):
    return WarpRenderer(studio.face, studio.shape, studio.camera)


@pytest.fixture(scope="module")
def filmed(studio):
    look = studio.look(jawOpen=0.15)
    return studio.picture(look), look


def with_change(look, studio, **shapes):
    changed = studio.look(**shapes).expression
    return replace(look, expression=look.expression + changed)


def test_no_edit_returns_the_very_frame(renderer, filmed):
    rgb, look = filmed
    assert renderer.frame(rgb, look, look) is rgb
    assert renderer.frame(rgb, look, replace(look, landmarks=None)) is rgb


@pytest.mark.parametrize("confidence", [0.0, 0.2, 0.35])
def test_unsure_frames_stay_as_filmed(renderer, filmed, studio, confidence):
    rgb, look = filmed
    unsure = replace(look, confidence=confidence)
    assert renderer.frame(rgb, unsure, with_change(look, studio, mouthSmile=0.5)) is rgb


def test_frames_without_a_face_stay_as_filmed(renderer, filmed, studio):
    rgb, look = filmed
    edited = with_change(look, studio, mouthSmile=0.5)
    for nothing in (None, np.zeros((478, 2), np.float32)):
        assert renderer.frame(rgb, replace(look, landmarks=nothing), edited) is rgb


@pytest.mark.parametrize("shapes", EDITS)
def test_only_the_mask_changes(renderer, filmed, studio, shapes):
    rgb, look = filmed
    before = rgb.copy()
    out, report = renderer.examine(rgb, look, with_change(look, studio, **shapes))
    assert out is not rgb
    assert np.array_equal(rgb, before)
    assert np.array_equal(out[~report.mask], rgb[~report.mask])
    assert 0.005 < report.mask.mean() < 0.6
    assert (out[report.mask] != rgb[report.mask]).any()


def test_a_brow_edit_leaves_the_mouth_alone(renderer, filmed, studio):
    rgb, look = filmed
    out = renderer.frame(rgb, look, with_change(look, studio, browDown=0.8))
    top = int(look.landmarks[[0, 61, 291], 1].min()) - 8
    assert np.array_equal(out[top:], rgb[top:])


@pytest.mark.parametrize("shapes", EDITS)
def test_an_edit_comes_nearer_to_the_truth(renderer, filmed, studio, psnr, shapes):
    rgb, look = filmed
    edited = studio.look(jawOpen=0.15, **shapes)
    truth = studio.picture(edited)
    out, report = renderer.examine(rgb, look, edited)
    assert psnr(out, truth, report.mask) > psnr(rgb, truth, report.mask) + 0.8


def test_a_tiny_edit_changes_next_to_nothing(renderer, filmed, studio, psnr):
    rgb, look = filmed
    out = renderer.frame(rgb, look, with_change(look, studio, mouthSmile=1e-5, browDown=1e-5))
    assert psnr(out, rgb) > 60


def test_the_whole_path_at_rest_is_the_picture(renderer, filmed, psnr, monkeypatch):
    """Eyes and mouth drawn through their own rules, with nothing to move."""
    monkeypatch.setattr("core.rendering.mouth.STILL_PX", -1.0)
    monkeypatch.setattr("core.rendering.warp.eye_moves", lambda *_: True)
    rgb, look = filmed
    out, report = renderer.examine(rgb, look, replace(look, eyes=look.eyes + np.float32(1e-4)))
    face = np.zeros(rgb.shape[:2], bool)
    low, high = look.landmarks.min(0).astype(int), look.landmarks.max(0).astype(int)
    face[low[1] : high[1], low[0] : high[0]] = True
    assert {0, 2, 3} == set(np.unique(report.layers))
    assert psnr(out, rgb, face) >= 45


@pytest.mark.parametrize("shapes", EDITS)
def test_edit_and_undo(renderer, filmed, studio, psnr, shapes):
    rgb, look = filmed
    edited = studio.look(jawOpen=0.15, **shapes)
    there, report = renderer.examine(rgb, look, edited)
    back = renderer.frame(there, edited, look)
    assert psnr(back, rgb, report.mask) > 27


def test_eyes_close_over_the_eyeball(renderer, filmed, studio):
    rgb, look = filmed
    out = renderer.frame(rgb, look, with_change(look, studio, eyeBlink=1.0))
    white = lambda picture: picture.min(2) > 200  # noqa: E731
    eye = np.zeros(rgb.shape[:2], bool)
    for corners in ((33, 133), (362, 263)):
        x0, x1 = sorted(look.landmarks[list(corners), 0].astype(int))
        y = int(look.landmarks[list(corners), 1].mean())
        eye[y - 12 : y + 12, x0:x1] = True
    assert white(rgb)[eye].sum() > 60
    assert white(out)[eye].sum() < 0.2 * white(rgb)[eye].sum()


def test_gaze_moves_the_iris_only(renderer, filmed):
    rgb, look = filmed
    turned = replace(look, eyes=np.array([0.2, 0, 0.2, 0], np.float32))
    _, report = renderer.examine(rgb, look, turned)
    assert set(np.unique(report.layers)) <= {0, 1, 2}
    assert report.mask.mean() < 0.02


def test_huge_edits_do_not_fold_and_say_so(renderer, filmed, studio):
    rgb, look = filmed
    edited = with_change(look, studio, mouthSmile=2.5, cheekSquint=2.5, mouthPucker=2.0)
    _, report = renderer.examine(rgb, look, edited)
    assert report.numbers["kept"] < 0.9


def test_the_same_bytes_from_every_thread(renderer, filmed, studio):
    rgb, look = filmed
    jobs = [with_change(look, studio, **shapes) for shapes in EDITS] * 3
    alone = [renderer.frame(rgb, look, edited) for edited in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda edited: renderer.frame(rgb, look, edited), jobs))
    again = WarpRenderer(studio.face, studio.shape, studio.camera).frame(rgb, look, jobs[0])
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))
    assert np.array_equal(again, alone[0])


def test_a_face_at_the_edge_of_the_frame(studio, renderer):
    for x, y in ((-150, 0), (150, 90), (0, -140), (400, 0)):
        look = studio.look(jawOpen=0.1)
        look = replace(look, translation=np.array([x, y, 620], np.float32))
        look = replace(look, landmarks=studio._points(look))
        rgb = studio.picture(look)
        out = renderer.frame(rgb, look, with_change(look, studio, mouthSmile=0.6, jawOpen=0.3))
        assert out.shape == rgb.shape


def test_a_closed_mouth_opens_on_an_invented_interior(studio, filmed):
    look = studio.look(mouthPress=0.0)
    rgb = studio.picture(look)
    assets = assets_of(studio.face, studio.shape, studio.camera.focal, [(rgb, look)] * 3)
    assert assets.plate is not None
    assert assets.plate.invented
    renderer = WarpRenderer(studio.face, studio.shape, studio.camera, assets)
    out, report = renderer.examine(rgb, look, with_change(look, studio, jawOpen=0.4))
    assert report.numbers["plate"] > 0.9
    inside = report.layers == 4
    assert inside.sum() > 150
    # Neither a void nor a copy of the lips: dark behind, lighter teeth above.
    light = out[inside].mean(1)
    assert light.min() < 70
    assert light.max() > 110


def test_an_open_mouth_is_taken_from_another_frame(studio):
    shut, agape = studio.look(), studio.look(jawOpen=0.6, mouthUpperUp=0.6)
    frames = [(studio.picture(shut), shut), (studio.picture(agape), agape)] * 2
    assets = assets_of(studio.face, studio.shape, studio.camera.focal, frames)
    assert assets.plate is not None
    assert assets.glasses is None
