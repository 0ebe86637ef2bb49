"""face-api.js' emotion net (MIT) as an independent judge. Its files stay in the test data.

A depthwise-separable net of four dense blocks on a 112 px crop, rebuilt from the names and
shapes in its manifest. It reads fear as surprise and is weak on neutral, angry and
contempt: only differences between edited and unedited frames mean something.
"""

import json
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as nn

from core.arrays import Float, Rgb

# Its order of classes, by our names.
CLASSES = ("neutral", "happy", "sad", "angry", "fear", "disgusted", "surprised")
SIZE = 112
MEAN_RGB = (122.782, 117.001, 104.298)


def read_shard(manifest: Path) -> dict[str, torch.Tensor]:
    """Return the weights a tfjs manifest names; quantised bytes become ``x * scale + min``."""
    weights: dict[str, torch.Tensor] = {}
    for group in json.loads(manifest.read_text()):
        prefix = manifest.name.split("__")[0] + "__"
        raw = b"".join((manifest.parent / (prefix + p)).read_bytes() for p in group["paths"])
        at = 0
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"]))
            q = entry.get("quantization")
            kind = np.dtype(q["dtype"] if q else entry["dtype"])
            x = np.frombuffer(raw, kind, count, at).astype(np.float32)
            at += count * kind.itemsize
            if q:
                x = x * np.float32(q["scale"]) + np.float32(q["min"])
            weights[entry["name"]] = torch.from_numpy(x.reshape(entry["shape"]))
        if at != len(raw):
            raise ValueError(f"{manifest.name}: {len(raw) - at} bytes are left over")
    return weights


class EmotionNet:
    """Seven probabilities of a face crop."""

    def __init__(self, folder: Path) -> None:
        self._w = read_shard(
            folder / "face-api.js__face_expression_model-weights_manifest.json"
        )

    def probabilities(self, crops: Rgb) -> Float:
        """Return (B, 7) in the order of `CLASSES` for (B, 112, 112, 3) uint8 crops."""
        x = torch.from_numpy(crops.astype(np.float32))
        x = ((x - torch.tensor(MEAN_RGB)) / 255).permute(0, 3, 1, 2)
        with torch.no_grad():
            for block in range(4):
                x = self._block(x, f"dense{block}", first=block == 0)
            # 7 x 7 cells are left: the average pool takes them all.
            out = x.mean((2, 3)) @ self._w["fc/weights"] + self._w["fc/bias"]
            return torch.softmax(out, 1).numpy()

    def _block(self, x: torch.Tensor, name: str, first: bool) -> torch.Tensor:
        if first:
            kernel = self._w[f"{name}/conv0/filters"].permute(3, 2, 0, 1)
            a = nn.conv2d(_same(x, 2), kernel, self._w[f"{name}/conv0/bias"], stride=2)
        else:
            a = self._separable(x, f"{name}/conv0", 2)
        a = torch.relu(a)
        b = self._separable(a, f"{name}/conv1", 1)
        c = self._separable(torch.relu(a + b), f"{name}/conv2", 1)
        d = self._separable(torch.relu(a + b + c), f"{name}/conv3", 1)
        return torch.relu(a + b + c + d)

    def _separable(self, x: torch.Tensor, name: str, stride: int) -> torch.Tensor:
        depth = self._w[f"{name}/depthwise_filter"].permute(2, 3, 0, 1)
        x = nn.conv2d(_same(x, stride), depth, stride=stride, groups=len(depth))
        point = self._w[f"{name}/pointwise_filter"].permute(3, 2, 0, 1)
        return nn.conv2d(x, point, self._w[f"{name}/bias"])


def _same(x: torch.Tensor, stride: int) -> torch.Tensor:
    """Return `x` padded as TensorFlow's "same" does for 3 x 3: at stride 2 only at the end."""
    return nn.pad(x, (1, 1, 1, 1) if stride == 1 else (0, 1, 0, 1))


def crop(rgb: Rgb, points: Float) -> Rgb:
    """Return the (112, 112, 3) crop around 478 points (478, 2) px, as face-api aligns it.

    A square of 1/.45 of the distance from eyes to mouth, .43 of it above their centroid.
    """
    right, left = points[[33, 133]].mean(0), points[[263, 362]].mean(0)
    mouth = points[[61, 291, 13, 14]].mean(0)
    distance = (np.linalg.norm(mouth - right) + np.linalg.norm(mouth - left)) / 2
    side = np.floor(distance / 0.45)
    x, y = (right + left + mouth) / 3 - np.array([0.5, 0.43]) * side
    scale = SIZE / side
    to_crop = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]], np.float32)
    # Averages over the source pixels of a crop pixel, unlike a sampled resize.
    blur = 0.5 / scale
    if blur > 0.6:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), blur * 0.7), np.uint8)
    return np.asarray(cv2.warpAffine(rgb, to_crop, (SIZE, SIZE)), np.uint8)
