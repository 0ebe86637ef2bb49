"""The guide's training, from clips to a guide that runs without torch."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import ExchangeError
from core.expression.scmc import Guide
from core.jobs import Ticket
from core.training.material import load
from core.training.scmc import neighbours as near
from core.training.scmc import pairs as pairing
from core.training.scmc import train as scmc
from core.training.scmc.metric import NEAR, Batches, Config, contrast, held_out, threshold
from core.training.scmc.nets import Agreement, VoiceEncoder, arrays, distances
from core.weights import checked
from tests.corpora import SENTENCES, spoken, write_corpus

CONFIG = Config(steps=5, joint_steps=5)


@pytest.fixture(scope="module")
def pairs(material):
    return pairing.aligned(material, Ticket())


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
    assert left == {"aligned.json", "voice.ckpt", "face.ckpt", "joint.ckpt", "report.json"}
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
