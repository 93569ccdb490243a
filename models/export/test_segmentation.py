"""The graphs of the four families against the libraries they come from: same picture, same weights, same mask.

Public weights need a download, so the networks have random ones. Such a network answers one class everywhere, which
would compare nothing: `spread` first makes its classes differ on the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from torch import nn
from transformers import Mask2FormerConfig, Mask2FormerForUniversalSegmentation, SwinConfig
from transformers.models.mask2former.modeling_mask2former import multi_scale_deformable_attention

import reference
from conftest import PICTURES, session
from public import PUBLIC, UNUSED
from segmentation import OPSET, MaskOfPixels, enlarge, export, half_precision, metadata, weights

# Small, no square, and 208 is no multiple of 32, so that windows and strides do not come out even.
WIDTH, HEIGHT = 208, 160


def mask2former_swin_small(classes: int) -> Mask2FormerForUniversalSegmentation:
    """The public network of `sota` on a smaller Swin; the decoders are the public one's."""
    swin = SwinConfig(
        embed_dim=48,
        depths=[2, 2, 2, 2],
        num_heads=[3, 6, 12, 24],
        window_size=7,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    return Mask2FormerForUniversalSegmentation(Mask2FormerConfig(backbone_config=swin, num_labels=classes))


BUILDERS: dict[str, Callable[[], nn.Module]] = {
    "fast": PUBLIC["fast"].random,
    "balanced": PUBLIC["balanced"].random,
    "accurate": PUBLIC["accurate"].random,
    "sota on a small Swin": lambda: mask2former_swin_small(150),
    "sota": PUBLIC["sota"].random,
}


@pytest.fixture(scope="module")
def pictures(pytestconfig: pytest.Config) -> dict[str, np.ndarray]:
    folder = pytestconfig.getoption("--images")
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURES)
    if not found:
        pytest.skip(f"no pictures in {folder}; name a folder with --images")
    return {path.name: cv2.resize(cv2.imread(str(path)), (WIDTH, HEIGHT)) for path in found}


@pytest.fixture(scope="module", params=BUILDERS)
def network(request: pytest.FixtureRequest, pictures: dict[str, np.ndarray]) -> nn.Module:
    if request.param == "sota" and not request.config.getoption("--full"):
        pytest.skip("takes minutes and 8 GB; --full asks for it")
    torch.manual_seed(1)
    network = BUILDERS[request.param]().eval()
    spread(network, np.stack(list(pictures.values())))
    return network


@pytest.fixture(scope="module")
def exported(network: nn.Module) -> bytes:
    return export(network, WIDTH, HEIGHT, {"network": "a test's", "weights": "random"})


@torch.no_grad()
def spread(network: nn.Module, pixels: np.ndarray) -> None:
    """Makes a random network answer many classes on these pictures.

    Normalisations take their statistics from the pictures, and every class's score gets the same mean and deviation.
    """
    planes = MaskOfPixels(network).planes(torch.from_numpy(pixels))
    normalisations = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    for part in normalisations:
        # No momentum: the mean over all batches, here of the only one.
        part.momentum = None
        part.train()
    if normalisations:
        network(planes)
        network.eval()

    if isinstance(network, Mask2FormerForUniversalSegmentation):
        decoder = network.model.transformer_module.decoder
        # Otherwise the layers make all queries alike.
        for layer in decoder.layers:
            for part in (layer.self_attn.out_proj, layer.cross_attn.out_proj, layer.fc2):
                part.weight *= 0.2
        network.model.transformer_module.queries_features.weight *= 3
        standardise(network, planes, decoder.mask_predictor.mask_embedder.get_submodule("2.0"), 1)
        standardise(network, planes, network.class_predictor, 4)
    elif hasattr(network, "decode_head"):
        standardise(network, planes, network.decode_head.classifier, 1)
    else:
        standardise(network, planes, network.classifier[-1], 1)


def standardise(network: nn.Module, planes: torch.Tensor, head: nn.Linear | nn.Conv2d, deviation: float) -> None:
    """Gives each output of a layer mean 0 and the deviation, over the pictures and places or queries."""
    seen = []
    hook = head.register_forward_hook(lambda part, taken, given: seen.append(given))
    network(planes)
    hook.remove()
    channel = 1 if isinstance(head, nn.Conv2d) else 2
    values = seen[-1].transpose(0, channel).flatten(1)
    scale = values.std(1) / deviation
    head.weight /= scale.reshape(-1, *[1] * (head.weight.dim() - 1))
    head.bias.sub_(values.mean(1)).div_(scale)


