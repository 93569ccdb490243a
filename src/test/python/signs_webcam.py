"""What the sign words' webcam client does, with a file in place of the camera: the library's defaults, every picture as it comes,
no acknowledgement asked for, no answer waited for; the newest word is shown over the picture.

    python signs_webcam.py http://127.0.0.1:8080 picture.jpg --seconds 10

Prints a line of JSON: frames sent, events by name. Ends with status 1 where the connection ended before the time, a prediction is
not as the client needs it, or frames are without one at the end.
"""

import argparse
import base64
import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import socketio

FRAMES_PER_SECOND = 30
PATIENCE_SECONDS = 60


def camera(picture: Path, seconds: float):
    """A picture as often as a webcam has one."""
    start = time.monotonic()
    for number in range(round(FRAMES_PER_SECOND * seconds)):
        time.sleep(max(0, start + number / FRAMES_PER_SECOND - time.monotonic()))
        yield picture.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()

    client = socketio.Client()
    events: Counter[str] = Counter()
    overlay = ""
    answered = threading.Condition()

    @client.on("*")
    def told(event, *arguments):
        nonlocal overlay
        with answered:
            if event == "prediction":
                overlay = f"{arguments[0]['label'].upper()} {arguments[0]['score'] * 100:.1f}%"
            # After it: a prediction that cannot be shown is none.
            events[event] += 1
            answered.notify_all()

    @client.event
    def disconnect(reason):
        events["disconnect"] += 1

    client.connect(options.server)
    frames = 0
    for picture in camera(options.picture, options.seconds):
        client.emit("frame", {"image": base64.b64encode(picture).decode()})
        frames += 1
    with answered:
        complete = answered.wait_for(lambda: events["prediction"] >= frames, PATIENCE_SECONDS)
    print(json.dumps({"frames": frames, "events": dict(events), "overlay": overlay}))
    served = complete and client.connected and events == {"status": 1, "connected": 1, "prediction": frames}
    client.disconnect()
    return 0 if served else 1


if __name__ == "__main__":
    sys.exit(main())
