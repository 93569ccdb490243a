"""Renders the page's sample: ten seconds of the world with a moving camera and moving things, and its ground truth.

    python models/training/clip.py

Writes world.mp4, its first frame world.jpg, and world-truth-0.png … world-truth-9.png into src/main/webapp/samples. A sheet
holds one second: its frames in reading order, class ids as the index of a palette.
"""

from __future__ import annotations

import argparse
import math
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from world import photographs
from world import ray_caster as caster
from world import scene as world

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "src" / "main" / "webapp" / "samples"
WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 25, 10
FRAMES = RATE * SECONDS
SHEET_COLUMNS = 5
SEED = 20
# Enough that a soft shadow has no grain; still pictures of the training sets get along with fewer.
SHADOW_RAYS = 16


def _thing(label: int, kind: int, size: tuple, colour: tuple, surface: int = caster.PLAIN, other=(0.8, 0.8, 0.75)) -> world.Thing:
    colours = np.power(np.array([colour, other], np.float64), 2.2)
    return world.Thing(label, kind, size, np.zeros(3), np.eye(3), surface, colours, 0.05, 0.25)


# Two turning circles: radius, turns in ten seconds, things with the height of their centre above the table.
CIRCLES = (
    (
        0.17,
        -1,
        (
            (_thing(world.CUP, caster.CUP, (0.042, 0.05, 0.052, 0.005), (0.9, 0.75, 0.2)), 0.052),
            (_thing(world.CONE, caster.CONE, (0.055, 0.08, 0, 0), (0.95, 0.45, 0.1)), 0.08),
            (_thing(world.BALL, caster.BALL, (0.06, 0, 0, 0), (0.8, 0.12, 0.15), caster.BANDS), 0.06),
        ),
    ),
    (
        0.39,
        1,
        (
            (_thing(world.CUBE, caster.BOX, (0.058, 0.058, 0.058, 0), (0.15, 0.35, 0.8)), 0.058),
            (_thing(world.RING, caster.RING, (0.07, 0.022, 0, 0), (0.1, 0.6, 0.35)), 0.092),
            (_thing(world.CYLINDER, caster.CYLINDER, (0.042, 0.08, 0, 0), (0.55, 0.2, 0.7), caster.STRIPES), 0.08),
            (_thing(world.BOOK, caster.BOX, (0.075, 0.1, 0.02, 0), (0.75, 0.2, 0.3), caster.BOUND), 0.02),
            (_thing(world.CUP, caster.CUP, (0.045, 0.048, 0.058, 0.005), (0.3, 0.65, 0.85)), 0.058),
            (_thing(world.BALL, caster.BALL, (0.05, 0, 0, 0), (0.95, 0.85, 0.3)), 0.05),
        ),
    ),
)


def scene_at(time: float) -> world.Scene:
    """The scene at a time between 0 and 1; 1 is 0 again, so the clip can be repeated without a jump."""
    random = np.random.default_rng(SEED)
    table, words = world.random_table(random, 0.62, 0.58)
    for part in table:
        part.surface, part.gloss = caster.WOOD, 0.15
        part.colours = np.array([[0.42, 0.25, 0.12], [0.3, 0.17, 0.08]])
    room = world.random_room(random, photographs.HELD_OUT)
    room.surfaces[0], room.colours[0] = caster.PLAIN, [[0.3, 0.42, 0.5], [0.3, 0.42, 0.5]]
    room.posters = np.array([[3, -0.9, 0.05, 0.8, 0.6], [2, -0.4, 0.0, 0.9, 0.68], [1, 0.1, 0.05, 0.8, 0.6]], np.float64)
    pictures = [photographs.crop(random, photographs.HELD_OUT, world.POSTER_WIDTH, world.POSTER_HEIGHT) for _ in room.posters]
    room.pictures = np.power(np.stack(pictures) / 255.0, 2.2)
    objects = []
    for radius, turns, things in CIRCLES:
        for number, (thing, height) in enumerate(things):
            angle = 2 * math.pi * (turns * time + number / len(things))
            thing.place = np.array([radius * math.cos(angle), radius * math.sin(angle), height])
            spin = world.yaw(angle * 2)
            thing.turn = spin @ world.pitch(math.pi / 2) if thing.label == world.RING else spin
            if thing.label == world.BALL:
                # A ball rolls along its circle.
                roll = 2 * math.pi * round(turns * radius / height) * time
                thing.turn = world.yaw(angle) @ world.pitch(roll) @ np.array([[0, 0, 1.0], [1, 0, 0], [0, 1, 0]])
            objects.append(thing)
    light = world.Light(np.array([0.9, -0.7, 1.3]), 0.35, np.array([0.8, 0.76, 0.7]), np.full(3, 0.28))
    around = 2 * math.pi * 0.25 + 0.9 * math.sin(2 * math.pi * time)
    lift = math.radians(30 + 9 * math.cos(2 * math.pi * time))
    away = 1.05 + 0.18 * math.cos(4 * math.pi * time)
    eye = away * np.array([math.cos(around) * math.cos(lift), math.sin(around) * math.cos(lift), math.sin(lift)])
    camera = world.Camera(eye, np.array([0.0, 0.0, 0.02]), math.tan(math.radians(31)))
    return world.Scene(table + objects, room, light, camera, words, objects)


def frame(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixels, uint8 RGB, and class ids of a frame."""
    rendered = scene_at(number / FRAMES).render(WIDTH, HEIGHT, SHADOW_RAYS)
    picture = np.power(np.clip(rendered.colour * 1.25, 0, 1), 1 / 2.2)
    picture += np.random.default_rng([SEED, number]).normal(0, 0.008, picture.shape)
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8), rendered.mask


def voc_palette() -> list[int]:
    """Colours by class id as the Pascal VOC development kit computes them, [r, g, b, r, g, b, …]."""
    palette = []
    for number in range(256):
        colour, bits = [0, 0, 0], number
        for shift in range(7, -1, -1):
            for channel in range(3):
                colour[channel] |= (bits >> channel & 1) << shift
            bits >>= 3
        palette += colour
    return palette


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=SAMPLES)
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    frame(0)
    with ProcessPoolExecutor(2) as pool:
        frames = list(pool.map(frame, range(FRAMES), chunksize=5))
    with av.open(str(output / "world.mp4"), "w", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream("libx264", RATE, options={"crf": "21", "preset": "slow", "g": str(RATE)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for pixels, _ in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode(None))
    Image.fromarray(frames[0][0]).save(output / "world.jpg", quality=90)
    for second in range(SECONDS):
        masks = [mask for _, mask in frames[second * RATE : (second + 1) * RATE]]
        rows = [np.hstack(masks[k : k + SHEET_COLUMNS]) for k in range(0, RATE, SHEET_COLUMNS)]
        sheet = Image.fromarray(np.vstack(rows), "P")
        sheet.putpalette(voc_palette()[: 3 * len(world.LABELS)])
        sheet.save(output / f"world-truth-{second}.png", optimize=True, bits=8)
    print(output)


if __name__ == "__main__":
    main()
