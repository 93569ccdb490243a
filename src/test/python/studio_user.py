"""What the studio's clients share: the server as a page uses it, its events, pictures to send, meshes that come back."""

import functools
import http.client
import io
import json
import random
import struct
import threading
import time
import urllib.parse

import engineio
import numpy as np
import requests
import socketio
import trimesh
from PIL import Image, ImageDraw

FORMATS = ("stl", "obj", "ply", "glb")
FINAL = ("completed", "failed")
STATES = ("pending", "initializing", "processing", *FINAL)

HEALTH_SECONDS = 5
ANSWER_SECONDS = 60
DOWNLOAD_SECONDS = 60
# The pages give up earlier, but not on a machine that fifty jobs share.
JOB_SECONDS = 300


class OwnAddress(requests.adapters.HTTPAdapter):
    """Connects from another address of this machine, so that the server sees somebody else."""

    def __init__(self, address: str):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


class Studio:
    """The server over HTTP; one thread at a time."""

    def __init__(self, server: str):
        self.server = server.rstrip("/")
        self.http = requests.Session()

    def get(self, path: str, **options) -> requests.Response:
        return self.http.get(self.server + path, **{"timeout": ANSWER_SECONDS, **options})

    def post(self, path: str, body=None, **options) -> requests.Response:
        """With a body as JSON, unless the options have another one."""
        if body is not None:
            options["json"] = body
        return self.http.post(self.server + path, **{"timeout": ANSWER_SECONDS, **options})

    def verbatim(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Status and body of a path that is sent as it is written: other libraries shorten and decode paths first."""
        host = urllib.parse.urlsplit(self.server)
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def try_upload(self, picture: bytes, name: str = "picture.png", **options) -> requests.Response:
        return self.post("/api/upload-image", files={"image": (name, picture, "image/png")}, **options)

    def upload(self, picture: bytes, name: str = "picture.png") -> dict:
        return said(self.try_upload(picture, name))

    def text_to_image(self, prompt: str, **fields) -> str:
        """The id of its job."""
        return said(self.post("/api/text-to-image", {"prompt": prompt, **fields}))["job_id"]

    def generate(self, job: str, **fields) -> dict:
        return said(self.post("/api/generate-3d", {"job_id": job, **fields}))

    def status(self, job: str) -> dict:
        answer = said(self.get(f"/api/job-status/{job}"))
        assert answer["job_id"] == job, answer
        assert answer["status"] in STATES, answer
        assert isinstance(answer["progress"], (int, float)) and 0 <= answer["progress"] <= 100, answer
        assert answer["message"] == answer["step"], answer
        return answer

    def states(self, job: str, pause: float = 1):
        """What a page is told that asks again and again, up to the end of the job."""
        give_up = time.monotonic() + JOB_SECONDS
        while True:
            state = self.status(job)
            yield state
            if state["status"] in FINAL:
                return
            assert time.monotonic() < give_up, f"not after {JOB_SECONDS} s: {state}"
            time.sleep(pause)

    def end(self, job: str, pause: float = 0.2) -> dict:
        *_, last = self.states(job, pause)
        return last

    def completed(self, job: str) -> dict:
        last = self.end(job)
        assert last["status"] == "completed" and last["progress"] == 100, last
        return last

    def download(self, path: str) -> bytes:
        answer = self.get(path, timeout=DOWNLOAD_SECONDS)
        assert answer.status_code == 200, f"{path}: {told(answer)}"
        return answer.content

    def model(self, job: str, kind: str) -> bytes:
        return self.download(f"/api/download/{job}/model.{kind}")


def told(answer: requests.Response) -> str:
    return f"{answer.status_code} {answer.text[:300]}"


def said(answer: requests.Response, *statuses: int) -> dict:
    """The JSON of an answer that must have one of these statuses, 200 without any."""
    assert answer.status_code in (statuses or (200,)), f"{answer.request.method} {answer.request.url}: {told(answer)}"
    assert answer.headers["Content-Type"].split(";")[0] == "application/json", answer.headers
    return answer.json()


class InOrder(engineio.Client):
    """Hands messages over in the order in which they come: the library's own starts a thread for each."""

    def _trigger_event(self, event, *arguments, **options):
        return super()._trigger_event(event, *arguments, **{**options, "run_async": False})


class SocketClient(socketio.Client):
    def _engineio_client_class(self):
        return InOrder


class Events:
    """A connection of Socket.IO that keeps every event with the time at which it came."""

    def __init__(self, server: str, transports: list[str] | None = None, address: str | None = None):
        session = requests.Session()
        if address:
            session.mount("http://", OwnAddress(address))
        self.socket = SocketClient(reconnection=False, http_session=session)
        self.socket.on("*", self._tell)
        self.all: list[tuple[float, str, dict]] = []
        self.changed = threading.Condition()
        self.socket.connect(server, transports=transports, wait_timeout=ANSWER_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.disconnect()

    def _tell(self, event: str, *arguments) -> None:
        with self.changed:
            self.all.append((time.monotonic(), event, arguments[0] if arguments else {}))
            self.changed.notify_all()

    def named(self, name: str, job: str | None = None) -> list[dict]:
        """The arguments of the events of a name so far, of one job where one is given."""
        with self.changed:
            return [data for _, event, data in self.all if event == name and (job is None or data.get("job_id") == job)]

    def of(self, job: str) -> list[tuple[float, str, dict]]:
        with self.changed:
            return [entry for entry in self.all if entry[2].get("job_id") == job]

    def jobs(self) -> set[str]:
        """Every job of which anything was told."""
        with self.changed:
            return {data["job_id"] for _, event, data in self.all if event != "subscribed" and "job_id" in data}

    def wait_for(self, condition, seconds: float = ANSWER_SECONDS):
        """What a condition returns as soon as that is true."""
        with self.changed:
            result = self.changed.wait_for(condition, seconds)
            assert result, [(event, data) for _, event, data in self.all[-5:]]
            return result

    def subscribe(self, job: str) -> dict:
        """Subscribes as a page does; returns the state with which that is answered."""
        before = len(self.named("job_update", job))
        self.socket.emit("subscribe_job", {"job_id": job})
        self.wait_for(lambda: len(self.named("job_update", job)) > before)
        return self.named("job_update", job)[before]

    def finals(self, job: str) -> list[dict]:
        return [update for update in self.named("job_update", job) if update["status"] in FINAL]

    def final(self, job: str) -> dict:
        return self.wait_for(lambda: self.finals(job), JOB_SECONDS)[0]

    def answered(self, event: str, *arguments, by: str) -> dict:
        before = len(self.named(by))
        self.socket.emit(event, *arguments)
        self.wait_for(lambda: len(self.named(by)) > before)
        return self.named(by)[before]


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@functools.cache
def solid(width: int, height: int, colour: tuple[int, int, int] = (200, 60, 40)) -> bytes:
    return encoded(Image.new("RGB", (width, height), colour))


def still_life(seed: int, width: int = 192, height: int = 160) -> Image.Image:
    """A lit ball on a table before a wall, another one for every seed."""
    chance = random.Random(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shade = np.where(y > height * 0.6, 110 + 60 * y / height, 190 - 40 * y / height)
    picture = shade[..., None] * np.array([chance.uniform(0.7, 1) for _ in range(3)], np.float32)
    radius = height * chance.uniform(0.18, 0.3)
    dx, dy = x - width * chance.uniform(0.35, 0.65), y - height * chance.uniform(0.5, 0.65)
    inside = dx**2 + dy**2 < radius**2
    facing = np.sqrt(np.maximum(0, 1 - (dx**2 + dy**2) / radius**2)) * 0.7 - (dx + dy) / radius * 0.25 + 0.2
    colour = np.array([chance.uniform(60, 255) for _ in range(3)], np.float32)
    picture[inside] = (np.clip(facing, 0.05, 1)[..., None] * colour)[inside]
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def scene(seed: int, width: int = 192, height: int = 160) -> bytes:
    return encoded(still_life(seed, width, height))


def cut_out(seed: int) -> bytes:
    """A ball with nothing around it: a picture with transparency."""
    picture = still_life(seed).convert("RGBA")
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).ellipse((50, 40, 140, 130), fill=255)
    picture.putalpha(mask)
    return encoded(picture)


def cube(side: float, triangles: int = 12) -> bytes:
    """A cube as binary STL, or the first so many triangles of it."""
    corners = [(x, y, z) for x in (0, side) for y in (0, side) for z in (0, side)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))][:triangles]
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *corners[a], *corners[b], *corners[c], 0) for a, b, c in faces)
    return b"A cube".ljust(80) + struct.pack("<I", len(faces)) + body


