"""A fencer's body: where its joints are when its feet, its hips and its hands are somewhere, and its parts to draw.

Metres: x along the piste to the right, y up from the floor, z towards the camera. Everything is computed for many frames at
once, and for both sides and hands: `forward` is towards the opponent, `weapon` towards the side of the armed hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .renderer import (
    A,
    ACROSS,
    B,
    BLEND,
    COLOUR,
    FLAT,
    FOLDS,
    GLOSS,
    HOLES,
    MATERIAL,
    MATERIAL_NUMBERS,
    MESH,
    NUMBERS,
    PHASE,
    RADIUS_A,
    RADIUS_B,
)

# COCO's order.
KEYPOINTS = (
    "nose",
    "left eye",
    "right eye",
    "left ear",
    "right ear",
    "left shoulder",
    "right shoulder",
    "left elbow",
    "right elbow",
    "left wrist",
    "right wrist",
    "left hip",
    "right hip",
    "left knee",
    "right knee",
    "left ankle",
    "right ankle",
)
SKIN, HAIR, JACKET, LAME, BREECHES, SOCKS, SHOES, SOLES, MASK, BIB, GLOVE, METAL, DARK, MATERIALS = range(14)
UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Build:
    """Lengths in metres."""

    thigh: float = 0.435
    shin: float = 0.425
    ankle: float = 0.085
    hips: float = 0.105
    trunk: float = 0.50
    shoulders: float = 0.185
    neck: float = 0.085
    upper_arm: float = 0.29
    forearm: float = 0.255
    girth: float = 1.0

    def scaled(self, height: float, girth: float) -> Build:
        """Of another height, as a factor, and thicker."""
        return Build(
            *(
                height * v
                for v in (
                    self.thigh,
                    self.shin,
                    self.ankle,
                    self.hips,
                    self.trunk,
                    self.shoulders,
                    self.neck,
                    self.upper_arm,
                    self.forearm,
                )
            ),
            girth * height,
        )


@dataclass(frozen=True)
class Look:
    """Colours are of linear light, [3]."""

    skin: np.ndarray
    hair: np.ndarray
    jacket: np.ndarray
    lame: np.ndarray
    breeches: np.ndarray
    socks: np.ndarray
    shoes: np.ndarray
    glove: np.ndarray

    def materials(self) -> np.ndarray:
        """[MATERIALS, MATERIAL_NUMBERS] for `renderer.draw`."""
        table = np.zeros((MATERIALS, MATERIAL_NUMBERS))

        def fill(which: int, colour: np.ndarray | tuple, gloss: float = 0.0, mesh: float = 0.0, holes: float = 0.0) -> None:
            table[which, COLOUR : COLOUR + 3] = colour
            table[which, GLOSS], table[which, MESH], table[which, HOLES] = gloss, mesh, holes

        fill(SKIN, self.skin, 0.04)
        fill(HAIR, self.hair, 0.1)
        fill(JACKET, self.jacket)
        fill(LAME, self.lame, 0.12)
        fill(BREECHES, self.breeches)
        fill(SOCKS, self.socks)
        fill(SHOES, self.shoes, 0.06)
        fill(SOLES, (0.06, 0.05, 0.05))
        fill(MASK, (0.07, 0.07, 0.075), 0.1, 420, 0.4)
        fill(BIB, self.jacket * 0.95)
        fill(GLOVE, self.glove)
        fill(METAL, (0.45, 0.45, 0.47), 0.5)
        fill(DARK, (0.02, 0.02, 0.022), 0.03)
        return table


@dataclass(frozen=True)
class Fencer:
    """`side` is 1 for the left fencer, who looks along x, and -1 for the right one."""

    side: int
    right_handed: bool
    build: Build
    look: Look
    # Without a mask and a weapon: a referee.
    armed: bool = True

    @property
    def forward(self) -> np.ndarray:
        return np.array([float(self.side), 0.0, 0.0])

    @property
    def weapon(self) -> np.ndarray:
        right = np.cross(self.forward, UP)
        return right if self.right_handed else -right


@dataclass(frozen=True)
class Posture:
    """What a fencer does in every frame: places are [T, 3], angles are in radians, [T]."""

    # The middle between the hip joints.
    hips: np.ndarray
    front_ankle: np.ndarray
    back_ankle: np.ndarray
    # How far the front foot is turned to where the chest looks, and its toes are lifted.
    front_turned: np.ndarray
    front_toes: np.ndarray
    # The trunk leans forward; the chest is turned away from the opponent.
    lean: np.ndarray
    turned: np.ndarray
    # Where the wrists want to be, and which way the blade looks from the hand.
    hand: np.ndarray
    blade: np.ndarray
    other_hand: np.ndarray
    # The head is lowered, and turned to where the chest looks.
    nod: np.ndarray
    head_turned: np.ndarray


@dataclass(frozen=True)
class Joints:
    """Places [T, 3] and directions, and the keypoints of all frames [T, 17, 3] in COCO's order."""

    places: dict[str, np.ndarray] = field(repr=False)
    keypoints: np.ndarray

    def __getitem__(self, name: str) -> np.ndarray:
        return self.places[name]


