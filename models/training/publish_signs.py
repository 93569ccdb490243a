"""Makes a trained reader of signs into the model that Osprey serves, and records how good it is.

    python models/training/publish_signs.py --seeds 1 2 3

Every seed's graph is measured by ONNX Runtime, as the server hands clips to it, on other signers of the training's world and on
held-out ones from beyond it. The first seed's goes to
models/signs, the figures of all to signs.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

from publish import halved
from publish_letters import cost, exported
from signer import clips, dataset
from signer.clips import FRAMES, HELD_OUT, NONE, TRAINING
from signer.vocabulary import SIGNS, WORDS
from signs import BATCH, GLANCED, HERE, THRESHOLD, TRAINING_CLIPS, WORK, ReadsSigns, figures

# publish has made the folder of the exporters known.
from measure import one_thread
from model_folder import write_model

RESULTS = HERE / "signs.json"
HELD_OUT_CLIPS = 2400
MAX_BATCH = 8
# Most clips in one call of the server.
SERVED_BATCH = 4
# Seconds between frames: of what a page sends, of what slower clients send.
INTERVALS = (0.0, 0.06, 0.11, 1.0)


class Probabilities(nn.Module):
    """What is exported: from bytes to probabilities. The pictures are halved by the mean of 2 × 2 pixels."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, clip: Tensor) -> Tensor:
        frames = clip.permute(0, 1, 4, 2, 3).flatten(0, 1).float() / 255.0
        return self.network(functional.avg_pool2d(frames, 2).unflatten(0, (-1, FRAMES))).softmax(1)


def graph(network: nn.Module, facts: dict[str, str]) -> bytes:
    """uint8 `clip` [N, 10, 224, 224, 3] to float32 `probabilities` [N, 20]; the same weights give the same bytes."""
    example = torch.zeros(2, FRAMES, clips.SIDE, clips.SIDE, 3, dtype=torch.uint8)
    return halved(exported("signs", Probabilities(network), "clip", example, MAX_BATCH, facts))


def session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, one_thread(), providers=["CPUExecutionProvider"])


def _answered(graphs: list[bytes], name: str, numbers: range) -> tuple[np.ndarray, list[tuple[int, float, str]]]:
    """Of some clips of a set: the graphs' probabilities [graphs, clips, 20]; each clip's word, interval and kind."""
    cv2.setNumThreads(1)
    readers = [session(content) for content in graphs]
    found, shown = [], []
    for number in numbers:
        clip = dataset.drawn(dataset.SETS[name], number)
        found.append([reader.run(None, {"clip": clip.frames[None]})[0][0] for reader in readers])
        shown.append((clip.word, clip.interval, clip.what))
    return np.array(found).swapaxes(0, 1), shown


