"""The emotion selector: seven labels with their intensity, a pad that blends, and a scope."""

from collections.abc import Sequence
from typing import Literal, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.expression.emotions import LABELS
from widgets import theme
from widgets.emotion_pad import Blend, EmotionPad
from widgets.sliders import GestureSlider, new_gesture

Scope = Literal["clip", "range", "playhead"]
SCOPES: tuple[Scope, ...] = ("clip", "range", "playhead")
STRONGEST = 1.5


class EmotionButton(QPushButton):
    """A button that says when the pointer comes and goes."""

    entered = Signal()
    left = Signal()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        super().enterEvent(event)
        if self.isEnabled():
            self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.left.emit()


class EmotionPanel(QWidget):
    """Chooses what the face feels; `scope` says for which stretch of time.

    `emotion_wished(label, amount, gesture)`: that emotion at this intensity, 0..1.5, beside
    the others; 0 takes it away. `blend_wished(blend, gesture)`: exactly these (label, amount)
    pairs in place of all emotions; an empty tuple is the face as filmed. `blend_tried(blend)`:
    the pointer rests on what a click would wish for; None when it has left.
    """

    emotion_wished = Signal(str, float, str)
    blend_wished = Signal(object, str)
    blend_tried = Signal(object)
    scope_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Emotion"))
        self._names = {
            "neutral": self.tr("Neutral"),
            "angry": self.tr("Angry"),
            "disgusted": self.tr("Disgusted"),
            "fear": self.tr("Fear"),
            "happy": self.tr("Happy"),
            "sad": self.tr("Sad"),
            "surprised": self.tr("Surprised"),
            "calm": self.tr("Calm"),
        }
        self._sliders: dict[str, GestureSlider] = {}
        self._numbers: dict[str, QLabel] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._pad = EmotionPad()
        self._pad.show_names(self._names)
        self._pad.blend_wished.connect(self.blend_wished)
        self._pad.blend_tried.connect(self.blend_tried)
        self._scope = self._make_scope()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(self._head())
        column.addLayout(self._rows())
        column.addWidget(self._pad, 1)
        # A low dock scrolls; squeezed rows would lie on each other.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        scroll.setMinimumWidth(page.minimumSizeHint().width() + 12)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    @property
    def scope(self) -> Scope:
        """Return for which stretch of time wishes are meant."""
        return cast(Scope, self._scope.currentData())

    def show_scope(self, scope: Scope) -> None:
        """Show another stretch of time; emits nothing."""
        self._scope.blockSignals(True)
        self._scope.setCurrentIndex(SCOPES.index(scope))
        self._scope.blockSignals(False)

    def show_emotions(self, blend: Sequence[tuple[str, float]]) -> None:
        """Show (label, amount) of the emotions at the playhead; emits nothing."""
        amounts = dict(blend)
        for name, slider in self._sliders.items():
            amount = amounts.get(name, 0.0)
            slider.show_value(amount)
            self._numbers[name].setText(f"{amount * 100:.0f} %")
            self._numbers[name].setEnabled(amount > 0)
            self._buttons[name].setChecked(amount > 0)
        self._pad.show_blend(blend)

    def _make_scope(self) -> QComboBox:
        box = QComboBox()
        for scope, text in zip(
            SCOPES,
            (self.tr("Whole clip"), self.tr("In–out range"), self.tr("Key at the playhead")),
            strict=True,
        ):
            box.addItem(text, scope)
        box.setAccessibleName(self.tr("Where the emotion is applied"))
        box.currentIndexChanged.connect(lambda: self.scope_changed.emit(self.scope))
        return box

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(self.tr("Apply to"))
        label.setBuddy(self._scope)
        label.setProperty("quiet", True)
        filmed = QPushButton(self.tr("As filmed"))
        filmed.setToolTip(self.tr("Take all emotions away"))
        none: Blend = ()
        filmed.clicked.connect(lambda: self.blend_wished.emit(none, new_gesture("as filmed")))
        row.addWidget(label)
        row.addWidget(self._scope, 1)
        row.addWidget(filmed)
        return row

    def _rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.TINY)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(LABELS):
            grid.addWidget(self._button(name), row, 0)
            grid.addWidget(self._slider(name), row, 1)
            number = QLabel("0 %")
            number.setFont(theme.number_font())
            number.setEnabled(False)
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setMinimumWidth(number.fontMetrics().horizontalAdvance("150 %"))
            self._numbers[name] = number
            grid.addWidget(number, row, 2)
        return grid

    def _button(self, name: str) -> QPushButton:
        button = EmotionButton(self._names[name])
        button.setCheckable(True)
        button.setToolTip(
            self.tr("Only this emotion, at full intensity; point at it to try it")
        )
        edge = theme.EMOTIONS[name]
        button.setStyleSheet(
            f"QPushButton {{ text-align: left; border-left: 4px solid {edge};"
            " padding: 1px 10px; min-height: 18px; }"
            f"QPushButton:checked {{ background: {theme.HOVER}; color: {theme.ON_ACCENT}; }}"
        )
        button.clicked.connect(lambda: self._choose(name))
        button.entered.connect(lambda: self.blend_tried.emit(((name, 1.0),)))
        button.left.connect(lambda: self.blend_tried.emit(None))
        self._buttons[name] = button
        return button

    def _slider(self, name: str) -> GestureSlider:
        slider = GestureSlider(
            self.tr("{emotion}, intensity").format(emotion=self._names[name]), 0, STRONGEST
        )
        slider.show_colour(theme.emotion_colour(name))

        def wish(amount: float, gesture: str) -> None:
            self.emotion_wished.emit(name, amount, gesture)

        slider.wished.connect(wish)
        self._sliders[name] = slider
        return slider

    def _choose(self, name: str) -> None:
        # The click must not show what nobody granted yet: `show_emotions` decides.
        self._buttons[name].setChecked(self._sliders[name].value > 0)
        self.blend_wished.emit(((name, 1.0),), new_gesture(name))
