"""What the learnt right of way rests on: questions that know no side, and a fit that finds what is there."""

from __future__ import annotations

import json

import numpy as np
import pytest

import right_of_way
from right_of_way import RESULTS, SHIPPED, answers, held_out, learn, phrase

FRAMES, FPS = 50, 30
SIGNAL = "1.2s Off-Target: Blade-to-blade contact.\n1.5s | HIT: Simultaneous valid hits!"


def entry(left_speed: float, right_speed: float) -> dict:
    """Both stand half a second and then come forward."""
    moving = np.maximum(0, np.arange(FRAMES) / FPS - 0.5)

    def track(start: float, speed: float, forward: int) -> list:
        x = start + forward * speed * moving
        points = np.stack([np.repeat(x[:, None], 17, 1), np.full((FRAMES, 17), 3.0)], axis=2)
        points[:, right_of_way.WEAPON_WRIST, 0] += forward * 0.4
        return points.tolist()

    return {
        "name": "20260101_phrase",
        "fps": FPS,
        "signal": SIGNAL,
        "left": track(3, left_speed, 1),
        "right": track(9, right_speed, -1),
        "referee": "left",
    }


@pytest.mark.parametrize("speeds", [(2.6, 0.6), (1.4, 2.1), (2, 2)])
def test_the_mirrored_phrase_has_the_opposite_answers(speeds):
    one = answers(phrase(entry(*speeds)), SHIPPED)
    mirrored = answers(phrase(entry(*speeds[::-1])), SHIPPED)
    np.testing.assert_allclose(one, [-answer for answer in mirrored], atol=1e-9)


def test_the_quicker_one_attacks_and_is_parried():
    attack, _, parry = answers(phrase(entry(2.6, 0.6)), SHIPPED)
    assert attack > 1
    assert parry < -1


def test_gaps_change_little():
    seen = entry(2.6, 0.6)
    gaps = json.loads(json.dumps(seen))
    for frame in (*range(20, 24), *range(30, 33)):
        gaps["left"][frame] = None
    np.testing.assert_allclose(answers(phrase(seen), SHIPPED), answers(phrase(gaps), SHIPPED), atol=0.1)


def test_learns_what_is_there_without_seeing_the_day():
    chance = np.random.default_rng(0)
    x = chance.normal(size=(400, 3))
    y = np.where(x @ [2, -1, 0] + chance.logistic(size=400) > 0, 1.0, -1.0)
    days = np.array([str(i % 8) for i in range(400)])
    np.testing.assert_allclose(learn(x, y, 1.0), [2, -1, 0], atol=0.35)
    odds = held_out(x, y, days, 1.0)
    x[days == "3"] *= -1
    assert np.allclose(held_out(x, y, days, 1.0)[days == "3"], -odds[days == "3"])


def test_the_shipped_weights_are_those_of_the_results():
    results = json.loads(RESULTS.read_text())
    shipped = dict(
        line.split("=") for line in right_of_way.WEIGHTS.read_text().splitlines() if not line.startswith("#")
    )
    assert list(shipped) == list(right_of_way.QUESTIONS)
    middle = np.median(list(results["weightsWithout"].values()), axis=0)
    np.testing.assert_allclose([float(weight) for weight in shipped.values()], middle, rtol=0.15)
