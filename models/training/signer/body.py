"""A signer's body: how it is built and dressed, where its arms go for a hand to be somewhere, and its parts to draw.

Metres, in the body's own space: x to the viewer's right, which is the signer's left, y up from the shoulders, z towards
the viewer. Everything is computed for many frames at once. A right arm is computed; the left one is its mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hand import skeleton
from hand.alphabet import turns
from hand.skeleton import INDEX, MIDDLE, PINKIE, RING, THUMB, Anatomy

from . import renderer
from .renderer import A, B, BALL, CENTRE, CONE, KIND, LINEAR, MATERIAL, NUMBERS, RADIUS_A, RADIUS_B, REACH

SKIN, CLOTHES, COLLAR, HAIR, LIPS, WHITE, IRIS, DARK, FRAME, MATERIALS = range(10)
HAIRCUTS = ("none", "short", "cap", "long", "bun", "curly", "bob", "tail")
# The head turns about here.
NECK = np.array([0.0, 0.08, 0.0])
PALM_LENGTH = 0.095


@dataclass(frozen=True)
class Build:
    """Factors of the average body."""

    shoulders: float = 1.0
    arms: float = 1.0
    head: float = 1.0
    girth: float = 1.0
    hands: float = 1.0
    hand: Anatomy = skeleton.AVERAGE


@dataclass(frozen=True)
class Look:
    """Colours are of linear light, [3]. Sleeves: 0 to 1 ends on the upper arm, 1 to 2 on the forearm."""

    skin: np.ndarray
    palm: np.ndarray
    hair: np.ndarray
    lips: np.ndarray
    eyes: np.ndarray
    clothes: np.ndarray
    other: np.ndarray
    pattern: int = renderer.PLAIN
    pattern_size: float = 60.0
    neck_width: float = 0.07
    neck_depth: float = 0.05
    sleeves: float = 0.6
    collar: bool = False
    haircut: str = "short"
    beard: bool = False
    glasses: bool = False


@dataclass(frozen=True)
class Person:
    build: Build
    look: Look

    @property
    def shoulder(self) -> np.ndarray:
        """The right one; on the viewer's left."""
        return np.array([-0.172 * self.build.shoulders, -0.025, 0.0])

    @property
    def palm(self) -> float:
        return PALM_LENGTH * self.build.hands

    def anchor(self, name: str) -> np.ndarray:
        """Where a place is counted from. The body's are on its surface in the middle."""
        head, girth = self.build.head, self.build.girth
        if name == "chest":
            return np.array([0.0, -0.12, 0.118 * girth])
        place = {
            "top": (0.0, 0.36, -0.01),
            "temple": (-0.072, 0.275, 0.055),
            "mouth": (0.0, 0.148, 0.107),
            "cheek": (-0.06, 0.175, 0.07),
            "chin": (0.0, 0.1, 0.09),
            "ear": (-0.085, 0.225, 0.0),
            "nose": (0.0, 0.185, 0.125),
        }[name]
        return NECK + (np.array(place) - NECK) * head

    def materials(self) -> np.ndarray:
        look = self.look
        table = np.zeros((MATERIALS, renderer.MATERIAL_NUMBERS))

        def fill(row: int, colour: np.ndarray, gloss: float = 0.0) -> None:
            table[row, renderer.COLOUR : renderer.COLOUR + 3] = table[row, renderer.OTHER : renderer.OTHER + 3] = colour
            table[row, renderer.GLOSS] = gloss

        fill(SKIN, look.skin, 0.06)
        table[SKIN, renderer.PATTERN] = renderer.SKIN
        table[SKIN, renderer.OTHER : renderer.OTHER + 3] = look.palm
        fill(CLOTHES, look.clothes)
        table[CLOTHES, renderer.OTHER : renderer.OTHER + 3] = look.other
        table[CLOTHES, renderer.PATTERN], table[CLOTHES, renderer.SIZE] = look.pattern, look.pattern_size
        table[CLOTHES, renderer.NECK_WIDTH], table[CLOTHES, renderer.NECK_DEPTH] = look.neck_width, look.neck_depth
        fill(COLLAR, look.clothes)
        fill(HAIR, look.hair, 0.08)
        fill(LIPS, look.lips, 0.05)
        fill(WHITE, np.array([0.75, 0.73, 0.7]), 0.2)
        fill(IRIS, look.eyes, 0.3)
        fill(DARK, np.array([0.05, 0.015, 0.015]))
        fill(FRAME, np.array([0.02, 0.02, 0.025]), 0.3)
        return table


