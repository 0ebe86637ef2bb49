"""The landmark networks: a square crop of a face in, 478 points of the crop out."""

import zipfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from core.arrays import Double, Float, check
from core.errors import ModelError
from core.landmarks import sets
from core.weights import verified

THREADS = 1  # one frame is too small to share out; clips and faces run side by side instead


class Net(Protocol):
    """A landmark network; an instance belongs to one thread."""

    size: int

    def run(self, crop: Float) -> tuple[Float, float]:
        """Return (478, 3) points in crop pixels and the presence logit of a 0..1 RGB crop."""
        ...


def interpreter(model: Path | bytes) -> Any:
    """Return a LiteRT interpreter that is ready to run."""
    try:
        if isinstance(model, bytes):
            net = Interpreter(model_content=model, num_threads=THREADS)
        else:
            net = Interpreter(model_path=str(model), num_threads=THREADS)
        net.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        name = "the user's landmark network" if isinstance(model, bytes) else model
        raise ModelError(f"A network cannot be loaded: {name}") from error
    return net


class AttentionMesh:
    """MediaPipe's attention mesh: a trunk, three feature crops in numpy, and five heads.

    The trunk finds 468 points and a map of features (48, 48, 32); around lips and eyes the
    map is cropped to 16 x 16 along the trunk's own points, and a head refines each region.
    """

    size = 192
    HEADS = (sets.LIPS_HEAD, sets.RIGHT_EYE_HEAD, sets.LEFT_EYE_HEAD)
    LEVEL = np.array([(61, 291), (33, 133), (362, 263)])  # the pair that is level in a crop
    CELLS = 16
    MARGIN = 1.5

    def __init__(self) -> None:
        self._trunk = interpreter(verified("models/face_trunk.tflite"))
        self._heads = interpreter(verified("models/face_heads.tflite"))
        self._input = self._trunk.get_input_details()[0]["index"]
        names = {d["name"]: d["index"] for d in self._trunk.get_output_details()}
        self._mesh = names["output_mesh"]
        self._features = names["p_re_lu_3"]
        self._flag = names["conv_faceflag"]
        inputs = {d["name"]: d["index"] for d in self._heads.get_input_details()}
        self._crops = [inputs["transform_tensor_bilinear_v2" + e] for e in ("", "_1", "_2")]
        heads = {d["name"]: d["index"] for d in self._heads.get_output_details()}
        self._regions = [heads[f"reshape_{i}"] for i in (1, 3, 6)]
        self._irises = [heads[f"reshape_{i}"] for i in (4, 7)]
        steps = np.arange(self.CELLS) + 0.5
        self._cells = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)  # (256, 2) x, y

    def run(self, crop: Float) -> tuple[Float, float]:
        """Return (478, 3) points in crop pixels and the presence logit of a 0..1 RGB crop."""
        self._trunk.set_tensor(self._input, crop[None])
        self._trunk.invoke()
        mesh = self._trunk.get_tensor(self._mesh).reshape(sets.MESH, 3)
        features = self._trunk.get_tensor(self._features)[0]
        flag = float(self._trunk.get_tensor(self._flag).reshape(()))
        places = [self._place(mesh[i, :2] / 4, pair) for i, pair in self._pairs(mesh)]
        at = np.stack([self._cells @ A.T + t for A, t in places])  # (3, 256, 2)
        crops = sample(features, at.reshape(-1, 2) - 0.5).reshape(3, 1, 16, 16, 32)
        for index, region in zip(self._crops, crops, strict=True):
            self._heads.set_tensor(index, region)
        self._heads.invoke()
        points = np.empty((sets.COUNT, 3), np.float32)
        points[: sets.MESH] = mesh
        for i, ids, place in zip(self._regions, self.HEADS, places, strict=True):
            points[ids, :2] = self._head(i, place)
        irises = zip(self._irises, (468, 473), self.HEADS[1:], places[1:], strict=True)
        for i, start, ids, place in irises:
            points[start : start + 5, :2] = self._head(i, place)
            points[start : start + 5, 2] = mesh[ids[:16], 2].mean()
        return points, flag

    def _head(self, output: int, place: tuple[Double, Double]) -> Double:
        """Return the (P, 2) crop pixels a head found in the cells of its feature crop."""
        A, t = place
        return self._heads.get_tensor(output)[0] @ A.T + 4 * t

    def _pairs(self, mesh: Float) -> Any:
        ends = mesh[self.LEVEL, :2]
        return zip(self.HEADS, ends[:, 1] - ends[:, 0], strict=True)

    def _place(self, points: Float, level: Float) -> tuple[Double, Double]:
        """Return A (2, 2), t (2,): cells of a feature crop to cells of the feature map.

        The box of `points` along the direction `level`, enlarged; its width and its height
        are scaled apart.
        """
        c, s = level / np.hypot(*level)
        turn = np.array([(c, -s), (s, c)], np.float64)
        turned = points @ turn
        low, high = turned.min(0), turned.max(0)
        A = turn * ((high - low) * (self.MARGIN / self.CELLS))
        return A, turn @ ((low + high) / 2) - A @ (self.CELLS / 2, self.CELLS / 2)


