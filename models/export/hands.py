"""Makes the models `palm-detection` and `hand-landmarks` from MediaPipe's two hand networks (the full ones).

The first says where in a picture palms are, the second where in a crop around one hand its 21 joints are. What lies
between them, from the anchors to the rotated crop, is the server's.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto

from model_folder import HERE, PackagedFile, write_model
from tflite_to_onnx import CHANNELS_FIRST, OnnxGraph, TfliteNetwork, translate

PACKAGE, VERSION = "mediapipe", "0.10.21"

# The server hands over BGR bytes; the networks were trained on RGB in [0, 1].
RGB_FROM_BGR = (2, 1, 0)
PIXEL_SCALE = 1 / 255


@dataclass(frozen=True)
class HandNetwork:
    """One of the two networks, and how it is served.

    `joined` are the places of the file's outputs in the order in which the served tensor has them side by side.
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


def manifest(name: str, description: str, size: int, resize: str, output: dict, memory_mib: int) -> dict:
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
        "source": f"MediaPipe hands ({name}, full), from the Python package {PACKAGE} {VERSION}",
    }


PALM_DETECTION = HandNetwork(
    source=PackagedFile(
        package=PACKAGE,
        version=VERSION,
        path="mediapipe/modules/palm_detection/palm_detection_full.tflite",
        sha256="1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    ),
    # Of each of 2016 anchors: box and 7 points (18 numbers), then the logit of the score.
    joined=(0, 1),
    manifest=manifest(
        name="palm-detection",
        description="Finds palms in a picture, where the hands are then looked at closely.",
        size=192,
        resize="letterbox",
        output={"name": "detections", "decoder": "palms", "shape": [2016, 19]},
        memory_mib=34,
    ),
)

HAND_LANDMARKS = HandNetwork(
    source=PackagedFile(
        package=PACKAGE,
        version=VERSION,
        path="mediapipe/modules/hand_landmark/hand_landmark_full.tflite",
        sha256="11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
    ),
    # Landmarks (63 numbers), world landmarks (63), presence, handedness; the file has the world's last.
    joined=(0, 3, 1, 2),
    manifest=manifest(
        name="hand-landmarks",
        description="Places the 21 joints of the one hand in an upright crop around it.",
        size=224,
        resize="crop",
        output={"name": "hand", "decoder": "hand", "shape": [128]},
        memory_mib=54,
    ),
)

NETWORKS = {network.name: network for network in (PALM_DETECTION, HAND_LANDMARKS)}


def hand_model(hand: HandNetwork, network: TfliteNetwork) -> onnx.ModelProto:
    """The ONNX model: `pixels` uint8 [1, size, size, 3], BGR, to the network's outputs joined to one float32 tensor."""
    graph = OnnxGraph(hand.name)
    pixels = graph.input("pixels", TensorProto.UINT8, [1, hand.size, hand.size, 3])
    # Transposed as bytes, a quarter of the memory of floats.
    planes = graph.node("Cast", graph.node("Transpose", pixels, perm=CHANNELS_FIRST), to=TensorProto.FLOAT)
    values = translate(network, graph, [planes])
    graph.scale_into_convolution(planes, PIXEL_SCALE, RGB_FROM_BGR)
    outputs = [values[network.outputs[place]] for place in hand.joined]
    joined = graph.node("Concat", *outputs, axis=len(hand.shape) - 1)
    graph.output(joined, hand.manifest["output"]["name"], TensorProto.FLOAT, hand.shape)
    return graph.model(narrow=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=f"{__doc__} Writes the folders {' and '.join(NETWORKS)}: network, manifest, card, notice and licence.",
        epilog="The same input gives the same bytes. test_hands.py compares the result with the original networks.",
    )
    parser.add_argument("model", choices=NETWORKS, nargs="?", help="which of the two (default: both)")
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


def main() -> None:
    options = arguments()
    for hand in [NETWORKS[options.model]] if options.model else NETWORKS.values():
        source = hand.source
        network = TfliteNetwork(source.read(options.network or source.find()))
        content = hand_model(hand, network).SerializeToString(deterministic=True)
        facts = {"package": PACKAGE, "version": VERSION, "path": source.path, "source_sha256": source.sha256}
        print(write_model(options.output, hand.manifest, content, facts))


if __name__ == "__main__":
    main()
