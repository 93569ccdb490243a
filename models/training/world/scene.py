"""Scenes of the world: what stands where, in which colours, seen from where; and their pictures."""

from __future__ import annotations

import colorsys
import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from . import photographs
from . import ray_caster as caster

# Class ids of the masks.
LABELS = ("background", "table", "ball", "cube", "cylinder", "cone", "ring", "book", "cup")
BACKGROUND, TABLE, BALL, CUBE, CYLINDER, CONE, RING, BOOK, CUP = range(len(LABELS))

POSTER_WIDTH, POSTER_HEIGHT = 128, 96
TABLE_TOP_METRES = 0.75


@dataclass
class Thing:
    """A solid; see ray_caster for the kinds, their sizes and the surfaces."""

    label: int
    kind: int
    size: tuple[float, float, float, float]
    place: np.ndarray
    # Columns are the thing's own axes in the world.
    turn: np.ndarray
    surface: int
    colours: np.ndarray
    pattern_metres: float = 0.05
    gloss: float = 0.1
    # What the caption calls its colour and pattern; empty for what captions leave out.
    words: str = ""


@dataclass
class Room:
    """Walls, floor and ceiling, in this order; posters are (wall, u, v, width, height) with a picture each."""

    bounds: np.ndarray
    surfaces: np.ndarray
    pattern_metres: np.ndarray
    colours: np.ndarray
    posters: np.ndarray
    pictures: np.ndarray


@dataclass
class Light:
    place: np.ndarray
    size_metres: float
    colour: np.ndarray
    ambient: np.ndarray


@dataclass
class Camera:
    eye: np.ndarray
    target: np.ndarray
    half_angle_tangent: float
    roll: float = 0.0

    def frame(self) -> np.ndarray:
        """Rows: right, up, forward."""
        forward = self.target - self.eye
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right = right / np.linalg.norm(right)
        up = np.cross(right, forward)
        c, s = math.cos(self.roll), math.sin(self.roll)
        return np.stack([c * right + s * up, c * up - s * right, forward])


@dataclass
class Rendered:
    """colour: linear light, float32 [height, width, 3], RGB, 1 = white; mask: uint8 class ids; depth: float32 metres."""

    colour: np.ndarray
    mask: np.ndarray
    depth: np.ndarray


@dataclass
class Scene:
    things: list[Thing]
    room: Room
    light: Light
    camera: Camera
    table_words: str = "a table"
    objects: list[Thing] = field(default_factory=list)

    def render(self, width: int, height: int, shadow_rays: int = 4) -> Rendered:
        things = self.things
        sizes = np.array([t.size for t in things], np.float64)
        colour = np.zeros((height, width, 3), np.float32)
        thing = np.zeros((height, width), np.int32)
        depth = np.zeros((height, width), np.float32)
        caster.cast(
            width,
            height,
            self.camera.eye.astype(np.float64),
            self.camera.frame(),
            self.camera.half_angle_tangent,
            np.array([t.kind for t in things], np.int64),
            # A rotation's inverse is its transpose: the caster wants world to thing.
            np.stack([t.turn.T for t in things]).astype(np.float64),
            np.stack([t.place for t in things]).astype(np.float64),
            sizes,
            np.array([caster.reach(t.kind, s) for t, s in zip(things, sizes, strict=True)], np.float64),
            np.array([t.surface for t in things], np.int64),
            np.array([t.pattern_metres for t in things], np.float64),
            np.stack([t.colours for t in things]).astype(np.float64),
            np.array([t.gloss for t in things], np.float64),
            self.room.bounds,
            self.room.surfaces,
            self.room.pattern_metres,
            self.room.colours,
            self.room.posters,
            self.room.pictures,
            self.light.place,
            self.light.size_metres,
            self.light.colour,
            self.light.ambient,
            shadow_rays,
            colour,
            thing,
            depth,
        )
        # What is not a thing (room, posters) comes out as the last entry.
        labels = np.array([t.label for t in things] + [BACKGROUND], np.uint8)
        return Rendered(colour, labels[np.where(thing < 0, len(things), thing)], depth)