def sample(image: Float, at: Double) -> Float:
    """Return (P, D): the (H, W, D) `image` at (P, 2) x, y, bilinear; 0 outside."""
    high = np.array(image.shape[1::-1]) - 1
    inside = np.all((at >= 0) & (at <= high), axis=1).astype(np.float32)
    corner = np.clip(np.floor(at).astype(np.intp), 0, high - 1)
    u, v = (at - corner).T.astype(np.float32)[..., None]
    x, y = corner.T
    flat = image.reshape(-1, image.shape[2])
    i = y * image.shape[1] + x
    above = flat[i] * (1 - u) + flat[i + 1] * u
    i += image.shape[1]
    below = flat[i] * (1 - u) + flat[i + 1] * u
    return (above * (1 - v) + below * v) * inside[:, None]


class TaskMesh:
    """The plain network of 478 points inside a ``face_landmarker.task`` the user added."""

    NAME = "face_landmarks_detector.tflite"
    LARGEST = 64 << 20  # bytes; the real one has 2.5 MB
    LOGIT = 1.6  # faces give 11..21 here and 16..32 in the attention mesh

    def __init__(self, path: Path) -> None:
        self._net = interpreter(self._read(path))
        entry = self._net.get_input_details()[0]
        outputs = sorted(
            self._net.get_output_details(), key=lambda d: -int(np.prod(d["shape"]))
        )
        shape = tuple(map(int, entry["shape"]))
        fits = len(shape) == 4 and shape[1] == shape[2] and shape[3] == 3
        if not fits or int(np.prod(outputs[0]["shape"])) != sets.COUNT * 3 or len(outputs) < 2:
            raise ModelError(f"The landmark network does not find 478 points: {path}")
        self.size = shape[1]
        self._input, self._points = entry["index"], outputs[0]["index"]
        flags = sorted(outputs[1:], key=lambda d: d["name"])
        self._flag = flags[0]["index"]

    def _read(self, path: Path) -> bytes:
        try:
            with zipfile.ZipFile(path) as archive:
                if archive.getinfo(self.NAME).file_size > self.LARGEST:
                    raise ModelError(f"The landmark network is too large to be one: {path}")
                return archive.read(self.NAME)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ModelError(f"This is not a face_landmarker.task file: {path}") from error

    def run(self, crop: Float) -> tuple[Float, float]:
        """Return (478, 3) points in crop pixels and the presence logit of a 0..1 RGB crop."""
        check(crop, "H W 3", H=self.size, W=self.size)
        self._net.set_tensor(self._input, crop[None])
        self._net.invoke()
        points = self._net.get_tensor(self._points).reshape(sets.COUNT, 3)
        return points, self.LOGIT * float(self._net.get_tensor(self._flag).reshape(()))
