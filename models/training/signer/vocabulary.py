"""The twenty signs, as dictionaries of American Sign Language describe them, and how a body performs them.

A sign is a list of keys: times in seconds, and what each hand does then. Both hands are described as if they were the
right one: x counts from the body's middle, negative on the hand's own side, positive across it; y up, z to the viewer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hand import skeleton
from hand.skeleton import INDEX, MIDDLE, PINKIE, RING, THUMB

from .shapes import FLAT_TIPS, KNUCKLES, OUTER_EDGE, PALM, SHAPES, TWO_FINGERS, WRIST, tip

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Hand:
    """What a hand does at a moment: which of its places is where, and the way its fingers and its palm look."""

    shape: str
    # Counted from a place of the body, see Person.anchor.
    anchor: str
    place: Vector
    fingers: Vector
    palm: Vector
    point: Vector = PALM

    def at(self, x: float, y: float, z: float) -> Hand:
        return replace(self, place=(x, y, z))

    def moved(self, x: float, y: float, z: float) -> Hand:
        return self.at(self.place[0] + x, self.place[1] + y, self.place[2] + z)


@dataclass(frozen=True)
class Key:
    time: float
    right: Hand
    # Not used by a sign of one hand: it rests.
    left: Hand | None = None
    # Movement begins and ends gently; where it goes round or on, it does not.
    gentle: bool = True


@dataclass(frozen=True)
class Style:
    """How often a movement is repeated, how large it is, and how the head goes with it."""

    times: int = 2
    size: float = 1.0


@dataclass(frozen=True)
class Sign:
    word: str
    description: str
    perform: Callable[[Style], list[Key]]
    # How often the dictionary's form repeats the movement.
    times: int = 2
    # Degrees that the elbows are lifted.
    elbows: float = 0.0
    # Degrees the head goes along: yaw, pitch, roll.
    head: Vector = (0.0, 0.0, 0.0)


_UP, _DOWN, _AHEAD = (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)
_BACK, _ACROSS, _OUT = (0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)


def _repeated(times: int, seconds: float, *states: tuple[float, Hand, Hand | None]) -> list[Key]:
    """States at parts of a period, over and over, and the first once more."""
    keys = [Key((turn + share) * seconds, right, left) for turn in range(times) for share, right, left in states]
    return [*keys, Key(times * seconds, *states[0][1:])]


def _book(style: Style) -> list[Key]:
    shut = Hand("flat", "chest", (-0.012, -0.13, 0.17), (0.0, 0.15, 1.0), _ACROSS, OUTER_EDGE)
    wide = 60 * min(style.size, 1.3)
    opened = replace(shut, palm=(math.cos(math.radians(wide + 20)), math.sin(math.radians(wide + 20)), 0.0))
    return _repeated(style.times, 0.85, (0.0, shut, shut), (0.45, opened, opened), (0.65, opened, opened))


def _chair(style: Style) -> list[Key]:
    under = Hand("H", "chest", (0.01, -0.11, 0.19), (0.75, 0.05, 0.7), (0.0, -1.0, 0.0), TWO_FINGERS)
    tapped = Hand("hooked", "chest", (-0.012, -0.085, 0.195), (0.55, 0.0, 0.85), (0.1, -1.0, 0.0), (0.15, 1.35, 0.3))
    lifted = tapped.moved(0, 0.065 * style.size, 0.0)
    return _repeated(style.times, 0.42, (0.0, lifted, under), (0.5, tapped, under))


def _clothes(style: Style) -> list[Key]:
    high = Hand("five", "chest", (-0.085, 0.055, 0.045), (0.75, 0.5, 0.15), (0.0, -0.1, -1.0), KNUCKLES)
    low = high.moved(0, -0.19 * style.size, 0.005)
    back = high.moved(0, -0.06 * style.size, 0.05)
    return _repeated(style.times, 0.7, (0.0, high, high), (0.6, low, low), (0.82, back, back))


def _computer(style: Style) -> list[Key]:
    arm = Hand("loose", "chest", (-0.0, -0.14, 0.16), (1.0, 0.1, 0.25), _DOWN, WRIST)
    keys = []
    low, high = Hand("C", "chest", (0.045, -0.075, 0.19), (0.35, 0.75, 0.45), (0.75, -0.25, 0.4), (0.2, 0.6, 0.5)), None
    for turn in range(style.times):
        for share in np.linspace(0, 1, 7, endpoint=False):
            # An arc from the wrist up to the elbow and back.
            way = 0.5 - 0.5 * math.cos(2 * math.pi * share)
            high = low.moved(0.115 * style.size * way, 0.02 * way + 0.055 * style.size * math.sin(math.pi * way), -0.03 * way)
            keys.append(Key((turn + share) * 0.8, high, arm, gentle=False))
    return [*keys, Key(style.times * 0.8, low, arm, gentle=False)]


def _drink(style: Style) -> list[Key]:
    rim = (0.25, 1.0, 0.85)
    held = Hand("C", "mouth", (-0.015, -0.035, 0.075), (0.4, 0.45, 0.75), (0.85, 0.0, -0.45), rim)
    tipped = Hand("C", "mouth", (-0.01, 0.0, 0.03), (0.45, 0.75, 0.5), (0.8, -0.35, -0.25), rim)
    return _repeated(style.times, 0.95, (0.0, held, None), (0.45, tipped, None), (0.7, tipped, None))


def _drum(style: Style) -> list[Key]:
    high = Hand("stick", "chest", (-0.10, -0.07, 0.19), (0.25, 0.45, 0.85), (0.85, -0.45, 0.1), WRIST)
    low = Hand("stick", "chest", (-0.09, -0.07 - 0.10 * style.size, 0.21), (0.25, -0.25, 0.95), (0.85, -0.45, -0.1), WRIST)
    return _repeated(style.times, 0.44, (0.0, high, low), (0.5, low, high))


def _family(style: Style) -> list[Key]:
    keys = []
    for share in np.linspace(0, 1, 9):
        # Half a circle outwards and ahead, the palms turning from the viewer to the signer.
        angle = math.pi * share
        x = -0.035 - 0.115 * style.size * math.sin(angle)
        z = 0.13 + 0.075 * (1 - math.cos(angle))
        look = 0.15 * math.pi + angle * 0.9
        palm = (math.sin(look), 0.0, math.cos(look))
        hand = Hand("F", "chest", (x, 0.0, z), (0.0, 1.0, 0.12), palm, (0.1, 0.9, 0.2))
        keys.append(Key(share * 0.75, hand, hand, gentle=False))
    return _again(keys, style.times, pause=0.12, back=0.3)


def _again(keys: list[Key], times: int, pause: float, back: float) -> list[Key]:
    """A movement in one direction, held at its end; the hands go back for the next time."""
    found, begin = [], 0.0
    for _ in range(times):
        found += [replace(key, time=begin + key.time) for key in keys]
        end = begin + keys[-1].time
        found.append(replace(keys[-1], time=end + pause))
        begin = end + pause + back
    return found


def _football(style: Style) -> list[Key]:
    apart = Hand("five", "chest", (-0.155 * min(1.15, style.size), -0.04, 0.17), (1.0, 0.15, 0.25), (0.0, 0.0, -1.0), KNUCKLES)
    meshed = apart.at(-0.068, -0.04, 0.175)
    # One hand's fingers lie between the other's.
    other = meshed.moved(0.0, 0.011, 0.0)
    return _repeated(style.times, 0.55, (0.0, apart, apart), (0.45, meshed, other), (0.62, meshed, other))


def _go(style: Style) -> list[Key]:
    begin = Hand("one", "chest", (-0.09, 0.03, 0.10), (0.1, 1.0, 0.05), (0.35, 0.0, 1.0), WRIST)
    middle = Hand("one", "chest", (-0.085, 0.04, 0.10 + 0.09 * style.size), (0.1, 0.75, 0.6), (0.2, -0.5, 0.8), WRIST)
    end = Hand("one", "chest", (-0.08, -0.05, 0.12 + 0.15 * style.size), (0.1, -0.1, 1.0), (0.1, -1.0, 0.0), WRIST)
    behind = (0.02, -0.01, -0.05)
    keys = [Key(0.0, begin, begin.moved(*behind)), Key(0.28, middle, middle.moved(*behind), False), Key(0.55, end, end.moved(*behind))]
    return _again(keys, style.times, pause=0.15, back=0.32)


def _hat(style: Style) -> list[Key]:
    on = Hand("flat", "top", (-0.005, 0.012, 0.01), (0.85, 0.15, 0.3), (0.1, -1.0, 0.0), (0.0, 1.15, 0.12))
    lifted = replace(on.moved(-0.012, 0.06 * style.size, 0.0), fingers=(0.85, 0.4, 0.3))
    return _repeated(style.times, 0.42, (0.0, lifted, None), (0.5, on, None))


def _hello(style: Style) -> list[Key]:
    begin = Hand("flat", "temple", (-0.012, 0.005, 0.03), (0.6, 0.75, 0.05), (0.3, -0.45, 0.8), FLAT_TIPS)
    end = Hand("flat", "temple", (-0.13 * style.size, 0.035, 0.13), (-0.15, 0.95, 0.25), (0.25, -0.25, 0.9), FLAT_TIPS)
    return _again([Key(0.0, begin), Key(0.42, end)], style.times, pause=0.2, back=0.32)


def _kiss(style: Style) -> list[Key]:
    tips = tip("bunched", INDEX, MIDDLE, THUMB)
    mouth = Hand("bunched", "mouth", (-0.002, -0.008, 0.014), (0.5, 0.85, -0.3), (0.4, 0.05, -0.9), tips)
    away = Hand("bunched", "mouth", (-0.045, 0.0, 0.055 * style.size), (0.4, 0.85, -0.3), (0.4, 0.05, -0.9), tips)
    cheek = Hand("bunched", "cheek", (-0.012, 0.015, 0.012), (0.45, 0.85, -0.3), (0.5, 0.0, -0.85), tips)
    return _repeated(style.times, 1.0, (0.0, mouth, None), (0.15, mouth, None), (0.35, away, None), (0.55, cheek, None), (0.72, cheek, None))


def _like(style: Style) -> list[Key]:
    touch = tip("pinching", MIDDLE, THUMB)
    begin = Hand("pinching", "chest", (-0.005, 0.02, 0.01), (0.9, 0.35, 0.0), (0.1, 0.0, -1.0), touch)
    end = Hand("pinched", "chest", (-0.05, -0.015, 0.01 + 0.15 * style.size), (0.85, 0.35, 0.25), (0.35, 0.0, -0.9), tip("pinched", MIDDLE, THUMB))
    return _again([Key(0.0, begin), Key(0.1, begin), Key(0.55, end)], style.times, pause=0.15, back=0.35)


def _play(style: Style) -> list[Key]:
    def turned(degrees: float) -> Hand:
        angle = math.radians(degrees)
        return Hand("Y", "chest", (-0.12, 0.0, 0.15), (0.2, 0.9, 0.4), (math.cos(angle), 0.0, math.sin(angle)), WRIST)

    one, other = turned(20 - 48 * min(1.25, style.size)), turned(20 + 48 * min(1.25, style.size))
    return _repeated(style.times, 0.36, (0.0, one, one), (0.5, other, other))


def _school(style: Style) -> list[Key]:
    under = Hand("flat", "chest", (0.0, -0.13, 0.19), (0.65, 0.05, 0.75), _UP, PALM)
    on = Hand("flat", "chest", (0.0, -0.105, 0.19), (0.65, 0.0, 0.75), _DOWN, PALM)
    lifted = replace(on.moved(-0.01, 0.095 * style.size, -0.01), fingers=(0.6, 0.3, 0.75))
    return _repeated(style.times, 0.46, (0.0, lifted, under), (0.5, on, under))


def _street(style: Style) -> list[Key]:
    begin = Hand("flat", "chest", (-0.085, -0.08, 0.09), (0.0, 0.1, 1.0), _ACROSS, WRIST)
    end = begin.moved(0.0, 0.0, 0.19 * style.size)
    return _again([Key(0.0, begin, begin), Key(0.65, end, end)], style.times, pause=0.15, back=0.35)


def _table(style: Style) -> list[Key]:
    under = Hand("flat", "chest", (-0.01, -0.135, 0.12), (1.0, 0.0, 0.12), _DOWN, WRIST)
    on = Hand("flat", "chest", (0.02, -0.085, 0.135), (1.0, 0.0, 0.1), _DOWN, WRIST)
    lifted = on.moved(0.0, 0.075 * style.size, 0.0)
    return _repeated(style.times, 0.5, (0.0, lifted, under), (0.5, on, under))


def _university(style: Style) -> list[Key]:
    palm = Hand("flat", "chest", (-0.02, -0.15, 0.16), (0.7, 0.05, 0.7), _UP, PALM)
    keys = [Key(0.0, Hand("H", "chest", (0.01, -0.125, 0.165), (0.35, 0.45, 0.8), (0.2, -0.8, 0.5), PALM), palm)]
    for share in np.linspace(0.15, 1, 9):
        # One turn of a spiral that rises.
        angle = 2 * math.pi * share
        x, z = 0.065 * style.size * math.sin(angle), 0.05 * style.size * (1 - math.cos(angle))
        way = Hand("H", "chest", (0.01 - x, -0.125 + 0.17 * style.size * share, 0.165 + z), (0.2, 0.6 + 0.4 * share, 0.6), (0.2, -0.3, 0.9), PALM)
        keys.append(Key(0.9 * share, way, palm, gentle=False))
    return _again(keys, style.times, pause=0.15, back=0.35)


def _violin(style: Style) -> list[Key]:
    neck = Hand("claw", "chest", (-0.27, 0.055, 0.17), (0.25, 0.75, 0.3), (0.55, 0.15, -0.85), PALM)
    one = Hand("stick", "chest", (0.09, 0.055, 0.15), (0.8, 0.1, 0.45), (0.35, -0.9, 0.1), (0.2, 0.9, 0.3))
    other = Hand("stick", "chest", (0.09 - 0.17 * style.size, -0.035, 0.21), (0.85, 0.15, 0.3), (0.35, -0.9, 0.1), (0.2, 0.9, 0.3))
    return _repeated(style.times, 0.75, (0.0, one, neck), (0.5, other, neck))


def _wall(style: Style) -> list[Key]:
    begin = Hand("flat", "chest", (-0.05, 0.07, 0.17), _UP, (0.0, 0.0, 1.0), PALM)
    end = begin.moved(-0.19 * style.size, 0.0, -0.02)
    return _again([Key(0.0, begin, begin), Key(0.65, end, end)], style.times, pause=0.18, back=0.35)


SIGNS = (
    Sign("book", "Flat hands, palm on palm in front of the chest, open like a book.", _book),
    Sign("chair", "Two bent fingers of one hand tap twice on two fingers of the other, as if they sat down.", _chair, elbows=10),
    Sign("clothes", "Both hands, the fingers spread and the thumbs at the chest, brush down it twice.", _clothes, elbows=20),
    Sign("computer", "A hand shaped like a C moves in arcs up and down the other forearm.", _computer, elbows=10),
    Sign("drink", "A hand holds a glass that is not there and tips it to the mouth.", _drink, times=1, head=(0, -6, 0)),
    Sign("drum", "Both hands hold sticks that are not there and beat in turn.", _drum, times=3),
    Sign("family", "Both hands, thumb and index finger making a ring, circle outwards until the little fingers meet.", _family, times=1),
    Sign("football", "Both hands, the fingers spread, come together twice so that the fingers mesh.", _football, elbows=25),
    Sign("go", "Both index fingers swing from pointing up to pointing ahead, away from the body.", _go, times=1),
    Sign("hat", "A flat hand pats the top of the head twice.", _hat, elbows=25),
    Sign("hello", "A flat hand moves from the forehead outwards, as in a salute.", _hello, times=1, elbows=10),
    Sign("kiss", "The fingertips of a closed hand touch the mouth and then the cheek.", _kiss, times=1),
    Sign("like", "Thumb and middle finger leave the chest and close, as if they pulled a thread.", _like, times=1, elbows=20),
    Sign("play", "Both hands, thumb and little finger stretched, shake loosely.", _play, times=3),
    Sign("school", "One flat hand claps twice on the palm of the other.", _school),
    Sign("street", "Both flat hands, palms facing each other, move ahead side by side.", _street, times=1),
    Sign("table", "The forearms lie on each other in front of the chest; the upper one pats the lower one twice.", _table, elbows=35),
    Sign("university", "Two fingers of one hand leave the palm of the other and circle upwards.", _university, times=1),
    Sign("violin", "One arm holds a violin that is not there; the other draws the bow.", _violin, elbows=20, head=(8, 4, -10)),
    Sign("wall", "Both flat hands, side by side with the palms ahead, move apart.", _wall, times=1, elbows=15),
)  # fmt: skip
WORDS = tuple(sign.word for sign in SIGNS)
