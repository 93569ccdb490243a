"""Shapes of the hand that signs need beyond the letters: joint angles as `hand.skeleton` has them."""

from __future__ import annotations

import numpy as np

from hand.alphabet import POSES

from hand import skeleton


def _pose(*fingers: tuple[float, ...], thumb: tuple[float, ...]) -> np.ndarray:
    return np.array([angle for part in (*fingers, thumb) for angle in part], np.float64)


_FIST = ((86, 102, 60, 4), (86, 100, 60, 9))

SHAPES = {
    **{name: POSES[name] for name in "ABCFGHLOSXY"},
    # Fingers together, the thumb beside them.
    "flat": _pose((0, 3, 2, -7), (0, 3, 2, -1), (0, 3, 2, 5), (0, 3, 2, 12), thumb=(30, 5, 10, 5, 5)),
    # Fingers spread.
    "five": _pose((0, 5, 3, 9), (0, 5, 3, 1), (0, 5, 3, -5), (0, 5, 3, -10), thumb=(60, 18, 20, 3, 3)),
    # Spread and a little bent, as round something.
    "claw": _pose((22, 35, 22, 7), (22, 35, 22, 1), (22, 35, 22, -4), (22, 35, 22, -8), thumb=(55, 38, 20, 15, 15)),
    "one": POSES["Z"],
    # Two fingers together, bent over the other hand's.
    "hooked": _pose((38, 40, 18, -8), (38, 40, 18, 0), *_FIST, thumb=(25, 45, -9, 65, 24)),
    # Fingertips and thumb together, the fingers straight.
    "bunched": _pose((56, 18, 10, -9), (60, 18, 10, -2), (60, 18, 10, 5), (56, 16, 10, 13), thumb=(30, 58, 10, 12, 8)),
    # The middle finger bent to the thumb; apart and touching.
    "pinching": _pose((4, 8, 5, 8), (52, 28, 14, 0), (6, 10, 5, -4), (4, 8, 4, -9), thumb=(48, 48, 6, 14, 14)),
    "pinched": _pose((4, 10, 5, 7), (58, 56, 30, 0), (8, 12, 6, -4), (4, 10, 5, -9), thumb=(46, 56, 6, 30, 42)),
    # As holding a stick or a bow between the thumb and the bent fingers.
    "stick": _pose((62, 78, 38, -4), (74, 86, 45, -1), (80, 92, 52, 4), (82, 94, 55, 9), thumb=(38, 40, 4, 38, 22)),
    # What idle hands do.
    "relaxed": _pose((25, 30, 15, 0), (28, 32, 16, 0), (30, 35, 18, 0), (32, 35, 18, 0), thumb=(42, 22, 20, 15, 15)),
    "loose": _pose((60, 70, 40, 0), (62, 72, 40, 0), (65, 74, 40, 0), (68, 74, 40, 0), thumb=(35, 35, 10, 30, 25)),
}

# Places of a hand in its own coordinates, lengths of the palm.
WRIST = (0.0, 0.0, 0.0)
PALM = (0.0, 0.6, 0.12)
BACK = (0.0, 0.7, -0.15)
KNUCKLES = (0.0, 1.0, 0.0)
OUTER_EDGE = (-0.5, 0.8, 0.0)
FLAT_TIPS = (-0.03, 2.0, 0.0)
TWO_FINGERS = (0.2, 1.5, 0.1)


def tip(shape: str, *fingers: int) -> tuple[float, float, float]:
    """Where the average hand's fingertips are, of several in the middle."""
    points = skeleton.points(SHAPES[shape])
    return tuple(points[[first + 3 for first in fingers]].mean(0))
