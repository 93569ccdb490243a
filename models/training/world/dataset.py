"""Pictures of the world for training and for measuring, rendered once and kept on disk.

Every picture follows from its number alone, so the parts are the same wherever they are rendered. No two of them share
a scene or a photograph: choices are made by the validation pictures, so that the held-out ones have decided nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import photographs
from .scene import developed, random_scene

WIDTH, HEIGHT = 320, 240


@dataclass(frozen=True)
class Part:
    name: str
    # Of random numbers. A part that changes takes a new one: pictures that are kept of the former are not its own.
    stream: int
    photographs: tuple[str, ...]
    # One picture in this many is a photograph of something else: all background.
    photograph_every: int
    # What makes a picture of a photograph.
    shown: Callable[[np.random.Generator, tuple[str, ...], int, int], np.ndarray]


TRAINING = Part("training", 1, photographs.TRAINING, 8, photographs.disguised)
VALIDATION = Part("validation", 2, photographs.VALIDATION, 12, photographs.crop)
HELD_OUT = Part("held-out", 3, photographs.HELD_OUT, 12, photographs.crop)


@dataclass(frozen=True)
class Pictures:
    """pixels: uint8 [count, height, width, 3], RGB; masks: uint8 class ids; depths: float16 metres, 0 where unknown."""

    pixels: np.ndarray
    masks: np.ndarray
    depths: np.ndarray


def example(part: Part, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels, mask and depth of a part's picture."""
    random = np.random.default_rng([part.stream, number])
    if number % part.photograph_every == part.photograph_every - 1:
        pixels = part.shown(random, part.photographs, WIDTH, HEIGHT)
        return pixels, np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.float16)
    rendered = random_scene(random, part.photographs).render(WIDTH, HEIGHT)
    return developed(random, rendered.colour), rendered.mask, rendered.depth.astype(np.float16)


def _files(folder: Path, part: Part, count: int) -> list[Path]:
    return [folder / f"{_stem(part, count)}-{what}.npy" for what in ("pixels", "masks", "depths")]


def _stem(part: Part, count: int) -> str:
    return f"{part.name}-{part.stream}-{count}"


def _render(folder: Path, part: Part, count: int, first: int, step: int) -> None:
    pixels, masks, depths = (np.load(file, mmap_mode="r+") for file in _files(folder, part, count))
    for number in range(first, count, step):
        pixels[number], masks[number], depths[number] = example(part, number)


def pictures(folder: Path, part: Part, count: int, processes: int = 2) -> Pictures:
    """The first `count` pictures of a part, from the folder or, where it has none, rendered into it."""
    files = _files(folder, part, count)
    done = folder / f"{_stem(part, count)}.done"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        shape = (count, HEIGHT, WIDTH)
        for file, dtype, end in zip(files, (np.uint8, np.uint8, np.float16), ((3,), (), ()), strict=True):
            np.lib.format.open_memmap(file, "w+", dtype, shape + end).flush()
        # The first one compiles the ray caster, which the others then find on disk.
        example(part, 0)
        with ProcessPoolExecutor(processes) as pool:
            for job in [pool.submit(_render, folder, part, count, k, processes) for k in range(processes)]:
                job.result()
        done.touch()
        print(f"rendered {count} {part.name} pictures in {time.monotonic() - started:.0f} s")
    # Mapped: trainings side by side share what the system keeps of them in memory.
    return Pictures(*(np.load(file, mmap_mode="r") for file in files))
