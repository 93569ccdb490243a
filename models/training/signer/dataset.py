"""The sets of clips that are kept, at the size the network looks at. Each clip follows from its set and its number."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from . import clips
from .clips import FRAMES, HELD_OUT, NONE, OTHERS, SEEN, TRAINING, VALIDATION, World

# Half of the camera's picture: the mean of 2 × 2 pixels, as the served network takes it.
SIDE = clips.SIDE // 2
# Of four clips, one shows no sign.
EVERY = 4
_PART = 40


@dataclass(frozen=True)
class Set:
    """Which world, and a number that gives random numbers no other set has."""

    name: str
    world: World
    stream: int


SETS = {
    "training": Set("training", TRAINING, 1),
    "validation": Set("validation", VALIDATION, 2),
    "held-out": Set("held-out", HELD_OUT, 3),
    "others": Set("others", OTHERS, 4),
}


@dataclass(frozen=True)
class Clips:
    """frames: uint8 [count, 10, SIDE, SIDE, 3], BGR; words: int64 [count]; intervals: float32 [count], seconds;
    seen: float32 [count, 10, SEEN]."""

    frames: np.ndarray
    words: np.ndarray
    intervals: np.ndarray
    seen: np.ndarray


def word_of(number: int) -> int:
    """A clip's class: as many of every sign."""
    if number % EVERY == EVERY - 1:
        return NONE
    return (number - number // EVERY) % NONE


def drawn(chosen: Set, number: int) -> clips.Clip:
    return clips.clip(np.random.default_rng([chosen.stream, number]), chosen.world, word_of(number))


def halved(frames: np.ndarray) -> np.ndarray:
    """[..., 224, 224, 3] to [..., 112, 112, 3], uint8."""
    return np.stack([cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for frame in frames])


def _files(folder: Path, name: str) -> dict[str, Path]:
    return {part: folder / f"{name}-{part}.npy" for part in ("frames", "words", "intervals", "seen")}


def _fill(folder: Path, name: str, first: int, last: int) -> int:
    cv2.setNumThreads(1)
    arrays = {part: np.load(file, mmap_mode="r+") for part, file in _files(folder, name).items()}
    for number in range(first, last):
        clip = drawn(SETS[name], number)
        arrays["frames"][number] = halved(clip.frames)
        arrays["words"][number], arrays["intervals"][number], arrays["seen"][number] = clip.word, clip.interval, clip.seen
    return last


def rendered(folder: Path, name: str, count: int, processes: int = 2) -> Clips:
    """The first `count` clips of a set; rendered where the folder does not have that many."""
    known = folder / f"{name}.json"
    have = json.loads(known.read_text())["count"] if known.exists() else 0
    files = _files(folder, name)
    if have < count:
        folder.mkdir(parents=True, exist_ok=True)
        shapes = {"frames": ((FRAMES, SIDE, SIDE, 3), np.uint8), "words": ((), np.int64), "intervals": ((), np.float32)}
        for part, file in files.items():
            shape, kind = shapes.get(part, ((FRAMES, SEEN), np.float32))
            np.lib.format.open_memmap(file, "w+", kind, (count, *shape))
        parts = [(folder, name, first, min(first + _PART, count)) for first in range(0, count, _PART)]
        if processes == 1:
            for part in parts:
                _fill(*part)
        else:
            # New processes: those that are forked inherit OpenCV's locks without its threads.
            with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
                for done, last in enumerate(pool.map(_fill, *zip(*parts, strict=True))):
                    if done % 25 == 24:
                        print(f"{last} of {count} clips of {name}", flush=True)
        known.write_text(json.dumps({"count": count}) + "\n")
    arrays = {part: np.load(file, mmap_mode="r")[:count] for part, file in files.items()}
    return Clips(**arrays)
