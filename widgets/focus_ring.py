"""A line round a view that the keyboard has reached; a view the mouse chose needs none."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets import theme

KEYED = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class FocusRing(QWidget):
    """Lies over `view` and shows itself while the keyboard is there; the mouse goes through."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Come with the keyboard, go with it, and stay as large as the view."""
        if isinstance(event, QFocusEvent):
            self.setVisible(event.gotFocus() and event.reason() in KEYED)
            self._fit()
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.hide()
        elif event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setPen(QPen(theme.colour(theme.ACCENT), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _fit(self) -> None:
        view = self.parentWidget()
        if view is not None and self.isVisible():
            self.setGeometry(view.rect())
            self.raise_()