def _unit(v: np.ndarray) -> np.ndarray:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def bent(root: np.ndarray, goal: np.ndarray, first: float, second: float, pole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle joint and the end of a limb that reaches from a root for a goal, bent towards the pole.

    What is out of reach is reached for: the lengths are kept whatever is asked for.
    """
    line = goal - root
    distance = np.linalg.norm(line, axis=1, keepdims=True)
    line = line / np.maximum(distance, 1e-9)
    distance = np.clip(distance, abs(first - second) + 0.01, (first + second) * 0.9995)
    along = (first**2 - second**2 + distance**2) / (2 * distance)
    aside = np.sqrt(np.maximum(0, first**2 - along**2))
    pole = _unit(pole - (pole * line).sum(1, keepdims=True) * line)
    return root + line * along + pole * aside, root + line * distance


def joints(fencer: Fencer, posture: Posture) -> Joints:
    """Where everything is. Hips and trunk are taken as they are asked for, hands and feet as far as limbs reach."""
    build, forward, weapon = fencer.build, fencer.forward, fencer.weapon
    one = np.ones((len(posture.lean), 1))
    lean, nod = posture.lean[:, None], posture.nod[:, None]

    def turned(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Towards the armed side across the body, and out of the chest."""
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        return c * weapon + s * forward, c * forward - s * weapon

    # The hips are turned less than the shoulders.
    across_hips, out_hips = turned(posture.turned * 0.75)
    across, out = turned(posture.turned)
    spine = np.cos(lean) * UP + np.sin(lean) * forward
    across = _unit(across - (across * spine).sum(1, keepdims=True) * spine)
    out = _unit(out - (out * spine).sum(1, keepdims=True) * spine)
    found: dict[str, np.ndarray] = {
        "hips": posture.hips,
        "spine": spine,
        "across": across,
        "out": out,
        "across_hips": across_hips,
        "out_hips": out_hips,
    }
    found["front_hip"] = posture.hips + across_hips * build.hips
    found["back_hip"] = posture.hips - across_hips * build.hips
    # The knees go where the toes look.
    c, s = np.cos(posture.front_turned)[:, None], np.sin(posture.front_turned)[:, None]
    level = c * forward - s * weapon
    c, s = np.cos(posture.front_toes)[:, None], np.sin(posture.front_toes)[:, None]
    found["front_toes"], found["front_sole"] = c * level + s * UP, c * UP - s * level
    found["back_toes"], found["back_sole"] = _unit(one * (-0.95 * weapon + 0.25 * forward)), one * UP
    found["front_knee"], found["front_ankle"] = bent(
        found["front_hip"], posture.front_ankle, build.thigh, build.shin, level + 0.18 * weapon + 0.1 * UP
    )
    found["back_knee"], found["back_ankle"] = bent(
        found["back_hip"], posture.back_ankle, build.thigh, build.shin, one * (-0.85 * weapon + 0.35 * forward + 0.05 * UP)
    )
    chest = posture.hips + spine * build.trunk
    found["chest"] = chest
    found["shoulder"] = chest + across * build.shoulders - spine * 0.02
    found["other_shoulder"] = chest - across * build.shoulders - spine * 0.02
    pole = one * (-1.0 * UP + 0.45 * weapon - 0.2 * forward)
    found["elbow"], found["wrist"] = bent(found["shoulder"], posture.hand, build.upper_arm, build.forearm, pole)
    pole = one * (-0.6 * UP - 0.7 * forward - 0.25 * weapon)
    found["other_elbow"], found["other_wrist"] = bent(
        found["other_shoulder"], posture.other_hand, build.upper_arm, build.forearm, pole
    )
    neck = chest + _unit(spine + 0.18 * forward) * build.neck
    head_up = _unit(np.cos(nod) * UP + np.sin(nod) * forward + 0.25 * (spine - UP))
    c, s = np.cos(posture.head_turned)[:, None], np.sin(posture.head_turned)[:, None]
    face = c * forward - s * weapon
    face = _unit(face - (face * head_up).sum(1, keepdims=True) * head_up)
    aside = np.cross(head_up, face)
    head = neck + head_up * 0.125 + face * 0.02
    found |= {"neck": neck, "head": head, "head_up": head_up, "face": face, "aside": aside}
    found["blade"] = _unit(posture.blade)
    # A left ear is to the left of the face, which is where up x face points.
    points = {
        "nose": head + face * 0.115 - head_up * 0.015,
        "left eye": head + face * 0.095 + aside * 0.033 + head_up * 0.025,
        "right eye": head + face * 0.095 - aside * 0.033 + head_up * 0.025,
        "left ear": head + aside * 0.08,
        "right ear": head - aside * 0.08,
    }
    armed, unarmed = ("right", "left") if fencer.right_handed else ("left", "right")
    for side, shoulder, elbow, wrist, leg in (
        (armed, "shoulder", "elbow", "wrist", "front"),
        (unarmed, "other_shoulder", "other_elbow", "other_wrist", "back"),
    ):
        points |= {f"{side} shoulder": found[shoulder], f"{side} elbow": found[elbow], f"{side} wrist": found[wrist]}
        points |= {
            f"{side} hip": found[f"{leg}_hip"],
            f"{side} knee": found[f"{leg}_knee"],
            f"{side} ankle": found[f"{leg}_ankle"],
        }
    return Joints(found, np.stack([points[name] for name in KEYPOINTS], 1))


class _Parts:
    """Collects parts for all frames: what is constant is broadcast."""

    def __init__(self, frames: int, girth: float) -> None:
        self.frames, self.girth = frames, girth
        self.rows: list[np.ndarray] = []

    def cone(
        self,
        a: np.ndarray,
        b: np.ndarray,
        radius_a: float,
        radius_b: float,
        material: int,
        blend: float = 0.02,
        folds: float = 0.0,
        across: np.ndarray | None = None,
        flat: float = 1.0,
    ) -> None:
        row = np.zeros((self.frames, NUMBERS))
        row[:, A : A + 3], row[:, B : B + 3] = a, b
        row[:, RADIUS_A], row[:, RADIUS_B] = radius_a * self.girth, radius_b * self.girth
        row[:, FLAT], row[:, BLEND], row[:, MATERIAL] = flat, blend, material
        row[:, FOLDS], row[:, PHASE] = folds, 0.7 * len(self.rows)
        line = row[:, B : B + 3] - row[:, A : A + 3]
        if across is None:
            # Anything that is across the axis: folds are counted along it.
            across = np.where(np.abs(_unit(line)[:, 2:]) > 0.8, np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]))
        across = across - (across * _unit(line)).sum(1, keepdims=True) * _unit(line)
        row[:, ACROSS : ACROSS + 3] = _unit(across)
        self.rows.append(row)


