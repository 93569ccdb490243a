"""Makes the models `palm-detection` and `hand-landmarks` from MediaPipe's two hand networks (the full ones).

The first says where in a picture palms are, the second where in a crop around one hand its 21 joints are. What lies
between them, from the anchors to the rotated crop, is the server's.
"""

from __future__ import annotations

import onnx
from onnx import TensorProto

from packaged_network import RGB_FROM_BGR, PackagedNetwork, export, manifest, packaged, pixel_planes
from tflite_to_onnx import OnnxGraph, TfliteNetwork, translate

# The networks were trained on values in [0, 1].
PIXEL_SCALE = 1 / 255

PALM_DETECTION = PackagedNetwork(
    source=packaged(
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
        source="hands (palm-detection, full)",
    ),
)

HAND_LANDMARKS = PackagedNetwork(
    source=packaged(
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
        source="hands (hand-landmarks, full)",
    ),
)

NETWORKS = {network.name: network for network in (PALM_DETECTION, HAND_LANDMARKS)}


def hand_model(hand: PackagedNetwork, network: TfliteNetwork) -> onnx.ModelProto:
    """The ONNX model: `pixels` uint8 [1, size, size, 3], BGR, to the network's outputs joined to one float32 tensor."""
    graph = OnnxGraph(hand.name)
    planes = pixel_planes(graph, hand.size)
    values = translate(network, graph, [planes])
    graph.scale_into_convolution(planes, PIXEL_SCALE, RGB_FROM_BGR)
    outputs = [values[network.outputs[place]] for place in hand.joined]
    joined = graph.node("Concat", *outputs, axis=len(hand.shape) - 1)
    graph.output(joined, hand.manifest["output"]["name"], TensorProto.FLOAT, hand.shape)
    return graph.model(narrow=True)


if __name__ == "__main__":
    export(__doc__, NETWORKS, hand_model, "test_hands.py")
