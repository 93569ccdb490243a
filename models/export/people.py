"""Makes the models `person-detection` and `pose-landmarks` from MediaPipe's two pose networks (landmarks: the full one).

The first says where in a picture people are, the second where in a crop around one of them 33 points of the body are.
What lies between them, from the anchors to the rotated crop, is the server's.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto

from packaged_network import RGB_FROM_BGR, PackagedNetwork, export, manifest, packaged, pixel_planes
from tflite_to_onnx import OnnxGraph, TfliteNetwork, translate

# The file has 39 points of x, y, z, visibility and presence. The first 33 are the body's, then come two that say where
# the crop of the next picture has to be; MediaPipe uses no other.
POINTS, VALUES = 35, 5
POINTS_OF_FILE = 39

# Around a landmark so many pixels of its heat map, in width and height, say where it is more exactly.
KERNEL = 7
LEAST_HEAT = 0.5

PERSON_DETECTION = PackagedNetwork(
    source=packaged(
        path="mediapipe/modules/pose_detection/pose_detection.tflite",
        sha256="9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    ),
    # Of each of 2254 anchors: box and 4 points (12 numbers), then the logit of the score.
    joined=(0, 1),
    manifest=manifest(
        name="person-detection",
        description="Finds people in a picture, where each is then looked at closely.",
        size=224,
        resize="letterbox",
        output={"name": "detections", "decoder": "people", "shape": [2254, 13]},
        memory_mib=59,
        source="pose (pose_detection)",
    ),
)

POSE_LANDMARKS = PackagedNetwork(
    source=packaged(
        path="mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        sha256="e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
    # Landmarks, presence of a person, heat maps; not the outline of the person nor landmarks in metres.
    joined=(0, 1, 3),
    manifest=manifest(
        name="pose-landmarks",
        description="Places 33 points of the one body in an upright crop around it.",
        size=256,
        resize="crop",
        output={"name": "person", "decoder": "person", "shape": [POINTS * VALUES + 1]},
        memory_mib=56,
        source="pose (pose_landmark, full)",
    ),
)

NETWORKS = {network.name: network for network in (PERSON_DETECTION, POSE_LANDMARKS)}


def pose_model(pose: PackagedNetwork, network: TfliteNetwork) -> onnx.ModelProto:
    """The ONNX model: `pixels` uint8 [1, size, size, 3], BGR, to one float32 tensor."""
    graph = OnnxGraph(pose.name)
    planes = pixel_planes(graph, pose.size)
    detects = pose is PERSON_DETECTION
    # The detector was trained on values in [-1, 1], the other one on [0, 1]; what is behind the comma goes into the weights.
    centred = graph.node("Sub", planes, graph.constant(np.float32(127.5))) if detects else planes
    values = translate(network, graph, [centred])
    graph.scale_into_convolution(centred, 1 / 127.5 if detects else 1 / 255, RGB_FROM_BGR)
    outputs = [values[network.outputs[place]] for place in pose.joined]
    if not detects:
        landmarks, presence, heat = outputs
        outputs = [refined(graph, landmarks, heat, pose.size), presence]
    joined = graph.node("Concat", *outputs, axis=len(pose.shape) - 1)
    graph.output(joined, pose.manifest["output"]["name"], TensorProto.FLOAT, pose.shape)
    return graph.model(narrow=True)


def refined(graph: OnnxGraph, landmarks: str, heat: str, size: int) -> str:
    """The landmarks moved to the middle of the heat around them, visibility and presence as probabilities.

    As MediaPipe's RefineLandmarksFromHeatmapCalculator does it: the mean of the places of the heat map in a square around
    the landmark, weighted by the heat, unless that is nowhere at least one half there, or the landmark lies outside.

    `landmarks` [1, 195] in pixels of the picture, `heat` [1, 39, rows, columns] before the logistic function. The result is
    [1, 175].
    """
    cells = 64
    number = np.float32

    def constant(value) -> str:
        return graph.constant(np.asarray(value))

    def part(value: str, begin: int, end: int, axis: int) -> str:
        places = [np.array([place], np.int64) for place in (begin, end, axis)]
        return graph.node("Slice", value, *(graph.constant(place) for place in places))

    points = graph.node("Reshape", landmarks, constant(np.array([1, POINTS_OF_FILE, VALUES], np.int64)))
    points = part(points, 0, POINTS, 1)
    heat = graph.node("Sigmoid", part(heat, 0, POINTS, 1))

    def near(coordinate: str, shape: list[int]) -> tuple[str, str]:
        """1 for the columns or rows of the square, else 0; and whether the landmark lies inside the heat map."""
        scaled = graph.node("Mul", coordinate, constant(number(cells / size)))
        # As in the original: towards zero, so that a landmark just outside counts as inside.
        cell = graph.node("Cast", graph.node("Cast", scaled, to=TensorProto.INT32), to=TensorProto.FLOAT)
        cell = graph.node("Reshape", cell, constant(np.array([1, POINTS, 1, 1], np.int64)))
        away = graph.node("Abs", graph.node("Sub", constant(np.arange(cells, dtype=number).reshape(shape)), cell))
        inside = graph.node("LessOrEqual", away, constant(number(KERNEL // 2)))
        middle = constant(number((cells - 1) / 2))
        within = graph.node(
            "LessOrEqual", graph.node("Abs", graph.node("Sub", cell, middle)), middle
        )
        return graph.node("Cast", inside, to=TensorProto.FLOAT), within

    columns, within_columns = near(part(points, 0, 1, 2), [1, 1, 1, cells])
    rows, within_rows = near(part(points, 1, 2, 2), [1, 1, cells, 1])
    square = graph.node("Mul", graph.node("Mul", heat, columns), rows)
    whole = graph.node("ReduceSum", square, constant(np.array([2, 3], np.int64)), keepdims=1)
    hot = graph.node("ReduceMax", square, axes=[2, 3], keepdims=1)
    moves = graph.node("GreaterOrEqual", hot, constant(number(LEAST_HEAT)))
    moves = graph.node("And", moves, graph.node("And", within_columns, within_rows))
    moves = graph.node("Reshape", moves, constant(np.array([1, POINTS, 1], np.int64)))

    def middle(shape: list[int]) -> str:
        """Along one axis, in pixels of the picture."""
        places = constant(np.arange(cells, dtype=number).reshape(shape) * number(size / cells))
        moment = graph.node("Mul", square, places)
        moment = graph.node("ReduceSum", moment, constant(np.array([2, 3], np.int64)), keepdims=1)
        mean = graph.node("Div", moment, whole)
        return graph.node("Reshape", mean, constant(np.array([1, POINTS, 1], np.int64)))

    place = graph.node("Concat", middle([1, 1, 1, cells]), middle([1, 1, cells, 1]), axis=2)
    place = graph.node("Where", moves, place, part(points, 0, 2, 2))
    certain = graph.node("Sigmoid", part(points, 3, 5, 2))
    together = graph.node("Concat", place, part(points, 2, 3, 2), certain, axis=2)
    return graph.node("Reshape", together, constant(np.array([1, POINTS * VALUES], np.int64)))


if __name__ == "__main__":
    export(__doc__, NETWORKS, pose_model, "test_people.py")
