"""Writes the hands that MediaPipe's own Python package finds in pictures, to compare the server's with.

    PYTHON models/export/hands_reference.py --output hands.json hand.png two.jpg
    PYTHON models/export/hands_reference.py --video --output hands.json frame-1.png frame-2.png frame-3.png

PYTHON has the packages of reference-hands.txt and, without its dependencies, the one of networks.txt. Nothing of the
exported graphs is used: networks, anchors, crops and tracking are MediaPipe's own (mediapipe.solutions.hands, the full
networks, both confidences 0.5).

The JSON has one entry a picture, in the order of the command line:

    {"mediapipe": "0.10.21", "video": false, "maxHands": 2, "pictures": [
      {"file": "hand.png", "width": 640, "height": 480, "hands": [
        {"label": "Right", "score": 0.98, "landmarks": [x, y, z, x, y, z, ...], "world": [x, y, z, ...]}]}]}

`landmarks` are 21 points, x and y in parts of the picture's width and height, z from the wrist in parts of its width;
`world` the same in metres, from the middle of the hand. `label` supposes a mirrored picture, `score` is of the label.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import mediapipe
from mediapipe.python.solutions.hands import Hands

CONFIDENCE = 0.5
FULL = 1


def numbers(points) -> list[float]:
    """The points' x, y, z one after another."""
    return [value for point in points.landmark for value in (point.x, point.y, point.z)]


def found(answer) -> list[dict]:
    """The hands of one picture; MediaPipe's lists are None where there is none."""
    if not answer.multi_hand_landmarks:
        return []
    return [
        {
            "label": handedness.classification[0].label,
            "score": handedness.classification[0].score,
            "landmarks": numbers(landmarks),
            "world": numbers(world),
        }
        for handedness, landmarks, world in zip(
            answer.multi_handedness, answer.multi_hand_landmarks, answer.multi_hand_world_landmarks, strict=True
        )
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the JSON file to write")
    parser.add_argument(
        "--video",
        action="store_true",
        help="the pictures, all of one size, follow each other: hands are tracked from picture to picture, and looked "
        "for anew only while fewer than the most are tracked (default: each picture by itself)",
    )
    parser.add_argument("--max-hands", type=int, default=2, metavar="NUMBER", help="the most hands (default: 2)")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    pictures = []
    with Hands(
        static_image_mode=not options.video,
        max_num_hands=options.max_hands,
        model_complexity=FULL,
        min_detection_confidence=CONFIDENCE,
        min_tracking_confidence=CONFIDENCE,
    ) as hands:
        for path in options.pictures:
            picture = cv2.imread(str(path))
            if picture is None:
                raise SystemExit(f"{path} is no picture that OpenCV reads")
            height, width = picture.shape[:2]
            answer = hands.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            pictures.append({"file": path.name, "width": width, "height": height, "hands": found(answer)})
    result = {
        "mediapipe": mediapipe.__version__,
        "video": options.video,
        "maxHands": options.max_hands,
        "pictures": pictures,
    }
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
