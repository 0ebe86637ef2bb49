"""Which clips are learned from and which are kept for testing: by what is said, or by whom."""

import hashlib
from collections.abc import Sequence

from core.corpus.clip import SPLITS, Name
from core.errors import WishError

TRAIN, VALIDATION, TEST = SPLITS
LEARNED, TUNED = 0.7, 0.15  # shares of the sentences; the rest is for testing


def of_sentence(sentence: str) -> str:
    """Return the split of a sentence: always the same, whoever says it and however."""
    digest = hashlib.blake2b(sentence.encode(), digest_size=8).digest()
    share = int.from_bytes(digest, "big") / 2**64
    return TRAIN if share < LEARNED else VALIDATION if share < LEARNED + TUNED else TEST


def split_of(name: Name, test: Sequence[str] = (), validation: Sequence[str] = ()) -> str:
    """Return the split of a clip. test, validation : actors kept for it.

    The others are learned from; a split for which nobody is named takes its sentences from
    theirs.
    """
    if name.actor in test:
        return TEST
    if name.actor in validation:
        return VALIDATION
    found = of_sentence(name.sentence)
    return TRAIN if (test and found == TEST) or (validation and found == VALIDATION) else found


def check(present: Sequence[str], *wished: Sequence[str]) -> None:
    """Refuse actors that are not there.

    Raises
    ------
    WishError
        that says who is there.
    """
    for who in (actor for group in wished for actor in group):
        if who not in present:
            some = ", ".join(present[:20]) + (", ..." if len(present) > 20 else "")
            raise WishError(f"There is no actor '{who}'; there are {some}.")


def check_apart(test: Sequence[str], validation: Sequence[str]) -> None:
    """Refuse an actor for testing and for validation at once."""
    if both := sorted(set(test) & set(validation)):
        raise WishError(f"An actor is either for testing or for validation: {', '.join(both)}.")
