"""The kinematic hand, the letters it shows, and the networks that read them."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

import letters
import publish_letters
from hand import alphabet, clips, draw, skeleton
from hand.alphabet import LETTERS, MOVING, POSES, STILL
from hand.clips import HELD_OUT, TRAINING
from hand.skeleton import AVERAGE, INDEX, LIMITS, MIDDLE, PARENTS, PINKIE, RING, THUMB
from letters import READERS, accuracy, confusion

TIP = 3


def lengths(hands: np.ndarray) -> np.ndarray:
    return np.linalg.norm(hands - hands[..., list(PARENTS), :], axis=-1)


def shown(letter: str, times: tuple[float, ...] = (0.0,)) -> np.ndarray:
    return alphabet.movement(letter, np.array(times))


def test_no_pose_changes_a_bones_length() -> None:
    random = np.random.default_rng(1)
    angles = LIMITS[:, 0] + (LIMITS[:, 1] - LIMITS[:, 0]) * random.random((200, skeleton.ANGLES))
    expected = lengths(skeleton.points(np.zeros(skeleton.ANGLES)))
    assert np.allclose(lengths(skeleton.points(angles)), expected)
    for finger, root in enumerate((THUMB, INDEX, MIDDLE, RING, PINKIE)):
        assert np.allclose(expected[root + 1 : root + 4], AVERAGE.bones[finger])


def test_many_hands_of_many_people_are_computed_as_each_alone() -> None:
    random = np.random.default_rng(2)
    people = clips.anatomies(random, TRAINING, 5)
    angles = np.stack([POSES[letter] for letter in "AKMRY"])
    together = skeleton.points(angles, people)
    for k in range(5):
        alone = skeleton.points(angles[k], skeleton.Anatomy(people.roots[k], people.bones[k]))
        assert np.allclose(together[k], alone)


@pytest.mark.parametrize("letter", LETTERS)
def test_no_joint_bends_further_than_joints_do(letter: str) -> None:
    assert (POSES[letter] >= LIMITS[:, 0]).all()
    assert (POSES[letter] <= LIMITS[:, 1]).all()


def test_bent_fingers_come_out_of_the_palm_and_turn_back_to_it() -> None:
    fist = skeleton.points(POSES["S"])
    assert (fist[[INDEX + 1, MIDDLE + 1, RING + 1, PINKIE + 1], 2] > 0.3).all()
    assert (fist[[INDEX + TIP, MIDDLE + TIP, RING + TIP, PINKIE + TIP], 2] < 0.3).all()


def test_an_orientation_is_a_turn_that_looks_where_it_should() -> None:
    turn = skeleton.orientation(np.array([1.0, 0, 0]), np.array([0, 0, -1.0]))
    assert np.allclose(turn @ turn.T, np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1)
    assert np.allclose(turn @ [0, 1, 0], [1, 0, 0])
    assert np.allclose(turn @ [0, 0, 1], [0, 0, -1])


def test_the_left_hand_is_the_mirror_image_of_the_right() -> None:
    for letter in STILL:
        right = shown(letter)[0]
        left = skeleton.mirrored(right)
        assert np.allclose(lengths(left), lengths(right))
        assert np.allclose(left[:, 0], -right[:, 0])
        assert np.allclose(left[:, 1:], right[:, 1:])


def distance(one: str, other: str) -> float:
    """In lengths of the palm, of the point that differs most between two still letters."""
    return np.linalg.norm(shown(one)[0] - shown(other)[0], axis=-1).max()


def test_every_still_letter_differs_from_every_other() -> None:
    nearest = min((distance(a, b), a, b) for a in STILL for b in STILL if a < b)
    assert nearest[0] > 0.2, nearest


def test_j_begins_as_i_and_does_not_stay_it() -> None:
    times = tuple(np.linspace(0, 1, 9))
    apart = [np.linalg.norm(hand - hand[:1] - shown("I")[0], axis=-1).mean() for hand in shown("J", times)]
    assert apart[0] < 0.15
    assert min(apart[3:]) > 0.4


def test_thumbs_are_where_the_alphabet_has_them() -> None:
    def hand(letter: str) -> np.ndarray:
        return skeleton.points(POSES[letter])

    def across(letter: str) -> float:
        return hand(letter)[THUMB + TIP, 0]

    knuckle = {name: AVERAGE.roots[k + 1, 0] for k, name in enumerate(("index", "middle", "ring", "pinkie"))}
    # Beside the fist; in front of it; out between the fingers that lie over it and the next one.
    assert across("A") > knuckle["index"]
    assert knuckle["middle"] < across("T") < knuckle["index"]
    assert knuckle["ring"] < across("N") < knuckle["middle"]
    assert knuckle["pinkie"] < across("M") < knuckle["ring"]
    assert hand("S")[THUMB + TIP, 2] > hand("S")[[INDEX + 1, MIDDLE + 1], 2].max()
    for letter, finger in (("D", MIDDLE), ("F", INDEX), ("O", INDEX)):
        assert np.linalg.norm(hand(letter)[THUMB + TIP] - hand(letter)[finger + TIP]) < 0.2, letter
    # E's fingertips end above the thumb, K's thumb lies between the two fingers.
    assert hand("E")[INDEX + TIP, 1] > hand("E")[THUMB + 2, 1]
    assert hand("K")[THUMB + TIP, 1] > AVERAGE.roots[2, 1]


def test_fingers_are_together_spread_and_crossed() -> None:
    def gap(letter: str) -> float:
        hand = skeleton.points(POSES[letter])
        return hand[INDEX + TIP, 0] - hand[MIDDLE + TIP, 0]

    assert gap("R") < 0 < gap("U") < 0.35 < gap("V")


def test_sideways_and_downward_letters_point_there() -> None:
    def way(letter: str) -> np.ndarray:
        hand = shown(letter)[0]
        return hand[INDEX + TIP] - hand[INDEX]

    for letter in "GH":
        assert way(letter)[0] > 0.8 * np.linalg.norm(way(letter))
    assert way("Q")[1] < -0.8 * np.linalg.norm(way("Q"))
    assert way("P")[1] < 0
    for letter in "DKLRUVWZ":
        assert way(letter)[1] > 0.3


def test_the_fingertips_draw_a_j_and_a_z_for_the_signer() -> None:
    times = tuple(np.linspace(0, 1, 21))
    # The signer sees the viewer's x mirrored.
    j = skeleton.mirrored(shown("J", times))[:, PINKIE + TIP, :2]
    lowest = j[:, 1].argmin()
    assert 0 < lowest < 20
    assert j[0, 1] - j[lowest, 1] > 1
    assert j[-1, 0] < j[lowest, 0] < j[0, 0] + 0.2
    assert j[-1, 1] > j[lowest, 1]
    z = skeleton.mirrored(shown("Z", times))[:, INDEX + TIP, :2]
    upper, lower = z[6], z[14]
    assert upper[0] - z[0, 0] > 0.5
    assert upper[0] - lower[0] > 0.5
    assert upper[1] - lower[1] > 0.5
    assert z[-1, 0] - lower[0] > 0.5


def test_what_is_held_out_cannot_be_drawn_in_training() -> None:
    def apart(one, other) -> bool:
        return all(a[1] <= b[0] or b[1] <= a[0] for a in one for b in other)

    assert apart(TRAINING.anatomy, HELD_OUT.anatomy)
    assert apart([TRAINING.view], [HELD_OUT.view])
    assert apart([TRAINING.roll], [HELD_OUT.roll])
    assert apart(TRAINING.distance, HELD_OUT.distance)
    assert not set(TRAINING.aspects) & set(HELD_OUT.aspects)


@pytest.mark.parametrize("world", [TRAINING, HELD_OUT])
def test_clips_follow_from_their_seed_and_have_one_or_two_hands_in_every_frame(world: clips.World) -> None:
    numbers = np.arange(52) % 26
    one, other = (clips.clips(np.random.default_rng(5), world, numbers).landmarks for _ in range(2))
    assert one.dtype == np.float32
    assert one.shape == (52, clips.FRAMES, 42, 3)
    assert np.array_equal(one, other)
    assert np.isfinite(one).all()
    present = one.reshape(52, clips.FRAMES, 2, -1).any(-1).sum(-1)
    assert set(np.unique(present)) <= {1, 2}
    assert (present == 1).mean() > 0.7
    # Both sides occur, and z is counted from the wrist.
    assert 0.3 < one[:, :, 0].any(-1).mean() < 0.7
    assert (one[:, :, [0, 21], 2] == 0).all()


def test_a_right_hand_is_called_left_where_the_picture_is_not_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WRONG_SIDE", "SIDE_FLICKER", "SECOND_HAND"):
        monkeypatch.setattr(clips, name, 0.0)
    y = clips.clips(np.random.default_rng(6), TRAINING, np.full(60, LETTERS.index("Y"))).landmarks[:, -1]
    left, right = y[:, :21], y[:, 21:]
    called_left = left.any((1, 2))
    # A Y shows its palm: the right hand's thumb is to the right of its pinkie for somebody who looks at it.
    assert (left[called_left, THUMB + TIP, 0] > left[called_left, PINKIE + TIP, 0]).all()
    assert (right[~called_left, THUMB + TIP, 0] < right[~called_left, PINKIE + TIP, 0]).all()


def test_normalised_hands_have_their_wrist_at_zero_and_reach_one() -> None:
    landmarks = clips.clips(np.random.default_rng(7), TRAINING, np.arange(26)).landmarks
    found = clips.normalised_clips(landmarks).reshape(26, clips.FRAMES, 2, 21, 3)
    present = landmarks.reshape(found.shape).any((-1, -2))
    assert (found[..., 0, :] == 0).all()
    assert np.allclose(np.abs(found).max((-1, -2)), present)


def test_every_drawing_of_the_page_is_drawn_by_this_hand_and_small() -> None:
    for letter in LETTERS:
        drawn = draw.svg(letter)
        assert (draw.PAGE / f"{letter.lower()}.svg").read_text(encoding="utf-8") == drawn, letter
        assert len(drawn) < 6 * 1024
        assert (draw.ARROW in drawn) == (letter in MOVING)


def test_a_few_steps_of_training_make_the_loss_smaller() -> None:
    def loss(name: str, model: torch.nn.Module) -> float:
        landmarks, wanted = letters.examples(READERS[name], TRAINING, 8, of_each=4)
        with torch.no_grad():
            return functional.cross_entropy(model(landmarks), wanted).item()

    frames, clips_of_them = (replace(READERS[name], batch=64) for name in ("letter", "letters"))
    untrained, reader = (letters.train(frames, 1, steps) for steps in (1, 60))
    assert loss("letter", reader) < 0.8 * loss("letter", untrained)
    # The reader of clips goes on from there.
    start = loss("letters", letters.ReadsClips(copy.deepcopy(reader)))
    assert loss("letters", letters.train(clips_of_them, 1, 30, copy.deepcopy(reader))) < 0.95 * start


@pytest.mark.parametrize("name", READERS)
def test_the_graph_answers_what_the_network_does_for_any_number(name: str) -> None:
    torch.manual_seed(3)
    reader = READERS[name]
    model = reader.build().eval()
    content = publish_letters.graph(reader, model, {})
    assert content == publish_letters.graph(reader, model, {})
    for count in (1, 2, 5):
        landmarks = letters.examples(reader, TRAINING, 9, of_each=1)[0][:count]
        with torch.no_grad():
            expected = model(landmarks).softmax(1).numpy()
        found = publish_letters.probabilities(content, landmarks)
        assert found.dtype == np.float32
        assert np.allclose(found, expected, atol=1e-6)


def published(name: str) -> tuple[bytes, dict]:
    folder = letters.HERE.parent / name
    return (folder / "1" / "model.onnx").read_bytes(), json.loads((folder / "model.json").read_text())


@pytest.mark.parametrize("name", READERS)
def test_the_shipped_network_reads_held_out_letters_as_well_as_published(name: str) -> None:
    content, manifest = published(name)
    reader = READERS[name]
    assert manifest["input"]["shape"] == list(reader.shape)
    assert manifest["labels"] == list(LETTERS)
    landmarks, wanted = letters.examples(reader, HELD_OUT, 10, of_each=20)
    found = publish_letters.probabilities(content, landmarks)
    assert np.allclose(found.sum(1), 1, atol=1e-5)
    figures = json.loads(publish_letters.RESULTS.read_text())[name]
    said = next(run for run in figures["seeds"] if run["seed"] == figures["shippedSeed"])
    counts = confusion(found, wanted.numpy())
    # Of 520 other examples, four standard deviations.
    assert accuracy(counts) > said["heldOut"] - 4 * (said["heldOut"] * (1 - said["heldOut"]) / len(wanted)) ** 0.5
    assert said["heldOut"] >= (0.95 if name == "letters" else 0.9)
    assert said["heldOutStill"] >= 0.9


@pytest.mark.parametrize("name", READERS)
def test_the_shipped_network_reads_either_hand_alike(name: str) -> None:
    content, _ = published(name)
    landmarks = letters.examples(READERS[name], HELD_OUT, 11, of_each=2)[0]
    other = landmarks * torch.tensor([-1.0, 1.0, 1.0])
    if name == "letters":
        other = torch.cat([other[:, :, 21:], other[:, :, :21]], 2)
    same, mirrored = (publish_letters.probabilities(content, seen) for seen in (landmarks, other))
    assert np.allclose(same, mirrored, atol=1e-5)


def test_a_table_of_answers_says_how_many_are_right_and_what_was_mistaken() -> None:
    scores = np.zeros((4, 26))
    scores[[0, 1, 2, 3], [0, 0, 1, 9]] = 1
    counts = confusion(scores, np.array([0, 0, 0, 9]))
    assert accuracy(counts) == 0.75
    assert accuracy(counts, "A") == pytest.approx(2 / 3, abs=1e-4)
    everything = counts + np.eye(26, dtype=np.int64)
    assert letters.weakest(everything) == [("A", "B", 0.25)]
