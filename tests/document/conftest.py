"""The toy layer is known, whatever tests of plug-ins did to the table before."""

import pytest

from tests.document import toy


@pytest.fixture(autouse=True)
def _tint():
    toy.enter()
