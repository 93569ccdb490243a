"""The model `person` against the original network as OpenCV runs it, which shares no code with the export."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto

import person
from conftest import REPOSITORY, session
from model_folder import sha256
from tflite_to_onnx import OnnxGraph, TfliteNetwork

SERVED = REPOSITORY / "models" / "person"


@pytest.fixture(scope="module")
def original(pytestconfig: pytest.Config) -> Path:
    named = pytestconfig.getoption("--network")
    try:
        path = named or person.SOURCE.find()
        person.SOURCE.read(path)
    except SystemExit as reason:
        pytest.skip(str(reason))
    return path


@pytest.fixture(scope="module")
def network(original: Path) -> TfliteNetwork:
    return TfliteNetwork(original.read_bytes())


@pytest.fixture(scope="module")
def reference(original: Path) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTFLite(str(original))


@pytest.fixture(scope="module")
def exported(network: TfliteNetwork) -> onnxruntime.InferenceSession:
    return session(person.person_model(network, with_probability=True).SerializeToString())


def reference_probability(reference: cv2.dnn.Net, pixels: np.ndarray) -> np.ndarray:
    reference.setInput(cv2.dnn.blobFromImage(pixels, 1 / 255, swapRB=True))
    return reference.forward().reshape(person.INPUT_SIZE, person.INPUT_SIZE)


def enlarged(values: np.ndarray) -> np.ndarray:
    return cv2.resize(values, (person.MASK_SIZE, person.MASK_SIZE), interpolation=cv2.INTER_LINEAR)


def logit(probability: np.ndarray) -> np.ndarray:
    certain = np.clip(probability.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.log(certain / (1 - certain)).astype(np.float32)


def test_answers_as_the_original(picture, reference, exported, record_property) -> None:
    size = (person.INPUT_SIZE, person.INPUT_SIZE)
    pixels = cv2.resize(cv2.imread(str(picture)), size, interpolation=cv2.INTER_LINEAR)
    expected = reference_probability(reference, pixels)
    mask, probability = exported.run(["mask", "probability"], {"pixels": pixels[None]})

    difference = np.abs(probability[0] - expected)
    by_probability = np.mean(mask[0] == (enlarged(expected) > 0.5))
    by_logit = np.mean(mask[0] == (enlarged(logit(expected)) > 0))
    record_property("person", f"{mask.mean():.1%}")
    record_property("probability differs by", f"{difference.mean():.1e} (mean), {difference.max():.1e} (largest)")
    record_property("mask equals enlarged probability", f"{by_probability:.3%}")
    record_property("mask equals enlarged logit", f"{by_logit:.3%}")

    assert difference.mean() < 0.01
    assert by_logit >= 0.999
    # Another rule for the pixels between two pixels of the network, so only nearly the same edge.
    assert by_probability >= 0.995


def test_served_file_is_the_export(network) -> None:
    served = (SERVED / "1" / "model.onnx").read_bytes()
    assert served == person.person_model(network).SerializeToString(deterministic=True)


def test_exports_the_same_bytes_twice(network) -> None:
    first, second = (person.person_model(network).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second


def test_manifest_names_the_served_file() -> None:
    manifest = json.loads((SERVED / "model.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == {"1": sha256((SERVED / "1" / "model.onnx").read_bytes())}
    assert manifest == {**person.MANIFEST, "sha256": manifest["sha256"]}


def test_takes_bytes_and_gives_bytes() -> None:
    served = session((SERVED / "1" / "model.onnx").read_bytes())
    (taken,), (given,) = served.get_inputs(), served.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("pixels", "tensor(uint8)", [1, 256, 256, 3])
    assert (given.name, given.type, given.shape) == ("mask", "tensor(uint8)", [1, 512, 512])
    (mask,) = served.run(None, {"pixels": np.random.default_rng(1).integers(0, 256, taken.shape, np.uint8)})
    assert set(np.unique(mask)) <= {0, 1}


def test_changes_layout_once_at_the_input() -> None:
    nodes = onnx.load(SERVED / "1" / "model.onnx").graph.node
    assert Counter(node.op_type for node in nodes)["Transpose"] == 1
    assert nodes[0].op_type == "Transpose"


@pytest.mark.parametrize(
    "value, expected", [(0.0, 0), (-0.0, 0), (1e-30, 1), (-1e-30, 0), (30.0, 1), (-30.0, 0), (float("nan"), 0)]
)
def test_person_is_strictly_above_one_half(value: float, expected: int) -> None:
    graph = OnnxGraph("mask")
    logits = graph.input("logits", TensorProto.FLOAT, [1, 1, person.INPUT_SIZE, person.INPUT_SIZE])
    graph.output(person.mask(graph, logits), "mask", TensorProto.UINT8, [1, person.MASK_SIZE, person.MASK_SIZE])
    field = np.full((1, 1, person.INPUT_SIZE, person.INPUT_SIZE), value, np.float32)
    (mask,) = session(graph.model().SerializeToString()).run(None, {"logits": field})
    assert np.all(mask == expected)
