"""The talking corpus: words, actors, one mouth for speech and feeling, the tracker's eyes."""

import ctypes.util
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from core.corpus.clip import SPLITS
from core.corpus.files import read_corpus
from core.errors import FaceStudioError
from core.expression.emotions import LABELS
from core.face.articulation import articulation
from core.face.model import built_in
from core.jobs import Ticket
from core.synthetic.speech import espeak_process
from core.synthetic.speech.visemes import CONTROLS, Phoneme
from core.synthetic.speech.voice import Saying, say, shifted
from core.synthetic.talk.acting import OVERLAP_MM, perform
from core.synthetic.talk.actors import VOICES, actor, everybody
from core.synthetic.talk.make import Config, clip_seed, make, recorded, saying, true_face
from core.synthetic.talk.sentences import sentences
from core.synthetic.talk.tracker import Tracker, neighbours, shipped
from core.track import ARKIT_INDEX
from tests.corpora import EMOTIONS, SENTENCES, spoken

needs_voices = pytest.mark.skipif(
    ctypes.util.find_library("espeak-ng") is None,
    reason="espeak-ng is not installed (Debian: apt-get install espeak-ng)",
)
NAMES = ["p", "ɑ", "m", "iː", "b", "uː", "f", "æ", "m", "oʊ", "v", "ɛ", "p"]
WORDS = [Phoneme(n, 0.2 + 0.1 * i, 0.3 + 0.1 * i) for i, n in enumerate(NAMES)]
MOMENTS = np.arange(50) / 25
WHO = actor("en-us", "train", 1)
CLOSED, PUCKER = CONTROLS.index("closed"), CONTROLS.index("pucker")
BLINK = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
BLINKS = 2  # a seed with one in these two seconds
SMILE = ARKIT_INDEX["mouthSmileLeft"]


def aperture(expression):
    """Return (F,) mm between the lips of the head that ships, above those at rest."""
    model = built_in()
    mouth = articulation(model, model.neutral)
    return expression @ mouth.gradient[mouth.names.index("aperture")]


def acted(emotion, seed=3, who=WHO):
    return perform(who, emotion, WORDS, MOMENTS, seed)


def test_no_split_shares_a_sentence_or_a_voice_with_another():
    said = [text for split in SPLITS for text in sentences(split)]
    voices = [voice for split in SPLITS for voice in VOICES[split]]
    assert len(set(said)) == len(said) > 80
    assert len(set(voices)) == len(voices)
    names = [who.name for who in everybody(1)]
    assert len(set(names)) == len(voices)
    assert [who.split for who in everybody(1, "test")] == ["test"] * len(VOICES["test"])


@pytest.mark.parametrize("split", SPLITS)
def test_sentences_close_the_lips_and_mostly_touch_the_teeth(split):
    texts = [text.lower() for text in sentences(split)]
    assert all(re.search("[pbm]", text) for text in texts)
    assert np.mean([bool(re.search("[fv]|ph", text)) for text in texts]) > 0.7


def test_the_same_seed_is_the_same_actor_and_another_seed_another():
    one, same, other = (actor("en-us", "train", seed) for seed in (1, 1, 2))
    for name in ("offsets", "gains", "jaw"):
        assert np.array_equal(getattr(one, name), getattr(same, name))
        assert not np.array_equal(getattr(one, name), getattr(other, name))
    neighbour = actor("en-us+f2", "train", 1)
    assert not np.array_equal(one.offsets, neighbour.offsets)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_manners_of_actors_are_in_range(seed):
    for who in everybody(seed):
        assert who.offsets.shape == (len(LABELS), 52)
        assert who.gains.shape == (len(LABELS), len(CONTROLS))
        assert who.offsets.min() >= 0
        assert who.offsets.max() <= 1
        assert not who.offsets[0].any()  # nobody feels anything when neutral
        assert (who.offsets[1:].max(1) > 0.3).all()
        assert not who.offsets[:, ARKIT_INDEX["jawOpen"]].any()  # the jaw hangs in pauses only
        assert who.gains.min() > 0.3
        assert who.gains.max() < 2.2
        assert np.abs(who.gains[0] - 1).max() < 0.3
        assert who.jaw.min() >= 0
        assert who.jaw.max() < 0.4


