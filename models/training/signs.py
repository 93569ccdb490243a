"""Trains the network that reads signed words from clips of ten frames."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

HERE = Path(__file__).parent
WORK = HERE.parent.parent / "target" / "training"
FRAMES, SIDE = 10, 224
# The network looks at pictures of half the side.
SEEN = SIDE // 2
LABELS = (
    "book", "chair", "clothes", "computer", "drink", "drum", "family", "football", "go", "hat",
    "hello", "kiss", "like", "play", "school", "street", "table", "university", "violin", "wall",
)  # fmt: skip
CHANNELS = (16, 32, 64, 112)
# Of a frame: what is left of each cell of the last grid, and of the whole.
CELL, FEATURES = 40, 192
GRID = SEEN // 16


class Convolution(nn.Sequential):
    def __init__(self, entering: int, leaving: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(entering, leaving, 3, stride, 1, bias=False), nn.BatchNorm2d(leaving), nn.ReLU(inplace=True)
        )


class Beside(nn.Module):
    """What a row of layers adds to what enters it."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.layers(values)


class Later(nn.Module):
    """Looks at each frame with those `apart` before and after it. [N, FEATURES, 10] to the same."""

    def __init__(self, apart: int) -> None:
        super().__init__()
        self.mix = nn.Conv1d(FEATURES, FEATURES, 3, padding=apart, dilation=apart, bias=False)
        self.norm = nn.BatchNorm1d(FEATURES)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.norm(self.mix(values)).relu()


class ReadsSigns(nn.Module):
    """float32 [N, 10, 3, 112, 112] with values from 0 to 1 to scores [N, 20].

    Each frame is looked at together with what has changed since the one before, by the same convolutions; the grid's
    cells are kept apart, for where a hand is says as much as what it is like. What is seen of the frames is then
    compared over time.
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = CHANNELS
        self.eye = nn.Sequential(
            Convolution(6, a, 2),
            Convolution(a, b, 2),
            Beside(Convolution(b, b)),
            Convolution(b, c, 2),
            Beside(Convolution(c, c), Convolution(c, c)),
            Convolution(c, d, 2),
            Beside(Convolution(d, d)),
            nn.Conv2d(d, CELL, 1),
            nn.ReLU(inplace=True),
        )
        self.frame = nn.Sequential(nn.Flatten(), nn.Linear(CELL * GRID**2, FEATURES), nn.ReLU(inplace=True))
        self.time = nn.Sequential(Later(1), Later(1), Later(2))
        self.word = nn.Linear(2 * FEATURES, len(LABELS))

    def features(self, clips: Tensor) -> Tensor:
        """[N, 10, FEATURES]: what is seen in each frame."""
        change = torch.cat([torch.zeros_like(clips[:, :1]), clips[:, 1:] - clips[:, :-1]], 1)
        frames = torch.cat([clips - 0.5, 2 * change], 2).flatten(0, 1)
        return self.frame(self.eye(frames)).unflatten(0, (-1, FRAMES))

    def scores(self, features: Tensor) -> Tensor:
        seen = self.time(features.mT)
        return self.word(torch.cat([seen.mean(2), seen.amax(2)], 1))

    def forward(self, clips: Tensor) -> Tensor:
        return self.scores(self.features(clips))
