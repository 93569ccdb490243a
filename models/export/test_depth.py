"""The command that installs Depth Anything: its graph against the library's own network, what it writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTImageProcessor

import depth
from conftest import REPOSITORY
from depth_graph import export
from measure import one_thread
from model_folder import sha256

WIDTH, HEIGHT = 84, 56
FACTS = {"network": "small", "weights": "random"}
# Of the greatest value: float32 in another order.
TOLERANCE = 1e-4


def small(**config: object) -> DepthAnythingForDepthEstimation:
    """The same layers as the public one's, fewer and narrower, with the same patches on a smaller square."""
    torch.manual_seed(1)
    backbone = Dinov2Config(
        hidden_size=48,
        num_hidden_layers=4,
        num_attention_heads=3,
        image_size=56,
        patch_size=depth.PATCH,
        out_indices=[1, 2, 3, 4],
        reshape_hidden_states=False,
    )
    sizes = {"reassemble_hidden_size": 48, "neck_hidden_sizes": [8, 16, 24, 32], "fusion_hidden_size": 16}
    network = DepthAnythingForDepthEstimation(
        DepthAnythingConfig(backbone_config=backbone, head_hidden_size=8, **sizes, **config)
    )
    # Greater weights than those it starts with, so that the answer depends on the picture, and is not cut off at 0.
    with torch.no_grad():
        for values in network.parameters():
            if values.ndim > 1:
                values.normal_(0, 1.2 / values[0].numel() ** 0.5)
        network.head.conv3.bias.fill_(1.0)
    return network.eval()


def pictures(count: int) -> np.ndarray:
    """uint8 [count, HEIGHT, WIDTH, 3], BGR: noise on slopes."""
    random = np.random.default_rng(2)
    slopes = np.linspace(0, 200, WIDTH)[None, None, :, None] * random.random((count, 1, 1, 3))
    return (slopes + random.integers(0, 56, (count, HEIGHT, WIDTH, 3))).astype(np.uint8)


def librarys_own(network: DepthAnythingForDepthEstimation, bgr: np.ndarray) -> np.ndarray:
    """The answer to pictures as the library's image processor prepares them, without resizing."""
    processor = DPTImageProcessor(
        do_resize=False, do_pad=False, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225]
    )
    planes = processor([picture[..., ::-1].copy() for picture in bgr], return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        return network(planes).predicted_depth.numpy()


@pytest.mark.parametrize(
    ("config", "decoded"),
    [({}, "inverse-depth"), ({"depth_estimation_type": "metric", "max_depth": 20}, "depth")],
)
def test_graph_answers_as_the_librarys_network(config, decoded) -> None:
    network = small(**config)
    assert depth.decoder(network) == decoded
    session = onnxruntime.InferenceSession(
        export(network, depth.depths, WIDTH, HEIGHT, FACTS), one_thread(), providers=["CPUExecutionProvider"]
    )
    for count in (1, 3):
        pixels = pictures(count)
        (found,) = session.run(None, {"pixels": pixels})
        expected = librarys_own(network, pixels)
        assert found.dtype == np.float32 and found.shape == expected.shape == (count, HEIGHT, WIDTH)
        assert expected.std() > 0.1
        assert np.abs(found - expected).max() <= TOLERANCE * np.abs(expected).max()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public network at a small size, with random weights."""
    models = tmp_path_factory.mktemp("models")
    depth.main(["--random-weights", "--size", "84", "56", "--output", str(models)])
    return models / "depth"


def test_writes_a_model_folder(installed) -> None:
    manifest = json.loads((installed / "model.json").read_text())
    content = (installed / "1" / "model.onnx").read_bytes()
    assert manifest["sha256"] == {"1": sha256(content)}
    assert manifest["output"] == {"name": "depth", "decoder": "inverse-depth", "width": 84, "height": 56}
    assert manifest["memoryMiB"] > len(content) / 2**20
    assert sorted(path.name for path in installed.iterdir()) == ["1", "MODEL_CARD.md", "NOTICE", "model.json"]
    assert "random numbers" in (installed / "MODEL_CARD.md").read_text()


def test_manifest_has_the_keys_of_the_shipped_one(installed) -> None:
    shipped = json.loads((REPOSITORY / "models" / "depth" / "model.json").read_text())
    made = json.loads((installed / "model.json").read_text())
    assert made.keys() == shipped.keys()
    assert all(made[part].keys() == shipped[part].keys() for part in ("input", "output", "batch"))


def test_has_as_many_parameters_as_its_makers_say() -> None:
    """24.8 million, by the table of the makers' repository; the token that stands for hidden patches is for training."""
    network = depth.depth_anything_small()
    assert sum(values.numel() for values in network.parameters()) == pytest.approx(24.8e6, abs=0.05e6)


def test_loads_a_checkpoint_and_refuses_another_networks(tmp_path) -> None:
    network = depth.random_weights()
    network.save_pretrained(tmp_path / "same")
    read = depth.load_transformers(depth.depth_anything_small, depth.CHECKPOINT, tmp_path / "same")
    assert all(torch.equal(value, read.state_dict()[name]) for name, value in network.state_dict().items())
    small().save_pretrained(tmp_path / "other")
    with pytest.raises(SystemExit, match=f"No weights of {depth.NAME} from .*it is another network"):
        depth.main(["--checkpoint", str(tmp_path / "other"), "--output", str(tmp_path)])
    assert not (tmp_path / "depth").exists()


def test_refuses_sides_that_are_no_multiples_of_a_patch(capsys) -> None:
    with pytest.raises(SystemExit):
        depth.main(["--size", "512", "384"])
    assert "expected multiples of 14" in capsys.readouterr().err