def parts(fencer: Fencer, joints_: Joints) -> np.ndarray:
    """[T, parts, NUMBERS] for `renderer.draw`."""
    j = joints_
    found = _Parts(len(j["hips"]), fencer.build.girth)
    _legs(found, fencer, j)
    _trunk(found, j)
    _arms(found, fencer, j)
    _mask(found, j) if fencer.armed else _face(found, j)
    return np.stack(found.rows, 1)


def _legs(found: _Parts, fencer: Fencer, j: Joints) -> None:
    girth = fencer.build.girth
    for leg in ("front", "back"):
        hip, knee, ankle, toes, sole = (j[f"{leg}_{part}"] for part in ("hip", "knee", "ankle", "toes", "sole"))
        thigh, shin = _unit(knee - hip), _unit(ankle - knee)
        found.cone(hip - thigh * 0.01, knee - thigh * 0.03, 0.094, 0.066, BREECHES, 0.05, 0.0045)
        # The muscle behind, and the cloth that ends below the knee.
        found.cone(knee - thigh * 0.02, knee + shin * 0.085, 0.066, 0.060, BREECHES, 0.03, 0.003)
        found.cone(knee + shin * 0.07, ankle, 0.052, 0.036, SOCKS, 0.012, 0.0)
        behind = _unit(-(thigh - shin)) if leg == "front" else -toes
        behind = _unit(behind - (behind * shin).sum(1, keepdims=True) * shin)
        found.cone(knee + shin * 0.10 + behind * 0.018, knee + shin * 0.2 + behind * 0.014, 0.043, 0.034, SOCKS, 0.03)
        # `sole` looks up through the foot.
        heel, ball, tip = (
            ankle - toes * 0.045 - sole * 0.05 * girth,
            ankle + toes * 0.11 - sole * 0.055 * girth,
            ankle + toes * 0.165 - sole * 0.058 * girth,
        )
        found.cone(ankle - sole * 0.01, ankle + toes * 0.05 - sole * 0.035, 0.04, 0.04, SHOES, 0.02)
        found.cone(heel, ball, 0.036, 0.036, SHOES, 0.02)
        found.cone(ball, tip, 0.036, 0.026, SHOES, 0.015)
        found.cone(heel - sole * 0.022, tip - sole * 0.014, 0.024, 0.022, SOLES, 0.003)


