"""The learned editor's training: what it is shown, what it loses by, what comes out."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from core.errors import ModelError, WishError
from core.expression.emotions import LABELS
from core.expression.manipulator import STYLE, WINDOW, Manipulator, geometric_median
from core.expression.scmc import WIDTH, Guide, faces
from core.jobs import Ticket
from core.track import ARKIT_INDEX
from core.training.manipulator.lessons import SIZES, Lessons, config_of, save
from core.training.manipulator.nets import Encoder, Generator, Judge, Level, arrays
from core.training.manipulator.train import (
    BATCH,
    KINDS,
    Batches,
    Config,
    Lesson,
    likeness,
    train,
)
from core.training.material import head_mouth
from core.weights import checked

SMALL = {"width": 16, "blocks": 2, "device": "cpu"}
JAW, GAP = ARKIT_INDEX["jawOpen"], 52
ACTOR = "en-us"


def gradient():
    mouth = head_mouth()
    return mouth.gradient[mouth.names.index("aperture")] / 10


def nets(blocks=2, width=16):
    """Return a generator and an encoder of random weights, the last layer's too."""
    torch.manual_seed(4)
    rng = np.random.default_rng(0)
    level = Level(rng.uniform(0, 0.2, 53), rng.uniform(0.1, 0.2, 53))
    generator = Generator(level, gradient(), width, blocks)
    torch.nn.init.normal_(generator.last.weight, std=0.1)
    torch.nn.init.normal_(generator.last.bias, std=0.1)
    return generator, Encoder(level, STYLE)


def windows(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 0.8, (count, WINDOW, WIDTH)).astype(np.float32)


@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_the_numpy_editor_is_the_networks(blocks):
    generator, encoder = nets(blocks)
    styles = np.random.default_rng(1).normal(size=(7, STYLE)).astype(np.float32)
    editor = Manipulator(arrays(generator, encoder, styles))
    x, style = windows(9), styles[[0, 1, 2, 3, 4, 5, 6, 0, 1]]
    with torch.no_grad():
        change = generator(*map(torch.from_numpy, (x, style))).numpy()
        seen = encoder(torch.from_numpy(x)).numpy()
    assert np.abs(change).mean() > 0.05
    assert editor.generated(x, style) == pytest.approx(change, abs=1e-5)
    assert editor.styles(x) == pytest.approx(seen, abs=1e-5)
    assert np.array_equal(editor.style_of_label("sad").numbers, styles[LABELS.index("sad")])


def test_the_gap_of_the_lips_follows_the_coefficients():
    generator, encoder = nets()
    expression = windows(5)[..., :52]
    face = np.stack([faces(x, head_mouth()) for x in expression])
    with torch.no_grad():
        shown = torch.from_numpy(face)
        edited = generator.edited(shown, encoder(shown)).numpy()
    assert np.abs(edited - face)[..., :52].max() > 0.05
    wanted = np.stack([faces(x, head_mouth()) for x in edited[..., :52]])
    assert edited == pytest.approx(wanted, abs=1e-4)


def test_an_untrained_editor_changes_nothing():
    level = Level(np.zeros(53), np.ones(53))
    generator = Generator(level, gradient(), 8, 2)
    with torch.no_grad():
        assert not generator(torch.from_numpy(windows(3)), torch.randn(3, STYLE)).any()


def test_the_judge_says_how_real_and_which():
    real, which = Judge(Level(np.zeros(53), np.ones(53)))(torch.from_numpy(windows(3)))
    assert real.shape == which.shape == (3, len(LABELS))


def pearson(a, b):
    """Return 1 - Pearson, written out."""
    a, b = a - a.mean(), b - b.mean()
    return 1 - (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())


def test_equal_windows_are_alike():
    x = torch.from_numpy(windows(12))
    assert likeness(x, x).item() == pytest.approx(0, abs=1e-4)
    scaled = x.clone()
    scaled[..., [JAW, GAP]] = 0.3 * x[..., [JAW, GAP]] + 0.2  # softer, not otherwise
    assert likeness(x, scaled).item() == pytest.approx(0, abs=1e-4)


def test_likeness_against_a_written_out_pearson():
    one, other = windows(12), windows(12, seed=1)
    wanted = np.mean([[pearson(a[:, k], b[:, k]) for k in (JAW, GAP)]
                      for a, b in zip(one, other, strict=True)])  # fmt: skip
    found = likeness(torch.from_numpy(one), torch.from_numpy(other)).item()
    assert found == pytest.approx(wanted, abs=1e-3)
    assert likeness(torch.from_numpy(one), -torch.from_numpy(one)).item() == pytest.approx(
        2, abs=1e-3
    )


def test_windows_that_hardly_move_take_no_part():
    one, other = windows(6), windows(6, seed=1)
    one[2:, :, JAW], one[2:, :, GAP] = 0.1, 0.2
    one[2:, :, JAW] += 0.001 * np.arange(WINDOW)
    found = likeness(torch.from_numpy(one), torch.from_numpy(other)).item()
    wanted = np.mean([[pearson(one[i, :, k], other[i, :, k]) for k in (JAW, GAP)]
                      for i in range(2)])  # fmt: skip
    assert found == pytest.approx(wanted, abs=1e-3)
    one[:, :, [JAW, GAP]] = 0
    assert likeness(torch.from_numpy(one), torch.from_numpy(other)).item() == 0


