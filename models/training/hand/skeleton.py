"""The skeleton of a hand: from joint angles to 21 points, numbered as MediaPipe does.

The coordinates are the hand's own, of a right hand: x towards the thumb's side, y towards the fingertips, z out of the
palm; 1 is the distance from the wrist to the middle finger's knuckle. So it is a right hand as somebody sees it whom it
shows its palm, the fingers up: x to the right of the picture, y up, z towards the eye. A left hand is its mirror image.

Point 0 is the wrist, 1 to 4 are the thumb from its root to its tip, and then come four points of each finger from the
knuckle to the tip: index from 5 on, middle from 9, ring from 13, pinkie from 17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

POINTS = 21
WRIST, THUMB, INDEX, MIDDLE, RING, PINKIE = 0, 1, 5, 9, 13, 17
# Each point's next one towards the wrist.
PARENTS = (0, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19)

# What a pose is made of, in degrees: each finger's flexion at its three joints and, positive towards the thumb, its
# abduction beyond what the relaxed hand has.
FINGER_ANGLES = ("knuckle", "middle joint", "end joint", "abduction")
# The thumb's metacarpal leaves the direction of the fingers by `radial` in the palm's plane and rises out of it by
# `palmar`; `twist` is its opposition: at 0 the thumb bends across the palm, at 90 towards it.
THUMB_ANGLES = ("radial", "palmar", "twist", "knuckle", "end joint")
ANGLES = 4 * len(FINGER_ANGLES) + len(THUMB_ANGLES)
THUMB_FROM = 4 * len(FINGER_ANGLES)

_FINGER_LIMITS = ((-25, 95), (-5, 115), (-10, 85), (-25, 25))
_THUMB_LIMITS = ((-15, 75), (-15, 65), (-40, 100), (-20, 65), (-25, 85))
LIMITS = np.array(4 * _FINGER_LIMITS + _THUMB_LIMITS, np.float64)

# How far the relaxed fingers spread: index to pinkie.
_FAN = np.radians([7.0, 1.0, -5.0, -12.0])


@dataclass(frozen=True)
class Anatomy:
    """Lengths of a hand, or of many: every array may have further axes in front.

    roots: [..., 5, 3], the thumb's root and the four knuckles; bones: [..., 5, 3], thumb first, each from root to tip.
    """

    roots: np.ndarray
    bones: np.ndarray


AVERAGE = Anatomy(
    roots=np.array(
        [[0.24, 0.20, 0.09], [0.25, 0.955, 0.0], [0.0, 1.0, -0.02], [-0.215, 0.945, 0.0], [-0.40, 0.83, 0.05]]
    ),
    bones=np.array(
        [[0.45, 0.34, 0.28], [0.43, 0.26, 0.22], [0.48, 0.30, 0.23], [0.44, 0.28, 0.23], [0.35, 0.20, 0.20]]
    ),
)


def points(angles: np.ndarray, anatomy: Anatomy = AVERAGE) -> np.ndarray:
    """float [..., 21, 3]: where a pose's points are. `angles` is [..., ANGLES] in degrees."""
    angles = np.radians(angles)
    shape = np.broadcast_shapes(angles.shape[:-1], anatomy.roots.shape[:-2])
    found = np.zeros((*shape, POINTS, 3))
    for finger in range(4):
        knuckle, middle, end, abduction = np.moveaxis(angles[..., 4 * finger : 4 * finger + 4], -1, 0)
        aside = abduction + _FAN[finger]
        sideways, along = np.sin(aside), np.cos(aside)
        at = anatomy.roots[..., finger + 1, :]
        found[..., INDEX + 4 * finger, :] = at
        for joint, flexion in enumerate((knuckle, knuckle + middle, knuckle + middle + end)):
            ahead = np.cos(flexion)
            direction = np.stack([sideways * ahead, along * ahead, np.sin(flexion)], -1)
            at = at + anatomy.bones[..., finger + 1, joint, None] * direction
            found[..., INDEX + 4 * finger + joint + 1, :] = at
    found[..., THUMB : THUMB + 4, :] = _thumb(angles[..., THUMB_FROM:], anatomy)
    return found


def _thumb(angles: np.ndarray, anatomy: Anatomy) -> np.ndarray:
    radial, palmar, twist, knuckle, end = np.moveaxis(angles, -1, 0)
    zero = np.zeros_like(radial)
    # The metacarpal's direction, and two more at right angles to it: across the palm, and towards the palm.
    out = np.stack([np.sin(radial) * np.cos(palmar), np.cos(radial) * np.cos(palmar), np.sin(palmar)], -1)
    across = np.stack([-np.cos(radial), np.sin(radial), zero], -1)
    inwards = np.cross(across, out)
    bend = np.cos(twist)[..., None] * across + np.sin(twist)[..., None] * inwards
    at = np.broadcast_to(anatomy.roots[..., 0, :], out.shape)
    joints = [at]
    for joint, flexion in enumerate((zero, knuckle, knuckle + end)):
        direction = np.cos(flexion)[..., None] * out + np.sin(flexion)[..., None] * bend
        at = at + anatomy.bones[..., 0, joint, None] * direction
        joints.append(at)
    return np.stack(joints, -2)


def mirrored(landmarks: np.ndarray) -> np.ndarray:
    """The other hand, in the same pose."""
    return landmarks * np.array([-1.0, 1.0, 1.0])


def orientation(fingers: np.ndarray, palm: np.ndarray) -> np.ndarray:
    """[..., 3, 3], to be multiplied by points: turns the hand so that its fingers (y) and palm (z) look these ways.

    Where the two are not at right angles, the fingers' way counts.
    """
    along = fingers / np.linalg.norm(fingers, axis=-1, keepdims=True)
    out = palm - (palm * along).sum(-1, keepdims=True) * along
    out = out / np.linalg.norm(out, axis=-1, keepdims=True)
    return np.stack([np.cross(along, out), along, out], -1)
