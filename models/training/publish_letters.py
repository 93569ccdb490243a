"""Makes a trained reader of letters into the model that Osprey serves, and records how good it is.

    python models/training/publish_letters.py letters --seeds 1 2 3
    python models/training/publish_letters.py letter --seeds 1 2 3

Every seed's graph is measured by ONNX Runtime on the held-out examples. The first seed's goes to models/letters or
models/letter, the figures of all to letters.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import onnx_ir
import onnxruntime
import torch
from torch import Tensor, nn

from hand.alphabet import LETTERS, STILL
from hand.clips import HELD_OUT, TRAINING
from letters import EXAMPLES_OF_A_LETTER, HELD_OUT_STREAM, HERE, READERS, WORK, Reader, accuracy, confusion, examples, weakest

EXPORT = HERE.parent / "export"
sys.path.append(str(EXPORT))

from measure import one_thread  # noqa: E402
from model_folder import write_model  # noqa: E402
from onnx_file import finished  # noqa: E402

RESULTS = HERE / "letters.json"
OPSET = 20
MAX_BATCH = 256
# Most clips in one call of the server.
SERVED_BATCH = 8

# What the cards of the two say differently.
TEXTS = {
    "sides": {
        "letters": "The first 21 points of a frame are the hand that MediaPipe calls Left, the others the Right one, an "
        "absent hand's are\nzero. Either hand is read alike, by construction: neither mirroring x nor exchanging the sides "
        "changes anything. A\nsecond, idle hand is in some of the clips; two hands that both show something are read as "
        "one.",
        "letter": "Either hand is read alike, by construction: mirroring x changes nothing.",
    },
    "start": {
        "letters": "from the model `letter` of the same seed, whose first layers stay as they are,",
        "letter": "from nothing",
    },
    "moving": {
        "letters": "A clip begins with the learner\narriving from another letter or from a relaxed hand.",
        "letter": "J and Z are movements;\na frame shows them after the first third, where they differ from I and D "
        "by how the hand is turned and held.",
    },
    "photographs": {
        # Seen with the first seed's networks and MediaPipe 0.10.21; to be looked at again when they are trained anew.
        "letters": "F 0.31, C 0.15, L 0.10, B 0.09, shown as a clip that stands still",
        "letter": "F 0.21, C 0.15, T 0.11, S 0.09",
    },
}


class Probabilities(nn.Module):
    """What is exported."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, landmarks: Tensor) -> Tensor:
        return self.network(landmarks).softmax(1)


def graph(reader: Reader, model: nn.Module, facts: dict[str, str]) -> bytes:
    """float32 `landmarks` [N, ...] to float32 `probabilities` [N, 26]; the same weights give the same bytes."""
    return exported(reader.name, Probabilities(model), "landmarks", torch.zeros(2, *reader.shape), MAX_BATCH, facts)


def exported(
    name: str, module: nn.Module, entering: str, example: Tensor, most: int, facts: dict[str, str]
) -> bytes:
    """The graph of a module with one input, `entering`, and `probabilities`; of 1 to `most` examples at a time."""
    with torch.no_grad():
        program = torch.onnx.export(
            module.eval(),
            (example,),
            input_names=[entering],
            output_names=["probabilities"],
            opset_version=OPSET,
            dynamic_shapes=({0: torch.export.Dim("N", min=1, max=most)},),
            dynamo=True,
            verbose=False,
        )
    proto = onnx_ir.to_proto(program.model)
    parameters = sum(values.numel() for values in module.parameters())
    return finished(proto, name, {**facts, "parameters": str(parameters)}).SerializeToString(deterministic=True)


def probabilities(content: bytes, landmarks: Tensor) -> np.ndarray:
    """float32 [N, 26]: what the graph answers as it is served."""
    session = onnxruntime.InferenceSession(content, one_thread(), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"landmarks": part.numpy()})[0] for part in landmarks.split(MAX_BATCH)])


