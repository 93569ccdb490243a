"""Makes a trained reader of signs into the model that Osprey serves."""

from __future__ import annotations

import subprocess
import sys

import onnx
import onnx_ir
import torch
from torch import Tensor, nn
from torch.nn import functional

from signs import FRAMES, HERE, LABELS, SIDE, WORK, ReadsSigns

EXPORT = HERE.parent / "export"
sys.path.append(str(EXPORT))

from model_folder import write_model  # noqa: E402

OPSET = 20
MAX_BATCH = 8
# Most clips in one call of the server.
SERVED_BATCH = 4


class Probabilities(nn.Module):
    """What is exported: from bytes to probabilities. The pictures are halved by the mean of 2 × 2 pixels."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, clip: Tensor) -> Tensor:
        frames = clip.permute(0, 1, 4, 2, 3).flatten(0, 1).float() / 255.0
        return self.network(functional.avg_pool2d(frames, 2).unflatten(0, (-1, FRAMES))).softmax(1)


def graph(model: nn.Module, facts: dict[str, str]) -> bytes:
    """uint8 `clip` [N, 10, 224, 224, 3] to float32 `probabilities` [N, 20]; the same weights give the same bytes."""
    with torch.no_grad():
        program = torch.onnx.export(
            Probabilities(model).eval(),
            (torch.zeros(2, FRAMES, SIDE, SIDE, 3, dtype=torch.uint8),),
            input_names=["clip"],
            output_names=["probabilities"],
            opset_version=OPSET,
            dynamic_shapes=({0: torch.export.Dim("N", min=1, max=MAX_BATCH)},),
            dynamo=True,
            verbose=False,
        )
    proto = onnx_ir.to_proto(program.model)
    # Without torch's notes on where each node came from.
    for part in (proto.graph, *proto.graph.node, *proto.graph.input, *proto.graph.output, *proto.graph.initializer):
        del part.metadata_props[:]
        part.ClearField("doc_string")
    del proto.graph.value_info[:]
    proto.graph.name = "signs"
    proto.producer_name, proto.producer_version = "osprey", ""
    del proto.metadata_props[:]
    parameters = sum(values.numel() for values in model.parameters())
    onnx.helper.set_model_props(proto, {**facts, "parameters": str(parameters)})
    onnx.checker.check_model(proto, full_check=True)
    return proto.SerializeToString(deterministic=True)


def cost(content: bytes) -> tuple[int, str]:
    """What measure.py says in a process of its own: MiB, rounded up, and milliseconds of a run at best."""
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / "measured.onnx"
    file.write_bytes(content)
    command = [sys.executable, str(EXPORT / "measure.py"), str(file), "--runs", "100"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(float(said[1])) + 1, said[-3]


def manifest(memory: int) -> dict:
    return {
        "name": "signs",
        "kind": "sign-words",
        "description": f"Reads {len(LABELS)} signed words from clips of {FRAMES} frames.",
        "version": 1,
        "sha256": {},
        "input": {
            "name": "clip",
            "frames": FRAMES,
            "width": SIDE,
            "height": SIDE,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": "probabilities", "decoder": "classes", "shape": [len(LABELS)], "activation": "none"},
        "labels": list(LABELS),
        "threshold": 0.5,
        "batch": {"max": SERVED_BATCH, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": memory,
        "licence": "Apache-2.0",
        "source": "trained by Osprey: models/training/signs.py",
    }


def main() -> None:
    torch.manual_seed(1)
    content = graph(ReadsSigns().eval(), {"network": "convolutions over space and time", "weights": "untrained"})
    memory, millis = cost(content)
    print(memory, "MiB", millis, "ms", len(content))
    print(write_model(HERE.parent, manifest(memory), content, {}, HERE / "signer" / "card"))


if __name__ == "__main__":
    main()
