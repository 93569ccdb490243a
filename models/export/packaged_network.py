"""Networks that lie in a Python package as TensorFlow Lite files, and how each is served.

The exporters say which networks there are and how their graphs are built; what they share is here: the manifest, the
command line and the folders written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto

from model_folder import HERE, PackagedFile, write_model
from tflite_to_onnx import CHANNELS_FIRST, OnnxGraph, TfliteNetwork

PACKAGE, VERSION = "mediapipe", "0.10.21"

# The server hands over BGR bytes; the networks were trained on RGB.
RGB_FROM_BGR = (2, 1, 0)


@dataclass(frozen=True)
class PackagedNetwork:
    """One network of a package: its file, what of the answer is served, and the manifest.

    `joined` are the places of the file's outputs that are served, in the order in which they are put side by side.
    """

    source: PackagedFile
    joined: tuple[int, ...]
    manifest: dict

    @property
    def name(self) -> str:
        return self.manifest["name"]

    @property
    def size(self) -> int:
        """Width and height of the picture, in pixels."""
        return self.manifest["input"]["width"]

    @property
    def shape(self) -> list[int]:
        """Of the one output, with the batch."""
        return [1, *self.manifest["output"]["shape"]]


Build = Callable[[PackagedNetwork, TfliteNetwork], onnx.ModelProto]


def packaged(path: str, sha256: str) -> PackagedFile:
    return PackagedFile(package=PACKAGE, version=VERSION, path=path, sha256=sha256)


def manifest(name: str, description: str, size: int, resize: str, output: dict, memory_mib: int, source: str) -> dict:
    """`source` names the solution that the network is a part of."""
    return {
        "name": name,
        # There is one network of each kind, so they share a name.
        "kind": name,
        "description": description,
        "version": 1,
        "sha256": {},
        "input": {
            "name": "pixels",
            "width": size,
            "height": size,
            "colour": "bgr",
            "resize": resize,
            "interpolation": "bilinear",
        },
        "output": output,
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 3,
        # What measure.py prints, rounded up.
        "memoryMiB": memory_mib,
        "licence": "Apache-2.0",
        "source": f"MediaPipe {source}, from the Python package {PACKAGE} {VERSION}",
    }


def pixel_planes(graph: OnnxGraph, size: int) -> str:
    """Adds the input `pixels`, uint8 [1, size, size, 3], and returns it as float32 [1, 3, size, size]."""
    pixels = graph.input("pixels", TensorProto.UINT8, [1, size, size, 3])
    # Transposed as bytes, a quarter of the memory of floats.
    return graph.node("Cast", graph.node("Transpose", pixels, perm=CHANNELS_FIRST), to=TensorProto.FLOAT)


def arguments(description: str, networks: dict[str, PackagedNetwork], test: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=f"{description} Writes the folders {' and '.join(networks)}: network, manifest, card, notice and "
        "licence.",
        epilog=f"The same input gives the same bytes. {test} compares the result with the original networks.",
    )
    parser.add_argument("model", choices=networks, nargs="?", help="which of them (default: all)")
    parser.add_argument(
        "--network",
        type=Path,
        metavar="FILE",
        help=f"the one model's original, of {PACKAGE} {VERSION}; by default it is looked up in the installed package, "
        "which is not imported",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=HERE.parent,
        help="the model repository to write into (default: the folder models of this checkout)",
    )
    options = parser.parse_args()
    if options.network and not options.model:
        parser.error("--network needs the model that the file is of")
    return options


def export(description: str, networks: dict[str, PackagedNetwork], build: Build, test: str) -> None:
    """The exporter's command: makes the models that the command line asks for and prints their folders."""
    options = arguments(description, networks, test)
    for packaged_network in [networks[options.model]] if options.model else networks.values():
        source = packaged_network.source
        network = TfliteNetwork(source.read(options.network or source.find()))
        content = build(packaged_network, network).SerializeToString(deterministic=True)
        facts = {"package": PACKAGE, "version": VERSION, "path": source.path, "source_sha256": source.sha256}
        print(write_model(options.output, packaged_network.manifest, content, facts))