def cost(content: bytes) -> tuple[int, str]:
    """What measure.py says in a process of its own: MiB, rounded up, and milliseconds of a run at best."""
    file = WORK / "measured.onnx"
    file.write_bytes(content)
    command = [sys.executable, str(EXPORT / "measure.py"), str(file), "--runs", "100"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(float(said[1])) + 1, said[-3]


def manifest(reader: Reader, memory: int) -> dict:
    return {
        "name": reader.name,
        "kind": "letters",
        "description": f"Reads the letters of the American manual alphabet: {reader.title}.",
        "version": 1,
        "sha256": {},
        "input": {"name": "landmarks", "shape": list(reader.shape)},
        "output": {"name": "probabilities", "decoder": "classes", "shape": [len(LETTERS)], "activation": "none"},
        "labels": list(LETTERS),
        "hands": {"needed": 1, "normalisation": "wrist"},
        "batch": {"max": SERVED_BATCH, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": memory,
        "licence": "Apache-2.0",
        "source": f"trained by Osprey: models/training/letters.py {reader.name}",
    }


def worlds() -> str:
    """How the held-out examples differ from the training's."""

    def spans(several: Iterable[tuple[float, float]]) -> str:
        return ", ".join(f"{low:g} to {high:g}" for low, high in several)

    rows = {
        "palm's width, fingers' and thumb's length: per cent more or less than average": lambda w: spans(w.anatomy),
        "camera beside the line from which the letter is meant to be seen, degrees": lambda w: spans([w.view]),
        "camera rolled to either side, degrees": lambda w: spans([w.roll]),
        "camera's distance in lengths of the palm": lambda w: spans(w.distance),
        "picture's width by height": lambda w: ", ".join(f"{aspect:.3g}" for aspect in w.aspects),
    }
    lines = [f"| {name} | {of(TRAINING)} | {of(HELD_OUT)} |" for name, of in rows.items()]
    return "\n".join(["| | training | held out |", "| --- | --- | --- |", *lines])


def table(counts: np.ndarray) -> str:
    """Per cent of the examples of a row's letter that were read as a column's; nothing for none."""
    lines = ["| | " + " | ".join(LETTERS) + " |", "|" + " --- |" * (len(LETTERS) + 1)]
    for letter, row in zip(LETTERS, 100 * counts / counts.sum(1, keepdims=True), strict=True):
        lines.append(f"| **{letter}** | " + " | ".join(f"{share:.3g}" if share else "" for share in row) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of the checkpoints; the first is shipped")
    parser.add_argument("--checkpoints", type=Path, default=WORK)
    options = parser.parse_args()
    reader = READERS[options.reader]
    WORK.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    shown, letters = examples(reader, HELD_OUT, HELD_OUT_STREAM)

    runs, graphs, confusions = [], [], []
    for seed in options.seeds:
        model = reader.build().eval()
        model.load_state_dict(torch.load(options.checkpoints / f"{reader.name}-{seed}.pt", weights_only=True))
        graphs.append(graph(reader, model, {"network": reader.title, "weights": "trained on Osprey's kinematic hand"}))
        confusions.append(confusion(probabilities(graphs[-1], shown), letters.numpy()))
        trained = json.loads((options.checkpoints / f"{reader.name}-{seed}.json").read_text())
        figures = {part: accuracy(confusions[-1], of) for part, of in (("heldOut", LETTERS), ("heldOutStill", STILL))}
        runs.append({**trained, **figures})
        print(runs[-1], weakest(confusions[-1]))

    parameters = int({p.key: p.value for p in onnx.load_from_string(graphs[0]).metadata_props}["parameters"])
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[reader.name] = {
        "network": reader.title,
        "parameters": parameters,
        "heldOutExamples": len(letters),
        "shippedSeed": options.seeds[0],
        "seeds": runs,
        "weakest": {f"{a} read as {b}": share for a, b, share in weakest(confusions[0])},
    }
    RESULTS.write_text(json.dumps({name: results[name] for name in READERS if name in results}, indent=2) + "\n")

    memory, millis = cost(graphs[0])
    facts = {
        "name": reader.name,
        "title": reader.title,
        "parameters": f"{parameters:,}",
        "shape": ", ".join(map(str, reader.shape)),
        "memory": memory,
        "millis": millis,
        "each": EXAMPLES_OF_A_LETTER,
        "seed": options.seeds[0],
        "steps": runs[0]["steps"],
        "batch": reader.batch,
        "examples": reader.examples,
        "seconds": round(statistics.mean(run["seconds"] for run in runs)),
        "seeds": "\n".join(
            f"| {run['seed']} | {run['validation']:.3f} | {run['heldOut']:.3f} | {run['heldOutStill']:.3f} |" for run in runs
        ),
        "weakest": ", ".join(f"{a} for {b} ({100 * share:.3g} %)" for a, b, share in weakest(confusions[0])),
        "table": table(confusions[0]),
        "worlds": worlds(),
        **{name: texts[reader.name] for name, texts in TEXTS.items()},
    }
    print(write_model(HERE.parent, manifest(reader, memory), graphs[0], facts, HERE / "hand" / "card"))


if __name__ == "__main__":
    main()
