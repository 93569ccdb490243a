"""The computed fencers: their bodies, what they do, how they are filmed, and the bouts that are shipped."""

from __future__ import annotations

import json
import re

import cv2
import numpy as np
import pytest

import bouts
from fencer import body, phrase, renderer
from fencer.body import KEYPOINTS, UP, Build
from fencer.phrase import PHRASES
from fencer.renderer import Camera

EVERY = [(name, winner) for name in PHRASES for winner in ("left", "right")]
SHOWN = [bouts.bout(*what) for what in bouts.SHOWN]
BONES = (
    ("front_hip", "front_knee"),
    ("front_knee", "front_ankle"),
    ("back_hip", "back_knee"),
    ("back_knee", "back_ankle"),
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("other_shoulder", "other_elbow"),
    ("other_elbow", "other_wrist"),
    ("front_hip", "back_hip"),
    ("shoulder", "other_shoulder"),
    ("hips", "chest"),
    ("chest", "neck"),
)


def small(name: str, winner: str, seed: int = 0) -> bouts.Bout:
    return bouts.bout(name, winner, seed, 15, 320, 180)


def shown(bout: bouts.Bout) -> str:
    return bout.name


@pytest.mark.parametrize(("name", "winner"), EVERY)
def test_bones_keep_their_lengths_and_feet_stand_where_they_are_put(name: str, winner: str) -> None:
    bout = small(name, winner)
    for own in bout.performed:
        for one, other in BONES:
            length = np.linalg.norm(own.joints[one] - own.joints[other], axis=1)
            assert np.ptp(length) < 1e-9, (one, other)
        # The legs reach the places of their feet: nobody floats.
        assert np.allclose(own.joints["front_ankle"], own.posture.front_ankle, atol=1e-9)
        assert np.allclose(own.joints["back_ankle"], own.posture.back_ankle, atol=1e-9)


@pytest.mark.parametrize(("name", "winner"), EVERY)
def test_feet_do_not_slide(name: str, winner: str) -> None:
    bout = small(name, winner)
    for own, fencer, side in zip(bout.performed, (bout.left, bout.right), (bout.phrase.left, bout.phrase.right), strict=True):
        for ankle, steps in (("front_ankle", side.feet.front_steps), ("back_ankle", side.feet.back_steps)):
            places, moved = own.joints[ankle], False
            for step, after in zip(steps, [*steps[1:], None], strict=True):
                rest = (bout.times >= step.end) & (bout.times <= (after.begin if after else np.inf))
                assert (np.ptp(places[rest], axis=0) < 1e-9).all() if rest.any() else True
                assert np.allclose(places[rest][:, 1], fencer.build.ankle)
                under_way = (bout.times > step.begin + 0.04) & (bout.times < step.end - 0.04)
                assert (places[under_way][:, 1] > fencer.build.ankle).all()
                moved |= bool(under_way.any())
            assert moved or not steps


@pytest.mark.parametrize(("name", "winner"), EVERY)
def test_a_phrase_is_as_fast_and_as_wide_as_recorded_ones(name: str, winner: str) -> None:
    for seed in range(10):
        told = small(name, winner, seed).phrase
        at = np.arange(0, told.length, 0.01)
        ways = [phrase.along(side.feet.front_steps, 0.0, at)[0] for side in (told.left, told.right)]
        apart = 2 * phrase.START - ways[0] - ways[1]
        assert 4 < apart[0] < 4.4
        # In half of 112 recorded phrases the front feet come within 0.6 units of each other, in nine of ten within 1.05.
        assert 0.8 < apart.min() < 1.3
        assert apart[round(told.hits[0][1] / 0.01)] < 1.5
        assert max(np.abs(np.diff(way)).max() for way in ways) / 0.01 < 6, (
            "metres a second; nine tenths of the recorded ones stay below 9.6"
        )
        assert 2 < told.length < 6


@pytest.mark.parametrize(("name", "winner"), EVERY)
def test_a_lamp_goes_on_when_a_point_arrives(name: str, winner: str) -> None:
    bout = bouts.bout(name, winner, 0, 200)
    for own, other, side in ((0, 1, "left"), (1, 0, "right")):
        (hit,) = (at for who, at in bout.phrase.hits if who == side)
        point, chest = bout.performed[own].blade[:, 1], bout.performed[other].joints["chest"]
        away = np.linalg.norm(point - chest, axis=1)
        assert away[round(hit * 200) + 1] < 0.32
        assert away[: round(hit * 200) - 40].min() > 0.35
        assert not bout.performed[own].touching[: round(hit * 200) - 1].any()


def test_the_same_seed_tells_the_same_and_another_another() -> None:
    one, again, other = small("beat-attack", "left", 3), small("beat-attack", "left", 3), small("beat-attack", "left", 4)
    assert bouts.truth(one) == bouts.truth(again)
    assert bouts.signal(one) == bouts.signal(again)
    assert (bouts.Film(one, 1).frame(9) == bouts.Film(again, 1).frame(9)).all()
    assert bouts.truth(one)["moments"] != bouts.truth(other)["moments"]


def test_a_camera_shows_nearer_things_larger_and_lower_ones_lower() -> None:
    camera = Camera(640, 480, np.array([0.0, 1.5, 7.0]), 500.0, 0.0)
    assert np.allclose(camera.project(np.array([0.0, 1.5, 0.0])), [320, 240])
    assert np.allclose(camera.project(np.array([1.4, 0.8, 0.0])), [420, 290])
    tilted = Camera(640, 480, np.array([0.0, 1.5, 7.0]), 500.0, 0.1)
    places = np.array([[0.3, 0.4, 0.2], [-1.0, 1.9, -0.5]])
    row, column = 300, 111
    along = tilted.eye + 6.5 * tilted.rays()[row, column]
    assert np.allclose(tilted.project(along), [column + 0.5, row + 0.5])
    assert (tilted.project(places)[:, 1] < camera.project(places)[:, 1]).all()


