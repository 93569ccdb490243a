"""What a signer does over time: signs, with the hands coming from and going to rest, and what is no sign at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from hand import skeleton
from hand.alphabet import turns

from . import body
from .body import Hands, Person, Posture
from .shapes import PALM, SHAPES, WRIST
from .vocabulary import SIGNS, Hand, Key, Style

# Where hands rest, each as if it were the right one. The first are seen most.
RESTS = (
    Hand("relaxed", "chest", (-0.30, -0.52, -0.10), (0.05, -1.0, 0.1), (1.0, 0.0, 0.0), WRIST),
    Hand("relaxed", "chest", (-0.05, -0.40, 0.10), (0.85, -0.15, 0.45), (0.3, -0.5, -0.8), PALM),
    Hand("relaxed", "chest", (-0.16, -0.40, 0.17), (0.35, -0.1, 0.9), (0.1, -1.0, 0.0), WRIST),
    Hand("loose", "chest", (-0.17, -0.46, 0.06), (0.2, -0.5, 0.8), (0.7, -0.7, 0.0), WRIST),
)


@dataclass(frozen=True)
class Manner:
    """How a person signs; the same for all they do in a clip."""

    # Times the dictionary's tempo, and of the movement's size.
    tempo: float = 1.0
    size: float = 1.0
    # Metres that both hands and each one miss, [3] and [2, 3]; degrees that each hand is turned, [2, 3]; of the joints
    # [2, ANGLES].
    shift: np.ndarray = field(default_factory=lambda: np.zeros(3))
    apart: np.ndarray = field(default_factory=lambda: np.zeros((2, 3)))
    askew: np.ndarray = field(default_factory=lambda: np.zeros((2, 3)))
    joints: np.ndarray = field(default_factory=lambda: np.zeros((2, skeleton.ANGLES)))
    # Degrees that the elbows are lifted.
    elbows: float = 0.0
    rests: tuple[Hand, Hand] = (RESTS[0], RESTS[0])
    # Seconds from rest to a sign and back.
    arriving: float = 0.4


@dataclass(frozen=True)
class Timeline:
    """Both hands at some times, and when a sign's movement begins and ends."""

    times: np.ndarray  # [K]
    states: np.ndarray  # [K, 2, STATE]
    gentle: np.ndarray  # [K] whether the way to the next is
    begin: float
    end: float
    elbows: float = 0.0
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def length(self) -> float:
        return float(self.times[-1])


# Of a hand: place, the hand's own point that is there, quaternion, joint angles.
PLACE, POINT, QUATERNION, ANGLES = slice(0, 3), slice(3, 6), slice(6, 10), slice(10, 10 + skeleton.ANGLES)
STATE = 10 + skeleton.ANGLES
# Metres ahead of the straight way from rest to a sign.
ROUND = 0.1


def _quaternion(turn: np.ndarray) -> np.ndarray:
    """Of a rotation [3, 3]: w, x, y, z."""
    squares = np.array(
        [
            1 + turn[0, 0] + turn[1, 1] + turn[2, 2],
            1 + turn[0, 0] - turn[1, 1] - turn[2, 2],
            1 - turn[0, 0] + turn[1, 1] - turn[2, 2],
            1 - turn[0, 0] - turn[1, 1] + turn[2, 2],
        ]
    )
    w, x, y, z = np.sqrt(np.maximum(squares, 0)) / 2
    signs = turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]
    largest = int(np.argmax(squares))
    if largest == 0:
        return np.array([w, *(s / (4 * w) for s in signs)])
    mixed = turn[1, 0] + turn[0, 1], turn[0, 2] + turn[2, 0], turn[2, 1] + turn[1, 2]
    if largest == 1:
        return np.array([signs[0] / (4 * x), x, mixed[0] / (4 * x), mixed[1] / (4 * x)])
    if largest == 2:
        return np.array([signs[1] / (4 * y), mixed[0] / (4 * y), y, mixed[2] / (4 * y)])
    return np.array([signs[2] / (4 * z), mixed[1] / (4 * z), mixed[2] / (4 * z), z])


def _rotations(quaternions: np.ndarray) -> np.ndarray:
    """[..., 4] to [..., 3, 3]."""
    w, x, y, z = np.moveaxis(quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True), -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, -1) for row in rows], -2)


