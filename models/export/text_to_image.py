"""Puts a public latent diffusion model in the place of the three networks that Osprey ships for pictures from words.

  turbo  Stable Diffusion Turbo    1 to 4 steps, Stability AI's, NOT for commercial use without their licence
  lcm    LCM Dreamshaper v7        4 to 8 steps, a latent consistency model on top of Stable Diffusion 1.5
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import onnx
import onnx_ir
import torch
from diffusers import (
    AutoencoderKL,
    DiffusionPipeline,
    EulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from diffusers.utils import logging as diffusers_logging
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer
from transformers.utils import logging as transformers_logging

from model_folder import HERE, describe_model, next_version, write_text
from onnx_file import described, finished
from segmentation import OPSET, PREFIX, simplified

RANDOM_WEIGHTS_SEED = 1
RANDOM_WEIGHTS_TERMS = "The weights are random numbers and nobody's: for trying the way from words to pixels, not for seeing."

# A message of Protocol Buffers has at most 2 GiB; a graph is small beside its weights.
LARGEST_IN_ONE_FILE = 1_900_000_000
WEIGHTS_FILE = "model.onnx.data"
# With a text and without in one run, unless a model needs no guidance.
MAX_BATCH = 2
SAMPLE_RANGE = 255

START, END = "<|startoftext|>", "<|endoftext|>"


@dataclass(frozen=True)
class PublicModel:
    """A public model.

    :ivar checkpoint: where its weights come from
    :ivar text: what its text encoder has beside the sizes
    :ivar unet: what its denoiser has beside the sizes
    :ivar default_steps: by its makers
    """

    name: str
    checkpoint: str
    text: Mapping[str, object]
    unet: Mapping[str, object]
    scheduler: type
    scheduler_settings: Mapping[str, object]
    padding: str
    default_steps: int
    max_steps: int
    licence: str
    terms: str


LATENT_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}

PUBLIC = {
    "turbo": PublicModel(
        name="Stable Diffusion Turbo",
        checkpoint="stabilityai/sd-turbo",
        text={"hidden_act": "gelu"},
        unet={"use_linear_projection": True, "attention_head_dim": (1, 2)},
        scheduler=EulerDiscreteScheduler,
        scheduler_settings={**LATENT_BETAS, "timestep_spacing": "trailing"},
        padding="!",
        default_steps=1,
        max_steps=4,
        licence="Stability AI non-commercial community licence",
        terms=(
            "NOT FOR COMMERCIAL USE without an agreement with Stability AI: the weights are under their non-commercial "
            "community licence, whose text is the file LICENSE.md of the checkpoint "
            "(https://huggingface.co/stabilityai/sd-turbo). It also says what may not be made with them and what has to "
            "go with them where they are passed on. Read it before use."
        ),
    ),
    "lcm": PublicModel(
        name="LCM Dreamshaper v7",
        checkpoint="SimianLuo/LCM_Dreamshaper_v7",
        text={"hidden_act": "quick_gelu"},
        unet={"attention_head_dim": 2, "time_cond_proj_dim": 16},
        scheduler=LCMScheduler,
        scheduler_settings={**LATENT_BETAS, "set_alpha_to_one": False},
        padding=END,
        default_steps=4,
        max_steps=8,
        licence="MIT; its base CreativeML Open RAIL-M",
        terms=(
            "Its makers publish the weights under the MIT licence (https://huggingface.co/SimianLuo/LCM_Dreamshaper_v7). "
            "They were distilled from Dreamshaper v7, a Stable Diffusion 1.5, whose CreativeML Open RAIL-M licence "
            "restricts what may be made with it and with what is derived from it: "
            "https://huggingface.co/spaces/CompVis/stable-diffusion-license. Read both before use."
        ),
    ),
}


class EmbeddingsOfTokens(nn.Module):
    """The text encoder: `tokens` int32 [N, length] to `embeddings` float32 [N, length, width]."""

    def __init__(self, network: CLIPTextModel) -> None:
        super().__init__()
        self.network = network

    def forward(self, tokens: Tensor) -> Tensor:
        return self.network(tokens).last_hidden_state.float()


class PredictionOfLatents(nn.Module):
    """The denoiser: `latents` float32 [N, c, h, w], `timestep` float32 [N] and `text` float32 [N, length, width] to
    `prediction` float32 [N, c, h, w].

    :param guidance: the scale that a latent consistency model was taught to reach without a second run
    """

    def __init__(self, network: UNet2DConditionModel, guidance: float) -> None:
        super().__init__()
        self.network = network
        self.type = next(network.parameters()).dtype
        width = network.config.time_cond_proj_dim
        embedding = None if width is None else guidance_embedding(guidance, width).to(self.type)
        self.register_buffer("embedding", embedding, persistent=False)

    def forward(self, latents: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        told = None if self.embedding is None else self.embedding.expand(latents.shape[0], -1)
        answer = self.network(
            latents.to(self.type), timestep, encoder_hidden_states=text.to(self.type), timestep_cond=told
        )
        return answer.sample.float()


class PixelsOfLatents(nn.Module):
    """The decoder: `latents` float32 [N, c, h, w], as the denoiser leaves them, to `pixels` uint8 [N, height, width, 3]."""

    def __init__(self, network: AutoencoderKL) -> None:
        super().__init__()
        self.network = network
        self.scale = 1 / network.config.scaling_factor

    def forward(self, latents: Tensor) -> Tensor:
        picture = self.network.decode(latents * self.scale).sample
        values = (picture / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
        return (values * SAMPLE_RANGE).round().to(torch.uint8)


def guidance_embedding(guidance: float, width: int) -> Tensor:
    """float32 [1, width]; diffusers' own, which counts from 0 for no guidance."""
    return LatentConsistencyModelPipeline.get_guidance_scale_embedding(None, torch.tensor([guidance - 1]), width)


