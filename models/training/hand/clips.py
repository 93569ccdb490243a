"""Clips of learners who show a letter: what a hand detector would say of them, frame by frame.

Everything a clip is made of follows from the random generator it is drawn with. A clip is float32 [frames, 42, 3] as the
server hands it to the network: the first 21 points are the hand that the detector calls Left, the last 21 the Right one,
an absent hand's are zero. The detector goes by the picture alone and supposes a mirrored one: a right hand is called
Left where the picture is not mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import alphabet, skeleton
from .alphabet import LETTERS, MOVING
from .skeleton import ANGLES, AVERAGE, LIMITS, POINTS, THUMB_FROM, Anatomy

FRAMES = 32

Span = tuple[float, float]


@dataclass(frozen=True)
class World:
    """Who shows the letters and from where they are seen. A span is of a magnitude; its sign is drawn."""

    # How many per cent longer or shorter, wider or narrower than the average hand.
    anatomy: tuple[Span, ...]
    # Degrees between the camera's line and the one from which the letter is meant to be seen.
    view: Span
    # Degrees that the camera is turned about its line.
    roll: Span
    # Distances of the camera, in lengths of the palm.
    distance: tuple[Span, ...]
    # Width of the picture by its height.
    aspects: tuple[float, ...]


TRAINING = World(
    anatomy=((0, 11),),
    view=(0, 28),
    roll=(0, 18),
    distance=((4.5, 11),),
    aspects=(4 / 3, 16 / 9, 3 / 4, 9 / 16, 1.0),
)
HELD_OUT = World(
    anatomy=((11, 16),),
    view=(28, 34),
    roll=(18, 23),
    distance=((3.8, 4.5), (11, 13)),
    aspects=(3 / 2, 16 / 10, 2 / 3, 10 / 16, 5 / 4),
)

# Degrees by which a learner's joints and hand miss the letter: of a person, always, and from frame to frame.
SLOPPY, THUMB_SLOPPY, ASKEW = 9.0, 6.0, 8.0
TREMOR, TREMBLING = 1.2, 1.0
# The detector's errors in lengths of the palm: of a whole clip, and from frame to frame; z has an own scale too. It
# finds what is far from the wrist nearer to the camera than it is: half a palm at the fingertips of a flat hand.
CLIP_ERROR, FRAME_ERROR, HIDDEN_TIMES = 0.027, 0.015, 1.7
DEPTH_CLIP_ERROR, DEPTH_FRAME_ERROR, DEPTH_SLANT, DEPTH_SCALE = 0.08, 0.03, 0.15, (0.5, 1.25)
DEPTH_LEAN = (-0.05, 0.4)
# A point that another one hides from the camera is this near to it in the picture, and this far behind it.
BESIDE, BEHIND = 0.16, 0.1
# Parts of all clips: with the wrong side all the time; with a second hand in the picture.
WRONG_SIDE, SECOND_HAND = 0.08, 0.08
# Of all frames: those with the wrong side.
SIDE_FLICKER = 0.03

# What a hand does that shows no letter: relaxed, flat, half a fist.
_RELAXED = np.array([25, 30, 15, 0, 28, 32, 16, 0, 30, 35, 18, 0, 32, 35, 18, 0, 42, 22, 20, 15, 15], np.float64)
_FLAT = np.array([2, 4, 2, 4, 2, 4, 2, 0, 2, 4, 2, -2, 2, 4, 2, -4, 55, 12, 10, 5, 5], np.float64)
_HALF_FIST = np.array([60, 70, 40, 0, 62, 72, 40, 0, 65, 74, 40, 0, 68, 74, 40, 0, 35, 35, 10, 30, 25], np.float64)
_BETWEEN = (_RELAXED, _FLAT, _HALF_FIST)


@dataclass(frozen=True)
class Shown:
    """Clips, and the classes of their letters. landmarks: float32 [count, frames, 42, 3]; letters: int64 [count]."""

    landmarks: np.ndarray
    letters: np.ndarray


def clips(random: np.random.Generator, world: World, letters: np.ndarray, frames: int = FRAMES) -> Shown:
    """One clip for each of `letters`, which are numbers of the alphabet, before any normalisation."""
    count = len(letters)
    hand = _bodies(random, world, letters, frames)
    landmarks = _seen(random, world, hand)
    second = random.random(count) < SECOND_HAND
    idle = np.zeros_like(landmarks)
    # An idle hand is the other one.
    idle[second] = _mirrored_picture(_seen(random, world, _idle(random, world, second.sum(), frames)))
    return Shown(_sides(random, landmarks, idle), letters)


def frames(random: np.random.Generator, world: World, letters: np.ndarray) -> np.ndarray:
    """float32 [count, 21, 3]: single frames of either hand, after the learner has arrived at the letter."""
    hand = _bodies(random, world, letters, 1)
    landmarks = _seen(random, world, hand)[:, 0]
    left = random.random(len(letters)) < 0.5
    landmarks[left, :, 0] = 1 - landmarks[left, :, 0]
    return landmarks.astype(np.float32)


def anatomies(random: np.random.Generator, world: World, count: int) -> Anatomy:
    """As many hands; all of a hand's bones are longer or shorter together, and each a little on its own."""

    def factors(*shape: int) -> np.ndarray:
        return 1 + _signed(random, world.anatomy, shape) / 100

    # Width of the palm, length of the fingers, of the thumb.
    width, fingers, thumb = factors(count), factors(count), factors(count)
    roots = np.broadcast_to(AVERAGE.roots, (count, 5, 3)).copy()
    roots[..., 0] *= width[:, None]
    roots += random.normal(0, 0.015, roots.shape)
    bones = AVERAGE.bones * np.clip(random.normal(1, 0.03, (count, 5, 3)), 0.9, 1.1)
    bones[:, 0] *= thumb[:, None]
    bones[:, 1:] *= fingers[:, None, None]
    return Anatomy(roots, bones)


