"""Brings a network that tells sign words in clips, trained by somebody else, into models/<name>.

The file is of Keras (.h5 or .hdf5, also as Keras 2 wrote it, and .keras), of PyTorch (.pt by torch.jit.save, .pt2 by
torch.export.save) or ONNX (.onnx). The network takes clips of float32 and gives one number for each word.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from clip_graph import INPUT, LAYOUTS, OUTPUT, ClipInput, Unfit, bring
from clip_networks import MAX_BATCH, read
from model_folder import HERE, next_version, sha256, write_model

KIND = "sign-words"
MAX_LABELS = 256
MEASURED_RUNS = 20

EPILOG = f"""\
examples:
  clips.py --network WLASL20c_model.h5 --licence "CC BY-NC 4.0" --source https://example.org/signs
  clips.py --network words.pt --name words --labels words.txt --frames 16 --layout NCTHW --colour rgb --logits \\
      --mean 0.485 0.456 0.406 --deviation 0.229 0.224 0.225 --licence MIT --source "trained by the school"

The new version is compared with the original before it is written. Osprey serves it from the next start on, or at once
when the operator asks for that version. To go back: git checkout models/<name>.
A file of PyTorch is a program: open one only from somebody you trust. More: models/README.md.
"""


def labels_of(file: Path) -> list[str]:
    try:
        labels = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as reason:
        raise SystemExit(f"{file} cannot be read: {reason}") from None
    if not all(label.strip() for label in labels):
        raise SystemExit(f"{file} has an empty line, expected a word in each")
    if len(set(labels)) < len(labels):
        raise SystemExit(f"{file} has the word {next(label for label in labels if labels.count(label) > 1)} twice")
    if not 1 <= len(labels) <= MAX_LABELS:
        raise SystemExit(f"{file} has {len(labels)} words, expected 1 to {MAX_LABELS}")
    return labels


def refuse_other_kind(folder: Path) -> None:
    file = folder / "model.json"
    kind = json.loads(file.read_text(encoding="utf-8"))["kind"] if file.exists() else KIND
    if kind != KIND:
        raise SystemExit(f"{folder} is a model of the kind {kind}, not {KIND}: choose another --name")


def cost(content: bytes, batch: int) -> tuple[int, str]:
    """What measure.py says in a process of its own: MiB, rounded up, and milliseconds of a run at best."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        file.write_bytes(content)
        command = [sys.executable, str(HERE / "measure.py"), str(file)]
        command += ["--runs", str(MEASURED_RUNS), "--batch", str(batch)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(float(said[1])) + 1, said[-3]


def manifest(options: argparse.Namespace, labels: list[str], version: int, memory_mib: int) -> dict:
    return {
        "name": options.name,
        "kind": KIND,
        "description": options.description or f"Tells {len(labels)} signed words by clips of {options.frames} frames.",
        "version": version,
        "sha256": {},
        "input": {
            "name": INPUT,
            "frames": options.frames,
            "width": options.width,
            "height": options.height,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": OUTPUT, "decoder": "classes", "shape": [len(labels)], "activation": "none"},
        "labels": labels,
        "threshold": options.threshold,
        "batch": {"max": options.batch, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": memory_mib,
        "licence": options.licence,
        "source": options.source,
    }


def inside(taken: ClipInput) -> str:
    """What the graph does to a clip's bytes."""
    steps = ["divided by 255"]
    if taken.colour == "rgb":
        steps.append("turned to RGB")
    if any(taken.mean) or set(taken.deviation) != {1.0}:
        steps.append(f"less {list(taken.mean)}, by {list(taken.deviation)}")
    if taken.layout != "NTHWC":
        steps.append(f"laid out as {taken.layout}")
    return ", ".join(steps)


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG
    )
    parser.add_argument("--network", type=Path, metavar="FILE", required=True, help="the network's file")
    parser.add_argument("--licence", type=text, metavar="TEXT", required=True, help="the terms of its weights")
    parser.add_argument("--source", type=text, metavar="TEXT", required=True, help="who made it, and where it is from")
    parser.add_argument(
        "--name",
        type=name,
        default="signs",
        help="the model's name: lower-case letters, digits and hyphens (default: signs)",
    )
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        default=HERE / "labels" / "signs.txt",
        help="the words, one a line, in the order of the network's answers (default: the protocol's 20)",
    )
    parser.add_argument("--description", type=text, metavar="TEXT", help="one sentence for the manifest")
    parser.add_argument(
        "--threshold",
        type=float,
        default=0.5,
        help="a word is told where its probability is greater, else none is (default: 0.5)",
    )
    takes = parser.add_argument_group("what the network takes")
    takes.add_argument("--frames", type=whole, default=10, help="of a clip, the oldest first (default: 10)")
    takes.add_argument("--height", type=whole, default=224, help="of a frame, in pixels (default: 224)")
    takes.add_argument("--width", type=whole, default=224, help="of a frame, in pixels (default: 224)")
    takes.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="NTHWC",
        help="the order of its axes: N clips, T frames, H rows, W columns, C colours (default: NTHWC)",
    )
    takes.add_argument("--colour", choices=("bgr", "rgb"), default="bgr", help="the order of its colours (default: bgr)")
    takes.add_argument(
        "--mean",
        type=float,
        nargs=3,
        metavar="M",
        default=(0.0, 0.0, 0.0),
        help="subtracted from values of 0 to 1, in the network's order of colours (default: nothing)",
    )
    takes.add_argument(
        "--deviation",
        type=float,
        nargs=3,
        metavar="D",
        default=(1.0, 1.0, 1.0),
        help="what is left is divided by it (default: 1 1 1); mean and deviation 0.5 give -1 to 1",
    )
    gives = parser.add_argument_group("what it gives, and how it is served")
    gives.add_argument("--logits", action="store_true", help="its answers are no probabilities yet: adds the softmax")
    gives.add_argument(
        "--batch",
        type=whole,
        default=1,
        help="most clips in one run of the server, which pays on a GPU and costs memory (default: 1)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=HERE.parent,
        help="the model repository to write into (default: the folder models of this checkout)",
    )
    options = parser.parse_args(words)
    if not 0 <= options.threshold < 1:
        parser.error("--threshold is at least 0 and less than 1")
    if 0 in options.deviation:
        parser.error("--deviation has a 0, by which nothing can be divided")
    if options.batch > MAX_BATCH:
        parser.error(f"--batch is at most {MAX_BATCH}")
    return options


