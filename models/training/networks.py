"""The four networks that Osprey ships: small members of the families whose public checkpoints can take their place.

Each is built of the same library's classes as the large one, so exporting and post-processing are the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.segmentation.deeplabv3 import ASPP, DeepLabV3
from transformers import (
    Mask2FormerConfig,
    Mask2FormerForUniversalSegmentation,
    ResNetBackbone,
    ResNetConfig,
    SegformerConfig,
    SegformerForSemanticSegmentation,
)


@dataclass(frozen=True)
class Network:
    """A mode's network: `build` takes the number of classes; width and height are of its input and its mask."""

    name: str
    family: str
    width: int
    height: int
    build: Callable[[int], nn.Module]
    # Of its training: steps, highest learning rate, and how many of a hundred steps see pictures of which width.
    steps: int
    rate: float
    widths: tuple[tuple[int, int], ...]
    # Whether it is trained in bfloat16; depth-wise convolutions are slower so.
    bfloat16: bool = True
    # The ResNet in it, where that comes trained.
    backbone: Callable[[nn.Module], ResNetBackbone] | None = None


def _head(channels_in: int, channels: int, classes: int, rates: tuple[int, ...]) -> nn.Sequential:
    """DeepLabV3's head, narrower and without its dropout: so small a network does not learn too much by heart."""
    pyramid = ASPP(channels_in, rates, channels)
    pyramid.project[-1].p = 0.0
    return nn.Sequential(
        pyramid,
        nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.Conv2d(channels, classes, 1),
    )


def deeplab_mobilenet(classes: int) -> DeepLabV3:
    """DeepLabV3 on a MobileNetV3 of seven blocks, output stride 8."""
    blocks = [
        InvertedResidualConfig(channels_in, 3, expanded, channels, False, "RE", stride, dilation, width_mult=1.0)
        for channels_in, expanded, channels, stride, dilation in (
            (16, 32, 24, 2, 1),
            (24, 72, 40, 2, 1),
            (40, 160, 64, 1, 1),
            (64, 192, 64, 1, 1),
            (64, 256, 96, 1, 2),
            (96, 288, 96, 1, 2),
            (96, 288, 96, 1, 2),
        )
    ]
    # Its last convolution, six times as wide, serves the classifier of pictures and is left out.
    features = MobileNetV3(blocks, last_channel=1).features[:-1]
    backbone = IntermediateLayerGetter(features, {str(len(features) - 1): "out"})
    return DeepLabV3(backbone, _head(96, 64, classes, (2, 4, 6)))


class _Residual(nn.Module):
    """Two convolutions of 3 x 3 and a way around them.

    Not torchvision's block: that one does not dilate. Wide and plain, it keeps a processor's matrix unit busy.
    """

    def __init__(self, channels_in: int, channels: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, dilation, dilation, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(values) + self.shortcut(values))


def deeplab_resnet(classes: int) -> DeepLabV3:
    """DeepLabV3 on a ResNet of seven blocks, output stride 8 by dilation."""
    stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU())
    blocks = [
        _Residual(32, 64, stride=2),
        _Residual(64, 64),
        _Residual(64, 128, stride=2),
        _Residual(128, 128),
        _Residual(128, 128, dilation=2),
        _Residual(128, 128, dilation=2),
        _Residual(128, 128, dilation=4),
    ]
    backbone = IntermediateLayerGetter(nn.Sequential(stem, *blocks), {str(len(blocks)): "out"})
    return DeepLabV3(backbone, _head(128, 64, classes, (4, 8, 12)))


def resnet_config() -> ResNetConfig:
    return ResNetConfig(
        embedding_size=32,
        hidden_sizes=[48, 96, 160, 224],
        depths=[2, 2, 3, 2],
        layer_type="basic",
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )


