"""Streams a bout as clients of the referee do that read exactly one message for each thing they send.

    python referee_client.py ws://127.0.0.1:8080 bout.mp4 bout.txt --session phrase_01

Prints the result as JSON; ends with status 1 where anything comes that the protocol does not say.
"""

import argparse
import asyncio
import json
import pathlib
import sys

import cv2
import websockets

PATIENCE_SECONDS = 120
JPEG_QUALITY = 85


async def said(socket, kind):
    """The next message, which must be of a kind."""
    message = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
    if message["type"] != kind:
        raise ValueError(f"expected {kind}, got {message}")
    return message


def frames(video):
    capture = cv2.VideoCapture(str(video))
    if not capture.isOpened():
        raise ValueError(f"{video} cannot be opened")
    while True:
        there, picture = capture.read()
        if not there:
            return
        yield picture


def rate(video):
    return cv2.VideoCapture(str(video)).get(cv2.CAP_PROP_FPS)


async def stream(address, video, signal, session):
    pictures = list(frames(video))
    height, width = pictures[0].shape[:2]
    async with websockets.connect(f"{address}/stream", max_size=16 * 1024 * 1024, ping_interval=20) as socket:
        start = {"type": "session_start", "session_id": session, "fps": rate(video), "width": width, "height": height}
        await socket.send(json.dumps({**start, "expected_frames": len(pictures), "video_format": "bgr24"}))
        await said(socket, "session_started")
        for number, picture in enumerate(pictures):
            data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
            header = {"type": "frame", "session_id": session, "frame_number": number, "timestamp": number / rate(video)}
            await socket.send(json.dumps({**header, "encoding": "jpeg", "quality": JPEG_QUALITY, "size": len(data)}))
            await socket.send(data)
            ack = await said(socket, "frame_ack")
            if ack["frame_number"] != number or ack["status"] != "received":
                raise ValueError(f"frame {number} was answered with {ack}")
        await socket.send(json.dumps({"type": "session_end", "session_id": session, "total_frames": len(pictures)}))
        validation = (await said(socket, "session_ended"))["validation"]
        if not validation["valid"]:
            raise ValueError(f"the session is not valid: {validation}")
        text = signal.read_bytes()
        header = {"type": "signal", "session_id": session, "filename": signal.name, "size": len(text)}
        await socket.send(json.dumps(header))
        await socket.send(text)
        while True:
            message = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
            if message["type"] == "process_progress":
                print(f"{message['stage']} {message['progress']:.0%} {message['message']}", file=sys.stderr)
            elif message["type"] == "process_complete":
                return message["result"]
            elif message["type"] == "error":
                raise ValueError(message["error_message"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("video", type=pathlib.Path)
    parser.add_argument("signal", type=pathlib.Path)
    parser.add_argument("--session", default="phrase_01")
    options = parser.parse_args()
    result = asyncio.run(stream(options.address.rstrip("/"), options.video, options.signal, options.session))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
