"""What the clients of the fingerspelling coach do, with a real WebSocket client and with either name of the target's field.

    python fingerspelling_client.py ws://127.0.0.1:8080/ picture.jpg picture-of-a-hand.png

Prints a line for each scenario; ends with status 1 at the first one that does not go as the protocol says.
"""

import asyncio
import base64
import json
import sys

import websockets

RESULT = {"maxarg_letter", "target_arg_prob", "detected_word_letter", "target_lettr_prob", "target_word_prob"}
RESET = {
    "maxarg_letter": "A",
    "target_arg_prob": 0.0,
    "detected_word_letter": "A",
    "target_lettr_prob": 0.0,
    "target_word_prob": 0.0,
}
RESET_SECONDS = 2
PATIENCE_SECONDS = 30


class Coach:
    def __init__(self, url, target_name, empty, hand):
        self.url = url
        self.target_name = target_name
        self.empty = empty
        self.hand = hand

    def connect(self, query=""):
        return websockets.connect(self.url + query, max_size=None, open_timeout=PATIENCE_SECONDS)

    def message(self, picture, target=None):
        blob = None if picture is None else base64.b64encode(picture).decode()
        return json.dumps({"jpeg_blob": blob, self.target_name: target})

    async def reset(self, socket, target, picture=None):
        """Sends a target and takes its answer."""
        await socket.send(self.message(picture, target))
        answer = json.loads(await asyncio.wait_for(socket.recv(), RESET_SECONDS))
        assert answer == RESET, answer

    async def connection(self):
        async with self.connect() as socket:
            await (await socket.ping())

    async def three_connections(self):
        sockets = [await self.connect() for _ in range(3)]
        for target, socket in zip("ABC", sockets):
            await self.reset(socket, target)
        for socket in sockets:
            await socket.close()

    async def valid_message(self):
        async with self.connect() as socket:
            await self.reset(socket, "B", self.empty)

    async def invalid_message(self):
        async with self.connect() as socket:
            for message in ({"data": 1}, {"jpeg_blob": 5}, {"jpeg_blob": None, self.target_name: 5}, {"jpeg_blob": "$"}):
                await socket.send(json.dumps(message))
            await self.reset_after_errors(socket)

    async def a_reset(self):
        async with self.connect() as socket:
            for _ in range(5):
                await socket.send(self.message(self.empty))
            await self.reset(socket, "A")
            await self.reset(socket, "z", self.empty)

    async def disconnect_while_processing(self):
        socket = await self.connect()
        await socket.send(self.message(self.hand, "B"))
        await socket.close()
        async with self.connect() as next_socket:
            await self.reset(next_socket, "B")

    async def malformed_json(self):
        async with self.connect() as socket:
            for text in ("no JSON", "5", "[]", "{", ""):
                await socket.send(text)
            await self.reset_after_errors(socket)

    async def reset_after_errors(self, socket):
        """The connection lives, errors were told of, and seldom: the server may count the rest."""
        await (await socket.ping())
        await socket.send(self.message(None, "B"))
        errors = 0
        while (answer := json.loads(await asyncio.wait_for(socket.recv(), RESET_SECONDS))) != RESET:
            assert set(answer) == {"error"}, answer
            errors += 1
        assert errors >= 1

    async def end_to_end(self):
        """A hand is shown, as fast as the client may, until the coach says a letter; by one frame and by a clip."""
        for query in ("?model=letter", ""):
            async with self.connect(query) as socket:
                await self.reset(socket, "B", self.hand)
                sending = asyncio.create_task(self.show(socket))
                try:
                    result = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
                finally:
                    sending.cancel()
                assert set(result) == RESULT, result
                assert result["maxarg_letter"] == result["detected_word_letter"], result
                assert len(result["maxarg_letter"]) == 1 and "A" <= result["maxarg_letter"] <= "Z", result
                for name in RESULT - {"maxarg_letter", "detected_word_letter"}:
                    assert isinstance(result[name], float) and 0 <= result[name] <= 1, result
                assert result["target_arg_prob"] == result["target_lettr_prob"], result

    async def show(self, socket):
        while True:
            await socket.send(self.message(self.hand))
            await asyncio.sleep(0.1)


async def main(url, empty, hand):
    for target_name in ("new_letter", "new_word_letter"):
        coach = Coach(url, target_name, empty, hand)
        for scenario in (
            coach.connection,
            coach.three_connections,
            coach.valid_message,
            coach.invalid_message,
            coach.a_reset,
            coach.disconnect_while_processing,
            coach.malformed_json,
            coach.end_to_end,
        ):
            await scenario()
            print(f"{target_name}: {scenario.__name__}")


if __name__ == "__main__":
    url, *files = sys.argv[1:]
    pictures = []
    for file in files:
        with open(file, "rb") as stream:
            pictures.append(stream.read())
    asyncio.run(main(url, *pictures))
