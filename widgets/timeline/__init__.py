"""The timeline of a clip: ruler, lanes, curves with keys."""

from widgets.timeline.view import TimelineView

__all__ = ["TimelineView"]
