"""The computed signer, the signs it performs, and the network that reads them."""

from __future__ import annotations

import json
from dataclasses import fields

import cv2
import numpy as np
import pytest
import torch

import publish_signs
import recorded_signs
import signs
import signs_clips
from hand.skeleton import INDEX, LIMITS, MIDDLE, PARENTS, THUMB
from signer import body, clips, dataset, performance, renderer
from signer.clips import FRAMES, HELD_OUT, NONE, SIDE, TRAINING
from signer.performance import Manner
from signer.shapes import SHAPES
from signer.vocabulary import SIGNS, WORDS
from signs_clips import SIGNER

TIP = 3
PROTOCOL = (
    "book chair clothes computer drink drum family football go hat "
    "hello kiss like play school street table university violin wall"
).split()


def arms(word: str, count: int = 60) -> tuple[body.Arm, body.Arm]:
    """Right and left of the page's signer, from the beginning of the sign's movement to its end; the left one mirrored."""
    line = performance.signed(SIGNER, Manner(), WORDS.index(word))
    at = np.linspace(line.begin, line.end, count)
    return performance.posed(SIGNER, line, at, performance.calm_face(count))[1]


def nearest(points: np.ndarray, place: np.ndarray) -> float:
    """Centimetres that the nearest of the points [..., 3] ever comes to a place."""
    return float(100 * np.linalg.norm(points - place, axis=-1).min())


def own(points: np.ndarray) -> np.ndarray:
    """A left hand's places in the body's space."""
    return points * np.array([-1.0, 1.0, 1.0])


def travel(arm: body.Arm) -> np.ndarray:
    """How far the wrist moves in each direction, metres."""
    return np.ptp(arm.wrist, axis=0)


def test_the_words_are_the_protocols_in_its_order() -> None:
    assert list(WORDS) == PROTOCOL
    assert publish_signs.manifest(1)["labels"] == PROTOCOL
    assert all(sign.description.endswith(".") for sign in SIGNS)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_joint_bends_further_than_joints_do(shape: str) -> None:
    assert (SHAPES[shape] >= LIMITS[:, 0]).all()
    assert (SHAPES[shape] <= LIMITS[:, 1]).all()


@pytest.mark.parametrize("word", WORDS)
def test_bones_keep_their_lengths_and_hands_stay_out_of_the_body(word: str) -> None:
    for arm in arms(word):
        upper = np.linalg.norm(arm.elbow - arm.shoulder, axis=1)
        fore = np.linalg.norm(arm.wrist - arm.elbow, axis=1)
        assert np.allclose(upper, 0.285)
        assert np.allclose(fore, 0.25)
        bones = np.linalg.norm(arm.hand - arm.hand[:, list(PARENTS)], axis=-1) / SIGNER.palm
        assert np.allclose(bones, bones[0])
        # In front of the chest, where the hand is above the waist and within the shoulders.
        trunk = (np.abs(arm.hand[..., 0]) < 0.12) & (arm.hand[..., 1] < -0.05) & (arm.hand[..., 1] > -0.35)
        assert (arm.hand[..., 2][trunk] > 0.08).all()


def test_hands_reach_what_the_dictionary_says_they_touch() -> None:
    right, left = zip(*(arms(word) for word in WORDS), strict=True)
    hand = {word: arm.hand for word, arm in zip(WORDS, right, strict=True)}
    other = {word: own(arm.hand) for word, arm in zip(WORDS, left, strict=True)}
    anchor = SIGNER.anchor
    assert nearest(hand["hat"][:, [INDEX, MIDDLE, MIDDLE + 1]], anchor("top")) < 5
    assert nearest(hand["hello"][:, [INDEX + TIP, MIDDLE + TIP]], anchor("temple")) < 5
    assert nearest(hand["kiss"][:, [INDEX + TIP, MIDDLE + TIP]], anchor("mouth")) < 3
    assert nearest(hand["kiss"][:, [INDEX + TIP, MIDDLE + TIP]], anchor("cheek")) < 4
    assert nearest(hand["drink"][:, [THUMB + TIP, INDEX + TIP]], anchor("mouth")) < 6
    assert nearest(hand["like"][:, [THUMB + TIP, MIDDLE + TIP]], anchor("chest")) < 5
    assert nearest(hand["clothes"], anchor("chest")) < 9
    # Hands that meet.
    for word in ("book", "chair", "family", "football", "school", "university"):
        assert min(nearest(hand[word], place) for place in other[word][::6].reshape(-1, 3)) < 4, word
    # The hand at the other arm.
    elbow, wrist = own(left[WORDS.index("computer")].elbow), own(left[WORDS.index("computer")].wrist)
    along = elbow + (wrist - elbow) * np.linspace(0, 1, 9)[:, None, None]
    assert nearest(hand["computer"].reshape(-1, 1, 3), along.reshape(-1, 3)[::20]) < 8


