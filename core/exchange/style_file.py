"""A manner of feeling in a file of its own, for others to put on their faces."""

from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.errors import ExchangeError, WishError
from core.expression.manipulator import Style
from core.media.atomic import whole_file

FORMAT = "1"


def write_style(style: Style, editor: str, target: Path) -> None:
    """Write a style; `editor` is the digest of the networks whose numbers they are."""
    told = {"format": FORMAT, "name": style.name, "editor": editor}
    content = save({"style": np.array(style.flat, np.float32)}, told)
    with whole_file(target) as file:
        file.write(content)


def read_style(path: Path, editor: str) -> Style:
    """Return a style as written.

    Raises
    ------
    ExchangeError
        if the file is damaged, of a newer version, or its numbers belong to other networks.
    """
    try:
        with safe_open(path, "np") as file:
            told = file.metadata() or {}
            numbers = file.get_tensor("style").astype(np.float32)
    except (OSError, SafetensorError, ValueError) as error:
        raise ExchangeError(f"This is not a style ({error}): {path}") from error
    if told.get("format") != FORMAT:
        raise ExchangeError(f"This style is of another version of facestudio: {path}")
    if told.get("editor") != editor:
        raise ExchangeError(
            "This style was made with other networks; make it again from its clip with "
            f"'facestudio style': {path}"
        )
    try:
        if not np.isfinite(numbers).all():
            raise WishError("Its numbers are none.")
        return Style.of(numbers.ravel().tolist(), told.get("name", path.stem))
    except WishError as error:
        raise ExchangeError(f"This is not a style ({error}): {path}") from error