def yaw(angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def pitch(angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


COLOUR_WORDS = (
    # name, hue in degrees from and to, least saturation
    ("red", -14, 14),
    ("orange", 14, 42),
    ("yellow", 42, 68),
    ("green", 68, 165),
    ("turquoise", 165, 192),
    ("blue", 192, 258),
    ("purple", 258, 300),
    ("pink", 300, 346),
)


def random_colour(random: np.random.Generator) -> tuple[np.ndarray, str]:
    """Linear RGB and its name; one in ten is white, grey or black."""
    if random.random() < 0.1:
        grey, word = ((0.8, "white"), (0.3, "grey"), (0.04, "black"))[random.integers(3)]
        return np.full(3, grey) * random.uniform(0.8, 1.1), word
    word, low, high = COLOUR_WORDS[random.integers(len(COLOUR_WORDS))]
    hue = random.uniform(low + 3, high - 3) % 360 / 360
    colour = colorsys.hsv_to_rgb(hue, random.uniform(0.6, 1), random.uniform(0.45, 1))
    return np.power(np.array(colour), 2.2), word


PATTERN_WORDS = {
    caster.PLAIN: "",
    caster.CHECKS: "checked ",
    caster.STRIPES: "striped ",
    caster.DOTS: "dotted ",
    caster.MARBLE: "marbled ",
    caster.BANDS: "banded ",
}


def _paint(random: np.random.Generator, scale: float) -> dict:
    """Surface of a thing about `scale` metres in size."""
    first, word = random_colour(random)
    second, _ = random_colour(random)
    patterns = [caster.CHECKS, caster.STRIPES, caster.DOTS, caster.MARBLE, caster.BANDS]
    surface = int(random.choice(patterns)) if random.random() < 0.15 else caster.PLAIN
    if surface == caster.MARBLE:
        second = first * random.uniform(0.3, 0.8)
    return {
        "surface": surface,
        "colours": np.stack([first, second]),
        "pattern_metres": scale * random.uniform(0.25, 0.6),
        "gloss": random.choice([0.0, 0.05, 0.2, 0.5]),
        "words": f"{PATTERN_WORDS[surface]}{word}".strip(),
    }


def _object(random: np.random.Generator, label: int, scale: float) -> tuple[Thing, float, float]:
    """An object standing on z = 0 around the origin; with the radius of its footprint and its height."""
    paint = _paint(random, scale)
    turn, lift = yaw(random.uniform(0, 2 * math.pi)), 0.0
    if label == BALL:
        r = scale * random.uniform(0.35, 0.55)
        kind, size, lift, foot = caster.BALL, (r, 0, 0, 0), r, r
        turn = turn @ pitch(random.uniform(0, math.pi))
    elif label == CUBE:
        h = scale * random.uniform(0.3, 0.48)
        kind, size, lift, foot = caster.BOX, (h, h, h, 0), h, h * 1.42
    elif label == CYLINDER:
        r = scale * random.uniform(0.22, 0.4)
        h = r * random.uniform(0.9, 2.4)
        kind, size = caster.CYLINDER, (r, h, 0, 0)
        if random.random() < 0.3:
            turn, lift, foot = turn @ pitch(math.pi / 2), r, math.hypot(r, h)
        else:
            lift, foot = h, r
    elif label == CONE:
        r = scale * random.uniform(0.3, 0.5)
        h = r * random.uniform(0.8, 1.6)
        kind, size, lift, foot = caster.CONE, (r, h, 0, 0), h, r
    elif label == RING:
        circle = scale * random.uniform(0.36, 0.55)
        tube = circle * random.uniform(0.22, 0.38)
        kind, size = caster.RING, (circle, tube, 0, 0)
        if random.random() < 0.5:
            turn, lift, foot = turn @ pitch(math.pi / 2), circle + tube, circle + tube
        else:
            lift, foot = tube, circle + tube
    elif label == BOOK:
        a, b, c = scale * random.uniform(0.5, 0.75), scale * random.uniform(0.65, 0.95), scale * random.uniform(0.08, 0.2)
        kind, size = caster.BOX, (a, b, c, 0)
        paint.update(surface=caster.BOUND, gloss=0.1, words=paint["words"].split()[-1] if paint["words"] else "brown")
        paint["colours"][1] = np.array([0.75, 0.71, 0.6]) * random.uniform(0.8, 1.1)
        if random.random() < 0.25:
            # Standing on its lower edge, the spine to a side.
            turn, lift, foot = turn @ pitch(math.pi / 2), b, math.hypot(a, c)
        else:
            lift, foot = c, math.hypot(a, b)
    else:
        rim = scale * random.uniform(0.34, 0.46)
        foot_radius = rim * random.uniform(0.65, 1)
        h = rim * random.uniform(0.8, 1.25)
        kind, size, lift, foot = caster.CUP, (foot_radius, rim, h, max(0.0035, rim * 0.09)), h, rim + 0.5 * h
    thing = Thing(label, kind, size, np.array([0, 0, lift]), turn, **paint)
    height = 2 * lift
    return thing, foot, height


def _clutter(random: np.random.Generator) -> tuple[Thing, float]:
    """A pen, a lozenge or a bottle's cap: round-ended sticks, which no class has."""
    r = random.uniform(0.005, 0.018)
    h = random.uniform(0.03, 0.08)
    paint = _paint(random, 0.05)
    paint["words"] = ""
    turn = yaw(random.uniform(0, 2 * math.pi)) @ pitch(math.pi / 2)
    return Thing(BACKGROUND, caster.CAPSULE, (r, h, 0, 0), np.array([0, 0, r]), turn, **paint), r + h


def random_table(random: np.random.Generator, half_x: float, half_y: float) -> tuple[list[Thing], str]:
    if random.random() < 0.85:
        surface, words = caster.WOOD, "a wooden table"
        # From birch to walnut.
        first = np.array([0.55, 0.34, 0.17]) * random.uniform(0.3, 1.4) * random.uniform(0.88, 1.12, 3)
        second = first * random.uniform(0.6, 0.85)
    else:
        surface, words = caster.PLAIN, "a white table"
        first = second = np.full(3, random.uniform(0.6, 0.85))
    paint = {
        "surface": surface,
        "colours": np.stack([first, second]),
        "pattern_metres": random.uniform(0.08, 0.25),
        "gloss": random.choice([0.0, 0.1, 0.3]),
    }
    thick = random.uniform(0.015, 0.035)
    things = [Thing(TABLE, caster.BOX, (half_x, half_y, thick, 0), np.array([0, 0, -thick]), np.eye(3), **paint)]
    leg, long = random.uniform(0.02, 0.04), (TABLE_TOP_METRES - 2 * thick) / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            place = np.array([sx * (half_x - 2 * leg), sy * (half_y - 2 * leg), -2 * thick - long])
            things.append(Thing(TABLE, caster.BOX, (leg, leg, long, 0), place, np.eye(3), **paint))
    return things, words


def random_room(random: np.random.Generator, photograph_names: tuple[str, ...]) -> Room:
    bounds = np.array(
        [
            [-random.uniform(1.6, 3.5), random.uniform(1.6, 3.5)],
            [-random.uniform(1.6, 3.5), random.uniform(1.6, 3.5)],
            [-TABLE_TOP_METRES, random.uniform(1.6, 2.2)],
        ]
    )
    colours = np.zeros((3, 2, 3))
    surfaces = np.zeros(3, np.int64)
    walls = [caster.PLAIN, caster.PLAIN, caster.STRIPES, caster.BRICKS, caster.MARBLE]
    for part, choices in enumerate((walls, [caster.CHECKS, caster.MARBLE, caster.PLAIN], [caster.PLAIN])):
        surfaces[part] = random.choice(choices)
        # Rooms are pale, what stands in them is not.
        colours[part, 0] = 0.15 * random_colour(random)[0] + 0.85 * np.full(3, random.uniform(0.12, 0.85))
        colours[part, 1] = colours[part, 0] * random.uniform(0.55, 0.95)
    count = int(random.integers(0, 4))
    posters = np.zeros((count, 5))
    pictures = np.zeros((count, POSTER_HEIGHT, POSTER_WIDTH, 3))
    for p in range(count):
        high = random.uniform(0.4, 1.2)
        posters[p] = (random.integers(4), random.uniform(-1.5, 0.8), random.uniform(-0.4, 0.9), high * 4 / 3, high)
        pictures[p] = np.power(photographs.crop(random, photograph_names, POSTER_WIDTH, POSTER_HEIGHT) / 255.0, 2.2)
    return Room(bounds, surfaces, random.uniform(0.06, 0.4, 3), colours, posters, pictures)


def _furniture(random: np.random.Generator, room: Room) -> list[Thing]:
    """Large boxes and posts by the walls; background."""
    things = []
    for _ in range(int(random.integers(0, 4))):
        half = random.uniform(0.15, 0.5, 3)
        half[2] = random.uniform(0.2, 0.9)
        axis, side = int(random.integers(2)), int(random.integers(2))
        place = np.array([random.uniform(-1.4, 1.4), random.uniform(-1.4, 1.4), -TABLE_TOP_METRES + half[2]])
        place[axis] = room.bounds[axis, side] * 0.98 - math.copysign(half[axis], room.bounds[axis, side])
        colour = np.full(3, random.uniform(0.03, 0.8)) * random.uniform(0.9, 1.1, 3)
        things.append(Thing(BACKGROUND, caster.BOX, (*half, 0), place, np.eye(3), caster.PLAIN, np.stack([colour, colour])))
    return things


def random_light(random: np.random.Generator) -> Light:
    warmth = random.uniform(-0.22, 0.22)
    tint = np.array([1 + warmth, 1, 1 - warmth])
    place = np.array([random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5), random.uniform(0.9, 1.55)])
    strength = random.uniform(0.35, 0.95)
    shade = random.uniform(0.12, 0.4)
    return Light(place, random.choice([0.0, 0.1, 0.4]), tint * strength, np.full(3, shade) * random.uniform(0.9, 1.1, 3))


def random_scene(random: np.random.Generator, photograph_names: tuple[str, ...]) -> Scene:
    half_x, half_y = random.uniform(0.45, 0.75), random.uniform(0.4, 0.6)
    table, table_words = random_table(random, half_x, half_y)
    room = random_room(random, photograph_names)
    objects: list[Thing] = []
    clutter: list[Thing] = []
    taken: list[tuple[float, float, float, float, Thing]] = []
    for _ in range(int(random.integers(3, 9))):
        label = int(random.integers(BALL, CUP + 1))
        thing, foot, height = _object(random, label, random.uniform(0.17, 0.3))
        flat_top = [
            (x, y, f, h)
            for x, y, f, h, below in taken
            if below.label in (CUBE, BOOK) and below.turn[2, 2] > 0.9 and foot < 0.75 * f
        ]
        if flat_top and random.random() < 0.35:
            x, y, f, h = flat_top[random.integers(len(flat_top))]
            # Nothing else is put on this one.
            taken = [(*t[:4], thing) if t[0] == x and t[1] == y else t for t in taken]
            thing.place = thing.place + np.array([x, y, h])
            objects.append(thing)
            continue
        for _ in range(30):
            x, y = random.uniform(-half_x + foot, half_x - foot), random.uniform(-half_y + foot, half_y - foot)
            if all(math.hypot(x - ox, y - oy) > foot + of for ox, oy, of, _, _ in taken):
                thing.place = thing.place + np.array([x, y, 0])
                taken.append((x, y, foot, height, thing))
                objects.append(thing)
                break
    for _ in range(int(random.integers(0, 3))):
        thing, foot = _clutter(random)
        x, y = random.uniform(-half_x + foot, half_x - foot), random.uniform(-half_y + foot, half_y - foot)
        if all(math.hypot(x - ox, y - oy) > foot + of for ox, oy, of, _, _ in taken):
            thing.place = thing.place + np.array([x, y, 0])
            clutter.append(thing)
    things = table + objects + clutter + _furniture(random, room)
    return Scene(things, room, random_light(random), random_camera(random, room), table_words, objects)


def random_camera(random: np.random.Generator, room: Room) -> Camera:
    around, height = random.uniform(0, 2 * math.pi), math.radians(random.uniform(18, 58))
    away = random.uniform(0.65, 1.1)
    target = np.array([random.uniform(-0.25, 0.25), random.uniform(-0.2, 0.2), random.uniform(-0.05, 0.15)])
    eye = target + away * np.array(
        [math.cos(around) * math.cos(height), math.sin(around) * math.cos(height), math.sin(height)]
    )
    eye = np.clip(eye, room.bounds[:, 0] + 0.1, room.bounds[:, 1] - 0.1)
    return Camera(eye, target, math.tan(math.radians(random.uniform(24, 34))), math.radians(random.normal(0, 3)))


def developed(random: np.random.Generator, colour: np.ndarray) -> np.ndarray:
    """What a cheap camera makes of the light: exposure, white balance, vignette, blur, noise. uint8, RGB."""
    height, width = colour.shape[:2]
    bright = np.percentile(colour, 90) + 1e-3
    picture = colour * np.float32(random.uniform(0.55, 1.05) / bright)
    picture = picture * random.uniform(0.9, 1.1, 3).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    picture = picture * (1 - np.float32(random.uniform(0, 0.3)) * (x * x + y * y) / 2)[..., None]
    picture = np.power(np.clip(picture, 0, 1), 1 / 2.2)
    if random.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 0.9) * width / 320)
    noise = random.uniform(0, 0.035)
    picture = picture + random.normal(0, noise, picture.shape).astype(np.float32)
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
