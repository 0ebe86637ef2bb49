"""A style in a file: it comes back as written, or one sentence says why not."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.errors import ExchangeError
from core.exchange.style_file import FORMAT, read_style, write_style
from core.expression.manipulator import Style

EDITOR = "ab" * 16
STYLE = Style(np.linspace(-1, 1, 16).astype(np.float32), "Größe zählt")
TOLD = {"format": FORMAT, "name": "x", "editor": EDITOR}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a style ü.safetensors"


def refused(path, editor=EDITOR):
    """Return the one sentence of the refusal, which names the file."""
    with pytest.raises(ExchangeError) as told:
        read_style(path, editor)
    said = str(told.value)
    assert said.endswith(str(path))
    assert "\n" not in said
    return said


def test_a_style_comes_back_as_written(path):
    write_style(STYLE, EDITOR, path)
    back = read_style(path, EDITOR)
    assert back.numbers.tobytes() == STYLE.numbers.tobytes()
    assert back.name == STYLE.name
    assert [f.name for f in path.parent.iterdir()] == [path.name]  # nothing half-written


def test_a_style_without_a_name_goes_by_its_file(path):
    told = {k: v for k, v in TOLD.items() if k != "name"}
    save_file({"style": STYLE.numbers}, path, told)
    assert read_style(path, EDITOR).name == "a style ü"


def test_numbers_of_other_networks_are_refused(path):
    write_style(STYLE, EDITOR, path)
    said = refused(path, "cd" * 16)
    assert "other networks" in said
    assert "facestudio style" in said  # what to do


def test_a_newer_format_is_refused(path):
    save_file({"style": STYLE.numbers}, path, TOLD | {"format": "2"})
    assert "another version" in refused(path)
    save_file({"style": STYLE.numbers}, path)  # of some other program
    assert "another version" in refused(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(path, value):
    numbers = STYLE.numbers.copy()
    numbers[3] = value
    save_file({"style": numbers}, path, TOLD)
    assert "numbers" in refused(path)


@pytest.mark.parametrize("shape", [(15,), (17,), (0,)])
def test_another_shape_is_refused(path, shape):
    save_file({"style": np.zeros(shape, np.float32)}, path, TOLD)
    assert "numbers" in refused(path)


@pytest.mark.parametrize("content", [b"", b"rubbish" * 50])
def test_a_damaged_file_is_refused(path, content):
    path.write_bytes(content)
    assert "not a style" in refused(path)


def test_a_cut_file_is_refused(path):
    write_style(STYLE, EDITOR, path)
    path.write_bytes(path.read_bytes()[:-9])
    assert "not a style" in refused(path)


def test_another_safetensors_file_is_refused(path):
    save_file({"weights": np.zeros(16, np.float32)}, path, TOLD)
    assert "not a style" in refused(path)


def test_a_missing_file_and_a_folder_are_refused(path, tmp_path):
    assert "not a style" in refused(path)
    assert "not a style" in refused(tmp_path)
