"""Clients of the sign words with python-socketio, as its users write them: each sends frames, waits for nothing, and counts.

    python signs_client.py http://127.0.0.1:8080 picture.jpg --transports polling websocket --clients 20 --frames 30

Prints a line of JSON for each client: the transport it ended on, its events by name, its last prediction. With --vanish a client
ends its connection in the middle of the stream without a word.
"""

import argparse
import base64
import json
import os
import threading
import time
from collections import Counter
from pathlib import Path

import socketio


def stream(options: argparse.Namespace, number: int, results: list[dict]) -> None:
    client = socketio.Client(reconnection=False)
    events: Counter[str] = Counter()
    last: dict = {}
    joined = threading.Event()

    @client.on("*")
    def told(event, *arguments):
        events[event] += 1
        if event == "prediction":
            last.update(arguments[0])
        elif event == "status":
            joined.set()

    client.connect(options.server, transports=options.transports)
    if not joined.wait(20):
        raise SystemExit("no status")
    image = base64.b64encode(options.picture.read_bytes()).decode()
    acknowledged = threading.Semaphore(0)
    for _ in range(options.frames):
        client.emit("frame", {"image": image}, callback=lambda *arguments: acknowledged.release())
        time.sleep(options.pause)
    if options.vanish and number % 2:
        os.close(os.dup(0))
        client.eio.ws.sock.shutdown(2) if client.eio.ws else None
        results.append({"vanished": True})
        return
    for _ in range(options.frames):
        if not acknowledged.acquire(timeout=30):
            raise SystemExit(f"client {number}: an acknowledgement is missing, {dict(events)}")
    results.append({"transport": client.transport(), "events": dict(events), "last": last})
    client.disconnect()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--transports", nargs="+", choices=["polling", "websocket"], help="the library's own choice without")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--pause", type=float, default=0.04, help="seconds between frames")
    parser.add_argument("--vanish", action="store_true", help="every second client ends without a word")
    options = parser.parse_args()
    results: list[dict] = []
    threads = [threading.Thread(target=stream, args=(options, number, results)) for number in range(options.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
