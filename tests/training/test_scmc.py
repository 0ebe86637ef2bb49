"""The guide's training, from clips to a guide that runs without torch."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.corpus.files import read_clip, read_corpus, write_clip, write_list
from core.errors import ExchangeError, FaceStudioError, ModelError
from core.expression.scmc import Guide, faces
from core.jobs import Ticket
from core.training.material import head_mouth, load
from core.training.scmc import neighbours as near
from core.training.scmc import pairs as pairing
from core.training.scmc import train as scmc
from core.training.scmc.metric import NEAR, Batches, Config, contrast, held_out, threshold
from core.training.scmc.nets import Agreement, VoiceEncoder, arrays, distances
from core.weights import checked
from tests.corpora import EMOTIONS, SENTENCES, spoken, write_corpus

CONFIG = Config(steps=5, joint_steps=5)


@pytest.fixture(scope="module")
def material(tones):
    return load(tones, tones.chosen("train"), Ticket())


@pytest.fixture(scope="module")
def pairs(material):
    return pairing.aligned(material, Ticket())


@pytest.fixture(scope="module")
def chain(tones, tmp_path_factory):
    """Return the work folder, what was trained, and its report."""
    folder = tmp_path_factory.mktemp("scmc")
    return folder, *scmc.train(tones, folder, CONFIG, Ticket())


@pytest.fixture
def spoiled(tones, tmp_path):
    """Return what changes the first training clip of a corpus of its own."""
    folder = tmp_path / "corpus"
    shutil.copytree(tones.folder, folder)
    corpus = read_corpus(folder)
    name = corpus.chosen("train")[0].name

    def change(**fields):
        write_clip(folder, name, replace(read_clip(folder, name), **fields))

    return corpus, name, change


def refused(corpus, name, error=ExchangeError):
    """Return the one sentence with which the training clips are refused."""
    with pytest.raises(error) as told:
        load(corpus, corpus.chosen("train"), Ticket())
    said = str(told.value)
    assert "\n" not in said
    assert str(corpus.folder / name.path) in said
    return said


# ---- clips in memory


def test_frames_lie_one_after_the_other(tones, material):
    assert len(material.entries) == SENTENCES * len(EMOTIONS)
    assert material.first[-1] == len(material.expression) == len(material.look)
    for c in (0, 4, len(material.entries) - 1):
        clip = tones.clip(material.entries[c].name)
        frames = material.frames(c)
        assert np.array_equal(material.expression[frames], clip.expression)
        assert material.moments[frames] == pytest.approx(clip.times.moments())
        assert material.index[material.entries[c].name] == c
    assert np.array_equal(material.face, faces(material.expression, head_mouth()))


def test_a_look_is_of_its_own_clip_and_moment(tones, material):
    from core.corpus.mel import log_mel, looks

    c = 3
    clip = tones.clip(material.entries[c].name)
    wanted = looks(log_mel(clip.sound), clip.times.moments())
    assert np.array_equal(material.looks(material.frames(c)), wanted)


def test_the_frame_before_the_first_is_the_first(material):
    first = material.first[2]
    found = material.before(np.array([first, first + 1, first + 5]), 3)
    assert found.tolist() == [
        [first, first, first], [first, first, first + 1], [first + 3, first + 4, first + 5]
    ]  # fmt: skip


def test_sound_shorter_than_its_pictures_is_refused(spoiled):
    corpus, name, change = spoiled
    clip = read_clip(corpus.folder, name)
    change(sound=clip.sound[: -int(0.4 * clip.rate)])
    load(corpus, corpus.chosen("train"), Ticket())  # a little is no matter
    change(sound=clip.sound[: -int(0.9 * clip.rate)])
    assert "sound ends 0." in refused(corpus, name)


def test_coefficients_that_are_no_numbers_are_refused(spoiled):
    corpus, name, change = spoiled
    values = read_clip(corpus.folder, name).expression.copy()
    values[3, 7] = np.nan
    change(expression=values)
    assert "numbers that are none" in refused(corpus, name)


def test_sound_of_another_rate_is_refused(spoiled):
    corpus, name, change = spoiled
    change(rate=22050, sound=np.zeros(22050 * 4, np.float32))
    assert "22050 Hz" in refused(corpus, name)


@pytest.mark.parametrize("ending", [".flac", ".npz"])
def test_a_missing_or_damaged_file_is_named(spoiled, ending):
    corpus, name, _ = spoiled
    place = corpus.folder / name.path
    path = place.with_name(place.name + ending)
    path.write_bytes(b"rubbish" * 40)
    assert refused(corpus, name, FaceStudioError).endswith(ending)
    path.unlink()
    assert refused(corpus, name, FaceStudioError).endswith(ending)


def test_a_corpus_without_clips_of_a_kind_is_refused(tones):
    with pytest.raises(ExchangeError, match="no clips of this kind"):
        load(tones, tones.chosen("train", "sad"), Ticket())


# ---- pairs


def test_identical_sound_aligns_on_the_diagonal(tmp_path):
    corpus = write_corpus(tmp_path, 2, say=lambda i, pitch, pace: spoken(i))
    m = load(corpus, corpus.chosen("train"), Ticket())
    found = pairing.aligned(m, Ticket())
    assert not found.refused
    assert len(found.aligned) == 2 * 2
    for p in found.aligned:
        first, second = p.first - m.first[p.neutral], p.second - m.first[p.emotional]
        assert np.array_equal(first, second)
        assert len(first) >= len(m.frames(p.neutral)) - 1
        assert p.cost == 0


def test_what_is_aligned_is_the_same_sound_of_the_same_person(material, pairs):
    assert len(pairs.aligned) == SENTENCES * 2
    for p in pairs.aligned:
        one, other = (material.entries[i].name for i in (p.neutral, p.emotional))
        assert one.emotion == "neutral" != other.emotion
        assert (one.actor, one.sentence) == (other.actor, other.sentence)
        assert set(p.first) <= set(material.frames(p.neutral))
        assert set(p.second) <= set(material.frames(p.emotional))
        assert (np.diff(p.second) >= 0).all()


def test_moments_that_belong_together_are_found(tones, material, pairs):
    # The truth: where in the emotional clip the neutral one's phoneme is being said.
    for p in pairs.aligned:
        clips = [tones.clip(material.entries[i].name) for i in (p.neutral, p.emotional)]
        edges = [np.append(c.truth["phoneme_times"][:, 0], c.truth["phoneme_times"][-1, 1])
                 for c in clips]  # fmt: skip
        first, second = material.moments[p.first], material.moments[p.second]
        spoken_now = (first > edges[0][0]) & (first < edges[0][-1])
        wanted = np.interp(first, edges[0], edges[1])
        apart = np.abs(second - wanted)[spoken_now]
        assert np.median(apart) < 0.04
        assert np.quantile(apart, 0.9) < 0.12


def test_other_words_are_refused(tmp_path):
    def say(number, pitch, pace):
        return spoken(9 if (number, pitch) == (2, 126) else number, pitch, pace)

    corpus = write_corpus(tmp_path / "c", say=say)
    m = load(corpus, corpus.chosen("train"), Ticket())
    found = pairing.aligned(m, Ticket())
    assert [(a.sentence, b.emotion) for a, b, _ in found.refused] == [("train003", "happy")]
    usual = np.median([p.cost for p in found.aligned] + [found.refused[0][2]])
    assert found.refused[0][2] > 2.5 * usual
    assert len(found.aligned) == SENTENCES * 2 - 1
    path = tmp_path / "aligned.json"
    pairing.write(found, m, path)
    told = json.loads(path.read_text())
    assert [row[1] for row in told["refused"]] == ["en-us/happy/level_3/train003"]
    rows = told["aligned"]["en-us"]
    assert sorted(rows["happy"]) == ["train001_train001", "train002_train002"]
    assert len(rows["angry"]) == SENTENCES
    first, second = rows["angry"]["train002_train002"]
    assert len(first) == len(second) > 20
    assert min(first) == 0 <= min(second)  # counted within the clips


def test_a_corpus_in_which_nothing_belongs_together_is_refused(tmp_path):
    corpus = write_corpus(tmp_path, 1, emotions=("neutral",))
    m = load(corpus, corpus.chosen("train"), Ticket())
    with pytest.raises(ExchangeError, match="nothing can be aligned"):
        pairing.aligned(m, Ticket())


def test_a_guide_needs_two_sentences(tmp_path):
    corpus = write_corpus(tmp_path / "c", 1)
    with pytest.raises(ExchangeError, match="needs two at least") as told:
        scmc.Work(corpus, tmp_path / "w", CONFIG, Ticket())
    assert "\n" not in str(told.value)


def test_some_sentences_are_held_out(tones, material):
    assert held_out(material) == ["train003"]
    many = [replace(e, name=replace(e.name, sentence=f"s{i:02d}"))
            for i, e in enumerate(tones.entries[:25])]  # fmt: skip
    assert held_out(replace(material, entries=tuple(many))) == ["s09", "s19"]


# ---- batches and their losses


def test_batches_are_pairs_of_one_actor_and_emotion(material, pairs):
    batches = Batches(material, pairs.groups(material))
    together = {(a, b) for p in pairs.aligned for a, b in zip(p.first, p.second, strict=True)}
    emotions = set()
    for i in range(8):
        first, second = batches.drawn(np.random.default_rng(i))
        assert len(first) == len(second) == len(set(first)) == 64
        assert set(zip(first, second, strict=True)) <= together
        clips = np.searchsorted(material.first, second, "right") - 1
        of = {material.entries[c].name.emotion for c in clips}
        assert len(of) == 1
        emotions |= of
    assert emotions == {"angry", "happy"}


def test_a_small_group_gives_all_it_has(material):
    some = np.arange(20)
    first, second = Batches(material, {("a", "b"): (some, some)}).drawn(
        np.random.default_rng(0)
    )
    assert sorted(first) == sorted(second) == some.tolist()


def test_the_mask_hides_neighbours_and_never_the_answer(material, pairs):
    batches = Batches(material, pairs.groups(material))
    first, second = batches.drawn(np.random.default_rng(2))
    mask = batches.mask(first, second)
    for i in range(64):
        for j in range(64):
            close = abs(first[i] - first[j]) <= NEAR or abs(second[i] - second[j]) <= NEAR
            assert mask[i, j] == (close and i != j)
    assert mask.any()


def test_the_contrast_against_a_written_out_cross_entropy():
    rng = np.random.default_rng(0)
    d, mask = rng.uniform(0, 3, (5, 5)), rng.random((5, 5)) < 0.3
    np.fill_diagonal(mask, False)
    weight = np.where(mask, 0, np.exp(-d))
    rows = -np.log(np.diag(weight) / weight.sum(1)).mean()
    columns = -np.log(np.diag(weight) / weight.sum(0)).mean()
    shown = torch.from_numpy(d), torch.from_numpy(mask)
    assert contrast(*shown, False).item() == pytest.approx(rows)
    assert contrast(*shown, True).item() == pytest.approx((rows + columns) / 2)


def test_distances_are_euclidean():
    a, b = np.random.default_rng(0).normal(size=(2, 6, 9))
    wanted = np.linalg.norm(a[:, None] - b[None], axis=2)
    assert distances(*map(torch.from_numpy, (a, b))).numpy() == pytest.approx(wanted, abs=1e-3)


def test_the_scale_of_the_agreement_is_1_at_first_and_never_negative():
    agreement = Agreement()
    assert agreement.w.item() == pytest.approx(1)
    assert agreement(torch.tensor(2.0)).item() == pytest.approx(2)
    agreement.raw.data.fill_(-40)
    assert agreement.w.item() >= 0


# ---- the whole chain


def test_the_chain_leaves_its_stages(chain):
    folder, trained, report = chain
    left = {f.name for f in folder.iterdir()}
    assert left == {"aligned.json", "voice.pt", "face.pt", "joint.pt", "report.json"}
    assert json.loads((folder / "report.json").read_text()) == report
    kinds = {f"{k}, {w}" for k in ("sentences", "voices") for w in ("before", "after")}
    assert set(report) == kinds
    for numbers in report.values():
        assert all(np.isfinite(x) for x in numbers.values())
        assert 0 <= numbers["face top 1"] <= numbers["face top 5"] <= 1
    assert trained.metrics["refused pairs"] == 0
    assert trained.metrics["tau"] > 0


def test_the_numpy_guide_is_the_networks(tones, material, chain):
    folder, trained, _ = chain
    guide = Guide(trained.arrays)
    work = scmc.Work(tones, folder, CONFIG, Ticket())  # takes the checkpoints up
    assert len(work.together(Ticket())) == CONFIG.joint_steps
    frames = material.frames(2)
    with torch.no_grad():
        seen, heard = (m.embedded(frames).numpy() for m in (work.face, work.voice))
    assert guide.see(material.face[frames]) == pytest.approx(seen, abs=1e-5)
    assert guide.hear(material.looks(frames)) == pytest.approx(heard, abs=1e-5)
    assert (guide.w, guide.b) == pytest.approx(
        (work.agreement.w.item(), work.agreement.b.item())
    )
    again = near.voice_of(guide, VoiceEncoder())
    assert near.heard(material, again, Ticket())[frames].numpy() == pytest.approx(
        heard, abs=1e-5
    )


def test_the_same_seed_trains_the_same_guide(tones, chain, tmp_path):
    again, report = scmc.train(tones, tmp_path / "again", CONFIG, Ticket())
    assert again.arrays.keys() == chain[1].arrays.keys()
    assert all(np.array_equal(again.arrays[k], x) for k, x in chain[1].arrays.items())
    assert report == chain[2]


def test_training_alone_learns(tones, tmp_path):
    work = scmc.Work(tones, tmp_path, Config(steps=25), Ticket())
    losses = [x["loss"] for x in work.alone("face", Ticket())]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def test_nine_pairs_in_ten_are_nearer_than_tau(material):
    torch.manual_seed(0)
    net = VoiceEncoder()
    voice = scmc.Modality(material, net)
    first, second = np.arange(40), np.arange(400, 360, -1)
    batches = Batches(material, {("a", "b"): (first, second)})  # every draw is all of them
    guide = Guide(arrays(scmc.FaceEncoder(*scmc.spread_of(material)), net, Agreement(), 1.0))
    heard = [guide.hear(material.looks(frames)) for frames in (first, second)]
    apart = np.linalg.norm(heard[0] - heard[1], axis=1)
    tau = threshold(voice, batches)
    assert tau == pytest.approx(np.quantile(np.tile(apart, 40), 0.9), abs=1e-3)
    assert (apart <= tau + 1e-4).mean() == pytest.approx(0.9, abs=0.03)


def test_a_guide_is_written_with_its_card(chain, tmp_path):
    path = tmp_path / "scmc.safetensors"
    scmc.save(chain[1], CONFIG, path)
    guide = Guide.of_file(checked(path))
    assert guide.tau == pytest.approx(chain[1].metrics["tau"])
    assert "no real person" in path.with_suffix(".md").read_text()


# ---- neighbours


@pytest.fixture(scope="module")
def found(material, chain):
    guide = Guide(chain[1].arrays)
    windows = near.windows_of(material)
    said = near.heard(material, near.voice_of(guide, VoiceEncoder()), Ticket())
    return near.found(material, windows, said, guide.tau, Ticket())


def test_windows_stay_within_their_clip(material):
    windows = near.windows_of(material)
    lengths = np.diff(material.first)
    assert len(windows.start) == np.maximum(lengths - 9, 0).sum()
    assert sum(map(len, windows.of.values())) == len(windows.start)
    for (actor, emotion), inside in windows.of.items():
        frames = windows.frames(inside)
        clips = np.searchsorted(material.first, frames, "right") - 1
        assert (clips == windows.clip[inside][:, None]).all()
        names = {material.entries[c].name for c in clips.ravel()}
        assert {(n.actor, n.emotion) for n in names} == {(actor, emotion)}


def test_neighbours_against_all_windows_compared_by_hand(material, chain, found):
    guide, windows = Guide(chain[1].arrays), found.windows
    assert {key[1:] for key in found.table} == {
        (a, b) for e in ("angry", "happy") for a, b in (("neutral", e), (e, "neutral"))
    }
    said = guide.hear(material.looks(np.arange(len(material.look))))
    for key in (("en-us", "neutral", "happy"), ("en-us", "angry", "neutral")):
        here, there = windows.of[key[0], key[1]], windows.of[key[0], key[2]]
        which, apart = found.table[key]
        assert which.shape == apart.shape == (len(here), 10)
        for row in (0, 17, len(here) - 1):
            wanted = np.mean(
                [
                    np.linalg.norm(said[windows.start[here[row]] + k]
                                   - said[windows.start[there] + k], axis=1)
                    for k in (3, 6, 9)
                ],
                axis=0,
            )  # fmt: skip
            assert apart[row] == pytest.approx(np.sort(wanted)[:10], abs=1e-3)
            of_found = wanted[np.searchsorted(there, which[row])]
            assert of_found == pytest.approx(apart[row], abs=1e-3)
            assert len(set(which[row])) == 10


def test_the_share_of_windows_with_a_neighbour(found):
    near_all = replace(found, tau=float("inf")).within()
    assert set(near_all) == {"neutral>happy", "happy>neutral", "neutral>angry", "angry>neutral"}
    assert set(near_all.values()) == {1.0}
    assert set(replace(found, tau=-1.0).within().values()) == {0.0}


def test_neighbours_come_back_as_written(material, found, tmp_path):
    path = tmp_path / "distances.safetensors"
    near.write(found, material, path)
    back = near.read(path, material, found.windows)
    assert back.tau == found.tau
    assert back.table.keys() == found.table.keys()
    for key, (which, apart) in found.table.items():
        assert np.array_equal(back.table[key][0], which)
        assert back.table[key][1] == pytest.approx(apart, rel=1e-3)
    near.write(back, material, tmp_path / "again.safetensors")
    again = near.read(tmp_path / "again.safetensors", material, found.windows)
    assert all(np.array_equal(again.table[k][1], x[1]) for k, x in back.table.items())


def test_neighbours_of_other_clips_are_refused(material, found, tmp_path):
    path = tmp_path / "distances.safetensors"
    near.write(found, material, path)
    name = material.entries[0].name
    renamed = replace(material.entries[0], name=replace(name, sentence="other"))
    other = replace(material, entries=(renamed, *material.entries[1:]))
    with pytest.raises(ModelError, match=r"from other clips.*distances"):
        near.read(path, other, found.windows)


@pytest.mark.parametrize("content", [None, b"", b"rubbish" * 50])
def test_a_damaged_file_of_distances_is_named(material, found, content, tmp_path):
    path = tmp_path / "distances.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot be read .*distances\.safetensors"):
        near.read(path, material, found.windows)


def test_a_corpus_whose_clips_have_problems_is_not_learned_from(tones, tmp_path):
    entries = tuple(
        replace(e, problems=("too dark",)) if e.name.sentence == "train001" else e
        for e in tones.entries
    )
    write_list(replace(tones, entries=entries, folder=tmp_path))
    chosen = read_corpus(tmp_path).chosen("train")
    assert {e.name.sentence for e in chosen} == {"train002", "train003"}
