"""Clips of signers in front of a camera. Everything a clip is made of follows from the random generator it is drawn with.

A clip is uint8 [10, 224, 224, 3], BGR, as the server hands it to the network: a camera's picture of any aspect ratio,
stretched. The time between its frames is the client's, from 33 to 200 ms; so it shows a piece of a sign or all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numba
import numpy as np

from hand import skeleton
from hand.alphabet import turned
from hand.skeleton import Anatomy
from world import photographs

from . import body, performance, renderer
from .body import Build, Look, Person
from .performance import RESTS, Manner, Timeline
from .renderer import Camera, Light
from .shapes import PALM, SHAPES, tip
from .vocabulary import SIGNS, Hand, Key

FRAMES, SIDE = 10, 224
# The class of a clip that shows no sign.
NONE = len(SIGNS)
SHORTEST, LONGEST = 0.033, 0.2

Span = tuple[float, float]


@dataclass(frozen=True)
class World:
    """Who signs and how they are seen. A span is of a magnitude; its sign is drawn."""

    # Per cent more or less than the average body: shoulders, arms, head, girth, hands, each on its own.
    build: tuple[Span, ...]
    # Per cent faster or slower, larger or smaller than the dictionary's form.
    tempo: tuple[Span, ...]
    size: tuple[Span, ...]
    # Degrees of the camera beside, above or below, and about the line of sight.
    yaw: tuple[Span, ...]
    pitch: tuple[Span, ...]
    roll: tuple[Span, ...]
    # Metres from the picture's middle to its upper edge, at the body; the camera's distance.
    half: tuple[Span, ...]
    distance: tuple[Span, ...]
    # How far the body is from the picture's middle, in pictures.
    aside: tuple[Span, ...]
    # Of the camera's picture, before it is stretched to a square.
    aspects: tuple[float, ...]
    # From the lightest skin, 0, to the darkest, 1; hues of clothes and walls round the circle of colours, 0 to 1.
    skins: tuple[Span, ...]
    hues: tuple[Span, ...]
    haircuts: tuple[str, ...]
    patterns: tuple[int, ...]
    photographs: tuple[str, ...]


TRAINING = World(
    build=((0, 8),),
    tempo=((0, 25),),
    size=((0, 20),),
    yaw=((0, 16),),
    pitch=((0, 9),),
    roll=((0, 5),),
    half=((0.40, 0.56),),
    distance=((1.1, 1.9),),
    aside=((0, 0.12),),
    aspects=(4 / 3, 4 / 3, 4 / 3, 16 / 9, 1.0, 3 / 4),
    skins=((0.0, 0.12), (0.24, 0.42), (0.54, 0.7), (0.82, 1.0)),
    hues=((0.0, 0.15), (0.25, 0.4), (0.5, 0.65), (0.75, 0.9)),
    haircuts=("none", "short", "short", "cap", "long", "bob"),
    patterns=(renderer.PLAIN, renderer.PLAIN, renderer.ACROSS, renderer.CHECKED, renderer.FADING),
    photographs=photographs.TRAINING,
)
VALIDATION = replace(TRAINING, photographs=photographs.VALIDATION)
# Other signers of the same world, before other photographs; they have decided nothing.
OTHERS = replace(TRAINING, photographs=photographs.HELD_OUT)
HELD_OUT = World(
    build=((8, 11),),
    tempo=((25, 32),),
    size=((20, 25),),
    yaw=((16, 21),),
    pitch=((9, 12),),
    roll=((5, 7),),
    half=((0.38, 0.40), (0.56, 0.60)),
    distance=((1.0, 1.1), (1.9, 2.3)),
    aside=((0.12, 0.15),),
    aspects=(3 / 2, 16 / 10, 5 / 4, 4 / 5),
    skins=((0.12, 0.24), (0.42, 0.54), (0.7, 0.82)),
    hues=((0.15, 0.25), (0.4, 0.5), (0.65, 0.75), (0.9, 1.0)),
    haircuts=("bun", "tail", "curly"),
    patterns=(renderer.UPRIGHT, renderer.DOTTED, renderer.BLOCK),
    photographs=photographs.HELD_OUT,
)

# By how much everybody is inexact: metres of both hands and of each, degrees of a hand and of a joint.
SHIFT, APART, ASKEW, JOINTS, ELBOWS = 0.018, 0.007, 8.0, 5.0, 12.0
# Of all clips without a sign, what they show.
NOTHING = (("rest", 0.22), ("fidget", 0.24), ("gesture", 0.24), ("between", 0.12), ("room", 0.08), ("photograph", 0.10))
# How much of a sign, or of the clip where that is shorter, a clip must show to be called by its name.
SHOWN = 0.65
# Metres from the shoulders up to the top of the head and down to where signs' hands are lowest.
HEAD, LOW = 0.36, 0.28

# From the lightest to the darkest, as screens show them.
_SKINS = np.array([(244, 208, 184), (224, 172, 140), (190, 130, 95), (141, 90, 62), (98, 62, 44), (60, 38, 28)], np.float64)
_HAIRS = np.array([(24, 20, 18), (46, 32, 24), (84, 56, 36), (130, 82, 44), (196, 164, 106), (150, 146, 142), (120, 50, 28)])


@dataclass(frozen=True)
class Clip:
    """frames: uint8 [10, 224, 224, 3], BGR. word: its class, or NONE. interval: mean seconds between frames.
    seen: float32 [10, SEEN], what a network may learn beside the word, see `_seen`. what: the sign or, of none, the kind."""

    frames: np.ndarray
    word: int
    interval: float
    seen: np.ndarray
    what: str


def linear(colour: np.ndarray) -> np.ndarray:
    """From what a screen shows, 0 to 255, to linear light."""
    return np.power(np.asarray(colour, np.float64) / 255, 2.2)


def clip(random: np.random.Generator, world: World, word: int) -> Clip:
    """One clip of a sign, or of none."""
    steps = _steps(random)
    if word != NONE:
        who = person(random, world)
        how = manner(random, world)
        line = performance.signed(who, how, word, _times(random, word))
        return filmed(random, world, who, how, line, _window(random, line, steps), word, SIGNS[word].word)
    names, shares = zip(*NOTHING, strict=True)
    return nothing(random, world, str(random.choice(names, p=shares)), steps)


def nothing(random: np.random.Generator, world: World, what: str, steps: np.ndarray) -> Clip:
    if what in ("room", "photograph"):
        return _empty(random, world, what, steps)
    who, how = person(random, world), manner(random, world)
    if what == "between":
        line = performance.signed(who, how, int(random.integers(len(SIGNS))))
        # The first half of the way from rest, or the second half back to it; a longer clip goes on at rest.
        if random.random() < 0.5:
            at = random.uniform(0.3, 0.55) * line.begin - steps[-1] + steps
        else:
            at = line.end + random.uniform(0.4, 0.7) * (line.length - line.end) + steps
        return filmed(random, world, who, how, line, at, NONE, what)
    line = {"rest": _resting, "fidget": _fidgeting, "gesture": _gesturing}[what](random, who, how)
    at = random.uniform(0, max(0.0, line.length - steps[-1])) + steps
    return filmed(random, world, who, how, line, at, NONE, what)


def _steps(random: np.random.Generator) -> np.ndarray:
    """Times of a clip's frames from its first on: one client's interval, not quite regular."""
    interval = np.exp(random.uniform(np.log(SHORTEST), np.log(LONGEST)))
    steps = interval * np.clip(random.normal(1, 0.1, FRAMES - 1), 0.7, 1.4)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _times(random: np.random.Generator, word: int) -> int:
    return SIGNS[word].times + int(random.choice(3, p=(0.55, 0.3, 0.15)))


def _window(random: np.random.Generator, line: Timeline, steps: np.ndarray) -> np.ndarray:
    length = steps[-1]
    least = SHOWN * min(length, line.end - line.begin)
    while True:
        begin = random.uniform(line.begin - length, line.end)
        if min(begin + length, line.end) - max(begin, line.begin) >= least:
            return begin + steps


def _signed(random: np.random.Generator, spans: tuple[Span, ...], *shape: int) -> np.ndarray:
    """Magnitudes from one of the spans with a random sign."""
    chosen = np.array(spans)[random.integers(len(spans), size=shape)]
    return random.uniform(chosen[..., 0], chosen[..., 1]) * random.choice((-1, 1), size=shape)


def _from(random: np.random.Generator, spans: tuple[Span, ...]) -> float:
    low, high = spans[random.integers(len(spans))]
    return float(random.uniform(low, high))


def _hue(random: np.random.Generator, world: World, saturation: Span, value: Span) -> np.ndarray:
    """A colour of linear light."""
    hue = _from(random, world.hues)
    s, v = random.uniform(*saturation), random.uniform(*value)
    rgb = v * (1 - s + s * np.clip(np.abs((hue * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1))
    return np.power(rgb, 2.2)


def person(random: np.random.Generator, world: World) -> Person:
    shoulders, arms, head, girth, hands = 1 + _signed(random, world.build, 5) / 100
    fingers, thumb = random.normal(1, 0.04, 2)
    average = skeleton.AVERAGE
    bones = average.bones * np.array([thumb, fingers, fingers, fingers, fingers])[:, None]
    roots = average.roots * np.array([random.normal(1, 0.05), 1, 1])
    build = Build(shoulders, arms, head, girth * random.normal(1, 0.04), hands, Anatomy(roots, bones))
    shade = _from(random, world.skins) * (len(_SKINS) - 1)
    low = min(int(shade), len(_SKINS) - 2)
    skin = _SKINS[low] + (_SKINS[low + 1] - _SKINS[low]) * (shade - low) + random.normal(0, 4, 3)
    skin = np.clip(skin, 20, 250)
    palm = skin + (np.array([236, 190, 165]) - skin) * random.uniform(0.3, 0.55)
    lips = skin * np.array([0.86, 0.62, 0.62]) + np.array([12, 4, 4])
    return Person(
        build,
        Look(
            skin=linear(skin),
            palm=linear(palm),
            hair=linear(_HAIRS[random.integers(len(_HAIRS))] * random.uniform(0.8, 1.15)),
            lips=linear(lips),
            eyes=linear(np.array([(50, 35, 25), (40, 70, 95), (60, 75, 40)])[random.integers(3)]),
            clothes=_hue(random, world, (0, 0.85), (0.12, 0.95)),
            other=_hue(random, world, (0, 0.7), (0.2, 1.0)),
            pattern=int(random.choice(world.patterns)),
            pattern_size=random.uniform(45, 130),
            neck_width=random.uniform(0.055, 0.09) * random.choice((-1, 1)),
            neck_depth=random.uniform(0.04, 0.12),
            sleeves=float(random.choice((random.uniform(0.3, 0.95), random.uniform(1.2, 1.7), 1.93))),
            collar=bool(random.random() < 0.3),
            haircut=str(random.choice(world.haircuts)),
            beard=bool(random.random() < 0.2),
            glasses=bool(random.random() < 0.25),
        ),
    )


def manner(random: np.random.Generator, world: World) -> Manner:
    kind = RESTS[random.choice(len(RESTS), p=(0.4, 0.25, 0.2, 0.15))]
    rests = tuple(rest.moved(*random.normal(0, 0.02, 3)) for rest in (kind, kind if random.random() < 0.8 else RESTS[0]))
    return Manner(
        tempo=float(1 + _signed(random, world.tempo) / 100),
        size=float(1 + _signed(random, world.size) / 100),
        shift=random.normal(0, SHIFT, 3) * [1, 1, 0.7],
        apart=random.normal(0, APART, (2, 3)),
        askew=random.normal(0, ASKEW, (2, 3)),
        joints=random.normal(0, JOINTS, (2, skeleton.ANGLES)),
        elbows=float(random.normal(0, ELBOWS)),
        rests=rests,
        arriving=float(random.uniform(0.28, 0.55)),
    )


def _resting(random: np.random.Generator, who: Person, how: Manner) -> Timeline:
    """Hands lie still, or go from one rest to another."""
    keys, at = [], 0.0
    rest = how.rests
    for _ in range(3):
        keys.append(Key(at, *(hand.moved(*random.normal(0, 0.012, 3)) for hand in rest)))
        at += random.uniform(0.5, 1.5)
        if random.random() < 0.2:
            rest = tuple(RESTS[random.integers(1, len(RESTS))] for _ in range(2))
    return performance.timeline(who, replace(how, shift=np.zeros(3)), keys)


# Where idle hands go: what they touch, which of their places touches it, how they look then.
_TOUCHES = (
    ("nose", ("one", "loose"), (0.4, 0.85, -0.3), (0.4, 0.0, -0.9)),
    ("ear", ("relaxed", "one"), (0.5, 0.85, -0.1), (0.7, 0.0, -0.7)),
    ("chin", ("loose", "relaxed"), (0.5, 0.75, -0.2), (0.3, 0.1, -0.95)),
    ("temple", ("one", "relaxed"), (0.5, 0.8, -0.3), (0.6, 0.0, -0.8)),
)


def _fidgeting(random: np.random.Generator, who: Person, how: Manner) -> Timeline:
    """One hand touches the face or the hair, or the other arm, and rubs a little."""
    keys, at = [], 0.0
    anchor, shapes, fingers, palm = _TOUCHES[random.integers(len(_TOUCHES))]
    shape = shapes[random.integers(len(shapes))]
    point = tip(shape, skeleton.INDEX) if random.random() < 0.6 else (0.1, 1.2, 0.1)
    hand = Hand(shape, anchor, tuple(random.normal(0, 0.015, 3) + [0, 0, 0.01]), fingers, palm, point)
    if random.random() < 0.25:
        # The other arm.
        hand = Hand("relaxed", "chest", (random.uniform(0.05, 0.2), random.uniform(-0.3, 0.1), 0.06), (0.9, 0.1, -0.2), (0.2, -0.3, -0.9))
    rub = random.uniform(0.005, 0.03)
    other = how.rests[1]
    for _ in range(int(random.integers(2, 6))):
        keys.append(Key(at, hand.moved(*random.normal(0, rub, 3)), other))
        at += random.uniform(0.15, 0.6)
    if random.random() < 0.5:
        keys = [Key(key.time, other, key.right) for key in keys]
    return performance.timeline(who, how, keys)


def _gesturing(random: np.random.Generator, who: Person, how: Manner) -> Timeline:
    """Hands that move as in talking, in shapes that mean nothing here: at any place, in any direction."""
    both = random.random() < 0.6
    names = ("relaxed", "loose", "five", "one", "claw", "flat", *SHAPES)

    def drawn(near: Hand | None) -> Hand:
        shape = str(random.choice(names))
        fingers = np.array([0.3, 0.5, 0.4]) + random.normal(0, 0.7, 3)
        palm = random.normal(0, 1, 3)
        place = np.array([random.uniform(-0.3, 0.06), random.uniform(-0.25, 0.2), random.uniform(0.08, 0.28)])
        if near and random.random() < 0.6:
            # The same shape, a little elsewhere.
            shape, fingers, palm = near.shape, np.array(near.fingers) + random.normal(0, 0.3, 3), np.array(near.palm) + random.normal(0, 0.3, 3)
            place = np.array(near.place) + random.normal(0, 0.06, 3)
        return Hand(shape, "chest", tuple(place), tuple(fingers), tuple(palm), PALM)

    keys, at, right, left = [], 0.0, None, None
    for _ in range(int(random.integers(3, 7))):
        right = drawn(right)
        left = (replace(right, anchor="chest") if random.random() < 0.5 else drawn(left)) if both else how.rests[1]
        keys.append(Key(at, right, left))
        at += random.uniform(0.2, 0.7)
    return performance.timeline(who, how, keys)


def camera(random: np.random.Generator, world: World) -> Camera:
    yaw, pitch, roll = (float(_signed(random, spans)) for spans in (world.yaw, world.pitch, world.roll))
    half, distance, aspect = _from(random, world.half), _from(random, world.distance), float(random.choice(world.aspects))
    # From some centimetres above the head down to where hands are in front of the chest, which are nearer to the camera.
    above = half + half * (distance - 0.2) / distance - HEAD - LOW
    middle = HEAD + random.uniform(0.0, np.clip(above, 0.01, 0.02 + 0.25 * half)) - half
    turn = turned(yaw, pitch, roll)
    target = np.array([0.0, middle, 0.06])
    ahead, right, down = -turn[:, 2], turn[:, 0], -turn[:, 1]
    aside = float(_signed(random, world.aside)) * min(1.0, aspect)
    eye = target - ahead * distance + right * aside * 2 * half
    return Camera(eye, ahead, right * 2 * half * aspect / distance, down * 2 * half / distance)


def light(random: np.random.Generator) -> Light:
    towards = np.array([random.uniform(-1, 1), random.uniform(0.0, 1.2), random.uniform(0.5, 1.3)])
    warm = random.normal(0, 0.06)
    colour = np.array([1 + warm, 1.0, 1 - warm])
    around = random.uniform(0.25, 0.6)
    return Light(towards, colour * (1.15 - around), np.full(3, around))


def background(random: np.random.Generator, world: World) -> np.ndarray:
    """float32 [224, 224, 3] of linear light: a wall, furniture-like blocks, or a photograph, blurred or not."""
    kind = random.choice(("wall", "room", "photograph"), p=(0.4, 0.35, 0.25))
    if kind == "photograph":
        picture = photographs.disguised(random, world.photographs, SIDE, SIDE)
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.5, 8))
        return (linear(picture) * random.uniform(0.4, 1)).astype(np.float32)
    down, across = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    slope = (across - 0.5) * random.normal(0, 0.5) + (down - 0.5) * random.normal(0, 0.5) + 1
    picture = _hue(random, world, (0, 0.5), (0.15, 0.95)) * np.clip(slope, 0.2, 2)[..., None]
    if kind == "room":
        for _ in range(int(random.integers(1, 7))):
            x, y = random.uniform(-0.2, 1, 2)
            wide, high = random.uniform(0.03, 0.6, 2)
            box = tuple(slice(max(0, int(low * SIDE)), max(0, int((low + size) * SIDE))) for low, size in ((y, high), (x, wide)))
            picture[box] = _hue(random, world, (0, 0.8), (0.05, 1)) * np.clip(slope[box], 0.2, 2)[..., None]
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 5))
    return picture.astype(np.float32)


def _face(random: np.random.Generator, at: np.ndarray) -> dict[str, np.ndarray]:
    """What head and face do beside the sign: they look about, speak, blink."""
    count = len(at)

    def swaying(size: float) -> np.ndarray:
        return random.normal(0, size) + size * 0.5 * np.sin(at * random.uniform(1, 6) + random.uniform(0, 6.3))

    speaking = random.random() < 0.5
    mouth = np.clip(swaying(0.15) + 0.5 * speaking * (1 + np.sin(at * random.uniform(8, 16))), 0, 1)
    blink = at[0] + random.uniform(-2, 4)
    return {
        "head": np.stack([swaying(6), swaying(4), swaying(3)], 1),
        "mouth": mouth,
        "gaze": np.clip(swaying(0.4), -1, 1),
        "brows": np.clip(swaying(0.4), -1, 1),
        "lids": (np.abs(at - blink) < 0.08).astype(np.float64),
        "shrug": np.full(count, random.normal(0, 0.006)),
    }


def filmed(
    random: np.random.Generator,
    world: World,
    who: Person,
    how: Manner,
    line: Timeline,
    at: np.ndarray,
    word: int,
    what: str,
) -> Clip:
    """The frames at the times, as a camera sends them."""
    linear_light, seen = pictures(random, world, who, how, line, at)
    mirrored = random.random() < 0.3
    frames = _developed(random, linear_light)
    if mirrored:
        # A left-handed signer, or a mirror.
        frames, seen = np.ascontiguousarray(frames[:, :, ::-1]), mirror(seen)
    return Clip(frames, word, float(np.diff(at).mean()), seen, what)


def pictures(
    random: np.random.Generator, world: World, who: Person, how: Manner, line: Timeline, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a camera sees at the times [T]: linear light, float32 [T, 224, 224, 3], and the hands, see `_seen`."""
    count = len(at)
    view, lamp, behind = camera(random, world), light(random), background(random, world)
    face = _face(random, at)
    # Some cameras blur what moves: two moments in one picture.
    blurred = random.random() < 0.2
    moments = np.concatenate([at, at + random.uniform(0.01, 0.03)]) if blurred else at
    if blurred:
        face = {name: np.concatenate([values, values]) for name, values in face.items()}
    posture, arms = performance.posed(who, line, moments, face, how.elbows)
    bodies, materials = body.parts(who, posture, arms), who.materials()
    # They sway a little.
    sway = random.normal(0, 0.006, 2)[:, None] * np.sin(at * random.uniform(1, 4) + random.uniform(0, 6))
    found = []
    for k in range(count):
        moved = replace(view, eye=view.eye + view.right * sway[0, k] + view.down * sway[1, k])
        picture = renderer.draw(bodies[k], materials, moved, lamp, behind)
        if blurred:
            picture = (picture + renderer.draw(bodies[count + k], materials, moved, lamp, behind)) / 2
        found.append(picture)
    return np.stack(found), _seen(view, arms)[:count]


