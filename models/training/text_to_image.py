"""Trains the text-to-image model on still lifes of the world and their captions.

    python models/training/text_to_image.py

The pictures are rendered at the first run and kept in target/still-life. First the autoencoder learns to squeeze a picture
into 16 × 16 cells and back; then text encoder and denoiser learn together to find such cells in noise. The same seed on
the same machine with the same number of threads gives the same weights, also where training was interrupted: it goes on
from where it was when it is started again. The result is a checkpoint of each; publish_text_to_image.py makes models of
them.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from closed_vocabulary import END, START, ClosedVocabulary
from train import HERE, WORK, Optimizer, keep
from world import still_life
from world.prompts import WORDS, caption, mirrored
from world.still_life import SIDE

# Of all pictures the autoencoder sees the first few.
PICTURES, PAINTED = 14000, 8000
# Cells a picture has each way, and numbers a cell.
CELLS, CHANNELS = SIDE // 8, 6
# Tokens of a text, numbers a token is encoded in.
LENGTH, WIDTH = 32, 128
TIMESTEPS = 1000
# Of the denoiser: numbers a cell has in the fine and the coarse grid, blocks there, and numbers a head of attention looks at.
FINE, COARSE, BLOCKS, HEAD = 64, 192, 6, 64

PAINTING_STEPS, PAINTING_BATCH, PAINTING_RATE = 3000, 16, 4e-3
STEPS, BATCH, RATE = 20000, 24, 3e-3
# Noise on the cells that the decoder learns to bear, because the denoiser errs.
BORNE = 0.1
# Part of the texts that are empty, for guidance; that have a word in them which is no word of the vocabulary.
EMPTY, FOREIGN = 0.1, 0.1
# Of what is served, a running mean of the weights.
KEPT_OF_MEAN = 0.995
# Steps after which an interrupted training can go on.
KEPT_EVERY = 100

VOCABULARY = ClosedVocabulary(WORDS)


class Beside(nn.Module):
    """What two convolutions add to what enters them; the second one starts at nothing."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.second(functional.silu(self.first(self.norm(values))))


class Encoder(nn.Sequential):
    """float32 [N, 3, SIDE, SIDE], values from -1 to 1, to latents [N, CHANNELS, CELLS, CELLS] of mean 0 and variance 1."""

    def __init__(self) -> None:
        super().__init__(
            nn.PixelUnshuffle(4),
            nn.Conv2d(48, 64, 3, padding=1),
            Beside(64),
            nn.PixelUnshuffle(2),
            nn.Conv2d(256, 96, 1),
            Beside(96),
            Beside(96),
            nn.Conv2d(96, CHANNELS, 1),
            nn.BatchNorm2d(CHANNELS, affine=False, momentum=0.02),
        )


class Decoder(nn.Sequential):
    """Latents to float32 [N, 3, SIDE, SIDE], values about -1 to 1."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(CHANNELS, 128, 3, padding=1),
            Beside(128),
            Beside(128),
            Beside(128),
            nn.Conv2d(128, 256, 1),
            nn.PixelShuffle(2),
            Beside(64),
            Beside(64),
            nn.Conv2d(64, 128, 1),
            nn.PixelShuffle(2),
            Beside(32),
            nn.Conv2d(32, 12, 3, padding=1),
            nn.PixelShuffle(2),
        )


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()


def attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """[N, heads, tokens, HEAD]. Written out it is a third faster than torch's own on a processor, for so few tokens."""
    odds = ((query * HEAD**-0.5) @ key.transpose(-1, -2)).softmax(-1)
    return odds.to(value.dtype) @ value


class Layer(nn.Module):
    """Of the text encoder: every token looks at all tokens."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = width // HEAD
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asks, self.answers = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.thinks = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, values: Tensor) -> Tensor:
        asked = self.asks(self.before(values)).unflatten(-1, (3, self.heads, HEAD)).permute(2, 0, 3, 1, 4)
        found = attended(asked[0], asked[1], asked[2])
        values = values + self.answers(found.transpose(1, 2).flatten(2))
        return values + self.thinks(self.after(values))


class TextEncoder(nn.Module):
    """int32 tokens [N, LENGTH] to float32 embeddings [N, LENGTH, WIDTH].

    What is no word of the vocabulary has one embedding together, however it is spelt.
    """

    def __init__(self) -> None:
        super().__init__()
        known = [START, END, *(f"{word}</w>" for word in WORDS)]
        rows = torch.zeros(len(VOCABULARY.ids), dtype=torch.int64)
        rows[[VOCABULARY.ids[token] for token in known]] = torch.arange(1, len(known) + 1)
        self.register_buffer("rows", rows)
        self.words = nn.Embedding(len(known) + 1, WIDTH)
        self.places = nn.Embedding(LENGTH, WIDTH)
        nn.init.normal_(self.places.weight, std=0.3)
        self.layers = nn.Sequential(Layer(WIDTH), Layer(WIDTH), nn.LayerNorm(WIDTH))

    def forward(self, tokens: Tensor) -> Tensor:
        return self.layers(self.words(self.rows[tokens.long()]) + self.places.weight)


class Convolutions(nn.Module):
    """Beside, told how noisy it is and what the text says."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.beside = Beside(channels)
        self.told = nn.Linear(COARSE, 2 * channels)
        nn.init.zeros_(self.told.weight)
        nn.init.zeros_(self.told.bias)

    def forward(self, values: Tensor, state: Tensor) -> Tensor:
        scale, shift = self.told(state)[:, :, None, None].chunk(2, 1)
        inner = self.beside.norm(values) * (1 + scale) + shift
        return values + self.beside.second(functional.silu(self.beside.first(inner)))


