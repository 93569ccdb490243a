"""Writes a few held-out clips as a client's frames, and what the shipped network answers to them, for the server's tests.

    python models/training/recorded_signs.py

Of each word 12 frames as JPEG, 288 × 216, 80 ms apart. expected.json has the 20 probabilities for the last ten of them,
decoded and scaled by OpenCV; they need not be right: no clip was left out for being misread.
"""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np

from publish_signs import session
from signer import clips, performance
from signer.clips import FRAMES, HELD_OUT, SIDE
from signer.vocabulary import WORDS
from signs import HERE

FOLDER = HERE.parents[1] / "src" / "test" / "resources" / "signs"
SHOWN = ("book", "drink", "family", "hat", "play", "wall")
STREAM = 1_000_004
COUNT, INTERVAL, QUALITY = 12, 0.08, 85
WIDTH, HEIGHT = 288, 216
# The client's pictures have this shape; all else is held out.
SEEN = replace(HELD_OUT, aspects=(WIDTH / HEIGHT,))


def recorded(word: int) -> list[bytes]:
    """The frames of a clip whose middle is the sign's middle."""
    random = np.random.default_rng([STREAM, word])
    who, how = clips.person(random, SEEN), clips.manner(random, SEEN)
    line = performance.signed(who, how, word)
    at = (line.begin + line.end) / 2 + (np.arange(COUNT) - (COUNT - 1) / 2) * INTERVAL
    frames = []
    for picture in clips.pictures(random, SEEN, who, how, line, at)[0]:
        shown = (np.power(np.clip(picture, 0, 1), 1 / 2.2) * 255 + 0.5).astype(np.uint8)[..., ::-1]
        shown = cv2.resize(shown, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
        frames.append(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
    return frames


def clip(frames: list[bytes]) -> np.ndarray:
    """uint8 [1, 10, 224, 224, 3] as the server makes it."""
    decoded = [cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_COLOR) for frame in frames[-FRAMES:]]
    return np.stack([cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for frame in decoded])[None]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    reader = session((HERE.parent / "signs" / "1" / "model.onnx").read_bytes())
    expected = []
    for word in SHOWN:
        frames = recorded(WORDS.index(word))
        names = [f"{word}-{number}.jpg" for number in range(COUNT)]
        for name, frame in zip(names, frames, strict=True):
            (FOLDER / name).write_bytes(frame)
        found = reader.run(None, {"clip": clip(frames)})[0][0]
        print(word, WORDS[int(found.argmax())], round(float(found.max()), 3))
        expected.append({"shown": word, "frames": names, "probabilities": [round(float(p), 6) for p in found]})
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in expected)
    (FOLDER / "expected.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    print(FOLDER)


if __name__ == "__main__":
    main()
