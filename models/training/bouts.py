"""Renders bouts of two computed fencers: the video, the scoring box's signal file and the truth.

    python models/training/bouts.py                                      # the page's samples and the tests' truth
    python models/training/bouts.py --output out --phrase short-attack --winner right --seed 3

Writes <name>.mp4 and <name>.txt into src/main/webapp/samples/bouts and <name>.json into src/test/resources/bouts, or all three
into `--output`. The video is H.264 in yuv420p, which browsers play.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import av
import numpy as np

from fencer import body, hall, phrase, renderer
from fencer.body import UP, Build, Fencer, Look, Posture
from fencer.hall import linear
from fencer.phrase import PHRASES, Performed, Phrase
from fencer.renderer import Camera

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SAMPLES = ROOT / "src" / "main" / "webapp" / "samples" / "bouts"
TRUTH = ROOT / "src" / "test" / "resources" / "bouts"
# As recordings of scoring boxes are; signal files are counted in frames of this rate.
RATE = 15
WIDTH, HEIGHT = 1280, 720
# Rendered larger and averaged, for smooth edges.
FINER = 2
# x264's: larger means smaller files.
QUALITY = 24
# Phrase, winner, seed.
SHOWN = (("attack-and-counter", "left", 1), ("parry-and-riposte", "right", 4), ("attack-on-a-stop", "right", 2))


@dataclass(frozen=True)
class Bout:
    """A phrase, who fences it, where, and how it is filmed. All of it follows from the phrase's name, the winner and the seed."""

    phrase: Phrase
    left: Fencer
    right: Fencer
    # And where, or nobody.
    referee: tuple[Fencer, np.ndarray] | None
    hall: hall.Hall
    camera: Camera
    rate: int
    seed: int

    @property
    def name(self) -> str:
        """What happens, who has the right of way, and the seed."""
        return f"{self.phrase.name}-{self.phrase.winner}-{self.seed}"

    @cached_property
    def times(self) -> np.ndarray:
        """Seconds of the frames, [T]."""
        return np.arange(round(self.phrase.length * self.rate)) / self.rate

    @cached_property
    def performed(self) -> tuple[Performed, Performed]:
        return phrase.performed(self.phrase, self.left, self.right, self.times)


def bout(name: str, winner: str, seed: int, rate: int = RATE, width: int = WIDTH, height: int = HEIGHT) -> Bout:
    random = np.random.default_rng([seed, 7])

    def fencer(side: int) -> Fencer:
        build = Build().scaled(random.uniform(0.95, 1.05), random.uniform(0.93, 1.08))
        return Fencer(side, bool(random.random() < 0.8), build, random_look(random))

    left, right = fencer(1), fencer(-1)
    there = hall.random_hall(random)
    # The piste's lines from -3.6 to 3.6 m fill most of the width.
    away = random.uniform(7.2, 8.2)
    camera = Camera(
        width,
        height,
        np.array([random.uniform(-0.2, 0.2), random.uniform(1.2, 1.7), away]),
        width * away / 8.4,
        random.uniform(0.02, 0.05),
    )
    dark = {
        "jacket": linear((48, 52, 62)),
        "lame": linear((48, 52, 62)),
        "breeches": linear((52, 50, 50)),
        "socks": linear((40, 40, 44)),
        "shoes": linear((30, 28, 28)),
    }
    referee = Fencer(-1, True, Build(), replace(random_look(random), **dark), armed=False)
    # To the side of where the two meet: a pose network that is shown a fencer before a bare face may take that one's joints.
    place = np.array([random.choice([-1, 1]) * random.uniform(4.1, 4.5), 0.0, random.uniform(-2.4, -1.8)])
    looked_at = (referee, place) if random.random() < 0.7 else None
    return Bout(phrase.phrase(name, winner, seed, left, right), left, right, looked_at, there, camera, rate, seed)


