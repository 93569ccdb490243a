"""What the training of depth rests on: the measures, the planes, the loss, the zoom, and a graph that says what torch says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import depth
import depth_quality
import publish_depth
from depth_quality import aligned, depths_of, plane, relative_error
from world import dataset
from world.scene import random_scene


def places(height: int, width: int) -> np.ndarray:
    return depth_quality._places(height, width)


def test_relative_error_by_hand_leaves_out_what_is_not_known_or_too_near() -> None:
    truth = np.array([[1.0, 2.0], [0.0, 0.05]])
    assert relative_error(np.array([[1.5, 1.0], [9.0, 9.0]]), truth) == pytest.approx(0.5)
    assert np.isnan(relative_error(truth, np.zeros((2, 2))))


def test_alignment_takes_any_scale_away() -> None:
    truth = np.random.default_rng(1).uniform(0.5, 3, (20, 30))
    assert relative_error(aligned(truth * 1.7, truth), truth) == pytest.approx(0, abs=1e-12)
    assert relative_error(aligned(truth + 0.1, truth), truth) > 0.01


def test_a_plane_is_found_again_though_a_tenth_of_it_is_hidden() -> None:
    there = places(24, 32)
    sought = np.array([0.3, -0.2, 0.6])
    depths = depths_of(sought, there)
    hidden = depths.copy()
    hidden[8:14, 4:16] *= 0.5
    found = plane(there.reshape(-1, 2), hidden.ravel())
    assert found == pytest.approx(sought, abs=1e-3)
    # Which squares alone would not do.
    rows = np.column_stack([there.reshape(-1, 2), np.ones(24 * 32)]) * hidden.reshape(-1, 1)
    squares = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)[0]
    assert np.abs(squares - sought).max() > 0.03
    assert relative_error(depths_of(found, there), hidden) < relative_error(depths_of(squares, there), hidden)


def test_planes_are_measured_on_what_is_rendered() -> None:
    """Two planes that no one plane fits; every twelfth picture is a photograph."""
    there = places(16, 16)
    depths = np.stack([depths_of(np.array([0.0, 0.0, 1.0 if n % 2 else 0.5]), there) for n in range(12)])
    pictures = dataset.Pictures(np.zeros((12, 16, 16, 3), np.uint8), np.zeros((12, 16, 16), np.uint8), depths)
    found = depth_quality.planes(pictures, dataset.HELD_OUT)
    assert found["planeOfEach"] == pytest.approx(0, abs=1e-3)
    assert found["planeOfEachScaled"] == pytest.approx(0, abs=1e-3)
    assert found["planeOfAll"] > 0.2
    # They differ in nothing else.
    assert found["planeOfAllScaled"] == pytest.approx(0, abs=1e-3)
    assert len(depth_quality.rendered(dataset.HELD_OUT, 12)) == 11


def test_the_loss_is_nothing_where_all_is_right_and_sees_scale_and_slopes() -> None:
    truth = torch.linspace(1, 3, 64).repeat(1, 48, 1)
    truth[:, :4] = 0
    # As wide as the answers are, so that widening them is exact where they are linear.
    known = truth.clamp(min=1).log()[:, ::2, ::2]
    exact = truth.clone()
    exact[:, 4:] = depth.widened(known, 48, 64).exp()[:, 4:]
    assert depth.loss_of(known, exact) == pytest.approx(0, abs=1e-5)
    assert depth.loss_of(known + 0.1, exact) == pytest.approx(np.expm1(0.1), abs=1e-3)
    assert depth.loss_of(known - 0.1, exact) == pytest.approx(-np.expm1(-0.1), abs=1e-3)
    bumpy = known + 0.1 * (torch.arange(32) % 2)
    assert depth.loss_of(bumpy, exact) > depth.loss_of(known + 0.05, exact) + 0.02


def test_a_longer_lens_shows_a_part_of_the_picture_as_far_away_as_it_is() -> None:
    pixels, depths = np.zeros((240, 320, 3), np.uint8), np.zeros((240, 320), np.float16)
    depths[:] = np.linspace(1, 2, 320)
    shares = []
    for k in range(40):
        _, seen, share = depth.example(np.random.default_rng(k), pixels, depths, 160, 120, 0.7)
        assert 1 <= seen.min() and seen.max() <= 2
        assert np.ptp(seen) == pytest.approx(share, abs=0.02)
        shares.append(share)
    assert max(shares) == 1
    assert 0.7 <= min(shares) < 0.8
    assert 10 < shares.count(1) < 30


def test_focal_lengths_are_those_the_pictures_were_rendered_with() -> None:
    lengths = depth.focal_lengths(dataset.VALIDATION, 12)
    assert np.isnan(lengths).tolist() == [False] * 11 + [True]
    for number in (0, 5):
        scene = random_scene(np.random.default_rng([dataset.VALIDATION.stream, number]), dataset.VALIDATION.photographs)
        assert lengths[number] == pytest.approx(0.5 / scene.camera.half_angle_tangent, rel=1e-6)
        assert 0.7 < lengths[number] < 1.2


def test_a_batch_tells_the_focal_length_of_what_it_shows() -> None:
    random = np.random.default_rng(1)
    pictures = dataset.Pictures(
        random.integers(0, 256, (20, 48, 64, 3), np.uint8), np.zeros((20, 48, 64), np.uint8), np.ones((20, 48, 64), np.float16)
    )
    values, depths, lengths = depth.batch(1, 0, pictures, np.full(20, 0.9, np.float32), 32, 0.7)
    assert values.shape == (depth.BATCH, 3, 24, 32)
    assert depths.shape == (depth.BATCH, 24, 32)
    whole = np.log(0.9)
    assert lengths.min().item() == pytest.approx(whole, abs=1e-6)
    assert whole + 0.1 < lengths.max().item() <= whole - np.log(0.7) + 1e-6


def test_places_tell_every_cell_from_every_other() -> None:
    found = depth.places(11, 14)
    assert found.shape == (154, 4 * depth.WAVES)
    apart = torch.cdist(found, found) + 10 * torch.eye(154)
    assert apart.min() > 0.1
    # Where a cell is does not depend on how many there are.
    assert torch.allclose(depth.places(1, 1)[0], depth.places(3, 3)[4], atol=1e-5)


def test_learns_one_scene() -> None:
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    model = depth.DepthNetwork().train()
    truth = torch.ones(2, 48, 64)
    truth[0, 12:36, 16:48], truth[1, :24] = 0.5, 2
    values = torch.from_numpy(random.normal(size=(2, 3, 48, 64)).astype(np.float32)) / 4 + truth[:, None]
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    losses = []
    for _ in range(60):
        loss = depth.loss_of(model(values)[0], truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "BATCH", 2)
    monkeypatch.setattr(depth, "KEPT_EVERY", 1)
    rounds = (depth.Round(3, 5e-3, ((64, 1.0),), 0.7), depth.Round(2, 2e-3, ((64, 0.5), (96, 1.0)), 1.0))
    monkeypatch.setattr(depth, "ROUNDS", rounds)
    random = np.random.default_rng(1)
    pictures = dataset.Pictures(
        random.integers(0, 256, (5, dataset.HEIGHT, dataset.WIDTH, 3), np.uint8),
        np.zeros((5, dataset.HEIGHT, dataset.WIDTH), np.uint8),
        random.uniform(0.5, 3, (5, dataset.HEIGHT, dataset.WIDTH)).astype(np.float16),
    )
    focal = np.full(5, 0.9, np.float32)
    backbone = depth.published_backbone()
    whole, _ = depth.train(1, 5, pictures, focal, tmp_path / "whole", backbone)
    batch = depth.batch
    seen = []

    # Within the first round, and where the second begins.
    for last in (2, 3):

        def interrupted(seed: int, step: int, *rest: object) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            if step == last:
                raise KeyboardInterrupt
            seen.append(step)
            return batch(seed, step, *rest)

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(depth, "batch", interrupted)
            depth.train(1, 5, pictures, focal, tmp_path / "kept", backbone)
    assert seen == [0, 1, 2]
    resumed, _ = depth.train(1, 5, pictures, focal, tmp_path / "kept", backbone)
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, resumed.state_dict()[name]), name


def test_the_graph_answers_as_the_network_but_for_halved_weights() -> None:
    torch.manual_seed(1)
    model = depth.DepthNetwork()
    model.backbone.load_state_dict({**model.backbone.state_dict(), **depth.published_backbone()})
    model.eval()
    pixels = np.random.default_rng(1).integers(0, 256, (depth.HEIGHT, depth.WIDTH, 3), np.uint8)
    found = publish_depth.run(publish_depth.graph(model))(pixels)
    expected = depth.answer(model, pixels)
    assert expected.std() > 1e-3
    assert np.abs(found / expected - 1).max() < 0.01


def test_the_mirror_image_of_a_picture_is_as_far_away() -> None:
    torch.manual_seed(1)
    model = depth.DepthNetwork().eval()
    values = torch.randn(1, 3, 48, 64)
    found = depth.served(model, values)
    assert found.std() > 1e-4
    assert torch.allclose(depth.served(model, values.flip(3)), found.flip(2), atol=1e-4)


def test_the_card_of_the_shipped_network_has_its_figures() -> None:
    results = json.loads(publish_depth.RESULTS.read_text())
    card = (publish_depth.HERE.parent / "depth" / "MODEL_CARD.md").read_text()
    shipped = results["seeds"][0]["heldOut"]
    for figure in (*shipped.values(), *results["planes"].values()):
        assert f"| {figure:.3f} |" in card