class Block(nn.Module):
    """Every cell of the coarse grid looks at all cells and at the text's tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = COARSE // HEAD
        self.before, self.after = (nn.LayerNorm(COARSE, elementwise_affine=False) for _ in range(2))
        self.asks, self.reads = nn.Linear(COARSE, 3 * COARSE), nn.Linear(WIDTH, 2 * COARSE)
        self.answers = nn.Linear(COARSE, COARSE)
        self.widens, self.narrows = nn.Linear(COARSE, 4 * COARSE), nn.Linear(4 * COARSE, COARSE)
        # Scales and shifts before, and gates after; on top of what all blocks share.
        self.told = nn.Parameter(torch.zeros(6, COARSE))

    def forward(self, values: Tensor, text: Tensor, state: Tensor) -> Tensor:
        scale1, shift1, gate1, scale2, shift2, gate2 = (state + self.told)[:, :, None].unbind(1)
        cells = self.asks(self.before(values) * (1 + scale1) + shift1)
        query, key, value = cells.unflatten(-1, (3, self.heads, HEAD)).permute(2, 0, 3, 1, 4).unbind(0)
        words_key, words_value = self.reads(text).unflatten(-1, (2, self.heads, HEAD)).permute(2, 0, 3, 1, 4).unbind(0)
        found = attended(query, torch.cat([key, words_key], 2), torch.cat([value, words_value], 2))
        values = values + gate1 * self.answers(found.transpose(1, 2).flatten(2))
        inner = functional.gelu(self.widens(self.after(values) * (1 + scale2) + shift2))
        return values + gate2 * self.narrows(inner)


class Denoiser(nn.Module):
    """Noisy latents, timesteps float32 [N] and embeddings to the velocity v = √ᾱ noise − √(1 − ᾱ) latents, float32."""

    def __init__(self) -> None:
        super().__init__()
        half = COARSE // 2
        self.register_buffer("waves", torch.exp(-math.log(10000) * torch.arange(half) / half))
        self.time = nn.Sequential(nn.Linear(COARSE, COARSE), nn.SiLU(), nn.Linear(COARSE, COARSE))
        self.gist = nn.Linear(WIDTH, COARSE)
        self.told = nn.Linear(COARSE, 6 * COARSE)
        nn.init.zeros_(self.told.weight)
        nn.init.zeros_(self.told.bias)
        self.enters = nn.Conv2d(CHANNELS, FINE, 3, padding=1)
        self.down = nn.ModuleList(Convolutions(FINE) for _ in range(2))
        self.coarser = nn.Conv2d(FINE, COARSE, 2, 2)
        self.places = nn.Embedding(CELLS * CELLS // 4, COARSE)
        nn.init.normal_(self.places.weight, std=0.3)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.finer = nn.Linear(COARSE, 4 * FINE)
        self.joins = nn.Conv2d(2 * FINE, FINE, 1)
        self.up = nn.ModuleList(Convolutions(FINE) for _ in range(2))
        self.leaves = nn.Sequential(nn.GroupNorm(8, FINE), nn.SiLU(), nn.Conv2d(FINE, CHANNELS, 3, padding=1))
        nn.init.zeros_(self.leaves[2].weight)
        nn.init.zeros_(self.leaves[2].bias)

    def forward(self, latents: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        angles = timestep[:, None] * self.waves
        state = functional.silu(self.time(torch.cat([angles.cos(), angles.sin()], 1)) + self.gist(text.mean(1)))
        told = self.told(state).unflatten(1, (6, COARSE))
        fine = self.enters(latents)
        for layer in self.down:
            fine = layer(fine, state)
        cells = self.coarser(fine).flatten(2).transpose(1, 2) + self.places.weight
        for block in self.blocks:
            cells = block(cells, text, told)
        coarse = self.finer(cells).transpose(1, 2).unflatten(2, (CELLS // 2, CELLS // 2))
        fine = self.joins(torch.cat([fine, functional.pixel_shuffle(coarse, 2)], 1))
        for layer in self.up:
            fine = layer(fine, state)
        return self.leaves(fine)


class Painter(nn.Module):
    """What learns together."""

    def __init__(self) -> None:
        super().__init__()
        self.text_encoder, self.denoiser = TextEncoder(), Denoiser()

    def forward(self, latents: Tensor, timestep: Tensor, tokens: Tensor) -> Tensor:
        return self.denoiser(latents, timestep, self.text_encoder(tokens))


def remaining() -> Tensor:
    """float64 [TIMESTEPS], ᾱ: cos² of the time (Nichol and Dhariwal 2021), as diffusers' squaredcos_cap_v2 computes it."""
    time_ = torch.arange(TIMESTEPS + 1, dtype=torch.float64) / TIMESTEPS
    cosine = torch.cos((time_ + 0.008) / 1.008 * math.pi / 2) ** 2
    return torch.cumprod(1 - (1 - cosine[1:] / cosine[:-1]).clamp(max=0.999), 0)


