"""Trains a network that reads letters from the landmarks of a hand.

    python models/training/letters.py letters --seed 1      # from a clip of 32 frames
    python models/training/letters.py letter --seed 1       # from a single frame

Every step sees clips that are drawn for it, so none is seen twice. The same seed on the same machine gives the same
weights. The result is a checkpoint and how well it does on clips of the training's own kind, by which everything here
was chosen; publish_letters.py makes a model of it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hand import clips
from hand.alphabet import LETTERS
from hand.clips import TRAINING, World
from hand.skeleton import POINTS

HERE = Path(__file__).parent
WORK = HERE.parent.parent / "target" / "training"
# Random numbers that no training seed gives.
VALIDATION_STREAM, HELD_OUT_STREAM = 1_000_001, 1_000_002
EXAMPLES_OF_A_LETTER = 200
RATE, DECAY, SMOOTHING = 3e-3, 0.01, 0.05
# The mirror image of a landmark.
MIRROR = (-1.0, 1.0, 1.0)


def hand_encoder(width: int, features: int) -> nn.Module:
    """From one hand's landmarks [..., 63] to features that are not negative."""
    return nn.Sequential(nn.Linear(POINTS * 3, width), nn.ReLU(), nn.Linear(width, features), nn.ReLU())


class ReadsClips(nn.Module):
    """[N, 32, 42, 3] to scores [N, 26]. Left is the mirror image of Right, exactly; an absent hand counts for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.hand = hand_encoder(128, 96)
        self.memory = nn.GRU(96, 112, batch_first=True)
        self.head = nn.Linear(112, len(LETTERS))
        self.register_buffer("sides", torch.tensor([(1.0, 1.0, 1.0), MIRROR])[:, None], persistent=False)

    def forward(self, landmarks: Tensor) -> Tensor:
        hands = (landmarks.unflatten(2, (2, POINTS)) * self.sides).flatten(3)
        present = (hands.abs().amax(3, keepdim=True) > 0).float()
        _, last = self.memory((self.hand(hands) * present).sum(2))
        return self.head(last[0])


class ReadsFrames(nn.Module):
    """[N, 21, 3] to scores [N, 26], which are exactly the same for the mirror image."""

    def __init__(self) -> None:
        super().__init__()
        self.hand = hand_encoder(192, 128)
        self.head = nn.Sequential(nn.Linear(128, 96), nn.ReLU(), nn.Linear(96, len(LETTERS)))
        self.register_buffer("mirror", torch.tensor(MIRROR), persistent=False)

    def forward(self, landmarks: Tensor) -> Tensor:
        seen, mirrored = self.hand(landmarks.flatten(1)), self.hand((landmarks * self.mirror).flatten(1))
        return self.head(torch.maximum(seen, mirrored))


@dataclass(frozen=True)
class Reader:
    """A kind of network and how it is trained."""

    name: str
    title: str
    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    # Landmarks, normalised, of one example for each of the letters.
    draw: Callable[[np.random.Generator, World, np.ndarray], np.ndarray]
    steps: int
    batch: int
    # What an example is called.
    examples: str


def drawn_clips(random: np.random.Generator, world: World, letters: np.ndarray) -> np.ndarray:
    return clips.normalised_clips(clips.clips(random, world, letters).landmarks)


def drawn_frames(random: np.random.Generator, world: World, letters: np.ndarray) -> np.ndarray:
    return clips.normalised(clips.frames(random, world, letters))


READERS = {
    "letters": Reader(
        "letters", "GRU over 32 frames", ReadsClips, (clips.FRAMES, 2 * POINTS, 3), drawn_clips, 2000, 128, "clips"
    ),
    "letter": Reader("letter", "Perceptron on one frame", ReadsFrames, (POINTS, 3), drawn_frames, 5000, 256, "frames"),
}


def examples(reader: Reader, world: World, stream: int, of_each: int = EXAMPLES_OF_A_LETTER) -> tuple[Tensor, Tensor]:
    """A fixed set with as many examples of every letter."""
    random = np.random.default_rng([stream, of_each])
    letters = np.repeat(np.arange(len(LETTERS)), of_each)
    parts = [reader.draw(random, world, part) for part in np.array_split(letters, len(letters) // 260 + 1)]
    return torch.from_numpy(np.concatenate(parts)), torch.from_numpy(letters)


def train(reader: Reader, seed: int, steps: int) -> nn.Module:
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    model = reader.build().train()
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, pct_start=0.1)
    started, running = time.monotonic(), 0.0
    for step in range(steps):
        letters = random.integers(len(LETTERS), size=reader.batch)
        scores = model(torch.from_numpy(reader.draw(random, TRAINING, letters)))
        loss = functional.cross_entropy(scores, torch.from_numpy(letters), label_smoothing=SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        running += (loss.item() - running) * max(0.02, 1 / (step + 1))
        if (step + 1) % 250 == 0:
            print(f"step {step + 1} of {steps}, loss {running:.3f}, {time.monotonic() - started:.0f} s", flush=True)
    return model.eval()


def confusion(scores: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Examples by letter [shown, read]."""
    counts = np.zeros((len(LETTERS), len(LETTERS)), np.int64)
    np.add.at(counts, (letters, scores.argmax(1)), 1)
    return counts


def accuracy(counts: np.ndarray, letters: str = LETTERS) -> float:
    """Of the examples that show one of the letters. The answer may be any letter."""
    rows = [LETTERS.index(letter) for letter in letters]
    return round(float(counts[rows, rows].sum() / counts[rows].sum()), 4)


def weakest(counts: np.ndarray, most: int = 10) -> list[tuple[str, str, float]]:
    """The letters most often taken for another one: shown, read, part of those shown."""
    shares = counts / counts.sum(1, keepdims=True)
    np.fill_diagonal(shares, 0)
    pairs = [divmod(int(k), len(LETTERS)) for k in np.argsort(-shares, axis=None, kind="stable")[:most]]
    return [(LETTERS[a], LETTERS[b], round(float(shares[a, b]), 3)) for a, b in pairs if shares[a, b] > 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="fewer for a quick try")
    parser.add_argument("--output", type=Path, default=WORK)
    options = parser.parse_args()
    reader = READERS[options.reader]
    steps = options.steps or reader.steps
    # The networks are small: more threads would cost more than they bring.
    torch.set_num_threads(1)
    started = time.process_time()
    model = train(reader, options.seed, steps)
    seconds = round(time.process_time() - started)
    shown, letters = examples(reader, TRAINING, VALIDATION_STREAM)
    with torch.no_grad():
        counts = confusion(model(shown).numpy(), letters.numpy())
    options.output.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.output / f"{reader.name}-{options.seed}.pt")
    result = {"seed": options.seed, "steps": steps, "seconds": seconds, "validation": accuracy(counts)}
    (options.output / f"{reader.name}-{options.seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result), weakest(counts))


if __name__ == "__main__":
    main()
