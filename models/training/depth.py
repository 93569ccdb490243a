"""Trains the network that tells how far away everything in a picture is, on the world.

    python models/training/depth.py --seed 1

It starts from the ResNet of the shipped sota, read from its model file. Otherwise as train.py: the same pictures, the
same seed gives the same weights, and a training that was interrupted goes on. The result is a checkpoint, and how well it
does on the validation pictures; publish_depth.py makes a model of it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import ResNetBackbone

from depth_quality import NEAREST, measured, rendered
from networks import resnet_config
from train import (
    BATCH,
    DEVIATION,
    MEAN,
    OTHER_PICTURES,
    TRAINING_PICTURES,
    WORK,
    Optimizer,
    augmented,
    keep,
    published_backbone,
    unfinished,
)
from world import dataset

WIDTH, HEIGHT = 224, 168
# The rate falls along a line that reaches zero at the second of the steps.
STEPS, RATE_STEPS, RATE = 4000, 4000, 5e-3
# Steps after which an interrupted training can go on.
KEPT_EVERY = 50
# Up to which part of RATE_STEPS pictures are how wide; the last ones as those that are served.
WIDTHS = ((112, 0.3), (160, 0.7), (224, 1.0))
# How much of its width and height the smallest part of a picture shows that is trained with.
LEAST_SHARE = 0.7
# Of the loss, what differences between neighbours count beside the depths themselves; at how many scales.
SLOPES, SCALES = 0.5, 4
CHANNELS = 64


class DepthNetwork(nn.Module):
    """A ResNet, a feature pyramid that knows of the whole picture, and the picture's own edges at half of its size."""

    def __init__(self) -> None:
        super().__init__()
        config = resnet_config()
        self.backbone = ResNetBackbone(config)
        self.laterals = nn.ModuleList(nn.Conv2d(channels, CHANNELS, 1) for channels in config.hidden_sizes)
        self.context = nn.Linear(config.hidden_sizes[-1], CHANNELS)
        self.merges = nn.ModuleList(_block(CHANNELS, CHANNELS) for _ in config.hidden_sizes)
        self.narrow = nn.Conv2d(CHANNELS, 32, 1)
        self.edges = _block(3, 16, stride=2)
        self.head = nn.Sequential(_block(48, 32), nn.Conv2d(32, 1, 3, padding=1))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Logarithms of metres [N, height / 2, width / 2] of normalised pictures [N, 3, height, width]."""
        maps = self.backbone(values).feature_maps
        merged = self.context(maps[-1].mean((2, 3)))[..., None, None]
        for map_, lateral, merge in reversed(list(zip(maps, self.laterals, self.merges, strict=True))):
            if merged.shape[-1] > 1:
                merged = functional.interpolate(merged, map_.shape[2:], mode="bilinear", align_corners=False)
            merged = merge(lateral(map_) + merged)
        edges = self.edges(values)
        wide = functional.interpolate(self.narrow(merged), edges.shape[2:], mode="bilinear", align_corners=False)
        return self.head(torch.cat([wide, edges], 1))[:, 0]


def _block(channels_in: int, channels: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
    )


def widened(logarithms: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Of every pixel [N, height, width]."""
    return functional.interpolate(logarithms[:, None], (height, width), mode="bilinear", align_corners=False)[:, 0]


def example(
    random: np.random.Generator, pixels: np.ndarray, depths: np.ndarray, width: int, height: int
) -> tuple[np.ndarray, np.ndarray]:
    """The picture, or a part of it as a longer lens would show it: what fills more of a picture is so much nearer."""
    depths = depths.astype(np.float32)
    if random.random() < 0.5:
        rows, columns = depths.shape
        share = random.uniform(LEAST_SHARE, 1)
        part_width, part_height = int(columns * share), int(rows * share)
        left, top = random.integers(columns - part_width + 1), random.integers(rows - part_height + 1)
        part = np.s_[top : top + part_height, left : left + part_width]
        pixels, depths = pixels[part], depths[part] * np.float32(share)
    return augmented(random, pixels, depths, width, height, shares=(1.0, 1.0))


