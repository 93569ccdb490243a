"""The letters of the American manual alphabet: joint angles, which way the hand looks, and the movement of J and Z.

Directions are those of somebody who looks at a right-handed signer: x to the viewer's right, which is the signer's left,
y up, z towards the viewer.
"""

from __future__ import annotations

import numpy as np

from . import skeleton
from .skeleton import INDEX, PINKIE, orientation, points

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOVING = "JZ"
STILL = "".join(letter for letter in LETTERS if letter not in MOVING)
# The fingertip that draws the letter.
TIPS = {"J": PINKIE + 3, "Z": INDEX + 3}


def _pose(*fingers: tuple[float, ...], thumb: tuple[float, ...]) -> np.ndarray:
    """Angles by skeleton.FINGER_ANGLES, index to pinkie, and skeleton.THUMB_ANGLES."""
    return np.array([angle for part in (*fingers, thumb) for angle in part], np.float64)


# Fingers that lie side by side, though relaxed ones spread, have an abduction against that. The thumbs' angles were
# fitted to where the thumb touches: the tip of D's middle and F's index finger, the front of S's fist, under the fingers
# of M, N and T.
POSES = {
    "A": _pose((85, 100, 60, -5), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(52, 23, 10, 65, 11)),
    "B": _pose((0, 3, 2, -8), (0, 3, 2, -2), (0, 3, 2, 5), (0, 3, 2, 13), thumb=(17, 31, 11, 65, 81)),
    "C": _pose((35, 40, 25, -8), (36, 42, 25, -2), (36, 42, 25, 5), (34, 40, 25, 12), thumb=(49, 58, -21, 32, 63)),
    "D": _pose((2, 4, 2, -3), (58, 58, 36, -2), (62, 58, 36, 4), (64, 56, 34, 10), thumb=(19, 56, 7, 28, 25)),
    "E": _pose((15, 108, 62, -7), (16, 110, 62, -1), (16, 110, 62, 5), (14, 106, 62, 12), thumb=(20, 35, 4, 65, 38)),
    "F": _pose((50, 62, 34, 9), (6, 8, 4, 0), (0, 4, 2, -3), (-2, 3, 2, -6), thumb=(47, 56, 6, 30, 45)),
    "G": _pose((4, 4, 2, -5), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(34, 13, 25, 24, 5)),
    "H": _pose((2, 3, 2, -8), (2, 3, 2, 0), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(25, 45, -9, 65, 24)),
    "I": _pose((85, 100, 60, -5), (86, 102, 60, -1), (86, 102, 60, 4), (0, 3, 2, 4), thumb=(29, 44, -9, 52, 41)),
    "J": _pose((85, 100, 60, -5), (86, 102, 60, -1), (86, 102, 60, 4), (0, 3, 2, 4), thumb=(29, 44, -9, 52, 41)),
    "K": _pose((0, 3, 2, 0), (50, 6, 4, 0), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(25, 27, 23, 59, 5)),
    "L": _pose((0, 3, 2, 2), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(74, 12, 30, 19, 27)),
    "M": _pose((70, 80, 32, -5), (71, 81, 32, -1), (71, 80, 32, 4), (90, 108, 65, 9), thumb=(-4, 13, -22, 65, 10)),
    "N": _pose((70, 82, 34, -5), (71, 83, 34, -1), (90, 108, 65, 4), (90, 106, 65, 9), thumb=(18, 13, -21, 65, 21)),
    "O": _pose((52, 54, 34, -9), (56, 56, 36, -2), (58, 56, 34, 5), (56, 50, 30, 13), thumb=(28, 55, 9, 25, 26)),
    "P": _pose((0, 3, 2, 0), (58, 6, 4, 0), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(25, 29, 24, 58, 6)),
    "Q": _pose((4, 4, 2, -5), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(34, 13, 25, 24, 5)),
    "R": _pose((13, 6, 3, -18), (-4, 10, 6, 15), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(25, 45, -9, 65, 24)),
    "S": _pose((85, 100, 60, -5), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(29, 44, -9, 52, 41)),
    "T": _pose((66, 92, 44, 2), (90, 108, 65, -3), (90, 108, 65, 4), (90, 106, 65, 9), thumb=(29, 12, -18, 65, -3)),
    "U": _pose((0, 3, 2, -8), (0, 3, 2, 0), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(25, 45, -9, 65, 24)),
    "V": _pose((0, 3, 2, 8), (0, 3, 2, -9), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(25, 45, -9, 65, 24)),
    "W": _pose((0, 3, 2, 9), (0, 3, 2, 0), (0, 3, 2, -8), (78, 84, 45, 10), thumb=(14, 45, 3, 65, 47)),
    "X": _pose((12, 88, 50, -6), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(28, 43, -11, 52, 41)),
    "Y": _pose((85, 100, 60, -5), (86, 102, 60, -1), (86, 102, 60, 4), (0, 3, 2, -12), thumb=(66, 13, 27, 19, 25)),
    "Z": _pose((2, 4, 2, -4), (86, 102, 60, -1), (86, 102, 60, 4), (86, 100, 60, 9), thumb=(28, 43, -11, 52, 41)),
}

