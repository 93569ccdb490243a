"""Makes the model `person` from MediaPipe's selfie segmentation network (the general one, 256 x 256)."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto

from model_folder import HERE, PackagedFile, write_model
from tflite_to_onnx import CHANNELS_FIRST, OnnxGraph, TfliteNetwork, resize, translate

SOURCE = PackagedFile(
    package="mediapipe",
    version="0.10.21",
    path="mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
    sha256="9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
)

INPUT_SIZE = 256
MASK_SIZE = 512

# The server hands over BGR bytes; the network was trained on RGB in [0, 1].
RGB_FROM_BGR = (2, 1, 0)
PIXEL_SCALE = 1 / 255

MANIFEST = {
    "name": "person",
    "kind": "segmentation",
    "description": "Tells the people in front of the camera from the background.",
    "version": 1,
    "sha256": {},
    "input": {
        "name": "pixels",
        "width": INPUT_SIZE,
        "height": INPUT_SIZE,
        "colour": "bgr",
        "resize": "stretch",
        "interpolation": "bilinear",
    },
    "output": {"name": "mask", "decoder": "mask", "width": MASK_SIZE, "height": MASK_SIZE},
    "labels": ["background", "person"],
    "palette": "voc",
    "batch": {"max": 1, "maxDelayMillis": 0},
    "warmupRuns": 3,
    # What measure.py prints, rounded up.
    "memoryMiB": 31,
    "licence": "Apache-2.0",
    "source": f"MediaPipe selfie segmentation (general), from the Python package {SOURCE.package} {SOURCE.version}",
}


def person_model(network: TfliteNetwork, with_probability: bool = False) -> onnx.ModelProto:
    """The ONNX model: `pixels` uint8 [1, 256, 256, 3], BGR, to `mask` uint8 [1, 512, 512], 1 = person.

    With the probability, a second output `probability` float32 [1, 256, 256] is what the original network answers.
    """
    graph = OnnxGraph(MANIFEST["name"])
    pixels = graph.input("pixels", TensorProto.UINT8, [1, INPUT_SIZE, INPUT_SIZE, 3])
    # Transposed as bytes, a quarter of the memory of floats.
    planes = graph.node("Cast", graph.node("Transpose", pixels, perm=CHANNELS_FIRST), to=TensorProto.FLOAT)
    values = translate(network, graph, [planes])
    graph.scale_into_convolution(planes, PIXEL_SCALE, RGB_FROM_BGR)

    probability = network.outputs[0]
    logits = network.producer(probability).inputs[0]
    graph.output(mask(graph, values[logits]), "mask", TensorProto.UINT8, [1, MASK_SIZE, MASK_SIZE])
    if with_probability:
        shape = np.array([1, INPUT_SIZE, INPUT_SIZE], np.int64)
        flat = graph.node("Reshape", values[probability], graph.constant(shape))
        graph.output(flat, "probability", TensorProto.FLOAT, [1, INPUT_SIZE, INPUT_SIZE])
    return graph.model()


def mask(graph: OnnxGraph, logits: str) -> str:
    """Person where the enlarged logit is above 0, that is where the probability is above one half.

    The logit is enlarged, not the probability: near an edge it is nearly linear, while the probability is flat at
    both ends. Exactly one half, like anything that is not a number, is background.
    """
    large = resize(graph, logits, (INPUT_SIZE, INPUT_SIZE), (MASK_SIZE, MASK_SIZE), "half_pixel")
    above = graph.node("Greater", large, graph.constant(np.float32(0)))
    classes = graph.node("Cast", above, to=TensorProto.UINT8)
    return graph.node("Reshape", classes, graph.constant(np.array([1, MASK_SIZE, MASK_SIZE], np.int64)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=f"{__doc__} Writes the folder {MANIFEST['name']}: network, manifest, card, notice and licence.",
        epilog="The same input gives the same bytes. test_person.py compares the result with the original network.",
    )
    parser.add_argument(
        "--network",
        type=Path,
        metavar="FILE",
        help=f"selfie_segmentation.tflite of {SOURCE.package} {SOURCE.version}; "
        "by default it is looked up in the installed package, which is not imported",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=HERE.parent,
        help="the model repository to write into (default: the folder models of this checkout)",
    )
    parser.add_argument(
        "--with-probability",
        action="store_true",
        help="adds the network's own answer as the output `probability`, float32 [1, 256, 256]; for checking, "
        "not for serving",
    )
    options = parser.parse_args()
    if options.with_probability and options.output == HERE.parent:
        parser.error("--with-probability needs another --output: the served model has no such output")
    return options


def main() -> None:
    options = arguments()
    network = TfliteNetwork(SOURCE.read(options.network or SOURCE.find()))
    model = person_model(network, options.with_probability)
    facts = {"package": SOURCE.package, "version": SOURCE.version, "path": SOURCE.path, "source_sha256": SOURCE.sha256}
    print(write_model(options.output, MANIFEST, model.SerializeToString(deterministic=True), facts))


if __name__ == "__main__":
    main()