def segformer(classes: int) -> SegformerForSemanticSegmentation:
    """SegFormer with the stages of sota's ResNet where its patches are embedded, and attention in the last three.

    Its own embeddings, one convolution each, learn slowly from nothing; these come trained. The normalisations around
    them are left out, so that every stage meets the values that it was trained with.
    """
    resnet = resnet_config()
    model = SegformerForSemanticSegmentation(
        SegformerConfig(
            num_labels=classes,
            depths=[0, 1, 2, 1],
            hidden_sizes=resnet.hidden_sizes,
            num_attention_heads=[1, 2, 5, 7],
            mlp_ratios=[2, 2, 2, 2],
            sr_ratios=[8, 4, 2, 1],
            decoder_hidden_size=64,
            drop_path_rate=0.0,
            classifier_dropout_prob=0.0,
            semantic_loss_ignore_index=255,
            # In one short trial it learned no worse than GELU.
            hidden_act="relu",
            # Of so few cells, the plain product is faster to train with than the fused one.
            attn_implementation="eager",
        )
    )
    backbone = ResNetBackbone(resnet)
    stages = [nn.Sequential(backbone.embedder, backbone.encoder.stages[0]), *backbone.encoder.stages[1:]]
    for stage, convolutions in zip(model.segformer.stages, stages, strict=True):
        stage.patch_embeddings.proj = convolutions
        stage.patch_embeddings.layer_norm = nn.Identity()
        stage.layer_norm = nn.Identity()
    return model


def _segformers_backbone(model: SegformerForSemanticSegmentation) -> ResNetBackbone:
    """Shares its layers with the model."""
    first, *others = (stage.patch_embeddings.proj for stage in model.segformer.stages)
    backbone = ResNetBackbone(resnet_config())
    backbone.embedder = first[0]
    backbone.encoder.stages = nn.ModuleList([first[1], *others])
    return backbone


class BackboneTrainer(nn.Module):
    """Mask2Former's backbone with the plainest thing behind it that gives scores, a feature pyramid.

    Queries teach a backbone slowly; it starts from what it learned here.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        config = resnet_config()
        self.backbone = ResNetBackbone(config)
        self.laterals = nn.ModuleList(nn.Conv2d(channels, 64, 1) for channels in config.hidden_sizes)
        self.head = nn.Sequential(
            nn.Conv2d(64, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.Conv2d(64, classes, 1)
        )

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Scores at a quarter of the size."""
        maps = [lateral(map_) for lateral, map_ in zip(self.laterals, self.backbone(values).feature_maps, strict=True)]
        coarse = maps.pop()
        while maps:
            fine = maps.pop()
            coarse = fine + functional.interpolate(coarse, fine.shape[2:], mode="bilinear", align_corners=False)
        return self.head(coarse)


def mask2former(classes: int) -> Mask2FormerForUniversalSegmentation:
    """Mask2Former with 24 queries and three layers in its decoder, on a narrow ResNet."""
    return Mask2FormerForUniversalSegmentation(
        Mask2FormerConfig(
            backbone_config=resnet_config(),
            num_labels=classes,
            feature_size=64,
            mask_feature_size=64,
            hidden_dim=64,
            encoder_feedforward_dim=192,
            dim_feedforward=256,
            encoder_layers=2,
            decoder_layers=4,
            num_attention_heads=4,
            num_queries=24,
            dropout=0.0,
            use_auxiliary_loss=True,
        )
    )


# Small pictures teach what things are at a small part of the cost; the last ones teach where they end. The size that a
# network is served with is chosen by the validation pictures, for four modes that are apart in quality and in speed.
_FROM_NOTHING = ((112, 50), (160, 25), (224, 25))

NETWORKS = {
    "fast": Network(
        "DeepLabV3, small MobileNetV3",
        "deeplab",
        192,
        144,
        deeplab_mobilenet,
        5000,
        1.5e-2,
        ((96, 50), (144, 25), (192, 25)),
        bfloat16=False,
    ),
    "balanced": Network("DeepLabV3, small ResNet", "deeplab", 224, 168, deeplab_resnet, 3000, 1.2e-2, _FROM_NOTHING),
    "accurate": Network(
        "SegFormer, small, ResNet",
        "segformer",
        288,
        216,
        segformer,
        600,
        6e-3,
        ((112, 20), (160, 50), (224, 30)),
        backbone=_segformers_backbone,
    ),
    "sota": Network(
        "Mask2Former, small, ResNet",
        "mask2former",
        320,
        240,
        mask2former,
        2200,
        6e-3,
        ((112, 20), (160, 40), (256, 40)),
        backbone=lambda model: model.model.pixel_level_module.encoder,
    ),
}

# What sota starts from; served nowhere.
BACKBONE = Network("ResNet with a feature pyramid", "scores", 224, 168, BackboneTrainer, 6500, 1.2e-2, _FROM_NOTHING)
