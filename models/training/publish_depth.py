"""Makes the trained depth network into the model that Osprey serves, and records how good it is.

    python models/training/publish_depth.py --seeds 1

Every seed's graph is measured on the held-out pictures as the server would run it: scaled by OpenCV, run by ONNX Runtime,
its answer scaled back, the inverse of the depth bilinearly. Beside it stands what planes do on the same pictures. The
first seed's graph goes to models/depth, the figures to depth.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch

from depth import HEIGHT, WIDTH, DepthNetwork, served
from depth_quality import NEAREST, measured, planes, rendered
from publish import halved
from publish_letters import cost
from train import BATCH, HERE, OTHER_PICTURES, WORK
from world import dataset

EXPORT = HERE.parent / "export"
sys.path.append(str(EXPORT))

import depth_graph  # noqa: E402
from measure import one_thread  # noqa: E402
from model_folder import write_model  # noqa: E402

NAME = "ResNet with a transformer and a feature pyramid, small"
RESULTS = HERE / "depth.json"


def graph(model: DepthNetwork) -> bytes:
    """`pixels` uint8 [N, 168, 224, 3], BGR, to `depth` float32 [N, 168, 224], metres; weights stored as float16."""
    facts = {"network": NAME, "weights": "trained on Osprey's procedural world"}
    return halved(depth_graph.export(model.eval(), served, WIDTH, HEIGHT, facts))


def run(content: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """Metres [height, width] of a picture [height, width, 3], RGB, as the server makes them."""
    session = onnxruntime.InferenceSession(content, one_thread(), providers=["CPUExecutionProvider"])

    def answer(pixels: np.ndarray) -> np.ndarray:
        scaled = cv2.resize(pixels[..., ::-1], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
        (found,) = session.run(None, {"pixels": scaled[None]})
        return 1 / cv2.resize(1 / found[0], pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)

    return answer


def manifest(memory: int) -> dict:
    return {
        "name": "depth",
        "kind": "depth",
        "description": "How far away everything is, trained on Osprey's procedural world: a table and what stands on it.",
        "version": 1,
        "sha256": {},
        "input": {
            "name": "pixels",
            "width": WIDTH,
            "height": HEIGHT,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": "depth", "decoder": "depth", "width": WIDTH, "height": HEIGHT},
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": memory,
        "licence": "Apache-2.0",
        "source": "trained by Osprey: models/training/depth.py",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="of the checkpoints; the first is shipped")
    parser.add_argument("--checkpoints", type=Path, default=WORK)
    parser.add_argument("--pictures", type=Path, default=WORK.parent / "world", help="folder of the rendered pictures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    held_out = dataset.pictures(options.pictures, dataset.HELD_OUT, OTHER_PICTURES)
    known = [n for n in rendered(dataset.HELD_OUT, OTHER_PICTURES) if (held_out.depths[n] >= NEAREST).any()]

    graphs, runs = [], []
    for seed in options.seeds:
        model = DepthNetwork()
        model.load_state_dict(torch.load(options.checkpoints / f"depth-{seed}.pt", weights_only=True))
        graphs.append(graph(model))
        trained = json.loads((options.checkpoints / f"depth-{seed}.json").read_text())
        runs.append({**trained, "heldOut": measured(run(graphs[-1]), held_out, dataset.HELD_OUT)})
        print(runs[-1])
    of_planes = planes(held_out, dataset.HELD_OUT)
    print(of_planes)

    parameters = int({p.key: p.value for p in onnx.load_from_string(graphs[0]).metadata_props}["parameters"])
    results = {
        "network": NAME,
        "parameters": parameters,
        "input": f"{WIDTH}x{HEIGHT}",
        "heldOutPictures": len(known),
        "shippedSeed": options.seeds[0],
        "seeds": runs,
        "planes": of_planes,
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")

    memory, millis = cost(graphs[0])
    shipped = runs[0]["heldOut"]
    facts = {
        "network": NAME,
        "parameters": f"{parameters:,}",
        "width": WIDTH,
        "height": HEIGHT,
        "memory": memory,
        "millis": millis,
        "seed": options.seeds[0],
        "steps": runs[0]["steps"],
        "batch": BATCH,
        "minutes": round(statistics.mean(run["seconds"] for run in runs) / 60),
        "pictures": len(known),
        "nearest": NEAREST,
        "error": f"{shipped['relativeError']:.3f}",
        "scaled": f"{shipped['relativeErrorScaled']:.3f}",
        "validation": f"{runs[0]['validation']['relativeError']:.3f}",
        "validation_scaled": f"{runs[0]['validation']['relativeErrorScaled']:.3f}",
        **{name: f"{value:.3f}" for name, value in of_planes.items()},
        **{
            f"better_than_{of}{scaled}": f"{of_planes[f'planeOf{of}{scaled}'] / shipped[f'relativeError{scaled}']:.1f}"
            for of in ("Each", "All")
            for scaled in ("", "Scaled")
        },
    }
    print(write_model(HERE.parent, manifest(memory), graphs[0], facts, HERE / "depth_card"))


if __name__ == "__main__":
    main()
