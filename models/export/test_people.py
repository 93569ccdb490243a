"""The models `person-detection` and `pose-landmarks` against the original networks as TensorFlow Lite runs them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest

import people
from ai_edge_litert.interpreter import Interpreter
from conftest import REPOSITORY, session
from model_folder import sha256
from packaged_network import PackagedNetwork
from people import KERNEL, LEAST_HEAT, PERSON_DETECTION, POINTS, POSE_LANDMARKS, VALUES
from test_hands import letterboxed
from tflite_to_onnx import OnnxGraph, TfliteNetwork, translate

PRESENCE = POINTS * VALUES


def served(pose: PackagedNetwork) -> bytes:
    return (REPOSITORY / "models" / pose.name / "1" / "model.onnx").read_bytes()


def original(pose: PackagedNetwork) -> Path:
    try:
        path = pose.source.find()
        pose.source.read(path)
    except SystemExit as reason:
        pytest.skip(str(reason))
    return path


@pytest.fixture(scope="module", params=people.NETWORKS.values(), ids=people.NETWORKS)
def pose(request: pytest.FixtureRequest) -> PackagedNetwork:
    return request.param


@pytest.fixture(scope="module")
def running(pose: PackagedNetwork) -> onnxruntime.InferenceSession:
    return session(served(pose))


def answer(running: onnxruntime.InferenceSession, pixels: np.ndarray) -> np.ndarray:
    (found,) = running.run(None, {"pixels": pixels[None]})
    return found[0]


def original_outputs(pose: PackagedNetwork, pixels: np.ndarray) -> list[np.ndarray]:
    """What TensorFlow Lite's own interpreter says to the picture, of each of the outputs that are served."""
    interpreter = Interpreter(str(original(pose)), num_threads=1)
    interpreter.allocate_tensors()
    rgb = pixels[..., ::-1].astype(np.float32)
    values = rgb / 127.5 - 1 if pose is PERSON_DETECTION else rgb / 255
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], values[None])
    interpreter.invoke()
    # The file's own order; the interpreter lists them as it likes.
    tensors = TfliteNetwork(original(pose).read_bytes()).outputs
    return [interpreter.get_tensor(tensors[place])[0] for place in pose.joined]


def logistic(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))


