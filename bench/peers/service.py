"""The segmentation stream as a Python service: FastAPI on uvicorn, one warmed session for all connections.

Every connection's messages are answered in order; worker threads segment the frames, so that the event loop stays free.
"""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pybase64
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware

import server
from segmenter import DRAWINGS, MAX_SIDE, BadFrame, Model, Rendering, keep_freed_memory

LOG = logging.getLogger("uvicorn.error")
MODES = ["fast", "balanced", "accurate", "sota"]
DEFAULT_MODE = "balanced"
FEATURES = ["binary", "receipt"]
MAX_HEADER_BYTES = 64 << 10
REMEMBERED = 30

Json = dict[str, Any]


class BadRequest(Exception):
    """A message that is answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Models:
    """The model behind each mode, loaded once: the default mode's at the start, another when it is first asked for."""

    def __init__(self, folder: Path, default: str, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self._names = {mode: default if mode == DEFAULT_MODE else mode for mode in MODES}
        self._loaded: dict[str, Model] = {}
        self._loading = asyncio.Lock()
        self.workers = ThreadPoolExecutor(threads, "frames")

    async def of_mode(self, mode: str) -> Model:
        name = self._names[mode]
        async with self._loading:
            if name not in self._loaded:
                # In a thread of its own, so that the workers go on with the other connections' frames.
                self._loaded[name] = await asyncio.to_thread(Model, self._folder / name, self._threads)
        return self._loaded[name]


class Stream:
    """One connection's settings, and its answers."""

    def __init__(self, models: Models, model: Model, features: list[str]) -> None:
        self._models = models
        self._model = model
        self._mode = DEFAULT_MODE
        self._features = features
        self._rendering = Rendering()
        self._run_millis: deque[float] = deque(maxlen=REMEMBERED)

    def connected(self) -> Json:
        message: Json = {
            "type": "connected",
            "status": "ready",
            "available_models": MODES,
            "class_labels": self._model.labels,
            "current_model": self._mode,
            "model": self._model.name,
        }
        if self._features:
            message["features"] = self._features
            message["class_colors"] = self._colours()
            message["limits"] = {
                "max_message_bytes": server.MAX_MESSAGE_BYTES,
                "max_image_width": MAX_SIDE,
                "max_image_height": MAX_SIDE,
            }
        return message

    async def answer(self, text: str | None, binary: bytes | None) -> str | bytes | None:
        try:
            request, picture = self._read_binary(binary or b"") if text is None else (read_text(text), None)
            if request.get("type") == "frame":
                loop, arrival = asyncio.get_running_loop(), time.perf_counter()
                return await loop.run_in_executor(self._models.workers, self._frame, request, picture, arrival)
            reply = await self._settings(request)
        except BadRequest as bad:
            reply = {"type": "error", "code": bad.code, "message": str(bad), "recoverable": True}
        return None if reply is None else to_text(reply)

    def _read_binary(self, message: bytes) -> tuple[Json, bytes]:
        if "binary" not in self._features:
            raise BadRequest("INVALID_MESSAGE", "A binary message on a connection that did not ask for binary")
        length = int.from_bytes(message[:4], "big")
        if length > min(MAX_HEADER_BYTES, len(message) - 4):
            raise BadRequest("INVALID_MESSAGE", f"A header of {length} bytes in a message of {len(message)}")
        return read_text(message[4 : 4 + length]), message[4 + length :]

    async def _settings(self, request: Json) -> Json | None:
        match request.get("type"):
            case "change_mode":
                return await self._change_mode(request.get("model_mode"))
            case "update_viz":
                return {"type": "viz_updated", "settings": self._update(request.get("settings", {}))}
            case "get_stats":
                return self._stats()
        return None

    async def _change_mode(self, mode: object) -> Json:
        if mode not in MODES:
            raise BadRequest("INVALID_MODE", f"Invalid model mode: {mode}")
        try:
            self._model = await self._models.of_mode(mode)
        except Exception as failure:
            LOG.exception("The model of %s cannot be loaded", mode)
            raise BadRequest("MODE_CHANGE_FAILED", f"The model of {mode} cannot be loaded") from failure
        self._mode = mode
        message: Json = {
            "type": "mode_changed",
            "model_mode": mode,
            "class_labels": self._model.labels,
            "model": self._model.name,
        }
        if self._features:
            message["class_colors"] = self._colours()
        return message

    def _update(self, settings: object) -> Json:
        if not isinstance(settings, dict):
            raise BadRequest("VIZ_UPDATE_FAILED", f"settings is {settings}, expected an object")
        opacity = settings.get("overlay_opacity", self._rendering.opacity)
        visualization = settings.get("visualization_mode", self._rendering.visualization)
        classes = settings.get("class_filter", self._rendering.class_filter)
        if type(opacity) not in (int, float) or not 0 <= opacity <= 1:
            raise BadRequest("VIZ_UPDATE_FAILED", f"overlay_opacity is {opacity}, expected a number from 0 to 1")
        if visualization not in list(DRAWINGS):
            raise BadRequest(
                "VIZ_UPDATE_FAILED", f"visualization_mode is {visualization}, expected one of {', '.join(DRAWINGS)}"
            )
        if isinstance(classes, list):
            labels = self._model.labels
            classes = tuple(labels.index(each) if each in labels else each for each in classes)
        if classes is not None and not is_filter(classes):
            raise BadRequest("VIZ_UPDATE_FAILED", f"class_filter is {classes}, expected null or class ids or names")
        self._rendering = Rendering(visualization, opacity, classes)
        wire_names = {"overlay_opacity": "opacity", "visualization_mode": "viz_mode", "class_filter": "class_filter"}
        values = {"opacity": opacity, "viz_mode": visualization, "class_filter": classes}
        return {name: values[name] for key, name in wire_names.items() if key in settings}

    def _stats(self) -> Json:
        times = self._run_millis or [0.0]
        mean = sum(times) / len(times)
        return {
            "type": "stats",
            "avg_inference_ms": round(mean, 2),
            "min_inference_ms": round(min(times), 2),
            "max_inference_ms": round(max(times), 2),
            "avg_fps": round(per_second(mean), 1),
        }

    def _colours(self) -> list[list[int]]:
        return self._model.colours[: len(self._model.labels), 0, ::-1].tolist()

    def _frame(self, request: Json, picture: bytes | None, arrival: float) -> str | bytes:
        """In a worker thread; a connection has one frame there at a time."""
        start = time.perf_counter()
        try:
            segmented = self._model.segment(picture_of(request) if picture is None else picture, self._rendering)
        except BadFrame as bad:
            raise BadRequest("INFERENCE_FAILED", str(bad)) from bad
        except Exception as failure:
            LOG.exception("A frame could not be processed")
            raise BadRequest("INFERENCE_FAILED", "The frame could not be processed") from failure
        times = segmented.times
        self._run_millis.append(times["run"])
        total = times["resize"] + times["run"] + times["scale"]
        metadata = {
            "inference_time_ms": round(times["run"], 2),
            "total_time_ms": round(total, 2),
            "model_mode": self._mode,
            "fps": round(per_second(total), 1),
            "avg_inference_ms": round(sum(self._run_millis) / len(self._run_millis), 2),
            "detected_classes": segmented.detected,
            "model": self._model.name,
        }
        if "receipt" in self._features:
            metadata["receipt"] = {
                "queue_ms": round((start - arrival) * 1000, 3),
                "decode_ms": round(times["decode"], 3),
                "resize_ms": round(times["resize"], 3),
                "run_ms": round(times["run"], 3),
                "render_ms": round(times["scale"] + times["render"], 3),
                "encode_ms": round(times["encode"], 3),
                "server_ms": round((time.perf_counter() - arrival) * 1000, 3),
                "batch_size": 1,
                "frames_replaced": 0,
                "provider": "CPU",
                "model": self._model.name,
                "model_version": self._model.version,
            }
        reply = {"type": "segmentation", "timestamp": request.get("timestamp", 0), "metadata": metadata}
        if picture is None:
            reply["data"] = pybase64.b64encode_as_string(segmented.jpeg)
            return to_text(reply)
        header = orjson.dumps(reply)
        return b"".join((struct.pack(">I", len(header)), header, segmented.jpeg))


def read_text(text: str | bytes) -> Json:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        message = None
    if not isinstance(message, dict):
        raise BadRequest("INVALID_MESSAGE", "The message is not a JSON object")
    return message


def to_text(message: Json) -> str:
    return orjson.dumps(message).decode()


def picture_of(request: Json) -> bytes:
    """The bytes of a text message's picture; in a data URL they are what follows the first comma."""
    data = request.get("data")
    if not data:
        raise BadFrame("Empty frame data received")
    if not isinstance(data, str):
        raise BadFrame(f"Failed to decode frame: data is a {type(data).__name__}, expected base64 text")
    try:
        picture = pybase64.b64decode(data[data.find(",") + 1 :], validate=True)
    except ValueError as failure:
        raise BadFrame(f"Invalid base64 encoding: {failure}") from failure
    if not picture:
        raise BadFrame("Failed to decode frame: ValueError: Decoded frame has zero bytes")
    return picture


def is_filter(classes: object) -> bool:
    return isinstance(classes, tuple) and all(type(each) is int and 0 <= each <= 255 for each in classes)


def per_second(millis: float) -> float:
    return 1000 / millis if millis else 0


def application(models: Models) -> FastAPI:
    @asynccontextmanager
    async def warm(app: FastAPI) -> AsyncIterator[None]:
        await models.of_mode(DEFAULT_MODE)
        yield
        models.workers.shutdown()

    app = FastAPI(lifespan=warm)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    connections: set[WebSocket] = set()

    @app.get("/")
    async def description() -> Json:
        return {
            "name": "Real-Time Segmentation API",
            "version": "1.0.0",
            "status": "running",
            "websocket_endpoint": "/ws",
            "available_models": MODES,
            "message": "Connect to /ws with a WebSocket client.",
        }

    @app.get("/health")
    async def health() -> Json:
        return {"status": "ok", "available_models": MODES, "active_connections": len(connections)}

    @app.get("/health/ready")
    async def ready() -> Json:
        """Asked only when the model is warm: before that, nothing listens."""
        return {"status": "UP"}

    @app.websocket("/ws")
    async def frames(websocket: WebSocket) -> None:
        wanted = websocket.query_params.get("features", "").split(",")
        await websocket.accept()
        connections.add(websocket)
        try:
            stream = Stream(models, await models.of_mode(DEFAULT_MODE), [name for name in FEATURES if name in wanted])
            await websocket.send_text(to_text(stream.connected()))
            while (message := await websocket.receive())["type"] == "websocket.receive":
                reply = await stream.answer(message.get("text"), message.get("bytes"))
                if isinstance(reply, str):
                    await websocket.send_text(reply)
                elif reply is not None:
                    await websocket.send_bytes(reply)
        except WebSocketDisconnect:
            pass
        finally:
            connections.discard(websocket)

    return app


def main() -> None:
    parser = server.parser(__doc__)
    parser.add_argument("--models", type=Path, required=True, help="the model repository")
    parser.add_argument("--model", default=DEFAULT_MODE, help=f"what serves the mode {DEFAULT_MODE} (default: its own)")
    parser.add_argument("--threads", type=int, default=1, help="processors to use (default: 1)")
    options = parser.parse_args()

    keep_freed_memory()
    server.run(application(Models(options.models, options.model, options.threads)), options.host, options.port)


if __name__ == "__main__":
    main()