@dataclass(frozen=True)
class Part:
    """One of the three networks, ready to be exported."""

    name: str
    network: nn.Module
    examples: Mapping[str, Tensor]
    output: str

    def weights_bytes(self) -> int:
        return sum(value.numel() * value.element_size() for value in self.network.parameters())


def parts(pipeline: DiffusionPipeline, side: int, guidance: float) -> list[Part]:
    """:param side: of the latents"""
    length = pipeline.tokenizer.model_max_length
    width = pipeline.text_encoder.config.hidden_size
    channels = pipeline.unet.config.in_channels
    # A trace of one would take the batch for a constant.
    latents = torch.zeros([MAX_BATCH, channels, side, side])
    return [
        Part(
            "text-encoder",
            EmbeddingsOfTokens(pipeline.text_encoder),
            {"tokens": torch.zeros([MAX_BATCH, length], dtype=torch.int32)},
            "embeddings",
        ),
        Part(
            "denoiser",
            PredictionOfLatents(pipeline.unet, guidance),
            {"latents": latents, "timestep": torch.zeros([MAX_BATCH]), "text": torch.zeros([MAX_BATCH, length, width])},
            "prediction",
        ),
        Part("image-decoder", PixelsOfLatents(pipeline.vae), {"latents": latents}, "pixels"),
    ]


def export(part: Part, path: Path, facts: Mapping[str, str], *, largest: int = LARGEST_IN_ONE_FILE) -> None:
    """Writes the ONNX file, and the weights beside it where they are more than `largest` bytes."""
    batch = torch.export.Dim("N", min=1, max=MAX_BATCH)
    with torch.no_grad():
        program = torch.onnx.export(
            part.network.eval(),
            tuple(part.examples.values()),
            input_names=list(part.examples),
            output_names=[part.output],
            opset_version=OPSET,
            dynamic_shapes=tuple({0: batch} for _ in part.examples),
            dynamo=True,
            optimize=False,
            verbose=False,
        )
    graph = simplified(renamed(program.model, part.network))
    parameters = sum(values.numel() for values in part.network.parameters())
    facts = {**facts, "parameters": str(parameters)}
    path.parent.mkdir(parents=True, exist_ok=True)
    if part.weights_bytes() <= largest:
        model = finished(onnx_ir.to_proto(graph), part.name, facts)
        path.write_bytes(model.SerializeToString(deterministic=True))
        return
    onnx_ir.save(graph, path, external_data=WEIGHTS_FILE)
    model = described(onnx.load(path, load_external_data=False), part.name, facts)
    path.write_bytes(model.SerializeToString(deterministic=True))
    onnx.checker.check_model(path)


def renamed(model: onnx_ir.Model, network: nn.Module) -> onnx_ir.Model:
    """Keeps the weights' names for the weights; constants of a layer's code have names like them."""
    weights = network.state_dict().keys()
    for value in list(model.graph.initializers.values()):
        if value.name.startswith(PREFIX) and value.name not in weights:
            value.name = f"constant.{value.name}"
    return model


