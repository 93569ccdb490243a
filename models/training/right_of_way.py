"""Learns what the answers of the referee's rule weigh, from recorded phrases, and says how often a referee agrees.

    .venv/bin/python models/training/right_of_way.py

reads ../shared/data/referee/phrases.jsonl.gz and writes the weights that Osprey ships
(src/main/resources/dev/osprey/fencing/right-of-way.properties) and right_of_way.json: weights without each day, for the
benchmark and the tests, and every figure of the cross-validation. Chance shakes the tracks of one figure, with a fixed seed.

Three questions are asked of a phrase, dev.osprey.fencing.Priority has them in words; each is answered by a number that changes
its sign when left and right are exchanged, and there is no constant, so the mirrored phrase has the mirrored decision and needs
not be learnt from.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PHRASES = ROOT.parent / "shared/data/referee/phrases.jsonl.gz"
WEIGHTS = ROOT / "src/main/resources/dev/osprey/fencing/right-of-way.properties"
RESULTS = Path(__file__).with_suffix(".json")

FPS = 30
QUESTIONS = ("attack", "hand", "parry")

SHOULDERS, HIPS, WEAPON_WRIST = [5, 6], [11, 12], 10

# As in dev.osprey.fencing.Thresholds, in steps of 1 / FPS where they are times.
TOUCH_SEARCH, TOUCH_BLUR, LANDING, LAMP_BEFORE_TOUCH = 12, 3, 5, 3
SHORTEST_ATTACK, COMES_FORWARD, MUCH_QUICKER = 0.1, 0.3, 2
PARRY_LATEST, PARRY_EARLIEST = 0.05, 0.8


@dataclass(frozen=True)
class Choices:
    """What could as well be a little different; cross-validation chooses anew without each day."""

    attack_speeds: tuple[float, ...] = (1.25, 1.5, 1.75, 2, 2.25)
    touch_before_nearest: int = 3
    hand: tuple[int, int] = (21, 9)
    before_contact: int = 20
    ridge: float = 1.0


SHIPPED = Choices()
GRID = [
    Choices(speeds, touch, hand, contact, ridge)
    for speeds, touch, hand, contact, ridge in itertools.product(
        ((1.25, 1.5, 1.75, 2, 2.25), (1.25,), (1.5,), (1.75,), (2,), (2.25,)),
        (1, 3, 5),
        ((18, 6), (21, 9), (24, 12)),
        (15, 20),
        (0.3, 1.0, 3.0),
    )
]


@dataclass(frozen=True)
class Fencer:
    """In his own direction, at FPS steps a second."""

    trunk: np.ndarray
    hand: np.ndarray
    reach: np.ndarray
    speed: np.ndarray


@dataclass(frozen=True)
class Phrase:
    name: str
    left: Fencer
    right: Fencer
    lamp: float
    contacts: list[float]
    referee: int
    """1 for the left fencer, -1 for the right."""

    @property
    def day(self) -> str:
        return self.name[:8]


def read(path: Path) -> list[dict]:
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def track(frames: list) -> np.ndarray:
    """[frames, 17, 2], not a number where a frame, a point or a coordinate is null."""
    return np.array(
        [[[np.nan if c is None else c for c in p or (None, None)] for p in f or [None] * 17] for f in frames], float
    )


def phrase(entry: dict, shaken: Callable[[np.ndarray], np.ndarray] = lambda points: points, late: float = 0) -> Phrase:
    """
    Args:
        shaken: what becomes of a track, as of track()
        late: seconds that the box's clock is behind the video's
    """
    times = [
        (float(found[1]) + late, line)
        for line in entry["signal"].splitlines()
        if (found := re.search(r"(\d+\.\d+)s", line))
    ]
    return Phrase(
        entry["name"],
        fencer(shaken(track(entry["left"])), entry["fps"], 1),
        fencer(shaken(track(entry["right"])), entry["fps"], -1),
        next(time for time, line in times if "HIT:" in line),
        [time for time, line in times if "Off-Target: Blade-to-blade contact" in line],
        1 if entry["referee"] == "left" else -1,
    )


def fencer(points: np.ndarray, fps: float, forward: int) -> Fencer:
    x = points[..., 0]
    seen = np.arange(len(x))
    at = np.arange(0, seen[-1] / fps + 1e-9, 1 / FPS) * fps
    place = {}
    for point in (*SHOULDERS, *HIPS, WEAPON_WRIST):
        known = ~np.isnan(x[:, point])
        bridged = np.interp(seen, seen[known], x[known, point]) if known.any() else np.zeros(len(x))
        place[point] = forward * np.interp(at, seen, bridged)
    shoulders = sum(place[point] for point in SHOULDERS) / 2
    trunk = (shoulders + sum(place[point] for point in HIPS) / 2) / 2
    hand = place[WEAPON_WRIST]
    return Fencer(trunk, hand, hand - shoulders, np.clip(slope(smoothed(trunk, 2)) * FPS, -3, 4.5))


def smoothed(values: np.ndarray, deviation: float) -> np.ndarray:
    radius = int(4 * deviation + 0.5)
    bell = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    return np.convolve(np.pad(values, radius, mode="symmetric"), bell / bell.sum(), mode="valid")


def slope(values: np.ndarray) -> np.ndarray:
    return np.gradient(values) if len(values) > 1 else np.zeros(len(values))


def touch(of: Phrase, choices: Choices) -> int:
    steps = len(of.left.trunk)
    distance = np.minimum(-of.right.trunk - of.left.hand, -of.left.trunk - of.right.hand)
    lamp = round(of.lamp * FPS)
    first = max(0, min(lamp, steps - 1) - TOUCH_SEARCH)
    nearest = first + int(np.argmin(smoothed(distance, 1)[first : max(first + 1, lamp + TOUCH_SEARCH)]))
    return within(nearest - choices.touch_before_nearest, steps)


def within(step: int, steps: int) -> int:
    return max(min(8, steps - 1), min(steps - 1, step))


def duration(speed: np.ndarray, step: int, least: float) -> float:
    end = min(len(speed) - 1, max(1, step - LANDING))
    slower = np.flatnonzero(speed[: end + 1] < least)
    return (end - (slower[-1] if len(slower) else -1)) / FPS


def mean(values: np.ndarray, first: int, last: int) -> float:
    first = max(0, first)
    return float(values[first : max(first, last) + 1].mean())


def answers(of: Phrase, choices: Choices) -> list[float]:
    steps = len(of.left.trunk)
    at = touch(of, choices)
    around = [within(at + shift, steps) for shift in range(-TOUCH_BLUR, TOUCH_BLUR + 1)]

    def attack(fencer: Fencer) -> float:
        return float(
            np.mean(
                [
                    np.log(SHORTEST_ATTACK + duration(fencer.speed, step, speed))
                    for step in around
                    for speed in choices.attack_speeds
                ]
            )
        )

    def hand(fencer: Fencer) -> float:
        return float(np.mean([mean(fencer.reach, step - choices.hand[0], step - choices.hand[1]) for step in around]))

    return [attack(of.left) - attack(of.right), hand(of.left) - hand(of.right), parry(of, at, choices)]


def parry(of: Phrase, at: int, choices: Choices) -> float:
    before = [of.lamp - time for time in of.contacts if PARRY_LATEST < of.lamp - time < PARRY_EARLIEST]
    if not before:
        return 0.0
    contact = min(len(of.left.speed) - 1, max(1, at - LAMP_BEFORE_TOUCH - round(before[0] * FPS)))
    left, right = (mean(one.speed, contact - choices.before_contact, contact) for one in (of.left, of.right))
    if min(left, right) <= COMES_FORWARD:
        return 0.0
    return float(np.clip(right - left, -MUCH_QUICKER, MUCH_QUICKER))


def learn(x: np.ndarray, y: np.ndarray, ridge: float) -> np.ndarray:
    """Logistic regression without a constant; answers are scaled to a mean square of 1 before weights are held small."""
    scale = np.sqrt((x**2).mean(0)) + 1e-9
    x = x / scale
    weights = np.zeros(x.shape[1])
    for _ in range(15):
        chance = 1 / (1 + np.exp(y * (x @ weights)))
        gradient = ridge * weights - (x * (y * chance)[:, None]).sum(0)
        curvature = (x * (chance * (1 - chance))[:, None]).T @ x + ridge * np.eye(len(weights))
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights / scale


def held_out(x: np.ndarray, y: np.ndarray, days: np.ndarray, ridge: float) -> np.ndarray:
    odds = np.zeros(len(y))
    for day in np.unique(days).tolist():
        odds[days == day] = x[days == day] @ learn(x[days != day], y[days != day], ridge)
    return odds


def loss(odds: np.ndarray, y: np.ndarray) -> float:
    return float(np.log1p(np.exp(-y * odds)).mean())


def agreement(odds: np.ndarray, y: np.ndarray) -> float:
    return round(float(((odds > 0) == (y > 0)).mean()), 4)


def nested(tables: dict[Choices, np.ndarray], y: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, Counter]:
    """Without a day everything is chosen anew, by the loss of a cross-validation over the days that are left."""
    odds = np.zeros(len(y))
    chosen = Counter()
    for day in np.unique(days).tolist():
        others = days != day
        best = min(
            tables,
            key=lambda choices: loss(held_out(tables[choices][others], y[others], days[others], choices.ridge), y[others]),
        )
        chosen[best] += 1
        odds[~others] = tables[best][~others] @ learn(tables[best][others], y[others], best.ridge)
    return odds, chosen


def shaken_agreement(entries: list[dict], weights: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """How often the decisions still agree when pictures were worse than the recorder's; weights without the phrase's day."""
    chance = np.random.default_rng(1)

    def noise(points: np.ndarray) -> np.ndarray:
        return points + chance.normal(0, 0.04, points.shape)

    def gaps(points: np.ndarray) -> np.ndarray:
        return np.where(chance.random((len(points), 1, 1)) < 0.3, np.nan, points)

    def agrees(**changes) -> float:
        x = np.array([answers(phrase(entry, **changes), SHIPPED) for entry in entries])
        return agreement((x * weights).sum(1), y)

    return {
        "every point off by 0.04 units": agrees(shaken=noise),
        "three frames in ten missing": agrees(shaken=gaps),
        "the box's clock 0.2 s late": agrees(late=0.2),
        "the box's clock 0.2 s early": agrees(late=-0.2),
        "units 15 % too small": agrees(shaken=lambda points: points * 1.15),
        "units 15 % too large": agrees(shaken=lambda points: points * 0.85),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=Path, default=PHRASES)
    arguments = parser.parse_args()
    entries = read(arguments.phrases)
    phrases = [phrase(entry) for entry in entries]
    y = np.array([one.referee for one in phrases], float)
    days = np.array([one.day for one in phrases])

    asked: dict[tuple, np.ndarray] = {}
    tables = {}
    for choices in [SHIPPED, *GRID]:
        key = (choices.attack_speeds, choices.touch_before_nearest, choices.hand, choices.before_contact)
        if key not in asked:
            asked[key] = np.array([answers(one, choices) for one in phrases])
        tables[choices] = asked[key]

    x = tables[SHIPPED]
    weights = learn(x, y, SHIPPED.ridge)
    odds = held_out(x, y, days, SHIPPED.ridge)
    chosen_odds, chosen = nested(tables, y, days)
    all_speeds = {choices: table for choices, table in tables.items() if choices.attack_speeds == SHIPPED.attack_speeds}
    all_speeds_odds, _ = nested(all_speeds, y, days)
    every = [held_out(tables[choices], y, days, choices.ridge) for choices in GRID]
    others = sorted(agreement(one, y) for one in every)
    without = {
        day: [round(float(w), 4) for w in learn(x[days != day], y[days != day], SHIPPED.ridge)]
        for day in np.unique(days).tolist()
    }
    results = {
        "phrases": len(phrases),
        "choices": len(GRID),
        "nested": agreement(chosen_odds, y),
        "nestedLoss": round(loss(chosen_odds, y), 4),
        "choicesOfAllSpeeds": len(all_speeds),
        "nestedOfAllSpeeds": agreement(all_speeds_odds, y),
        "allVote": agreement(np.mean(every, axis=0), y),
        "nestedByDay": {day: agreement(chosen_odds[days == day], y[days == day]) for day in np.unique(days).tolist()},
        "nestedChoices": {str(choices): count for choices, count in chosen.most_common()},
        "shipped": agreement(odds, y),
        "shippedLoss": round(loss(odds, y), 4),
        "shippedOnWhatItLearntFrom": agreement(x @ weights, y),
        "leastMiddleMostOfTheChoices": [others[0], others[len(others) // 2], others[-1]],
        "without": {
            question: agreement(
                held_out(np.delete(x, column, 1), y, days, SHIPPED.ridge), y
            )
            for column, question in enumerate(QUESTIONS)
        },
        "shaken": shaken_agreement(entries, np.array([without[day] for day in days]), y),
        "weightsWithout": without,
        "answers": {one.name: [round(float(value), 5) for value in row] for one, row in zip(phrases, x)},
    }
    # Lists of numbers on one line each.
    lines = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), json.dumps(results, indent=2))
    RESULTS.write_text(lines + "\n")
    WEIGHTS.write_text(
        "# Written by models/training/right_of_way.py: logarithms of odds per unit of each answer.\n"
        + "".join(f"{question}={weight:.4f}\n" for question, weight in zip(QUESTIONS, weights))
    )
    for name, value in results.items():
        if name not in ("answers", "weightsWithout"):
            print(name, value)
    print(dict(zip(QUESTIONS, weights.round(4))))


if __name__ == "__main__":
    main()
