"""From a torch segmentation network to the graph the server runs: bytes in, one class a pixel out.

    network = torchvision.models.segmentation.deeplabv3_mobilenet_v3_large(num_classes=9)
    content = export(network, width=320, height=240, facts={"network": "...", "weights": "..."})

A network is one of FAMILIES. Its graph takes `pixels` uint8 [N, height, width, 3], BGR, and gives `mask` uint8
[N, height, width], equal to what the family's own Python stack makes of the same picture at that size. The weights
keep their names, behind `network.`, so that the file is a checkpoint as well: `weights` reads them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import onnx
import onnx_ir
import onnxscript.optimizer
import torch
from onnx import numpy_helper
from onnx_ir.passes import common as passes
from onnxruntime.transformers.float16 import convert_float_to_float16
from torch import Tensor, nn
from torch.nn.functional import interpolate
from torchvision.models.segmentation import DeepLabV3
from transformers import Mask2FormerForUniversalSegmentation, SegformerForSemanticSegmentation

from onnx_file import finished

# What all four families were trained with: RGB in [0, 1], ImageNet's mean and standard deviation.
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
BYTE_RANGE = 255

# Transformers' post-processing of Mask2Former brings every query's mask to this size before it adds them up, whatever
# the picture's size.
QUERY_MASK_SIZE = (384, 384)

MAX_BATCH = 256
# The newest that onnxscript's torch library translates into.
OPSET = 20

PREFIX = "network."
NAME = "segmentation"


def deeplab_scores(network: DeepLabV3, planes: Tensor) -> Tensor:
    """The scores before the network enlarges them itself; its auxiliary head is for training."""
    return network.classifier(network.backbone(planes)["out"])


def segformer_scores(network: SegformerForSemanticSegmentation, planes: Tensor) -> Tensor:
    return network(planes).logits


def mask2former_scores(network: Mask2FormerForUniversalSegmentation, planes: Tensor) -> Tensor:
    """For each class the sum over the queries: how much the query is of that class times how much the pixel is its."""
    answer = network(planes)
    # The last class is "no object".
    classes = answer.class_queries_logits.softmax(dim=-1)[..., :-1]
    masks = enlarge(answer.masks_queries_logits, QUERY_MASK_SIZE).sigmoid()
    return torch.einsum("nqc,nqhw->nchw", classes, masks)


# How each family makes float32 scores [N, classes, h, w], at a size of its own, of normalised planes
# [N, 3, height, width].
FAMILIES: dict[type[nn.Module], Callable[[nn.Module, Tensor], Tensor]] = {
    DeepLabV3: deeplab_scores,
    SegformerForSemanticSegmentation: segformer_scores,
    Mask2FormerForUniversalSegmentation: mask2former_scores,
}


def enlarge(values: Tensor, size: tuple[int, int]) -> Tensor:
    return interpolate(values, size=size, mode="bilinear", align_corners=False)


class OfPixels(nn.Module):
    """A network behind the bytes that it is fed with; it is named `network`."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        # As one multiplication and one addition.
        deviation = torch.tensor(DEVIATION).reshape(3, 1, 1)
        self.register_buffer("scale", 1 / (BYTE_RANGE * deviation), persistent=False)
        self.register_buffer("shift", -torch.tensor(MEAN).reshape(3, 1, 1) / deviation, persistent=False)

    def planes(self, pixels: Tensor) -> Tensor:
        # Laid out and reordered as bytes, a quarter of the memory of floats.
        rgb = pixels.permute(0, 3, 1, 2).flip(1)
        return rgb.float() * self.scale + self.shift