def _trunk(found: _Parts, j: Joints) -> None:
    hips, spine, across, out = j["hips"], j["spine"], j["across"], j["out"]
    chest = j["chest"]
    ah, oh = j["across_hips"], j["out_hips"]
    # The seat.
    found.cone(hips - ah * 0.06 - oh * 0.02, hips + ah * 0.06 - oh * 0.02, 0.108, 0.108, BREECHES, 0.05, 0.003)
    # The jacket ends over the hips.
    found.cone(hips + spine * 0.055 - ah * 0.05, hips + spine * 0.055 + ah * 0.05, 0.118, 0.118, LAME, 0.02, 0.003, spine, 1.0)
    found.cone(
        hips + spine * 0.08 - across * 0.045, hips + spine * 0.2 - across * 0.04, 0.115, 0.105, LAME, 0.05, 0.004, out, 0.9
    )
    found.cone(
        hips + spine * 0.08 + across * 0.045, hips + spine * 0.2 + across * 0.04, 0.115, 0.105, LAME, 0.05, 0.004, out, 0.9
    )
    found.cone(
        hips + spine * 0.2 - across * 0.045, chest - spine * 0.12 - across * 0.065, 0.105, 0.118, LAME, 0.05, 0.004, out, 0.92
    )
    found.cone(
        hips + spine * 0.2 + across * 0.045, chest - spine * 0.12 + across * 0.065, 0.105, 0.118, LAME, 0.05, 0.004, out, 0.92
    )
    found.cone(chest - spine * 0.05 - across * 0.10, chest - spine * 0.05 + across * 0.10, 0.092, 0.092, LAME, 0.05, 0.002)
    # From the neck to the shoulders.
    for s in (-1, 1):
        found.cone(chest + spine * 0.045, chest + s * across * 0.15 - spine * 0.012, 0.055, 0.058, LAME, 0.05)
    found.cone(chest + spine * 0.02, j["neck"] + spine * 0.02, 0.062, 0.056, JACKET, 0.03)