def random_look(random: np.random.Generator) -> Look:
    def one(*colours: tuple) -> np.ndarray:
        return linear(colours[int(random.integers(len(colours)))])

    white = one((236, 236, 233), (230, 230, 226), (238, 236, 228))
    return Look(
        skin=one((222, 180, 152), (190, 140, 108), (136, 92, 66), (92, 62, 46)),
        hair=one((46, 32, 24), (24, 20, 20), (110, 78, 44), (70, 50, 36)),
        jacket=white,
        lame=one((164, 168, 176), (150, 154, 160), (172, 172, 170), (140, 150, 168)),
        breeches=white,
        socks=one((238, 238, 236), (225, 225, 225), (170, 40, 46), (40, 60, 130)),
        shoes=one((40, 60, 150), (150, 40, 40), (230, 230, 232), (50, 50, 54), (40, 110, 80)),
        glove=one((222, 222, 216), (200, 200, 196), (90, 92, 98)),
    )


def standing(referee: Fencer, place: np.ndarray) -> np.ndarray:
    """The parts of somebody who stands there, looks at the camera's side and holds his hands together: [parts, NUMBERS]."""
    build, aside = referee.build, referee.forward
    hips = place + (build.thigh + build.shin + build.ankle - 0.005) * UP
    ahead = -referee.weapon
    posture = Posture(
        hips=hips[None],
        front_ankle=(place + 0.13 * aside + build.ankle * UP)[None],
        back_ankle=(place - 0.13 * aside + build.ankle * UP)[None],
        front_turned=np.array([1.3]),
        front_toes=np.zeros(1),
        lean=np.zeros(1),
        turned=np.array([np.pi / 2]),
        hand=(hips + 0.17 * ahead + 0.12 * UP + 0.07 * aside)[None],
        blade=aside[None],
        other_hand=(hips + 0.17 * ahead + 0.12 * UP - 0.07 * aside)[None],
        nod=np.zeros(1),
        head_turned=np.array([np.pi / 2 - 0.2]),
    )
    return body.parts(referee, body.joints(referee, posture))[0]


class Film:
    """Renders a bout's frames."""

    def __init__(self, bout_: Bout, finer: int = FINER) -> None:
        self.bout = bout_
        self.camera = bout_.camera.finer(finer)
        self.rays = self.camera.rays()
        self.background = hall.background(bout_.hall, self.camera)
        self.depth = np.full(self.background.shape[:2], renderer.FAR, np.float32)
        if bout_.referee is not None:
            fencer, place = bout_.referee
            self._body(standing(fencer, place), fencer, self.background, self.depth)
        self.parts = [body.parts(f, p.joints) for f, p in zip((bout_.left, bout_.right), bout_.performed, strict=True)]

    def _body(self, parts: np.ndarray, fencer: Fencer, picture: np.ndarray, depth: np.ndarray) -> None:
        renderer.draw(parts, fencer.look.materials(), self.camera, self.rays, self.bout.hall.light, picture, depth)

    def frame(self, number: int) -> np.ndarray:
        """uint8 [height, width, 3], RGB."""
        there = self.bout
        picture, depth = self.background.copy(), self.depth.copy()
        for fencer, parts in zip((there.left, there.right), self.parts, strict=True):
            self._body(parts[number], fencer, picture, depth)
        for own in there.performed:
            hall.blade(picture, depth, self.camera, own.blade[number], phrase.bow(own.blade[number]))
        return hall.filmed(picture, there.camera)


_film: Film | None = None


def _begin(what: tuple, finer: int) -> None:
    global _film
    _film = Film(bout(*what), finer)


def _frame(number: int) -> np.ndarray:
    assert _film is not None
    return _film.frame(number)


def frames(what: tuple, finer: int = FINER, workers: int = 2) -> np.ndarray:
    """uint8 [T, height, width, 3] of the bout with these arguments."""
    count = len(bout(*what).times)
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(what, finer)) as pool:
        return np.stack(list(pool.map(_frame, range(count), chunksize=2)))


def signal(bout_: Bout) -> str:
    """The scoring box's lines."""
    there = bout_.phrase
    (first, one), (_, two) = there.hits
    other = "Right" if first == "left" else "Left"
    lines = [(0.0, "Phrase recording started")]
    lines += [(at, "Off-Target: Blade-to-blade contact.") for at in there.contacts]
    lines += [(one, f"HIT: {first.capitalize()} scores on {other}!"), (one + 0.023, "Lockout period started (0.200s window)")]
    lines += [(two, "HIT: Simultaneous valid hits!"), (len(bout_.times) / bout_.rate, "Phrase recording ended")]
    text = "".join(f" {at:.3f}s | {what}\n" for at, what in sorted(lines))
    return (
        text
        + f"Scores -> Fencer 1: HIT, Fencer 2: HIT\nPhrase ended\nConfirmed result winner: {there.winner.capitalize()} Fencer\n"
    )


