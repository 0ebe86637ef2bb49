"""Cut the attention mesh of MediaPipe into two networks that plain LiteRT runs.

``python -m core.landmarks.cut mediapipe-0.10.21-*.whl`` makes the files of resources/models.
The original needs three operators that only MediaPipe has; they stand between the trunk and
the heads, so what is left on either side is plain, and `core.landmarks.landmarker` does their
work in numpy. Weights are kept as they are (half precision).
"""

import hashlib
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from core.errors import ModelError
from core.paths import resource
from core.weights import seal

FOLDER = "mediapipe/modules/"
ATTENTION = FOLDER + "face_landmark/face_landmark_with_attention.tflite"
COPIED = {
    "face_detection_short_range.tflite": FOLDER + "face_detection/",
    "face_detection_full_range_sparse.tflite": FOLDER + "face_detection/",
}
DIGESTS = {  # sha256 of the files in the wheel of mediapipe 0.10.21
    ATTENTION: "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
    FOLDER + "face_detection/face_detection_short_range.tflite": (
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"
    ),
    FOLDER + "face_detection/face_detection_full_range_sparse.tflite": (
        "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
    ),
}
PARTS = {
    "face_trunk.tflite": (("input_1",), ("output_mesh", "p_re_lu_3", "conv_faceflag")),
    "face_heads.tflite": (
        tuple("transform_tensor_bilinear_v2" + end for end in ("", "_1", "_2")),
        tuple(f"reshape_{i}" for i in (1, 3, 4, 6, 7)),
    ),
}


def part(model: bytes, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """Return the part of a tflite `model` that computes tensors `outputs` from `inputs`."""
    whole: Any = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    graph = whole.subgraphs[0]
    index = {tensor.name.decode(): i for i, tensor in enumerate(graph.tensors)}
    first, last = [index[name] for name in inputs], [index[name] for name in outputs]
    wanted, used = set(last), []
    for operator in reversed(graph.operators):
        if wanted.intersection(map(int, operator.outputs)) - set(first):
            used.append(operator)
            wanted.update(i for i in map(int, operator.inputs) if i >= 0)
    graph.operators = used[::-1]
    _renumber(whole, sorted(wanted.union(first)), first, last)
    builder = flatbuffers.Builder(len(model))
    builder.Finish(whole.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _renumber(whole: Any, tensors: list[int], first: list[int], last: list[int]) -> None:
    """Drop tensors, buffers and operator codes that nothing names any more."""
    graph = whole.subgraphs[0]
    place = {-1: -1} | {old: new for new, old in enumerate(tensors)}
    graph.tensors = [graph.tensors[i] for i in tensors]
    graph.inputs, graph.outputs = [place[i] for i in first], [place[i] for i in last]
    codes: list[int] = []
    for operator in graph.operators:
        operator.inputs = [place[int(i)] for i in operator.inputs]
        operator.outputs = [place[int(i)] for i in operator.outputs]
        operator.intermediates = None
        if operator.opcodeIndex not in codes:
            codes.append(operator.opcodeIndex)
        operator.opcodeIndex = codes.index(operator.opcodeIndex)
    whole.operatorCodes = [whole.operatorCodes[i] for i in codes]
    buffers = [0]  # buffer 0 is the empty one by convention
    for tensor in graph.tensors:
        if tensor.buffer not in buffers:
            buffers.append(tensor.buffer)
        tensor.buffer = buffers.index(tensor.buffer)
    whole.buffers = [whole.buffers[i] for i in buffers]
    whole.metadata = whole.metadataBuffer = whole.signatureDefs = None


def cut(wheel: Path, folder: Path) -> list[Path]:
    """Write the networks cut or copied from `wheel` to `folder`, list their digests."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in DIGESTS}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != DIGESTS[name]:
            raise ModelError(f"Not the file of mediapipe 0.10.21: {name} in {wheel}")
    made = {name: part(files[ATTENTION], *ends) for name, ends in PARTS.items()}
    made |= {name: files[where + name] for name, where in COPIED.items()}
    for name, data in made.items():
        (folder / name).write_bytes(data)
        seal(folder / name)
    return [folder / name for name in made]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m core.landmarks.cut MEDIAPIPE_WHEEL")
    cut(Path(sys.argv[1]), resource("models"))
