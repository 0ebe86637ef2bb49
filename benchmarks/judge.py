"""Independent judges of edited clips: is the asked emotion seen, and are the words still there?

    python -m benchmarks.judge make OUT [--clips talk] [--emotions happy,sad,angry,surprised]
    python -m benchmarks.judge read OUT [--text benchmarks/results/judge.txt]

`make` writes OUT/<clip>.<emotion>.mp4 with the command line; `read` compares each with the
clip it came from. The emotion net is face-api's, the landmark net is MediaPipe's newer one:
neither drives the tracker. Both lie in the test data folder and do not ship.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.emotion_net import CLASSES, EmotionNet, crop
from benchmarks.run import header
from core.arrays import Bools, Float, Rgb
from core.expression.speech import closure_level, closures
from core.landmarks.detector import Detector
from core.landmarks.landmarker import Landmarker, Roi, around
from core.landmarks.nets import TaskMesh
from core.media.probe import probe
from core.media.video import FrameReader

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("FACESTUDIO_TEST_DATA", ROOT.parent / "shared" / "data"))
EMOTIONS = ("happy", "sad", "angry", "surprised")
PILOT = {
    "3DMM-Fitting-Pytorch__sample_video", "LipNet__bbaf2n", "video-retalking__5",
    "spectre__W036_level_3_happy_007", "spectre__M030_level_3_angry_016",
    "EAMM__M030_sad_3_001",
}  # fmt: skip
PILOT_MEAN = {"happy": 0.81, "sad": 0.47, "angry": 0.36, "surprised": 0.34}
RISES = {"happy": 0.85, "surprised": 0.85, "sad": 0.65, "angry": 0.65}  # share of clips
CORRELATION = {"surprised": 0.95}  # of the mean; .97 for all others
JITTER = 1.1
JUDGED = 15  # frames shown to the emotion net
LONGEST = 300  # frames read per clip
REOPENED = 0.012  # eye distances (about 1 mm): a closure this much wider is lost,
RESOLVED = 1.5  # px, but no less than this: what the net resolves on small faces

INNER = ((82, 87), (81, 178), (13, 14), (311, 402), (312, 317))
# Steady parts of the face, from which what the brows and the mouth do is measured.
ANCHORS = (33, 263, 133, 362, 168, 6)
MOVING = (
    61, 291, 0, 17, 13, 14, 37, 267, 84, 314, 39, 269, 181, 405,
    70, 63, 105, 66, 107, 300, 293, 334, 296, 336,
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What the judges say of one edited clip.

    before, after : mean probability of the asked emotion. label : the emotion they see most.
    closures, lost : of the lips in the filmed clip. correlation : of mouth opening, input to
    output. jitter : mean second difference of brows and mouth, output over input.
    """

    clip: str
    emotion: str
    frames: int
    before: float
    after: float
    label: str
    closures: int
    lost: int
    correlation: float
    jitter: float


