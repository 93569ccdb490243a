"""The shipped graphs against the networks they were exported from, run by their own libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

import reference
from conftest import PICTURES, REPOSITORY, session
from model_folder import HERE
from segmentation import export, half_precision, weights

MODES = list(reference.NETWORKS)
CLIP = REPOSITORY / "src" / "main" / "webapp" / "samples" / "world.mp4"
# From the clip of ten seconds, 25 frames each.
FRAMES = range(0, 250, 40)


@pytest.fixture(scope="module", params=MODES)
def shipped(request: pytest.FixtureRequest) -> Path:
    """A mode's folder where it holds the shipped network; another one may be installed there."""
    folder = REPOSITORY / "models" / request.param
    if not (folder / "model.json").exists():
        pytest.skip(f"there is no {folder}")
    if json.loads((folder / "model.json").read_text(encoding="utf-8"))["version"] != 1:
        pytest.skip(f"{folder} has a public network installed: git checkout {folder}")
    return folder


@pytest.fixture(scope="module")
def frames() -> list[np.ndarray]:
    clip = cv2.VideoCapture(str(CLIP))
    taken = []
    for number in FRAMES:
        clip.set(cv2.CAP_PROP_POS_FRAMES, number)
        is_there, frame = clip.read()
        assert is_there, f"{CLIP} has no frame {number}"
        taken.append(frame)
    return taken


def scaled(folder: Path, frames: list[np.ndarray]) -> list[np.ndarray]:
    taken = json.loads((folder / "model.json").read_text(encoding="utf-8"))["input"]
    return [cv2.resize(frame, (taken["width"], taken["height"]), interpolation=cv2.INTER_LINEAR) for frame in frames]


def test_shipped_graph_answers_as_its_library(shipped, frames, pytestconfig, record_property) -> None:
    files = sorted(pytestconfig.getoption("--images").glob("*"))
    frames = [*frames, *(cv2.imread(str(path)) for path in files if path.suffix.lower() in PICTURES)]
    served = session((shipped / "1" / "model.onnx").read_bytes())
    network = reference.network_of(shipped)
    equal, classes = [], set()
    for pixels in scaled(shipped, frames):
        expected = reference.mask(network, pixels)
        equal.append(np.mean(served.run(None, {"pixels": pixels[None]})[0][0] == expected))
        classes |= set(np.unique(expected))
    record_property("equal", f"{min(equal):.4%} in the worst of {len(equal)} pictures, {len(classes)} classes")
    assert min(equal) >= 0.999
    assert len(classes) > 5


def test_shipped_graph_answers_nearly_the_same_in_half_precision(shipped, frames, record_property) -> None:
    content = (shipped / "1" / "model.onnx").read_bytes()
    precise, halved = session(content), session(half_precision(content))
    equal = [
        np.mean(precise.run(None, {"pixels": pixels[None]})[0] == halved.run(None, {"pixels": pixels[None]})[0])
        for pixels in scaled(shipped, frames)
    ]
    record_property("equal", f"{min(equal):.3%} in the worst of {len(equal)} frames")
    assert min(equal) >= 0.99


def test_command_writes_masks_in_the_pictures_size(tmp_path) -> None:
    """With a network of the shipped kind and random weights, in a folder of its own."""
    shipped = reference.NETWORKS["fast"]
    torch.manual_seed(1)
    network = shipped.build(9).eval()
    content = export(network, shipped.width, shipped.height, {"network": shipped.name, "weights": "random"})
    assert all(torch.equal(value, network.state_dict()[name]) for name, value in weights(content).items())
    manifest = {
        "version": 1,
        "labels": [f"class {number}" for number in range(9)],
        "input": {"width": shipped.width, "height": shipped.height, "interpolation": "bilinear"},
    }
    (tmp_path / "fast" / "1").mkdir(parents=True)
    (tmp_path / "fast" / "1" / "model.onnx").write_bytes(content)
    (tmp_path / "fast" / "model.json").write_text(json.dumps(manifest))
    picture = np.random.default_rng(1).integers(0, 256, (100, 333, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "noise.png"), picture)

    command = [sys.executable, HERE / "reference.py", "--model", tmp_path / "fast", "--output", tmp_path / "masks"]
    subprocess.run([*command, tmp_path / "noise.png"], check=True)
    found = cv2.imread(str(tmp_path / "masks" / "noise.png"), cv2.IMREAD_UNCHANGED)
    pixels = cv2.resize(picture, (shipped.width, shipped.height), interpolation=cv2.INTER_LINEAR)
    expected = session(content).run(None, {"pixels": pixels[None]})[0][0]
    assert found.shape == (100, 333) and found.dtype == np.uint8
    assert np.mean(found == reference.nearest(expected, 100, 333)) >= 0.999


def test_nearest_takes_the_protocols_pixels() -> None:
    source = np.arange(9).reshape(3, 3)
    assert reference.nearest(source, 4, 5).tolist() == [
        [0, 0, 1, 1, 2],
        [0, 0, 1, 1, 2],
        [3, 3, 4, 4, 5],
        [6, 6, 7, 7, 8],
    ]
    assert reference.nearest(source, 2, 2).tolist() == [[0, 1], [3, 4]]
