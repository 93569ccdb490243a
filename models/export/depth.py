"""Puts Depth Anything V2 small in the place of the depth network that Osprey ships.

The checkpoint is that of Hugging Face, depth-anything/Depth-Anything-V2-Small-hf, under the Apache-2.0. The larger ones of
the same family are NOT for commercial use and are not brought by this command.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

from depth_graph import export
from model_folder import HERE, next_version, write_model
from public import RANDOM_WEIGHTS_SEED, RANDOM_WEIGHTS_TERMS, load_transformers, loaded
from segmentation import half_precision, metadata

NAME = "Depth Anything V2 small"
CHECKPOINT = "depth-anything/Depth-Anything-V2-Small-hf"
SOURCE = f"Hugging Face, {CHECKPOINT}"
CHECKPOINT_KIND = "a folder with config.json and model.safetensors"
LICENCE = "Apache-2.0"
TERMS = (
    "The makers publish the weights of the small network under the Apache-2.0 (file LICENSE). They were learned from "
    "pictures that are rendered and from pictures of public data sets, which have licences of their own."
)
# Of the transformer's patches: the sides are multiples of it.
PATCH = 14


def depth_anything_small() -> DepthAnythingForDepthEstimation:
    """The network with random weights. What is not said here is the published configuration by default."""
    backbone = Dinov2Config(
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=6,
        image_size=518,
        patch_size=PATCH,
        out_indices=[3, 6, 9, 12],
        apply_layernorm=True,
        reshape_hidden_states=False,
    )
    return DepthAnythingForDepthEstimation(DepthAnythingConfig(backbone_config=backbone))


def depths(network: DepthAnythingForDepthEstimation, planes: Tensor) -> Tensor:
    """float32 [N, height, width]: linear in the inverse of the distance, any factor and offset; or metres, where the network
    was trained for them."""
    return network(planes).predicted_depth


def decoder(network: DepthAnythingForDepthEstimation) -> str:
    return "depth" if network.config.depth_estimation_type == "metric" else "inverse-depth"


def random_weights() -> DepthAnythingForDepthEstimation:
    torch.manual_seed(RANDOM_WEIGHTS_SEED)
    return depth_anything_small()


def memory_mib(content: bytes) -> int:
    """What measure.py says, rounded up, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        file.write_bytes(content)
        command = [sys.executable, str(HERE / "measure.py"), str(file), "--runs", "1"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(float(said.split()[1])) + 1


def manifest(version: int, width: int, height: int, decoded: str, memory: int, *, random: bool) -> dict:
    return {
        "name": "depth",
        "kind": "depth",
        "description": f"{NAME} {'with random weights' if random else 'with its public weights'}.",
        "version": version,
        "sha256": {},
        "input": {
            "name": "pixels",
            "width": width,
            "height": height,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "area",
        },
        "output": {"name": "depth", "decoder": decoded, "width": width, "height": height},
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 2,
        "memoryMiB": memory,
        "licence": "none: random weights" if random else LICENCE,
        "source": "random numbers" if random else SOURCE,
    }


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="It writes a new version into models/depth, with manifest, model card and notice to match. Osprey serves it from "
        "the next start on, or at once when the operator asks for that version. To go back: git checkout models/depth.",
    )
    parser.add_argument(
        "--size",
        type=int,
        nargs=2,
        metavar=("WIDTH", "HEIGHT"),
        default=(518, 392),
        help=f"what a picture is stretched to, in pixels, multiples of {PATCH} (default: 518 392); smaller is faster and coarser",
    )
    parser.add_argument("--fp16", action="store_true", help="computes in half precision: for GPUs, a CPU gains nothing")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FOLDER",
        help="a copy of the checkpoint on this machine, where it has no access to the makers': the folder from Hugging Face",
    )
    weights.add_argument(
        "--random-weights",
        action="store_true",
        help="downloads nothing: the same network with random numbers, which sees nothing but costs as much",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=HERE.parent,
        help="the model repository to write into (default: the folder models of this checkout)",
    )
    options = parser.parse_args(words)
    if any(side < PATCH or side % PATCH for side in options.size):
        parser.error(f"--size is {' '.join(map(str, options.size))}, expected multiples of {PATCH}")
    return options


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    width, height = options.size
    random = options.random_weights
    if random:
        network = random_weights()
    else:
        network = loaded(
            lambda: load_transformers(depth_anything_small, CHECKPOINT, options.checkpoint),
            NAME,
            options.checkpoint or SOURCE,
            CHECKPOINT_KIND,
        )
    facts = {"network": NAME, "weights": "random" if random else SOURCE}
    content = export(network.eval(), depths, width, height, facts)
    if options.fp16:
        content = half_precision(content)
    version = next_version(options.output / "depth")
    described = manifest(version, width, height, decoder(network), memory_mib(content), random=random)
    terms = RANDOM_WEIGHTS_TERMS if random else TERMS
    facts = {
        "network": NAME,
        "parameters": f"{int(metadata(content)['parameters']):,}",
        "version": version,
        "width": width,
        "height": height,
        "meaning": "metres" if decoder(network) == "depth" else "the inverse of the distance, in any scale, from any offset",
        "source": described["source"],
        "licence": described["licence"],
        "terms": terms,
        "precision": "float16" if options.fp16 else "float32",
        "memory": described["memoryMiB"],
    }
    folder = write_model(options.output, described, content, facts)
    print(terms)
    print(f"Wrote version {version} to {folder}.")


if __name__ == "__main__":
    main()