@dataclass(frozen=True)
class Hands:
    """Right or left, of every frame, as if it were the right one. The middle axis is the frame's."""

    wrist: np.ndarray  # [T, 3]
    turn: np.ndarray  # [T, 3, 3]
    angles: np.ndarray  # [T, skeleton.ANGLES]


@dataclass(frozen=True)
class Posture:
    """What a body does in every frame."""

    right: Hands
    left: Hands
    # Degrees: the head's yaw, pitch and roll. [T, 3]
    head: np.ndarray
    # 0 closed to 1 wide open; where the eyes look, sideways; 1 raised brows; 1 shut lids. [T]
    mouth: np.ndarray
    gaze: np.ndarray
    brows: np.ndarray
    lids: np.ndarray
    # How far the shoulders are raised, metres. [T]
    shrug: np.ndarray


@dataclass(frozen=True)
class Arm:
    """Joints of a right arm in every frame: [T, 3]; its hand's points [T, 21, 3] and how it is turned [T, 3, 3]."""

    shoulder: np.ndarray
    elbow: np.ndarray
    wrist: np.ndarray
    hand: np.ndarray
    turn: np.ndarray


_SWIVELS = np.radians(np.arange(-80, 81, 10))


def reach(person: Person, hands: Hands, shrug: np.ndarray, swing: float = 0.0) -> Arm:
    """The arm for a hand. What is out of reach is reached for. `swing` degrees lift the elbow outwards.

    Of the elbow's places, on a circle about the line from the shoulder to the wrist, those are preferred that hang
    down and outwards and leave the wrist straight.
    """
    build = person.build
    upper, fore = 0.285 * build.arms, 0.25 * build.arms
    shoulder = np.broadcast_to(person.shoulder, hands.wrist.shape).copy()
    # The shoulder gives way to an arm that is raised or stretched.
    lift = np.clip(hands.wrist[:, 1] - shoulder[:, 1], 0, 0.35)
    shoulder[:, 1] += 0.12 * lift + shrug
    shoulder[:, 0] += 0.10 * np.clip(hands.wrist[:, 0] - shoulder[:, 0], 0, 0.4)
    shoulder[:, 2] += 0.10 * np.clip(hands.wrist[:, 2], 0, 0.4)
    line = hands.wrist - shoulder
    distance = np.linalg.norm(line, axis=1, keepdims=True)
    line = line / distance
    distance = np.clip(distance, abs(upper - fore) + 0.03, (upper + fore) * 0.995)
    wrist = shoulder + line * distance
    along = (upper**2 - fore**2 + distance**2) / (2 * distance)
    aside = np.sqrt(np.maximum(0, upper**2 - along**2))
    pole = np.array([-0.55, -1.0, -0.25])
    pole = pole - (pole * line).sum(1, keepdims=True) * line
    pole /= np.linalg.norm(pole, axis=1, keepdims=True)
    third = np.cross(line, pole)
    swivels = _SWIVELS[:, None, None]
    elbows = shoulder + line * along + aside * (np.cos(swivels) * pole + np.sin(swivels) * third)
    forearms = wrist - elbows
    forearms /= np.linalg.norm(forearms, axis=2, keepdims=True)
    fingers = hands.turn[:, :, 1]
    bend = np.degrees(np.arccos(np.clip((forearms * fingers).sum(2), -1, 1)))
    # Inside the trunk.
    inside = np.clip(elbows[:, :, 0] - person.shoulder[0] - 0.03, 0, None) * (elbows[:, :, 2] < 0.12)
    cost = (np.degrees(_SWIVELS[:, None]) - swing) ** 2 / 45**2 + (np.maximum(0, bend - 15) / 40) ** 2 + inside * 30
    weight = np.exp(-2.5 * (cost - cost.min(0)))
    # A mean of directions, not of places, so that the bones keep their lengths.
    weight /= weight.sum(0)
    turned = (weight * np.cos(_SWIVELS[:, None])).sum(0), (weight * np.sin(_SWIVELS[:, None])).sum(0)
    size = np.hypot(*turned)
    elbow = shoulder + line * along + aside * ((turned[0] / size)[:, None] * pole + (turned[1] / size)[:, None] * third)
    points = skeleton.points(hands.angles, build.hand) * person.palm
    return Arm(shoulder, elbow, wrist, points @ hands.turn.swapaxes(1, 2) + wrist[:, None], hands.turn)


