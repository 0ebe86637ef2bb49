"""The row of choices above a view; it folds into one button where there is little room."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from widgets import theme

ROOM = "  "  # after a title, for the arrow of its menu


class ViewBar(QWidget):
    """Choices on the left, of which one is checked, and tools on the right.

    name : what the folded choice is called for those who do not see it.
    """

    def __init__(
        self,
        name: str,
        choices: Sequence[QAction],
        tools: Sequence[QWidget | QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices = choices
        self.buttons = [self._button(action) for action in choices]
        self._tools = [self._button(t) if isinstance(t, QAction) else t for t in tools]
        self.folded = QToolButton(self)
        self.folded.setAccessibleName(name)
        self.folded.setToolTip(name)
        self.folded.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.folded.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        menu = QMenu(self.folded)
        menu.addActions(list(choices))
        self.folded.setMenu(menu)
        self.folded.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SMALL, theme.SMALL, theme.SMALL, theme.SMALL)
        row.setSpacing(theme.TINY)
        for widget in (*self.buttons, self.folded):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in self._tools:
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for action in choices:
            action.toggled.connect(self._on_choice_toggled)
        for action in choices:  # as wide as its longest choice, so that nothing jumps
            self.folded.setText(action.text() + ROOM)
            least = max(self.folded.minimumWidth(), self.folded.sizeHint().width())
            self.folded.setMinimumWidth(least)
        self._on_choice_toggled()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the room the folded row needs."""
        wide = self._wide([self.folded, *self._tools])
        return QSize(wide, theme.ROW + 2 * theme.SMALL)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        fold = self._wide([*self.buttons, *self._tools]) > self.width()
        self.folded.setVisible(fold)
        for button in self.buttons:
            button.setVisible(not fold)

    def _wide(self, widgets: Sequence[QWidget]) -> int:
        room = sum(
            max(widget.sizeHint().width(), widget.minimumWidth()) + theme.TINY
            for widget in widgets
        )
        return room + 2 * theme.SMALL + theme.GAP

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setMinimumHeight(theme.ROW)
        return button

    def _on_choice_toggled(self) -> None:
        chosen = [action.text() for action in self._choices if action.isChecked()]
        self.folded.setText((chosen or [""])[0] + ROOM)
        self.folded.setMinimumHeight(theme.ROW)