def test_hands_move_the_way_the_dictionary_says() -> None:
    moved = {word: travel(arms(word)[0]) for word in WORDS}
    for word, axis in (("wall", 0), ("street", 2), ("clothes", 1), ("drum", 1), ("hat", 1), ("table", 1)):
        assert moved[word][axis] == moved[word].max(), word
        assert moved[word][axis] > 0.03, word
    right, left = arms("wall")
    assert right.wrist[-1, 0] < right.wrist[0, 0] - 0.1
    # Drums are beaten in turn, and both hands of a wall do the same.
    assert np.allclose(right.hand, left.hand)
    beats = [arm.wrist[:, 1] - arm.wrist[:, 1].mean() for arm in arms("drum")]
    assert np.corrcoef(*beats)[0, 1] < -0.9
    # Only one hand signs a hat; the other one rests.
    assert travel(arms("hat")[1]).max() < 1e-9
    # The fingers of a street look ahead, those of a wall up.
    assert (arms("street")[0].turn[:, 2, 1] > 0.9).all()
    assert (arms("wall")[0].turn[:, 1, 1] > 0.9).all()


def test_what_is_held_out_cannot_be_drawn_in_training() -> None:
    spans = [f.name for f in fields(clips.World) if f.name not in ("aspects", "haircuts", "patterns", "photographs")]
    for name in spans:
        for one in getattr(TRAINING, name):
            for other in getattr(HELD_OUT, name):
                assert one[1] <= other[0] or other[1] <= one[0], name
    for name in ("aspects", "haircuts", "patterns", "photographs"):
        assert not set(getattr(TRAINING, name)) & set(getattr(HELD_OUT, name)), name
    assert not set(clips.VALIDATION.photographs) & set(TRAINING.photographs)


@pytest.mark.parametrize("word", [0, 10, NONE])
@pytest.mark.parametrize("world", [TRAINING, HELD_OUT])
def test_clips_follow_from_their_seed(world: clips.World, word: int) -> None:
    one, other = (clips.clip(np.random.default_rng(5), world, word) for _ in range(2))
    assert one.frames.shape == (FRAMES, SIDE, SIDE, 3)
    assert one.frames.dtype == np.uint8
    assert np.array_equal(one.frames, other.frames)
    assert np.array_equal(one.seen, other.seen)
    assert 0.03 < one.interval < 0.22
    assert not np.array_equal(one.frames, clips.clip(np.random.default_rng(6), world, word).frames)


def test_three_of_four_clips_show_a_sign_and_all_signs_are_as_frequent() -> None:
    words = np.array([dataset.word_of(number) for number in range(2400)])
    assert (words == NONE).sum() == 600
    assert (np.bincount(words)[:NONE] == 90).all()


def test_a_window_shows_most_of_the_sign_or_most_of_itself() -> None:
    line = performance.signed(SIGNER, Manner(), WORDS.index("hello"))
    random = np.random.default_rng(3)
    for _ in range(50):
        steps = clips._steps(random)
        at = clips._window(random, line, steps)
        shown = min(at[-1], line.end) - max(at[0], line.begin)
        assert shown >= clips.SHOWN * min(steps[-1], line.end - line.begin) - 1e-9


def test_a_mirrored_picture_has_its_hands_exchanged() -> None:
    seen = clips.clip(np.random.default_rng(8), TRAINING, 4).seen
    mirrored = clips.mirror(seen)
    assert np.array_equal(clips.mirror(mirrored), seen)
    half = clips.SEEN // 2
    assert np.array_equal(mirrored[:, 0], -seen[:, half])
    assert np.array_equal(mirrored[:, 1], seen[:, half + 1])