# Where the fingers, stretched from the palm, and the palm look.
_AHEAD = ((0, 1, 0), (0, 0, 1))
_DIRECTIONS = {
    "A": ((0, 1, 0), (0.1, 0, 1)),
    "C": ((0.1, 1, 0.1), (0.85, 0, 0.55)),
    "D": ((0, 1, 0), (0.45, 0, 0.9)),
    "G": ((1, 0.05, 0.1), (0, 0, -1)),
    "H": ((1, 0.05, 0.1), (0, 0, -1)),
    "K": ((0, 1, 0), (0.25, 0, 1)),
    "O": ((0.1, 1, 0.1), (0.85, 0, 0.55)),
    "P": ((0.7, -0.35, 0.6), (-0.1, -1, -0.35)),
    "Q": ((0.25, -1, 0.15), (0.1, 0, -1)),
    "T": ((0, 1, 0), (0.1, 0, 1)),
    "X": ((0, 1, 0), (0.6, 0, 0.8)),
}

# J: the pinkie goes down while the hand tips towards the viewer, and the forearm turns it into the hook. Times from 0 to
# 1, directions, and where the wrist has moved to.
_J = (
    (0.0, (0.0, 1.0, 0.1), (0.2, 0, 1.0), (0.0, 0.0, 0.0)),
    (0.45, (0.05, 0.1, 1.0), (0.7, -0.7, 0.0), (0.0, -0.15, 0.1)),
    (0.75, (0.55, 0.1, 0.8), (0.55, 0.5, -0.6), (0.1, -0.2, 0.1)),
    (1.0, (0.85, 0.5, 0.3), (0.1, 0.4, -0.9), (0.15, -0.1, 0.0)),
)
# Z: across, slanting down, across; partly by turning the hand, partly by moving it. In parts of the letter's size, as the
# signer sees it mirrored to the viewer.
_Z = ((0.0, 1.0, 1.0), (0.3, -1.0, 1.0), (0.7, 1.0, -1.0), (1.0, -1.0, -1.0))
_Z_DIRECTIONS = ((0.0, 0.85, 0.55), (0.0, -0.55, 0.85))


def turned(yaw: float, pitch: float, roll: float = 0.0) -> np.ndarray:
    """A rotation [3, 3] by degrees: first about the eye's line, then about the horizontal, then about the vertical."""
    return turns(np.array([[yaw, pitch, roll]]))[0]


def turns(degrees: np.ndarray) -> np.ndarray:
    """float [..., 3] yaw, pitch and roll in degrees to rotations [..., 3, 3]."""
    yaw, pitch, roll = np.moveaxis(np.radians(degrees), -1, 0)
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)

    def matrix(*rows: tuple[np.ndarray, ...]) -> np.ndarray:
        return np.stack([np.stack(row, -1) for row in rows], -2)

    about_y = matrix((np.cos(yaw), zero, np.sin(yaw)), (zero, one, zero), (-np.sin(yaw), zero, np.cos(yaw)))
    about_x = matrix((one, zero, zero), (zero, np.cos(pitch), -np.sin(pitch)), (zero, np.sin(pitch), np.cos(pitch)))
    about_z = matrix((np.cos(roll), -np.sin(roll), zero), (np.sin(roll), np.cos(roll), zero), (zero, zero, one))
    return about_y @ about_x @ about_z


def placed(letter: str, times: np.ndarray, turning: float = 25.0) -> tuple[np.ndarray, np.ndarray]:
    """Rotations [count, 3, 3] and the wrist's places [count, 3] at times from 0 to 1 of a letter's movement.

    :param turning: degrees that the hand turns to either side while it draws a Z; less means that it moves more
    """
    if letter == "J":
        when = [key[0] for key in _J]
        fingers, palm, wrist = (
            np.stack([np.interp(times, when, [key[part][axis] for key in _J]) for axis in range(3)], -1)
            for part in (1, 2, 3)
        )
        return orientation(fingers, palm), wrist
    if letter == "Z":
        when = [key[0] for key in _Z]
        across, up = (np.interp(times, when, [key[axis] for key in _Z]) for axis in (1, 2))
        degrees = np.stack([across * turning, -up * 0.8 * turning, np.zeros_like(across)], -1)
        still = orientation(*np.array(_Z_DIRECTIONS))
        moved = (30.0 - turning) / 30.0
        return turns(degrees) @ still, np.stack([across * moved, up * moved, np.zeros_like(up)], -1)
    still = orientation(*np.array(_DIRECTIONS.get(letter, _AHEAD), np.float64))
    return np.broadcast_to(still, (len(times), 3, 3)), np.zeros((len(times), 3))


def movement(letter: str, times: np.ndarray) -> np.ndarray:
    """float [count, 21, 3]: the average right hand as the viewer sees it, at times from 0 to 1 of the movement."""
    rotations, wrist = placed(letter, times)
    return points(POSES[letter]) @ rotations.swapaxes(-1, -2) + wrist[:, None]
