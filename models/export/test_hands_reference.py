"""MediaPipe's own Python package, in its own environment, finds the hand that a person sees."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from conftest import REPOSITORY
from model_folder import HERE
from test_hands import TIPS, WRIST

VIDEO_FRAMES = 3


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python that has mediapipe with what it needs; this one cannot have it."""
    place = Path(os.environ.get("OSPREY_MEDIAPIPE", REPOSITORY / "target" / "venv-mediapipe" / "bin" / "python"))
    if not place.exists():
        pytest.skip(f"no Python with MediaPipe at {place}: see models/README.md, or name one with OSPREY_MEDIAPIPE")
    return place


def answer(python: Path, folder: Path, pictures: list[np.ndarray], *options: str) -> dict:
    paths = [folder / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        cv2.imwrite(str(path), picture)
    output = folder / "hands.json"
    subprocess.run([python, HERE / "hands_reference.py", "--output", output, *options, *paths], check=True)
    return json.loads(output.read_text(encoding="utf-8"))


def assert_open_hand(found: dict, mirrored: bool = False) -> None:
    (hand,) = found["hands"]
    assert hand["label"] == ("Left" if mirrored else "Right")
    assert hand["score"] > 0.9
    assert len(hand["world"]) == 63
    points = np.array(hand["landmarks"]).reshape(21, 3)
    places = points[:, :2] * (found["width"], found["height"])
    if mirrored:
        places[:, 0] = found["width"] - places[:, 0]
    np.testing.assert_allclose(places[[0, *TIPS]], [WRIST, *TIPS.values()], atol=15)


def test_finds_the_hand_in_each_picture(python, open_hand, tmp_path) -> None:
    found = answer(python, tmp_path, [open_hand, np.zeros_like(open_hand), open_hand[:, ::-1]])
    first, second, third = found["pictures"]
    assert (first["file"], first["width"], first["height"]) == ("0.png", 640, 480)
    assert_open_hand(first)
    assert second["hands"] == []
    assert_open_hand(third, mirrored=True)


def test_tracks_the_hand_through_a_video(python, open_hand, tmp_path) -> None:
    still = answer(python, tmp_path, [open_hand] * VIDEO_FRAMES)["pictures"]
    video = answer(python, tmp_path, [open_hand] * VIDEO_FRAMES, "--video")["pictures"]
    landmarks = [[picture["hands"][0]["landmarks"] for picture in pictures] for pictures in (still, video)]
    assert landmarks[0][0] == landmarks[0][1] == landmarks[0][2]
    assert landmarks[1][0] == landmarks[0][0]
    # From the second frame on the crop comes from the landmarks before instead of the palm.
    assert landmarks[1][1] != landmarks[1][0]
    for picture in video:
        assert_open_hand(picture)
