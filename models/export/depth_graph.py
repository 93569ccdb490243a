"""From a torch network to the graph of the kind `depth` that the server runs: bytes in, a number a pixel out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from segmentation import OfPixels, enlarge, exported

NAME = "depth"


class DepthOfPixels(OfPixels):
    """`depths` makes float32 [N, h, w], at a size of its own, of normalised planes [N, 3, height, width]."""

    def __init__(self, network: nn.Module, depths: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__(network)
        self.depths = depths

    def forward(self, pixels: Tensor) -> Tensor:
        depths = self.depths(self.network, self.planes(pixels))
        size = tuple(pixels.shape[1:3])
        return depths if tuple(depths.shape[1:]) == size else enlarge(depths[:, None], size)[:, 0]


def export(
    network: nn.Module,
    depths: Callable[[nn.Module, Tensor], Tensor],
    width: int,
    height: int,
    facts: Mapping[str, str],
) -> bytes:
    """The ONNX file, `pixels` uint8 [N, height, width, 3], BGR, to `depth` float32 [N, height, width]: the same network and
    torch version give the same bytes. The weights keep their names, as segmentation.py says."""
    return exported(DepthOfPixels(network, depths), "depth", NAME, width, height, facts)
