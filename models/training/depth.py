"""Trains the network that tells how far away everything in a picture is, on the world.

    python models/training/depth.py --seed 1

It starts from the ResNet of the shipped sota, read from its model file, and sees more pictures than the modes' networks
do. Otherwise as train.py: the same seed gives the same weights, and a training that was interrupted goes on. The result is
a checkpoint, and how well it does on the validation pictures; publish_depth.py makes a model of it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
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
    WORK,
    Optimizer,
    augmented,
    keep,
    published_backbone,
    unfinished,
)
from world import dataset
from world.scene import random_scene

# The first of them are those of the modes' networks.
TRAINING_PICTURES = 24000
WIDTH, HEIGHT = 224, 168
# Steps after which an interrupted training can go on.
KEPT_EVERY = 250
# Of the loss, what differences between neighbours count beside the depths themselves; at how many scales.
SLOPES, SCALES = 0.5, 4
# And what the logarithm of the focal length counts.
FOCAL = 0.3
CHANNELS = 64
# Of the transformer: what each cell is told in, and in how many parts, of how many waves its place is.
TOKEN, HEADS, LAYERS, WAVES = 128, 4, 4, 8


@dataclass(frozen=True)
class Round:
    """A part of the training, in which the rate falls to zero along a line.

    widths: of the pictures, and up to which part of the round.
    least_share: how much of its width and height the smallest part of a picture shows that is trained with.
    """

    steps: int
    rate: float
    widths: tuple[tuple[int, float], ...]
    least_share: float


# The later ones are warm restarts (I. Loshchilov and F. Hutter, 2017) with nothing but what is served: whole pictures.
ROUNDS = (
    Round(13000, 5e-3, ((112, 0.25), (160, 0.7), (224, 1.0)), 0.7),
    Round(4000, 2.5e-3, ((224, 1.0),), 1.0),
    Round(8000, 3.5e-3, ((224, 1.0),), 1.0),
    Round(4000, 3e-3, ((224, 1.0),), 1.0),
)


class Layer(nn.Module):
    """A layer of a transformer (pre-norm) over the cells of a coarse map."""

    def __init__(self) -> None:
        super().__init__()
        self.before_attention, self.before_mlp = nn.LayerNorm(TOKEN), nn.LayerNorm(TOKEN)
        self.query, self.key, self.value = (nn.Linear(TOKEN, TOKEN) for _ in range(3))
        self.joined = nn.Linear(TOKEN, TOKEN)
        self.mlp = nn.Sequential(nn.Linear(TOKEN, 2 * TOKEN), nn.ReLU(), nn.Linear(2 * TOKEN, TOKEN))

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        """[N, cells, TOKEN] to the same."""
        normal = self.before_attention(cells)
        query, key, value = (
            part(normal).unflatten(2, (HEADS, -1)).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        weights = (query @ key.mT * (TOKEN // HEADS) ** -0.5).softmax(-1)
        cells = cells + self.joined((weights @ value).transpose(1, 2).flatten(2))
        return cells + self.mlp(self.before_mlp(cells))


def places(rows: int, columns: int) -> torch.Tensor:
    """Where the cells of a map are, as waves over its width and its height: [rows * columns, 4 * WAVES]."""
    y, x = (math.pi * (torch.arange(size) + 0.5) / size for size in (rows, columns))
    turns = torch.arange(1, WAVES + 1)
    waves = [
        function(axis[:, None] * turns).reshape(*shape, WAVES).expand(rows, columns, WAVES)
        for axis, shape in ((y, (rows, 1)), (x, (1, columns)))
        for function in (torch.sin, torch.cos)
    ]
    return torch.cat(waves, 2).flatten(0, 1)


class DepthNetwork(nn.Module):
    """A ResNet, a transformer over a sixteenth of the picture's size, a feature pyramid, and the picture's own edges at
    half of its size.

    The network tells the depths that a camera with a focal length of one width would have seen (W. Yin and others, 2023),
    and the focal length (A. Bochkovskii and others, 2024): their product is the depth.
    """

    def __init__(self) -> None:
        super().__init__()
        config = resnet_config()
        self.backbone = ResNetBackbone(config)
        *fine, coarse, coarsest = config.hidden_sizes
        self.coarse, self.coarsest = nn.Conv2d(coarse, TOKEN, 1), nn.Conv2d(coarsest, TOKEN, 1)
        self.places = nn.Linear(4 * WAVES, TOKEN)
        self.layers = nn.Sequential(*(Layer() for _ in range(LAYERS)), nn.LayerNorm(TOKEN))
        self.focal = nn.Linear(TOKEN, 1)
        self.wide = _block(TOKEN, CHANNELS)
        self.laterals = nn.ModuleList(nn.Conv2d(channels, CHANNELS, 1) for channels in fine)
        self.merges = nn.ModuleList(_block(CHANNELS, CHANNELS) for _ in fine)
        self.narrow = nn.Conv2d(CHANNELS, 32, 1)
        self.edges = _block(3, 16, stride=2)
        self.head = nn.Sequential(_block(48, 32), nn.Conv2d(32, 1, 3, padding=1))

    def forward(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of normalised pictures [N, 3, height, width]: the logarithms of metres [N, height / 2, width / 2], and of the focal
        lengths in widths of the picture [N]."""
        *fine, coarse, coarsest = self.backbone(values).feature_maps
        size = coarse.shape[2:]
        cells = self.coarse(coarse) + _enlarged(self.coarsest(coarsest), size)
        cells = self.layers(cells.flatten(2).mT + self.places(places(*size)))
        focal = self.focal(cells.mean(1))[:, 0]
        merged = self.wide(cells.mT.unflatten(2, size))
        for map_, lateral, merge in reversed(list(zip(fine, self.laterals, self.merges, strict=True))):
            merged = merge(lateral(map_) + _enlarged(merged, map_.shape[2:]))
        edges = self.edges(values)
        canonical = self.head(torch.cat([_enlarged(self.narrow(merged), edges.shape[2:]), edges], 1))[:, 0]
        return canonical + focal[:, None, None], focal