class Judge:
    """The two networks; reads a pair of clips frame by frame."""

    def __init__(self, data: Path = DATA) -> None:
        peers = data / "peer_models"
        self._emotion = EmotionNet(peers / "faceapi")
        self._landmarks = Landmarker(TaskMesh(next((peers / "mediapipe").glob("*.task"))))
        self._detector = Detector()

    def compare(self, source: Path, edited: Path, emotion: str) -> Verdict:
        """Return the verdict on `edited`, made from `source`."""
        points, crops = self._read(source, edited)
        seen = np.isfinite(points[:, 0, 0, 0])
        if seen.sum() < 3:
            raise ValueError(f"no face found in {source}")
        gap = np.full((2, len(points)), 1.0, np.float32)
        gap[:, seen] = lip_gap(points[seen]).T
        asked = CLASSES.index(emotion)
        p = np.array([self._emotion.probabilities(c).mean(axis=0).tolist() for c in crops])
        eyes = np.linalg.norm(points[seen, 0, 33] - points[seen, 0, 263], axis=-1)
        wider = max(REOPENED, RESOLVED / float(np.median(eyes)))
        count, lost = lost_closures(gap[0], gap[1], seen, wider)
        return Verdict(
            source.stem,
            emotion,
            len(points),
            float(p[0, asked]),
            float(p[1, asked]),
            CLASSES[int(p[1].argmax())],
            count,
            lost,
            float(np.corrcoef(gap[0, seen], gap[1, seen]).flat[1]),
            jitter(points[seen]),
        )

    def _read(self, source: Path, edited: Path) -> tuple[Float, tuple[Rgb, Rgb]]:
        """Return (F, 2, 478, 2) px, NaN without a face, and the crops of both for the net."""
        a, b = probe(source), probe(edited)
        if len(a.times) != len(b.times):
            raise ValueError(f"{edited.name}: {len(b.times)} frames instead of {len(a.times)}")
        count = min(len(a.times), LONGEST)
        points = np.full((count, 2, 478, 2), np.nan, np.float32)
        shown = set(np.linspace(0, count - 1, JUDGED).round().astype(int).tolist())
        crops: tuple[list[Rgb], list[Rgb]] = ([], [])
        roi: Roi | None = None
        with FrameReader(source, a) as before, FrameReader(edited, b) as after:
            for i, x, y in zip(range(count), before.read(), after.read(), strict=False):
                roi = roi or self._find(x.rgb, i)
                if roi is None:
                    continue
                # One look for both, so that only the picture differs.
                found = [self._landmarks.points(p.rgb, roi, twice=True) for p in (x, y)]
                if found[0].presence < 0.5:
                    roi = None
                    continue
                points[i] = [f.points[:, :2] for f in found]
                roi = around(found[0].points)
                if i in shown:
                    for kept, picture in zip(crops, (x, y), strict=True):
                        kept.append(crop(picture.rgb, points[i, 0]))
        return points, (np.stack(crops[0]), np.stack(crops[1]))

    def _find(self, rgb: Rgb, frame: int) -> Roi | None:
        """Return the look at the largest face, every fifth frame; None if there is none."""
        looks = [d.roi() for d in self._detector.detect(rgb)] if frame % 5 == 0 else []
        faces = [self._landmarks.points(rgb, look, twice=False) for look in looks]
        rois = [around(f.points) for f in faces if f.presence > 0.5]
        return max(rois, key=lambda roi: roi.side, default=None)


def lip_gap(points: Float) -> Float:
    """Return (...) mean inner lip gap of (..., 478, 2) px over the distance of the eyes."""
    upper, lower = np.array(INNER).T
    gap = np.linalg.norm(points[..., upper, :] - points[..., lower, :], axis=-1).mean(-1)
    return gap / np.linalg.norm(points[..., 33, :] - points[..., 263, :], axis=-1)


def lost_closures(before: Float, after: Float, seen: Bools, wider: float) -> tuple[int, int]:
    """Return how many closures (F,) lip gaps show, and how many the edit left open.

    wider : by how much the tightest moment of a closure may open, in eye distances.
    """
    closed = closures(before, seen, 1 / 25)
    level = closure_level(before, seen)
    edges = np.diff(np.concatenate([[0], closed.astype(np.int8), [0]]))
    lost = 0
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    for start, end in zip(starts, ends, strict=True):
        tightest = before[start:end].min() + wider
        lost += bool(after[start:end].min() > max(level, tightest))
    return len(starts), lost


def jitter(points: Float) -> float:
    """Return the mean second difference of the moving points of (F, 2, 478, 2), output / input.

    In the frame of eye corners and nose bridge, so neither head motion nor size count.
    """
    anchors = points[:, :, ANCHORS]
    origin = anchors.mean(2, keepdims=True)
    across = points[:, :, 263] - points[:, :, 33]
    to_level = (
        np.stack([across, across[..., ::-1] * (-1, 1)], -1)
        / (across**2).sum(-1)[..., None, None]
    )
    local = (points[:, :, MOVING] - origin) @ to_level
    size = np.abs(np.diff(local, 2, axis=0)).mean((0, 2, 3))
    return float(size[1] / size[0])


def table(verdicts: list[Verdict]) -> str:
    """Return the verdicts and what they must show, as text."""
    head = f"{'clip':38} {'emotion':10} {'before':>6} {'after':>6} seen as    "
    lines = [head + " closures lost   corr jitter"]
    lines += [
        f"{v.clip[:38]:38} {v.emotion:10} {v.before:6.2f} {v.after:6.2f} {v.label:10} "
        f"{v.closures:9d} {v.lost:4d} {v.correlation:6.3f} {v.jitter:6.2f}"
        for v in verdicts
    ]
    lines.append("")
    for emotion in sorted({v.emotion for v in verdicts}):
        lines += _summary(emotion, [v for v in verdicts if v.emotion == emotion])
    return "\n".join(lines) + "\n"


