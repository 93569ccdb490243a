"""Films the page's signer: a clip of each sign, and eight signs in a row.

    python models/training/signs_clips.py

Writes <word>.mp4 and signs.json, sample.mp4 and sample.json into src/main/webapp/samples/signs. The signer's hair, skin and
clothes are of the held-out part, so no network was trained on them.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from signer import body, performance, renderer
from signer.body import Build, Look, Person
from signer.clips import linear
from signer.performance import RESTS, Manner, Timeline
from signer.vocabulary import SIGNS, WORDS

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "src" / "main" / "webapp" / "samples" / "signs"
WIDTH, HEIGHT, RATE = 320, 240, 25
# Rendered larger and averaged, for smooth edges.
FINER = 2
# x264's: larger means smaller files.
QUALITY = 26
# Seconds of rest before, between and after.
REST = 0.25
# Signed in a row.
SHOWN = ("hello", "family", "drink", "book", "school", "like", "play", "violin")

SIGNER = Person(
    Build(),
    Look(
        skin=linear((205, 150, 116)),
        palm=linear((226, 178, 150)),
        hair=linear((58, 38, 28)),
        lips=linear((176, 94, 86)),
        eyes=linear((55, 38, 26)),
        clothes=linear((46, 120, 116)),
        other=linear((236, 226, 200)),
        neck_width=0.07,
        neck_depth=0.06,
        sleeves=1.35,
        haircut="bun",
    ),
)
MANNER = Manner(tempo=1.1, rests=(RESTS[2], RESTS[2]), arriving=0.38)


@dataclass(frozen=True)
class Shot:
    """Frames, uint8 [count, HEIGHT, WIDTH, 3], RGB; and of each performance the word and when it begins and ends."""

    frames: np.ndarray
    signs: list[tuple[str, float, float]]


def camera() -> renderer.Camera:
    half, distance = 0.43, 1.6
    right, down = np.array([2 * half * WIDTH / HEIGHT / distance, 0, 0]), np.array([0, -2 * half / distance, 0])
    return renderer.Camera(np.array([0.0, -0.01, distance]), np.array([0.0, 0.0, -1.0]), right, down)


def background() -> np.ndarray:
    """A wall, lighter in the middle."""
    down, across = np.mgrid[0 : HEIGHT * FINER, 0 : WIDTH * FINER] / (HEIGHT * FINER)
    away = np.hypot(across - 0.6, down - 0.45)[..., None]
    return (linear((214, 219, 222)) * (1.05 - 0.35 * away)).astype(np.float32)


def face(at: np.ndarray, speaking: np.ndarray) -> dict[str, np.ndarray]:
    """A calm face at times of the shot: it sways a little, blinks every few seconds and speaks while it signs."""
    calm = performance.calm_face(len(at))
    head = np.stack([2.5 * np.sin(0.9 * at), 1.5 * np.sin(1.3 * at + 1), 1.2 * np.sin(0.7 * at + 2)], 1)
    mouth = 0.25 * speaking * (1 + np.sin(11 * at))
    return {**calm, "head": head, "mouth": mouth, "lids": (at % 2.9 < 0.1).astype(np.float64)}


def shot(lines: list[tuple[str, Timeline]]) -> Shot:
    """One performance after the other, with rests between."""
    frames, signs, begin = [], [], 0.0
    materials, view, wall = SIGNER.materials(), camera(), background()
    light = renderer.Light(np.array([-0.5, 0.75, 1.0]), np.full(3, 0.72), np.full(3, 0.42))
    for number, (word, line) in enumerate(lines):
        last = number == len(lines) - 1
        at = np.arange(round((REST + line.length + last * REST) * RATE)) / RATE - REST
        speaking = (at > line.begin) & (at < line.end)
        posture, arms = performance.posed(SIGNER, line, at, face(begin + at, speaking))
        for parts in body.parts(SIGNER, posture, arms):
            picture = renderer.draw(parts, materials, view, light, wall)
            picture = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
            frames.append((np.power(np.clip(picture, 0, 1), 1 / 2.2) * 255 + 0.5).astype(np.uint8))
        signs.append((word, round(begin + REST + line.begin, 2), round(begin + REST + line.end, 2)))
        begin += len(at) / RATE
    return Shot(np.stack(frames), signs)


def write(file: Path, frames: np.ndarray, quality: int) -> None:
    with av.open(str(file), "w", options={"movflags": "+faststart"}) as video:
        stream = video.add_stream("libx264", RATE, options={"crf": str(quality), "preset": "slow", "g": str(2 * RATE)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for pixels in frames:
            video.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        video.mux(stream.encode(None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=SAMPLES)
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    entries = []
    for number, sign in enumerate(SIGNS):
        line = performance.signed(SIGNER, MANNER, number)
        taken = shot([(sign.word, line), (sign.word, line)])
        write(output / f"{sign.word}.mp4", taken.frames, QUALITY)
        _, begin, end = taken.signs[0]
        entries.append({"label": sign.word, "description": sign.description, "clip": f"{sign.word}.mp4", "start": begin, "end": end})
    (output / "signs.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8", newline="\n")
    # Longer than the dictionary's form, as somebody signs to a machine.
    row = [(word, WORDS.index(word)) for word in SHOWN]
    taken = shot([(word, performance.signed(SIGNER, MANNER, number, SIGNS[number].times + 1)) for word, number in row])
    write(output / "sample.mp4", taken.frames, QUALITY)
    truth = {
        "clip": "sample.mp4",
        "seconds": round(len(taken.frames) / RATE, 2),
        "signs": [{"label": word, "start": begin, "end": end} for word, begin, end in taken.signs],
    }
    (output / "sample.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(output)


if __name__ == "__main__":
    main()
