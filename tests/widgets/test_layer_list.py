"""The list of layers: what it shows and which layers it wishes."""

from fractions import Fraction

import pytest
from PySide6.QtCore import QModelIndex, Qt

from core.expression.keyframes import Envelope
from core.expression.layers import Emotion, Offset, Scale, Smooth
from widgets.layer_list import LayerList
from widgets.layer_text import emotions_at, strength, value_at, with_strength

LAYERS = (
    Emotion("happy", Envelope.of((0, 0.0), (1, 0.5))),
    Offset("jawOpen", Envelope.constant(-0.2)),
    Scale("mouth", Envelope.constant(1.5)),
    Smooth(0.1, "brows"),
)


@pytest.fixture
def layers(qtbot):
    widget = LayerList()
    qtbot.addWidget(widget)
    widget.show()
    widget.heard = []
    widget.layers_wished.connect(lambda *wish: widget.heard.append(wish))
    widget.layers_wished.connect(lambda new, *_: widget.show_layers(new))
    widget.show_layers(LAYERS)
    return widget


def test_showing_emits_nothing_and_says_what_each_layer_does(layers):
    assert layers.heard == []
    said = [layers._list.item(i).text() for i in range(4)]
    assert "happy" in said[0]
    assert "50 %" in said[0]
    assert "2 keys" in said[0]
    assert "-20 %" in said[1]
    assert "100 ms" in said[3]


def test_a_tick_switches_a_layer(layers):
    layers._list.item(1).setCheckState(Qt.CheckState.Unchecked)
    new, label, _ = layers.heard[0]
    assert [x.enabled for x in new] == [True, False, True, True]
    assert label == "Switch off jawOpen"


def test_moving_up_and_dragging_reorder(layers):
    layers.show_chosen(3)
    layers._actions["up"].trigger()
    assert [type(x) for x in layers.heard[-1][0]] == [Emotion, Offset, Smooth, Scale]
    assert layers._list.currentRow() == 2
    layers.show_layers(LAYERS)
    layers._list.model().moveRow(QModelIndex(), 0, QModelIndex(), 3)
    assert layers.heard[-1][0] == (LAYERS[1], LAYERS[2], LAYERS[0], LAYERS[3])


def test_copied_layers_are_pasted_into_another_list(layers, qtbot):
    layers.show_chosen(1)
    layers._actions["copy"].trigger()
    other = LayerList()
    qtbot.addWidget(other)
    other.show_layers(LAYERS[:1])
    with qtbot.waitSignal(other.layers_wished) as told:
        other._actions["paste"].trigger()
    assert told.args[0] == (LAYERS[0], LAYERS[1])


def test_delete_names_what_goes(layers):
    layers.show_chosen(2)
    layers._actions["delete"].trigger()
    assert layers.heard[-1][:2] == ((*LAYERS[:2], LAYERS[3]), "Delete mouth")


def test_the_strength_of_the_chosen_layer_keeps_its_curve(layers):
    layers.show_chosen(0)
    layers._slider.wish(1.0, "drag")
    new, _, gesture = layers.heard[-1]
    assert new[0].amount.values() == (0.0, 1.0)
    assert gesture == "drag"


@pytest.mark.parametrize("layer", LAYERS)
def test_the_strength_one_sets_is_the_strength_there_is(layer):
    low, _, high = strength(layer)
    for value in (low, (low + high) / 3, high):
        assert strength(with_strength(layer, value))[1] == pytest.approx(value)


def test_curves_are_read_at_a_moment():
    curve = Envelope.parse("0:0:linear,2:1")
    assert value_at(curve, Fraction(0)) == 0
    assert value_at(curve, Fraction(1)) == pytest.approx(0.5)
    assert emotions_at(LAYERS, Fraction(1)) == (("happy", pytest.approx(0.5)),)
