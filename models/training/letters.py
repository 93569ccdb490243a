"""Trains a network that reads letters from the landmarks of a hand.

    python models/training/letters.py letter --seed 1       # from a single frame
    python models/training/letters.py letters --seed 1      # from a clip of 32 frames

The reader of clips starts from the reader of frames with the same seed, which is trained first where there is none.
The reader of frames sees frames that are drawn for each step, the reader of clips each clip five times. The same seed on
the same machine gives the same weights. The result is a checkpoint and how well it does on clips of the training's own kind, by which everything here
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
# How often the reader of clips sees each of its clips.
EPOCHS = 5
# Of a hand in a frame.
FEATURES = 128
# Frames at the end of a clip that are looked at together.
LATEST = 6
# The mirror image of a landmark.
MIRROR = (-1.0, 1.0, 1.0)


class ReadsFrames(nn.Module):
    """[N, 21, 3] to scores [N, 26], which are exactly the same for the mirror image."""

    def __init__(self) -> None:
        super().__init__()
        # From a hand's landmarks to features that are not negative.
        self.hand = nn.Sequential(nn.Linear(POINTS * 3, 192), nn.ReLU(), nn.Linear(192, FEATURES), nn.ReLU())
        self.head = nn.Sequential(nn.Linear(FEATURES, 96), nn.ReLU(), nn.Linear(96, len(LETTERS)))
        self.register_buffer("mirror", torch.tensor(MIRROR), persistent=False)

    def features(self, landmarks: Tensor) -> Tensor:
        """[..., 21, 3] to [..., FEATURES]."""
        seen, mirrored = self.hand(landmarks.flatten(-2)), self.hand((landmarks * self.mirror).flatten(-2))
        return torch.maximum(seen, mirrored)

    def forward(self, landmarks: Tensor) -> Tensor:
        return self.head(self.features(landmarks))


class ReadsClips(nn.Module):
    """[N, 32, 42, 3] to scores [N, 26], the same for the mirror image and whatever side a hand is said to be.

    The shape held at the end is read by the features of a trained reader of frames, which stay as they are; a memory of
    all frames adds to its scores what the movement tells.
    """

    def __init__(self, frames: ReadsFrames | None = None) -> None:
        super().__init__()
        self.frames = frames or ReadsFrames()
        self.frames.hand.requires_grad_(False)
        self.memory = nn.GRU(FEATURES, 64, batch_first=True)
        self.movement = nn.Linear(64, len(LETTERS))
        # It begins by reading the shape alone.
        nn.init.zeros_(self.movement.weight)
        nn.init.zeros_(self.movement.bias)

    def features(self, landmarks: Tensor) -> Tensor:
        """[N, 32, FEATURES], which training does not change."""
        hands = landmarks.unflatten(2, (2, POINTS))
        present = (hands.abs().amax((3, 4)) > 0).float()
        # An absent hand's features are the least there are, and so count for nothing.
        return (self.frames.features(hands) * present[..., None]).amax(2)

    def scores(self, features: Tensor) -> Tensor:
        _, last = self.memory(features)
        return self.frames.head(features[:, -LATEST:].mean(1)) + self.movement(last[0])

    def forward(self, landmarks: Tensor) -> Tensor:
        return self.scores(self.features(landmarks))


@dataclass(frozen=True)
class Reader:
    """A kind of network and how it is trained."""

    name: str
    title: str
    build: Callable[..., nn.Module]
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
        "letters", "GRU over 32 frames", ReadsClips, (clips.FRAMES, 2 * POINTS, 3), drawn_clips, 250, 128, "clips"
    ),
    "letter": Reader("letter", "Perceptron on one frame", ReadsFrames, (POINTS, 3), drawn_frames, 5000, 256, "frames"),
}


def examples(reader: Reader, world: World, stream: int, of_each: int = EXAMPLES_OF_A_LETTER) -> tuple[Tensor, Tensor]:
    """A fixed set with as many examples of every letter."""
    random = np.random.default_rng([stream, of_each])
    letters = np.repeat(np.arange(len(LETTERS)), of_each)
    parts = [reader.draw(random, world, part) for part in np.array_split(letters, len(letters) // 260 + 1)]
    return torch.from_numpy(np.concatenate(parts)), torch.from_numpy(letters)


@torch.no_grad()
def features_of_clips(
    model: ReadsClips, random: np.random.Generator, reader: Reader, steps: int
) -> tuple[Tensor, Tensor]:
    """Features and letters of so many clips that training sees each EPOCHS times."""
    letters = random.integers(len(LETTERS), size=max(reader.batch, steps * reader.batch // EPOCHS))
    parts = np.array_split(letters, len(letters) // 256 + 1)
    features = [model.features(torch.from_numpy(reader.draw(random, TRAINING, part))) for part in parts]
    return torch.cat(features), torch.from_numpy(letters)


def train(reader: Reader, seed: int, steps: int, frames: ReadsFrames | None = None) -> nn.Module:
    """A trained reader; one of clips starts from the given reader of frames."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    model = (reader.build(frames) if frames else reader.build()).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, pct_start=0.1)
    known = features_of_clips(model, random, reader, steps) if isinstance(model, ReadsClips) else None
    started, running = time.monotonic(), 0.0
    for step in range(steps):
        if known:
            chosen = torch.from_numpy(random.integers(len(known[1]), size=reader.batch))
            scores, wanted = model.scores(known[0][chosen]), known[1][chosen]
        else:
            letters = random.integers(len(LETTERS), size=reader.batch)
            scores = model(torch.from_numpy(reader.draw(random, TRAINING, letters)))
            wanted = torch.from_numpy(letters)
        loss = functional.cross_entropy(scores, wanted, label_smoothing=SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        running += (loss.item() - running) * max(0.02, 1 / (step + 1))
        if (step + 1) % 100 == 0:
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
    # The networks are small: more threads would cost more than they bring.
    torch.set_num_threads(1)
    options.output.mkdir(parents=True, exist_ok=True)
    reader = READERS[options.reader]
    steps = options.steps or reader.steps
    frames = None
    if reader.build is ReadsClips:
        first = options.output / f"letter-{options.seed}.pt"
        if not first.exists():
            print("first the reader of frames")
            save(READERS["letter"], options.seed, READERS["letter"].steps, options.output)
        frames = ReadsFrames()
        frames.load_state_dict(torch.load(first, weights_only=True))
    save(reader, options.seed, steps, options.output, frames)


def save(reader: Reader, seed: int, steps: int, folder: Path, frames: ReadsFrames | None = None) -> None:
    """Trains a reader and writes its checkpoint, what it took and how good it is."""
    started = time.process_time()
    model = train(reader, seed, steps, frames)
    seconds = round(time.process_time() - started)
    shown, letters = examples(reader, TRAINING, VALIDATION_STREAM)
    with torch.no_grad():
        counts = confusion(model(shown).numpy(), letters.numpy())
    torch.save(model.state_dict(), folder / f"{reader.name}-{seed}.pt")
    result = {"seed": seed, "steps": steps, "seconds": seconds, "validation": accuracy(counts)}
    (folder / f"{reader.name}-{seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result), weakest(counts))


if __name__ == "__main__":
    main()