def load(public: PublicModel, checkpoint: Path | None) -> DiffusionPipeline:
    """The model with its public weights: from the makers, or from `checkpoint` on this machine."""
    diffusers_logging.set_verbosity_error()
    transformers_logging.set_verbosity_error()
    try:
        pipeline = DiffusionPipeline.from_pretrained(
            checkpoint or public.checkpoint, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
        )
    # Out of reach, or of another model.
    except (OSError, RuntimeError, ValueError, AttributeError) as reason:
        said = str(reason).partition("\n")[0].strip(" .:")
        raise SystemExit(
            f"No weights of {public.name} from {checkpoint or public.checkpoint}: {said}. Name a copy on this machine "
            "with --checkpoint (a folder with model_index.json), or try everything else with --random-weights."
        ) from None
    if not isinstance(pipeline.scheduler, public.scheduler):
        raise SystemExit(f"This is another model: its scheduler is a {type(pipeline.scheduler).__name__}.")
    return pipeline


def random_weights(public: PublicModel) -> StableDiffusionPipeline:
    """The same architecture in a size that costs nothing; its words are spelt in letters."""
    torch.manual_seed(RANDOM_WEIGHTS_SEED)
    letters = alphabet()
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), START, END]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = CLIPTokenizer(vocabulary, [], pad_token=public.padding, model_max_length=77)
    text = CLIPTextConfig(
        vocab_size=len(tokens),
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        bos_token_id=vocabulary[START],
        eos_token_id=vocabulary[END],
        pad_token_id=vocabulary[public.padding],
        **public.text,
    )
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(4, 8),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=text.hidden_size,
        norm_num_groups=2,
        **public.unet,
    )
    vae = AutoencoderKL(
        block_out_channels=(4, 4),
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        norm_num_groups=2,
    )
    return StableDiffusionPipeline(
        vae=vae.eval(),
        text_encoder=CLIPTextModel(text).eval(),
        tokenizer=tokenizer,
        unet=unet.eval(),
        scheduler=public.scheduler(**public.scheduler_settings),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def alphabet() -> list[str]:
    """A letter for each of the 256 bytes: those that print stand for themselves, the others for letters from U+0100 on."""
    printing = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
    others = [byte for byte in range(256) if byte not in printing]
    letters = {byte: chr(byte) for byte in printing} | {byte: chr(256 + place) for place, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def of_kind(name: str, pipeline: DiffusionPipeline, public: PublicModel, side: int) -> dict:
    """What the manifest of this part has that others have not.

    :param side: of the latents
    """
    length = pipeline.tokenizer.model_max_length
    text = [length, pipeline.text_encoder.config.hidden_size]
    latents = [pipeline.unet.config.in_channels, side, side]
    pixels = side * pipeline.vae_scale_factor
    return {
        "text-encoder": {
            "input": {"name": "tokens", "length": length},
            "output": {"name": "embeddings", "decoder": "embeddings", "shape": text},
            "tokeniser": {"padding": pipeline.tokenizer.pad_token, "vocabulary": "open"},
        },
        "denoiser": {
            "input": {"name": "latents", "shape": latents},
            "timestep": {"name": "timestep"},
            "condition": {"name": "text", "shape": text},
            "output": {"name": "prediction", "decoder": "prediction", "shape": latents},
            "sampler": {"defaultSteps": public.default_steps, "maxSteps": public.max_steps, "defaultGuidance": 1},
        },
        "image-decoder": {
            "input": {"name": "latents", "shape": latents},
            "output": {"name": "pixels", "decoder": "pixels", "width": pixels, "height": pixels},
        },
    }[name]


def manifest(part: Part, pipeline: DiffusionPipeline, public: PublicModel, side: int, *, random: bool) -> dict:
    what = {"text-encoder": "text encoder", "denoiser": "denoiser", "image-decoder": "decoder"}[part.name]
    weights = "with random weights, small" if random else "with its public weights"
    return {
        "name": part.name,
        "kind": part.name,
        "description": f"The {what} of {public.name} {weights}.",
        "version": 1,
        "sha256": {},
        **of_kind(part.name, pipeline, public, side),
        # Neither model is guided by a second run.
        "batch": {"max": 1, "maxDelayMillis": 0},
        "warmupRuns": 1,
        "memoryMiB": 1,
        "licence": "none: random weights" if random else public.licence,
        "source": "random numbers" if random else f"Hugging Face, {public.checkpoint}",
    }


def write_files_beside(part: Part, pipeline: DiffusionPipeline, version: Path) -> None:
    if part.name == "text-encoder":
        vocabulary = dict(sorted(pipeline.tokenizer.get_vocab().items(), key=lambda entry: entry[1]))
        write_text(version / "vocab.json", json.dumps(vocabulary, ensure_ascii=False) + "\n")
        write_text(version / "merges.txt", merges(pipeline.tokenizer))
    if part.name == "denoiser":
        write_text(version / "scheduler.json", pipeline.scheduler.to_json_string())


def merges(tokenizer: CLIPTokenizer) -> str:
    learnt = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]
    return "".join(f"{line}\n" for line in ["#version: 0.2", *(" ".join(pair) for pair in learnt)])


def memory_mib(network: Path) -> int:
    """Measured in a process of its own, rounded up."""
    command = [sys.executable, str(HERE / "measure.py"), "--runs", "1", str(network)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return max(1, int(float(said.split()[1])) + 1)


EPILOG = """\
It writes a new version into each of models/text-encoder, models/denoiser and models/image-decoder, with manifest, model
card and notice to match. They belong together: Osprey serves them from the next start on. To go back: git checkout of
the three folders.
"""


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG
    )
    parser.add_argument("model", choices=PUBLIC, help="the model to bring")
    parser.add_argument(
        "--size",
        type=int,
        metavar="SIDE",
        help="side of the square pictures in pixels, a multiple of 64 (default: 512, with random weights what they have)",
    )
    parser.add_argument(
        "--guidance",
        type=float,
        default=8.0,
        metavar="SCALE",
        help="of lcm: how strictly it keeps to the prompt, which becomes part of the graph (default: 8)",
    )
    parser.add_argument(
        "--fp16",
        action="store_true",
        help="text encoder and denoiser compute in half precision: for GPUs, a CPU gains nothing but memory",
    )
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FOLDER",
        help="the model on this machine, as Hugging Face has it, where there is no access to it",
    )
    weights.add_argument(
        "--random-weights",
        action="store_true",
        help="downloads nothing: the same architecture, small, with random numbers, which paints nothing that is something",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=HERE.parent,
        help="the model repository to write into (default: the folder models of this checkout)",
    )
    options = parser.parse_args(words)
    if options.size is not None and (options.size < 64 or options.size % 64) and not options.random_weights:
        parser.error("--size is a multiple of 64")
    return options


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    public = PUBLIC[options.model]
    random = options.random_weights
    pipeline = random_weights(public) if random else load(public, options.checkpoint)
    if options.fp16:
        # The decoder is small, and its numbers become too large for half precision.
        pipeline.text_encoder.half()
        pipeline.unet.half()
    scale = pipeline.vae_scale_factor
    pixels = options.size or (pipeline.unet.config.sample_size * scale if random else 512)
    terms = RANDOM_WEIGHTS_TERMS if random else public.terms
    for part in parts(pipeline, pixels // scale, options.guidance):
        folder = write_part(part, pipeline, public, options, pixels // scale, terms)
        print(f"Wrote version {json.loads((folder / 'model.json').read_text())['version']} to {folder}.")
    print(terms)


def write_part(
    part: Part,
    pipeline: DiffusionPipeline,
    public: PublicModel,
    options: argparse.Namespace,
    side: int,
    terms: str,
) -> Path:
    """:param side: of the latents"""
    random = options.random_weights
    described_part = manifest(part, pipeline, public, side, random=random)
    version = next_version(options.output / part.name)
    network = options.output / part.name / str(version) / "model.onnx"
    export(part, network, {"network": public.name, "weights": described_part["source"]})
    write_files_beside(part, pipeline, network.parent)
    described_part |= {"version": version, "memoryMiB": memory_mib(network)}
    facts = {
        "name": part.name,
        "model": options.model,
        "network": public.name,
        "version": version,
        "parameters": f"{sum(values.numel() for values in part.network.parameters()):,}",
        "precision": "float16" if options.fp16 and part.name != "image-decoder" else "float32",
        "source": described_part["source"],
        "licence": described_part["licence"],
        "terms": terms,
        "memory": described_part["memoryMiB"],
        "guidance": guidance_fact(part, options.guidance),
    }
    return describe_model(options.output, described_part, facts, HERE / "text-to-image")


def guidance_fact(part: Part, guidance: float) -> str:
    embedding = getattr(part.network, "embedding", None)
    return "none in this graph" if embedding is None else f"{guidance:g}, part of the graph"


if __name__ == "__main__":
    main()
