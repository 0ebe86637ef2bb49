"""Undo as the plain list of the documents that were."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from core.errors import WishError

T = TypeVar("T")


@dataclass(frozen=True)
class Step(Generic[T]):
    """A document and what was done to reach it, in the words of the undo menu."""

    label: str
    document: T


@dataclass(frozen=True)
class History(Generic[T]):
    """Every document since the first, and which of them stands.

    steps : oldest first, never empty. head : index of the one that stands. gesture : the
    drag that made the newest step, while it runs; its next edit replaces that step.
    """

    steps: tuple[Step[T], ...]
    head: int = 0
    gesture: str | None = None

    @classmethod
    def start(cls, document: T, label: str = "New project") -> "History[T]":
        """Return the history of a document that was never edited."""
        return cls((Step(label, document),))

    @property
    def document(self) -> T:
        """Return the document that stands."""
        return self.steps[self.head].document

    def merges(self, gesture: str | None) -> bool:
        """Return whether an edit of `gesture` replaces the newest step."""
        return gesture is not None and gesture == self.gesture

    def push(self, label: str, document: T, gesture: str | None = None) -> "History[T]":
        """Return the history after an edit; steps that were taken back are dropped."""
        kept = self.steps[: self.head + (not self.merges(gesture))]
        return History((*kept, Step(label, document)), len(kept), gesture)

    def move(self, head: int) -> "History[T]":
        """Return the history in which step `head` stands; a running gesture ends."""
        if not 0 <= head < len(self.steps):
            raise WishError(f"There is no step {head}; the history has {len(self.steps)}.")
        return replace(self, head=head, gesture=None)

    def undo(self) -> "History[T]":
        """Return the history one step back."""
        if self.head == 0:
            raise WishError("There is nothing to undo.")
        return self.move(self.head - 1)

    def redo(self) -> "History[T]":
        """Return the history one step forward."""
        if self.head == len(self.steps) - 1:
            raise WishError("There is nothing to redo.")
        return self.move(self.head + 1)