def sphere() -> bytes:
    """5,120 triangles as binary STL."""
    return trimesh.creation.icosphere(subdivisions=4, radius=20).export(file_type="stl")


def mesh(data: bytes, kind: str) -> trimesh.Trimesh:
    """A mesh in the eyes of trimesh, once the file has been found to be of the kind."""
    assert_is_written_as(data, kind)
    loaded = trimesh.load(io.BytesIO(data), file_type=kind, force="mesh", process=True)
    # Texture coordinates and normals part vertices at seams; for the shape only their places count.
    loaded.merge_vertices(merge_tex=True, merge_norm=True)
    return loaded


def assert_is_written_as(data: bytes, kind: str) -> None:
    if kind == "stl":
        (triangles,) = struct.unpack_from("<I", data, 80)
        assert len(data) == 84 + 50 * triangles and triangles > 0, (len(data), triangles)
        assert not data.startswith(b"solid"), data[:80]
    elif kind == "obj":
        lines = data.decode("ascii").splitlines()
        assert any(line.startswith("v ") for line in lines) and any(line.startswith("f ") for line in lines), lines[:5]
    elif kind == "ply":
        assert data.startswith(b"ply"), data[:20]
    else:
        magic, version, length = struct.unpack_from("<4sII", data)
        assert (magic, version, length) == (b"glTF", 2, len(data)), (magic, version, length, len(data))


