"""The controls of a layer are made from its fields and wish whole layers."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox

from core.builtin import kinds
from core.codec import UnknownLayer
from core.expression.keyframes import Envelope, Key
from core.expression.layers import Emotion, Scale, Smooth
from widgets.layer_fields import LayerFields
from widgets.layer_kinds import LayerKind, fields_of, raised
from widgets.layer_list import LayerList
from widgets.sliders import GestureSlider


@dataclass(frozen=True)
class Toy:
    """A layer with every kind of field."""

    amount: Envelope = field(
        default=Envelope.constant(0.5), metadata={"min": 0, "max": 1, "title": "How much"}
    )
    size: float = field(default=2.0, metadata={"min": 0, "max": 9, "unit": "mm"})
    count: int = field(default=3, metadata={"min": 1, "max": 9})
    side: str = field(default="left", metadata={"choices": ("left", "right")})
    soft: bool = False
    unseen: tuple[int, ...] = ()
    enabled: bool = True

    def apply(self, track, evidence):
        return track


TOY = LayerKind("toy", "Toy layer", Toy, "Plays.")


@pytest.fixture
def panel(qtbot):
    made = LayerFields()
    qtbot.addWidget(made)
    made.show_kinds([TOY])
    made.show_layer(Toy())
    made.resize(320, 400)
    made.show()
    return made


def wished(panel):
    got = []
    panel.layer_wished.connect(lambda *a: got.append(a))
    return got


def test_each_field_gets_its_control(panel):
    assert [(f.name, f.control) for f in fields_of(Toy())] == [
        ("amount", "curve"), ("size", "number"), ("count", "whole"), ("side", "choice"),
        ("soft", "switch"),
    ]  # fmt: skip
    assert isinstance(panel.controls["amount"], GestureSlider)
    assert panel.controls["amount"].accessibleName() == "How much"
    assert isinstance(panel.controls["side"], QComboBox)
    assert isinstance(panel.controls["soft"], QCheckBox)


def test_wishes_bear_the_changed_layer(panel):
    got = wished(panel)
    panel.controls["size"].wish(5.0, "drag")
    panel.controls["count"].wish(6.4)
    panel.controls["side"].textActivated.emit("right")
    panel.controls["soft"].click()
    assert [x[0] for x in got] == [
        Toy(size=5.0), Toy(count=6), Toy(side="right"), Toy(soft=True),
    ]  # fmt: skip
    assert got[0][1:] == ("Toy layer: Size", "drag")
    assert got[1][2] != got[2][2]


def test_showing_emits_nothing_and_keeps_the_slider_in_hand(panel):
    got = wished(panel)
    slider = panel.controls["size"]
    panel.show_layer(Toy(size=7.0, side="right", soft=True))
    assert panel.controls["size"] is slider
    assert slider.value == 7.0
    assert panel.controls["side"].currentText() == "right"
    assert panel.controls["soft"].isChecked()
    panel.show_layer(None)
    assert not panel.controls
    assert not got


def test_a_curve_keeps_its_form(panel):
    curve = Envelope((Key(0, 0.2), Key(1, 0.4)))
    assert [k.value for k in raised(curve, 0.8, 0, 1).keys] == pytest.approx([0.4, 0.8])
    assert raised(Envelope.constant(0.0), 0.3, 0, 1).values() == (0.3,)
    panel.show_layer(Toy(amount=curve))
    got = wished(panel)
    panel.controls["amount"].wish(0.8)
    assert got[0][0].amount.values() == pytest.approx((0.4, 0.8))


def test_our_own_layers_and_missing_ones(panel):
    panel.show_layer(Emotion("happy"))
    assert {"amount", "removal", "guard", "asymmetry", "upper"} <= set(panel.controls)
    panel.show_layer(Smooth(0.1, "mouthSmile"))
    assert panel.controls["shape"].currentText() == "mouthSmile"
    panel.show_layer(UnknownLayer('{"kind":"glow"}'))
    assert not panel.controls
    assert "missing" in panel._note.text()


class TestList:
    @pytest.fixture
    def rows(self, qtbot):
        made = LayerList()
        qtbot.addWidget(made)
        made.show()
        return made

    def test_the_menu_offers_and_asks(self, rows):
        got = []
        rows.kind_wished.connect(got.append)
        assert not rows._add.isVisible()
        broken = LayerKind("bad", "Bad", Scale, fault="It failed.")
        rows.show_kinds([TOY, broken], ["toy", "bad"])
        assert rows._add.isVisible()
        good, bad = rows._add.menu().actions()
        assert not bad.isEnabled()
        good.trigger()
        assert got == ["toy"]

    def test_titles_of_plugins_missing_and_broken(self, rows):
        layers = (Toy(), UnknownLayer('{"kind":"glow"}'), Scale("brows"))
        rows.show_kinds([TOY], ["toy"])
        rows.show_layers(layers)
        texts = [rows._list.item(i).text() for i in range(3)]
        assert texts[0] == "Toy layer  ·  50 %"
        assert texts[1] == "glow  ·  plug-in missing"
        assert rows._list.item(1).checkState() == Qt.CheckState.Unchecked
        rows.show_kinds([LayerKind("toy", "Toy layer", Toy, fault="It failed.")], ["toy"])
        assert rows._list.item(0).text() == "Toy layer  ·  switched off"

    def test_a_missing_layer_cannot_be_switched_and_is_not_lost(self, rows):
        got = []
        rows.layers_wished.connect(lambda *a: got.append(a))
        rows.show_layers((UnknownLayer('{"kind":"glow"}'), Toy()))
        rows._list.item(0).setCheckState(Qt.CheckState.Checked)
        assert not got
        rows.show_chosen(1)
        rows._slider.wish(0.9)
        assert got[0][0][0] == UnknownLayer('{"kind":"glow"}')
        assert got[0][0][1].amount.values() == (0.9,)


def test_the_shipped_layer_has_controls(panel):
    panel.show_layer(kinds().get("layer", "tremor").load()())
    assert set(panel.controls) == {"amount", "rate", "place", "spare_speech", "seed"}


def test_the_learned_editor_is_a_choice_and_says_what_it_does_not_know(panel):
    got = wished(panel)
    panel.show_layer(Emotion("happy"))
    words = panel.controls["method"]
    assert [words.itemText(i) for i in range(words.count())] == ["direct", "learned"]
    words.textActivated.emit("learned")
    assert got[-1][0] == Emotion("happy", method="learned")
    count = len(got)
    panel.show_layer(Emotion("contempt"))
    panel.controls["method"].textActivated.emit("learned")
    assert len(got) == count
    assert panel.controls["method"].currentText() == "direct"
    assert "contempt" in panel._note.text()
