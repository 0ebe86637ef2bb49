"""The first page: open a video or a project, go on with a recent one, or try the demo."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

_WIDTH = 560


class Welcome(QWidget):
    """`open_wished()`, `demo_wished()`, and `recent_wished(Path)` for one of the list."""

    open_wished = Signal()
    demo_wished = Signal()
    recent_wished = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Welcome"))
        self._recent = QListWidget()
        self._recent.setAccessibleName(self.tr("Recent projects"))
        self._recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._recent.itemActivated.connect(self._on_recent_item)
        self._recent.itemClicked.connect(self._on_recent_item)
        self._recent_title = QLabel(self.tr("Recent projects"))
        self._recent_title.setProperty("quiet", True)
        page = QWidget()
        page.setFixedWidth(_WIDTH)
        column = QVBoxLayout(page)
        column.setSpacing(theme.GAP)
        column.setContentsMargins(0, theme.LARGE, 0, theme.LARGE)
        column.addStretch(2)
        for part in self._head():
            column.addWidget(part)
        column.addSpacing(theme.WIDE)
        column.addLayout(self._buttons())
        hint = QLabel(self.tr("Or drop a video or a project anywhere into this window."))
        hint.setProperty("quiet", True)
        column.addWidget(hint)
        column.addSpacing(theme.LARGE)
        column.addWidget(self._recent_title)
        column.addWidget(self._recent)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(page)
        row.addStretch(1)
        self.show_recent(())

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show the projects that were open last, the newest first; emits nothing."""
        self._recent.clear()
        metrics = QFontMetrics(self._recent.font())
        for path in paths:
            folder = metrics.elidedText(
                _home(path.parent), Qt.TextElideMode.ElideMiddle, _WIDTH - 40
            )
            item = QListWidgetItem(f"{path.stem}\n{folder}")
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setToolTip(str(path))
            item.setSizeHint(QSize(0, 2 * metrics.height() + theme.WIDE))
            self._recent.addItem(item)
        rows = min(5, len(paths))
        self._recent.setFixedHeight(rows * (2 * metrics.height() + theme.WIDE) + 4)
        self._recent.setVisible(bool(paths))
        self._recent_title.setVisible(bool(paths))

    def _head(self) -> tuple[QLabel, QLabel]:
        title = QLabel("facestudio")
        title.setFont(theme.title_font(self.font()))
        line = QLabel(self.tr("Change how a filmed face feels and leave what it says."))
        line.setProperty("quiet", True)
        return title, line

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        opening = QPushButton(self.tr("Open a video or project…"))
        opening.setProperty("primary", True)
        opening.clicked.connect(self.open_wished)
        demo = QPushButton(self.tr("Try the demo"))
        demo.setToolTip(self.tr("A synthetic actor whose face was followed already"))
        demo.clicked.connect(self.demo_wished)
        row.addWidget(opening)
        row.addWidget(demo)
        row.addStretch(1)
        return row

    def _on_recent_item(self, item: QListWidgetItem) -> None:
        self.recent_wished.emit(Path(str(item.data(Qt.ItemDataRole.UserRole))))


def _home(path: Path) -> str:
    """Return a folder as one writes it, with ~ for one's own."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
