"""Trains the network that reads signed words from clips of ten frames.

    python models/training/signs.py --seed 1

The clips are rendered at the first run and kept in target/signs. The same seed on the same machine with the same number
of threads gives the same weights, also where training was interrupted: it goes on from where it was when it is started
again. The result is a checkpoint and how well it does on clips of other signers of the kind that is trained on;
publish_signs.py makes a model of it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from signer import clips, dataset
from signer.clips import FRAMES, NONE, SEEN
from signer.vocabulary import WORDS
from train import HERE, WORK, Optimizer, keep

TRAINING_CLIPS, VALIDATION_CLIPS = 12000, 1200
# First the network learns to see, from single frames of many clips, then to read, from whole clips, and at last to read
# what is turned, sheared, moved and coloured more than any rendered clip is.
GLANCES, GLANCED, STEPS, WIDE_STEPS, BATCH = 2400, 96, 1800, 700, 32
SEEING_RATE, READING_RATE, WIDE_RATE = 5e-3, 3e-3, 2.5e-3
# Steps after which an interrupted training can go on.
KEPT_EVERY = 250
# What the right word does not get; shared by all words.
SMOOTHING = 0.04
# How much the hands' places count beside the word.
HANDS = 1.5
# A word is said from here on; the server's threshold.
THRESHOLD = 0.5

CHANNELS = (32, 64, 112)
# Of a frame: what is left of each cell of the last grid, and of the whole.
CELL, FEATURES = 40, 192
GRID = dataset.SIDE // 16


class Convolution(nn.Sequential):
    def __init__(self, entering: int, leaving: int, stride: int = 1, size: int = 3) -> None:
        super().__init__(
            nn.Conv2d(entering, leaving, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(leaving),
            nn.ReLU(inplace=True),
        )


class Beside(nn.Module):
    """What a row of layers adds to what enters it."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.layers(values)


class Later(nn.Sequential):
    """Looks at each frame with those `apart` before and after it. [N, FEATURES, 10, 1] to the same."""

    def __init__(self, apart: int) -> None:
        super().__init__(
            nn.Conv2d(FEATURES, FEATURES, (3, 1), padding=(apart, 0), dilation=(apart, 1), bias=False),
            nn.BatchNorm2d(FEATURES),
            nn.ReLU(inplace=True),
        )


class ReadsSigns(nn.Module):
    """float32 [N, 10, 3, 112, 112] with values from 0 to 1 to scores [N, 20].

    Each frame is looked at together with what has changed since the one before, by the same convolutions; the grid's
    cells are kept apart, for where a hand is says as much as what it is like. What is seen in the frames is then
    compared over time.
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c = CHANNELS
        self.eye = nn.Sequential(
            Convolution(6, a, 4, 5),
            Beside(Convolution(a, a)),
            Convolution(a, b, 2),
            Beside(Convolution(b, b), Convolution(b, b)),
            Convolution(b, c, 2),
            Beside(Convolution(c, c)),
            nn.Conv2d(c, CELL, 1),
            nn.ReLU(inplace=True),
        )
        self.frame = nn.Sequential(
            nn.Flatten(), nn.Linear(CELL * GRID**2, FEATURES, bias=False), nn.BatchNorm1d(FEATURES), nn.ReLU(inplace=True)
        )
        self.time = nn.Sequential(Beside(Later(1)), Beside(Later(1)), Beside(Later(2)))
        self.word = nn.Linear(2 * FEATURES, len(WORDS))

    def features(self, frames: Tensor) -> Tensor:
        """[N, 10, FEATURES]: what is seen in each frame."""
        before = torch.cat([frames[:, :1], frames[:, :-1]], 1)
        return self.glance(frames.flatten(0, 1), before.flatten(0, 1)).unflatten(0, (-1, FRAMES))

    def glance(self, frames: Tensor, before: Tensor) -> Tensor:
        """[N, 3, 112, 112], twice, to [N, FEATURES]: what is seen in a frame after another one."""
        return self.frame(self.eye(torch.cat([frames - 0.5, 2 * (frames - before)], 1)))

    def scores(self, features: Tensor) -> Tensor:
        seen = self.time(features.mT[..., None])[..., 0]
        return self.word(torch.cat([seen.mean(2), seen.amax(2)], 1))

    def forward(self, frames: Tensor) -> Tensor:
        return self.scores(self.features(frames))


class Sees(nn.Module):
    """The part of a network that looks at frames, and what only its training needs: what a frame alone says of the
    word, and where the hands are."""

    def __init__(self, network: ReadsSigns) -> None:
        super().__init__()
        self.eye, self.frame, self.glance = network.eye, network.frame, network.glance
        self.word = nn.Linear(FEATURES, len(WORDS))
        self.hands = nn.Linear(FEATURES, SEEN)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """[N, 2, 3, 112, 112]: frames after the ones before. Scores [N, 20] and hands [N, 1, SEEN]."""
        features = self.glance(frames[:, 1], frames[:, 0])
        return self.word(features), self.hands(features)[:, None]


class Reads(nn.Module):
    """A network, and the hands in each of a clip's frames."""

    def __init__(self, network: ReadsSigns, hands: nn.Linear) -> None:
        super().__init__()
        self.network, self.hands = network, hands

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(frames)
        return self.network.scores(features), self.hands(features)