def assert_is_printable(solid_mesh: trimesh.Trimesh, width: float, height: float, depth: float) -> str:
    """That a mesh is closed, turned outwards, and as large as asked within 1 %."""
    size = [float(side) for side in solid_mesh.extents]
    for side, wanted in zip(size, (width, height, depth)):
        assert abs(side - wanted) <= 0.01 * wanted, f"{size} instead of {[width, height, depth]}"
    assert solid_mesh.is_watertight and solid_mesh.is_winding_consistent, "the mesh is not closed"
    assert solid_mesh.volume > 0, f"the mesh is turned inside out: {solid_mesh.volume}"
    return f"{len(solid_mesh.faces)} triangles, {' x '.join(f'{side:.2f}' for side in size)} mm"


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def size_of(picture: bytes) -> tuple[int, int]:
    return decoded(picture).size


class Report:
    """Runs checks and prints a line of JSON for each; threads may share it."""

    def __init__(self):
        self.failed = 0
        self.printing = threading.Lock()

    def run(self, label: dict, check, *arguments) -> None:
        began = time.monotonic()
        try:
            result = {"ok": True, "detail": check(*arguments) or ""}
        except Exception as fault:  # whatever it is, the checks after it are still worth their lines
            result = {"ok": False, "detail": f"{type(fault).__name__}: {fault}"[:2000]}
        with self.printing:
            self.failed += not result["ok"]
            print(json.dumps({**label, **result, "seconds": round(time.monotonic() - began, 2)}), flush=True)