def normalised(hands: np.ndarray) -> np.ndarray:
    """What the manifest calls `wrist`: from landmark 0, by the greatest absolute value. [..., 21, 3], float32."""
    hands = hands.astype(np.float32)
    hands = hands - hands[..., :1, :]
    greatest = np.abs(hands).max((-1, -2), keepdims=True)
    return hands / np.where(greatest > 0, greatest, np.float32(1))


def normalised_clips(landmarks: np.ndarray) -> np.ndarray:
    """The same for each of a clip's two hands. [..., 42, 3]."""
    pair = landmarks.reshape(*landmarks.shape[:-2], 2, POINTS, 3)
    return normalised(pair).reshape(landmarks.shape)


def _signed(random: np.random.Generator, spans: tuple[Span, ...], shape: tuple[int, ...]) -> np.ndarray:
    return _within(random, spans, shape) * random.choice([-1.0, 1.0], shape)


def _within(random: np.random.Generator, spans: tuple[Span, ...], shape: tuple[int, ...]) -> np.ndarray:
    low, high = np.array(spans)[random.integers(len(spans), size=shape)].swapaxes(0, -1)
    return low.T + (high - low).T * random.random(shape)


def _wander(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Unit noise that changes slowly along axis 1."""
    noise = random.normal(size=shape)
    for frame in range(1, shape[1]):
        noise[:, frame] = 0.8 * noise[:, frame - 1] + 0.6 * noise[:, frame]
    return noise


def _bodies(random: np.random.Generator, world: World, letters: np.ndarray, frames: int) -> np.ndarray:
    """float [count, frames, 21, 3]: right hands that arrive at their letters, from the letter's own point of view.

    A clip of one frame shows the letter; a longer one is a window on an arrival that takes up to half of it, after
    which the letter is held, or drawn once or more. A movement begins as late as its greater part still fits in.
    """
    count = len(letters)
    poses = np.array([alphabet.POSES[letter] for letter in LETTERS])
    sloppy = np.full(ANGLES, SLOPPY)
    sloppy[THUMB_FROM:] = THUMB_SLOPPY
    # Fingers are spread and twisted less wrongly than they are bent.
    sloppy[3:THUMB_FROM:4] = 2.5
    target = poses[letters] + random.normal(0, 1, (count, ANGLES)) * sloppy * random.uniform(0.2, 1.2, (count, 1))
    before, before_turns = _before(random, poses, count)

    arrival, phase = _timing(random, letters, frames)
    share = arrival[..., None]
    # Fingers do not all move at the same time.
    share = np.clip(share * random.uniform(1.0, 1.35, (count, 1, ANGLES)), 0, 1)
    share = share * share * (3 - 2 * share)
    angles = before[:, None] * (1 - share) + target[:, None] * share
    angles = angles + _wander(random, angles.shape) * TREMOR * random.uniform(0.3, 1.5, (count, 1, 1))
    angles = np.clip(angles, LIMITS[:, 0], LIMITS[:, 1])

    anatomy = anatomies(random, world, count)
    anatomy = Anatomy(anatomy.roots[:, None], anatomy.bones[:, None])
    hands = skeleton.points(angles, anatomy)

    rotations = np.empty((count, frames, 3, 3))
    places = np.empty((count, frames, 3))
    for letter in np.unique(letters):
        for clip in np.flatnonzero(letters == letter) if LETTERS[letter] in MOVING else (letters == letter,):
            if LETTERS[letter] in MOVING:
                turning = random.uniform(10, 28)
                rotations[clip], places[clip] = alphabet.placed(LETTERS[letter], phase[clip], turning)
            else:
                rotations[clip], places[clip] = alphabet.placed(LETTERS[letter], np.zeros(1))
    askew = random.normal(0, ASKEW, (count, 1, 3))
    coming = (before_turns[:, None] * (1 - arrival[..., None])) + askew
    coming = coming + _wander(random, coming.shape) * TREMBLING
    rotations = alphabet.turns(coming) @ rotations
    hands = hands @ rotations.swapaxes(-1, -2)
    # The whole hand comes from somewhere and is not quite still.
    from_where = random.normal(0, 0.6, (count, 1, 3)) * (1 - arrival[..., None])
    places = places * random.uniform(0.6, 1.2, (count, 1, 1)) + from_where + 0.03 * _wander(random, places.shape)
    return hands + places[:, :, None]


def _idle(random: np.random.Generator, world: World, count: int, frames: int) -> np.ndarray:
    """float [count, frames, 21, 3]: hands that hang or lie, the fingers downwards."""
    angles = np.array(_BETWEEN)[random.integers(len(_BETWEEN), size=count)] + random.normal(0, 8, (count, ANGLES))
    hands = skeleton.points(np.clip(angles, LIMITS[:, 0], LIMITS[:, 1]), anatomies(random, world, count))
    fingers = random.normal(0, 0.5, (count, 3)) - np.array([0, 1, 0])
    hands = hands @ skeleton.orientation(fingers, random.normal(0, 1, (count, 3))).swapaxes(-1, -2)
    return np.repeat(hands[:, None], frames, 1) + 0.03 * _wander(random, (count, frames, 1, 3))


def _before(random: np.random.Generator, poses: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Angles and turns in degrees from which learners come: another letter, or a hand that shows none."""
    others = np.concatenate([poses, np.repeat(np.array(_BETWEEN), 5, 0)])
    before = others[random.integers(len(others), size=count)] + random.normal(0, 6, (count, ANGLES))
    return before, random.normal(0, 1, (count, 3)) * np.array([30, 40, 25]) * random.uniform(0, 1, (count, 1))


def _timing(random: np.random.Generator, letters: np.ndarray, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Two [count, frames] from 0 to 1: how far the learner has arrived, and how far a movement has come."""
    count = len(letters)
    if frames == 1:
        # A single frame shows a movement where it differs from a letter that is held.
        return np.ones((count, 1)), random.uniform(0.35, 1.0, (count, 1))
    # Some frames are missing, so that time goes by unevenly.
    steps = 1 + (random.random((count, frames)) < random.uniform(0, 0.15, (count, 1))) * random.integers(1, 4, (count, frames))
    times = np.cumsum(steps, 1) - steps[:, :1]
    arriving = np.where(random.random(count) < 0.3, 0.0, random.uniform(0, frames / 2, count))
    arrival = np.clip(times / np.maximum(arriving, 1e-3)[:, None], 0, 1) if arriving.any() else np.ones((count, frames))
    arrival[arriving == 0] = 1.0

    lasting = np.exp(random.uniform(np.log(5), np.log(28), count))
    rest = random.uniform(0, 8, count)
    latest = np.maximum(times[:, -1] - 0.8 * lasting, 0)
    earliest = np.where(arriving == 0, -0.4 * lasting, np.minimum(0.7 * arriving, latest))
    begins = random.uniform(np.minimum(earliest, latest), latest)
    since = times - begins[:, None]
    # Drawn, held, and where it is drawn again, taken back a little faster.
    period = lasting * 1.6 + 2 * rest
    again = random.random(count) < 0.5
    since = np.where(again[:, None] & (since > 0), since % period[:, None], since)
    back = 1 - (since - (lasting + rest)[:, None]) / (0.6 * lasting[:, None])
    phase = np.where(again[:, None] & (since > (lasting + rest)[:, None]), back, since / lasting[:, None])
    phase = np.clip(phase, 0, 1)
    return arrival, phase * phase * (3 - 2 * phase) * 0.6 + phase * 0.4


def _seen(random: np.random.Generator, world: World, hands: np.ndarray) -> np.ndarray:
    """float [count, frames, 21, 3]: a camera's picture of the hands, with a detector's errors.

    x and y are parts of the picture's width and height; z is relative to the wrist in parts of the width.
    """
    count, frames = hands.shape[:2]
    # Tilted by that many degrees in any direction.
    tilt, heading = _within(random, (world.view,), (count,)), random.uniform(0, 2 * np.pi, count)
    degrees = np.stack([tilt * np.cos(heading), tilt * np.sin(heading), _signed(random, (world.roll,), (count,))], -1)
    hands = hands - hands[:, :, :1].mean(1, keepdims=True)
    hands = hands @ alphabet.turns(degrees)[:, None].swapaxes(-1, -2)

    distance = _within(random, world.distance, (count,))[:, None, None]
    aside = random.uniform(-0.2, 0.2, (count, 2))[:, None, None] * distance[..., None]
    away = distance - hands[..., 2]
    # The picture's width at distance 1.
    across = random.uniform(0.7, 1.4, (count, 1, 1))
    flat = (hands[..., :2] + aside) / (away * across)[..., None]
    palm = 1 / (distance * across)
    z = -(hands[..., 2] - hands[..., :1, 2]) * palm

    flat, z = _detected(random, flat / palm[..., None], z / palm)
    aspect = np.array(world.aspects)[random.integers(len(world.aspects), size=count)][:, None, None]
    x = 0.5 + flat[..., 0] * palm
    y = 0.5 - flat[..., 1] * palm * aspect
    return np.stack([x, y, z * palm], -1)


def _detected(random: np.random.Generator, flat: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The detector's errors, in lengths of the palm. flat: [count, frames, 21, 2], z: [count, frames, 21]."""
    count = len(flat)
    x, y, deep = (values.astype(np.float32) for values in (flat[..., 0], flat[..., 1], z))
    hidden = np.zeros(z.shape, bool)
    for point in range(POINTS):
        near = (x - x[..., point, None]) ** 2 + (y - y[..., point, None]) ** 2 < BESIDE**2
        hidden |= near & (deep > deep[..., point, None] + BEHIND)
    worse = np.where(hidden, HIDDEN_TIMES, 1.0)
    quality = random.uniform(0.5, 1.5, (count, 1, 1))
    whole = random.normal(0, CLIP_ERROR, (count, 1, POINTS, 2))
    error = (whole + _wander(random, flat.shape) * FRAME_ERROR) * (worse * quality)[..., None]
    slant = random.normal(0, DEPTH_SLANT, (count, 1, 1, 2))
    depth = z * random.uniform(*DEPTH_SCALE, (count, 1, 1)) + (slant * (flat - flat[..., :1, :])).sum(-1)
    lean = random.uniform(*DEPTH_LEAN, (count, 1, 1))
    depth = depth - lean * np.linalg.norm(flat - flat[..., :1, :], axis=-1)
    depth = depth + random.normal(0, DEPTH_CLIP_ERROR, (count, 1, POINTS)) * quality
    depth = depth + _wander(random, z.shape) * DEPTH_FRAME_ERROR * worse * quality
    return flat + error, depth - depth[..., :1]


def _sides(random: np.random.Generator, landmarks: np.ndarray, idle: np.ndarray) -> np.ndarray:
    """float32 [count, frames, 42, 3]. A right hand in a picture as the camera takes it is called Left."""
    count, frames = landmarks.shape[:2]
    pair = np.stack([landmarks, idle], 2)
    right = random.random(count) < 0.5
    pair[right] = np.where(pair[right].any((-1, -2), keepdims=True), _mirrored_picture(pair[right]), 0)
    wrong = (random.random((count, 1)) < WRONG_SIDE) ^ (random.random((count, frames)) < SIDE_FLICKER)
    swapped = right[:, None] ^ wrong
    pair[swapped] = pair[swapped][:, ::-1]
    return pair.reshape(count, frames, 2 * POINTS, 3).astype(np.float32)


def _mirrored_picture(landmarks: np.ndarray) -> np.ndarray:
    landmarks = landmarks.copy()
    landmarks[..., 0] = 1 - landmarks[..., 0]
    return landmarks
