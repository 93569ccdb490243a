"""Makes a model of a pose network that somebody else exported to ONNX: of the YOLO family, or RTMPose.

    PYTHON models/export/poses.py yolo-pose --network yolo11n-pose.onnx --name yolo-pose \\
        --licence AGPL-3.0 --source "Ultralytics yolo11n-pose.pt, exported by ultralytics 8.4"
    PYTHON models/export/poses.py rtmpose --network rtmpose-m.onnx --name rtmpose \\
        --licence Apache-2.0 --source "OpenMMLab rtmpose-m, simcc-body7, 256x192"

The network must have one float32 input [N or 1, 3, height, width], RGB, as both are exported. Before it come nodes that take
the server's bytes (uint8 [1, height, width, 3], BGR) and do the normalisation. RTMPose's two outputs, simcc_x and simcc_y,
become one, side by side. Networks whose sides are not fixed need --width and --height.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model_folder import HERE, next_version, write_model
from onnx_file import finished
from tflite_to_onnx import CHANNELS_FIRST

POINTS = 17
YOLO_VALUES = 4 + 1 + 3 * POINTS


@dataclass(frozen=True)
class Kind:
    """How networks of one kind want their pixels, and what the manifest says of them."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    resize: str
    decoder: str
    description: str


# Mean and deviation are of red, green and blue bytes.
KINDS = {
    "yolo-pose": Kind((0, 0, 0), (255, 255, 255), "letterbox", "yolo-pose", "Finds people and 17 points of each."),
    "rtmpose": Kind(
        (123.675, 116.28, 103.53), (58.395, 57.12, 57.375), "crop", "simcc", "Places 17 points of the one body in a crop."
    ),
}


class Refused(Exception):
    """The network is none that can be brought, and why."""


def sides(network: onnx.ModelProto, width: int | None, height: int | None) -> tuple[int, int]:
    """Width and height of the one input, in pixels."""
    initialised = {tensor.name for tensor in network.graph.initializer}
    inputs = [value for value in network.graph.input if value.name not in initialised]
    if len(inputs) != 1 or inputs[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        raise Refused(f"expected one float32 input, found {[value.name for value in inputs]}")
    shape = [dimension.dim_value for dimension in inputs[0].type.tensor_type.shape.dim]
    if len(shape) != 4 or shape[1] not in (0, 3):
        raise Refused(f"expected an input [1, 3, height, width], found {shape}; 0 is any length")
    found = (shape[3] or width, shape[2] or height)
    if None in found:
        raise Refused("the network takes pictures of any size: name one with --width and --height")
    if (width or found[0], height or found[1]) != found:
        raise Refused(f"the network takes pictures of {found[0]} x {found[1]} only")
    return found


def pose_model(network: onnx.ModelProto, kind: Kind, width: int, height: int) -> onnx.ModelProto:
    """The network from bytes to one output, one picture at a time; the output's shape is still open."""
    model = onnx.ModelProto()
    model.CopyFrom(network)
    graph = model.graph
    initialised = {tensor.name for tensor in graph.initializer}
    (taken,) = [value for value in graph.input if value.name not in initialised]

    def constant(name: str, value: np.ndarray) -> str:
        graph.initializer.append(numpy_helper.from_array(value, f"osprey.{name}"))
        return f"osprey.{name}"

    channels = np.float32([kind.mean, kind.deviation])[:, ::-1, None, None].copy()
    before = [
        helper.make_node("Transpose", ["pixels"], ["osprey.planes"], perm=CHANNELS_FIRST),
        helper.make_node("Cast", ["osprey.planes"], ["osprey.numbers"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["osprey.numbers", constant("mean", channels[0])], ["osprey.centred"]),
        helper.make_node("Div", ["osprey.centred", constant("deviation", channels[1])], ["osprey.bgr"]),
        helper.make_node("Gather", ["osprey.bgr", constant("rgb", np.array([2, 1, 0]))], [taken.name], axis=1),
    ]
    outputs = [value.name for value in graph.output]
    after = []
    if kind.decoder == "simcc":
        if len(outputs) != 2:
            raise Refused(f"expected two outputs, of columns and of rows, found {outputs}")
        after = [helper.make_node("Concat", outputs, ["osprey.values"], axis=2)]
    elif len(outputs) != 1:
        raise Refused(f"expected one output, found {outputs}")
    nodes = [*before, *graph.node, *after]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, height, width, 3]))
    result = after[0].output[0] if after else outputs[0]
    graph.output.append(helper.make_tensor_value_info(result, TensorProto.FLOAT, None))
    return model


def answer_shape(model: onnx.ModelProto, kind: Kind, width: int, height: int) -> list[int]:
    """What the network really answers to a picture, without the batch."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"pixels": np.zeros((1, height, width, 3), np.uint8)})
    shape = list(answer.shape[1:])
    if kind.decoder == "yolo-pose":
        fits = len(shape) == 2 and (shape[0] == YOLO_VALUES or shape[1] == YOLO_VALUES + 1)
        expected = f"[{YOLO_VALUES}, places] or [people, {YOLO_VALUES + 1}]"
    else:
        fits = len(shape) == 2 and shape[0] == POINTS and shape[1] % (width + height) == 0
        expected = f"[{POINTS}, a multiple of {width + height}]"
    if not fits or answer.dtype != np.float32:
        raise Refused(f"it answers with {answer.dtype} {shape}, expected float32 {expected}")
    return shape


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--network", type=Path, required=True, metavar="FILE", help="the network, .onnx")
    parser.add_argument("--name", required=True, help="of the model: lower-case letters, digits and hyphens")
    parser.add_argument("--licence", required=True, help="the terms of the weights")
    parser.add_argument("--source", required=True, help="who made them, and where they are from")
    parser.add_argument("--width", type=int, metavar="PIXELS", help="of the input, where the network takes any")
    parser.add_argument("--height", type=int, metavar="PIXELS", help="of the input, where the network takes any")
    parser.add_argument("--memory", type=int, default=500, metavar="MIB", help="what measure.py prints (default: 500)")
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", default=HERE.parent, help="the model repository (default: models)"
    )
    return parser.parse_args()


def main() -> None:
    options = arguments()
    kind = KINDS[options.kind]
    try:
        network = onnx.load(options.network)
        width, height = sides(network, options.width, options.height)
        model = pose_model(network, kind, width, height)
        shape = answer_shape(model, kind, width, height)
        result = model.graph.output[0].name
        model.graph.output[0].CopyFrom(helper.make_tensor_value_info(result, TensorProto.FLOAT, [1, *shape]))
        model = finished(model, options.name, {})
    except Refused as reason:
        raise SystemExit(f"{options.network}: {reason}") from None
    manifest = {
        "name": options.name,
        "kind": options.kind,
        "description": kind.description,
        "version": next_version(options.output / options.name),
        "sha256": {},
        "input": {
            "name": "pixels",
            "width": width,
            "height": height,
            "colour": "bgr",
            "resize": kind.resize,
            "interpolation": "bilinear",
        },
        "output": {"name": result, "decoder": kind.decoder, "shape": shape},
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": options.memory,
        "licence": options.licence,
        "source": options.source,
    }
    facts = {"name": options.name, "kind": options.kind, "licence": options.licence, "source": options.source}
    print(write_model(options.output, manifest, model.SerializeToString(), facts, HERE / "poses"))


if __name__ == "__main__":
    main()
