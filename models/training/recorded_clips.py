"""Writes a few held-out clips, and what the shipped networks answer to them, for the server's tests.

    python models/training/recorded_clips.py

Each clip has the letter shown and 32 frames, each a side by MediaPipe's naming and 21 landmarks, x, y, z one after
another, before any normalisation; `letters` and `letter` are the 26 probabilities for the clip and for its last frame,
which need not be right: no clip was left out for being misread.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from hand import clips
from hand.alphabet import LETTERS
from hand.clips import HELD_OUT
from hand.skeleton import POINTS
from letters import HERE
from publish_letters import probabilities

FILE = HERE.parents[1] / "src" / "test" / "resources" / "letters" / "clips.json"
SHOWN = "ABJLMVYZ"
STREAM = 1_000_003
SIDES = ("Left", "Right")
# Of a coordinate: a ten-thousandth of the picture is far less than a pixel of most.
DIGITS = 5


def shipped(name: str) -> bytes:
    return (HERE.parent / name / "1" / "model.onnx").read_bytes()


def recorded() -> list[dict]:
    random = np.random.default_rng(STREAM)
    found = []
    for letter in SHOWN:
        # Until the clip has one hand in every frame.
        while True:
            landmarks = clips.clips(random, HELD_OUT, np.array([LETTERS.index(letter)])).landmarks[0].round(DIGITS)
            present = landmarks.reshape(-1, 2, POINTS * 3).any(2)
            if (present.sum(1) == 1).all():
                break
        sides = present.argmax(1)
        hands = landmarks.reshape(-1, 2, POINTS * 3)[np.arange(len(sides)), sides]
        clip = clips.normalised_clips(landmarks)[None]
        frame = clips.normalised(hands[-1].reshape(1, POINTS, 3))
        found.append(
            {
                "shown": letter,
                "frames": [
                    {"side": SIDES[side], "landmarks": [round(float(value), DIGITS) for value in hand]}
                    for side, hand in zip(sides, hands, strict=True)
                ],
                **{
                    name: [round(float(value), 6) for value in probabilities(shipped(name), torch.from_numpy(seen))[0]]
                    for name, seen in (("letters", clip), ("letter", frame))
                },
            }
        )
    return found


def main() -> None:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(clip, separators=(",", ":")) for clip in recorded())
    Path(FILE).write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    print(FILE)


if __name__ == "__main__":
    main()
