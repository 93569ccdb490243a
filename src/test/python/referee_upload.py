"""Uploads a bout as clients of the referee do that send both files in one request.

    python referee_upload.py http://127.0.0.1:8080 bout.mp4 bout.txt --field include_keypoints=true

Prints the answer's body where it is JSON; ends with the HTTP status as its own where that is no success.
"""

import argparse
import json
import pathlib
import sys

import requests

PATIENCE_SECONDS = 300


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("video", type=pathlib.Path)
    parser.add_argument("signal", type=pathlib.Path)
    parser.add_argument("--field", action="append", default=[])
    options = parser.parse_args()
    with options.video.open("rb") as video, options.signal.open("rb") as signal:
        answer = requests.post(
            f"{options.address.rstrip('/')}/analyze",
            files={
                "video": (options.video.name, video, "video/mp4"),
                "signal": (options.signal.name, signal, "text/plain"),
            },
            data=dict(field.split("=", 1) for field in options.field),
            timeout=PATIENCE_SECONDS,
        )
    print(json.dumps(answer.json()))
    return 0 if answer.ok else answer.status_code % 256


if __name__ == "__main__":
    sys.exit(main())