def _summary(emotion: str, rows: list[Verdict]) -> list[str]:
    """Return the lines of one emotion against acceptance figures."""

    def line(name: str, value: float, good: bool, wanted: str) -> str:
        return (
            f"{emotion:10} {name:34} {value:6.3f}  wanted {wanted:8} {'yes' if good else 'NO'}"
        )

    rises = float(np.mean([v.after > v.before for v in rows]))
    pilot = [v.after for v in rows if v.clip in PILOT]
    lost = sum(v.lost for v in rows)
    corr, jit = (
        float(np.mean([getattr(v, k) for v in rows])) for k in ("correlation", "jitter")
    )
    least, share = CORRELATION.get(emotion, 0.97), RISES.get(emotion, 0.65)
    out = [line(f"rises on, share of {len(rows)} clips", rises, rises >= share, f">= {share}")]
    if len(pilot) == len(PILOT):
        mean, wanted = float(np.mean(pilot)), PILOT_MEAN.get(emotion, 0.0)
        out.append(line("mean on the six pilot clips", mean, mean >= wanted, f">= {wanted}"))
    count = sum(v.closures for v in rows)
    out.append(line(f"closures lost of {count}", lost, lost == 0, "0"))
    out.append(line("mouth opening, mean correlation", corr, corr >= least, f">= {least}"))
    out.append(line("jitter, mean ratio", jit, jit <= JITTER, f"<= {JITTER}"))
    return out


def make(out: Path, clips: list[Path], emotions: list[str]) -> None:
    """Write the edited clips with the command line: tracked once, exported per emotion."""
    out.mkdir(parents=True, exist_ok=True)
    for clip in clips:
        project = out / f"{clip.stem}.facestudio"
        for emotion in emotions:
            target = out / f"{clip.stem}.{emotion}.mp4"
            if target.exists():
                continue
            if not project.exists():
                _run("track", str(clip), "-o", str(project))
            work = out / "work.facestudio"
            work.unlink(missing_ok=True)
            work.write_bytes(project.read_bytes())
            _run("emotion", str(work), "--to", emotion)
            _run("export", str(work), "-o", str(target))


def _run(*words: str) -> None:
    print("facestudio", *words, flush=True)
    subprocess.run([sys.executable, str(ROOT / "main.py"), *words], check=True)


def clips_of(folder: str) -> list[Path]:
    """Return the clips of a folder of the test data."""
    kinds = {".mp4", ".mpg", ".mov"}
    return sorted(p for p in (DATA / folder).iterdir() if p.suffix in kinds)


def read(out: Path, clips: list[Path], emotions: list[str]) -> list[Verdict]:
    """Return the verdicts on all edited clips which are there."""
    judge = Judge()
    verdicts: list[Verdict] = []
    for clip in clips:
        for emotion in emotions:
            edited = out / f"{clip.stem}.{emotion}.mp4"
            if edited.exists():
                verdicts.append(judge.compare(clip, edited, emotion))
                print(table(verdicts[-1:]).splitlines()[1], flush=True)
    return verdicts


def main() -> None:
    """Run the verb of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("verb", choices=["make", "read"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", default="talk", help="folder of the test data")
    parser.add_argument("--only", default="", help="parts of clip names, joined by commas")
    parser.add_argument("--emotions", default=",".join(EMOTIONS))
    parser.add_argument("--text", type=Path, help="where to write the table")
    args = parser.parse_args()
    clips = [c for c in clips_of(args.clips) if any(w in c.name for w in args.only.split(","))]
    emotions = args.emotions.split(",")
    if args.verb == "make":
        make(args.out, clips, emotions)
        return
    verdicts = read(args.out, clips, emotions)
    text = header("an independent judge") + "\n" + table(verdicts)
    print("\n" + text)
    if args.text:
        args.text.write_text(text)
    (args.out / "judge.json").write_text(json.dumps([asdict(v) for v in verdicts], indent=1))


if __name__ == "__main__":
    main()