# Of each hand, the one on the left of an unmirrored picture first: right and down of the picture's middle, in pictures, of
# wrist, thumb's, index' and little finger's tip and the middle finger's knuckle; then where fingers and palm look.
_POINTS = (0, 4, 8, 20, 9)
SEEN = 2 * (2 * len(_POINTS) + 6)
# Which of the numbers are places.
PLACES = np.array([*range(2 * len(_POINTS)), *range(SEEN // 2, SEEN // 2 + 2 * len(_POINTS))])
# Where the numbers of a way begin: fingers and palm of both hands.
WAYS = tuple(first + half for half in (0, SEEN // 2) for first in (2 * len(_POINTS), 2 * len(_POINTS) + 3))


def _seen(view: Camera, arms: tuple[body.Arm, body.Arm]) -> np.ndarray:
    """float32 [T, SEEN]: where the hands are in the picture and which way they look."""
    flip = np.array([-1.0, 1.0, 1.0])
    axes = np.stack([view.right / np.linalg.norm(view.right), -view.down / np.linalg.norm(view.down), -view.ahead])
    found = []
    for arm, side in zip(arms, (1.0, flip), strict=True):
        places = np.clip(view.project(arm.hand[:, _POINTS] * side)[..., :2], -0.8, 0.8)
        ways = (arm.turn[:, :, 1] * side) @ axes.T, (arm.turn[:, :, 2] * side) @ axes.T
        found += [places.reshape(len(places), -1), *ways]
    return np.concatenate(found, 1).astype(np.float32)


_MIRROR_SIGNS = np.array([-1, 1] * len(_POINTS) + [-1, 1, 1] * 2, np.float32)


def mirror(seen: np.ndarray) -> np.ndarray:
    """What is seen in the mirrored picture. [..., SEEN]."""
    first, second = np.split(seen, 2, -1)
    return np.concatenate([second * _MIRROR_SIGNS, first * _MIRROR_SIGNS], -1)


def _empty(random: np.random.Generator, world: World, what: str, steps: np.ndarray) -> Clip:
    """Nobody: a room, or a photograph before which the camera may move."""
    if what == "room":
        pictures = np.repeat(background(random, world)[None], FRAMES, 0)
    else:
        large = int(SIDE * 1.3)
        picture = photographs.disguised(random, world.photographs, large, large)
        pictures = []
        x, y = random.uniform(0, large - SIDE, 2)
        way = random.normal(0, random.choice((0, 3)), 2)
        for k in range(FRAMES):
            shift = np.array([[1, 0, -np.clip(x + way[0] * k, 0, large - SIDE)], [0, 1, -np.clip(y + way[1] * k, 0, large - SIDE)]])
            pictures.append(linear(cv2.warpAffine(picture, shift, (SIDE, SIDE))))
        pictures = np.stack(pictures)
    frames, nobody = _developed(random, pictures.astype(np.float32)), np.zeros((FRAMES, SEEN), np.float32)
    return Clip(frames, NONE, float(np.diff(steps).mean()), nobody, what)


# Grain to take pieces of; drawing as much for every picture would take longer than the picture.
_GRAIN = np.random.default_rng(0).standard_normal(1 << 20, np.float32)
# Linear light in so many steps.
_STEPS = 4095


@numba.njit(cache=True)
def _exposed(picture, gain, curve, grain, noise, found):
    """A picture of linear light as uint8, BGR."""
    rows, columns = picture.shape[:2]
    k = 0
    for row in range(rows):
        for column in range(columns):
            for channel in range(3):
                value = min(1.0, max(0.0, picture[row, column, channel] * gain[channel]))
                value = curve[int(value * _STEPS)] + noise * grain[k]
                found[row, column, 2 - channel] = np.uint8(min(255.0, max(0.0, value + 0.5)))
                k += 1


def _developed(random: np.random.Generator, pictures: np.ndarray) -> np.ndarray:
    """From linear light, float32 [10, side, side, 3], to what a camera sends: uint8, BGR."""
    gain = random.uniform(0.85, 1.35) * np.array([random.normal(1, 0.05), 1, random.normal(1, 0.05)])
    curve = np.power(np.linspace(0, 1, _STEPS + 1), 1 / random.uniform(1.9, 2.5)) * 255
    blur = random.uniform(0.3, 1.3) if random.random() < 0.4 else 0
    noise = random.uniform(0, 9) if random.random() < 0.7 else 0.0
    quality = int(random.integers(35, 95)) if random.random() < 0.6 else 0
    frames = np.empty(pictures.shape, np.uint8)
    for picture, frame in zip(pictures, frames, strict=True):
        if blur:
            picture = cv2.GaussianBlur(picture, (0, 0), blur)
        first = random.integers(len(_GRAIN) - picture.size)
        _exposed(picture, gain, curve, _GRAIN[first:], noise, frame)
        if quality:
            _, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
            frame[:] = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    return frames