def test_a_performance_is_in_range_and_repeats_with_its_seed():
    first, second, other = acted("happy"), acted("happy"), acted("happy", seed=4)
    assert np.array_equal(first.expression, second.expression)
    assert np.array_equal(first.controls, second.controls)
    assert not np.array_equal(first.expression, other.expression)
    assert np.array_equal(first.controls, other.controls)  # words are no chance
    for values in (first.expression, first.controls):
        assert values.dtype == np.float32
        assert values.min() >= 0
        assert values.max() <= 1


@pytest.mark.parametrize("who", everybody(1), ids=lambda who: who.name)
def test_closures_are_closed_in_every_emotion_and_lips_do_not_pass_through_each_other(who):
    for emotion in LABELS:
        played = acted(emotion, who=who)
        closed = played.controls[:, CLOSED] > 0.95
        assert closed.sum() >= 5
        gap = aperture(played.expression)
        assert gap[closed].max() < 0.05
        assert gap.min() > -OVERLAP_MM - 0.05
        assert gap.max() > 3  # and the mouth opens between them


def test_loud_emotions_hold_closures_longer():
    held = {
        e: acted(e).controls[:, CLOSED].sum() for e in ("sad", "neutral", "happy", "surprised")
    }
    assert held["sad"] < held["neutral"] < held["happy"] < held["surprised"]


def test_a_blink_is_the_same_event_in_every_emotion():
    lids = {e: acted(e, BLINKS).expression[:, BLINK].min(1) for e in LABELS}
    shut = lids["neutral"] > 0.95
    assert 1 <= shut.sum() <= 6
    assert lids["neutral"][~shut].min() < 0.05
    for emotion, lid in lids.items():
        assert np.array_equal(lid > 0.95, shut), emotion
    wide = acted("fear", BLINKS).expression[:, ARKIT_INDEX["eyeWideLeft"]]
    assert wide[shut].max() < 0.05 < wide[~shut].max()


def test_emotions_do_not_simply_add_to_speech():
    # Were it a mean offset, the difference of two emotions would be the same at all moments.
    happy, neutral = acted("happy"), acted("neutral")
    differ = (happy.expression - neutral.expression)[10:, SMILE]
    assert differ.mean() > 0.2
    assert differ.std() > 0.08


@pytest.mark.parametrize("sound", ["uː", "m"])
def test_a_smile_gives_way_to_rounded_and_to_closed_lips_not_to_open_ones(sound):
    words = [Phoneme("ɑ", 0.2, 0.8), Phoneme(sound, 0.8, 1.4)]
    happy, neutral = (perform(WHO, e, words, MOMENTS, 3) for e in ("happy", "neutral"))
    control = happy.controls[:, PUCKER if sound == "uː" else CLOSED]
    opened, gone = (np.abs(MOMENTS - t) < 0.1 for t in (0.47, 1.07))
    assert control[opened].max() < 0.05
    assert control[gone].min() > 0.9
    smile = (happy.expression - neutral.expression)[:, SMILE]
    assert smile[gone].mean() < 0.6 * smile[opened].mean()


@pytest.mark.parametrize("emotion", LABELS)
def test_the_truth_in_its_own_emotion_is_what_was_stored(emotion):
    clip = recorded(WHO, emotion, spoken(1), 77, Fraction(25), None)
    again = true_face(WHO, clip, emotion)
    assert np.array_equal(again.astype(np.float16), clip.truth["expression"])
    assert np.array_equal(again, clip.expression)


def test_the_truth_in_another_emotion_says_the_same_and_feels_otherwise():
    clip = recorded(WHO, "neutral", spoken(1), 77, Fraction(25), None)
    truth = true_face(WHO, clip, "happy")
    assert truth[:, SMILE].mean() > clip.expression[:, SMILE].mean() + 0.2
    closed = clip.truth["controls"][:, CLOSED] > 0.95
    assert closed.sum() > 3
    assert aperture(truth)[closed].max() < 0.05


def test_a_clip_has_its_sound_after_a_silence_and_frames_to_its_end():
    said = spoken(0)
    clip = recorded(WHO, "neutral", said, 5, Fraction(25), None)
    assert clip.rate == 16000
    lead = round(0.16 * clip.rate)
    assert not clip.sound[:lead].any()
    heard = clip.sound[lead : lead + len(said.sound)]
    assert np.corrcoef(heard, said.sound)[0, 1] > 0.999
    assert len(clip.times) == int(len(clip.sound) / clip.rate * 25)
    start, end = clip.truth["phoneme_times"][0]
    assert (start, end) == pytest.approx((0.16, 0.16 + said.phonemes[0].end))


