"""The peers as the benchmark starts them, in processes of their own, with the real models."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from websockets.sync.client import ClientConnection, connect

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
MODELS = REPOSITORY / "models"
SAMPLES = REPOSITORY / "src" / "main" / "webapp" / "samples"
READY = re.compile(r"Ready at (http://\S+/)\n")


@contextmanager
def started(*command: str) -> Iterator[str]:
    """A peer's address; at the end it stops as soon as it is told to."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, str(HERE / command[0]), *command[1:], "--port", port], stdout=subprocess.PIPE, text=True
    )
    try:
        ready = READY.fullmatch(process.stdout.readline())
        assert ready
        yield ready[1]
        process.send_signal(signal.SIGTERM)
        # uvicorn ends by the signal it got.
        assert process.wait(10) in (0, -signal.SIGTERM)
        assert process.stdout.read() == ""
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module", params=["person", "balanced"])
def model(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def service(model: str) -> Iterator[str]:
    with started("service.py", "--models", str(MODELS), "--model", model) as address:
        yield address


@pytest.fixture
def stream(service: str) -> Iterator[ClientConnection]:
    with opened(service) as connection:
        hear(connection)
        yield connection


def opened(address: str, query: str = "?features=binary,receipt") -> ClientConnection:
    return connect(address.replace("http", "ws", 1) + "ws" + query, max_size=None)


def ask(connection: ClientConnection, **message: object) -> dict:
    connection.send(json.dumps(message))
    return hear(connection)


def hear(connection: ClientConnection) -> dict:
    return json.loads(connection.recv(30))


def frame(encoded: bytes, timestamp: object) -> bytes:
    header = json.dumps({"type": "frame", "timestamp": timestamp}).encode()
    return struct.pack(">I", len(header)) + header + encoded


def parted(message: bytes | str) -> tuple[dict, bytes]:
    assert isinstance(message, bytes)
    (length,) = struct.unpack_from(">I", message)
    return json.loads(message[4 : 4 + length]), message[4 + length :]


def pixels(encoded: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture(scope="module")
def jpeg(model: str) -> bytes:
    """A frame of 640 x 480 with something for each of the models to see."""
    picture = cv2.imread(str(SAMPLES / {"person": "grace-hopper.jpg", "balanced": "world.jpg"}[model]))
    encoded = cv2.imencode(".jpg", cv2.resize(picture, (640, 480)), [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    assert pixels(encoded).shape == (480, 640, 3)
    return encoded


def masked(model: str, picture: np.ndarray) -> np.ndarray:
    """The model's classes by the protocol's formulas, without the service."""
    manifest = json.loads((MODELS / model / "model.json").read_text())
    session = onnxruntime.InferenceSession(MODELS / model / "1" / "model.onnx", providers=["CPUExecutionProvider"])
    small = cv2.resize(picture, (manifest["input"]["width"], manifest["input"]["height"]))
    classes = session.run(None, {"pixels": small[np.newaxis]})[0][0]
    rows, columns = (np.arange(to) * own // to for to, own in zip(picture.shape[:2], classes.shape, strict=True))
    return classes[np.ix_(rows, columns)]


def filled(picture: np.ndarray, mask: np.ndarray, opacity: float) -> np.ndarray:
    """Section 8.5 of the protocol, with its colours from section 8.4; they fit the labels of both models."""
    bgr = np.array(
        [[(label >> 2 & 1) * 128, (label >> 1 & 1) * 128, (label & 1) * 128] for label in range(8)] + [[0, 0, 64]]
    )
    return np.rint(picture * (1 - opacity) + bgr[mask] * opacity)


def test_it_describes_itself(service: str, model: str) -> None:
    for path in ("", "health", "health/ready"):
        with urllib.request.urlopen(service + path) as answer:
            assert answer.status == 200
            assert json.load(answer)["status"] in ("running", "ok", "UP")
    with opened(service) as connection:
        connected = hear(connection)
        assert connected["type"] == "connected"
        assert connected["current_model"] == "balanced"
        assert connected["model"] == model
        assert connected["features"] == ["binary", "receipt"]
        assert connected["class_colors"][:3] == [[0, 0, 0], [128, 0, 0], [0, 128, 0]][: len(connected["class_labels"])]
    with opened(service, "") as connection:
        assert "features" not in hear(connection)


def test_text_and_binary_get_the_picture_that_the_protocol_describes(
    service: str, model: str, jpeg: bytes, stream: ClientConnection
) -> None:
    text = ask(stream, type="frame", data="data:image/jpeg;base64," + base64.b64encode(jpeg).decode(), timestamp=1.5)
    stream.send(frame(jpeg, "second"))
    header, answered = parted(stream.recv(30))
    assert (text["type"], text["timestamp"]) == ("segmentation", 1.5)
    assert (header["type"], header["timestamp"]) == ("segmentation", "second")
    assert base64.b64decode(text["data"]) == answered
    assert answered.startswith(b"\xff\xd8\xff")

    mask = masked(model, pixels(jpeg))
    wanted = filled(pixels(jpeg), mask, 0.6)
    found = pixels(answered)
    assert found.shape == (480, 640, 3)
    # What quality 80 loses, and no more.
    lost = pixels(cv2.imencode(".jpg", wanted, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
    assert np.abs(found.astype(int) - lost).max() <= 2
    labels = json.loads((MODELS / model / "model.json").read_text())["labels"]
    assert len(np.unique(mask)) > 1
    assert text["metadata"]["detected_classes"] == [labels[label] for label in np.unique(mask) if label]

    metadata = header["metadata"]
    assert metadata["model_mode"] == "balanced"
    assert 0 < metadata["inference_time_ms"] <= metadata["total_time_ms"]
    assert metadata["fps"] == pytest.approx(1000 / metadata["total_time_ms"], rel=0.05)
    steps = [f"{step}_ms" for step in ("queue", "decode", "resize", "run", "render", "encode")]
    assert sum(metadata["receipt"][step] for step in steps) <= metadata["receipt"]["server_ms"]


def test_settings_apply_to_the_frames_after_them(jpeg: bytes, stream: ClientConnection) -> None:
    settings = {"overlay_opacity": 0, "visualization_mode": "filled"}
    assert ask(stream, type="update_viz", settings=settings) == {
        "type": "viz_updated",
        "settings": {"opacity": 0, "viz_mode": "filled"},
    }
    stream.send(frame(jpeg, 1))
    assert np.abs(pixels(parted(stream.recv(30))[1]).astype(int) - pixels(jpeg)).mean() < 2
    for visualization, width in {"contour": 640, "side-by-side": 1280, "blend": 640}.items():
        ask(stream, type="update_viz", settings={"visualization_mode": visualization, "class_filter": [1]})
        stream.send(frame(jpeg, 1))
        assert pixels(parted(stream.recv(30))[1]).shape == (480, width, 3)
    wrong = {"overlay_opacity": 2, "visualization_mode": "x", "class_filter": ["x"]}
    for settings in (*({key: value} for key, value in wrong.items()), {"class_filter": 3}, None):
        assert ask(stream, type="update_viz", settings=settings)["code"] == "VIZ_UPDATE_FAILED"
    stats = ask(stream, type="get_stats")
    assert 0 < stats["min_inference_ms"] <= stats["avg_inference_ms"] <= stats["max_inference_ms"]


def test_modes_change(jpeg: bytes, stream: ClientConnection) -> None:
    assert ask(stream, type="change_mode", model_mode="turbo")["message"] == "Invalid model mode: turbo"
    changed = ask(stream, type="change_mode", model_mode="fast")
    assert (changed["type"], changed["model_mode"], changed["model"]) == ("mode_changed", "fast", "fast")
    assert changed["class_labels"][0] == "background"
    stream.send(frame(jpeg, 1))
    assert parted(stream.recv(30))[0]["metadata"]["model_mode"] == "fast"


def test_a_bad_frame_costs_an_error_and_nothing_else(service: str, jpeg: bytes, stream: ClientConnection) -> None:
    bad = {
        "": "Empty frame data",
        "data:image/jpeg;base64,": "Failed to decode frame: ValueError: Decoded frame has zero bytes",
        "/9j/4": "Invalid base64 encoding",
        "bm8gaW1hZ2U=": "Failed to decode frame: ValueError: cv2.imdecode returned None",
    }
    for data, words in bad.items():
        error = ask(stream, type="frame", data=data)
        assert (error["type"], error["code"], error["recoverable"]) == ("error", "INFERENCE_FAILED", True)
        assert error["message"].startswith(words)
    for malformed in ("{", "[]", b"", b"\0\0\0\x09{}", frame(b"", 1)[:-1]):
        stream.send(malformed)
        assert hear(stream)["code"] == "INVALID_MESSAGE"
    wide = np.zeros((1, 4097, 3), np.uint8)
    stream.send(frame(cv2.imencode(".png", wide)[1].tobytes(), 1))
    assert hear(stream)["code"] == "INFERENCE_FAILED"
    stream.send('{"type":"init"}')
    stream.send(frame(jpeg, 7))
    assert parted(stream.recv(30))[0]["timestamp"] == 7
    with opened(service, "") as uninvited:
        hear(uninvited)
        uninvited.send(frame(jpeg, 1))
        assert hear(uninvited)["code"] == "INVALID_MESSAGE"


@pytest.mark.parametrize("stack", ["fastapi", "websockets"])
def test_an_echo_returns_what_it_gets(stack: str) -> None:
    with started("echo.py", "--stack", stack) as address:
        with urllib.request.urlopen(address + "health/ready") as answer:
            assert answer.status == 200
        with opened(address) as connection:
            for message in ("text", b"binary", bytes(100_000)):
                connection.send(message)
                assert connection.recv(30) == message
