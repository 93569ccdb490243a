"""Reads the networks of clips that others trained, from a file of Keras, PyTorch or ONNX.

    network = read(Path("WLASL20c_model.h5"))
    network.answer(clips)                              # float32 [N, classes], by what the file was written for
    network.graph((10, 224, 224, 3), any_batch=True)   # the same as ONNX

What cannot be read ends the process with one sentence.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import onnx_ir
import onnxruntime
import torch
from onnx_ir.passes import common as passes
from torch import Tensor, nn

import keras_file
from measure import one_thread

# The newest that both of torch's exporters know.
OPSET = 20
MAX_BATCH = 256

# Of an input, with the batch; None for a length that the file leaves open.
Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Network:
    """Somebody's network.

    :ivar kind: what the file is, for people
    :ivar takes: the shape of the input as the file tells it, or None where it does not
    :ivar answer: what the network itself answers to float32 clips
    :ivar graph: the network as ONNX for clips of a shape, of which it takes any number or one
    """

    kind: str
    takes: Shape | None
    answer: Callable[[np.ndarray], np.ndarray]
    graph: Callable[[Shape, bool], onnx.ModelProto]


def read(file: Path) -> Network:
    if file.suffix not in READERS:
        raise SystemExit(f"{file} is of an unknown kind; known are {', '.join(READERS)}")
    if not file.is_file():
        raise SystemExit(f"There is no file {file}")
    with quiet():
        try:
            return READERS[file.suffix](file)
        # Whatever a framework raises at a file that it did not write, or not in this version.
        except Exception as reason:
            raise SystemExit(f"{file} cannot be read: {sentence(reason)}") from None


def sentence(reason: Exception) -> str:
    """What a framework says was wrong, without where."""
    # Keras puts the cause last, behind the layers around it.
    lines = str(reason).rpartition("Exception encountered: ")[2].strip().splitlines()
    return lines[0].rstrip(" .:") if lines else type(reason).__name__


@contextmanager
def quiet() -> Iterator[None]:
    """Without what the frameworks tell those who develop with them."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def keras_network(file: Path) -> Network:
    model, version = keras_file.read(file)
    model.eval()
    if len(model.inputs) != 1:
        raise ValueError(f"it takes {len(model.inputs)} inputs, expected one clip")
    network = torch_network(f"Keras {version}, {type(model).__name__}", model, tuple(model.inputs[0].shape))

    def graph(shape: Shape, any_batch: bool) -> onnx.ModelProto:
        with keras_file.frames_as_batch(model):
            return network.graph(shape, any_batch)

    return replace(network, graph=graph)


def program_network(file: Path) -> Network:
    program = torch.export.load(file)
    (taken,) = program.graph_signature.user_inputs
    shape = next(node.meta["val"].shape for node in program.graph.nodes if node.name == taken)
    lengths = tuple(length if isinstance(length, int) else None for length in shape)
    return torch_network("exported program of PyTorch", program.module(), lengths)


class TakesClip(nn.Module):
    """A network with one named input; the exporter needs it to tell which length is the number of clips."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, clip: Tensor) -> Tensor:
        return self.network(clip)


def torch_network(kind: str, module: nn.Module, takes: Shape) -> Network:
    def graph(shape: Shape, any_batch: bool) -> onnx.ModelProto:
        # A trace of one clip would take the batch for a constant.
        example = torch.zeros(2 if any_batch else 1, *shape)
        batch = torch.export.Dim("N", min=1, max=MAX_BATCH)
        with torch.no_grad():
            program = torch.onnx.export(
                TakesClip(module),
                (example,),
                opset_version=OPSET,
                dynamic_shapes=({0: batch},) if any_batch else None,
                dynamo=True,
                verbose=False,
            )
        # A layer that goes over time step by step has its weights once a step.
        passes.DeduplicateInitializersPass()(program.model)
        return onnx_ir.to_proto(program.model)

    return Network(kind, takes, answer_of(module), graph)


def script_network(file: Path) -> Network:
    module = torch.jit.load(file, map_location="cpu").eval()

    def graph(shape: Shape, any_batch: bool) -> onnx.ModelProto:
        written = io.BytesIO()
        with torch.no_grad():
            # The newer exporter does not take TorchScript.
            torch.onnx.export(
                module,
                (torch.zeros(2 if any_batch else 1, *shape),),
                written,
                input_names=["clip"],
                opset_version=OPSET,
                dynamic_axes={"clip": {0: "N"}} if any_batch else None,
                dynamo=False,
            )
        return onnx.load_from_string(written.getvalue())

    return Network("TorchScript", None, answer_of(module), graph)


def answer_of(module: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    def answer(clips: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            answers = module(torch.from_numpy(clips))
        if not isinstance(answers, Tensor):
            raise ValueError(f"it answers with a {type(answers).__name__}, expected one tensor")
        return answers.numpy()

    return answer


def onnx_network(file: Path) -> Network:
    model = onnx.load(file)
    session = onnxruntime.InferenceSession(file, one_thread(), providers=["CPUExecutionProvider"])
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if (len(inputs), len(outputs)) != (1, 1):
        raise ValueError(f"it has {len(inputs)} inputs and {len(outputs)} outputs, expected one of each")
    (taken,) = inputs
    lengths = tuple(length if isinstance(length, int) else None for length in taken.shape)

    def answer(clips: np.ndarray) -> np.ndarray:
        return session.run(None, {taken.name: clips})[0]

    return Network("ONNX", lengths, answer, lambda shape, any_batch: model)


READERS: dict[str, Callable[[Path], Network]] = {
    **dict.fromkeys(keras_file.SUFFIXES, keras_network),
    ".pt": script_network,
    ".pt2": program_network,
    ".onnx": onnx_network,
}
