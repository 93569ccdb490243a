"""Renders the pictures that the studio's page offers: one thing of the world on its table, seen from near.

    python models/training/studio_samples.py

Writes cup.jpg, ring.jpg and book.jpg into src/main/webapp/samples/studio.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
from PIL import Image

from world import photographs
from world import ray_caster as caster
from world import scene as world

SAMPLES = Path(__file__).parents[2] / "src" / "main" / "webapp" / "samples" / "studio"
WIDTH, HEIGHT = 512, 384
# Rendered larger and averaged, so that edges are smooth.
FINER = 2
SEED = 8
SHADOW_RAYS = 32


def _thing(label: int, kind: int, size: tuple, height: float, turn: np.ndarray, colour: tuple, surface: int, other: tuple) -> world.Thing:
    colours = np.power(np.array([colour, other], np.float64), 2.2)
    return world.Thing(label, kind, size, np.array([0, 0, height]), turn, surface, colours, 0.04, 0.3)


THINGS = {
    "cup": _thing(world.CUP, caster.CUP, (0.042, 0.052, 0.055, 0.005), 0.055, world.yaw(-0.5), (0.95, 0.72, 0.16), caster.PLAIN, (0.95, 0.72, 0.16)),
    "ring": _thing(world.RING, caster.RING, (0.06, 0.02, 0, 0), 0.08, world.yaw(0.35) @ world.pitch(math.pi / 2), (0.1, 0.62, 0.36), caster.PLAIN, (0.9, 0.9, 0.8)),
    "book": _thing(world.BOOK, caster.BOX, (0.075, 0.1, 0.022, 0), 0.022, world.yaw(0.5), (0.75, 0.16, 0.24), caster.BOUND, (0.93, 0.9, 0.82)),
}


def picture(name: str) -> np.ndarray:
    """uint8 [384, 512, 3], RGB."""
    random = np.random.default_rng(SEED)
    table, words = world.random_table(random, 0.6, 0.5)
    for part in table:
        part.surface, part.gloss = caster.WOOD, 0.15
        part.colours = np.array([[0.42, 0.25, 0.12], [0.3, 0.17, 0.08]])
    room = world.random_room(random, photographs.HELD_OUT)
    room.surfaces[0], room.colours[0] = caster.PLAIN, [[0.3, 0.42, 0.5], [0.3, 0.42, 0.5]]
    room.posters, room.pictures = room.posters[:0], room.pictures[:0]
    thing = THINGS[name]
    light = world.Light(np.array([-0.5, -1.0, 1.3]), 0.3, np.array([0.85, 0.8, 0.74]), np.full(3, 0.28))
    camera = world.Camera(np.array([0.0, -0.36, 0.3]), np.array([0.0, 0.0, 0.9 * thing.place[2]]), math.tan(math.radians(22)))
    scene = world.Scene([*table, thing], room, light, camera, words, [thing])
    rendered = scene.render(FINER * WIDTH, FINER * HEIGHT, SHADOW_RAYS)
    light_of = np.clip(rendered.colour * 1.25, 0, 1).reshape(HEIGHT, FINER, WIDTH, FINER, 3).mean((1, 3))
    return np.clip(np.power(light_of, 1 / 2.2) * 255 + 0.5, 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=SAMPLES)
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    for name in THINGS:
        Image.fromarray(picture(name)).save(output / f"{name}.jpg", quality=90)
    print(output)


if __name__ == "__main__":
    main()