def answered(graphs: list[bytes], name: str, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """The same of the first `count` clips of a set: probabilities, words, intervals, kinds."""
    parts = [range(first, min(first + 100, count)) for first in range(0, count, 100)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        results = list(pool.map(_answered, [graphs] * len(parts), [name] * len(parts), parts))
    words, intervals, kinds = zip(*(one for _, shown in results for one in shown), strict=True)
    return np.concatenate([found for found, _ in results], 1), np.array(words), np.array(intervals), list(kinds)


def by_interval(probabilities: np.ndarray, words: np.ndarray, intervals: np.ndarray) -> dict[str, dict[str, float]]:
    found = {}
    for low, high in zip(INTERVALS, INTERVALS[1:], strict=False):
        chosen = (intervals >= low) & (intervals < high)
        name = f"{round(1000 * max(low, clips.SHORTEST))} to {round(1000 * min(high, clips.LONGEST))} ms"
        found[name] = figures(probabilities[chosen], words[chosen])
    return found


def by_kind(probabilities: np.ndarray, words: np.ndarray, kinds: list[str]) -> dict[str, float]:
    """Of the clips without a sign: the part of each kind that is answered by none."""
    quiet = probabilities.max(1) <= THRESHOLD
    names = np.array(kinds)
    return {kind: round(float(quiet[names == kind].mean()), 3) for kind, _ in clips.NOTHING}


def confusion(probabilities: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Signs by word [shown, most probable]."""
    counts = np.zeros((NONE, NONE), np.int64)
    shown = words != NONE
    np.add.at(counts, (words[shown], probabilities[shown].argmax(1)), 1)
    return counts


def weakest(counts: np.ndarray, most: int = 10) -> dict[str, float]:
    """The words most often taken for another one, and the part of those shown."""
    parts = counts / counts.sum(1, keepdims=True)
    np.fill_diagonal(parts, 0)
    pairs = [divmod(int(k), NONE) for k in np.argsort(-parts, axis=None, kind="stable")[:most]]
    return {f"{WORDS[a]} for {WORDS[b]}": round(float(parts[a, b]), 3) for a, b in pairs if parts[a, b] > 0}


def manifest(memory: int) -> dict:
    return {
        "name": "signs",
        "kind": "sign-words",
        "description": f"Reads {len(WORDS)} signed words from clips of {FRAMES} frames: convolutions over space and time.",
        "version": 1,
        "sha256": {},
        "input": {
            "name": "clip",
            "frames": FRAMES,
            "width": clips.SIDE,
            "height": clips.SIDE,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": "probabilities", "decoder": "classes", "shape": [len(WORDS)], "activation": "none"},
        "labels": list(WORDS),
        "threshold": THRESHOLD,
        "batch": {"max": SERVED_BATCH, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": memory,
        "licence": "Apache-2.0",
        "source": "trained by Osprey: models/training/signs.py",
    }


def worlds() -> str:
    """How the held-out clips differ from the training's."""

    def spans(several: Iterable[tuple[float, float]]) -> str:
        return ", ".join(f"{low:g} to {high:g}" for low, high in several)

    rows = {
        "shoulders, arms, head, girth, hands: per cent more or less than average": lambda w: spans(w.build),
        "per cent faster or slower than the dictionary's form": lambda w: spans(w.tempo),
        "movements per cent larger or smaller": lambda w: spans(w.size),
        "camera beside, degrees": lambda w: spans(w.yaw),
        "camera above or below, degrees": lambda w: spans(w.pitch),
        "camera rolled, degrees": lambda w: spans(w.roll),
        "half of the height that is seen, metres": lambda w: spans(w.half),
        "camera's distance, metres": lambda w: spans(w.distance),
        "body beside the middle, pictures": lambda w: spans(w.aside),
        "picture's width by height, before it is stretched": lambda w: ", ".join(f"{a:.3g}" for a in sorted(set(w.aspects))),
        "skin, from the lightest 0 to the darkest 1": lambda w: spans(w.skins),
        "hues of clothes and rooms, 0 to 1": lambda w: spans(w.hues),
        "hair": lambda w: ", ".join(sorted(set(w.haircuts))),
        "photographs behind": lambda w: str(len(w.photographs)),
    }
    lines = [f"| {name} | {of(TRAINING)} | {of(HELD_OUT)} |" for name, of in rows.items()]
    return "\n".join(["| | training | held out |", "| --- | --- | --- |", *lines])


def table(rows: dict[str, dict[str, float]], first: str) -> str:
    lines = [f"| {first} | right | said rightly | said wrongly |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {row['right']:.3f} | {row['saidRightly']:.3f} | {row['saidWrongly']:.3f} |" for name, row in rows.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="of the checkpoints; the first is shipped")
    parser.add_argument("--checkpoints", type=Path, default=WORK)
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)

    graphs, trained = [], []
    for seed in options.seeds:
        network = ReadsSigns().eval()
        network.load_state_dict(torch.load(options.checkpoints / f"signs-{seed}.pt", weights_only=True))
        facts = {"network": "convolutions over space and time", "weights": "trained on Osprey's computed signer"}
        graphs.append(graph(network, facts))
        trained.append(json.loads((options.checkpoints / f"signs-{seed}.json").read_text()))
    others, words, _, _ = answered(graphs, "others", HELD_OUT_CLIPS)
    runs = [{**run, "otherSigners": figures(said, words)} for run, said in zip(trained, others, strict=True)]
    found, words, intervals, kinds = answered(graphs, "held-out", HELD_OUT_CLIPS)
    runs = [{**run, "heldOut": figures(said, words)} for run, said in zip(runs, found, strict=True)]
    intervals_of = by_interval(found[0], words, intervals)
    quiet, counts = by_kind(found[0], words, kinds), confusion(found[0], words)
    parameters = int({p.key: p.value for p in onnx.load_from_string(graphs[0]).metadata_props}["parameters"])
    memory, millis = cost(graphs[0])
    each = {WORDS[k]: round(float(counts[k, k] / counts[k].sum()), 3) for k in range(NONE)}
    results = {
        "parameters": parameters,
        "heldOutClips": {"signs": int((words != NONE).sum()), "none": int((words == NONE).sum())},
        "shippedSeed": options.seeds[0],
        "seeds": runs,
        "heldOutByInterval": intervals_of,
        "heldOutByWord": each,
        "weakest": weakest(counts),
        "noneByKind": quiet,
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))
    facts = {
        "parameters": f"{parameters:,}",
        "memory": memory,
        "millis": millis,
        "seed": options.seeds[0],
        "glances": runs[0]["glances"],
        "glanced": GLANCED,
        "steps": runs[0]["steps"],
        "wide": runs[0]["wideSteps"],
        "minutes": round(runs[0]["seconds"] / 60),
        "batch": BATCH,
        "clips": f"{TRAINING_CLIPS:,}",
        "signs": results["heldOutClips"]["signs"],
        "none": results["heldOutClips"]["none"],
        "seeds": "\n".join(
            f"| {run['seed']} | {part} | {row['right']:.3f} | {row['saidRightly']:.3f} | {row['saidWrongly']:.3f} | {row['none']:.3f} |"
            for run in runs
            for part, row in (
                ("validation", run["validation"]),
                ("other signers", run["otherSigners"]),
                ("held out", run["heldOut"]),
            )
        ),
        "intervals": table(intervals_of, "between frames"),
        "each": ", ".join(f"{word} {part:.2f}" for word, part in each.items()),
        "weakest": ", ".join(f"{pair} ({100 * part:.3g} %)" for pair, part in results["weakest"].items()),
        "quiet": ", ".join(f"{kind} {part:.2f}" for kind, part in quiet.items()),
        "descriptions": "\n".join(f"| {sign.word} | {sign.description} |" for sign in SIGNS),
        "worlds": worlds(),
    }
    print(write_model(HERE.parent, manifest(memory), graphs[0], facts, HERE / "signer" / "card"))


if __name__ == "__main__":
    main()