class MaskOfPixels(OfPixels):
    """A network between bytes and bytes."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__(network)
        self.scores = next(scores for family, scores in FAMILIES.items() if isinstance(network, family))

    def forward(self, pixels: Tensor) -> Tensor:
        scores = self.scores(self.network, self.planes(pixels))
        return enlarge(scores, tuple(pixels.shape[1:3])).argmax(dim=1).to(torch.uint8)


def export(
    network: nn.Module,
    width: int,
    height: int,
    facts: Mapping[str, str],
    *,
    any_batch: bool = True,
) -> bytes:
    """The ONNX file: the same network and torch version give the same bytes.

    :param facts: written into the file's metadata; the number of parameters is added
    :param any_batch: takes any number of frames, otherwise one
    """
    return exported(MaskOfPixels(network), "mask", NAME, width, height, facts, any_batch=any_batch)


def exported(
    module: OfPixels,
    output: str,
    name: str,
    width: int,
    height: int,
    facts: Mapping[str, str],
    *,
    any_batch: bool = True,
) -> bytes:
    """As `export`, of another module between `pixels` and `output`."""
    network = module.network
    # A trace of one frame would take the batch for a constant.
    example = torch.zeros([2 if any_batch else 1, height, width, 3], dtype=torch.uint8)
    batch = torch.export.Dim("N", min=1, max=MAX_BATCH)
    with torch.no_grad():
        program = torch.onnx.export(
            module.eval(),
            (example,),
            input_names=["pixels"],
            output_names=[output],
            opset_version=OPSET,
            dynamic_shapes=({0: batch},) if any_batch else None,
            dynamo=True,
            optimize=False,
            verbose=False,
        )
    weights_of_network = network.state_dict().keys()
    for value in list(program.model.graph.initializers.values()):
        # Constants of a layer's code have names like its weights.
        if value.name.startswith(PREFIX) and value.name.removeprefix(PREFIX) not in weights_of_network:
            value.name = f"constant.{value.name}"
    model = onnx_ir.to_proto(simplified(program.model))
    # Without the heads and layers that are for training alone.
    kept = {tensor.name for tensor in model.graph.initializer}
    parameters = sum(values.numel() for name, values in network.named_parameters() if PREFIX + name in kept)
    return finished(model, name, {**facts, "parameters": str(parameters)}).SerializeToString(deterministic=True)


def half_precision(content: bytes) -> bytes:
    """The same graph with weights and arithmetic in float16, for GPUs; a CPU widens them again and gains nothing."""
    model = convert_float_to_float16(onnx.load_from_string(content), keep_io_types=True)
    return finished(model, NAME, metadata(content)).SerializeToString(deterministic=True)


def simplified(model: onnx_ir.Model) -> onnx_ir.Model:
    """Computes what does not depend on the input, but leaves the weights as they are.

    ONNX Runtime folds them when it loads the file, normalisations into convolutions too. torch's own optimisation
    would do it here and leave weights that no other program can use.
    """

    def reads_weights(node: onnx_ir.Node) -> bool:
        return any(value is not None and (value.name or "").startswith(PREFIX) for value in node.inputs)

    onnxscript.optimizer.fold_constants(
        model, onnx_shape_inference=True, should_fold=lambda node: False if reads_weights(node) else None
    )
    for tidy in (
        passes.RemoveUnusedNodesPass(),
        passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0),
        passes.CommonSubexpressionEliminationPass(),
        passes.RemoveUnusedNodesPass(),
        passes.RemoveUnusedOpsetsPass(),
        passes.OutputFixPass(),
        passes.NameFixPass(),
    ):
        tidy(model)
    return model


def metadata(content: bytes) -> dict[str, str]:
    return {entry.key: entry.value for entry in onnx.load_from_string(content).metadata_props}


def weights(content: bytes) -> dict[str, Tensor]:
    """The network's weights by the names torch knows them by; what the file holds in half precision is widened."""
    values = {
        tensor.name.removeprefix(PREFIX): numpy_helper.to_array(tensor)
        for tensor in onnx.load_from_string(content).graph.initializer
        # Numbers that a layer writes down as it computes are no weights.
        if tensor.name.startswith(PREFIX) and "lifted_tensor" not in tensor.name
    }
    return {
        name: torch.from_numpy(value.astype(np.float32 if value.dtype == np.float16 else value.dtype))
        for name, value in values.items()
    }