def refined(landmarks: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """MediaPipe's refinement, written from its description pixel by pixel: [35, 5]."""
    points = landmarks.reshape(-1, VALUES)[:POINTS].copy()
    rows, columns, _ = heat.shape
    for number, point in enumerate(points):
        column, row = (int(point[axis] / POSE_LANDMARKS.size * cells) for axis, cells in ((0, columns), (1, rows)))
        if not (0 <= column < columns and 0 <= row < rows):
            continue
        reach = KERNEL // 2
        top, left = max(row - reach, 0), max(column - reach, 0)
        square = logistic(heat[top : row + reach + 1, left : column + reach + 1, number])
        if square.max() < LEAST_HEAT:
            continue
        ys, xs = np.mgrid[top : top + square.shape[0], left : left + square.shape[1]]
        point[0] = (square * xs).sum() / square.sum() / columns * POSE_LANDMARKS.size
        point[1] = (square * ys).sum() / square.sum() / rows * POSE_LANDMARKS.size
    points[:, 3:] = logistic(points[:, 3:])
    return points


def test_finds_people_as_the_original(picture, record_property) -> None:
    pixels = letterboxed(cv2.imread(str(picture)), PERSON_DETECTION.size)
    found = answer(session(served(PERSON_DETECTION)), pixels)
    expected = np.concatenate(original_outputs(PERSON_DETECTION, pixels), axis=-1)
    difference = np.abs(found - expected)
    for part, columns in {"boxes": slice(0, 4), "points": slice(4, 12), "score": slice(12, 13)}.items():
        largest = difference[:, columns].max()
        record_property(part, f"differ by {largest:.1e} at most")
        assert largest <= 2e-3, part
    record_property("highest score", f"{logistic(found[:, 12].max()):.3f}")


def test_places_the_points_as_the_original(picture, record_property) -> None:
    pixels = letterboxed(cv2.imread(str(picture)), POSE_LANDMARKS.size)
    found = answer(session(served(POSE_LANDMARKS)), pixels)
    landmarks, presence, heat = original_outputs(POSE_LANDMARKS, pixels)
    expected = refined(landmarks, heat)
    difference = np.abs(found[:PRESENCE].reshape(POINTS, VALUES) - expected)
    # A point that lies on the border of two pixels of the heat map may be refined in either.
    raw = landmarks.reshape(-1, VALUES)[:POINTS, :2] * heat.shape[0] / POSE_LANDMARKS.size
    clear = (np.abs(raw - np.round(raw)) > 1e-3).all(axis=1)
    record_property("points", f"differ by {difference[clear, :3].max():.1e} at most, {np.sum(~clear)} on a border")
    record_property("visibility", f"by {difference[:, 3:].max():.1e}")
    record_property("presence", f"{found[PRESENCE]:.3f}, differs by {abs(found[PRESENCE] - presence[0]):.1e}")
    assert difference[clear, :3].max() <= 5e-3
    assert difference[:, 3:].max() <= 1e-4
    assert abs(found[PRESENCE] - presence[0]) <= 1e-5


def test_refines_by_heat_of_every_shape() -> None:
    """Points inside, at and outside the edges, with and without heat, against the definition."""
    random = np.random.default_rng(3)
    for _ in range(5):
        landmarks = random.uniform(-20, 276, (1, 39 * VALUES)).astype(np.float32)
        heat = random.normal(-4, 3, (1, 39, 64, 64)).astype(np.float32)
        graph = OnnxGraph("refined")
        names = [graph.input(name, 1, value.shape) for name, value in (("landmarks", landmarks), ("heat", heat))]
        graph.output(people.refined(graph, *names, POSE_LANDMARKS.size), "points", 1, [1, PRESENCE])
        (found,) = session(graph.model().SerializeToString()).run(None, {"landmarks": landmarks, "heat": heat})
        expected = refined(landmarks[0], heat[0].transpose(1, 2, 0))
        np.testing.assert_allclose(found.reshape(POINTS, VALUES), expected, rtol=1e-4, atol=1e-3)


def test_the_detectors_weights_are_all_there() -> None:
    """The file leaves out the zeros of most weights; each must be as large as its shape says, most of it zeros."""
    network = TfliteNetwork(original(PERSON_DETECTION).read_bytes())
    sparse = [operator.inputs[0] for operator in network.operators if operator.name == "DENSIFY"]
    assert len(sparse) == 38
    for tensor in sparse:
        value = network.constant(tensor)
        assert list(value.shape) == network.shape(tensor)
        assert 0.4 < np.mean(value == 0) < 0.9


def test_sees_nobody_in_a_plain_picture() -> None:
    for value in (0, 128, 255):
        found = answer(session(served(PERSON_DETECTION)), np.full((224, 224, 3), value, np.uint8))
        assert found[:, 12].max() < 0
        assert answer(session(served(POSE_LANDMARKS)), np.full((256, 256, 3), value, np.uint8))[PRESENCE] < 0.5


def test_served_file_is_the_export(pose) -> None:
    network = TfliteNetwork(original(pose).read_bytes())
    first, second = (people.pose_model(pose, network).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second
    assert served(pose) == first


def test_manifest_names_the_served_file(pose) -> None:
    manifest = json.loads((REPOSITORY / "models" / pose.name / "model.json").read_text(encoding="utf-8"))
    assert manifest == {**pose.manifest, "sha256": {"1": sha256(served(pose))}}


def test_takes_bytes_and_gives_one_tensor(pose, running) -> None:
    (taken,), (given,) = running.get_inputs(), running.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("pixels", "tensor(uint8)", [1, pose.size, pose.size, 3])
    assert (given.name, given.type, given.shape) == (pose.manifest["output"]["name"], "tensor(float)", pose.shape)


def test_keeps_the_weights_in_half_precision(pose) -> None:
    weights = onnx.load_from_string(served(pose)).graph.initializer
    halves = sum(np.prod(tensor.dims) for tensor in weights if tensor.data_type == onnx.TensorProto.FLOAT16)
    assert halves / sum(np.prod(tensor.dims) for tensor in weights) > 0.95
