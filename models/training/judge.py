"""What a picture of a still life shows, by the judgement of a segmentation network that Osprey ships."""

from __future__ import annotations

import colorsys
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from world.scene import BALL, LABELS
from world.still_life import HUES

# A thing covers at least this part of the picture.
LEAST = 0.03
# What is darker at its median is black, for so few levels of red, green and blue say nothing. It has a colour where at least
# this part of it is saturated (a book's pages are not), and what has none is white or grey by how bright it is at its median.
# Chosen by 1,540 rendered pictures, 20 of each thing in each colour; 11 are named wrongly.
BLACK, SATURATION, SATURATED_PART, WHITE = 0.19, 0.3, 0.2, 0.46


@dataclass(frozen=True)
class Judgement:
    """thing is empty where none is large enough."""

    thing: str
    colour: str


class Judge:
    """Asks the network of a mode in `models`. Not for several threads.

    The networks have learned from pictures that are four wide and three high. With `widened` a picture is mirrored at its
    left and right edge to that shape, without it stretched as the server would do it.
    """

    def __init__(self, models: Path, mode: str, options: onnxruntime.SessionOptions, widened: bool = True) -> None:
        manifest = json.loads((models / mode / "model.json").read_text())
        file = models / mode / str(manifest["version"]) / "model.onnx"
        self._size = manifest["input"]["width"], manifest["input"]["height"]
        self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self._widened = widened

    def mask(self, picture: np.ndarray) -> np.ndarray:
        """uint8 class ids [height, width] of uint8 RGB [height, width, 3]."""
        height, width = picture.shape[:2]
        more = round(height * self._size[0] / self._size[1]) - width if self._widened else 0
        left = more // 2
        wide = cv2.copyMakeBorder(np.ascontiguousarray(picture[..., ::-1]), 0, 0, left, more - left, cv2.BORDER_REFLECT_101)
        scaled = cv2.resize(wide, self._size, interpolation=cv2.INTER_LINEAR)
        found = self._session.run(None, {"pixels": scaled[None]})[0][0]
        return cv2.resize(found, wide.shape[1::-1], interpolation=cv2.INTER_NEAREST)[:, left : left + width]

    def judge(self, picture: np.ndarray) -> Judgement:
        mask = self.mask(picture)
        counts = np.bincount(mask.ravel(), minlength=len(LABELS))
        counts[:BALL] = 0
        label = int(counts.argmax())
        if counts[label] < LEAST * mask.size:
            return Judgement("", "")
        return Judgement(LABELS[label], colour_word(picture, mask == label))


def colour_word(picture: np.ndarray, where: np.ndarray) -> str:
    """The world's word for the colour of what is inside, a pixel off the edge."""
    inside = cv2.erode(where.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    pixels = picture[inside if inside.any() else where] / 255.0
    brightest = pixels.max(axis=1)
    bright = np.median(brightest)
    if bright < BLACK:
        return "black"
    saturated = (brightest > BLACK) & (brightest - pixels.min(axis=1) > SATURATION * brightest)
    if saturated.mean() < SATURATED_PART:
        return "white" if bright > WHITE else "grey"
    hue, _, _ = colorsys.rgb_to_hsv(*np.median(pixels[saturated], axis=0))
    # The ranges touch, so a hue is in exactly one of them.
    return next(word for word, (low, high) in HUES.items() if (360 * hue - low) % 360 < high - low)