def test_answers_as_its_library(network, exported, pictures, record_property) -> None:
    served = session(exported)
    equal, classes = [], set()
    for pixels in pictures.values():
        expected = reference.mask(network, pixels)
        (found,) = served.run(None, {"pixels": pixels[None]})
        assert found.shape == (1, HEIGHT, WIDTH) and found.dtype == np.uint8
        equal.append(np.mean(found[0] == expected))
        assert len(np.unique(expected)) > 5
        classes |= set(np.unique(expected))
    record_property("equal", f"{min(equal):.4%} in the worst picture of {len(equal)}")
    record_property("classes", len(classes))
    assert min(equal) >= 0.999


def test_answers_each_frame_of_a_batch_as_if_alone(exported, pictures) -> None:
    served = session(exported)
    batch = np.stack(list(pictures.values())[:3])
    (together,) = served.run(None, {"pixels": batch})
    alone = [served.run(None, {"pixels": pixels[None]})[0][0] for pixels in batch]
    assert np.mean(together == np.stack(alone)) >= 0.999


def test_half_precision_errs_where_classes_nearly_tie(network, exported, pictures, record_property) -> None:
    half = half_precision(exported)
    assert len(half) < 0.55 * len(exported)
    precise, halved = session(exported), session(half)
    equal, equal_where_sure = [], []
    for pixels in pictures.values():
        same = precise.run(None, {"pixels": pixels[None]})[0][0] == halved.run(None, {"pixels": pixels[None]})[0][0]
        lead = lead_of_the_best_class(network, pixels)
        equal.append(same.mean())
        equal_where_sure.append(same[lead > np.median(lead)].mean())
    record_property("equal", f"{np.mean(equal):.3%}, in the surer half of the pixels {np.mean(equal_where_sure):.3%}")
    # Every layer of a random network makes the rounding larger, most of all the fifty of the ResNet.
    assert np.mean(equal_where_sure) >= 0.95


@torch.no_grad()
def lead_of_the_best_class(network: nn.Module, pixels: np.ndarray) -> np.ndarray:
    outside = MaskOfPixels(network)
    first, second = enlarge(outside.scores(network, outside.planes(torch.from_numpy(pixels[None]))), pixels.shape[:2])[0].topk(2, dim=0).values
    return (first - second).numpy()


def test_takes_bytes_and_gives_bytes(exported) -> None:
    served = session(exported)
    (taken,), (given,) = served.get_inputs(), served.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("pixels", "tensor(uint8)", ["N", HEIGHT, WIDTH, 3])
    assert (given.name, given.type, given.shape) == ("mask", "tensor(uint8)", ["N", HEIGHT, WIDTH])


def test_keeps_the_weights_and_nothing_about_this_machine(network, exported) -> None:
    kept = weights(exported)
    needed = {
        name: value
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked") and not any(part in name for part in UNUSED)
    }
    assert kept.keys() == needed.keys()
    assert all(torch.equal(kept[name], value) for name, value in needed.items())
    model = onnx.load_from_string(exported)
    assert metadata(exported).keys() == {"network", "weights", "parameters"}
    assert not any(node.metadata_props or node.doc_string for node in model.graph.node)
    assert str(Path(__file__).parent).encode() not in exported
    assert int(metadata(exported)["parameters"]) == sum(
        value.numel() for name, value in network.named_parameters() if name in needed
    )


class DeformableAttention(nn.Module):
    """The sampling inside Mask2Former's pixel decoder, at three levels whose sides do not divide each other."""

    LEVELS = ((20, 26), (10, 13), (5, 7))

    def forward(self, values: torch.Tensor, places: torch.Tensor, attention: torch.Tensor) -> torch.Tensor:
        return multi_scale_deformable_attention(values, list(self.LEVELS), places, attention)


def test_deformable_attention_samples_as_torch_does(record_property) -> None:
    """Onnx has no such operator: it becomes GridSample, one a level, and much arithmetic around it."""
    heads, points, queries = 8, 4, 50
    levels = DeformableAttention.LEVELS
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(1, sum(h * w for h, w in levels), heads, 32, generator=generator)
    # Also outside the picture, where zeros are sampled.
    places = torch.rand(1, queries, heads, len(levels), points, 2, generator=generator) * 1.4 - 0.2
    attention = torch.rand(1, queries, heads, len(levels), points, generator=generator)
    tensors = {"values": values, "places": places, "attention": attention}
    program = torch.onnx.export(
        DeformableAttention().eval(), tuple(tensors.values()), input_names=list(tensors), opset_version=OPSET, verbose=False
    )
    served = session(program.model_proto.SerializeToString())
    (found,) = served.run(None, {name: tensor.numpy() for name, tensor in tensors.items()})
    expected = DeformableAttention()(*tensors.values()).numpy()
    record_property("differs at most by", f"{np.abs(found - expected).max():.1e} of {np.abs(expected).max():.1f}")
    assert sum(node.op_type == "GridSample" for node in program.model_proto.graph.node) == len(levels)
    assert np.allclose(found, expected, atol=1e-5)