def _arms(found: _Parts, fencer: Fencer, j: Joints) -> None:
    for name in ("", "other_"):
        shoulder, elbow, wrist = j[f"{name}shoulder"], j[f"{name}elbow"], j[f"{name}wrist"]
        found.cone(shoulder, elbow, 0.061, 0.048, LAME, 0.04, 0.0045)
        fore = _unit(wrist - elbow)
        found.cone(elbow, wrist - fore * 0.02, 0.048, 0.036, LAME, 0.025, 0.004)
        if name == "" and fencer.armed:
            blade = j["blade"]
            # A glove with a cuff, and fingers about the handle.
            found.cone(wrist - fore * 0.10, wrist - fore * 0.01, 0.044, 0.038, GLOVE, 0.01)
            grip = wrist + fore * 0.065
            found.cone(wrist, grip, 0.034, 0.04, GLOVE, 0.015)
            found.cone(grip - blade * 0.03, grip + blade * 0.03, 0.036, 0.034, GLOVE, 0.01)
            bell = grip + blade * 0.05
            found.cone(bell, bell, 0.064, 0.064, METAL, 0.0, 0.0, blade, 0.5)
        else:
            palm = wrist + fore * 0.05
            found.cone(wrist - fore * 0.02, palm, 0.027, 0.034, SKIN, 0.012)
            down = _unit(fore - 0.4 * UP)
            for k, s in enumerate((-0.024, -0.008, 0.008, 0.024)):
                root = palm + j["across"] * s
                found.cone(root, root + down * (0.065 - 0.006 * (k in (0, 3))), 0.0125, 0.0095, SKIN, 0.006)
            found.cone(wrist + fore * 0.02, wrist + fore * 0.06 + j["out"] * 0.035, 0.015, 0.011, SKIN, 0.01)


def _mask(found: _Parts, j: Joints) -> None:
    head, up, face, aside = j["head"], j["head_up"], j["face"], j["aside"]
    # The skull behind, the mesh in front, and the bib below it.
    found.cone(head + up * 0.03 - face * 0.02, head - up * 0.03 - face * 0.018, 0.093, 0.078, HAIR, 0.01)
    found.cone(head + up * 0.025 + face * 0.03, head - up * 0.06 + face * 0.05, 0.1, 0.078, MASK, 0.01, 0.0, aside, 0.92)
    # The rim goes over the head from ear to ear.
    for s in (-1, 1):
        arch = [(0.0, 0.122, 0.02), (0.055, 0.1, 0.012), (0.088, 0.04, 0.005), (0.085, -0.03, 0.005), (0.065, -0.1, 0.02)]
        places = [head + s * aside * x + up * y + face * z for x, y, z in arch]
        for one, other in zip(places, places[1:], strict=False):
            found.cone(one, other, 0.0145, 0.0145, BIB, 0.004)
        found.cone(
            head - up * 0.10 + s * aside * 0.055 + face * 0.03,
            head - up * 0.18 + s * aside * 0.05 + face * 0.045,
            0.04,
            0.05,
            BIB,
            0.025,
        )
    found.cone(head - up * 0.125 + face * 0.06, head - up * 0.19 + face * 0.06, 0.05, 0.05, BIB, 0.02)


def _face(found: _Parts, j: Joints) -> None:
    head, up, face, aside = j["head"], j["head_up"], j["face"], j["aside"]
    found.cone(head + up * 0.02, head - up * 0.02 + face * 0.01, 0.088, 0.08, SKIN, 0.02)
    found.cone(head - up * 0.04 + face * 0.02, head - up * 0.075 + face * 0.045, 0.06, 0.042, SKIN, 0.03)
    found.cone(head + up * 0.05 - face * 0.02, head - up * 0.01 - face * 0.03, 0.092, 0.08, HAIR, 0.01)
    found.cone(head + up * 0.01 + face * 0.09, head - up * 0.025 + face * 0.108, 0.011, 0.016, SKIN, 0.012)
    found.cone(
        head - up * 0.06 + face * 0.085 - aside * 0.02, head - up * 0.06 + face * 0.085 + aside * 0.02, 0.007, 0.007, DARK, 0.0
    )
    for s in (-1, 1):
        found.cone(
            head + up * 0.02 + s * aside * 0.032 + face * 0.078,
            head + up * 0.02 + s * aside * 0.034 + face * 0.078,
            0.011,
            0.011,
            DARK,
            0.0,
        )
        found.cone(head + s * aside * 0.084 + up * 0.015, head + s * aside * 0.084 - up * 0.02, 0.016, 0.012, SKIN, 0.01)
