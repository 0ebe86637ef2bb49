"""``python -m core.synthetic.actor FOLDER``: make the bundled clip (needs espeak-ng)."""

import sys
from pathlib import Path

from core.synthetic.actor.build import build

build(Path(sys.argv[1] if len(sys.argv) > 1 else "resources/demo"))
