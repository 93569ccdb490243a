"""One frame on its way: decode, model, drawing, encode. OpenCV and ONNX Runtime release the GIL while they work."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MAX_SIDE = 4096
# OpenCV reads its limits when it is loaded; they are checked from a picture's header, before it is decoded.
os.environ["OPENCV_IO_MAX_IMAGE_WIDTH"] = os.environ["OPENCV_IO_MAX_IMAGE_HEIGHT"] = str(MAX_SIDE)

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402

# Whoever calls segment from several threads is the parallelism.
cv2.setNumThreads(1)

JPEG = [cv2.IMWRITE_JPEG_QUALITY, 80]
LINE_WIDTH = 2


# Of mallopt(3), and the greatest value that the second takes.
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
LARGEST_MMAP_THRESHOLD = 32 << 20


class BadFrame(Exception):
    """A frame that cannot be segmented; the text is for its sender."""


def keep_freed_memory() -> None:
    """glibc would give the pages of every picture back to the system, and have them cleared for the next one."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD)
        libc.mallopt(M_TRIM_THRESHOLD, 256 << 20)


@dataclass(frozen=True)
class Rendering:
    visualization: str = "filled"
    opacity: float = 0.6
    class_filter: tuple[int, ...] | None = None


@dataclass
class Times:
    """What each step took, in milliseconds, in the order of the steps."""

    steps: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def done(self, step: str) -> None:
        now = time.perf_counter()
        self.steps[step] = (now - self._last) * 1000
        self._last = now


@dataclass(frozen=True)
class Segmented:
    jpeg: bytes
    detected: list[str]
    times: dict[str, float]


class Model:
    """A warmed session and what its manifest says; for any number of threads at a time."""

    def __init__(self, folder: Path, threads: int) -> None:
        manifest = json.loads((folder / "model.json").read_text())
        taken, made = manifest["input"], manifest["output"]
        if manifest["kind"] != "segmentation" or made["decoder"] != "mask":
            raise ValueError(f"{folder} is no segmentation model whose output is the mask")
        self.name: str = manifest["name"]
        self.version: int = manifest["version"]
        self.labels: list[str] = manifest["labels"]
        self.colours = palette(manifest["palette"], len(self.labels))
        self._size = taken["width"], taken["height"]
        self._area = taken["interpolation"] == "area"
        self._rgb = taken["colour"] == "rgb"
        self._input, self._output = taken["name"], made["name"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that wait for work by spinning would take the processors that decode and send.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            folder / str(self.version) / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
        noise = np.random.default_rng(1).integers(0, 256, (1, taken["height"], taken["width"], 3), np.uint8)
        for _ in range(manifest["warmupRuns"]):
            self._run(noise)

    def segment(self, encoded: bytes, rendering: Rendering) -> Segmented:
        times = Times()
        frame = decode(encoded)
        times.done("decode")
        pixels = self._resize(frame)
        times.done("resize")
        small = self._run(pixels[np.newaxis])
        times.done("run")
        mask = scaled(small, frame.shape[0], frame.shape[1])
        times.done("scale")
        present = self._present(mask)
        picture = DRAWINGS[rendering.visualization](frame, mask, self.colours, rendering, present)
        times.done("render")
        jpeg = cv2.imencode(".jpg", picture, JPEG)[1].tobytes()
        times.done("encode")
        return Segmented(jpeg, [self.labels[label] for label in present], times.steps)

    def _resize(self, frame: np.ndarray) -> np.ndarray:
        area = self._area and self._size[0] < frame.shape[1]
        pixels = cv2.resize(frame, self._size, interpolation=cv2.INTER_AREA if area else cv2.INTER_LINEAR)
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB) if self._rgb else pixels

    def _run(self, pixels: np.ndarray) -> np.ndarray:
        return self._session.run([self._output], {self._input: pixels})[0][0]

    def _present(self, mask: np.ndarray) -> list[int]:
        """The classes on the mask without the background. Looking for a byte is quicker than any histogram."""
        found = mask.tobytes()
        return [label for label in range(1, min(len(self.labels), int(mask.max()) + 1)) if label in found]


def scaled(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """By the protocol's nearest neighbour; where sides have no whole ratio OpenCV's own is now and then a pixel off."""
    rows, columns = (np.arange(to) * own // to for to, own in zip((height, width), mask.shape, strict=True))
    return mask.take(rows, 0).take(columns, 1)


def palette(colours: str | Sequence[Sequence[int]], labels: int) -> np.ndarray:
    """BGR for each of the 256 values that a mask may have, uint8 [256, 1, 3]; those beyond the labels have the last."""
    if colours == "voc":
        # The bits of the class, three at a time, become those of red, green and blue from the highest down.
        colours = [
            [sum((label >> 3 * bit + channel & 1) << 7 - bit for bit in range(3)) for channel in range(3)]
            for label in range(labels)
        ]
    bgr = np.array(colours, np.uint8)[:, ::-1]
    return bgr[np.minimum(np.arange(256), len(bgr) - 1), np.newaxis]


def decode(encoded: bytes) -> np.ndarray:
    try:
        frame = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        frame = None
    if frame is None:
        raise BadFrame("Failed to decode frame: ValueError: cv2.imdecode returned None - invalid image format")
    return frame


def coloured(mask: np.ndarray, colours: np.ndarray, rendering: Rendering) -> np.ndarray:
    if rendering.class_filter is not None:
        shown = np.zeros_like(colours)
        ids = list(rendering.class_filter)
        shown[ids] = colours[ids]
        colours = shown
    return cv2.applyColorMap(mask, colours)


def filled(
    frame: np.ndarray, mask: np.ndarray, colours: np.ndarray, rendering: Rendering, present: list[int]
) -> np.ndarray:
    over = coloured(mask, colours, rendering)
    return cv2.addWeighted(frame, 1 - rendering.opacity, over, rendering.opacity, 0, dst=over)


def contour(
    frame: np.ndarray, mask: np.ndarray, colours: np.ndarray, rendering: Rendering, present: list[int]
) -> np.ndarray:
    for label in rendering.class_filter or present:
        borders, _ = cv2.findContours(cv2.compare(mask, label, cv2.CMP_EQ), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(frame, borders, -1, colours[label, 0].tolist(), LINE_WIDTH)
    return frame


def side_by_side(
    frame: np.ndarray, mask: np.ndarray, colours: np.ndarray, rendering: Rendering, present: list[int]
) -> np.ndarray:
    return cv2.hconcat([frame, coloured(mask, colours, rendering)])


def blend(
    frame: np.ndarray, mask: np.ndarray, colours: np.ndarray, rendering: Rendering, present: list[int]
) -> np.ndarray:
    over = coloured(mask, colours, rendering)
    hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
    hue = cv2.extractChannel(cv2.cvtColor(over, cv2.COLOR_BGR2HSV), 0)
    hsv[..., 0] = np.where(over.any(axis=2), hue, hsv[..., 0])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


Drawing = Callable[[np.ndarray, np.ndarray, np.ndarray, Rendering, list[int]], np.ndarray]
DRAWINGS: dict[str, Drawing] = {"filled": filled, "contour": contour, "side-by-side": side_by_side, "blend": blend}