class _Parts:
    """Collects parts for all frames: what is constant is broadcast."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.rows: list[np.ndarray] = []

    def _row(self, kind: float, material: int) -> np.ndarray:
        row = np.zeros((self.frames, NUMBERS))
        row[:, KIND], row[:, MATERIAL] = kind, material
        row[:, LINEAR] = row[:, LINEAR + 4] = row[:, LINEAR + 8] = 1
        self.rows.append(row)
        return row

    def cone(self, a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float, material: int) -> np.ndarray:
        row = self._row(CONE, material)
        row[:, A : A + 3], row[:, B : B + 3] = a, b
        row[:, RADIUS_A], row[:, RADIUS_B] = radius_a, radius_b
        return row

    def ellipsoid(self, centre: np.ndarray, radii: np.ndarray, turn: np.ndarray, material: int) -> np.ndarray:
        """`turn` [T, 3, 3] or [3, 3] is how it is turned."""
        row = self._row(BALL, material)
        row[:, CENTRE : CENTRE + 3], row[:, RADIUS_A], row[:, REACH] = centre, 1, np.max(radii)
        row[:, LINEAR : LINEAR + 9] = (turn.swapaxes(-1, -2) / np.asarray(radii)[:, None]).reshape(-1, 9)
        return row

    def flat_cone(self, a: tuple, b: tuple, radius_a: float, radius_b: float, depth: float, material: int) -> np.ndarray:
        """A cone that is thinner from front to back by `depth`; its z is counted in the body's own."""
        row = self._row(CONE, material)
        a, b = np.array(a, np.float64), np.array(b, np.float64)
        middle = (a + b) / 2
        row[:, CENTRE : CENTRE + 3] = middle
        row[:, A : A + 3], row[:, B : B + 3] = (a - middle) / [1, 1, depth], (b - middle) / [1, 1, depth]
        row[:, RADIUS_A], row[:, RADIUS_B], row[:, LINEAR + 8] = radius_a, radius_b, 1 / depth
        return row

    def all(self) -> np.ndarray:
        return np.stack(self.rows, 1)


def parts(person: Person, posture: Posture, arms: tuple[Arm, Arm]) -> np.ndarray:
    """[T, parts, NUMBERS] for `renderer.draw`. `arms` are right and left, the left one as if it were a right one."""
    found = _Parts(len(posture.mouth))
    _trunk(found, person, posture)
    _head(found, person, posture)
    for arm, side in zip(arms, (1, -1), strict=True):
        first = len(found.rows)
        _arm(found, person, arm)
        if side < 0:
            for row in found.rows[first:]:
                row[:, [A, B, renderer.PALM]] *= -1
    return found.all()


def _trunk(found: _Parts, person: Person, posture: Posture) -> None:
    build = person.build
    wide, thick = build.shoulders, build.girth
    x, y = -person.shoulder[0], person.shoulder[1]
    for side in (-1, 1):
        found.cone((side * 0.035, 0.055, -0.015), (side * x * 0.9, y + 0.012, -0.01), 0.05, 0.055, CLOTHES)
        found.flat_cone((side * 0.075 * wide, -0.09, 0.0), (side * 0.07 * wide, -1.2, 0.0), 0.118 * thick, 0.118 * thick, 0.88, CLOTHES)
    found.flat_cone((-x * 0.7, y - 0.045, 0), (x * 0.7, y - 0.045, 0), 0.085 * thick, 0.085 * thick, 1.0, CLOTHES)
    found.flat_cone((0, -0.1, 0.0), (0, -1.2, 0.0), 0.15 * thick, 0.16 * thick, 0.72, CLOTHES)
    found.cone((0, 0.0, -0.012), (0, 0.13, 0.0), 0.06 * thick**0.5, 0.052 * thick**0.5, SKIN)
    if person.look.collar:
        for side in (-1, 1):
            found.cone((side * 0.055, 0.07, 0.0), (side * 0.02, 0.015, 0.085), 0.016, 0.014, COLLAR)


_SKULL = np.array([0.0, 0.24, 0.0]), np.array([0.079, 0.112, 0.098])
_JAW = np.array([0.0, 0.172, 0.022]), np.array([0.061, 0.078, 0.077])


