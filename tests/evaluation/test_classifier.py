"""The classifier of windows: learned twice alike, and read in numpy as it was learned."""

import numpy as np
import pytest

from core.corpus.averages import averages, labelled, read_faces
from core.corpus.files import Corpus
from core.errors import ShapeError, WishError
from core.evaluation.expression.classifier import Classifier
from core.expression.emotions import LABELS
from core.jobs import Ticket
from core.training.emotion_classifier import Config, train
from tests.evaluation.faces import corpus_in

EMOTIONS = ("neutral", "angry", "happy")
QUICK = Config(epochs=6, batch=32, hidden=16)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return corpus_in(tmp_path_factory.mktemp("corpus"), EMOTIONS)


@pytest.fixture(scope="module")
def learned(corpus):
    return train(corpus, QUICK, Ticket())


def test_it_reads_voices_it_never_saw(corpus, learned):
    assert learned.metrics["accuracy"] > 0.8
    assert set(learned.metrics) == {"accuracy", *EMOTIONS}
    x, y = labelled(read_faces(corpus, "test"))
    found = Classifier(learned.arrays).scores(x).argmax(1)
    assert (found == y).mean() == pytest.approx(learned.metrics["accuracy"])
    for name in EMOTIONS:
        at = y == LABELS.index(name)
        assert (found[at] == y[at]).mean() == pytest.approx(learned.metrics[name])


def test_the_same_seed_learns_the_same(corpus, learned):
    again = train(corpus, QUICK, Ticket())
    assert set(again.arrays) == {"mean", "scale", "w1", "b1", "w2", "b2"}
    for name, array in again.arrays.items():
        assert array.dtype == np.float32
        assert np.array_equal(array, learned.arrays[name])
    other = train(corpus, Config(seed=2, epochs=1, batch=32, hidden=16), Ticket())
    assert not np.array_equal(other.arrays["w1"], learned.arrays["w1"])


def test_a_share_is_of_the_windows_of_a_clip(corpus, learned):
    faces = read_faces(corpus, "test")
    means, net = averages(faces), Classifier(learned.arrays)
    name, face = next((n, x) for n, x in faces.items() if n.emotion == "happy")
    shares = [net.share(face, means.neutral(name.actor), e) for e in LABELS]
    assert sum(shares) == pytest.approx(1)
    assert shares[LABELS.index("happy")] > 0.5
    assert np.isnan(net.share(face[:9], means.neutral(name.actor), "happy"))


def test_what_does_not_fit_is_refused(corpus, learned):
    with pytest.raises(ShapeError):
        Classifier(learned.arrays).scores(np.zeros((2, 51), np.float32))
    with pytest.raises(WishError):
        train(Corpus(corpus.folder, (), corpus.made), QUICK, Ticket())
