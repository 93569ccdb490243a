"""Each operator's translation against its definition, computed pixel by pixel or by OpenCV."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace

import cv2
import numpy as np
import onnxruntime
import pytest
import tflite
from onnx import TensorProto

import tflite_to_onnx
from tflite_to_onnx import CHANNELS_FIRST, CHANNELS_LAST, OnnxGraph, Unsupported, pads, translate

SAME, VALID = tflite.Padding.SAME, tflite.Padding.VALID
RANDOM = np.random.default_rng(7)


@dataclass
class StubOperator:
    name: str
    inputs: list[int]
    outputs: list[int]
    values: dict
    custom_options: bytes = b""

    def options(self, kind: type) -> SimpleNamespace:
        """The options by the flatbuffer's accessor names; one that the real table lacks is a mistake of the test."""
        assert all(hasattr(kind, name) for name in self.values)
        values = {"FusedActivationFunction": tflite.ActivationFunctionType.NONE, **self.values}
        return SimpleNamespace(**{name: (lambda value=value: value) for name, value in values.items()})


@dataclass
class StubNetwork:
    """A network of one operator: its computed inputs first, then its constants, then its output."""

    shapes: list[list[int]]
    constants: dict[int, np.ndarray]
    operators: list[StubOperator] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)

    def shape(self, tensor: int) -> list[int]:
        return self.shapes[tensor]

    def constant(self, tensor: int) -> np.ndarray | None:
        return self.constants.get(tensor)


def run(name: str, computed, constants, output_shape, custom_options: bytes = b"", **options) -> np.ndarray:
    """Translates and runs one operator; everything here is channels last, as in the original."""
    tensors = [*computed, *constants]
    inputs = list(range(len(computed)))
    operator = StubOperator(name, list(range(len(tensors))), [len(tensors)], options, custom_options)
    network = StubNetwork(
        shapes=[list(tensor.shape) for tensor in tensors] + [list(output_shape)],
        constants={len(computed) + i: constant for i, constant in enumerate(constants)},
        operators=[operator],
        inputs=inputs,
    )
    graph = OnnxGraph("test")
    feeds = {f"x{i}": in_graph_layout(tensor) for i, tensor in enumerate(computed)}
    names = [graph.input(name, TensorProto.FLOAT, feed.shape) for name, feed in feeds.items()]
    values = translate(network, graph, names)
    shape = [output_shape[axis] for axis in CHANNELS_FIRST] if len(output_shape) == 4 else output_shape
    graph.output(values[len(tensors)], "y", TensorProto.FLOAT, shape)
    session = onnxruntime.InferenceSession(graph.model().SerializeToString(), providers=["CPUExecutionProvider"])
    (result,) = session.run(None, feeds)
    return result.transpose(CHANNELS_LAST) if result.ndim == 4 else result


