"""Has many people use the studio at once, of whom each watches only their own jobs.

    python studio_crowd.py http://127.0.0.1:8080 --clients 10 --jobs 5

Half of the jobs are pictures from words and half are models of different pictures, and no two ask for the same size: a result
that went to somebody else is found out by it. Prints a line of JSON for each client and one for all; ends with status 1 where
a job is lost or done twice, a result is wrong, or somebody was told of another's job.
"""

import argparse
import functools
import sys
import threading

from studio_user import (
    FINAL,
    FORMATS,
    Events,
    Report,
    Studio,
    assert_is_printable,
    mesh,
    said,
    scene,
    size_of,
)

COLOURS = ("red", "green", "blue", "yellow")
TRANSPORTS = (["polling"], ["websocket"], ["polling", "websocket"])
KINDS = ("text-to-image", "image-to-3d")
START_SECONDS = 120
# More than the studio keeps of one run of this.
LISTED = 200


class Order:
    """A job that nobody else asks for."""

    def __init__(self, number: int):
        self.number = number
        self.is_picture = number % 2 == 0
        self.picture_size = 64 + 8 * (number % 7), 64 + 8 * (number // 7)
        self.format = FORMATS[number // 2 % len(FORMATS)]
        # Each differs from all others by more than the 1 % by which a size may be missed.
        self.dimensions = {"width": 40 + 2 * number, "height": 150 - 2 * number, "depth": 20}
        self.job = ""


class Client:
    def __init__(self, number: int, options: argparse.Namespace, together: threading.Barrier):
        self.number = number
        self.server = options.server
        self.studio = Studio(options.server)
        self.orders = [Order(number * options.jobs + index) for index in range(options.jobs)]
        self.together = together
        self.steps = options.steps

    def run(self) -> str:
        with Events(self.server, TRANSPORTS[self.number % len(TRANSPORTS)]) as events:
            for order in self.orders:
                if not order.is_picture:
                    order.job = self.studio.upload(scene(order.number + 1_000))["job_id"]
                    events.subscribe(order.job)
            # Nobody's job runs before everybody has subscribed to one: who never does may be told of others' from the same address.
            self.together.wait(START_SECONDS)
            for order in self.orders:
                self.submit(order)
                if order.is_picture:
                    events.subscribe(order.job)
            for order in self.orders:
                last = events.final(order.job)
                assert last["status"] == "completed", last
            # What has been sent twice would have come before the answer to this.
            events.answered("ping", by="pong")
            strangers = events.jobs() - {order.job for order in self.orders}
            assert not strangers, f"told of jobs of others: {strangers}"
            for order in self.orders:
                self.assert_was_followed(events, order)
            transport = events.socket.transport()
        return f"{transport}: {', '.join(self.result(order) for order in self.orders)}"

    def submit(self, order: Order) -> None:
        if order.is_picture:
            prompt = f"a {COLOURS[order.number % len(COLOURS)]} ball"
            width, height = order.picture_size
            order.job = self.studio.text_to_image(prompt, width=width, height=height, steps=self.steps)
        else:
            answer = self.studio.generate(order.job, format=order.format, dimensions=order.dimensions, quality=4)
            assert answer["job_id"] == order.job, answer

    def assert_was_followed(self, events: Events, order: Order) -> None:
        updates = events.named("job_update", order.job)
        progress = [update["progress"] for update in updates]
        assert progress == sorted(progress), (order.job, progress)
        assert len(events.finals(order.job)) == 1 and updates[-1]["status"] in FINAL, [update["status"] for update in updates]
        state = self.studio.status(order.job)
        assert state["status"] == "completed", state

    def result(self, order: Order) -> str:
        last = self.studio.status(order.job)
        if order.is_picture:
            size = size_of(self.studio.download(last["preview_url"]))
            assert size == order.picture_size == (last["width"], last["height"]), (size, last)
            return f"{size[0]}x{size[1]}"
        data = self.studio.download(last["download_url"])
        assert len(data) == last["file_size"], last
        return assert_is_printable(mesh(data, order.format), *order.dimensions.values())


def every_job_is_there_once(studio: Studio, clients: list[Client]) -> str:
    jobs = {order.job: order for client in clients for order in client.orders}
    assert len(jobs) == sum(len(client.orders) for client in clients), "two have the same id"
    for kind in KINDS:
        listed = said(studio.get(f"/api/jobs?kind={kind}&limit={LISTED}"))["jobs"]
        stored = [(entry.get("reference") or entry["id"], entry) for entry in listed]
        mine = [(job, entry) for job, entry in stored if job in jobs]
        wanted = {job for job, order in jobs.items() if order.is_picture == (kind == "text-to-image")}
        assert {job for job, _ in mine} == wanted and len(mine) == len(wanted), f"{len(mine)} {kind} instead of {len(wanted)}"
        for _, entry in mine:
            assert entry["state"] == "succeeded" and entry.get("attempt", 1) == 1, entry
    return f"{len(jobs)} jobs"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=5, help="of each client")
    parser.add_argument("--steps", type=int, default=4, help="of each picture")
    options = parser.parse_args()
    together = threading.Barrier(options.clients)
    clients = [Client(number, options, together) for number in range(options.clients)]
    report = Report()
    threads = [
        threading.Thread(target=report.run, args=({"client": client.number}, functools.partial(Client.run, client)))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report.run({"check": every_job_is_there_once.__name__}, every_job_is_there_once, Studio(options.server), clients)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