def batch(seed: int, step: int, pictures: dataset.Pictures, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Of a step: float32 [N, 3, height, width], normalised, and metres [N, height, width]. Follows from seed and step."""
    known = rendered(dataset.TRAINING, len(pictures.depths))
    epoch, place = divmod(step, len(known) // BATCH)
    order = np.random.default_rng([seed, epoch]).permutation(known)
    random = np.random.default_rng([seed, epoch, place])
    height = width * dataset.HEIGHT // dataset.WIDTH
    examples = [
        example(random, pictures.pixels[number], pictures.depths[number], width, height)
        for number in order[place * BATCH : (place + 1) * BATCH]
    ]
    values = (torch.from_numpy(np.stack([pixels for pixels, _ in examples])).float() / 255 - MEAN) / DEVIATION
    depths = torch.from_numpy(np.stack([depths for _, depths in examples]))
    return values.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last), depths


def loss_of(logarithms: torch.Tensor, depths: torch.Tensor) -> torch.Tensor:
    """How far the logarithms are off, which is the relative error for small ones; and, so that edges are sharp and
    surfaces smooth, how far their differences between neighbours are off, on the picture and on every second, fourth and
    eighth pixel of it (Z. Li and N. Snavely, 2018)."""
    known = depths >= NEAREST
    off = torch.where(known, widened(logarithms, *depths.shape[1:]) - depths.clamp(min=NEAREST).log(), 0)
    loss = off.abs().sum() / known.sum().clamp(min=1)
    for scale in range(SCALES):
        part, there = off[:, :: 2**scale, :: 2**scale], known[:, :: 2**scale, :: 2**scale]
        for axis in (1, 2):
            size = part.shape[axis] - 1
            both = there.narrow(axis, 1, size) & there.narrow(axis, 0, size)
            loss = loss + SLOPES * (part.diff(dim=axis).abs() * both).sum() / both.sum().clamp(min=1)
    return loss


def train(
    seed: int, steps: int, pictures: dataset.Pictures, kept: Path, backbone: dict[str, torch.Tensor]
) -> tuple[DepthNetwork, float]:
    """The trained network and the seconds it took. `kept` is a file for what an interrupted training goes on from."""
    torch.manual_seed(seed)
    model = DepthNetwork().to(memory_format=torch.channels_last).train()
    model.backbone.load_state_dict({**model.backbone.state_dict(), **backbone})
    optimizer = Optimizer(model, RATE, RATE_STEPS, None)
    first, before = 0, 0.0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        first, before = state["step"], state["seconds"]
        model.load_state_dict(state["model"])
        optimizer.load(state["optimizer"])
        print(f"going on after step {first}", flush=True)
    started, running = time.monotonic(), 0.0
    for step in range(first, steps):
        width = next(width for width, part in WIDTHS if step < part * RATE_STEPS)
        values, depths = batch(seed, step, pictures, width)
        with torch.autocast("cpu", torch.bfloat16):
            logarithms = model(values)
        loss = loss_of(logarithms.float(), depths)
        loss.backward()
        optimizer.step(model)
        if not math.isfinite(loss.item()):
            raise SystemExit(f"the loss is {loss.item()} at step {step}: a lower rate may help")
        running += (loss.item() - running) * max(0.02, 1 / (step - first + 1))
        seconds = before + time.monotonic() - started
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} of {steps}, loss {running:.3f}, {seconds:.0f} s", flush=True)
        if (step + 1) % KEPT_EVERY == 0:
            state = {"step": step + 1, "seconds": seconds}
            keep(kept, {**state, "model": model.state_dict(), "optimizer": optimizer.state()})
    return model.eval(), before + time.monotonic() - started


@torch.no_grad()
def answer(model: DepthNetwork, pixels: np.ndarray) -> np.ndarray:
    """Metres float32 [height, width] of a picture uint8 [height, width, 3], RGB, of any size, as it is served."""
    scaled = cv2.resize(pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    values = ((torch.from_numpy(scaled).float() / 255 - MEAN) / DEVIATION).permute(2, 0, 1)[None]
    return widened(model(values), *pixels.shape[:2]).exp()[0].numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS, help=f"fewer for a quick try, at most {RATE_STEPS}")
    parser.add_argument("--pictures", type=Path, default=WORK.parent / "world", help="folder of the rendered pictures")
    parser.add_argument("--output", type=Path, default=WORK)
    options = parser.parse_args()
    seed, steps = options.seed, options.steps
    pictures = dataset.pictures(options.pictures, dataset.TRAINING, TRAINING_PICTURES)
    validation = dataset.pictures(options.pictures, dataset.VALIDATION, OTHER_PICTURES)
    kept = unfinished(options.output, "depth", seed)
    model, seconds = train(seed, steps, pictures, kept, published_backbone())
    torch.save(model.state_dict(), options.output / f"depth-{seed}.pt")
    figures = measured(lambda pixels: answer(model, pixels), validation, dataset.VALIDATION)
    result = {"seed": seed, "steps": steps, "seconds": round(seconds), "validation": figures}
    (options.output / f"depth-{seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    kept.unlink(missing_ok=True)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