def _surface(x: float, y: float) -> float:
    """How far in front the face is at a place."""
    depth = 0.0
    for centre, radii in (_SKULL, _JAW):
        left = 1 - ((x - centre[0]) / radii[0]) ** 2 - ((y - centre[1]) / radii[1]) ** 2
        if left > 0:
            depth = max(depth, centre[2] + radii[2] * left**0.5)
    return depth


def _head(found: _Parts, person: Person, posture: Posture) -> None:
    size = person.build.head
    look = person.look
    turn = turns(posture.head)

    def put(place: tuple | np.ndarray) -> np.ndarray:
        """From where it is in an average head that looks ahead. [T, 3]."""
        place = (np.asarray(place, np.float64) - NECK) * size
        return NECK + np.einsum("tij,...j->ti", turn, place) if place.ndim == 1 else NECK + (turn @ place[..., None])[..., 0]

    def ball(centre: tuple | np.ndarray, radii: tuple | np.ndarray, material: int) -> np.ndarray:
        return found.ellipsoid(put(centre), np.asarray(radii) * size, turn, material)

    def cone(a: tuple | np.ndarray, b: tuple | np.ndarray, radius_a: float, radius_b: float, material: int) -> None:
        found.cone(put(a), put(b), radius_a * size, radius_b * size, material)

    frames = found.frames
    ball(*_SKULL, SKIN)
    ball(*_JAW, SKIN)
    cone((0, 0.226, 0.096), (0, 0.187, 0.113), 0.009, 0.0135, SKIN)
    for side in (-1, 1):
        ball((side * 0.079, 0.222, -0.005), (0.012, 0.03, 0.02), SKIN)
        z = _surface(side * 0.031, 0.232)
        white = ball((side * 0.031, 0.232, z - 0.003), (0.0165, 0.0095, 0.0085), WHITE)
        iris = np.stack([side * 0.031 + 0.006 * posture.gaze, np.full(frames, 0.232), np.full(frames, z + 0.0035)], 1)
        iris_row = ball(iris, (0.0078, 0.0082, 0.0045), IRIS)
        for row in (white, iris_row):
            # Shut lids are skin.
            row[:, MATERIAL] = np.where(posture.lids > 0.5, SKIN, row[:, MATERIAL])
        lid_y = 0.2405
        cone((side * 0.017, lid_y - 0.002, _surface(side * 0.017, lid_y) + 0.001),
             (side * 0.045, lid_y - 0.002, _surface(side * 0.045, lid_y) + 0.001), 0.0032, 0.0032, DARK if look.hair.sum() < 1 else SKIN)  # fmt: skip
        raised = 0.007 * posture.brows
        ends = []
        for x, y in ((0.014, 0.254), (0.032, 0.2585), (0.05, 0.252)):
            ends.append(np.stack([np.full(frames, side * x), y + raised, np.full(frames, _surface(side * x, y) + 0.001)], 1))
        cone(ends[0], ends[1], 0.0045, 0.0048, HAIR)
        cone(ends[1], ends[2], 0.0048, 0.003, HAIR)
    opened = posture.mouth
    dark = ball((0, 0.146, _surface(0, 0.146) - 0.002), (0.02, 0.013, 0.007), DARK)
    dark[:, LINEAR + 3 : LINEAR + 6] /= np.maximum(0.15, opened)[:, None]
    for y, way, radius in ((0.1485, 1, 0.0046), (0.1435, -1, 0.0056)):
        places = []
        for x in (-0.023, 0.0, 0.023):
            height = y + way * 0.011 * opened * (x == 0)
            places.append(np.stack([np.full(frames, x), np.where(x == 0, height, 0.1475), np.full(frames, _surface(x, y) + 0.001)], 1))
        cone(places[0], places[1], 0.003, radius, LIPS)
        cone(places[1], places[2], radius, 0.003, LIPS)
    if look.glasses:
        for side in (-1, 1):
            ring = [(side * 0.033 + 0.024 * np.cos(a), 0.23 + 0.019 * np.sin(a), 0.104) for a in np.linspace(0, 2 * np.pi, 10)]
            for one, other in zip(ring, ring[1:], strict=False):
                cone(one, other, 0.0022, 0.0022, FRAME)
            cone((side * 0.057, 0.235, 0.102), (side * 0.081, 0.235, 0.0), 0.002, 0.002, FRAME)
        cone((-0.01, 0.234, 0.108), (0.01, 0.234, 0.108), 0.002, 0.002, FRAME)
    if look.beard:
        ball((0, 0.158, 0.021), (0.064, 0.074, 0.075), HAIR)
        # Skin again where no beard grows.
        ball((0, 0.19, 0.03), (0.052, 0.045, 0.07), SKIN)
    cut = look.haircut
    if cut != "none":
        ball((0, 0.268, -0.02), (0.089, 0.106, 0.106), HAIR)
    if cut in ("cap", "bob", "long", "tail", "bun"):
        ball((0, 0.292, 0.008), (0.084, 0.08, 0.096), HAIR)
    if cut in ("bob", "long"):
        low = 0.15 if cut == "bob" else 0.04
        for side in (-1, 1):
            cone((side * 0.066, 0.285, -0.005), (side * 0.074, low, -0.01), 0.03, 0.03, HAIR)
        ball((0, (0.26 + low) / 2, -0.055), (0.085, 0.12 + (0.26 - low) / 3, 0.05), HAIR)
    if cut == "bun":
        ball((0, 0.375, -0.03), (0.045, 0.04, 0.045), HAIR)
    if cut == "tail":
        cone((0.03, 0.33, -0.09), (0.09, 0.12, -0.08), 0.035, 0.025, HAIR)
    if cut == "curly":
        ball((0, 0.29, -0.03), (0.118, 0.105, 0.11), HAIR)
        for side in (-1, 1):
            ball((side * 0.075, 0.25, -0.03), (0.045, 0.075, 0.075), HAIR)


