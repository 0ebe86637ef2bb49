"""The export dialog: where to, how coded, what else; about how large and how long."""

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.export_wish import (
    PRESETS,
    PROFILES,
    SPEEDS,
    Codec,
    Coding,
    ExportWish,
    Film,
    expected,
    fitted,
    size_said,
)
from widgets.job_list import spoken
from widgets.size_field import SizeField
from widgets.sliders import GestureSlider

OFFERS: tuple[str, ...] = (
    "range", "size", "sound", "comparison", "sheet", "table", "reveal",
)  # fmt: skip


class ExportDialog(QDialog):
    """Asks how to export; `export_wished(ExportWish)` comes once, when it is accepted.

    It shows only what the studio can do: `offers` are some of `OFFERS`.
    """

    export_wished = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, offers: Collection[str] = ("table",)
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self._offers = frozenset(offers)
        self._film = Film(1, Fraction(25), (1280, 720), True)
        self._make_fields()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        column.setSpacing(theme.WIDE)
        self._form = self._make_form()
        column.addLayout(self._form)
        column.addLayout(self._make_extras())
        column.addWidget(self._cost)
        column.addWidget(self._note)
        column.addStretch(1)
        column.addWidget(self._make_buttons())
        self._name_fields()
        self.setMinimumWidth(520)
        self._form.setRowVisible(self._picture, False)  # until there is a choice
        self._on_preset_changed()

    def show_film(self, film: Film, target: Path) -> None:
        """Show the clip that will be exported and a first name for it; emits nothing."""
        self._film = film
        self._sound.setEnabled(film.sound)
        self._size.show_filmed(film.size)
        self._range.setItemText(0, self.tr("Whole clip, {n} frames").format(n=film.frames))
        if film.span is None:
            if self._range.count() > 1:
                self._range.removeItem(1)
        else:
            first, last = film.span
            text = self.tr("In–out range, {n} frames").format(n=last - first + 1)
            if self._range.count() > 1:
                self._range.setItemText(1, text)
            else:
                self._range.addItem(text)
        self._picture.clear()
        for name, title in (("", self.tr("Edited film")), *film.pictures):
            self._picture.addItem(title, name)
        self._picture.setCurrentIndex(max(0, self._picture.findData(film.picture)))
        self._form.setRowVisible(self._picture, bool(film.pictures))
        self._target.setText(str(fitted(target, self.coding.codec)))
        self._show_cost()

    @property
    def coding(self) -> Coding:
        """Return the coding that is chosen."""
        return Coding(
            cast(Codec, self._codec.currentData()),
            51 - round(self._quality.value),
            self._speed.currentText(),
            self._profile.currentText(),
        )

    @property
    def wish(self) -> ExportWish:
        """Return what is asked for now."""
        ranged = self._range.currentIndex() == 1 and self._film.span is not None
        first, last = (
            self._film.span if ranged and self._film.span else (0, self._film.frames - 1)
        )
        return ExportWish(
            Path(self._target.text()).expanduser(),
            self.coding,
            first,
            last,
            self._sound.isChecked() and self._sound.isEnabled(),
            self._comparison.isChecked(),
            self._sheet.isChecked() and self._sheet.isEnabled(),
            self._table.isChecked(),
            str(self._picture.currentData() or ""),
            self._size.asked,
            self._reveal.isChecked(),
        )

    def accept(self) -> None:
        """Emit the wish and close."""
        if not self._export.isEnabled():
            return
        wish = self.wish
        super().accept()
        self.export_wished.emit(wish)

    def _make_fields(self) -> None:
        self._preset = QComboBox()
        for name, text in {
            "high": self.tr("High quality (H.264)"),
            "small": self.tr("Small file (H.264)"),
            "draft": self.tr("Draft, quickly written (H.264)"),
            "prores": self.tr("Master (ProRes 422 HQ)"),
            "prores4444": self.tr("Master, full colour (ProRes 4444)"),
            "png": self.tr("Picture sequence (PNG)"),
            "": self.tr("Own settings"),
        }.items():
            self._preset.addItem(text, name)
        self._codec = QComboBox()
        for codec, text in (("h264", "H.264"), ("prores", "ProRes"), ("png", "PNG")):
            self._codec.addItem(text, codec)
        self._quality = GestureSlider(self.tr("Quality"), 0, 51, 34)
        self._quality_said = QLabel()
        self._quality_said.setFont(theme.number_font())
        self._quality_said.setMinimumWidth(
            self._quality_said.fontMetrics().horizontalAdvance("crf 00")
        )
        self._speed = QComboBox()
        self._speed.addItems(SPEEDS)
        self._profile = QComboBox()
        self._profile.addItems(PROFILES)
        self._range = QComboBox()
        self._range.addItem(self.tr("Whole clip"))
        self._size = SizeField()
        self._picture = QComboBox()
        self._picture.setAccessibleName(self.tr("Picture"))
        self._target = QLineEdit()
        self._target.setAccessibleName(self.tr("Where to write"))
        self._sound = QCheckBox(self.tr("Sound, copied as it is"))
        self._sound.setChecked(True)
        self._comparison = QCheckBox(self.tr("A comparison, filmed left and edited right"))
        self._sheet = QCheckBox(self.tr("A contact sheet (PNG)"))
        self._table = QCheckBox(self.tr("The coefficients (CSV)"))
        self._reveal = QCheckBox(self.tr("Show in folder when it is done"))
        self._cost, self._note = QLabel(), QLabel()
        self._cost.setProperty("quiet", True)
        self._note.setProperty("bad", True)
        self._note.setWordWrap(True)
        self._preset.currentIndexChanged.connect(self._on_preset_changed)
        self._quality.wished.connect(self._on_quality_wished)
        self._target.textChanged.connect(self._show_cost)
        self._range.currentIndexChanged.connect(self._show_cost)
        self._size.width_wished.connect(self._show_cost)
        for check in (self._sound, self._comparison, self._sheet, self._table):
            check.toggled.connect(self._show_cost)
        for box in (self._codec, self._speed, self._profile):
            box.activated.connect(self._on_own_chosen)

    def _make_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.WIDE)
        form.setVerticalSpacing(theme.GAP)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        browse = self._browse_button = QPushButton(self.tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        place = QWidget()
        where = QHBoxLayout(place)
        where.setContentsMargins(0, 0, 0, 0)
        where.addWidget(self._target, 1)
        where.addWidget(browse)
        self._quality_row = QWidget()
        quality = QHBoxLayout(self._quality_row)
        quality.setContentsMargins(0, 0, 0, 0)
        quality.addWidget(self._quality, 1)
        quality.addWidget(self._quality_said)
        form.addRow(self.tr("Preset"), self._preset)
        form.addRow(self.tr("Write to"), place)
        form.addRow(self.tr("Picture"), self._picture)
        if "range" in self._offers:
            form.addRow(self.tr("Frames"), self._range)
        if "size" in self._offers:
            form.addRow(self.tr("Size"), self._size)
        form.addRow(self.tr("Codec"), self._codec)
        form.addRow(self.tr("Quality"), self._quality_row)
        form.addRow(self.tr("Encoder"), self._speed)
        form.addRow(self.tr("Profile"), self._profile)
        return form

    def _make_extras(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.GAP)
        boxes: dict[str, QWidget] = {
            "sound": self._sound,
            "comparison": self._comparison,
            "sheet": self._sheet,
            "table": self._table,
        }
        extras = [
            box for name, box in boxes.items() if name in self._offers and name != "sound"
        ]
        boxes["reveal"] = self._reveal
        if "sound" in self._offers:
            column.addWidget(self._sound)
        if extras:
            also = QLabel(self.tr("Write also"))
            also.setProperty("quiet", True)
            column.addWidget(also)
        for box in extras:
            column.addWidget(box)
        if "reveal" in self._offers:
            column.addSpacing(theme.SMALL)
            column.addWidget(self._reveal)
        for name, box in (*boxes.items(), ("range", self._range), ("size", self._size)):
            if name not in self._offers:
                box.setParent(self)
                box.hide()
        return column

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._export = QPushButton(self.tr("Export"))
        self._export.setProperty("primary", True)
        self._export.setDefault(True)
        self._cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self._export, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _name_fields(self) -> None:
        """Give every field a name for those who hear it, and its turn with the Tab key."""
        for field, name in (
            (self._preset, self.tr("Preset")),
            (self._range, self.tr("Frames")),
            (self._codec, self.tr("Codec")),
            (self._speed, self.tr("Encoder")),
            (self._profile, self.tr("Profile")),
        ):
            field.setAccessibleName(name)
        self._browse_button.setAccessibleName(self.tr("Browse for where to write"))
        order = (
            self._preset, self._target, self._browse_button, self._picture, self._range,
            *self._size.fields(), self._codec, self._quality, self._speed, self._profile,
            self._sound, self._comparison, self._sheet, self._table, self._reveal,
            self._export, self._cancel,
        )  # fmt: skip
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _on_preset_changed(self) -> None:
        name = str(self._preset.currentData())
        if name:
            self._show_coding(PRESETS[name])

    def _show_coding(self, coding: Coding) -> None:
        self._codec.setCurrentIndex(self._codec.findData(coding.codec))
        self._quality.show_value(51 - coding.crf)
        self._quality_said.setText(f"crf {coding.crf}")
        self._speed.setCurrentText(coding.speed)
        self._profile.setCurrentText(coding.profile)
        for row, codec in (
            (self._quality_row, "h264"),
            (self._speed, "h264"),
            (self._profile, "prores"),
        ):
            self._form.setRowVisible(row, codec == coding.codec)
        if self._target.text():
            self._target.setText(str(fitted(Path(self._target.text()), coding.codec)))
        # A contact sheet is taken from the film; of single pictures there is none.
        self._sheet.setEnabled(coding.codec != "png")
        self._show_cost()

    def _on_own_chosen(self) -> None:
        coding = self.coding
        self._choose_preset(coding)
        self._show_coding(coding)

    def _on_quality_wished(self, value: float, _gesture: str) -> None:
        coding = replace(self.coding, crf=51 - round(value))
        self._choose_preset(coding)
        self._show_coding(coding)

    def _choose_preset(self, coding: Coding) -> None:
        name = next((n for n, preset in PRESETS.items() if preset == coding), "")
        self._preset.blockSignals(True)
        self._preset.setCurrentIndex(self._preset.findData(name))
        self._preset.blockSignals(False)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export to"), self._target.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # That a file is there already is said beside its name, once.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def _on_dialog_file_selected(self, name: str) -> None:
        self._target.setText(str(fitted(Path(name), self.coding.codec)))

    def _show_cost(self) -> None:
        wish = self.wish
        frames = wish.last - wish.first + 1
        size, seconds = expected(self._film, wish)
        parts = [
            self.tr("{n} frames").format(n=frames),
            self.tr("about {size}").format(size=size_said(size)),
        ]
        if seconds is not None:
            parts.append(self.tr("about {time}").format(time=spoken(seconds)))
        self._cost.setText("  ·  ".join(parts))
        self._note.setText(self._doubt(wish))
        self._note.setVisible(bool(self._note.text()))
        self._export.setEnabled(self._can(wish))

    def _can(self, wish: ExportWish) -> bool:
        named = bool(self._target.text().strip()) and bool(wish.target.name)
        fits = fitted(wish.target, wish.coding.codec) == wish.target
        return named and fits and wish.target.parent.is_dir() and not self._in_the_way(wish)

    def _in_the_way(self, wish: ExportWish) -> bool:
        """A file may be replaced; a folder, or a file where a folder shall be, may not."""
        stills = wish.coding.codec == "png" and any(p.exists() for p, _ in wish.films)
        return stills or any(path.is_dir() for path in wish.files)

    def _doubt(self, wish: ExportWish) -> str:
        if not self._target.text().strip():
            return ""
        if fitted(wish.target, wish.coding.codec) != wish.target:
            better = fitted(wish.target, wish.coding.codec).name
            return self.tr("This codec needs another name, such as {name}.").format(name=better)
        if not wish.target.parent.is_dir():
            return self.tr("There is no such folder: {folder}").format(
                folder=wish.target.parent
            )
        if self._in_the_way(wish):
            return self.tr("Something of that name is there already; choose another.")
        there = [path.name for path in wish.files if path.exists()]
        if len(there) == 1 and wish.target.exists():
            return self.tr("The file is there already and will be replaced.")
        if there:
            names = ", ".join(there)
            return self.tr("There already and will be replaced: {names}").format(names=names)
        return ""