def test_a_ball_is_drawn_where_the_camera_projects_it_and_as_large() -> None:
    row = np.zeros((1, renderer.NUMBERS))
    row[0, renderer.LINEAR : renderer.LINEAR + 9] = (np.eye(3) / 0.05).reshape(-1)
    row[0, renderer.CENTRE : renderer.CENTRE + 3] = (0.1, 0.05, 0.0)
    row[0, renderer.RADIUS_A], row[0, renderer.REACH] = 1, 0.05
    materials = np.ones((1, renderer.MATERIAL_NUMBERS)) * np.array([1.0] * 6 + [0.0] * 5)
    light = renderer.Light(np.array([0.0, 0, 1]), np.ones(3), np.ones(3))
    view = renderer.Camera(np.array([0, 0, 1.0]), np.array([0, 0, -1.0]), np.array([1.0, 0, 0]), np.array([0, -1.0, 0]))
    covered = renderer.draw(row, materials, view, light, np.zeros((200, 200, 3), np.float32)).any(2)
    rows, columns = np.nonzero(covered)
    across, below, depth = view.project(np.array([0.1, 0.05, 0.0]))
    assert depth == pytest.approx(1)
    assert columns.mean() + 0.5 == pytest.approx(200 * (across + 0.5), abs=1)
    assert rows.mean() + 0.5 == pytest.approx(200 * (below + 0.5), abs=1)
    assert covered.sum() == pytest.approx(np.pi * 10**2, rel=0.06)


