"""uvicorn as the peers run it."""

from __future__ import annotations

import argparse

import uvicorn
from fastapi import FastAPI

MAX_MESSAGE_BYTES = 16 << 20


def parser(description: str | None) -> argparse.ArgumentParser:
    """With the options that every peer has."""
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000)
    return options


def announce(host: str, port: int) -> None:
    print(f"Ready at http://{host}:{port}/", flush=True)


class Server(uvicorn.Server):
    """Says when it listens."""

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            announce(self.config.host, self.config.port)


def run(app: FastAPI, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        # A JPEG does not get smaller.
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    Server(config).run()