def in_graph_layout(tensor: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(tensor.transpose(CHANNELS_FIRST)) if tensor.ndim == 4 else tensor


def numbers(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(np.float32)


def assert_close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def padded(image: np.ndarray, kernel, stride) -> np.ndarray:
    """The image with the zeros of SAME padding around it."""
    top, left, bottom, right = pads(SAME, image.shape[1:3], kernel, stride, (1, 1))
    return np.pad(image, ((0, 0), (top, bottom), (left, right), (0, 0)))


def convolution(image: np.ndarray, kernel: np.ndarray, stride) -> np.ndarray:
    """`image` [1, height, width, in] with `kernel` [out, height, width, in], no padding."""
    out, high, wide, _ = kernel.shape
    rows = (image.shape[1] - high) // stride[0] + 1
    columns = (image.shape[2] - wide) // stride[1] + 1
    result = np.zeros((1, rows, columns, out), np.float32)
    for y in range(rows):
        for x in range(columns):
            patch = image[0, y * stride[0] : y * stride[0] + high, x * stride[1] : x * stride[1] + wide]
            result[0, y, x] = np.tensordot(kernel, patch, 3)
    return result


@pytest.mark.parametrize(
    "size, kernel, stride, expected",
    [
        ((256, 256), (3, 3), (2, 2), [0, 0, 1, 1]),
        ((5, 7), (3, 5), (1, 2), [1, 2, 1, 2]),
        ((4, 4), (1, 1), (3, 3), [0, 0, 0, 0]),
    ],
)
def test_same_padding_puts_the_odd_pixel_last(size, kernel, stride, expected) -> None:
    assert pads(SAME, size, kernel, stride, (1, 1)) == expected


@pytest.mark.parametrize(
    "kernel_size, stride", [((3, 3), (1, 1)), ((3, 3), (2, 2)), ((5, 3), (2, 1)), ((1, 1), (1, 1))]
)
def test_convolves(kernel_size, stride) -> None:
    image, kernel, bias = numbers(1, 8, 10, 3), numbers(4, *kernel_size, 3), numbers(4)
    expected = convolution(padded(image, kernel_size, stride), kernel, stride) + bias
    options = dict(Padding=SAME, StrideH=stride[0], StrideW=stride[1], DilationHFactor=1, DilationWFactor=1)
    assert_close(run("CONV_2D", [image], [kernel, bias], expected.shape, **options), expected)


def test_convolves_each_channel_by_itself() -> None:
    image, kernel, bias = numbers(1, 6, 6, 2), numbers(1, 3, 3, 6), numbers(6)
    options = dict(Padding=VALID, StrideH=1, StrideW=1, DilationHFactor=1, DilationWFactor=1)
    expected = np.zeros((1, 4, 4, 6), np.float32)
    for channel in range(6):
        source = channel // 3
        one = np.ascontiguousarray(kernel[..., channel : channel + 1])
        expected[..., channel] = convolution(image[..., source : source + 1], one, (1, 1))[..., 0] + bias[channel]
    assert_close(run("DEPTHWISE_CONV_2D", [image], [kernel, bias], expected.shape, **options), expected)


@pytest.mark.parametrize(
    "kernel_size, stride, padding, rows, columns",
    [
        ((2, 2), (2, 2), 1, 8, 10),
        ((3, 3), (2, 2), 1, 8, 10),
        ((4, 4), (2, 2), 1, 8, 10),
        ((3, 3), (1, 2), 1, 4, 10),
        ((3, 3), (2, 2), 2, 9, 11),
        ((1, 1), (2, 2), 1, 8, 10),
    ],
)
def test_convolves_transposed(kernel_size, stride, padding, rows, columns) -> None:
    image, kernel, bias = numbers(1, 4, 5, 3), numbers(2, *kernel_size, 3), numbers(2)
    expected = np.zeros((1, rows, columns, 2), np.float32) + bias
    # Each input pixel paints the kernel, moved back by what SAME padding would have added before the image.
    top, left = (
        max((n - 1) * s + k - wanted, 0) // 2 if padding == 1 else 0
        for n, s, k, wanted in zip(image.shape[1:3], stride, kernel_size, (rows, columns))
    )
    for y, x, row, column in np.ndindex(*image.shape[1:3], *kernel_size):
        to_y, to_x = y * stride[0] + row - top, x * stride[1] + column - left
        if 0 <= to_y < rows and 0 <= to_x < columns:
            expected[0, to_y, to_x] += kernel[:, row, column] @ image[0, y, x]
    custom = struct.pack("<3i", padding, stride[1], stride[0])
    found = run("Convolution2DTransposeBias", [image], [kernel, bias], expected.shape, custom)
    assert_close(found, expected)


def test_averages_without_the_padding() -> None:
    image = numbers(1, 5, 5, 2)
    first, second, counts = (
        convolution(padded(part, (3, 3), (2, 2)), np.ones((1, 3, 3, 1), np.float32), (2, 2))
        for part in (image[..., :1], image[..., 1:], np.ones((1, 5, 5, 1), np.float32))
    )
    expected = np.concatenate([first, second], axis=3) / counts
    options = dict(Padding=SAME, StrideH=2, StrideW=2, FilterHeight=3, FilterWidth=3)
    assert_close(run("AVERAGE_POOL_2D", [image], [], expected.shape, **options), expected)


def test_averages_the_whole_image() -> None:
    image = numbers(1, 5, 6, 3)
    expected = image.mean((1, 2), keepdims=True)
    options = dict(Padding=VALID, StrideH=5, StrideW=6, FilterHeight=5, FilterWidth=6)
    assert_close(run("AVERAGE_POOL_2D", [image], [], expected.shape, **options), expected)


@pytest.mark.parametrize("size, kernel, stride", [((6, 8), (2, 2), (2, 2)), ((5, 5), (3, 3), (2, 2))])
def test_takes_the_greatest_without_the_padding(size, kernel, stride) -> None:
    # All below 0, so that padding with zeros would show.
    image = -1 - np.abs(numbers(1, *size, 2))
    top, left, bottom, right = pads(SAME, size, kernel, stride, (1, 1))
    around = np.pad(image, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=-np.inf)
    expected = np.zeros((1, -(-size[0] // stride[0]), -(-size[1] // stride[1]), 2), np.float32)
    for y, x in np.ndindex(*expected.shape[1:3]):
        patch = around[0, y * stride[0] : y * stride[0] + kernel[0], x * stride[1] : x * stride[1] + kernel[1]]
        expected[0, y, x] = patch.max((0, 1))
    options = dict(Padding=SAME, StrideH=stride[0], StrideW=stride[1], FilterHeight=kernel[0], FilterWidth=kernel[1])
    assert_close(run("MAX_POOL_2D", [image], [], expected.shape, **options), expected)


@pytest.mark.parametrize("keep", [True, False])
def test_averages_over_axes(keep: bool) -> None:
    image = numbers(1, 5, 6, 3)
    expected = image.mean((1, 2), keepdims=keep)
    found = run("MEAN", [image], [np.array([1, 2], np.int32)], expected.shape, KeepDims=keep)
    assert_close(found, expected)


def test_enlarges_from_pixel_centres() -> None:
    image = numbers(1, 4, 5, 3)
    expected = cv2.resize(image[0], (10, 8), interpolation=cv2.INTER_LINEAR)[None]
    size = np.array([8, 10], np.int32)
    found = run("RESIZE_BILINEAR", [image], [size], expected.shape, AlignCorners=False, HalfPixelCenters=True)
    assert_close(found, expected)


@pytest.mark.parametrize("align, step", [(True, 3 / 7), (False, 1 / 2)])
def test_enlarges_from_corners(align: bool, step: float) -> None:
    image = numbers(1, 4, 4, 1)
    at = np.minimum(np.arange(8) * step, 3)
    weights = np.maximum(1 - np.abs(at[:, None] - np.arange(4)), 0).astype(np.float32)
    expected = (weights @ image[0, ..., 0] @ weights.T)[None, ..., None]
    size = np.array([8, 8], np.int32)
    found = run("RESIZE_BILINEAR", [image], [size], expected.shape, AlignCorners=align, HalfPixelCenters=False)
    assert_close(found, expected)


@pytest.mark.parametrize("name, function", [("ADD", np.add), ("MUL", np.multiply)])
@pytest.mark.parametrize("other", [(1, 4, 5, 3), (1, 1, 1, 3), (3,), (5, 1), ()])
def test_combines_with_a_constant_of_fewer_axes(name, function, other) -> None:
    image, constant = numbers(1, 4, 5, 3), numbers(*other)
    assert_close(run(name, [image], [np.asarray(constant)], image.shape), function(image, constant))


def test_combines_two_images() -> None:
    image, gain = numbers(1, 4, 5, 3), numbers(1, 1, 1, 3)
    assert_close(run("MUL", [image, gain], [], image.shape), image * gain)


@pytest.mark.parametrize(
    "activation, low, high",
    [(tflite.ActivationFunctionType.RELU, 0, np.inf), (tflite.ActivationFunctionType.RELU6, 0, 6)],
)
def test_applies_the_fused_activation(activation, low, high) -> None:
    image, offset = numbers(1, 4, 5, 3) * 5, numbers(3)
    found = run("ADD", [image], [offset], image.shape, FusedActivationFunction=activation)
    assert_close(found, np.clip(image + offset, low, high))


@pytest.mark.parametrize(
    "name, function",
    [
        ("RELU", lambda x: np.maximum(x, 0)),
        ("LOGISTIC", lambda x: 1 / (1 + np.exp(-x))),
        ("HARD_SWISH", lambda x: x * np.clip(x + 3, 0, 6) / 6),
    ],
)
def test_activates(name, function) -> None:
    image = numbers(1, 4, 5, 3) * 4
    assert_close(run(name, [image], [], image.shape), function(image))


@pytest.mark.parametrize("shape", [(1, 1, 3), (3,)])
def test_gives_each_channel_its_slope_below_zero(shape) -> None:
    image, slopes = numbers(1, 4, 5, 3) * 4, np.array([0.25, -4.5, 12], np.float32)
    expected = np.where(image > 0, image, slopes * image)
    assert_close(run("PRELU", [image], [slopes.reshape(shape)], image.shape), expected)


def test_refuses_a_slope_for_each_pixel() -> None:
    with pytest.raises(Unsupported, match="60 slopes for 3 channels"):
        run("PRELU", [numbers(1, 4, 5, 3)], [numbers(4, 5, 3)], (1, 4, 5, 3))


@pytest.mark.parametrize("axis", [1, 3, -1])
def test_joins(axis: int) -> None:
    first, second = numbers(1, 4, 5, 3), numbers(1, 4, 5, 3)
    expected = np.concatenate([first, second], axis)
    assert_close(run("CONCATENATION", [first, second], [], expected.shape, Axis=axis), expected)


def test_pads() -> None:
    image, amounts = numbers(1, 4, 5, 3), np.array([[0, 0], [1, 2], [0, 3], [0, 4]], np.int32)
    expected = np.pad(image, amounts)
    assert_close(run("PAD", [image], [amounts], expected.shape), expected)


@pytest.mark.parametrize("shape", [(1, 20, 3), (1, 5, 4, 3), (1, 2, 6, 5)])
def test_reshapes_in_the_original_order(shape) -> None:
    image = numbers(1, 4, 5, 3)
    assert_close(run("RESHAPE", [image], [np.array(shape, np.int32)], shape), image.reshape(shape))


@pytest.mark.parametrize("shape", [(1, 12), (1, 1, 1, 12), (1, 2, 2, 3)])
def test_connects_fully(shape) -> None:
    vector, kernel, bias = numbers(*shape), numbers(4, 12), numbers(4)
    expected = vector.reshape(1, 12) @ kernel.T + bias
    assert_close(run("FULLY_CONNECTED", [vector], [kernel, bias], (1, 4)), expected)


def test_widens_half_precision_constants_once() -> None:
    half = numbers(3).astype(np.float16)
    image = numbers(1, 4, 5, 3)
    network = StubNetwork(
        shapes=[[1, 4, 5, 3], [3], [3], [1, 4, 5, 3]],
        constants={1: half},
        operators=[StubOperator("DEQUANTIZE", [1], [2], {}), StubOperator("ADD", [0, 2], [3], {})],
        inputs=[0],
    )
    graph = OnnxGraph("test")
    values = translate(network, graph, [graph.input("x", TensorProto.FLOAT, [1, 3, 4, 5])])
    graph.output(values[3], "y", TensorProto.FLOAT, [1, 3, 4, 5])
    model = graph.model()
    assert [node.op_type for node in model.graph.node] == ["Add", "Identity"]
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"x": in_graph_layout(image)})
    assert_close(result.transpose(CHANNELS_LAST), image + half.astype(np.float32))


def test_stores_in_half_precision_what_that_holds_exactly() -> None:
    half = numbers(80).astype(np.float16).astype(np.float32)
    constants = {"exact": half, "finer": half + np.float32(1e-6), "larger": half + np.float32(1e6), "few": half[:8]}
    graph = OnnxGraph("test")
    value = graph.input("x", TensorProto.FLOAT, [1])
    for number, constant in enumerate(constants.values()):
        graph.output(graph.node("Add", value, graph.constant(constant)), f"y{number}", TensorProto.FLOAT, constant.shape)

    wide, narrow = graph.model(), graph.model(narrow=True)
    stored = Counter(TensorProto.DataType.Name(tensor.data_type) for tensor in narrow.graph.initializer)
    assert stored == {"FLOAT16": 1, "FLOAT": 3}
    answers = [
        onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(
            None, {"x": np.array([0.3], np.float32)}
        )
        for model in (wide, narrow)
    ]
    for found, expected in zip(*answers, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_folds_scale_and_channel_order_into_the_convolution() -> None:
    image, kernel = numbers(1, 3, 4, 5), numbers(2, 3, 1, 1)
    graph = OnnxGraph("test")
    pixels = graph.input("x", TensorProto.FLOAT, image.shape)
    result = graph.node("Conv", pixels, graph.constant(kernel), kernel_shape=[1, 1])
    graph.scale_into_convolution(pixels, 0.5, (2, 0, 1))
    graph.output(result, "y", TensorProto.FLOAT, [1, 2, 4, 5])
    session = onnxruntime.InferenceSession(graph.model().SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": image})
    assert_close(found, np.einsum("oi,bihw->bohw", kernel[..., 0, 0], 0.5 * image[:, (2, 0, 1)]))


def test_refuses_an_unknown_operator_by_name() -> None:
    with pytest.raises(Unsupported, match="SPACE_TO_DEPTH"):
        run("SPACE_TO_DEPTH", [numbers(1, 4, 4, 1)], [], (1, 2, 2, 4))


def test_puts_a_block_of_pixels_where_their_channels_were() -> None:
    image = numbers(1, 2, 3, 8)
    expected = np.zeros((1, 4, 6, 2), np.float32)
    for y, x in np.ndindex(4, 6):
        first = 2 * (2 * (y % 2) + x % 2)
        expected[0, y, x] = image[0, y // 2, x // 2, first : first + 2]
    assert_close(run("DEPTH_TO_SPACE", [image], [], expected.shape, BlockSize=2), expected)


class SparseStub:
    """Sparsity as the flatbuffer gives it, made from a dense tensor by walking through it as the format's text says."""

    def __init__(self, value: np.ndarray, order: list[int], compressed: set[int], blocks: dict[int, int]) -> None:
        """`blocks` is the size of the block along some axes; `compressed` are the places in `order` that are."""
        rank = value.ndim
        shape, split = [], []
        for axis, length in enumerate(value.shape):
            size = blocks.get(axis, 1)
            shape += [length // size, size]
            split += [2 * axis, 2 * axis + 1]
        cut = value.reshape(shape)
        # Outer axes first, then the inner ones of the blocks, in the order in which they are cut.
        inner = [2 * axis + 1 for axis in blocks]
        whole = [place for place in split if place % 2 and place not in inner]
        cut = cut.transpose([2 * axis for axis in range(rank)] + inner + whole)
        self.expanded = cut.reshape(cut.shape[: rank + len(inner)]).transpose(order)
        self.order, self.blocks, self.compressed = np.array(order, np.int32), np.array(list(blocks), np.int32), compressed
        self.levels, self.values = [], []
        self._walk()

    def _walk(self) -> None:
        nodes = [()]
        for level, size in enumerate(self.expanded.shape):
            if level in self.compressed:
                kept = [[k for k in range(size) if np.any(self.expanded[(*node, k)])] for node in nodes]
                segments = np.cumsum([0, *(len(some) for some in kept)])
                self.levels.append((segments, np.concatenate(kept).astype(np.int64)))
                nodes = [(*node, k) for node, some in zip(nodes, kept, strict=True) for k in some]
            else:
                self.levels.append(size)
                nodes = [(*node, k) for node in nodes for k in range(size)]
        self.values = np.array([self.expanded[node] for node in nodes], np.float32)

    def TraversalOrderAsNumpy(self) -> np.ndarray:
        return self.order

    def BlockMapLength(self) -> int:
        return len(self.blocks)

    def BlockMapAsNumpy(self) -> np.ndarray:
        return self.blocks

    def DimMetadata(self, level: int) -> SimpleNamespace:
        if level in self.compressed:
            segments, indices = self.levels[level]
            return SimpleNamespace(
                Format=lambda: tflite.DimensionType.SPARSE_CSR,
                ArraySegments=lambda: segments,
                ArraySegmentsType=lambda: 0,
                ArrayIndices=lambda: indices,
                ArrayIndicesType=lambda: 0,
            )
        return SimpleNamespace(Format=lambda: tflite.DimensionType.DENSE, DenseSize=lambda: self.levels[level])


@pytest.mark.parametrize(
    "order, compressed, blocks",
    [
        ([0, 1, 2, 3], {3}, {}),
        ([0, 1, 2, 3], {1, 3}, {}),
        ([3, 0, 2, 1], {0, 3}, {}),
        ([0, 1, 2, 3, 4, 5], {1}, {0: 2, 3: 4}),
        ([0, 1, 2, 3, 4], {3}, {3: 4}),
    ],
)
def test_puts_the_zeros_back(order, compressed, blocks, monkeypatch) -> None:
    value = numbers(4, 3, 2, 8)
    value[RANDOM.random(value.shape) < 0.95] = 0
    sparsity = SparseStub(value, order, compressed, blocks)
    monkeypatch.setattr(tflite_to_onnx, "index_vector", lambda vector, kind: vector)
    assert sparsity.values.size < value.size
    np.testing.assert_array_equal(tflite_to_onnx.dense(sparsity.values, value.shape, sparsity), value)


def test_scales_a_convolution_behind_a_frame_of_zeros() -> None:
    graph = OnnxGraph("test")
    pixels = graph.input("x", TensorProto.FLOAT, [1, 3, 4, 4])
    framed = graph.node("Pad", pixels, graph.constant(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64)))
    kernel = numbers(2, 3, 3, 3)
    graph.output(graph.node("Conv", framed, graph.constant(kernel)), "y", TensorProto.FLOAT, [1, 2, 4, 4])
    image = numbers(1, 3, 4, 4)
    (before,) = session(graph.model()).run(None, {"x": image * np.float32(0.5)})
    graph.scale_into_convolution(pixels, 0.5, (2, 1, 0))
    (after,) = session(graph.model()).run(None, {"x": image[:, ::-1].copy()})
    assert_close(after, before)


def session(model) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