# Where the palm's cones begin at the wrist, across and along; where each ends and how thick it is, in palms.
_PALM = ((INDEX, 0.12, 0.10, 0.155, 0.13), (MIDDLE, 0.04, 0.05, 0.16, 0.13), (RING, -0.06, 0.05, 0.16, 0.125), (PINKIE, -0.14, 0.1, 0.15, 0.115))
_FINGER = {INDEX: 0.098, MIDDLE: 0.1, RING: 0.096, PINKIE: 0.084}


def _arm(found: _Parts, person: Person, arm: Arm) -> None:
    build, look = person.build, person.look
    thick = build.girth**0.7
    unit = person.palm
    upper, fore = (arm.shoulder, arm.elbow), (arm.elbow, arm.wrist)

    def limb(ends: tuple[np.ndarray, np.ndarray], radii: tuple[float, float], covered: float) -> None:
        a, b = ends
        if covered < 1:
            found.cone(a, b, radii[0] * thick, radii[1] * thick, SKIN)
        if covered > 0:
            until = a + (b - a) * min(1.0, covered)
            thin = radii[0] + (radii[1] - radii[0]) * min(1.0, covered)
            found.cone(a, until, radii[0] * thick + 0.008, thin * thick + 0.012, CLOTHES)

    limb(upper, (0.052, 0.041), look.sleeves)
    limb(fore, (0.041, 0.027), look.sleeves - 1)
    # The hand.
    palm_way = arm.turn[:, :, 2]
    first = len(found.rows)
    points = arm.hand
    for knuckle, across, along, thick_a, thick_b in _PALM:
        start = arm.wrist + (arm.turn @ (np.array([across, along, 0.0]) * unit)[:, None])[..., 0]
        found.cone(start, points[:, knuckle], thick_a * unit, thick_b * unit, SKIN)
        radius = _FINGER[knuckle]
        for joint in range(3):
            found.cone(
                points[:, knuckle + joint],
                points[:, knuckle + joint + 1],
                radius * (1.06 - 0.1 * joint) * unit,
                radius * (0.98 - 0.1 * joint) * unit,
                SKIN,
            )
    # Between the knuckles, and the ball of the thumb.
    found.cone(points[:, INDEX], points[:, PINKIE], 0.12 * unit, 0.11 * unit, SKIN)
    found.cone(arm.wrist, points[:, THUMB], 0.17 * unit, 0.15 * unit, SKIN)
    found.cone(points[:, THUMB], points[:, THUMB + 1], 0.15 * unit, 0.115 * unit, SKIN)
    found.cone(points[:, THUMB], points[:, INDEX], 0.12 * unit, 0.1 * unit, SKIN)
    found.cone(points[:, THUMB + 1], points[:, THUMB + 2], 0.112 * unit, 0.1 * unit, SKIN)
    found.cone(points[:, THUMB + 2], points[:, THUMB + 3], 0.1 * unit, 0.078 * unit, SKIN)
    for row in found.rows[first:]:
        row[:, renderer.PALM : renderer.PALM + 3] = palm_way
