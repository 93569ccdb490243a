"""What the transport alone costs: every message, text or binary, goes back as it came.

fastapi is the stack of service.py with nothing behind it; websockets is that library's own server on uvloop, without
FastAPI and uvicorn.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
import signal

import uvloop
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

import server

READY = "/health/ready"


def with_fastapi() -> FastAPI:
    app = FastAPI()

    @app.get(READY)
    async def ready() -> dict[str, str]:
        return {"status": "UP"}

    @app.websocket("/ws")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while (message := await websocket.receive())["type"] == "websocket.receive":
                if message.get("text") is not None:
                    await websocket.send_text(message["text"])
                else:
                    await websocket.send_bytes(message["bytes"])
        except WebSocketDisconnect:
            pass

    return app


async def with_websockets(host: str, port: int) -> None:
    def ready(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(http.HTTPStatus.OK, "UP\n") if request.path == READY else None

    async def echo(connection: ServerConnection) -> None:
        # A client that leaves without a word is no error.
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                await connection.send(message)

    async with serve(
        echo, host, port, process_request=ready, compression=None, max_size=server.MAX_MESSAGE_BYTES
    ) as listening:
        for ending in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(ending, listening.close)
        server.announce(host, port)
        await listening.wait_closed()


def main() -> None:
    parser = server.parser(__doc__)
    parser.add_argument("--stack", choices=["fastapi", "websockets"], default="fastapi")
    options = parser.parse_args()
    if options.stack == "fastapi":
        server.run(with_fastapi(), options.host, options.port)
    else:
        uvloop.run(with_websockets(options.host, options.port))


if __name__ == "__main__":
    main()
