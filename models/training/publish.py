"""Makes a mode's trained networks into the model that Osprey serves, and records how good they are.

    python models/training/publish.py fast --seeds 1 2 3

Every seed's graph is measured on the held-out pictures as the server would run it: scaled by OpenCV, run by ONNX
Runtime, its mask scaled back by nearest neighbour. The first seed's graph goes to models/<mode>, the figures of all to
results.json, beside those of other seeds that were trained as long and are as large. With --keep the graph in
models/<mode> stays.

Which size a network is served with is chosen by other pictures: --widths 224 256 only says how good the first seed's
graph is at these on the validation pictures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from networks import NETWORKS, Network
from quality import mean_iou, per_class_iou
from train import BATCH, OTHER_PICTURES, HERE, WORK
from world import dataset
from world.scene import LABELS

EXPORT = HERE.parent / "export"
sys.path.append(str(EXPORT))

from measure import one_thread  # noqa: E402
from model_folder import write_model  # noqa: E402
from segmentation import PREFIX, export  # noqa: E402

RESULTS = HERE / "results.json"
# Smaller tensors are not worth a node.
LEAST_HALVED = 256

START = {
    "accurate": "from the backbone of the shipped `sota`",
    "sota": "from a backbone that the same command trains first",
}


def halved(content: bytes) -> bytes:
    """The same graph with its weights stored as float16, half the file; ONNX Runtime widens them once, at loading."""
    model = onnx.load_from_string(content)
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.name.startswith(PREFIX) and values.dtype == np.float32 and values.size >= LEAST_HALVED:
            wide = f"{tensor.name}.float32"
            for node in model.graph.node:
                node.input[:] = [wide if name == tensor.name else name for name in node.input]
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), tensor.name))
            casts.append(helper.make_node("Cast", [tensor.name], [wide], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def graph(mode: str, network: Network, checkpoint: Path) -> bytes:
    model = network.build(len(LABELS))
    model.load_state_dict(torch.load(checkpoint, weights_only=True))
    facts = {"network": network.name, "weights": "trained on Osprey's procedural world"}
    # The decoder with queries is traced for one frame.
    any_batch = network.family != "mask2former"
    return halved(export(model, network.width, network.height, facts, any_batch=any_batch))


def confusion(content: bytes, network: Network, pictures: dataset.Pictures) -> np.ndarray:
    """Pixels by class [truth, found] over the pictures."""
    session = onnxruntime.InferenceSession(content, one_thread(), providers=["CPUExecutionProvider"])
    counts = np.zeros(len(LABELS) ** 2, np.int64)
    for pixels, mask in zip(pictures.pixels, pictures.masks, strict=True):
        scaled = cv2.resize(pixels[..., ::-1], (network.width, network.height), interpolation=cv2.INTER_LINEAR)
        found = session.run(None, {"pixels": scaled[None]})[0][0]
        found = cv2.resize(found, mask.shape[::-1], interpolation=cv2.INTER_NEAREST)
        counts += np.bincount(mask.ravel().astype(np.int64) * len(LABELS) + found.ravel(), minlength=len(counts))
    return counts.reshape(len(LABELS), len(LABELS))


def memory_mib(content: bytes) -> int:
    """What measure.py says, rounded up, in a process of its own."""
    file = WORK / "measured.onnx"
    file.write_bytes(content)
    command = [sys.executable, str(EXPORT / "measure.py"), str(file), "--runs", "5"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(float(said.split()[1])) + 1


def manifest(mode: str, network: Network, memory: int) -> dict:
    return {
        "name": mode,
        "kind": "segmentation",
        "description": f"{network.name}, trained on Osprey's procedural world: a table and what stands on it.",
        "version": 1,
        "sha256": {},
        "input": {
            "name": "pixels",
            "width": network.width,
            "height": network.height,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": "mask", "decoder": "mask", "width": network.width, "height": network.height},
        "labels": list(LABELS),
        "palette": "voc",
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": memory,
        "licence": "Apache-2.0",
        "source": f"trained by Osprey: models/training/train.py {mode}",
    }


def table(rows: dict[str, list[float]]) -> str:
    return "\n".join(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |" for name, values in rows.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=NETWORKS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of the checkpoints; the first is shipped")
    parser.add_argument("--keep", action="store_true", help="only add figures: leave the graph that is shipped")
    parser.add_argument("--widths", type=int, nargs="+", help="only try these on the validation pictures")
    parser.add_argument("--checkpoints", type=Path, default=WORK)
    parser.add_argument("--pictures", type=Path, default=WORK.parent / "world", help="folder of the rendered pictures")
    options = parser.parse_args()
    mode, network = options.mode, NETWORKS[options.mode]
    WORK.mkdir(parents=True, exist_ok=True)
    if options.widths:
        validation = dataset.pictures(options.pictures, dataset.VALIDATION, OTHER_PICTURES)
        for width in options.widths:
            tried = replace(network, width=width, height=width * dataset.HEIGHT // dataset.WIDTH)
            content = graph(mode, tried, options.checkpoints / f"{mode}-{options.seeds[0]}.pt")
            print(f"{tried.width} x {tried.height}: mean IoU {mean_iou(confusion(content, tried, validation)):.4f}")
        return
    held_out = dataset.pictures(options.pictures, dataset.HELD_OUT, OTHER_PICTURES)

    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"modes": {}}
    seeds = []
    for seed in options.seeds:
        content = graph(mode, network, options.checkpoints / f"{mode}-{seed}.pt")
        if seed == options.seeds[0]:
            shipped, shipped_seed = content, seed
        counts = confusion(content, network, held_out)
        training = json.loads((options.checkpoints / f"{mode}-{seed}.json").read_text())
        by_class = {label: round(float(iou), 4) for label, iou in zip(LABELS, per_class_iou(counts), strict=True)}
        took = {name: training[name] for name in ("steps", "seconds")}
        seeds.append({"seed": seed, "meanIou": round(mean_iou(counts), 4), "perClass": by_class, **took})
        print(seeds[-1])

    size = f"{network.width}x{network.height}"
    recorded = results["modes"].get(mode, {"seeds": [], "input": size})
    if recorded["input"] == size:
        others = [run for run in recorded["seeds"] if run["seed"] not in options.seeds]
        seeds = sorted(seeds + [run for run in others if run["steps"] == seeds[0]["steps"]], key=lambda run: run["seed"])
    if options.keep:
        shipped_seed = recorded["shippedSeed"]
        shipped = (HERE.parent / mode / "1" / "model.onnx").read_bytes()
    parameters = int({p.key: p.value for p in onnx.load_from_string(shipped).metadata_props}["parameters"])
    results["world"] = {
        "heldOut": OTHER_PICTURES,
        "width": dataset.WIDTH,
        "height": dataset.HEIGHT,
        "classes": list(LABELS),
    }
    results["modes"][mode] = {
        "network": network.name,
        "parameters": parameters,
        "input": size,
        "shippedSeed": shipped_seed,
        "seeds": seeds,
    }
    results["modes"] = {name: results["modes"][name] for name in NETWORKS if name in results["modes"]}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")

    memory = memory_mib(shipped)
    columns = {label: [run["perClass"][label] for run in seeds] for label in LABELS}
    columns["**mean**"] = [run["meanIou"] for run in seeds]
    facts = {
        "mode": mode,
        "network": network.name,
        "parameters": f"{parameters:,}",
        "width": network.width,
        "height": network.height,
        "memory": memory,
        "held_out": OTHER_PICTURES,
        "seeds": " | ".join(f"seed {run['seed']}" for run in seeds),
        "rules": " | ".join("---" for _ in seeds),
        "table": table(columns),
        "steps": seeds[0]["steps"],
        "batch": BATCH,
        "start": START.get(mode, "from nothing"),
        "minutes": round(statistics.mean(run["seconds"] for run in seeds) / 60),
        "seed": shipped_seed,
    }
    print(write_model(HERE.parent, manifest(mode, network, memory), shipped, facts, HERE / "card"))


if __name__ == "__main__":
    main()
