"""Clients of the sign words with python-socketio, as its users write them: each sends frames, waits for nothing, and counts.

    python signs_client.py http://127.0.0.1:8080 picture.jpg --transports polling websocket --clients 20 --frames 30

Prints "streaming" when every client has sent a frame and been answered, and in the end a line of JSON for each: the transport it
ended on, its events by name, the acknowledgements it got, its last prediction. Ends with status 1 where an answer is missing.
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

PATIENCE_SECONDS = 60


class Client:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.socket = socketio.Client(reconnection=False)
        self.socket.on("*", self.told)
        self.events: Counter[str] = Counter()
        self.acknowledged = 0
        self.last: dict | None = None
        self.changed = threading.Condition()
        self.result: dict | None = None

    def told(self, event: str, *arguments) -> None:
        with self.changed:
            self.events[event] += 1
            if event == "prediction":
                (self.last,) = arguments
            self.changed.notify_all()

    def acknowledge(self, *arguments) -> None:
        with self.changed:
            assert not arguments, arguments
            self.acknowledged += 1
            self.changed.notify_all()

    def wait_until(self, condition) -> None:
        with self.changed:
            if not self.changed.wait_for(condition, PATIENCE_SECONDS):
                raise TimeoutError(f"{self.acknowledged} acknowledgements, events {dict(self.events)}")

    def stream(self, streaming: threading.Barrier) -> None:
        self.socket.connect(self.options.server, transports=self.options.transports, wait_timeout=PATIENCE_SECONDS)
        self.wait_until(lambda: self.events["status"] == 1)
        image = base64.b64encode(self.options.picture.read_bytes()).decode()
        for number in range(self.options.frames):
            self.socket.emit("frame", {"image": image}, callback=self.acknowledge)
            if number == 0:
                self.wait_until(lambda: self.acknowledged == 1)
                if streaming.wait(PATIENCE_SECONDS) == 0:
                    print("streaming", flush=True)
            time.sleep(self.options.pause)
        self.wait_until(lambda: self.acknowledged == self.options.frames)
        transport = self.socket.transport()
        self.socket.disconnect()
        self.result = {
            "transport": transport,
            "events": dict(self.events),
            "acknowledged": self.acknowledged,
            "last": self.last,
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--transports", nargs="+", choices=["polling", "websocket"], help="the library's own choice without")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--pause", type=float, default=0.04, help="seconds between frames")
    options = parser.parse_args()
    clients = [Client(options) for _ in range(options.clients)]
    streaming = threading.Barrier(options.clients)
    threads = [threading.Thread(target=client.stream, args=(streaming,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        print(json.dumps(client.result))
    return 0 if all(client.result for client in clients) else 1


if __name__ == "__main__":
    sys.exit(main())