def test_pictures_are_halved_by_the_mean_of_four_pixels() -> None:
    frames = np.random.default_rng(1).integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)
    mean = frames.reshape(2, SIDE // 2, 2, SIDE // 2, 2, 3).mean((2, 4))
    assert np.abs(dataset.halved(frames) - mean).max() <= 0.51


def test_training_follows_from_its_seed_and_makes_the_loss_smaller(tmp_path) -> None:
    known = dataset.rendered(tmp_path, "validation", 24, processes=1)

    def run(steps: int, name: str) -> torch.nn.Module:
        torch.manual_seed(1)
        learner = signs.Sees(signs.ReadsSigns())
        signs.train(learner, 5e-3, steps, lambda step: signs.batch(1, step, known, 12, False), tmp_path / name)
        return learner

    one, other = run(3, "one"), run(3, "other")
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    example = signs.batch(2, 0, known, 24, False)
    losses = [signs.loss_of(learner.train(), *example).item() for learner in (one, run(40, "longer"))]
    assert losses[1] < 0.95 * losses[0]


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = dataset.rendered(tmp_path, "validation", 8, processes=1)
    monkeypatch.setattr(signs, "KEPT_EVERY", 2)

    def run(name: str, interrupted: bool) -> torch.nn.Module:
        torch.manual_seed(1)
        learner = signs.Sees(signs.ReadsSigns())

        def draw(step: int) -> tuple[torch.Tensor, ...]:
            if interrupted and step == 3:
                raise KeyboardInterrupt
            return signs.batch(1, step, known, 4, False)

        try:
            signs.train(learner, 5e-3, 5, draw, tmp_path / name)
        except KeyboardInterrupt:
            return run(name, False)
        return learner

    pairs = zip(run("whole", False).parameters(), run("halved", True).parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_clips_without_a_sign_should_be_answered_alike_for_all_words() -> None:
    wanted = signs.shares(np.array([3, NONE]))
    assert np.allclose(wanted.sum(1), 1)
    assert wanted[0].argmax() == 3
    assert np.allclose(wanted[1], 1 / len(WORDS))


def test_figures_say_what_was_right_and_what_was_said() -> None:
    probabilities = np.full((4, len(WORDS)), 0.01)
    probabilities[0, 0], probabilities[1, 1], probabilities[2, 0], probabilities[3, 5] = 0.8, 0.5, 0.9, 0.7
    said = signs.figures(probabilities, np.array([0, 1, 2, NONE]))
    assert said == {"right": 0.6667, "saidRightly": 0.3333, "saidWrongly": 0.3333, "none": 0.0}


@pytest.fixture(scope="module")
def untrained() -> tuple[signs.ReadsSigns, bytes]:
    torch.manual_seed(3)
    network = signs.ReadsSigns().eval()
    return network, publish_signs.graph(network, {})


def test_the_graph_divides_by_255_in_float32_and_halves_as_the_network_was_trained(untrained) -> None:
    network, content = untrained
    assert content == publish_signs.graph(network, {})
    clip = np.random.default_rng(4).integers(0, 256, (2, FRAMES, SIDE, SIDE, 3), np.uint8)
    values = clip.astype(np.float32) / np.float32(255)
    assert values.flat[np.argmax(clip == 128)] == np.float32(0.5019608)
    mean = values.reshape(2, FRAMES, SIDE // 2, 2, SIDE // 2, 2, 3).mean((3, 5), dtype=np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(mean).permute(0, 1, 4, 2, 3)).softmax(1).numpy()
    found = publish_signs.session(content).run(None, {"clip": clip})[0]
    assert found.dtype == np.float32
    # Its weights are stored as float16.
    assert np.allclose(found, expected, atol=2e-3)


def test_a_clip_is_answered_alike_alone_and_among_others(untrained) -> None:
    reader = publish_signs.session(untrained[1])
    clip = np.random.default_rng(5).integers(0, 256, (4, FRAMES, SIDE, SIDE, 3), np.uint8)
    together = reader.run(None, {"clip": clip})[0]
    alone = np.concatenate([reader.run(None, {"clip": one[None]})[0] for one in clip])
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(together.sum(1), 1, atol=1e-5)


def shipped() -> tuple[bytes, dict]:
    folder = signs.HERE.parent / "signs"
    return (folder / "1" / "model.onnx").read_bytes(), json.loads((folder / "model.json").read_text())


def test_the_shipped_network_reads_held_out_clips_as_well_as_published() -> None:
    content, manifest = shipped()
    assert manifest["labels"] == PROTOCOL
    reader = publish_signs.session(content)
    results = json.loads(publish_signs.RESULTS.read_text())
    said = next(run for run in results["seeds"] if run["seed"] == results["shippedSeed"])["heldOut"]
    numbers = range(100_000, 100_160)
    drawn = [dataset.drawn(dataset.SETS["held-out"], number) for number in numbers]
    found = np.concatenate([reader.run(None, {"clip": clip.frames[None]})[0] for clip in drawn])
    figures = signs.figures(found, np.array([clip.word for clip in drawn]))
    # Of 120 other clips, four standard deviations.
    assert figures["right"] > said["right"] - 4 * (said["right"] * (1 - said["right"]) / 120) ** 0.5


def test_recorded_clips_are_answered_as_recorded() -> None:
    reader = publish_signs.session(shipped()[0])
    recorded = json.loads((recorded_signs.FOLDER / "expected.json").read_text())
    assert [entry["shown"] for entry in recorded] == list(recorded_signs.SHOWN)
    for entry in recorded:
        frames = [(recorded_signs.FOLDER / name).read_bytes() for name in entry["frames"]]
        assert len(frames) == recorded_signs.COUNT
        assert np.allclose(reader.run(None, {"clip": recorded_signs.clip(frames)})[0][0], entry["probabilities"], atol=1e-4)


def test_the_page_has_a_small_clip_of_every_sign() -> None:
    entries = json.loads((signs_clips.SAMPLES / "signs.json").read_text(encoding="utf-8"))
    assert [(entry["label"], entry["description"]) for entry in entries] == [(s.word, s.description) for s in SIGNS]
    sizes = [(signs_clips.SAMPLES / entry["clip"]).stat().st_size for entry in entries]
    assert max(sizes) < 80_000
    assert sum(sizes) < 1_200_000
    assert (signs_clips.SAMPLES / "sample.mp4").stat().st_size < 500_000
    for entry in entries:
        video = cv2.VideoCapture(str(signs_clips.SAMPLES / entry["clip"]))
        seconds = video.get(cv2.CAP_PROP_FRAME_COUNT) / video.get(cv2.CAP_PROP_FPS)
        assert 0 < entry["start"] < entry["end"] < seconds / 2 + 0.1