REMAINING = remaining()


def planes(pixels: np.ndarray) -> Tensor:
    """uint8 [N, height, width, 3] to float32 [N, 3, height, width], values from -1 to 1."""
    values = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2)
    return (values.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def painting_loss(model: Autoencoder, values: Tensor, noise: Tensor) -> Tensor:
    """How far off the pixels are, and the differences between neighbours, in which edges are."""
    with torch.autocast("cpu", torch.bfloat16):
        latents = model.encoder(values)
        painted = model.decoder(latents + BORNE * noise)
    wrong = painted.float() - values
    return wrong.abs().mean() + wrong.diff(dim=2).abs().mean() + wrong.diff(dim=3).abs().mean()


def denoising_loss(model: Painter, latents: Tensor, noise: Tensor, timesteps: Tensor, tokens: Tensor) -> Tensor:
    kept = REMAINING[timesteps].sqrt().float()[:, None, None, None]
    lost = (1 - REMAINING[timesteps]).sqrt().float()[:, None, None, None]
    with torch.autocast("cpu", torch.bfloat16):
        found = model(kept * latents + lost * noise, timesteps.float(), tokens)
    return functional.mse_loss(found.float(), kept * noise - lost * latents)


def picture_batch(seed: int, step: int, pixels: np.ndarray) -> tuple[Tensor, Tensor]:
    """Of a step of the autoencoder: pictures and noise."""
    random = np.random.default_rng([seed, 1, step])
    chosen = np.sort(random.choice(len(pixels), PAINTING_BATCH, replace=False))
    values = planes(pixels[chosen])
    if random.random() < 0.5:
        values = values.flip(3)
    noise = random.standard_normal((PAINTING_BATCH, CHANNELS, CELLS, CELLS), np.float32)
    return values, torch.from_numpy(noise)


def latent_batch(
    seed: int, step: int, latents: np.ndarray, shown: list[still_life.StillLife]
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of a step of the denoiser: latents, noise, timesteps, tokens. latents: [2, pictures, ...], second the mirrored ones."""
    epoch, place = divmod(step, len(shown) // BATCH)
    order = np.random.default_rng([seed, 2, epoch]).permutation(len(shown))[place * BATCH : (place + 1) * BATCH]
    random = np.random.default_rng([seed, 3, step])
    sides = random.integers(2, size=BATCH)
    tokens = [
        VOCABULARY.encode(prompt(random, mirrored(shown[n]) if side else shown[n]), LENGTH)
        for n, side in zip(order, sides, strict=True)
    ]
    # One of each BATCH-th of the time, so that the steps are alike.
    times = (np.arange(BATCH) + random.random(BATCH)) * (TIMESTEPS / BATCH)
    chosen = torch.from_numpy(latents[sides, order].astype(np.float32))
    noise = torch.from_numpy(random.standard_normal(chosen.shape, np.float32))
    return chosen, noise, torch.from_numpy(times.astype(np.int64)), torch.tensor(tokens, dtype=torch.int32)


def prompt(random: np.random.Generator, shown: still_life.StillLife) -> str:
    """A caption, nothing, or a caption with a word in it that means nothing."""
    if random.random() < EMPTY:
        return ""
    text = caption(random, shown)
    if random.random() < FOREIGN:
        words = text.split()
        foreign = "".join(chr(ord("a") + letter) for letter in random.integers(26, size=random.integers(2, 7)))
        words.insert(int(random.integers(len(words) + 1)), foreign + random.choice(["", ","]))
        text = " ".join(words)
    return text


def train(
    name: str, model: nn.Module, rate: float, steps: int, loss_of: Callable[[int], Tensor], folder: Path, seed: int
) -> nn.Module:
    """The running mean of the model's weights after the steps; also written, with the time it took, to the folder."""
    kept = folder / f"{name}-{seed}.unfinished"
    model = model.to(memory_format=torch.channels_last).train()
    mean = copy.deepcopy(model)
    optimizer = Optimizer(model, rate, steps, None)
    first, before = 0, 0.0
    state = torch.load(kept, weights_only=True) if kept.exists() else {}
    if state.get("step", steps) < steps:
        # Of another number of steps it goes on as well, and the rate falls to zero where that ends.
        first, before = state["step"], state["seconds"]
        model.load_state_dict(state["model"])
        mean.load_state_dict(state["mean"])
        optimizer.load(state["optimizer"])
        print(f"going on after step {first}", flush=True)
    started, running = time.monotonic(), 0.0
    for step in range(first, steps):
        loss = loss_of(step)
        loss.backward()
        optimizer.step(model)
        if not math.isfinite(loss.item()):
            raise SystemExit(f"the loss is {loss.item()} at step {step}: a lower rate may help")
        share = max(1 - KEPT_OF_MEAN, 1 / (step + 1))
        for averaged, value in zip(mean.state_dict().values(), model.state_dict().values(), strict=True):
            if averaged.is_floating_point():
                averaged.lerp_(value, share)
        running += (loss.item() - running) * max(0.02, 1 / (step - first + 1))
        seconds = before + time.monotonic() - started
        if (step + 1) % 50 == 0:
            print(f"{name}: step {step + 1} of {steps}, loss {running:.4f}, {seconds:.0f} s", flush=True)
        if (step + 1) % KEPT_EVERY == 0:
            state = {"step": step + 1, "seconds": seconds, "mean": mean.state_dict()}
            keep(kept, {**state, "model": model.state_dict(), "optimizer": optimizer.state()})
    torch.save(mean.state_dict(), folder / f"{name}-{seed}.pt")
    result = {"name": name, "seed": seed, "steps": steps, "seconds": round(before + time.monotonic() - started)}
    (folder / f"{name}-{seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    kept.unlink(missing_ok=True)
    return mean.eval()


def autoencoder(folder: Path, seed: int, pixels: np.ndarray, steps: int) -> Autoencoder:
    """Trained, or read from the folder."""
    torch.manual_seed(seed)
    model, file = Autoencoder(), folder / f"autoencoder-{seed}.pt"
    if not file.exists():
        train(
            "autoencoder", model, PAINTING_RATE, steps,
            lambda step: painting_loss(model, *picture_batch(seed, step, pixels)), folder, seed,
        )  # fmt: skip
    model.load_state_dict(torch.load(file, weights_only=True))
    return model.eval()


def encoded(file: Path, model: Autoencoder, pixels: np.ndarray) -> np.ndarray:
    """float16 [2, pictures, CHANNELS, CELLS, CELLS]: of the pictures and of their mirror images."""
    if not file.exists():
        latents = np.zeros((2, len(pixels), CHANNELS, CELLS, CELLS), np.float16)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for first in range(0, len(pixels), 100):
                values = planes(pixels[first : first + 100])
                for side in range(2):
                    found = model.encoder(values.flip(3) if side else values)
                    latents[side, first : first + 100] = found.float().numpy()
        np.save(file, latents)
    return np.load(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=int, default=PICTURES, help="fewer for a quick try")
    parser.add_argument("--painting-steps", type=int, default=PAINTING_STEPS, help="of the autoencoder")
    parser.add_argument("--steps", type=int, default=STEPS, help="of text encoder and denoiser")
    parser.add_argument("--folder", type=Path, default=WORK.parent / "still-life", help="of the rendered pictures")
    parser.add_argument("--output", type=Path, default=WORK)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    seed = options.seed
    pixels = still_life.pictures(options.folder, options.pictures)
    painter = autoencoder(options.output, seed, pixels[:PAINTED], options.painting_steps)
    latents = encoded(options.output / f"latents-{seed}-{options.pictures}.npy", painter, pixels)
    shown = [still_life.shown_in(still_life.TRAINING, number) for number in range(options.pictures)]
    torch.manual_seed(seed)
    model = Painter()
    train(
        "painter", model, RATE, options.steps,
        lambda step: denoising_loss(model, *latent_batch(seed, step, latents, shown)), options.output, seed,
    )  # fmt: skip


if __name__ == "__main__":
    main()
