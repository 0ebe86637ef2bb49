"""The first page: open a video or a project, go on with a recent one, try the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import qtawesome
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

_WIDTH = 880
_ROW = 68
_PICTURE = QSize(96, 54)
_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class Recent:
    """A project that was open. place : its folder as one writes it, or that it has no name.

    when : the day or hour it was open last. picture : a file with its last frame, if any.
    """

    path: Path
    name: str
    place: str
    when: str = ""
    picture: Path | None = None


class Choice(QPushButton):
    """A large button: a sign, what it does, a line about it, and its keys."""

    def __init__(
        self, icon: str, title: str, words: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("choice", True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sign = QLabel()
        sign.setPixmap(qtawesome.icon(icon, color=theme.EDITED).pixmap(QSize(28, 28)))
        self._keys = QLabel()
        self._keys.setProperty("quiet", True)
        self._keys.setFont(theme.number_font())
        name = QLabel(title)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPointSizeF(font.pointSizeF() + 1)
        name.setFont(font)
        line = QLabel(words)
        line.setProperty("quiet", True)
        line.setWordWrap(True)
        line.setAlignment(Qt.AlignmentFlag.AlignTop)
        line.setMinimumHeight(2 * line.fontMetrics().lineSpacing() + theme.TINY)
        head = QHBoxLayout()
        head.addWidget(sign)
        head.addStretch(1)
        head.addWidget(self._keys, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.WIDE)
        column.setSpacing(theme.SMALL)
        column.addLayout(head)
        column.addSpacing(theme.GAP)
        column.addWidget(name)
        column.addWidget(line, 1)
        for part in (sign, name, line, self._keys):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_keys(self, keys: str) -> None:
        """Show the shortcut that does the same."""
        self._keys.setText(keys)
        self.setToolTip(f"{self.accessibleName()} ({keys})" if keys else self.accessibleName())

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(260, 150)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(180, 150)


class _Row(QStyledItemDelegate):
    """Draws a recent project: picture, name, folder, and when."""

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(200, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        recent: Recent = index.data(_ROLE)
        picture: QPixmap | None = index.data(_ROLE + 1)
        place: QRect = option.rect.adjusted(0, 0, 0, -2)  # pyright: ignore
        states: QStyle.StateFlag = option.state  # pyright: ignore
        chosen = bool(states & QStyle.StateFlag.State_Selected)
        over = bool(states & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.ACCENT) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.HOVER if over or chosen else theme.RAISED))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 6, 6)
        frame = QRect(place.left() + 7, place.top() + 6, _PICTURE.width(), _PICTURE.height())
        painter.fillRect(frame, QColor(theme.DEEP))
        if picture is not None:
            size = picture.size().scaled(_PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
            inner = QRect(frame.topLeft(), size)
            inner.moveCenter(frame.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(inner, picture)
        else:
            sign = qtawesome.icon("mdi6.movie-open-outline", color=theme.FAINT)
            sign.paint(painter, frame.adjusted(30, 12, -30, -12))
        text = place.adjusted(frame.width() + 24, 10, -150, -10)
        self._write(painter, option, text, recent)
        painter.setPen(QColor(theme.QUIET))
        when = QRect(place.right() - 140, place.top(), 124, place.height())
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(when, align | Qt.AlignmentFlag.AlignRight, recent.when)
        painter.restore()

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, text: QRect, recent: Recent
    ) -> None:
        font: QFont = QFont(option.font)  # pyright: ignore
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        elide = painter.fontMetrics().elidedText
        middle, left = Qt.TextElideMode.ElideMiddle, Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            text,
            left | Qt.AlignmentFlag.AlignTop,
            elide(recent.name, Qt.TextElideMode.ElideRight, text.width()),
        )
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(theme.FAINT))
        elide = painter.fontMetrics().elidedText
        words = elide(recent.place, middle, text.width())
        painter.drawText(text, left | Qt.AlignmentFlag.AlignBottom, words)


class _List(QListWidget):
    """As high as its rows, up to five."""

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, min(5, self.count()) * _ROW + 4)


class Welcome(QWidget):
    """`open_wished()`, `demo_wished()`, `live_wished()`; `recent_wished(Path)` of the list."""

    open_wished = Signal()
    demo_wished = Signal()
    live_wished = Signal()
    recent_wished = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Welcome"))
        self.choices = self._make_choices()
        self._recent = self._make_list()
        self._recent_title = QLabel(self.tr("Recent projects"))
        self._recent_title.setProperty("quiet", True)
        self._hints = QLabel()
        self._hints.setProperty("quiet", True)
        self._hints.setTextFormat(Qt.TextFormat.RichText)
        self._hints.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        page = QWidget()
        page.setMaximumWidth(_WIDTH)
        page.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(page)
        column.setSpacing(theme.GAP)
        column.setContentsMargins(theme.LARGE, 2 * theme.LARGE, theme.LARGE, theme.LARGE)
        column.addStretch(2)
        for part in self._head():
            column.addWidget(part)
        column.addSpacing(theme.LARGE)
        row = QHBoxLayout()
        row.setSpacing(theme.WIDE)
        for choice in self.choices.values():
            row.addWidget(choice, 1)
        column.addLayout(row)
        column.addSpacing(theme.LARGE)
        column.addWidget(self._recent_title)
        column.addWidget(self._recent)
        column.addStretch(3)
        column.addWidget(self._hints)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addStretch(1)
        whole.addWidget(page, 1000)
        whole.addStretch(1)
        self.show_recent(())
        self.show_hints(())

    def show_recent(self, projects: Sequence[Recent]) -> None:
        """Show the projects that were open last, the newest first; emits nothing."""
        self._recent.clear()
        for recent in projects:
            item = QListWidgetItem(f"{recent.name}, {recent.place}, {recent.when}")
            item.setData(_ROLE, recent)
            picture = QPixmap(str(recent.picture)) if recent.picture else QPixmap()
            item.setData(_ROLE + 1, None if picture.isNull() else picture)
            item.setToolTip(str(recent.path))
            self._recent.addItem(item)
        there = bool(projects)
        self._recent.setMaximumHeight(self._recent.sizeHint().height())
        self._recent.setMinimumHeight(min(2, len(projects)) * _ROW + 4)
        self._recent.updateGeometry()
        self._recent.setVisible(there)
        self._recent_title.setVisible(there)

    def show_live(self, there: bool) -> None:
        """Show whether a camera can be worked with."""
        self.choices["live"].setVisible(there)

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show (keys, what they do) at the foot of the page."""
        parts = [
            f'<span style="color:{theme.TEXT}">{keys}</span>&nbsp; {words}'
            for keys, words in hints
        ]
        parts.append(self.tr("or drop a video or a project anywhere into this window"))
        self._hints.setText("&nbsp;&nbsp; · &nbsp;&nbsp;".join(parts))

    def _head(self) -> tuple[QLabel, QLabel]:
        title = QLabel("facestudio")
        font = theme.title_font(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.35)
        title.setFont(font)
        line = QLabel(self.tr("Change how a filmed face feels and leave what it says."))
        line.setProperty("quiet", True)
        return title, line

    def _make_choices(self) -> dict[str, Choice]:
        made = {
            "open": Choice(
                "mdi6.folder-open-outline",
                self.tr("Open a video or project"),
                self.tr("Its faces are followed while you look at it."),
            ),
            "demo": Choice(
                "mdi6.drama-masks",
                self.tr("Try the demo"),
                self.tr("A synthetic actor, ready to be edited at once."),
            ),
            "live": Choice(
                "mdi6.webcam",
                self.tr("Go live"),
                self.tr("Your own face moves the head; record it as a take."),
            ),
        }
        made["open"].clicked.connect(self.open_wished)
        made["demo"].clicked.connect(self.demo_wished)
        made["live"].clicked.connect(self.live_wished)
        made["live"].hide()
        return made

    def _make_list(self) -> QListWidget:
        made = _List()
        made.setAccessibleName(self.tr("Recent projects"))
        made.setItemDelegate(_Row(made))
        made.setMouseTracking(True)
        made.setFrameShape(QListWidget.Shape.NoFrame)
        made.setStyleSheet("QListWidget { background: transparent; border: none; }")
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        made.itemActivated.connect(self._on_recent_item)
        made.itemClicked.connect(self._on_recent_item)
        return made

    def _on_recent_item(self, item: QListWidgetItem) -> None:
        recent: Recent = item.data(_ROLE)
        self.recent_wished.emit(recent.path)
