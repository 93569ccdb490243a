"""The rendered world against geometry that can be computed by hand."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from world import dataset, photographs
from world import ray_caster as caster
from world import scene as world
from world.caption import caption

WIDTH, HEIGHT = 160, 120
HALF_ANGLE = math.tan(math.radians(30))


def thing(label: int, kind: int, size: tuple, place: tuple, turn: np.ndarray | None = None, words: str = "") -> world.Thing:
    colours = np.array([[0.6, 0.1, 0.1], [0.1, 0.1, 0.6]])
    return world.Thing(
        label, kind, size, np.array(place, float), np.eye(3) if turn is None else turn, caster.PLAIN, colours, words=words
    )


def scene(*things: world.Thing, eye: tuple = (0, -1, 0), target: tuple = (0, 0, 0)) -> world.Scene:
    room = world.random_room(np.random.default_rng(1), photographs.TRAINING)
    light = world.Light(np.array([0.5, -1, 1.2]), 0.0, np.ones(3), np.full(3, 0.2))
    camera = world.Camera(np.array(eye, float), np.array(target, float), HALF_ANGLE)
    return world.Scene(list(things), room, light, camera, "a table", list(things))


def test_a_ball_covers_the_disc_it_projects_to() -> None:
    rendered = scene(thing(world.BALL, caster.BALL, (0.2, 0, 0, 0), (0, 0, 0))).render(WIDTH, HEIGHT)
    # The cone that touches the ball: sin = radius / distance.
    radius = math.tan(math.asin(0.2)) / HALF_ANGLE * WIDTH / 2
    assert (rendered.mask == world.BALL).sum() == pytest.approx(math.pi * radius**2, rel=0.01)
    assert rendered.depth[HEIGHT // 2, WIDTH // 2] == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("distance", [0.6, 1.0, 1.4])
def test_depth_is_measured_along_the_cameras_axis(distance: float) -> None:
    face = thing(world.CUBE, caster.BOX, (1, 0.1, 1, 0), (0, distance - 0.9, 0))
    rendered = scene(face).render(WIDTH, HEIGHT)
    assert rendered.mask.min() == world.CUBE
    # A wall that faces the camera is equally deep everywhere.
    assert rendered.depth == pytest.approx(distance, abs=1e-4)


def test_one_sees_through_a_ring_and_into_a_cup() -> None:
    ring = thing(world.RING, caster.RING, (0.2, 0.05, 0, 0), (0, 0, 0), world.pitch(math.pi / 2))
    mask = scene(ring).render(WIDTH, HEIGHT).mask
    assert mask[HEIGHT // 2, WIDTH // 2] == world.BACKGROUND
    assert mask[HEIGHT // 2, WIDTH // 2 + round(0.2 / HALF_ANGLE * WIDTH / 2)] == world.RING

    cup = thing(world.CUP, caster.CUP, (0.2, 0.2, 0.2, 0.02), (0, 0, 0))
    depth = scene(cup, eye=(0.0, -0.01, 1)).render(WIDTH, HEIGHT).depth
    # From above to the inside of the bottom, which is as thick as the wall.
    assert depth[HEIGHT // 2, WIDTH // 2] == pytest.approx(1 + 0.2 - 0.02, abs=5e-3)


@pytest.mark.parametrize(
    ("kind", "size", "middle"),
    [
        (caster.CYLINDER, (0.2, 0.3, 0, 0), 0.8),
        (caster.CAPSULE, (0.2, 0.3, 0, 0), 0.8),
        # Halfway up a cone its radius is half of the base's.
        (caster.CONE, (0.2, 0.3, 0, 0), 0.9),
    ],
)
def test_round_things_are_as_thick_as_they_say(kind: int, size: tuple, middle: float) -> None:
    depth = scene(thing(world.CYLINDER, kind, size, (0, 0, 0))).render(WIDTH + 1, HEIGHT + 1).depth
    assert depth[HEIGHT // 2, WIDTH // 2] == pytest.approx(middle, abs=2e-3)


def test_nearer_things_hide_those_behind() -> None:
    near = thing(world.BALL, caster.BALL, (0.1, 0, 0, 0), (0, -0.3, 0))
    far = thing(world.CUBE, caster.BOX, (0.3, 0.3, 0.3, 0), (0, 0.3, 0))
    mask = scene(far, near).render(WIDTH, HEIGHT).mask
    assert mask[HEIGHT // 2, WIDTH // 2] == world.BALL
    assert world.CUBE in mask


def test_pictures_follow_from_their_number_and_the_parts_share_none() -> None:
    first, again = dataset.example(dataset.TRAINING, 3), dataset.example(dataset.TRAINING, 3)
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one, other)
    parts = (dataset.TRAINING, dataset.VALIDATION, dataset.HELD_OUT)
    for one, other in combinations(parts, 2):
        assert not np.array_equal(dataset.example(one, 3)[0], dataset.example(other, 3)[0])
        assert not set(one.photographs) & set(other.photographs)


@pytest.mark.parametrize("part", [dataset.TRAINING, dataset.VALIDATION, dataset.HELD_OUT], ids=lambda part: part.name)
def test_a_photograph_is_all_background(part: dataset.Part) -> None:
    pixels, mask, _ = dataset.example(part, part.photograph_every - 1)
    assert pixels.std() > 10
    assert not mask.any()


def test_scenes_show_every_class_and_every_pixel_has_one() -> None:
    seen = set()
    for number in range(12):
        rendered = world.random_scene(np.random.default_rng(number), photographs.TRAINING).render(WIDTH, HEIGHT)
        seen |= set(np.unique(rendered.mask).tolist())
        assert np.isfinite(rendered.colour).all() and (rendered.depth > 0).all()
    assert seen == set(range(len(world.LABELS)))


def test_a_caption_says_what_is_seen_and_on_which_side() -> None:
    left = thing(world.BALL, caster.BALL, (0.05, 0, 0, 0), (-0.2, 0, 0), words="red")
    right = thing(world.CUP, caster.CUP, (0.05, 0.05, 0.05, 0.01), (0.2, 0.1, 0), words="orange")
    behind = thing(world.CONE, caster.CONE, (0.05, 0.05, 0, 0), (0, -2, 0), words="blue")
    assert caption(scene(left, right, behind)) == "a red ball and an orange cup on a table, the red ball left of the orange cup"
    assert caption(scene(behind)) == "a table in a room"