def state(person: Person, hand: Hand, manner: Manner, which: int) -> np.ndarray:
    """A hand as numbers. `which`: 0 the right one, 1 the left one, which is described as if it were a right one."""
    found = np.empty(STATE)
    build = person.build
    scale = np.array([build.shoulders, 1.0, 1.0]) * (0.5 + 0.5 * build.arms)
    shift = manner.shift * ([1, 1, 1] if which == 0 else [-1, 1, 1])
    found[PLACE] = person.anchor(hand.anchor) + np.array(hand.place) * scale + shift + manner.apart[which]
    found[POINT] = hand.point
    still = skeleton.orientation(np.array(hand.fingers, np.float64), np.array(hand.palm, np.float64))
    found[QUATERNION] = _quaternion(turns(manner.askew[which]) @ still)
    angles = SHAPES[hand.shape] + manner.joints[which]
    found[ANGLES] = np.clip(angles, skeleton.LIMITS[:, 0], skeleton.LIMITS[:, 1])
    return found


def timeline(person: Person, manner: Manner, keys: list[Key], **more: object) -> Timeline:
    """From rest by the keys to rest."""
    rests = [state(person, hand, _calm(manner), which) for which, hand in enumerate(manner.rests)]
    times, states, gentle = [0.0], [np.stack(rests)], [True]
    for key in keys:
        times.append(manner.arriving + key.time / manner.tempo)
        right = state(person, key.right, manner, 0)
        left = state(person, key.left, manner, 1) if key.left else rests[1]
        states.append(np.stack([right, left]))
        gentle.append(key.gentle)
    begin, end = times[1], times[-1]
    # The way back is gentle whatever came last.
    gentle[-1] = True
    times.append(end + manner.arriving * 1.1)
    states.append(np.stack(rests))
    gentle.append(True)
    quaternions = np.stack(states)
    # The shorter way round from each to the next.
    for k in range(1, len(quaternions)):
        flipped = (quaternions[k, :, QUATERNION] * quaternions[k - 1, :, QUATERNION]).sum(1) < 0
        quaternions[k, flipped, QUATERNION] *= -1
    return Timeline(np.array(times), quaternions, np.array(gentle), begin, end, **more)


def _calm(manner: Manner) -> Manner:
    """At rest hands are not where they are by a sign's inaccuracy."""
    return replace(manner, shift=np.zeros(3), apart=manner.apart * 2)


def signed(person: Person, manner: Manner, number: int, times: int | None = None) -> Timeline:
    """One of the signs, `times` repeated or as often as the dictionary says."""
    sign = SIGNS[number]
    keys = sign.perform(Style(times or sign.times, manner.size))
    return timeline(person, manner, keys, elbows=sign.elbows, head=sign.head)


def hands(person: Person, line: Timeline, at: np.ndarray) -> tuple[Hands, Hands]:
    """Right and left at the times [T]; before the beginning and after the end they rest."""
    at = np.clip(at, 0, line.length)
    place = np.clip(np.searchsorted(line.times, at, side="right") - 1, 0, len(line.times) - 2)
    share = (at - line.times[place]) / np.maximum(1e-9, line.times[place + 1] - line.times[place])
    share = np.where(line.gentle[place], 0.5 - 0.5 * np.cos(np.pi * share), share)[:, None, None]
    mixed = line.states[place] * (1 - share) + line.states[place + 1] * share
    # Between rest and sign hands go round the body, not through it.
    free = ((place == 0) | (place == len(line.times) - 2))[:, None] * np.sin(np.pi * share[:, :, 0])
    mixed[:, :, PLACE.start + 2] += ROUND * free
    found = []
    for which in range(2):
        one = mixed[:, which]
        turn = _rotations(one[:, QUATERNION])
        wrist = one[:, PLACE] - (turn @ (one[:, POINT] * person.palm)[..., None])[..., 0]
        found.append(Hands(wrist, turn, one[:, ANGLES]))
    return found[0], found[1]


def posed(person: Person, line: Timeline, at: np.ndarray, face: dict[str, np.ndarray], elbows: float = 0.0) -> tuple[Posture, tuple]:
    """The body at the times: its posture, and its arms, right and left."""
    right, left = hands(person, line, at)
    # How far the sign has come: the head goes along with it.
    along = np.clip(np.minimum((at - 0.0) / max(line.begin, 1e-6), (line.length - at) / max(line.length - line.end, 1e-6)), 0, 1)
    head = face["head"] + along[:, None] * np.array(line.head)
    posture = Posture(right, left, head, face["mouth"], face["gaze"], face["brows"], face["lids"], face["shrug"])
    lifted = line.elbows + elbows
    arms = tuple(body.reach(person, hands_, face["shrug"], lifted) for hands_ in (right, left))
    return posture, arms


def calm_face(count: int) -> dict[str, np.ndarray]:
    zero = np.zeros(count)
    return {"head": np.zeros((count, 3)), "mouth": zero, "gaze": zero, "brows": zero, "lids": zero, "shrug": zero}
