"""About: what the program is made of, and under which licence each part may be used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

Light = Literal["free", "noncommercial", "unknown"]
_FREE = re.compile(
    r"\b(APACHE|MIT|BSD|ISC|CC0|CC[- ]BY[- ]4|MPL|PSF|PYTHON|[AL]?GPL(V?\d)?|ZLIB|UNLICENSE|"
    r"OFL|HPND|0BSD|PUBLIC DOMAIN)\b"
)
_BOUND = re.compile(r"\b(NON[- ]?COMMERCIAL|NC|RESEARCH|ACADEMIC)\b")


@dataclass(frozen=True)
class Part:
    """A package, network or file that is loaded. use : what for, or where it is from."""

    name: str
    version: str
    licence: str
    use: str = ""

    @property
    def light(self) -> Light:
        """Return whether it may be used freely, or not for money, or one cannot tell."""
        said = self.licence.upper()
        if _BOUND.search(said):
            return "noncommercial"
        return "free" if _FREE.search(said) else "unknown"


class _Row(QTreeWidgetItem):
    """A part; capitals and small letters stand together when sorted."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        return self.text(column).casefold() < other.text(column).casefold()


class About(QDialog):
    """Names the program and lights each part green, red or yellow; the words say it too."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About facestudio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._words = {
            "free": self.tr("free"),
            "noncommercial": self.tr("non-commercial"),
            "unknown": self.tr("unknown"),
        }
        title = QLabel(f"facestudio {version}")
        title.setFont(theme.title_font(self.font()))
        line = QLabel(self.tr("Change how a filmed face feels and leave what it says."))
        line.setProperty("quiet", True)
        self._sum = QLabel(self.tr("Reading the licences…"))
        self._tree = QTreeWidget()
        self._tree.setAccessibleName(self.tr("Licences of everything that is loaded"))
        self._tree.setRootIsDecorated(False)
        self._tree.setSortingEnabled(True)
        self._tree.setHeaderLabels(
            [
                self.tr("May be used"),
                self.tr("Part"),
                self.tr("Version"),
                self.tr("Licence"),
                self.tr("What it is"),
            ]
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        column.setSpacing(theme.GAP)
        for widget in (title, line, self._sum):
            column.addWidget(widget)
        column.addWidget(self._tree, 1)
        column.addWidget(buttons)
        self.resize(860, 560)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show the parts and how many of each light there are."""
        colours = {"free": theme.GOOD, "noncommercial": theme.BAD, "unknown": theme.WARN}
        self._tree.clear()
        for part in parts:
            light = f"●  {self._words[part.light]}"
            item = _Row([light, part.name, part.version, part.licence, part.use])
            item.setForeground(0, QColor(colours[part.light]))
            for column in range(1, 5):
                item.setToolTip(column, item.text(column))
            item.setSizeHint(0, QSize(0, theme.ROW))
            self._tree.addTopLevelItem(item)
        self._tree.sortByColumn(1, Qt.SortOrder.AscendingOrder)
        head = self._tree.header()
        for column in (0, 2):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._tree.setColumnWidth(1, 190)
        self._tree.setColumnWidth(3, 210)
        self._sum.setToolTip(self.tr("Free: for every purpose, under the terms of its licence"))
        counts = [
            f"{sum(part.light == light for part in parts)} {word}"
            for light, word in self._words.items()
        ]
        self._sum.setText("  ·  ".join(counts))
