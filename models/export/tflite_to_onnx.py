"""Translates a float TensorFlow Lite network into ONNX nodes.

TensorFlow Lite keeps images as [N, height, width, channels]; ONNX Runtime's convolutions want
[N, channels, height, width]. Every rank-4 tensor is therefore channels-first inside the ONNX graph, constants
included, and the caller lays out its own input once. Tensors of any other rank keep their layout.

One function translates one operator; OPERATORS and CUSTOM_OPERATORS say which. A network with another operator is
refused by that operator's name.

    graph = OnnxGraph("name")
    pixels = graph.input("pixels", TensorProto.FLOAT, [1, 3, 256, 256])
    network = TfliteNetwork(path.read_bytes())
    values = translate(network, graph, [pixels])
    graph.output(values[network.outputs[0]], "scores", TensorProto.FLOAT, [1, 1, 256, 256])
    model = graph.model()
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# The oldest file format that knows this opset: any reader of the opset reads the file.
IR_VERSION = 8

CHANNELS_FIRST = (0, 3, 1, 2)
CHANNELS_LAST = (0, 2, 3, 1)


class Unsupported(Exception):
    """The network asks for something this module does not translate."""


# --- the TensorFlow Lite side -----------------------------------------------------------------------------------


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


OPERATOR_NAMES = _names(tflite.BuiltinOperator)
ACTIVATION_NAMES = _names(tflite.ActivationFunctionType)
TENSOR_TYPE_NAMES = _names(tflite.TensorType)
NUMPY_TYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
    tflite.TensorType.INT64: np.int64,
}


@dataclass(frozen=True)
class Operator:
    """One operator of the network; tensors are named by their index, -1 is an optional input left out."""

    name: str
    inputs: list[int]
    outputs: list[int]
    custom_options: bytes
    _table: object

    def options(self, kind: type):
        """The built-in options, read as the flatbuffer table `kind`."""
        options = kind()
        table = self._table.BuiltinOptions()
        if table is None:
            raise Unsupported(f"{self.name} without its options")
        options.Init(table.Bytes, table.Pos)
        return options


class TfliteNetwork:
    """The first subgraph of a TensorFlow Lite file."""

    def __init__(self, content: bytes) -> None:
        self._model = tflite.Model.GetRootAsModel(content, 0)
        self._graph = self._model.Subgraphs(0)
        self.inputs: list[int] = self._graph.InputsAsNumpy().tolist()
        self.outputs: list[int] = self._graph.OutputsAsNumpy().tolist()
        self.operators = [self._operator(i) for i in range(self._graph.OperatorsLength())]

    def shape(self, tensor: int) -> list[int]:
        """The shape as the file states it, channels last."""
        table = self._graph.Tensors(tensor)
        return table.ShapeAsNumpy().tolist() if table.ShapeLength() else []

    def constant(self, tensor: int) -> np.ndarray | None:
        """The value stored in the file, channels last; None for a tensor that is computed."""
        table = self._graph.Tensors(tensor)
        buffer = self._model.Buffers(table.Buffer())
        if buffer.DataLength() == 0:
            return None
        if table.Type() not in NUMPY_TYPES:
            raise Unsupported(f"constant of type {TENSOR_TYPE_NAMES[table.Type()]}")
        values = buffer.DataAsNumpy().view(NUMPY_TYPES[table.Type()])
        if table.Sparsity() is not None:
            return dense(values, self.shape(tensor), table.Sparsity())
        return values.reshape(self.shape(tensor))

    def producer(self, tensor: int) -> Operator:
        """The operator that computes `tensor`."""
        return next(operator for operator in self.operators if tensor in operator.outputs)

    def _operator(self, index: int) -> Operator:
        table = self._graph.Operators(index)
        code = self._model.OperatorCodes(table.OpcodeIndex())
        # Files written before operator 127 existed fill only the older, narrower field.
        builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        custom = builtin == tflite.BuiltinOperator.CUSTOM
        return Operator(
            name=code.CustomCode().decode() if custom else OPERATOR_NAMES[builtin],
            inputs=table.InputsAsNumpy().tolist(),
            outputs=table.OutputsAsNumpy().tolist(),
            custom_options=table.CustomOptionsAsNumpy().tobytes() if table.CustomOptionsLength() else b"",
            _table=table,
        )


# Each vector of indices may be stored in as few bytes as it needs; which, the file says by the flatbuffer's union.
INDEX_VECTORS = {
    tflite.SparseIndexVector.Int32Vector: (tflite.Int32Vector, np.int32),
    tflite.SparseIndexVector.Uint16Vector: (tflite.Uint16Vector, np.uint16),
    tflite.SparseIndexVector.Uint8Vector: (tflite.Uint8Vector, np.uint8),
}


def dense(values: np.ndarray, shape: Sequence[int], sparsity: tflite.SparsityParameters) -> np.ndarray:
    """A constant of which the file keeps only the values that count, and where they are, with all the zeros.

    The file walks through the axes in its own order, like a tree: below each place of an axis come those of the next one.
    An axis is either dense, with all its places, or has for every place above it a segment of the indices that are there.
    An axis can also be cut into blocks: the places inside a block are then a further axis, behind those of the tensor.
    """
    order = sparsity.TraversalOrderAsNumpy().tolist()
    blocked = sparsity.BlockMapAsNumpy().tolist() if sparsity.BlockMapLength() else []
    # Of every value so far, the place on each axis walked through so far.
    places = np.zeros((1, 0), np.int64)
    sizes = dict.fromkeys(order, 1)
    for level, axis in enumerate(order):
        metadata = sparsity.DimMetadata(level)
        if metadata.Format() == tflite.DimensionType.DENSE:
            sizes[axis] = metadata.DenseSize()
            inner = np.tile(np.arange(sizes[axis]), len(places))
            places = np.repeat(places, sizes[axis], axis=0)
        else:
            segments = index_vector(metadata.ArraySegments(), metadata.ArraySegmentsType())
            inner = index_vector(metadata.ArrayIndices(), metadata.ArrayIndicesType())
            places = np.repeat(places, np.diff(segments), axis=0)
        places = np.column_stack([places, inner])
    of_axis = dict(zip(order, places.T, strict=True))
    index = [of_axis[axis] for axis in range(len(shape))]
    for block, axis in enumerate(blocked):
        index[axis] = index[axis] * sizes[len(shape) + block] + of_axis[len(shape) + block]
    result = np.zeros(shape, values.dtype)
    result[tuple(index)] = values
    return result


def index_vector(table, kind: int) -> np.ndarray:
    vector, element = INDEX_VECTORS[kind]
    read = vector()
    read.Init(table.Bytes, table.Pos)
    return read.ValuesAsNumpy().astype(element).astype(np.int64)


# --- the ONNX side ----------------------------------------------------------------------------------------------


class OnnxGraph:
    """An ONNX graph in the making. Values are named by their number, so the same calls give the same bytes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, np.ndarray] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def input(self, name: str, kind: int, shape: Sequence[int]) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value: str, name: str, kind: int, shape: Sequence[int]) -> None:
        """Makes `value` an output of the graph under `name`."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def constant(self, value: np.ndarray) -> str:
        name = self._next_name("c")
        self._constants[name] = np.ascontiguousarray(value)
        return name

    def node(self, operator: str, *inputs: str, **attributes) -> str:
        """Adds a node with one output and returns that output's name."""
        name = self._next_name("v")
        self._nodes.append(helper.make_node(operator, list(inputs), [name], name=f"{operator}_{name}", **attributes))
        return name

    def constant_value(self, name: str) -> np.ndarray | None:
        return self._constants.get(name)

    def scale_into_convolution(self, value: str, scale: float, channels: Sequence[int]) -> None:
        """Lets the one convolution that reads `value` take it unscaled and with its channels reordered.

        What the convolution was trained on is `scale * value[:, channels]`. Only a scale can move into the weights:
        an offset would be wrong under the zero padding at the border.
        """
        readers = [node for node in self._nodes if value in node.input]
        if len(readers) == 1 and readers[0].op_type == "Pad" and len(readers[0].input) == 2:
            # Zeros around it stay zeros.
            return self.scale_into_convolution(readers[0].output[0], scale, channels)
        if len(readers) != 1 or readers[0].op_type != "Conv":
            raise Unsupported(f"{value} is read by {[node.op_type for node in readers]}, not by one Conv")
        weights = readers[0].input[1]
        folded = np.empty_like(self._constants[weights])
        folded[:, list(channels)] = self._constants[weights] * np.float32(scale)
        self._constants[weights] = folded

    def model(self, narrow: bool = False) -> onnx.ModelProto:
        """The checked model, without the nodes and constants that no output needs.

        `narrow` stores the constants that half precision holds exactly in half precision. They are widened by a node,
        which ONNX Runtime runs once, at loading: half the file, the same answers.
        """
        nodes = self._needed_nodes()
        read = {name for node in nodes for name in node.input}
        constants = {name: value for name, value in self._constants.items() if name in read}
        if narrow:
            for name in [name for name, value in constants.items() if fits_half_precision(value)]:
                stored = f"{name}.float16"
                constants[stored] = constants.pop(name).astype(np.float16)
                nodes.insert(0, helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
        graph = helper.make_graph(
            nodes,
            self._name,
            self._inputs,
            self._outputs,
            [numpy_helper.from_array(value, name) for name, value in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "osprey"
        onnx.checker.check_model(model, full_check=True)
        return model

    def _needed_nodes(self) -> list[onnx.NodeProto]:
        needed = {output.name for output in self._outputs}
        kept = []
        for node in reversed(self._nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                kept.append(node)
        return kept[::-1]

    def _next_name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"


def fits_half_precision(value: np.ndarray) -> bool:
    """Whether nothing is lost by storing the float32 numbers as float16, and anything is won."""
    if value.dtype != np.float32 or value.size < LEAST_NARROWED:
        return False
    # A number too large becomes infinite, which is no failure but an answer.
    with np.errstate(over="ignore"):
        return np.array_equal(value.astype(np.float16).astype(np.float32), value)


# A constant this small saves less than the node that widens it takes.
LEAST_NARROWED = 64


# --- from one to the other --------------------------------------------------------------------------------------


def translate(network: TfliteNetwork, graph: OnnxGraph, inputs: Sequence[str]) -> dict[int, str]:
    """Adds the network's operators to the graph.

    `inputs` are float32 values of the graph, one for each of the network's inputs, rank-4 ones channels-first. The
    result names the value of every computed tensor, rank-4 ones channels-first.
    """
    refuse_unknown_operators(network)
    translation = Translation(network, graph, dict(zip(network.inputs, inputs, strict=True)))
    for operator in network.operators:
        function = OPERATORS.get(operator.name) or CUSTOM_OPERATORS[operator.name]
        function(translation, operator)
    return translation.values


def refuse_unknown_operators(network: TfliteNetwork) -> None:
    used = {operator.name for operator in network.operators}
    unknown = sorted(used - OPERATORS.keys() - CUSTOM_OPERATORS.keys())
    if unknown:
        raise Unsupported(f"operators without a translation: {', '.join(unknown)}")


class Translation:
    """What the operators' functions share: values by tensor, constants, layout and fused activations."""

    def __init__(self, network: TfliteNetwork, graph: OnnxGraph, values: dict[int, str]) -> None:
        self.network = network
        self.graph = graph
        self.values = values
        self._folded: dict[int, np.ndarray] = {}

    def constant(self, tensor: int) -> np.ndarray | None:
        """The value of a constant tensor, channels last; None when it is computed."""
        if tensor in self._folded:
            return self._folded[tensor]
        return self.network.constant(tensor)

    def fold(self, tensor: int, value: np.ndarray) -> None:
        """Records the result of an operator on constants."""
        self._folded[tensor] = value

    def weights(self, tensor: int, what: str) -> np.ndarray:
        value = self.constant(tensor)
        if value is None:
            raise Unsupported(f"{what} that is computed instead of constant")
        return value

    def value(self, tensor: int, rank: int | None = None) -> str:
        """The graph's name for a tensor. A constant is written in the layout of a partner with `rank` axes."""
        if tensor in self.values:
            return self.values[tensor]
        constant = self.weights(tensor, f"tensor {tensor}")
        if rank == 4:
            constant = constant.reshape((1,) * (4 - constant.ndim) + constant.shape)
        return self.graph.constant(channels_first(constant))

    def rank(self, tensor: int) -> int:
        return len(self.network.shape(tensor))

    def axis(self, axis: int, rank: int) -> int:
        """An axis of the channels-last tensor, in the graph's layout."""
        axis %= rank
        return CHANNELS_FIRST.index(axis) if rank == 4 else axis

    def channels_last(self, tensor: int) -> str:
        """The tensor in its original layout; costs a transpose unless the order in memory is the same anyway."""
        value = self.value(tensor)
        shape = self.network.shape(tensor)
        if len(shape) != 4 or shape[3] == 1 or shape[1] == shape[2] == 1:
            return value
        return self.graph.node("Transpose", value, perm=CHANNELS_LAST)

    def finish(self, operator: Operator, value: str, activation: int = 0) -> None:
        """Applies the fused activation and names the result."""
        name = ACTIVATION_NAMES[activation]
        if name not in ACTIVATIONS:
            raise Unsupported(f"{operator.name} with the fused activation {name}")
        self.values[operator.outputs[0]] = ACTIVATIONS[name](self.graph, value)


def channels_first(value: np.ndarray) -> np.ndarray:
    return value.transpose(CHANNELS_FIRST) if value.ndim == 4 else value


def relu6(graph: OnnxGraph, value: str) -> str:
    return graph.node("Clip", value, graph.constant(np.float32(0)), graph.constant(np.float32(6)))


ACTIVATIONS: dict[str, Callable[[OnnxGraph, str], str]] = {
    "NONE": lambda graph, value: value,
    "RELU": lambda graph, value: graph.node("Relu", value),
    "RELU6": relu6,
}


def pads(padding: int, size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]):
    """[top, left, bottom, right] as TensorFlow pads: SAME gives ceil(size / stride), the odd pixel goes last."""
    if padding == tflite.Padding.VALID:
        return [0, 0, 0, 0]
    begin, end = [], []
    for length, width, step, spread in zip(size, kernel, stride, dilation):
        reach = (width - 1) * spread + 1
        total = max((-(-length // step) - 1) * step + reach - length, 0)
        begin.append(total // 2)
        end.append(total - total // 2)
    return begin + end


def convolve(translation: Translation, operator: Operator, kernel: np.ndarray, group: int, options) -> None:
    """`kernel` is [out, in / group, height, width]."""
    stride = [options.StrideH(), options.StrideW()]
    dilation = [options.DilationHFactor(), options.DilationWFactor()]
    size = translation.network.shape(operator.inputs[0])[1:3]
    inputs = [translation.value(operator.inputs[0]), translation.graph.constant(kernel)]
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        inputs.append(translation.value(operator.inputs[2]))
    result = translation.graph.node(
        "Conv",
        *inputs,
        kernel_shape=kernel.shape[2:],
        strides=stride,
        dilations=dilation,
        group=group,
        pads=pads(options.Padding(), size, kernel.shape[2:], stride, dilation),
    )
    translation.finish(operator, result, options.FusedActivationFunction())


def conv_2d(translation: Translation, operator: Operator) -> None:
    kernel = channels_first(translation.weights(operator.inputs[1], "a convolution's kernel"))
    group = translation.network.shape(operator.inputs[0])[3] // kernel.shape[1]
    convolve(translation, operator, kernel, group, operator.options(tflite.Conv2DOptions))


def depthwise_conv_2d(translation: Translation, operator: Operator) -> None:
    # Stored as [1, height, width, out], where the outputs of one input channel are neighbours, as ONNX groups them.
    kernel = translation.weights(operator.inputs[1], "a convolution's kernel").transpose(3, 0, 1, 2)
    group = translation.network.shape(operator.inputs[0])[3]
    convolve(translation, operator, kernel, group, operator.options(tflite.DepthwiseConv2DOptions))


def transposed_conv_with_bias(translation: Translation, operator: Operator) -> None:
    """MediaPipe's custom operator; its options are TfLiteTransposeConvParams, three 32-bit numbers.

    A SAME transposed convolution is the gradient of a SAME convolution: what that convolution would have padded is
    cut off the result.
    """
    padding, stride_width, stride_height = struct.unpack_from("<3i", operator.custom_options)
    if padding not in (TRANSPOSED_SAME, TRANSPOSED_VALID):
        raise Unsupported(f"{operator.name} with padding {padding}")
    stride = [stride_height, stride_width]
    # Stored as [out, height, width, in], wanted as [in, out, height, width].
    kernel = translation.weights(operator.inputs[1], "a convolution's kernel").transpose(3, 0, 1, 2)
    size = translation.network.shape(operator.inputs[0])[1:3]
    wanted = translation.network.shape(operator.outputs[0])[1:3]
    surplus = [(n - 1) * s + k - w for n, s, k, w in zip(size, stride, kernel.shape[2:], wanted)]
    cut = [max(pixels, 0) for pixels in surplus]
    result = translation.graph.node(
        "ConvTranspose",
        translation.value(operator.inputs[0]),
        translation.graph.constant(kernel),
        translation.value(operator.inputs[2]),
        kernel_shape=kernel.shape[2:],
        strides=stride,
        pads=[pixels // 2 for pixels in cut] + [pixels - pixels // 2 for pixels in cut],
        output_padding=[max(-pixels, 0) for pixels in surplus],
    )
    translation.finish(operator, result)


# The order of TfLitePadding in TensorFlow Lite's C interface; the flatbuffer's tflite.Padding counts differently.
TRANSPOSED_SAME, TRANSPOSED_VALID = 1, 2


def average_pool_2d(translation: Translation, operator: Operator) -> None:
    options = operator.options(tflite.Pool2DOptions)
    value = translation.value(operator.inputs[0])
    size = translation.network.shape(operator.inputs[0])[1:3]
    kernel = [options.FilterHeight(), options.FilterWidth()]
    stride = [options.StrideH(), options.StrideW()]
    around = pads(options.Padding(), size, kernel, stride, [1, 1])
    if kernel == size and not any(around):
        result = translation.graph.node("GlobalAveragePool", value)
    else:
        # Padding is left out of ONNX's average by default, as it is in TensorFlow's.
        result = translation.graph.node("AveragePool", value, kernel_shape=kernel, strides=stride, pads=around)
    translation.finish(operator, result, options.FusedActivationFunction())


def max_pool_2d(translation: Translation, operator: Operator) -> None:
    options = operator.options(tflite.Pool2DOptions)
    size = translation.network.shape(operator.inputs[0])[1:3]
    kernel = [options.FilterHeight(), options.FilterWidth()]
    stride = [options.StrideH(), options.StrideW()]
    # What ONNX pads a maximum with is less than any pixel, as in TensorFlow.
    around = pads(options.Padding(), size, kernel, stride, [1, 1])
    value = translation.value(operator.inputs[0])
    result = translation.graph.node("MaxPool", value, kernel_shape=kernel, strides=stride, pads=around)
    translation.finish(operator, result, options.FusedActivationFunction())


def mean(translation: Translation, operator: Operator) -> None:
    rank = translation.rank(operator.inputs[0])
    axes = translation.weights(operator.inputs[1], "MEAN's axes").reshape(-1).tolist()
    keep = operator.options(tflite.ReducerOptions).KeepDims()
    kept = [axis for axis in range(rank) if axis not in [axis % rank for axis in axes]]
    if rank == 4 and not keep and kept != sorted(kept, key=lambda axis: translation.axis(axis, rank)):
        raise Unsupported(f"MEAN over the axes {axes} that drops them and leaves the channels between others")
    result = translation.graph.node(
        "ReduceMean",
        translation.value(operator.inputs[0]),
        axes=sorted(translation.axis(axis, rank) for axis in axes),
        keepdims=int(keep),
    )
    translation.finish(operator, result)


def elementwise(onnx_name: str, options: type) -> Callable[[Translation, Operator], None]:
    def function(translation: Translation, operator: Operator) -> None:
        rank = translation.rank(operator.outputs[0])
        computed = [tensor for tensor in operator.inputs if tensor in translation.values]
        if rank == 4 and any(translation.rank(tensor) not in (0, 4) for tensor in computed):
            raise Unsupported(f"{operator.name} that stretches a computed tensor of fewer axes over an image")
        operands = [translation.value(tensor, rank) for tensor in operator.inputs]
        result = translation.graph.node(onnx_name, *operands)
        translation.finish(operator, result, operator.options(options).FusedActivationFunction())

    return function


def unary(onnx_name: str) -> Callable[[Translation, Operator], None]:
    def function(translation: Translation, operator: Operator) -> None:
        value = translation.value(operator.inputs[0])
        translation.finish(operator, translation.graph.node(onnx_name, value))

    return function


def prelu(translation: Translation, operator: Operator) -> None:
    """Below 0, each channel has a slope of its own: slope * x + (1 - slope) * max(x, 0).

    Both factors are convolutions of one pixel, which ONNX Runtime runs in the layout of the convolutions around them.
    Its PRelu does not, which made the palm detector take twice the time.
    """
    graph = translation.graph
    channels = translation.network.shape(operator.inputs[0])[-1]
    slopes = translation.weights(operator.inputs[1], "PRELU's slopes")
    if translation.rank(operator.inputs[0]) != 4 or slopes.size != channels:
        raise Unsupported(f"PRELU with {slopes.size} slopes for {channels} channels of an image")

    def scaled(value: str, factors: np.ndarray) -> str:
        kernel = graph.constant(factors.reshape(channels, 1, 1, 1))
        return graph.node("Conv", value, kernel, kernel_shape=[1, 1], group=channels)

    value = translation.value(operator.inputs[0])
    above = scaled(graph.node("Relu", value), 1 - slopes)
    translation.finish(operator, graph.node("Add", scaled(value, slopes), above))


def densify(translation: Translation, operator: Operator) -> None:
    """A constant that is stored without its zeros; they are put back when it is read."""
    translation.fold(operator.outputs[0], translation.weights(operator.inputs[0], "DENSIFY's input"))


def depth_to_space(translation: Translation, operator: Operator) -> None:
    """Channels become a block of pixels: the block's row counts most, then its column, then the channel."""
    block = operator.options(tflite.DepthToSpaceOptions).BlockSize()
    value = translation.value(operator.inputs[0])
    translation.finish(operator, translation.graph.node("DepthToSpace", value, blocksize=block, mode="DCR"))


def dequantize(translation: Translation, operator: Operator) -> None:
    """Half-precision constants become single precision here, once, instead of at every run."""
    value = translation.weights(operator.inputs[0], "DEQUANTIZE's input")
    if value.dtype != np.float16:
        raise Unsupported(f"DEQUANTIZE of {value.dtype}")
    translation.fold(operator.outputs[0], value.astype(np.float32))


def resize_bilinear(translation: Translation, operator: Operator) -> None:
    options = operator.options(tflite.ResizeBilinearOptions)
    if options.AlignCorners():
        coordinates = "align_corners"
    else:
        coordinates = "half_pixel" if options.HalfPixelCenters() else "asymmetric"
    before = translation.network.shape(operator.inputs[0])
    after = translation.network.shape(operator.outputs[0])
    value = translation.value(operator.inputs[0])
    translation.finish(operator, resize(translation.graph, value, before[1:3], after[1:3], coordinates))


def resize(graph: OnnxGraph, value: str, before: Sequence[int], after: Sequence[int], coordinates: str) -> str:
    """Bilinear resize of [N, channels, height, width]; `coordinates` is ONNX's coordinate_transformation_mode."""
    scales = np.array([1, 1, after[0] / before[0], after[1] / before[1]], np.float32)
    return graph.node(
        "Resize",
        value,
        "",
        graph.constant(scales),
        mode="linear",
        coordinate_transformation_mode=coordinates,
    )


def concatenation(translation: Translation, operator: Operator) -> None:
    options = operator.options(tflite.ConcatenationOptions)
    rank = translation.rank(operator.outputs[0])
    values = [translation.value(tensor, rank) for tensor in operator.inputs]
    result = translation.graph.node("Concat", *values, axis=translation.axis(options.Axis(), rank))
    translation.finish(operator, result, options.FusedActivationFunction())


def pad(translation: Translation, operator: Operator) -> None:
    amounts = translation.weights(operator.inputs[1], "PAD's amounts")
    if len(amounts) == 4:
        amounts = amounts[list(CHANNELS_FIRST)]
    flat = translation.graph.constant(amounts.T.reshape(-1).astype(np.int64))
    translation.finish(operator, translation.graph.node("Pad", translation.value(operator.inputs[0]), flat))


def reshape(translation: Translation, operator: Operator) -> None:
    value = translation.channels_last(operator.inputs[0])
    result = reshaped(translation, value, translation.network.shape(operator.outputs[0]))
    translation.finish(operator, result)


def reshaped(translation: Translation, channels_last_value: str, shape: Sequence[int]) -> str:
    """A channels-last value in a new channels-last shape, returned in the graph's layout."""
    graph = translation.graph
    result = graph.node("Reshape", channels_last_value, graph.constant(np.array(shape, np.int64)))
    return graph.node("Transpose", result, perm=CHANNELS_FIRST) if len(shape) == 4 else result


def fully_connected(translation: Translation, operator: Operator) -> None:
    options = operator.options(tflite.FullyConnectedOptions)
    graph = translation.graph
    kernel = translation.weights(operator.inputs[1], "a fully connected layer's weights")
    rows = graph.constant(np.array([-1, kernel.shape[1]], np.int64))
    inputs = [graph.node("Reshape", translation.channels_last(operator.inputs[0]), rows), graph.constant(kernel)]
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        inputs.append(translation.value(operator.inputs[2]))
    result = graph.node("Gemm", *inputs, transB=1)
    shape = translation.network.shape(operator.outputs[0])
    if len(shape) != 2:
        result = reshaped(translation, result, shape)
    translation.finish(operator, result, options.FusedActivationFunction())


OPERATORS: dict[str, Callable[[Translation, Operator], None]] = {
    "ADD": elementwise("Add", tflite.AddOptions),
    "AVERAGE_POOL_2D": average_pool_2d,
    "CONCATENATION": concatenation,
    "CONV_2D": conv_2d,
    "DENSIFY": densify,
    "DEPTHWISE_CONV_2D": depthwise_conv_2d,
    "DEPTH_TO_SPACE": depth_to_space,
    "DEQUANTIZE": dequantize,
    "FULLY_CONNECTED": fully_connected,
    "HARD_SWISH": unary("HardSwish"),
    "LOGISTIC": unary("Sigmoid"),
    "MAX_POOL_2D": max_pool_2d,
    "MEAN": mean,
    "MUL": elementwise("Mul", tflite.MulOptions),
    "PAD": pad,
    "PRELU": prelu,
    "RELU": unary("Relu"),
    "RESHAPE": reshape,
    "RESIZE_BILINEAR": resize_bilinear,
}

CUSTOM_OPERATORS: dict[str, Callable[[Translation, Operator], None]] = {
    "Convolution2DTransposeBias": transposed_conv_with_bias,
}
