"""What training rests on: the measure of quality, the loss, and weights that survive being stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

import publish
import train
from networks import NETWORKS
from quality import mean_iou, per_class_iou
from world import dataset
from world.scene import LABELS


def test_intersection_over_union_of_a_table_by_hand() -> None:
    confusion = np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]])
    assert per_class_iou(confusion)[:2] == pytest.approx([6 / 9, 3 / 6])
    # A class that never occurs counts for nothing.
    assert mean_iou(confusion) == pytest.approx((6 / 9 + 3 / 6) / 2)


def test_cells_say_how_much_of_them_a_class_covers() -> None:
    masks = torch.zeros(1, 4, 4, dtype=torch.int64)
    masks[0, :, 3] = 2
    shares = train.shares_of(masks, (2, 2))
    assert shares[0, 2].tolist() == [[0, 0.5], [0, 0.5]]
    assert shares.sum(1).tolist() == [[[1, 1], [1, 1]]]


def queries(order: list[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Sure and right answers for a picture of three classes in its three thirds, in any order of the queries."""
    shares = torch.zeros(1, len(LABELS), 12)
    for third in range(3):
        shares[0, third, third * 4 : third * 4 + 4] = 1
    scores = torch.full((1, 5, 12), -12.0)
    classes = torch.full((1, 5, len(LABELS) + 1), -12.0)
    classes[..., -1] = 12
    for third, query in enumerate(order):
        scores[0, query] = shares[0, third] * 24 - 12
        classes[0, query, -1] = -12
        classes[0, query, third] = 12
    return scores, classes, shares, shares.sum(2) > 0


def test_the_set_loss_takes_the_queries_in_any_order_and_is_small_where_they_are_right() -> None:
    right = train._set_loss(*queries([0, 1, 2]))
    assert right < 0.01
    assert train._set_loss(*queries([4, 2, 0])) == pytest.approx(right)
    scores, classes, shares, present = queries([0, 1, 2])
    assert train._set_loss(scores.flip(2), classes, shares, present) > 1


@pytest.mark.parametrize("mode", NETWORKS)
def test_every_network_learns_one_picture(mode: str) -> None:
    torch.manual_seed(1)
    network = NETWORKS[mode]
    random = np.random.default_rng(1)
    pixels = torch.from_numpy(random.normal(size=(2, 3, 96, 128)).astype(np.float32))
    masks = torch.zeros(2, 96, 128, dtype=torch.int64)
    masks[:, 32:64, 32:96] = 4
    pixels[:, 0] += 3 * (masks == 4)
    model = network.build(len(LABELS)).train()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    losses = []
    for _ in range(12):
        loss = train.loss_of(network, model, pixels, masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_accurate_starts_from_the_shipped_backbone() -> None:
    backbone = train.published_backbone()
    started = NETWORKS["accurate"].backbone(NETWORKS["accurate"].build(len(LABELS)))
    assert {name for name, _ in started.named_parameters()} <= backbone.keys() <= started.state_dict().keys()
    started.load_state_dict({**started.state_dict(), **backbone})
    shipped = NETWORKS["sota"].build(len(LABELS)).eval()
    shipped.load_state_dict(train.weights((train.HERE.parent / "sota" / "1" / "model.onnx").read_bytes()), strict=False)
    pixels = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 3, 96, 128)).astype(np.float32))
    of_sota = NETWORKS["sota"].backbone(shipped)(pixels).feature_maps
    for map_, wanted in zip(started.eval()(pixels).feature_maps, of_sota, strict=True):
        assert torch.equal(map_, wanted)


def test_halved_weights_give_the_same_mask_but_for_near_ties(tmp_path) -> None:
    torch.manual_seed(1)
    network = NETWORKS["fast"]
    model = network.build(len(LABELS)).eval()
    whole = publish.export(model, network.width, network.height, {"network": "", "weights": ""})
    half = publish.halved(whole)
    assert len(half) < 0.7 * len(whole)
    pixels = np.random.default_rng(1).integers(0, 256, (1, network.height, network.width, 3), np.uint8)
    masks = [onnxruntime.InferenceSession(content).run(None, {"pixels": pixels})[0] for content in (whole, half)]
    assert (masks[0] == masks[1]).mean() > 0.98


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "BATCH", 2)
    monkeypatch.setattr(train, "KEPT_EVERY", 2)
    random = np.random.default_rng(1)
    pictures = dataset.Pictures(
        random.integers(0, 256, (5, dataset.HEIGHT, dataset.WIDTH, 3), np.uint8),
        random.integers(0, len(LABELS), (5, dataset.HEIGHT, dataset.WIDTH), np.uint8),
        np.zeros((5, dataset.HEIGHT, dataset.WIDTH), np.float16),
    )
    network = replace(NETWORKS["fast"], widths=((64, 100),))
    whole, _ = train.train(network, 1, 4, pictures, tmp_path / "whole")

    def interrupted(seed: int, step: int, *rest: object) -> tuple[torch.Tensor, torch.Tensor]:
        if step == 3:
            raise KeyboardInterrupt
        return batch(seed, step, *rest)

    batch = train.batch
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(train, "batch", interrupted)
        train.train(network, 1, 4, pictures, tmp_path / "kept")
    resumed, _ = train.train(network, 1, 4, pictures, tmp_path / "kept")
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, resumed.state_dict()[name]), name