def test_another_rate_of_sound_is_resampled_to_ours():
    t = np.arange(22050) / 22050
    tone = (0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    said = replace(spoken(0), sound=tone, rate=22050)
    clip = recorded(WHO, "neutral", said, 5, Fraction(25), None)
    lead, after = round(0.16 * 16000), round(0.24 * 16000)
    heard = clip.sound[lead:-after]
    assert len(heard) == 16000
    wanted = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    assert np.abs(heard - wanted)[200:-200].max() < 0.01


def test_seeds_of_clips_differ_by_everything_that_tells_clips_apart():
    other = actor("en-us+f2", "train", 1)
    seeds = {
        clip_seed(seed, who, i, emotion)
        for seed in (1, 2)
        for who in (WHO, other)
        for i in range(4)
        for emotion in LABELS
    }
    assert len(seeds) == 2 * 2 * 4 * len(LABELS)
    assert saying(WHO, "Hi.", 0, "sad", 1) == saying(WHO, "Hi.", 0, "sad", 1)
    assert saying(WHO, "Hi.", 0, "sad", 1).rate < saying(WHO, "Hi.", 0, "fear", 1).rate


def test_shifted_phonemes_are_only_later():
    later = shifted(WORDS, 0.5)
    assert [p.name for p in later] == NAMES
    assert [p.start for p in later] == pytest.approx([p.start + 0.5 for p in WORDS])
    assert [p.end for p in later] == pytest.approx([p.end + 0.5 for p in WORDS])


def tracker(noise=1.0):
    """Return a made-up tracker."""
    rng = np.random.default_rng(2)
    return Tracker(
        leak=np.eye(52) * 0.9 + rng.normal(0, 0.01, (52, 52)),
        blur=np.full(52, 0.03),
        steady=rng.uniform(-0.3, 0, 52),
        lips=rng.normal(0, 0.03, 52),
        level=rng.normal(0, 0.01, 52),
        lasting=noise * 0.01 * np.eye(52),
        memory=np.stack([np.full(52, 0.5), np.full(52, 0.2)]),
        size=noise * np.stack([np.full(52, 0.002), np.full(52, 0.02)]),
        spread=np.eye(52),
    )


def test_the_mean_of_the_tracker_against_a_written_out_loop():
    c, closed, t = acted("happy").expression, acted("happy").controls[:, CLOSED], tracker()
    found = t.mean(c, closed)
    F = len(c)
    for f in (0, 7, 12, 20, F - 1):
        before, after = c[max(f - 1, 0)], c[min(f + 1, F - 1)]
        for k in (ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthPucker"], SMILE, 0):
            wanted = sum(float(c[f, j]) * t.leak[j, k] for j in range(52))
            wanted += t.blur[k] * float(before[k] + after[k])
            wanted += t.steady[k] * float(c[:, k].mean()) + t.level[k]
            wanted += closed[f] * t.lips[k]
            assert found[f, k] == pytest.approx(wanted, abs=1e-5)
    assert np.array_equal(neighbours(c[:1]), 2 * c[:1])


def test_a_tracker_without_noise_reads_its_mean():
    c, closed = acted("fear").expression, acted("fear").controls[:, CLOSED]
    silent = tracker(noise=0)
    read = silent.read(c, closed, np.random.default_rng(1))
    assert np.allclose(read, np.clip(silent.mean(c, closed), 0, 1), atol=1e-6)


@pytest.mark.parametrize("which", ["made up", "shipped"])
def test_reading_is_a_function_of_its_chance_and_in_range(which):
    t = tracker() if which == "made up" else shipped()
    c, closed = acted("angry").expression, acted("angry").controls[:, CLOSED]
    one, same, other = (t.read(c, closed, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one.dtype == np.float32
    assert one.min() >= 0
    assert one.max() <= 1
    assert 0 < np.abs(one - np.clip(t.mean(c, closed), 0, 1)).mean() < 0.1


def test_the_noise_has_the_memory_and_the_size_it_is_told():
    t = replace(tracker(), lasting=np.zeros((52, 52)), level=np.full(52, 0.5))
    still, closed = np.zeros((4000, 52), np.float32), np.zeros(4000, np.float32)
    noise = t.read(still, closed, np.random.default_rng(3)) - t.mean(still, closed)
    # AR(2) with weights a, b: rho_1 = a / (1 - b), rho_2 = a rho_1 + b.
    rho = [np.mean(noise[k:] * noise[: len(noise) - k]) / np.mean(noise**2) for k in (1, 2)]
    assert rho == pytest.approx([0.5 / 0.8, 0.5 * 0.625 + 0.2], abs=0.02)
    fresh = noise[2:] - 0.5 * noise[1:-1] - 0.2 * noise[:-2]
    assert fresh.std() == pytest.approx(0.002 + 0.02 * 0.5, rel=0.03)


def test_the_corpus_of_tones_is_whole(tones):
    again = read_corpus(tones.folder)
    assert again.entries == tones.entries
    assert len(tones.chosen("train")) == SENTENCES * len(EMOTIONS)
    who = {a.name: a for a in everybody(1)}
    for entry in tones.entries[::5]:
        clip = tones.clip(entry.name)
        assert len(clip.times) == entry.frames
        again = true_face(who[entry.name.actor], clip, entry.name.emotion)
        assert np.array_equal(again.astype(np.float16), clip.truth["expression"])


@needs_voices
def test_what_is_said_comes_with_its_phonemes():
    one, two = say([Saying("Put it up."), Saying("Maybe five.", "en-us+f2", 140)])
    for said in (one, two):
        assert 0.3 < len(said.sound) / said.rate < 3
        assert 0.02 < np.abs(said.sound).max() <= 1
        starts = [p.start for p in said.phonemes]
        assert starts == sorted(starts)
        assert [p.end for p in said.phonemes[:-1]] == starts[1:]
        assert said.phonemes[-1].end == pytest.approx(len(said.sound) / said.rate)
    assert [p.name for p in one.phonemes].count("p") == 2
    assert {"m", "b", "f", "v"} <= {p.name for p in two.phonemes}


@needs_voices
def test_a_voice_that_is_not_there_is_one_sentence():
    with pytest.raises(FaceStudioError, match="no voice 'klingon/war'") as told:
        say([Saying("Hello.", "klingon/war")])
    assert "\n" not in str(told.value)


def test_without_espeak_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(espeak_process.ctypes.util, "find_library", lambda name: None)
    with pytest.raises(SystemExit, match="apt-get install espeak-ng"):
        espeak_process.Espeak()


def test_a_made_corpus_is_complete(talk):
    again = read_corpus(talk.folder)
    assert again.entries == talk.entries
    assert len(talk.entries) == len(SPLITS) * 2 * 2
    assert {e.name.emotion for e in talk.entries} == {"neutral", "happy"}
    assert again.made["seed"] == 1
    assert again.made["tracker"] is True
    for entry in talk.entries:
        clip = talk.clip(entry.name)
        assert len(clip.times) == entry.frames > 20
        assert len(clip.sound) / clip.rate == pytest.approx(entry.seconds)
        assert clip.truth["controls"][:, CLOSED].max() > 0.9
    files = sorted(f for f in talk.folder.rglob("*") if f.is_file())
    assert len(files) == 1 + 2 * len(talk.entries)


def test_coefficients_of_a_made_corpus_are_read_not_true(talk):
    clip = talk.clip(talk.entries[0].name)
    read, true = clip.expression, clip.truth["expression"].astype(np.float32)
    assert 0.002 < np.abs(read - true).mean() < 0.1
    jaw = ARKIT_INDEX["jawOpen"]
    assert np.corrcoef(read[:, jaw], true[:, jaw])[0, 1] > 0.8


def test_the_same_seed_makes_the_same_files(talk, tmp_path):
    config = Config(voices=1, sentences=2, emotions=("neutral", "happy"))
    again = make(tmp_path, config, 1, Ticket())
    assert again.entries == talk.entries
    for entry in talk.entries:
        one, other = talk.clip(entry.name), again.clip(entry.name)
        assert one.expression.tobytes() == other.expression.tobytes()
        assert np.array_equal(one.sound, other.sound)
        assert one.truth["seed"] == other.truth["seed"]