def entering(frames: np.ndarray, kind: torch.dtype = torch.float32) -> Tensor:
    """uint8 [N, 10, side, side, 3] to what the network takes."""
    return torch.from_numpy(np.array(frames)).permute(0, 1, 4, 2, 3).to(kind) / 255.0


def augmented(random: np.random.Generator, frames: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of one clip: a part of the picture, in other light, mirrored or with a frame twice; and what is seen in it."""
    frames, seen = np.array(frames), np.array(seen)
    count, side = frames.shape[:2]
    nobody = not seen.any()
    if random.random() < 0.8:
        wide, high = (int(side * random.uniform(0.88, 1.0)) for _ in range(2))
        left, top = int(random.integers(side - wide + 1)), int(random.integers(side - high + 1))
        frames = np.stack([cv2.resize(frame[top : top + high, left : left + wide], (side, side)) for frame in frames])
        # Places are counted from the picture's middle.
        places = seen[:, clips.PLACES].reshape(count, -1, 2)
        middle = np.array([left + wide / 2, top + high / 2]) / side - 0.5
        seen[:, clips.PLACES] = ((places - middle) / np.array([wide, high]) * side).reshape(count, -1)
    if random.random() < 0.5:
        frames, seen = np.ascontiguousarray(frames[:, :, ::-1]), clips.mirror(seen)
    if random.random() < 0.08:
        # A camera that sent the same picture twice.
        twice = int(random.integers(1, count))
        frames[twice], seen[twice] = frames[twice - 1], seen[twice - 1]
    curve = np.arange(256, dtype=np.float32) / 255
    gamma, gain = random.uniform(0.75, 1.35), random.uniform(0.85, 1.15)
    table = np.stack([curve**gamma * gain * random.uniform(0.9, 1.1) for _ in range(3)], 1)
    frames = cv2.LUT(frames.reshape(-1, side, 3), np.clip(table * 255, 0, 255).astype(np.uint8)[None]).reshape(frames.shape)
    return frames, np.zeros_like(seen) if nobody else seen


def altered(random: np.random.Generator, frames: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of one clip: the picture turned, sheared, stretched and moved, in other colours; and what is seen in it."""
    side = frames.shape[1]
    turn, shear = np.radians(random.uniform(-12, 12)), random.uniform(-0.15, 0.15, 2)
    cos, sin = np.cos(turn), np.sin(turn)
    rotation = np.array([[cos, -sin], [sin, cos]])
    scale = np.exp(random.uniform(-0.2, 0.2) + random.uniform(-0.1, 0.1, 2))
    linear = rotation @ np.array([[1, shear[0]], [shear[1], 1]]) @ np.diag(scale)
    moved = random.uniform(-0.12, 0.12, 2)
    middle = side / 2 - 0.5
    matrix = np.hstack([linear, (middle + moved * side - linear @ [middle, middle])[:, None]])
    frames = np.stack([cv2.warpAffine(frame, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE) for frame in frames])
    if seen.any():
        seen = seen.copy()
        seen[:, clips.PLACES] = (seen[:, clips.PLACES].reshape(-1, 2) @ linear.T + moved).reshape(len(seen), -1)
        # Up counts as positive there, and the turn is the picture's.
        for first in clips.WAYS:
            seen[:, first : first + 2] = seen[:, first : first + 2] @ rotation
    if random.random() < 0.3:
        frames = frames[..., random.permutation(3)]
    if random.random() < 0.5:
        # Some of every colour in every other one.
        mix = np.eye(3) + random.normal(0, 0.15, (3, 3))
        mix = (mix / mix.sum(1, keepdims=True)).astype(np.float32)
        frames = cv2.transform(frames.reshape(-1, side, 3), mix).reshape(frames.shape)
    contrast, lift = random.uniform(0.65, 1.25), random.uniform(-25, 25)
    table = np.clip((np.arange(256) - 128) * contrast + 128 + lift, 0, 255).astype(np.uint8)
    return cv2.LUT(np.ascontiguousarray(frames).reshape(-1, side, 3), table).reshape(frames.shape), seen


def batch(
    seed: int, step: int, known: dataset.Clips, size: int, whole: bool, wide: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """Of a step: frames, all ten of a clip or one and the one before; the words' shares [N, 20]; the hands [N, frames, SEEN].

    Follows from seed and step alone. `wide` clips are altered more.
    """
    epoch, place = divmod(step, len(known.words) // size)
    part = whole + wide
    order = np.random.default_rng([seed, part, epoch]).permutation(len(known.words))
    random = np.random.default_rng([seed, part, epoch, place])
    chosen = order[place * size : (place + 1) * size]
    examples = []
    for number in chosen:
        first = 0 if whole else int(random.integers(FRAMES - 1))
        frames = slice(first, FRAMES if whole else first + 2)
        example = augmented(random, known.frames[number, frames], known.seen[number, frames])
        examples.append(altered(random, *example) if wide else example)
    frames, seen = (np.stack(part) for part in zip(*examples, strict=True))
    return entering(frames, torch.bfloat16), shares(known.words[chosen]), torch.from_numpy(seen if whole else seen[:, 1:])


def shares(words: np.ndarray) -> Tensor:
    """What the network should answer: nearly all for the word, or the same for all where there is none."""
    found = np.full((len(words), len(WORDS)), SMOOTHING / len(WORDS), np.float32)
    shown = words != NONE
    found[shown, words[shown]] += 1 - SMOOTHING
    found[~shown] = 1 / len(WORDS)
    return torch.from_numpy(found)


def loss_of(learner: nn.Module, frames: Tensor, words: Tensor, seen: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        scores, hands = learner(frames)
    somebody = seen.abs().amax((1, 2)) > 0
    miss = functional.smooth_l1_loss(hands.float()[somebody], seen[somebody], beta=0.1)
    return functional.cross_entropy(scores.float(), words) + HANDS * miss


def train(learner: nn.Module, rate: float, steps: int, draw: Callable[[int], tuple[Tensor, ...]], kept: Path) -> float:
    """Trains and returns the seconds it took. `kept` is a file for what an interrupted training goes on from."""
    learner.to(memory_format=torch.channels_last).train()
    optimizer = Optimizer(learner, rate, steps, None)
    first, before = 0, 0.0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        first, before = state["step"], state["seconds"]
        learner.load_state_dict(state["model"])
        optimizer.load(state["optimizer"])
        print(f"going on after step {first}", flush=True)
    started, running = time.monotonic(), 0.0
    for step in range(first, steps):
        loss = loss_of(learner, *draw(step))
        loss.backward()
        optimizer.step(learner)
        if not math.isfinite(loss.item()):
            raise SystemExit(f"the loss is {loss.item()} at step {step}: a lower rate may help")
        running += (loss.item() - running) * max(0.02, 1 / (step - first + 1))
        seconds = before + time.monotonic() - started
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} of {steps}, loss {running:.3f}, {seconds:.0f} s", flush=True)
        if (step + 1) % KEPT_EVERY == 0 or step + 1 == steps:
            state = {"step": step + 1, "seconds": seconds}
            keep(kept, {**state, "model": learner.state_dict(), "optimizer": optimizer.state()})
    learner.eval()
    return before + time.monotonic() - started


@torch.no_grad()
def answers(network: ReadsSigns, frames: np.ndarray) -> np.ndarray:
    """Probabilities [N, 20]."""
    parts = [frames[k : k + BATCH] for k in range(0, len(frames), BATCH)]
    return np.concatenate([network(entering(part)).softmax(1).numpy() for part in parts])


def figures(probabilities: np.ndarray, words: np.ndarray) -> dict[str, float]:
    """Parts: of the signs, whose greatest probability is the right one; which are said, rightly or wrongly; of the clips
    without a sign, those answered by none."""
    shown = words != NONE
    right, sure = probabilities.argmax(1) == words, probabilities.max(1) > THRESHOLD
    return {
        "right": round(float(right[shown].mean()), 4),
        "saidRightly": round(float((right & sure)[shown].mean()), 4),
        "saidWrongly": round(float((~right & sure)[shown].mean()), 4),
        "none": round(float((~sure)[~shown].mean()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--glances", type=int, default=GLANCES, help="steps of learning to see; fewer for a quick try")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of learning to read")
    parser.add_argument("--wide", type=int, default=WIDE_STEPS, help="further ones, with pictures altered more")
    parser.add_argument("--clips", type=Path, default=WORK.parent / "signs", help="folder of the rendered clips")
    parser.add_argument("--output", type=Path, default=WORK)
    options = parser.parse_args()
    seed = options.seed
    tried = dataset.rendered(options.clips, "validation", VALIDATION_CLIPS)
    known = dataset.rendered(options.clips, "training", TRAINING_CLIPS)
    torch.manual_seed(seed)
    network = ReadsSigns()
    sees = Sees(network)
    reads, reads_wide = Reads(network, sees.hands), Reads(network, nn.Linear(FEATURES, SEEN))
    phases = (
        ("seeing", sees, SEEING_RATE, options.glances, lambda step: batch(seed, step, known, GLANCED, False)),
        ("reading", reads, READING_RATE, options.steps, lambda step: batch(seed, step, known, BATCH, True)),
        ("wide", reads_wide, WIDE_RATE, options.wide, lambda step: batch(seed, step, known, BATCH, True, True)),
    )
    kept = [options.output / f"signs-{seed}.{name}" for name, *_ in phases]
    seconds = sum(train(*phase, file) for (_, *phase), file in zip(phases, kept, strict=True))
    torch.save(network.state_dict(), options.output / f"signs-{seed}.pt")
    validation = figures(answers(network, tried.frames), tried.words)
    steps = {"glances": options.glances, "steps": options.steps, "wideSteps": options.wide}
    result = {"seed": seed, **steps, "seconds": round(seconds), "validation": validation}
    (options.output / f"signs-{seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    for file in kept:
        file.unlink()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
