"""The models `palm-detection` and `hand-landmarks` against the original networks as OpenCV runs them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest

import hands
from conftest import REPOSITORY, session
from hands import HAND_LANDMARKS, PALM_DETECTION
from model_folder import sha256
from packaged_network import PackagedNetwork
from tflite_to_onnx import TfliteNetwork

# The answers' parts: first column, the column after the last, how much may differ. Lengths are pixels of the input, in
# the world metres; the score is a logit, presence and handedness are from 0 to 1.
PARTS = {
    "palm-detection": {"boxes": (0, 4, 1e-3), "points": (4, 18, 1e-3), "score": (18, 19, 1e-3)},
    "hand-landmarks": {
        "landmarks": (0, 63, 1e-3),
        "world": (63, 126, 1e-5),
        "presence": (126, 127, 1e-5),
        "handedness": (127, 128, 1e-5),
    },
}
PRESENCE, HANDEDNESS = 126, 127

# Where the open hand of hand-open.png, 640 x 480, has its parts, as seen by eye, in pixels.
WRIST = (60, 262)
TIPS = {4: (182, 120), 8: (296, 167), 12: (325, 220), 16: (309, 284), 20: (266, 319)}
FIRST_JOINTS = [(188, 203), (190, 237), (185, 267), (175, 298)]
# A square around it.
LEFT, TOP, SIDE = 0, 40, 360


def served(hand: PackagedNetwork) -> bytes:
    return (REPOSITORY / "models" / hand.name / "1" / "model.onnx").read_bytes()


def original(hand: PackagedNetwork) -> Path:
    try:
        path = hand.source.find()
        hand.source.read(path)
    except SystemExit as reason:
        pytest.skip(str(reason))
    return path


@pytest.fixture(scope="module", params=hands.NETWORKS.values(), ids=hands.NETWORKS)
def hand(request: pytest.FixtureRequest) -> PackagedNetwork:
    return request.param


@pytest.fixture(scope="module")
def running(hand: PackagedNetwork) -> onnxruntime.InferenceSession:
    return session(served(hand))


def letterboxed(picture: np.ndarray, size: int) -> np.ndarray:
    """The whole picture with its aspect ratio kept, in the middle of a black square."""
    height, width = picture.shape[:2]
    scale = size / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
    square = np.zeros((size, size, 3), np.uint8)
    top, left = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square


def upright(picture: np.ndarray) -> np.ndarray:
    """The open hand's square, turned to the left by a quarter, so that the fingers point up."""
    crop = cv2.rotate(picture[TOP : TOP + SIDE, LEFT : LEFT + SIDE], cv2.ROTATE_90_COUNTERCLOCKWISE)
    return cv2.resize(crop, (HAND_LANDMARKS.size, HAND_LANDMARKS.size), interpolation=cv2.INTER_AREA)


def answer(running: onnxruntime.InferenceSession, pixels: np.ndarray) -> np.ndarray:
    (found,) = running.run(None, {"pixels": pixels[None]})
    return found[0]


def expected_answer(hand: PackagedNetwork, pixels: np.ndarray) -> np.ndarray:
    network = cv2.dnn.readNetFromTFLite(str(original(hand)))
    network.setInput(cv2.dnn.blobFromImage(pixels, 1 / 255, swapRB=True))
    # TensorFlow calls the outputs of a file so, in their order; all at once is more than OpenCV gives.
    names = ["Identity", *(f"Identity_{number}" for number in range(1, len(hand.joined)))]
    outputs = [network.forward(name) for name in names]
    return np.concatenate([outputs[place] for place in hand.joined], axis=-1)[0]


def assert_same(hand: PackagedNetwork, found: np.ndarray, expected: np.ndarray, record_property) -> None:
    difference = np.abs(found - expected)
    for part, (begin, end, tolerance) in PARTS[hand.name].items():
        largest = difference[..., begin:end].max()
        record_property(part, f"differ by {largest:.1e} at most")
        assert largest <= tolerance, part


def test_answers_as_the_original(picture, hand, running, record_property) -> None:
    pixels = letterboxed(cv2.imread(str(picture)), hand.size)
    assert_same(hand, answer(running, pixels), expected_answer(hand, pixels), record_property)


def test_answers_as_the_original_on_a_hand(open_hand, record_property) -> None:
    running, crop = session(served(HAND_LANDMARKS)), upright(open_hand)
    for pixels in (crop, np.ascontiguousarray(crop[:, ::-1])):
        assert_same(HAND_LANDMARKS, answer(running, pixels), expected_answer(HAND_LANDMARKS, pixels), record_property)


