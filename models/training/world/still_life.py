"""Still lifes of the world: one thing, now and then two, large in view on a table. What the text-to-image model learns from."""

from __future__ import annotations

import colorsys
import math
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import ray_caster as caster
from .scene import (
    BALL,
    BOOK,
    COLOUR_WORDS,
    LABELS,
    PATTERN_WORDS,
    POSTER_HEIGHT,
    POSTER_WIDTH,
    TABLE_TOP_METRES,
    Camera,
    Light,
    Room,
    Scene,
    Thing,
    _object,
    random_table,
)

SIDE = 128
# Of random numbers: pictures to learn from, and others of the same kind to compare with.
TRAINING, OTHERS = 21, 22
# Softly shaded without grain.
SHADOW_RAYS = 8

THINGS = LABELS[BALL:]
# Colours without a hue by how much light they give back.
GREYS = {"white": 0.8, "grey": 0.14, "black": 0.015}
HUES = {name: (low, high) for name, low, high in COLOUR_WORDS}
COLOURS = (*HUES, *GREYS)
PATTERNS = ("", *(PATTERN_WORDS[kind].strip() for kind in (caster.CHECKS, caster.STRIPES, caster.DOTS)))
TABLES = ("wooden", "white")

# What no training picture shows, so that prompts for it ask for more than memory: two colours of each thing, and each of the
# eleven colours at least once.
HELD_OUT = frozenset((THINGS[k % len(THINGS)], COLOURS[4 * k % len(COLOURS)]) for k in range(2 * len(THINGS)))

# Part of the pictures with two things, of the things with a pattern, of the tables that are white.
TWO, PATTERNED, WHITE = 0.15, 0.12, 0.25
# Of the picture's width that one thing is across.
ACROSS = (0.42, 0.62)


@dataclass(frozen=True)
class Item:
    """A thing as a caption may describe it; pattern is empty for a plain one."""

    thing: str
    colour: str
    pattern: str = ""


@dataclass(frozen=True)
class StillLife:
    """What is to be seen: the items from left to right, and the table's word."""

    items: tuple[Item, ...]
    table: str


def drawn(random: np.random.Generator) -> StillLife:
    """Something to show, but nothing that is held out."""
    wanted = 2 if random.random() < TWO else 1
    items: list[Item] = []
    while len(items) < wanted:
        thing, colour = THINGS[random.integers(len(THINGS))], COLOURS[random.integers(len(COLOURS))]
        # Books have bindings instead.
        patterned = thing != LABELS[BOOK] and random.random() < PATTERNED
        if (thing, colour) not in HELD_OUT and all(thing != other.thing for other in items):
            items.append(Item(thing, colour, PATTERNS[random.integers(1, len(PATTERNS))] if patterned else ""))
    return StillLife(tuple(items), "white" if random.random() < WHITE else "wooden")


def colour(random: np.random.Generator, word: str) -> np.ndarray:
    """Linear RGB that nobody would call by another word: of the middle half of the word's hues."""
    if word in GREYS:
        return np.full(3, GREYS[word]) * random.uniform(0.85, 1.1)
    low, high = HUES[word]
    hue = (low + (high - low) * random.uniform(0.25, 0.75)) % 360 / 360
    return np.power(np.array(colorsys.hsv_to_rgb(hue, random.uniform(0.75, 1), random.uniform(0.65, 1))), 2.2)


def scene(random: np.random.Generator, shown: StillLife) -> Scene:
    """A scene that shows it."""
    table = _table(random, shown.table)
    objects, feet = [], []
    for item in shown.items:
        thing, foot, _ = _object(random, LABELS.index(item.thing), random.uniform(0.2, 0.26))
        _paint(random, thing, item, foot)
        objects.append(thing)
        feet.append(foot)
    around, height = random.uniform(0, 2 * math.pi), math.radians(random.uniform(18, 42))
    backwards = np.array([math.cos(around) * math.cos(height), math.sin(around) * math.cos(height), math.sin(height)])
    right = np.array([-math.sin(around), math.cos(around), 0.0])
    if len(objects) == 2:
        # Side by side as the camera sees them, one perhaps a little nearer.
        gap = sum(feet) * random.uniform(1.0, 1.15)
        ahead = np.array([math.cos(around), math.sin(around), 0.0]) * random.uniform(-0.5, 0.5) * gap
        for thing, side in zip(objects, (-0.5, 0.5), strict=True):
            thing.place = thing.place + side * (gap * right + ahead)
    radius = max(float(np.linalg.norm(thing.place[:2])) + caster.reach(thing.kind, np.array(thing.size)) for thing in objects)
    tangent = math.tan(math.radians(random.uniform(24, 30)))
    across = random.uniform(*ACROSS) if len(objects) == 1 else random.uniform(0.62, 0.8)
    away = radius / (across * tangent)
    middle = np.mean([thing.place for thing in objects], axis=0)
    # Not always in the middle.
    target = middle + away * tangent * (random.uniform(-0.15, 0.15) * right + random.uniform(-0.08, 0.12) * np.array([0, 0, 1]))
    camera = Camera(target + away * backwards, target, tangent, math.radians(random.normal(0, 1.5)))
    return Scene(table + objects, _room(random), _light(random), camera, f"a {shown.table} table", objects)


