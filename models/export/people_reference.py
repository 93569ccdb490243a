"""Writes the body that MediaPipe's own Python package finds in pictures, to compare the server's with.

    PYTHON models/export/people_reference.py --output people.json one.jpg two.png

PYTHON has the packages of reference-hands.txt and, without its dependencies, the one of networks.txt. Nothing of the
exported graphs is used: networks, anchors and crops are MediaPipe's own (mediapipe.solutions.pose, the full network, both
confidences 0.5, each picture by itself). MediaPipe finds one person at most.

The JSON has one entry a picture, in the order of the command line:

    {"mediapipe": "0.10.21", "pictures": [
      {"file": "one.jpg", "width": 640, "height": 480, "landmarks": [x, y, z, visibility, x, y, ...]}]}

`landmarks` are 33 points, x and y in parts of the picture's width and height, z from the middle of the hips in parts of
its width; null where there is nobody.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import mediapipe
from mediapipe.python.solutions.pose import Pose

CONFIDENCE = 0.5
FULL = 1


def found(answer) -> list[float] | None:
    """The landmarks of one picture; MediaPipe's is None where there is nobody."""
    if not answer.pose_landmarks:
        return None
    return [value for point in answer.pose_landmarks.landmark for value in (point.x, point.y, point.z, point.visibility)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the JSON file to write")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    pictures = []
    with Pose(
        static_image_mode=True,
        model_complexity=FULL,
        min_detection_confidence=CONFIDENCE,
        min_tracking_confidence=CONFIDENCE,
    ) as pose:
        for path in options.pictures:
            picture = cv2.imread(str(path))
            if picture is None:
                raise SystemExit(f"{path} is no picture that OpenCV reads")
            height, width = picture.shape[:2]
            answer = pose.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            pictures.append({"file": path.name, "width": width, "height": height, "landmarks": found(answer)})
    result = {"mediapipe": mediapipe.__version__, "pictures": pictures}
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