@pytest.mark.parametrize("bout", SHOWN, ids=shown)
def test_the_truth_is_where_the_bodies_are_drawn(bout: bouts.Bout) -> None:
    film = bouts.Film(bout, 1)
    number = len(bout.times) // 2
    for own, (points, boxes) in enumerate(zip(bouts.keypoints(bout), bouts.boxes(bout), strict=True)):
        picture, depth = film.background.copy(), np.full(film.depth.shape, renderer.FAR, np.float32)
        fencer = (bout.left, bout.right)[own]
        renderer.draw(film.parts[own][number], fencer.look.materials(), film.camera, film.rays, bout.hall.light, picture, depth)
        rows, columns = np.nonzero(depth < renderer.FAR)
        drawn = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        # Balls are a little wider than their radius at the picture's edge, and folds reach out of them.
        assert np.abs(drawn - boxes[number]).max() < 4
        for name, (x, y) in zip(KEYPOINTS, points[number], strict=True):
            assert depth[int(y), int(x)] < renderer.FAR, name


def test_left_is_left_and_the_armed_hand_is_before_the_other() -> None:
    for what in EVERY:
        bout = small(*what, 5)
        left, right = bouts.keypoints(bout)
        assert (left[..., 0].mean(1) < right[..., 0].mean(1)).all()
        for fencer, points in ((bout.left, left), (bout.right, right)):
            armed, other = ("right wrist", "left wrist") if fencer.right_handed else ("left wrist", "right wrist")
            ahead = fencer.side * (points[:, KEYPOINTS.index(armed), 0] - points[:, KEYPOINTS.index(other), 0])
            assert (ahead > 0).all()
        # A left shoulder is to the left of somebody who is seen from behind.
        for fencer, own in ((bout.left, bout.performed[0]), (bout.right, bout.performed[1])):
            left_shoulder, right_shoulder = own.joints.keypoints[:, 5], own.joints.keypoints[:, 6]
            chest = np.cross(UP, right_shoulder - left_shoulder)
            assert ((chest * own.joints["out"]).sum(1) > 0).all(), fencer.side


def test_a_limb_that_cannot_reach_keeps_its_length() -> None:
    root, goal = np.zeros((1, 3)), np.array([[5.0, 0.0, 0.0]])
    middle, end = body.bent(root, goal, 0.3, 0.25, np.array([[0.0, 1.0, 0.0]]))
    assert np.isclose(np.linalg.norm(middle), 0.3)
    assert np.isclose(np.linalg.norm(end - middle), 0.25)
    assert end[0, 0] > 0.54
    assert Build().scaled(2, 1).thigh == 2 * Build().thigh


@pytest.mark.parametrize(("name", "winner"), EVERY)
def test_the_signal_file_says_what_the_protocol_reads(name: str, winner: str) -> None:
    bout = small(name, winner)
    found: dict[str, list[float]] = {}
    scores: list[str] = []
    for line in bouts.signal(bout).splitlines():
        time = re.search(r"\d+\.\d+s", line)
        for what in (
            "Phrase recording started",
            "Off-Target: Blade-to-blade contact",
            "Simultaneous valid hits",
            "Lockout period started",
            "HIT:",
        ):
            if what in line and time:
                found.setdefault(what, []).append(float(time[0][:-1]))
        if "Scores ->" in line:
            scores = re.findall(r"Fencer [12]: (\w+)", line)
        if declared := re.search(r"Confirmed result winner: (Left|Right)", line):
            assert declared[1].lower() == winner
    assert found["Phrase recording started"] == [0.0]
    assert scores == ["HIT", "HIT"]
    (both,) = found["Simultaneous valid hits"]
    assert np.isclose(both, bout.phrase.hits[1][1], atol=6e-4)
    assert both - found["HIT:"][0] < 0.17, "within sabre's lockout"
    assert np.allclose(found.get("Off-Target: Blade-to-blade contact", []), bout.phrase.contacts, atol=6e-4)
    assert bool(bout.phrase.contacts) == (name in ("parry-and-riposte", "beat-attack"))
    assert int(both * bouts.RATE) < len(bout.times)


@pytest.mark.parametrize("bout", SHOWN, ids=shown)
def test_shipped_bouts_are_what_the_command_makes(bout: bouts.Bout) -> None:
    assert (bouts.SAMPLES / f"{bout.name}.txt").read_text(encoding="utf-8") == bouts.signal(bout)
    kept = json.loads((bouts.TRUTH / f"{bout.name}.json").read_text(encoding="utf-8"))
    made = bouts.truth(bout)
    for side in ("left", "right"):
        for what in ("boxes", "keypoints"):
            # Rounded to tenths of a pixel.
            assert np.allclose(
                np.array(kept[side].pop(what), float), np.array(made[side].pop(what), float), atol=0.11, equal_nan=True
            )
    assert kept == made
    video = cv2.VideoCapture(str(bouts.SAMPLES / f"{bout.name}.mp4"))
    pictures = []
    while (read := video.read())[0]:
        pictures.append(read[1][..., ::-1])
    assert len(pictures) == made["frames"]
    assert video.get(cv2.CAP_PROP_FPS) == bouts.RATE
    number = len(pictures) // 2
    error = pictures[number].astype(float) - bouts.Film(bout).frame(number)
    assert -10 * np.log10((error**2).mean() / 255**2) > 34, "decibels of compression"
