"""From somebody's network of clips to the graph that the server runs: bytes in, a probability for each word out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from clip_networks import Network, quiet, sentence
from measure import one_thread
from onnx_file import finished

INPUT, OUTPUT = "clip", "probabilities"
CHANNELS = 3
BYTE_RANGE = 255.0

# The axes of a served clip, N T H W C, in the order in which the network wants them.
LAYOUTS = {"NTHWC": (0, 1, 2, 3, 4), "NCTHW": (0, 4, 1, 2, 3), "NTCHW": (0, 1, 4, 2, 3)}

# Between the network's own answers and the graph's; no two frameworks add in the same order.
TOLERANCE = 1e-4
# How far from 1 the sum of probabilities is at most.
ROUNDING = 1e-3
# Numbers of clips that are tried: a graph that has taken one of them for a constant fails at the other.
TRIED = (1, 2)

PREFIX = "network."


class Unfit(Exception):
    """The network cannot be served; says why in one sentence without its subject."""


@dataclass(frozen=True)
class ClipInput:
    """What a network takes: float32 clips of [0, 1], less `mean`, by `deviation`, both in its order of colours."""

    frames: int
    height: int
    width: int
    layout: str = "NTHWC"
    colour: str = "bgr"
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    deviation: tuple[float, ...] = (1.0, 1.0, 1.0)

    @property
    def served(self) -> tuple[int, ...]:
        """The shape of a clip as the server has it."""
        return self.frames, self.height, self.width, CHANNELS

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a clip as the network takes it."""
        return tuple(self.served[axis - 1] for axis in LAYOUTS[self.layout][1:])

    def noise(self, clips: int) -> np.ndarray:
        """uint8 [clips, frames, height, width, 3], with a brightness of its own in each channel of each frame."""
        random = np.random.default_rng(1)
        brightest = random.integers(1, 256, (clips, self.frames, 1, 1, CHANNELS))
        return (random.random((clips, *self.served), np.float32) * brightest).astype(np.uint8)

    def prepared(self, clips: np.ndarray) -> np.ndarray:
        """What the network's own Python would make of the server's clips."""
        values = clips.astype(np.float32) / np.float32(BYTE_RANGE)
        if self.colour == "rgb":
            values = values[..., ::-1]
        values = (values - np.array(self.mean, np.float32)) / np.array(self.deviation, np.float32)
        return np.ascontiguousarray(values.transpose(LAYOUTS[self.layout]))

    def steps(self) -> list[tuple[str, np.ndarray | None, dict]]:
        """The same as operators, each with its second input and its attributes."""
        steps = [("Cast", None, {"to": TensorProto.FLOAT}), ("Div", np.array(BYTE_RANGE, np.float32), {})]
        if self.colour == "rgb":
            steps.append(("Gather", np.array([2, 1, 0]), {"axis": 4}))
        if any(self.mean):
            steps.append(("Sub", np.array(self.mean, np.float32), {}))
        if set(self.deviation) != {1.0}:
            steps.append(("Div", np.array(self.deviation, np.float32), {}))
        if self.layout != "NTHWC":
            steps.append(("Transpose", None, {"perm": LAYOUTS[self.layout]}))
        return steps


@dataclass(frozen=True)
class ClipGraph:
    """The graph, whether it takes any number of clips or one, and how far it was from the network's own answers."""

    content: bytes
    any_batch: bool
    difference: float


def bring(network: Network, taken: ClipInput, classes: int, logits: bool, facts: Mapping[str, str]) -> ClipGraph:
    """The served graph of a network, compared with the network on noise; for any number of clips where it can.

    :param logits: the network leaves the softmax to others
    :param facts: written into the file's metadata
    """
    check_shape(network, taken)
    clips = taken.noise(max(TRIED))
    with quiet():
        try:
            check_answers(network.answer(taken.prepared(clips[:1])), classes, logits)
        except Unfit:
            raise
        # Whatever a framework raises at a clip of another size.
        except Exception as reason:
            raise Unfit(f"cannot be run on a clip of {list(taken.shape)}: {sentence(reason)}") from None
        one_alone = network.takes is not None and network.takes[0] == 1
        reasons = []
        for any_batch in (False,) if one_alone else (True, False):
            try:
                content = served(network.graph(taken.shape, any_batch), taken, classes, logits, any_batch, facts)
                difference = compare(network, content, taken, clips, logits, TRIED if any_batch else (1,))
                return ClipGraph(content, any_batch, difference)
            # An exporter's, a checker's or the runtime's.
            except Exception as reason:
                reasons.append(sentence(reason))
    raise Unfit(f"cannot be brought to ONNX: {reasons[-1]}")