def anchor(row: int) -> np.ndarray:
    """The centre that a row of the palm detector counts from, in pixels of the input, as the model card says."""
    cells, stride = (row // 2, 8) if row < 1152 else ((row - 1152) // 6, 16)
    columns = PALM_DETECTION.size // stride
    return (np.array([cells % columns, cells // columns]) + 0.5) * stride


def test_finds_the_palm_where_it_is(open_hand, record_property) -> None:
    found = answer(session(served(PALM_DETECTION)), letterboxed(open_hand, PALM_DETECTION.size))
    best = int(found[:, 18].argmax())
    score = 1 / (1 + np.exp(-found[best, 18]))
    record_property("score", f"{score:.3f}")
    assert score > 0.9

    scale = 640 / PALM_DETECTION.size
    # The letterbox put 24 rows above the picture.
    offset = anchor(best) - (0, 24)
    centre, size = (found[best, 0:2] + offset) * scale, found[best, 2:4] * scale
    points = (found[best, 4:18].reshape(7, 2) + offset) * scale
    joints = np.array([WRIST, *FIRST_JOINTS])
    np.testing.assert_allclose(points[:5], joints, atol=16)
    # The box is a square around the seven points.
    low, high = points.min(axis=0), points.max(axis=0)
    np.testing.assert_allclose(centre, (low + high) / 2, atol=8)
    np.testing.assert_allclose(size, (high - low).max(), atol=8)


def test_places_the_joints_where_they_are(open_hand, record_property) -> None:
    found = answer(session(served(HAND_LANDMARKS)), upright(open_hand))
    across, down = (found[:63].reshape(21, 3)[:, :2] * SIDE / HAND_LANDMARKS.size).T
    # Turned back by the quarter.
    places = np.stack([LEFT + SIDE - down, TOP + across], axis=1)
    record_property("presence", f"{found[PRESENCE]:.3f}")
    assert found[PRESENCE] > 0.9
    np.testing.assert_allclose(places[[0, *TIPS]], [WRIST, *TIPS.values()], atol=12)
    world = found[63:126].reshape(21, 3)
    length = np.linalg.norm(world[12] - world[0])
    record_property("wrist to middle tip", f"{length:.2f} m")
    assert 0.1 < length < 0.25


def test_handedness_is_the_left_of_a_mirrored_picture(open_hand) -> None:
    """The picture, taken as it is, is of a left hand; MediaPipe, which supposes a mirror, calls it Right."""
    running, crop = session(served(HAND_LANDMARKS)), upright(open_hand)
    assert answer(running, crop)[HANDEDNESS] < 0.1
    assert answer(running, np.ascontiguousarray(crop[:, ::-1]))[HANDEDNESS] > 0.9


def test_sees_no_hand_in_a_plain_picture() -> None:
    for value in (0, 128, 255):
        palms = answer(session(served(PALM_DETECTION)), np.full((192, 192, 3), value, np.uint8))
        assert palms[:, 18].max() < 0
        assert answer(session(served(HAND_LANDMARKS)), np.full((224, 224, 3), value, np.uint8))[PRESENCE] < 0.5


def test_served_file_is_the_export(hand) -> None:
    network = TfliteNetwork(original(hand).read_bytes())
    first, second = (hands.hand_model(hand, network).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second
    assert served(hand) == first


def test_manifest_names_the_served_file(hand) -> None:
    manifest = json.loads((REPOSITORY / "models" / hand.name / "model.json").read_text(encoding="utf-8"))
    assert manifest == {**hand.manifest, "sha256": {"1": sha256(served(hand))}}


def test_takes_bytes_and_gives_one_tensor(hand, running) -> None:
    (taken,), (given,) = running.get_inputs(), running.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("pixels", "tensor(uint8)", [1, hand.size, hand.size, 3])
    assert (given.name, given.type, given.shape) == (hand.manifest["output"]["name"], "tensor(float)", hand.shape)


def test_changes_layout_only_at_the_ends(hand) -> None:
    nodes = onnx.load_from_string(served(hand)).graph.node
    # The palm detector answers from two grids, boxes and scores of each.
    assert Counter(node.op_type for node in nodes)["Transpose"] == {"palm-detection": 5, "hand-landmarks": 1}[hand.name]
