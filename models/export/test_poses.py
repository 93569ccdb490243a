"""Pose networks of somebody's own, by tiny ones that answer with what they were shown."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from conftest import session
from model_folder import HERE
from poses import KINDS, Refused, answer_shape, pose_model, sides


def network(height, width, answers: dict[str, np.ndarray], echo: bool = False) -> onnx.ModelProto:
    """Answers with constants, or with its own input; height and width may be names of any length."""
    taken = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, height, width])
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in answers]
    nodes = [helper.make_node("Identity", ["images" if echo else f"{name}.value"], [name]) for name in answers]
    values = [] if echo else [numpy_helper.from_array(value, f"{name}.value") for name, value in answers.items()]
    graph = helper.make_graph(nodes, "test", [taken], given, values)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize("name", KINDS)
def test_normalises_red_first(name: str) -> None:
    kind = KINDS[name]
    pixels = np.random.default_rng(1).integers(0, 256, (1, 4, 6, 3), np.uint8)
    if kind.decoder == "simcc":
        with pytest.raises(Refused, match="two outputs"):
            pose_model(network(4, 6, {"x": zeros(1)}, echo=True), kind, 6, 4)
        model = pose_model(network(4, 6, {"x": zeros(1), "y": zeros(1)}, echo=True), kind, 6, 4)
    else:
        model = pose_model(network(4, 6, {"x": zeros(1)}, echo=True), kind, 6, 4)
    (found,) = session(model.SerializeToString()).run(None, {"pixels": pixels})
    rgb = pixels[..., ::-1].astype(np.float32)
    expected = ((rgb - np.float32(kind.mean)) / np.float32(kind.deviation)).transpose(0, 3, 1, 2)
    if kind.decoder == "simcc":
        expected = np.concatenate([expected, expected], axis=2)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_takes_the_size_that_the_network_has_or_the_one_named() -> None:
    assert sides(network(256, 192, {"x": zeros(1)}), None, None) == (192, 256)
    assert sides(network("height", "width", {"x": zeros(1)}), 640, 384) == (640, 384)
    with pytest.raises(Refused, match="any size"):
        sides(network("height", "width", {"x": zeros(1)}), None, None)
    with pytest.raises(Refused, match="192 x 256 only"):
        sides(network(256, 192, {"x": zeros(1)}), 640, None)


@pytest.mark.parametrize("shape", [(56, 84), (10, 57)])
def test_takes_both_answers_of_yolo(shape) -> None:
    kind = KINDS["yolo-pose"]
    model = pose_model(network(64, 64, {"output0": zeros(1, *shape)}), kind, 64, 64)
    assert answer_shape(model, kind, 64, 64) == list(shape)


def test_refuses_a_detector_without_points() -> None:
    kind = KINDS["yolo-pose"]
    model = pose_model(network(64, 64, {"output0": zeros(1, 84, 84)}), kind, 64, 64)
    with pytest.raises(Refused, match=r"float32 \[84, 84\]"):
        answer_shape(model, kind, 64, 64)


def test_writes_the_model(tmp_path) -> None:
    columns, rows = zeros(1, 17, 384), zeros(1, 17, 512)
    onnx.save(network(256, 192, {"simcc_x": columns, "simcc_y": rows}), tmp_path / "rtmpose.onnx")
    command = [sys.executable, HERE / "poses.py", "rtmpose", "--network", tmp_path / "rtmpose.onnx", "--name", "mine"]
    command += ["--licence", "Apache-2.0", "--source", "this test", "--output", tmp_path]
    subprocess.run(command, check=True)
    manifest = json.loads((tmp_path / "mine" / "model.json").read_text(encoding="utf-8"))
    assert manifest["output"] == {"name": "osprey.values", "decoder": "simcc", "shape": [17, 896]}
    assert (manifest["input"]["width"], manifest["input"]["height"]) == (192, 256)
    assert (tmp_path / "mine" / "1" / "model.onnx").exists()
    assert "this test" in (tmp_path / "mine" / "NOTICE").read_text(encoding="utf-8")