def check_shape(network: Network, taken: ClipInput) -> None:
    if network.takes is None:
        return
    batch, *lengths = network.takes
    told = f"[{', '.join('N' if length is None else str(length) for length in network.takes)}]"
    wanted = f"[N, {', '.join(map(str, taken.shape))}] ({taken.layout})"
    differs = [length not in (None, expected) for length, expected in zip(lengths, taken.shape, strict=False)]
    if len(lengths) != len(taken.shape) or any(differs):
        raise Unfit(f"takes {told}, expected {wanted}: the options for its size and layout have to say what it takes")
    if batch not in (None, 1):
        raise Unfit(f"takes {batch} clips at a time, no more and no less, expected one or any number")


def check_answers(answers: np.ndarray, classes: int, logits: bool) -> None:
    """Refuses answers to one clip that are none."""
    if answers.shape != (1, classes):
        raise Unfit(f"answers a clip with {list(answers.shape)} numbers, expected [1, {classes}], one for each label")
    if answers.dtype != np.float32:
        raise Unfit(f"answers in {answers.dtype}, expected float32")
    if not np.isfinite(answers).all():
        raise Unfit("answers with numbers that are none")
    within = bool((answers >= 0).all() and (answers <= 1 + ROUNDING).all())
    if not logits and not within:
        raise Unfit(f"answers with {answers.min():.3g} to {answers.max():.3g}, which are no probabilities: add --logits")
    if logits and within and abs(answers.sum() - 1) < ROUNDING:
        raise Unfit("answers with probabilities already: leave --logits out")


def served(
    network: onnx.ModelProto, taken: ClipInput, classes: int, logits: bool, any_batch: bool, facts: Mapping[str, str]
) -> bytes:
    """`clip` uint8 [N, frames, height, width, 3], BGR, to `probabilities` float32 [N, classes]."""
    model = onnx.compose.add_prefix(network, PREFIX)
    graph = model.graph
    # Files of old have the weights among the inputs.
    weights = {tensor.name for tensor in graph.initializer}
    (pixels,) = [value.name for value in graph.input if value.name not in weights]
    (answers,) = [value.name for value in graph.output]

    nodes, value = [], INPUT
    steps = taken.steps()
    for number, (operator, second, attributes) in enumerate(steps, start=1):
        inputs = [value]
        if second is not None:
            graph.initializer.append(numpy_helper.from_array(second, f"{INPUT}.{number}.second"))
            inputs.append(f"{INPUT}.{number}.second")
        value = pixels if number == len(steps) else f"{INPUT}.{number}"
        nodes.append(helper.make_node(operator, inputs, [value], **attributes))
    nodes.extend(graph.node)
    last = helper.make_node("Softmax", [answers], [OUTPUT], axis=1)
    nodes.append(last if logits else helper.make_node("Identity", [answers], [OUTPUT]))
    batch = "N" if any_batch else 1
    replace(graph.node, nodes)
    replace(graph.input, [helper.make_tensor_value_info(INPUT, TensorProto.UINT8, [batch, *taken.served])])
    replace(graph.output, [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [batch, classes])])
    return finished(model, "clips", facts).SerializeToString(deterministic=True)


def replace(field, values: list) -> None:
    del field[:]
    field.extend(values)


def compare(
    network: Network, content: bytes, taken: ClipInput, clips: np.ndarray, logits: bool, numbers: tuple[int, ...]
) -> float:
    """The greatest difference between the graph's probabilities and the network's own."""
    options = one_thread()
    # What it would say is in the exception, too.
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    difference = 0.0
    for number in numbers:
        expected = network.answer(taken.prepared(clips[:number]))
        if logits:
            powers = np.exp(expected - expected.max(axis=1, keepdims=True))
            expected = powers / powers.sum(axis=1, keepdims=True)
        (found,) = session.run(None, {INPUT: clips[:number]})
        if found.shape != expected.shape:
            raise Unfit(f"answers with {list(found.shape)} numbers there, not with {list(expected.shape)}")
        difference = max(difference, float(np.abs(found - expected).max()))
    # Also where one of them is no number.
    if not difference <= TOLERANCE:
        raise Unfit(f"answers otherwise there, by up to {difference:.2g}")
    return difference
