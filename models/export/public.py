"""Puts a public network in the place of the one that Osprey ships in a mode.

  fast      DeepLabV3, MobileNetV3-Large    21 classes of Pascal VOC, from torchvision
  balanced  DeepLabV3, ResNet-50            21 classes of Pascal VOC, from torchvision
  accurate  SegFormer-B3                    150 classes of ADE20K, NVIDIA's, NOT for commercial use
  sota      Mask2Former, Swin-Large         150 classes of ADE20K, Meta's, NOT for commercial use
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from huggingface_hub.utils import logging as hub_logging
from torch import nn
from torchvision.models import WeightsEnum
from torchvision.models.segmentation import (
    DeepLabV3_MobileNet_V3_Large_Weights,
    DeepLabV3_ResNet50_Weights,
    deeplabv3_mobilenet_v3_large,
    deeplabv3_resnet50,
)
from transformers import (
    Mask2FormerConfig,
    Mask2FormerForUniversalSegmentation,
    PreTrainedModel,
    SegformerConfig,
    SegformerForSemanticSegmentation,
    SwinConfig,
)
from transformers.utils import logging as transformers_logging

from model_folder import HERE, next_version, write_model
from segmentation import export, half_precision, metadata

LABELS = {name: (HERE / "labels" / f"{name}.txt").read_text(encoding="utf-8").splitlines() for name in ("voc", "ade20k")}

RANDOM_WEIGHTS_SEED = 1
RANDOM_WEIGHTS_TERMS = "The weights are random numbers and nobody's: for measuring speed and memory, not for seeing."

# What transformers' networks have and their answer does not need.
UNUSED = ("swin.layernorm.", "criterion.", "mask_token")


@dataclass(frozen=True)
class PublicNetwork:
    """A mode's public network.

    :ivar build: the network with random weights for so many classes
    :ivar checkpoint: where its weights come from
    :ivar memory_mib: by the side of the input; the first side is the default, measured by measure.py and rounded up, and
        the bound of the smaller ones. That of sota is what the protocol's original took
    :ivar licence: of the weights; a text of that name lies in licences/, or `terms` say where it is
    :ivar quality: what its makers measured
    """

    name: str
    build: Callable[[int], nn.Module]
    checkpoint: WeightsEnum | str
    checkpoint_kind: str
    labels: str
    memory_mib: Mapping[int, int]
    source: str
    licence: str
    terms: str
    quality: str

    def random(self) -> nn.Module:
        return self.build(len(LABELS[self.labels]))


def deeplab(build: Callable[..., nn.Module]) -> Callable[[int], nn.Module]:
    return lambda classes: build(weights=None, weights_backbone=None, num_classes=classes)


def segformer_b3(classes: int) -> SegformerForSemanticSegmentation:
    return SegformerForSemanticSegmentation(
        SegformerConfig(
            depths=[3, 4, 18, 3], hidden_sizes=[64, 128, 320, 512], decoder_hidden_size=768, num_labels=classes
        )
    )


def mask2former_swin_large(classes: int) -> Mask2FormerForUniversalSegmentation:
    swin = SwinConfig(
        image_size=384,
        embed_dim=192,
        depths=[2, 2, 18, 2],
        num_heads=[6, 12, 24, 48],
        window_size=12,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    # The other defaults are the published network's.
    return Mask2FormerForUniversalSegmentation(Mask2FormerConfig(backbone_config=swin, num_labels=classes))


TORCHVISION_TERMS = (
    "torchvision publishes the weights with its code under the BSD 3-Clause licence (file LICENSE). They were trained on "
    "pictures of COCO, which have licences of their own; torchvision leaves it to you to find out whether your use is "
    "permitted."
)
NVIDIA_TERMS = (
    "NOT FOR COMMERCIAL USE. The weights are under the NVIDIA Source Code License for SegFormer, which permits research "
    "and evaluation only, also of what is derived from them, and asks everybody who passes them on to pass on the "
    "licence's text: https://github.com/NVlabs/SegFormer/blob/master/LICENSE. They were trained on ADE20K, whose "
    "pictures are for research and education."
)
META_TERMS = (
    "NOT FOR COMMERCIAL USE. The makers' list of models puts the weights under CC BY-NC 4.0 "
    "(https://github.com/facebookresearch/Mask2Former/blob/main/MODEL_ZOO.md); the code beside it became MIT later, the "
    "weights' licence did not change, and the copy at Hugging Face says only \"other\". Licence text: "
    "https://creativecommons.org/licenses/by-nc/4.0/legalcode. They were trained on ADE20K, whose pictures are for "
    "research and education."
)

PUBLIC = {
    "fast": PublicNetwork(
        name="DeepLabV3, MobileNetV3-Large",
        build=deeplab(deeplabv3_mobilenet_v3_large),
        checkpoint=DeepLabV3_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1,
        checkpoint_kind="a .pth file",
        labels="voc",
        memory_mib={512: 197, 320: 197},
        source="torchvision, DeepLabV3_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1",
        licence="BSD-3-Clause",
        terms=TORCHVISION_TERMS,
        quality="mean IoU 60.3 % on COCO val2017 with VOC labels, shorter side 520 and the ratio kept",
    ),
    "balanced": PublicNetwork(
        name="DeepLabV3, ResNet-50",
        build=deeplab(deeplabv3_resnet50),
        checkpoint=DeepLabV3_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1,
        checkpoint_kind="a .pth file",
        labels="voc",
        memory_mib={640: 764, 512: 764},
        source="torchvision, DeepLabV3_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1",
        licence="BSD-3-Clause",
        terms=TORCHVISION_TERMS,
        quality="mean IoU 66.4 % on COCO val2017 with VOC labels, shorter side 520 and the ratio kept",
    ),
    "accurate": PublicNetwork(
        name="SegFormer-B3",
        build=segformer_b3,
        checkpoint="nvidia/segformer-b3-finetuned-ade-512-512",
        checkpoint_kind="a folder with config.json and model.safetensors or pytorch_model.bin",
        labels="ade20k",
        memory_mib={768: 2389, 640: 2389, 512: 2389},
        source="Hugging Face, nvidia/segformer-b3-finetuned-ade-512-512",
        licence="NVIDIA Source Code License for SegFormer (non-commercial use only)",
        terms=NVIDIA_TERMS,
        quality="see the page of the checkpoint",
    ),
    "sota": PublicNetwork(
        name="Mask2Former, Swin-Large",
        build=mask2former_swin_large,
        checkpoint="facebook/mask2former-swin-large-ade-semantic",
        checkpoint_kind="a folder with config.json and model.safetensors or pytorch_model.bin",
        labels="ade20k",
        memory_mib={1024: 3953, 640: 3953},
        source="Hugging Face, facebook/mask2former-swin-large-ade-semantic",
        licence="CC-BY-NC-4.0 (non-commercial use only)",
        terms=META_TERMS,
        quality="mean IoU 56.1 % on ADE20K val, shorter side 640 and the ratio kept",
    ),
}


def load(public: PublicNetwork, checkpoint: Path | None) -> nn.Module:
    """The network with its public weights: from the makers, or from `checkpoint` on this machine."""

    def read() -> nn.Module:
        if isinstance(public.checkpoint, WeightsEnum):
            return load_torchvision(public, checkpoint)
        return load_transformers(public.random, public.checkpoint, checkpoint)

    return loaded(read, public.name, checkpoint or public.source, public.checkpoint_kind)


def loaded(read: Callable[[], nn.Module], name: str, asked_for: Path | str, checkpoint_kind: str) -> nn.Module:
    """What is read; what it fails for, in one sentence."""
    try:
        return read()
    except (pickle.UnpicklingError, EOFError):
        said = "it is no checkpoint of torch"
    # Out of reach, or of another network.
    except (OSError, RuntimeError, ValueError, AttributeError) as reason:
        said = str(reason).partition("\n")[0].strip(" .:")
    raise SystemExit(
        f"No weights of {name} from {asked_for}: {said}. Name a copy on this machine with --checkpoint "
        f"({checkpoint_kind}), or try everything else with --random-weights."
    )


def load_torchvision(public: PublicNetwork, checkpoint: Path | None) -> nn.Module:
    if checkpoint:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    else:
        state = public.checkpoint.get_state_dict(progress=True, check_hash=True)
    network = public.random()
    # The auxiliary head is for training.
    network.load_state_dict({name: value for name, value in state.items() if not name.startswith("aux_classifier.")})
    return network


def load_transformers(build: Callable[[], PreTrainedModel], published: str, checkpoint: Path | None) -> PreTrainedModel:
    """The network that `build` makes, with the weights that are published under that name, or of a folder on this machine."""
    if checkpoint and not checkpoint.is_dir():
        raise OSError("it is not a folder")
    hub_logging.set_verbosity_error()
    transformers_logging.set_verbosity_error()
    with torch.device("meta"):
        expected = build()
    network, report = type(expected).from_pretrained(checkpoint or published, output_loading_info=True)
    if shapes(network) != shapes(expected):
        raise ValueError("it is another network")
    # What is missing was filled with random numbers.
    missing = [name for name in report["missing_keys"] if not any(part in name for part in UNUSED)]
    if missing:
        raise ValueError(f"it lacks {len(missing)} weights, {min(missing)} among them")
    return network.float()


def shapes(network: nn.Module) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in network.named_parameters()}


def random_weights(public: PublicNetwork) -> nn.Module:
    torch.manual_seed(RANDOM_WEIGHTS_SEED)
    return public.random()


def manifest(mode: str, side: int, version: int, *, random: bool) -> dict:
    public = PUBLIC[mode]
    data_set = {"voc": "Pascal VOC", "ade20k": "ADE20K"}[public.labels]
    weights = "with random weights" if random else f"with its public weights for {data_set}"
    return {
        "name": mode,
        "kind": "segmentation",
        "description": f"{public.name} {weights}.",
        "version": version,
        "sha256": {},
        "input": {
            "name": "pixels",
            "width": side,
            "height": side,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": "mask", "decoder": "mask", "width": side, "height": side},
        "labels": LABELS[public.labels],
        "palette": "voc",
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "memoryMiB": public.memory_mib[side],
        "licence": "none: random weights" if random else public.licence,
        "source": "random numbers" if random else public.source,
    }


EPILOG = """\
It writes a new version into models/<mode>, with manifest, model card and notice to match. Osprey serves it from the
next start on, or at once when the operator asks for that version. To go back: git checkout models/<mode>.
What each costs in memory and time: models/README.md.
"""


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EPILOG,
    )
    parser.add_argument("mode", choices=PUBLIC, help="the mode whose network is replaced")
    parser.add_argument(
        "--size",
        type=int,
        metavar="SIDE",
        help="side of the square that a frame is stretched to, in pixels: "
        + "; ".join(f"{mode} {' or '.join(map(str, public.memory_mib))}" for mode, public in PUBLIC.items())
        + "; the first is the default. Smaller is faster and coarser",
    )
    parser.add_argument("--fp16", action="store_true", help="computes in half precision: for GPUs, a CPU gains nothing")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument(
        "--checkpoint",
        type=Path,
        metavar="PATH",
        help="the weights on this machine, where it has no access to the makers': the .pth file for fast and balanced, "
        "the folder from Hugging Face for accurate and sota",
    )
    weights.add_argument(
        "--random-weights",
        action="store_true",
        help="downloads nothing: the same network with random numbers, which sees nothing but costs as much",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=HERE.parent,
        help="the model repository to write into (default: the folder models of this checkout)",
    )
    options = parser.parse_args(words)
    sides = PUBLIC[options.mode].memory_mib
    options.size = options.size or next(iter(sides))
    if options.size not in sides:
        parser.error(f"--size of {options.mode} is {' or '.join(map(str, sides))}")
    return options


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    public = PUBLIC[options.mode]
    random = options.random_weights
    network = random_weights(public) if random else load(public, options.checkpoint)
    source = "random" if random else public.source
    content = export(network, options.size, options.size, {"network": public.name, "weights": source})
    if options.fp16:
        content = half_precision(content)
    version = next_version(options.output / options.mode)
    described = manifest(options.mode, options.size, version, random=random)
    terms = RANDOM_WEIGHTS_TERMS if random else public.terms
    facts = {
        "mode": options.mode,
        "network": public.name,
        "parameters": f"{int(metadata(content)['parameters']):,}",
        "version": version,
        "side": options.size,
        "classes": len(described["labels"]),
        "source": described["source"],
        "licence": described["licence"],
        "terms": terms,
        "quality": "it sees nothing" if random else f"{public.quality}; a square here, so expect somewhat less",
        "precision": "float16" if options.fp16 else "float32",
        "memory": described["memoryMiB"],
    }
    folder = write_model(options.output, described, content, facts, HERE / "public")
    print(terms)
    print(f"Wrote version {version} to {folder}.")


if __name__ == "__main__":
    main()
