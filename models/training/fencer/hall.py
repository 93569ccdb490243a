"""The hall that a phrase is fenced in: the piste with its lines, the wall behind, a referee, the light and the camera."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .renderer import Camera, Light

# Half of a piste's width, metres; where the back wall is.
PISTE, WALL = 0.8, -4.6


def linear(colour: tuple[int, int, int]) -> np.ndarray:
    """sRGB bytes as linear light, with the gamma of 2.2 that pictures are written with."""
    return np.power(np.array(colour, np.float64) / 255, 2.2)


@dataclass(frozen=True)
class Hall:
    """Colours are linear light, [3]."""

    floor: np.ndarray
    strip: np.ndarray
    lower_wall: np.ndarray
    upper_wall: np.ndarray
    light: Light
    seed: int


def random_hall(random: np.random.Generator) -> Hall:
    floors = ((128, 104, 78), (92, 104, 112), (84, 96, 84), (120, 112, 104))
    strips = ((92, 98, 104), (70, 84, 104), (104, 104, 100))
    lower = ((70, 86, 112), (96, 72, 62), (62, 92, 86), (104, 104, 112))
    upper = ((168, 170, 168), (176, 168, 152), (150, 160, 170))

    def one(colours: tuple) -> np.ndarray:
        return linear(colours[int(random.integers(len(colours)))])

    lamp = np.array([random.uniform(-0.6, 0.6), 1.0, random.uniform(0.55, 0.9)])
    strength = random.uniform(0.9, 1.1)
    light = Light(
        lamp,
        strength * np.array([0.60, 0.58, 0.55]),
        strength * np.array([0.46, 0.47, 0.5]),
        strength * np.array([0.25, 0.23, 0.21]),
    )
    return Hall(one(floors), one(strips), one(lower), one(upper), light, int(random.integers(2**31)))


def background(hall: Hall, camera: Camera) -> np.ndarray:
    """The empty hall, linear light [height, width, 3]."""
    rays = camera.rays()
    picture = np.zeros(rays.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_floor = np.where(rays[..., 1] < -1e-6, -camera.eye[1] / rays[..., 1], np.inf)
        to_wall = (WALL - camera.eye[2]) / rays[..., 2]
    floor = to_floor < to_wall
    far = np.where(floor, to_floor, to_wall)[..., None]
    x, y, z = np.moveaxis(camera.eye + rays * far, -1, 0)
    random = np.random.default_rng(hall.seed)
    picture[floor] = _floor(hall, x[floor], z[floor], random)
    picture[~floor] = _wall(hall, x[~floor], y[~floor], random)
    # Lamps in rows: brighter and darker stretches.
    bright = hall.light.sky.mean() * 1.25 + hall.light.lamp.mean() * 0.5 + 0.05 * np.sin(x * 1.1) - 0.012 * np.abs(x)
    return (picture * bright[..., None]).astype(np.float32)


def _floor(hall: Hall, x: np.ndarray, z: np.ndarray, random: np.random.Generator) -> np.ndarray:
    colour = np.tile(hall.floor, (len(x), 1))
    # Boards along the piste.
    board = np.floor(z / 0.14).astype(int)
    shades = random.uniform(0.9, 1.08, 512)
    colour *= shades[(board * 7 + np.floor((x + 0.37 * board) / 1.7).astype(int)) % 512][:, None]
    on = np.abs(z) < PISTE
    colour[on] = hall.strip
    colour[on] *= (1 + 0.03 * np.sin(x[on] * 9) * np.sin(z[on] * 11))[:, None]
    line = linear((225, 225, 220))
    edge = np.abs(np.abs(z) - PISTE) < 0.025
    # Middle, en-garde lines, the last two metres, the ends.
    across = np.zeros(len(x), bool)
    for place in (0.0, -2.0, 2.0, -5.0, 5.0, -7.0, 7.0):
        across |= np.abs(x - place) < 0.025
    colour[edge | (across & on)] = line
    last = on & (np.abs(x) > 5) & (np.abs(x) < 7) & (np.floor(x / 0.25) + np.floor(z / 0.25)).astype(int) % 2
    colour[last.astype(bool)] = hall.strip * 1.35
    return colour


def _wall(hall: Hall, x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
    colour = np.where((y < 1.25)[:, None], hall.lower_wall, hall.upper_wall)
    colour = colour * (1 - 0.12 * (np.abs(y - 1.25) < 0.03))[:, None]
    # Panels of the lower wall and bricks of the upper one.
    colour = colour * (1 - 0.1 * ((y < 1.25) & (np.abs((x + 100) % 1.2 - 0.6) < 0.012)))[:, None]
    row = np.floor(y / 0.09).astype(int)
    joint = (np.abs(y % 0.09 - 0.045) > 0.04) | (np.abs((x + 100 + 0.12 * (row % 2)) % 0.24 - 0.12) > 0.115)
    colour = colour * (1 - 0.06 * ((y > 1.28) & joint))[:, None]
    colour *= (1 - 0.35 * np.exp(-np.maximum(y, 0) / 0.12))[:, None]
    # Banners, a door, benches.
    for place in np.arange(-7.0, 7.5, 2.6):
        middle, wide = place + random.uniform(-0.4, 0.4), random.uniform(0.35, 0.6)
        low, high = random.uniform(1.6, 1.9), random.uniform(2.5, 2.9)
        cloth = linear(tuple(int(v) for v in random.uniform(40, 190, 3)))
        other = linear(tuple(int(v) for v in random.uniform(120, 230, 3)))
        on = (np.abs(x - middle) < wide) & (y > low) & (y < high)
        colour[on] = np.where((np.abs(y[on] - (low + high) / 2) < 0.15)[:, None], other, cloth)
    door = float(random.uniform(-5, 5))
    on = (np.abs(x - door) < 0.5) & (y < 2.1)
    colour[on] = linear((96, 84, 74))
    colour[on & ((np.abs(x - door) > 0.46) | (y > 2.06))] = linear((60, 54, 50))
    colour[on & (np.abs(x - door - 0.38) < 0.03) & (np.abs(y - 1.0) < 0.03)] = linear((190, 180, 150))
    return colour


def filmed(picture: np.ndarray, camera: Camera) -> np.ndarray:
    """uint8 RGB of the camera's size from linear light of a finer one."""
    picture = cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    return (np.power(np.clip(picture, 0, 1), 1 / 2.2) * 255 + 0.5).astype(np.uint8)


def blade(picture: np.ndarray, depth: np.ndarray, camera: Camera, ends: np.ndarray, bow: float, thick: float = 0.011) -> None:
    """Draws a blade from its guard to its point, [2, 3], where no body is before it; `bow` metres bent upwards."""
    share = np.linspace(0, 1, 400)[:, None]
    places = ends[0] * (1 - share) + ends[1] * share + 4 * share * (1 - share) * np.array([0, bow, 0])
    spots = camera.project(places)
    far = np.linalg.norm(places - camera.eye, axis=1)
    column = np.clip(spots[:, 0].astype(int), 0, camera.width - 1)
    row = np.clip(spots[:, 1].astype(int), 0, camera.height - 1)
    free = far < depth[row, column] + 0.02
    steel = np.array([0.30, 0.30, 0.32])
    for i in range(len(share) - 1):
        if free[i] and free[i + 1]:
            width = max(1, round(camera.focal * thick * (1.2 - 0.6 * share[i, 0]) / far[i]))
            a, b = (tuple(int(v * 16) for v in spots[k]) for k in (i, i + 1))
            cv2.line(picture, a, b, tuple(float(v) for v in steel), width, cv2.LINE_AA, 4)
