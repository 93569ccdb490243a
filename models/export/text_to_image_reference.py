"""Writes pictures that diffusers' own pipeline makes of texts, and the networks they are made with, to compare the server's.

    PYTHON models/export/text_to_image_reference.py --output src/test/resources/diffusion/text-to-image

PYTHON has the packages of requirements.txt and reference-diffusion.txt. The networks are those of Stable Diffusion Turbo,
small, with random weights, as `text_to_image.py turbo --random-weights` exports them; the noise is drawn here and written
down. The folder gets `text-encoder`, `denoiser` and `image-decoder`, a model repository, and `pictures.json`:

    {"diffusers": "0.42.1", "torch": "2.15.0",
     "pictures": [{"config": {scheduler_config.json}, "prompt": "...", "negativePrompt": "...", "steps": 4,
                   "guidance": 1.0, "noise": [[...], [...]], "latents": [...], "pixels": [...]}]}

`noise` are the first sample before it is scaled and, of LCM, what each step adds; `latents` float32 [4, 8, 8] before they
are decoded, `pixels` uint8 [16, 16, 3].
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import diffusers
import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from diffusers.schedulers import scheduling_lcm

import text_to_image
from model_folder import write_text
from schedulers_reference import numbers, scheduler

PROMPT = "a Red ball, on the blue table  beside 2 cups"
LATENT = text_to_image.LATENT_BETAS
CASES = [
    {"config": {"_class_name": "EulerDiscreteScheduler", **LATENT, "timestep_spacing": "trailing"}, "steps": 1},
    {"config": {"_class_name": "EulerDiscreteScheduler", **LATENT, "timestep_spacing": "trailing"}, "steps": 4},
    {
        "config": {"_class_name": "EulerDiscreteScheduler", **LATENT, "prediction_type": "v_prediction"},
        "steps": 6,
        "guidance": 7.5,
        "negativePrompt": "dark, blurred",
    },
    {
        "config": {"_class_name": "DDIMScheduler", **LATENT, "clip_sample": False, "set_alpha_to_one": False},
        "steps": 8,
        "guidance": 4.0,
    },
    {"config": {"_class_name": "LCMScheduler", **LATENT}, "steps": 4, "prompt": "x" * 90 + " never read"},
    {"config": {"_class_name": "LCMScheduler", **LATENT}, "steps": 3, "guidance": 2.0, "prompt": ""},
]


def picture(pipeline: StableDiffusionPipeline, case: dict, generator: torch.Generator) -> dict:
    case = {"prompt": PROMPT, "negativePrompt": "", "guidance": 1.0, **case}
    pipeline.scheduler = scheduler(case["config"])
    side = pipeline.unet.config.sample_size
    shape = [1, pipeline.unet.config.in_channels, side, side]
    noise = [torch.randn(shape, generator=generator)]

    def drawn(*_, **__):
        noise.append(torch.randn(shape, generator=generator))
        return noise[-1]

    scheduling_lcm.randn_tensor = drawn
    latents = pipeline(
        case["prompt"],
        negative_prompt=case["negativePrompt"],
        num_inference_steps=case["steps"],
        guidance_scale=case["guidance"],
        # The pipeline scales them in place.
        latents=noise[0].clone(),
        output_type="latent",
    ).images
    with torch.no_grad():
        pixels = text_to_image.PixelsOfLatents(pipeline.vae)(latents)
        decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
    own = np.asarray(pipeline.image_processor.postprocess(decoded, output_type="pil")[0])
    assert np.abs(own.astype(int) - pixels[0].numpy()).max() <= 1, "the decoder makes other pixels than the pipeline"
    return {
        **case,
        "noise": [numbers(part) for part in noise],
        "latents": numbers(latents),
        "pixels": own.reshape(-1).tolist(),
    }


def document() -> dict:
    pipeline = text_to_image.random_weights(text_to_image.PUBLIC["turbo"])
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(8)
    return {
        "diffusers": diffusers.__version__,
        "torch": torch.__version__.partition("+")[0],
        "pictures": [picture(pipeline, case, generator) for case in CASES],
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="the folder to write into")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    text_to_image.main(["turbo", "--random-weights", "--output", str(options.output)])
    write_text(options.output / "pictures.json", json.dumps(document(), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