def _paint(random: np.random.Generator, thing: Thing, item: Item, foot: float) -> None:
    first = colour(random, item.colour)
    if item.thing == LABELS[BOOK]:
        thing.colours[0] = first
    else:
        thing.surface = next(kind for kind, word in PATTERN_WORDS.items() if word.strip() == item.pattern)
        # White parts on what is coloured, dark ones on what is white.
        second = np.full(3, 0.04 if item.colour == "white" else 0.75) * random.uniform(0.8, 1.1)
        thing.colours = np.stack([first, second])
        thing.pattern_metres = foot * random.uniform(0.4, 0.7)
        thing.gloss = float(random.choice([0.0, 0.1, 0.3]))
    thing.words = f"{item.pattern} {item.colour}".strip()


def _table(random: np.random.Generator, word: str) -> list[Thing]:
    """Large enough that its edges are seldom near."""
    half_x, half_y = random.uniform(0.5, 0.8, 2)
    while True:
        things, words = random_table(random, half_x, half_y)
        if words == f"a {word} table":
            return things


def _room(random: np.random.Generator) -> Room:
    """Pale and plain, some with stripes or bricks."""
    bounds = np.array([*([[-random.uniform(1.6, 3), random.uniform(1.6, 3)] for _ in range(2)]), [-TABLE_TOP_METRES, 2.0]])
    surfaces = np.array([random.choice([caster.PLAIN, caster.PLAIN, caster.STRIPES, caster.BRICKS]), caster.PLAIN, caster.PLAIN])
    colours = np.zeros((3, 2, 3))
    for part in range(3):
        tint = colour(random, COLOURS[random.integers(len(COLOURS))])
        colours[part, 0] = 0.12 * tint + 0.88 * np.full(3, random.uniform(0.25, 0.8))
        colours[part, 1] = colours[part, 0] * random.uniform(0.75, 0.95)
    nothing = np.zeros((0, 5)), np.zeros((0, POSTER_HEIGHT, POSTER_WIDTH, 3))
    return Room(bounds, surfaces, random.uniform(0.12, 0.4, 3), colours, *nothing)


def _light(random: np.random.Generator) -> Light:
    warmth = random.uniform(-0.06, 0.06)
    place = np.array([random.uniform(-1.2, 1.2), random.uniform(-1.2, 1.2), random.uniform(1.0, 1.5)])
    strength = np.array([1 + warmth, 1, 1 - warmth]) * random.uniform(0.6, 0.8)
    return Light(place, float(random.choice([0.06, 0.25])), strength, np.full(3, random.uniform(0.3, 0.45)))


def photograph(random: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """uint8 RGB of linear light: a little under or over exposed, with the noise of a good camera."""
    picture = np.power(np.clip(light * np.float32(random.uniform(0.9, 1.15)), 0, 1), 1 / 2.2)
    picture = picture + random.normal(0, 0.006, picture.shape).astype(np.float32)
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)


def example(stream: int, number: int, side: int = SIDE) -> tuple[StillLife, np.ndarray]:
    """What a picture shows, and uint8 RGB [side, side, 3]. Follows from stream and number alone."""
    random = np.random.default_rng([stream, number])
    shown = drawn(random)
    light = scene(random, shown).render(side, side, SHADOW_RAYS).colour
    return shown, photograph(random, light)


def shown_in(stream: int, number: int) -> StillLife:
    """What a picture shows, without rendering it."""
    return drawn(np.random.default_rng([stream, number]))


def _render(file: Path, stream: int, count: int, first: int, step: int) -> None:
    pixels = np.load(file, mmap_mode="r+")
    for number in range(first, count, step):
        pixels[number] = example(stream, number)[1]


def pictures(folder: Path, count: int, processes: int = 2) -> np.ndarray:
    """uint8 RGB [count, SIDE, SIDE, 3], mapped: the training pictures, from the folder or, where it has none, rendered into it."""
    file, done = (folder / f"still-life-{TRAINING}-{count}.{end}" for end in ("npy", "done"))
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        np.lib.format.open_memmap(file, "w+", np.uint8, (count, SIDE, SIDE, 3)).flush()
        # The first one compiles the ray caster, which the others then find on disk.
        example(TRAINING, 0)
        with ProcessPoolExecutor(processes) as pool:
            for job in [pool.submit(_render, file, TRAINING, count, k, processes) for k in range(processes)]:
                job.result()
        done.touch()
        print(f"rendered {count} still lifes in {time.monotonic() - started:.0f} s", flush=True)
    return np.load(file, mmap_mode="r")
