"""Writes the masks that the Python libraries of a model's network make of pictures, to compare the server's with.

    python models/export/reference.py --model models/fast --output masks street.jpg room.png

The network is the library's, its weights are read from the model's file, the post-processing is the library's own: none
of the exported graph is used. masks/street.png has one class id a pixel, in the picture's size.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torchvision.models.segmentation import DeepLabV3
from torchvision.transforms.functional import convert_image_dtype, normalize
from transformers import (
    Mask2FormerForUniversalSegmentation,
    Mask2FormerImageProcessor,
    SegformerForSemanticSegmentation,
    SegformerImageProcessor,
)

from model_folder import HERE
from public import PUBLIC, UNUSED
from segmentation import metadata, weights

sys.path.append(str(HERE.parent / "training"))

from networks import NETWORKS  # noqa: E402

INTERPOLATIONS = {"bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}


def network_of(model: Path) -> nn.Module:
    """The network of a model folder, built by its library, with the weights of the served file."""
    manifest = json.loads((model / "model.json").read_text(encoding="utf-8"))
    content = (model / str(manifest["version"]) / "model.onnx").read_bytes()
    name = metadata(content)["network"]
    build = {network.name: network.build for network in (*NETWORKS.values(), *PUBLIC.values())}[name]
    network = build(len(manifest["labels"]))
    missing, unknown = network.load_state_dict(weights(content), strict=False)
    # What counts training steps or serves it alone is not part of the file.
    needed = [key for key in missing if not key.endswith("num_batches_tracked") and not any(part in key for part in UNUSED)]
    if needed or unknown:
        raise SystemExit(f"{model} does not fit {name}: lacks {needed}, has {unknown}")
    return network.eval()


def mask(network: nn.Module, pixels: np.ndarray) -> np.ndarray:
    """What the network's library answers: uint8 [height, width] for `pixels` uint8 [height, width, 3], BGR."""
    size = pixels.shape[:2]
    rgb = np.ascontiguousarray(pixels[..., ::-1])
    with torch.no_grad():
        if isinstance(network, DeepLabV3):
            planes = convert_image_dtype(torch.from_numpy(rgb).permute(2, 0, 1), torch.float32)
            planes = normalize(planes, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
            return network(planes[None])["out"][0].argmax(0).to(torch.uint8).numpy()
        processors = {
            SegformerForSemanticSegmentation: SegformerImageProcessor,
            Mask2FormerForUniversalSegmentation: Mask2FormerImageProcessor,
        }
        # The picture comes in the network's size already.
        processor = processors[type(network)](do_resize=False)
        answer = network(pixel_values=processor(rgb, return_tensors="pt")["pixel_values"])
        return processor.post_process_semantic_segmentation(answer, [size])[0].to(torch.uint8).numpy()


def nearest(values: np.ndarray, height: int, width: int) -> np.ndarray:
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    return values[rows[:, None], columns]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, metavar="FOLDER", help="the model's folder")
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where the masks go")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    network = network_of(options.model)
    taken = json.loads((options.model / "model.json").read_text(encoding="utf-8"))["input"]
    for path in options.pictures:
        picture = cv2.imread(str(path))
        if picture is None:
            raise SystemExit(f"{path} is no picture that OpenCV reads")
        size = (taken["width"], taken["height"])
        pixels = cv2.resize(picture, size, interpolation=INTERPOLATIONS[taken["interpolation"]])
        found = nearest(mask(network, pixels), *picture.shape[:2])
        cv2.imwrite(str(options.output / f"{path.stem}.png"), found)


if __name__ == "__main__":
    main()