def whole(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word} is no whole number above 0")
    return int(word)


def name(word: str) -> str:
    if not re.fullmatch("[a-z0-9-]+", word):
        raise argparse.ArgumentTypeError(f"{word} has other characters than lower-case letters, digits and hyphens")
    return word


def text(word: str) -> str:
    if not word.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return word


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    labels = labels_of(options.labels)
    refuse_other_kind(options.output / options.name)
    network = read(options.network)
    taken = ClipInput(
        options.frames,
        options.height,
        options.width,
        options.layout,
        options.colour,
        tuple(options.mean),
        tuple(options.deviation),
    )
    facts = {"network": f"{options.network.name}, {network.kind}", "weights": options.source}
    try:
        graph = bring(network, taken, len(labels), options.logits, facts)
    except Unfit as reason:
        raise SystemExit(f"{options.network} {reason}") from None
    if options.batch > 1 and not graph.any_batch:
        raise SystemExit(f"{options.network} takes one clip at a time, so --batch {options.batch} is not possible")
    memory_mib, millis = cost(graph.content, options.batch)
    version = next_version(options.output / options.name)
    described = manifest(options, labels, version, memory_mib)
    card = {
        **described,
        "file": options.network.name,
        "file_sha256": sha256(options.network.read_bytes()),
        "kind": network.kind,
        "batch": "N" if graph.any_batch else 1,
        "frames": taken.frames,
        "height": taken.height,
        "width": taken.width,
        "steps": inside(taken),
        "softmax": ", by a softmax of the network's answers" if options.logits else "",
        "classes": len(labels),
        "labels": ", ".join(labels),
        "difference": f"{graph.difference:.1g}",
        "memory": memory_mib,
        "served": options.batch,
        "millis": millis,
    }
    folder = write_model(options.output, described, graph.content, card, HERE / "clips")
    print(
        f"Answers as the original does, probabilities differ by {graph.difference:.1g} at most. "
        f"{memory_mib} MiB, {millis} ms for a run on one thread.\n"
        f"Wrote version {version} to {folder}. Osprey serves it from the next start on, or at once:\n"
        f"  curl -X PUT -H 'Content-Type: application/json' -d '{{\"version\": {version}}}' "
        f"http://127.0.0.1:8080/api/models/{options.name}\n"
        f"To go back: git checkout {folder}; a model that is new is removed with its folder."
    )


if __name__ == "__main__":
    main()