def trained(lessons, kind, steps, checkpoint=None):
    config = Config(kind, steps=steps, **SMALL)
    return train(
        config, lessons.material, lessons.neighbours.windows, Ticket(), guide=lessons.guide,
        neighbours=lessons.neighbours, checkpoint=checkpoint,
        truth=lessons.truth() if kind == "oracle" else None,
    )  # fmt: skip


TERMS = {
    "none": set(), "random": {"paired", "level"}, "paired": {"paired", "level"},
    "oracle": {"paired", "level"}, "distance": {"distance"},
    "both": {"paired", "level", "distance"},
}  # fmt: skip
ALWAYS = {"judge", "adversarial", "label", "style", "cycle", "mouth", "outside"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_supervision_trains(lessons, kind):
    made, losses = trained(lessons, kind, 3)
    assert len(losses) == 3
    for row in losses:
        assert set(row) == ALWAYS | TERMS[kind]
        assert all(np.isfinite(x) and x >= 0 for x in row.values())
    editor = Manipulator(made)
    change = editor.change(lessons.material.face[:30], editor.style_of_label("happy").numbers)
    assert np.isfinite(change).all()
    assert change.any()  # it began at nothing


def test_three_and_three_steps_are_six(lessons, tmp_path):
    whole, losses = trained(lessons, "both", 6)
    trained(lessons, "both", 3, tmp_path / "m.ckpt")
    resumed, again = trained(lessons, "both", 6, tmp_path / "m.ckpt")
    assert again == losses
    assert resumed.keys() == whole.keys()
    assert all(np.array_equal(resumed[k], whole[k]) for k in whole)


def test_lessons_taken_up_again_are_the_same(tones, work, lessons):
    again = Lessons.of(tones, work, Ticket())
    assert again.neighbours.tau == lessons.neighbours.tau
    for key, (which, apart) in lessons.neighbours.table.items():
        assert np.array_equal(again.neighbours.table[key][0], which)
        assert np.array_equal(again.neighbours.table[key][1], apart)


def test_distances_of_a_guide_that_has_learned_on_since_are_made_anew(tones, work, tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(work, folder)
    old = Lessons.of(tones, folder, Ticket())
    arrays = {**old.guide.arrays}
    arrays["scale"] = arrays["scale"] * np.float32(1.1)
    arrays["voice.out"] = 0.5 * arrays["voice.out"]
    save_file(arrays, folder / "scmc.safetensors")
    new = Lessons.of(tones, folder, Ticket())
    assert new.neighbours.tau == new.guide.tau > old.neighbours.tau
    key = ACTOR, "neutral", "happy"
    assert new.neighbours.table[key][1].mean() < old.neighbours.table[key][1].mean()
    again = Lessons.of(tones, folder, Ticket())
    assert np.array_equal(again.neighbours.table[key][1], new.neighbours.table[key][1])


def test_styles_are_medians_of_their_label(lessons):
    lesson = Lesson(Config(**SMALL), lessons.material, None)
    found = lesson.styles(lessons.material, lessons.neighbours.windows)
    assert found.shape == (len(LABELS), STYLE)
    told = {"neutral", "angry", "happy"}
    for name, numbers in zip(LABELS, found, strict=True):
        assert numbers.any() == (name in told)
    every = lessons.neighbours.windows.frames(lessons.neighbours.windows.of[ACTOR, "happy"])
    with torch.no_grad():
        seen = lesson.encoder(torch.from_numpy(lessons.material.face[every])).numpy()
    assert found[LABELS.index("happy")] == pytest.approx(geometric_median(seen), abs=1e-3)


def test_the_frozen_guide_in_torch_is_the_guide(lessons):
    lesson = Lesson(Config(**SMALL), lessons.material, lessons.guide)
    face = lessons.material.face[lessons.material.frames(1)]
    pairs = np.stack([face[:-1], face[1:]], 1)
    assert lesson.guide is not None
    found = lesson.guide(torch.from_numpy(pairs)).numpy()
    assert found == pytest.approx(lessons.guide.see(face)[1:], abs=1e-5)
    assert not any(w.requires_grad for w in lesson.guide.parameters())
    assert lesson.scale == (lessons.guide.w, lessons.guide.b)


def test_the_distance_term_is_0_where_distances_agree(lessons):
    lesson = Lesson(Config("distance", **SMALL), lessons.material, lessons.guide)
    one, other = (torch.from_numpy(lessons.material.face[a : a + WINDOW]) for a in (0, 80))
    seen = [lessons.guide.see(x.numpy()) for x in (one, other)]
    apart = np.mean([np.linalg.norm(seen[0][k] - seen[1][k]) for k in (3, 6, 9)])
    delta = lessons.guide.w * apart + lessons.guide.b
    batch = Batches(lessons.material, lessons.neighbours.windows, None, "none").drawn(
        np.random.default_rng(0)
    )
    made = one[None].repeat(BATCH, 1, 1)
    batch = replace(
        batch, between=other[None].repeat(BATCH, 1, 1), near=torch.ones(BATCH),
        apart=torch.full((BATCH,), float(delta)),
    )  # fmt: skip
    assert lesson._distance(batch, made).item() == pytest.approx(0, abs=1e-3)
    wrong = replace(batch, apart=batch.apart + 0.5)
    assert lesson._distance(wrong, made).item() == pytest.approx(0.5, abs=1e-3)
    unknown = replace(wrong, near=torch.zeros(BATCH))
    assert lesson._distance(unknown, made).item() == 0


def test_the_paired_term_against_a_written_out_cosine(lessons):
    config = Config("paired", paired=4.0, level=2.0, **SMALL)
    lesson = Lesson(config, lessons.material, None)
    rng = np.random.default_rng(3)
    made, target, rest = windows(BATCH, 5), windows(BATCH, 6), windows(BATCH, 7)[:, 0]
    weight = np.where(rng.random(BATCH) < 0.5, rng.uniform(0.5, 2, BATCH), 0).astype(np.float32)
    batch = Batches(lessons.material, lessons.neighbours.windows, None, "none").drawn(rng)
    batch = replace(
        batch, target=torch.from_numpy(target), rest=torch.from_numpy(rest),
        weight=torch.from_numpy(weight), near=torch.from_numpy((weight > 0).astype(np.float32)),
    )  # fmt: skip
    found = lesson._paired(batch, torch.from_numpy(made))
    sd = lesson.sd.numpy()[:52]
    paired = level = 0.0
    for b in np.flatnonzero(weight):
        a, c = ((x[b, :, :52] - rest[b, :52]) / sd for x in (target, made))
        cosine = (a * c).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(c, axis=1))
        paired += 4.0 * weight[b] * (1 - cosine.mean()) / (weight > 0).sum()
        level += 2.0 * weight[b] * np.abs(a - c).mean() / (weight > 0).sum()
    assert found["paired"].item() == pytest.approx(paired, rel=1e-4)
    assert found["level"].item() == pytest.approx(level, rel=1e-4)


def test_an_editor_is_written_with_its_card(lessons, tmp_path):
    config = replace(Config("none", steps=3, seed=5, **SMALL))
    made = lessons.train(config, Ticket())
    assert set(made.metrics) == ALWAYS
    path = tmp_path / "manipulator.safetensors"
    save(made, config, "small", True, path)
    editor = Manipulator.of_file(checked(path))
    assert editor.digest == Manipulator(made.arrays).digest
    assert (
        "--supervision none --steps 3 --seed 5 --acted" in path.with_suffix(".md").read_text()
    )
    assert not list(lessons.folder.glob("manipulator*.ckpt"))  # only where it is to be resumed


def test_without_a_guide_it_says_what_to_run(tones, tmp_path):
    with pytest.raises(ModelError, match="scmc-joint"):
        Lessons.of(tones, tmp_path, Ticket())


def test_a_damaged_guide_is_named(tones, tmp_path):
    (tmp_path / "scmc.safetensors").write_bytes(b"rubbish" * 9)
    with pytest.raises(ModelError, match=r"cannot be read: .*scmc\.safetensors"):
        Lessons.of(tones, tmp_path, Ticket())


def test_settings_by_the_words_of_the_command_line():
    config = config_of("paired", "large", None, 3, "cpu")
    assert (config.supervision, config.seed, config.device) == ("paired", 3, "cpu")
    assert (config.width, config.blocks, config.steps) == tuple(SIZES["large"].values())
    assert config_of("both", "small", 7, 1).steps == 7
    with pytest.raises(WishError, match="no supervision 'pared'; there is none, random"):
        config_of("pared", "small", None, 1)
    with pytest.raises(WishError, match="no size 'huge'; there is small, large"):
        config_of("both", "huge", None, 1)


def test_the_guide_of_the_work_folder_is_used(work, lessons):
    assert Guide.of_file(work / "scmc.safetensors").tau == lessons.neighbours.tau


def test_what_the_editor_looks_at_is_the_reading_and_what_it_changes_is_the_face(lessons):
    lesson = Lesson(Config("none", **SMALL), lessons.material, None)
    torch.nn.init.normal_(lesson.generator.last.weight, std=0.1)
    face, shown = (torch.from_numpy(windows(3, seed)) for seed in (8, 9))
    style = torch.from_numpy(np.random.default_rng(4).normal(size=(3, 16)).astype(np.float32))
    made = lesson.generator.edited(face, style, shown)
    change = lesson.generator(shown, style)
    assert torch.allclose(made[..., :52], face[..., :52] + change)
    assert not torch.allclose(change, lesson.generator(face, style))
    plain = lesson.generator.edited(face, style)
    assert torch.equal(plain, lesson.generator.edited(face, style, face))