def keypoints(bout_: Bout) -> tuple[np.ndarray, np.ndarray]:
    """Of the left and the right fencer, pixels [T, 17, 2], not a number where they are out of the picture."""
    found = []
    for own in bout_.performed:
        spots = bout_.camera.project(own.joints.keypoints)
        outside = ((spots < 0) | (spots >= [bout_.camera.width, bout_.camera.height])).any(-1)
        spots[outside] = np.nan
        found.append(spots)
    return found[0], found[1]


def boxes(bout_: Bout) -> tuple[np.ndarray, np.ndarray]:
    """About the bodies without their blades: left, top, right, bottom in pixels, [T, 4]."""
    found = []
    for fencer, own in zip((bout_.left, bout_.right), bout_.performed, strict=True):
        parts = body.parts(fencer, own.joints)
        ends = np.stack([parts[..., renderer.A : renderer.A + 3], parts[..., renderer.B : renderer.B + 3]])
        radii = np.stack([parts[..., renderer.RADIUS_A], parts[..., renderer.RADIUS_B]])
        spots = bout_.camera.project(ends)
        around = (radii / (bout_.camera.eye[2] - ends[..., 2]) * bout_.camera.focal)[..., None]
        found.append(np.concatenate([(spots - around).min((0, 2)), (spots + around).max((0, 2))], -1))
    return found[0], found[1]


def truth(bout_: Bout) -> dict:
    def points(found: np.ndarray) -> list:
        return [[None if np.isnan(p).any() else [round(float(v), 1) for v in p] for p in frame] for frame in found]

    left, right = keypoints(bout_)
    left_box, right_box = boxes(bout_)
    there = bout_.phrase
    return {
        "name": bout_.name,
        "phrase": there.name,
        "winner": there.winner,
        "fps": bout_.rate,
        "width": bout_.camera.width,
        "height": bout_.camera.height,
        "frames": len(bout_.times),
        "moments": [{"at": round(m.at, 3), "who": m.who, "what": m.what} for m in there.moments],
        "contacts": [round(at, 3) for at in there.contacts],
        "hits": [{"at": round(at, 3), "who": who} for who, at in there.hits],
        "left": {
            "hand": "right" if bout_.left.right_handed else "left",
            "boxes": left_box.round(1).tolist(),
            "keypoints": points(left),
        },
        "right": {
            "hand": "right" if bout_.right.right_handed else "left",
            "boxes": right_box.round(1).tolist(),
            "keypoints": points(right),
        },
    }


def write_video(file: Path, pictures: np.ndarray, rate: int) -> None:
    with av.open(str(file), "w", options={"movflags": "+faststart"}) as video:
        stream = video.add_stream("libx264", rate, options={"crf": str(QUALITY), "preset": "slow", "g": str(2 * rate)})
        stream.height, stream.width, stream.pix_fmt = *pictures.shape[1:3], "yuv420p"
        for pixels in pictures:
            video.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        video.mux(stream.encode(None))


def write(what: tuple, videos: Path, truths: Path) -> Path:
    there = bout(*what)
    for folder in (videos, truths):
        folder.mkdir(parents=True, exist_ok=True)
    (videos / f"{there.name}.txt").write_text(signal(there), encoding="utf-8", newline="\n")
    (truths / f"{there.name}.json").write_text(
        json.dumps(truth(there), separators=(",", ":")) + "\n", encoding="utf-8", newline="\n"
    )
    file = videos / f"{there.name}.mp4"
    write_video(file, frames(what), there.rate)
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path)
    parser.add_argument("--phrase", choices=PHRASES)
    parser.add_argument("--winner", choices=("left", "right"), default="left")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--size", type=int, nargs=2, default=(WIDTH, HEIGHT), metavar=("WIDTH", "HEIGHT"))
    given = parser.parse_args()
    shown = [(given.phrase, given.winner, given.seed)] if given.phrase else SHOWN
    for one in shown:
        print(write((*one, given.rate, *given.size), given.output or SAMPLES, given.output or TRUTH))


if __name__ == "__main__":
    main()
