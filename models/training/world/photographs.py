"""Photographs in the public domain, for what the world does not contain.

They come from the package scikit-image, whose documentation of its module `data` has their sources and terms, and one
from the page's samples. In the public domain are astronaut and Hubble deep field (NASA), rocket (SpaceX), coins
(Brooklyn Museum), text and clock (their photographers), Grace Hopper (United States Navy), without known restrictions
the immunohistochemistry; CC0 are brick, grass, gravel (CC0Textures), camera, cat, cell, retina (their authors). None
shows a thing of the world's classes, and none is in two of the parts.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import cv2
import numpy as np

TRAINING = (
    "astronaut.png",
    "brick.png",
    "cell.png",
    "clock_motion.png",
    "coins.png",
    "grass.png",
    "hubble_deep_field.jpg",
    "retina.jpg",
    "rocket.jpg",
    "text.png",
)
VALIDATION = ("camera.png", "gravel.png")
HELD_OUT = ("chelsea.png", "grace-hopper.jpg", "ihc.png")

_OWN = Path(__file__).parents[3] / "src/main/webapp/samples"


@cache
def photograph(name: str) -> np.ndarray:
    """uint8 [height, width, 3], RGB."""
    path = _OWN / name
    if not path.exists():
        path = Path(str(distribution("scikit-image").locate_file(f"skimage/data/{name}")))
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"{path} is missing: pip install -r models/training/requirements.txt")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def crop(random: np.random.Generator, names: tuple[str, ...], width: int, height: int) -> np.ndarray:
    """A random part of a random photograph, uint8 [height, width, 3], RGB; mirrored half of the time."""
    picture = photograph(names[random.integers(len(names))])
    rows, columns = picture.shape[:2]
    share = random.uniform(0.35, 1)
    part_height = max(8, int(min(rows, columns * height / width) * share))
    part_width = max(8, int(part_height * width / height))
    top = random.integers(rows - part_height + 1)
    left = random.integers(columns - part_width + 1)
    part = picture[top : top + part_height, left : left + part_width]
    if random.random() < 0.5:
        part = part[:, ::-1]
    return cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=cv2.INTER_AREA)


def disguised(random: np.random.Generator, names: tuple[str, ...], width: int, height: int) -> np.ndarray:
    """As `crop`, but hardly to be known again: turned, colours exchanged, at times a negative or two pictures in one.

    There are few photographs; without this a network learns them by heart and takes every other one for a thing.
    """
    side = int(np.hypot(width, height)) + 1
    picture = crop(random, names, side, side)
    if random.random() < 0.4:
        share = np.float32(random.uniform(0.3, 0.7))
        other = crop(random, names, side, side)
        picture = cv2.addWeighted(picture, share, other, 1 - share, 0)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), random.uniform(0, 360), random.uniform(0.8, 2))
    picture = cv2.warpAffine(picture, turn, (side, side), borderMode=cv2.BORDER_REFLECT)
    top, left = (side - height) // 2, (side - width) // 2
    picture = picture[top : top + height, left : left + width][..., random.permutation(3)]
    if random.random() < 0.3:
        picture = 255 - picture
    gain, lift = random.uniform(0.5, 1.3, 3), random.uniform(-30, 40, 3)
    return np.clip(picture * gain + lift, 0, 255).astype(np.uint8)
