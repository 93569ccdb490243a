"""Photographs in the public domain, for what the world does not contain.

They come from the package scikit-image, whose data/README.txt names their sources: NASA (astronaut, Hubble deep field,
rocket: SpaceX, CC0), CC0 by their photographers (camera, cat, grass, gravel, brick). None shows a thing of the world's
classes. Those held out never occur in training.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import cv2
import numpy as np

TRAINING = ("astronaut.png", "camera.png", "hubble_deep_field.jpg", "grass.png", "brick.png")
HELD_OUT = ("chelsea.png", "rocket.jpg", "gravel.png")


@cache
def photograph(name: str) -> np.ndarray:
    """uint8 [height, width, 3], RGB."""
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