def _enlarged(maps: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return functional.interpolate(maps, size, mode="bilinear", align_corners=False)


def _block(channels_in: int, channels: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
    )


def widened(logarithms: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Of every pixel [N, height, width]."""
    return _enlarged(logarithms[:, None], (height, width))[:, 0]


def focal_lengths(part: dataset.Part, count: int) -> np.ndarray:
    """Of the cameras of a part's first pictures, in widths of the picture, as their scenes tell: float32; NaN for photographs."""
    lengths = np.full(count, np.nan, np.float32)
    for number in rendered(part, count):
        camera = random_scene(np.random.default_rng([part.stream, number]), part.photographs).camera
        lengths[number] = 0.5 / camera.half_angle_tangent
    return lengths


def example(
    random: np.random.Generator, pixels: np.ndarray, depths: np.ndarray, width: int, height: int, least_share: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """The picture, or a part of it, as a longer lens would show it; and how much of the picture's width it is."""
    share = random.uniform(least_share, 1) if random.random() < 0.5 else 1.0
    pixels, depths = augmented(random, pixels, depths.astype(np.float32), width, height, shares=(share, share))
    return pixels, depths, share


def batch(
    seed: int, step: int, pictures: dataset.Pictures, focal: np.ndarray, width: int, least_share: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of a step: float32 [N, 3, height, width], normalised, metres [N, height, width], and logarithms of focal lengths in widths
    [N]. Follows from seed and step."""
    known = rendered(dataset.TRAINING, len(pictures.depths))
    epoch, place = divmod(step, len(known) // BATCH)
    order = np.random.default_rng([seed, epoch]).permutation(known)[place * BATCH : (place + 1) * BATCH]
    random = np.random.default_rng([seed, epoch, place])
    height = width * dataset.HEIGHT // dataset.WIDTH
    examples = [
        example(random, pictures.pixels[number], pictures.depths[number], width, height, least_share) for number in order
    ]
    shown, depths, shares = (np.stack(parts) for parts in zip(*examples, strict=True))
    values = (torch.from_numpy(shown).float() / 255 - MEAN) / DEVIATION
    logarithms = torch.from_numpy(np.log(focal[order] / shares)).float()
    return values.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last), torch.from_numpy(depths), logarithms


def loss_of(logarithms: torch.Tensor, depths: torch.Tensor) -> torch.Tensor:
    """The relative error of the depths whose logarithms are given; and, so that edges are sharp and surfaces smooth, how far
    the logarithms' differences between neighbours are off, on the picture and on every second, fourth and eighth pixel of
    it (Z. Li and N. Snavely, 2018)."""
    known = depths >= NEAREST
    off = torch.where(known, widened(logarithms, *depths.shape[1:]) - depths.clamp(min=NEAREST).log(), 0)
    # Ten times too far is far enough for any step.
    loss = off.clamp(max=math.log(10)).expm1().abs().sum() / known.sum().clamp(min=1)
    for scale in range(SCALES):
        part, there = off[:, :: 2**scale, :: 2**scale], known[:, :: 2**scale, :: 2**scale]
        for axis in (1, 2):
            size = part.shape[axis] - 1
            both = there.narrow(axis, 1, size) & there.narrow(axis, 0, size)
            loss = loss + SLOPES * (part.diff(dim=axis).abs() * both).sum() / both.sum().clamp(min=1)
    return loss


def train(
    seed: int, steps: int, pictures: dataset.Pictures, focal: np.ndarray, kept: Path, backbone: dict[str, torch.Tensor]
) -> tuple[DepthNetwork, float]:
    """The trained network and the seconds it took. `kept` is a file for what an interrupted training goes on from."""
    torch.manual_seed(seed)
    model = DepthNetwork().to(memory_format=torch.channels_last).train()
    model.backbone.load_state_dict({**model.backbone.state_dict(), **backbone})
    first, before, state = 0, 0.0, None
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        first, before = state["step"], state["seconds"]
        model.load_state_dict(state["model"])
        print(f"going on after step {first}", flush=True)
    started, running = time.monotonic(), 0.0
    end = 0
    for part in ROUNDS:
        begin, end = end, end + part.steps
        if first >= end:
            continue
        optimizer = Optimizer(model, part.rate, part.steps, None)
        if state and first > begin:
            optimizer.load(state["optimizer"])
        for step in range(max(first, begin), min(steps, end)):
            width = next(width for width, share in part.widths if step - begin < share * part.steps)
            values, depths, lengths = batch(seed, step, pictures, focal, width, part.least_share)
            with torch.autocast("cpu", torch.bfloat16):
                logarithms, found = model(values)
            loss = loss_of(logarithms.float(), depths) + FOCAL * (found.float() - lengths).abs().mean()
            loss.backward()
            optimizer.step(model)
            if not math.isfinite(loss.item()):
                raise SystemExit(f"the loss is {loss.item()} at step {step}: a lower rate may help")
            running += (loss.item() - running) * max(0.02, 1 / (step - first + 1))
            seconds = before + time.monotonic() - started
            if (step + 1) % 50 == 0:
                print(f"step {step + 1} of {steps}, loss {running:.3f}, {seconds:.0f} s", flush=True)
            if (step + 1) % KEPT_EVERY == 0:
                now = {"step": step + 1, "seconds": seconds}
                keep(kept, {**now, "model": model.state_dict(), "optimizer": optimizer.state()})
    return model.eval(), before + time.monotonic() - started


def served(model: DepthNetwork, values: torch.Tensor) -> torch.Tensor:
    """Metres [N, height, width] of normalised pictures [N, 3, height, width]: the geometric mean of what is found in a
    picture and in its mirror image, which is seen another time by a network that does not know that it is the same."""
    logarithms = (model(values)[0] + model(values.flip(3))[0].flip(2)) / 2
    return widened(logarithms, *values.shape[2:]).exp()


@torch.no_grad()
def answer(model: DepthNetwork, pixels: np.ndarray) -> np.ndarray:
    """Metres float32 [height, width] of a picture uint8 [height, width, 3], RGB, of any size, as it is served."""
    scaled = cv2.resize(pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    values = ((torch.from_numpy(scaled).float() / 255 - MEAN) / DEVIATION).permute(2, 0, 1)[None]
    return 1 / cv2.resize(1 / served(model, values)[0].numpy(), pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    most = sum(part.steps for part in ROUNDS)
    parser.add_argument("--steps", type=int, default=most, help=f"fewer for a quick try, at most {most}")
    parser.add_argument("--pictures", type=Path, default=WORK.parent / "world", help="folder of the rendered pictures")
    parser.add_argument("--output", type=Path, default=WORK)
    options = parser.parse_args()
    seed, steps = options.seed, options.steps
    pictures = dataset.pictures(options.pictures, dataset.TRAINING, TRAINING_PICTURES)
    validation = dataset.pictures(options.pictures, dataset.VALIDATION, OTHER_PICTURES)
    kept = unfinished(options.output, "depth", seed)
    focal = focal_lengths(dataset.TRAINING, TRAINING_PICTURES)
    model, seconds = train(seed, steps, pictures, focal, kept, published_backbone())
    torch.save(model.state_dict(), options.output / f"depth-{seed}.pt")
    figures = measured(lambda pixels: answer(model, pixels), validation, dataset.VALIDATION)
    result = {"seed": seed, "steps": steps, "seconds": round(seconds), "validation": figures}
    (options.output / f"depth-{seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    kept.unlink(missing_ok=True)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
