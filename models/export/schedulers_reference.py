"""Writes what diffusers' own schedulers compute, to compare the server's with.

    PYTHON models/export/schedulers_reference.py --output src/test/resources/diffusion/schedulers.json

PYTHON has the packages of reference-diffusion.txt. The denoiser's answers are random numbers of a fixed seed, so no
network is needed; for DDIM eta is 0, for Euler there is no churn, LCM's noise is drawn here and written down.

The JSON has the versions and two lists:

    {"diffusers": "0.42.1", "torch": "2.15.0",
     "runs": [{"config": {scheduler_config.json}, "steps": 4, "timesteps": [...], "initialScale": 1.0,
               "sample": [...], "each": [{"input": [...], "output": [...], "noise": [...], "sample": [...],
                                          "denoised": [...]}]}],
     "spacings": [{"config": {...}, "timesteps": {"1": [...], "2": [...]}}]}

`input` is the sample as the denoiser gets it, `output` its answer, `noise` what LCM adds (absent where it adds none),
`sample` and `denoised` what the step gives: the next sample and the picture foreseen. With trailing spacing and some
numbers of steps (61, 103) diffusers has one step more than asked for, of timestep -1, by an error of rounding.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

import diffusers
import numpy as np
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler, LCMScheduler
from diffusers.schedulers import scheduling_lcm

SIZE = 4
BETAS = {
    "linear": {"beta_start": 0.0001, "beta_end": 0.02},
    "scaled_linear": {"beta_start": 0.00085, "beta_end": 0.012},
    "squaredcos_cap_v2": {},
}
SPACINGS = ("leading", "linspace", "trailing")
PREDICTIONS = ("epsilon", "v_prediction", "sample")
CLASSES = {kind.__name__: kind for kind in (DDIMScheduler, EulerDiscreteScheduler, LCMScheduler)}


def configurations() -> list[tuple[dict, int]]:
    """scheduler_config.json and the number of steps of every run."""
    runs = []
    for name, (schedule, betas), prediction in itertools.product(CLASSES, BETAS.items(), PREDICTIONS):
        base = {"_class_name": name, "beta_schedule": schedule, **betas, "prediction_type": prediction}
        if name == "DDIMScheduler":
            base["clip_sample"] = False
        if name == "LCMScheduler":
            runs.append((base, 4))
            continue
        for spacing, steps in zip(SPACINGS, (6, 5, 4)):
            runs.append(({**base, "timestep_spacing": spacing}, steps))
    latent = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    zero_snr = {**latent, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}
    ddim = {"_class_name": "DDIMScheduler", **latent, "clip_sample": False}
    euler = {"_class_name": "EulerDiscreteScheduler", **latent}
    lcm = {"_class_name": "LCMScheduler", **latent}
    runs += [
        ({"_class_name": "DDIMScheduler"}, 7),
        ({"_class_name": "EulerDiscreteScheduler"}, 7),
        ({"_class_name": "LCMScheduler"}, 7),
        # Stable Diffusion 1.5 and its kin: DDIM with an offset and without an alpha of one at the end.
        ({**ddim, "set_alpha_to_one": False, "steps_offset": 1}, 20),
        ({**ddim, "set_alpha_to_one": False, "steps_offset": 1, "timestep_spacing": "leading"}, 1),
        ({**ddim, "clip_sample": True, "clip_sample_range": 2.0}, 8),
        ({**ddim, "clip_sample": True, "prediction_type": "sample"}, 8),
        ({**ddim, "num_train_timesteps": 100}, 9),
        ({"_class_name": "DDIMScheduler", **zero_snr, "clip_sample": False, "timestep_spacing": "trailing"}, 10),
        # Stable Diffusion Turbo, in one step and in four.
        ({**euler, "timestep_spacing": "trailing", "steps_offset": 1}, 1),
        ({**euler, "timestep_spacing": "trailing", "steps_offset": 1}, 4),
        ({**euler, "timestep_spacing": "leading", "steps_offset": 1}, 20),
        ({"_class_name": "EulerDiscreteScheduler", **zero_snr, "timestep_spacing": "trailing"}, 10),
        ({**lcm, "set_alpha_to_one": False, "steps_offset": 1}, 1),
        ({**lcm, "original_inference_steps": 100, "timestep_scaling": 7.5}, 8),
        ({**lcm, "clip_sample": True, "clip_sample_range": 1.5}, 4),
        ({"_class_name": "LCMScheduler", **zero_snr}, 4),
    ]
    return runs


def scheduler(config: dict):
    return CLASSES[config["_class_name"]].from_config(config)


def numbers(tensor) -> list[float]:
    """As the shortest decimals that are still the same float32."""
    return [float(str(value)) for value in np.asarray(tensor, dtype=np.float32).reshape(-1)]


def run(config: dict, steps: int, generator: torch.Generator) -> dict:
    reference = scheduler(config)
    reference.set_timesteps(steps)
    sample = torch.randn(SIZE, generator=generator) * reference.init_noise_sigma
    answer = {
        "config": config,
        "steps": steps,
        "timesteps": numbers(reference.timesteps),
        "initialScale": float(reference.init_noise_sigma),
        "sample": numbers(sample),
        "each": [],
    }
    for timestep in reference.timesteps:
        scaled = reference.scale_model_input(sample, timestep)
        output = torch.randn(SIZE, generator=generator)
        each = {"input": numbers(scaled), "output": numbers(output)}
        noise = torch.randn(SIZE, generator=generator)

        def drawn(*_, **__):
            each["noise"] = numbers(noise)
            return noise

        scheduling_lcm.randn_tensor = drawn
        sample, denoised = reference.step(output, timestep, sample, return_dict=False)
        answer["each"].append({**each, "sample": numbers(sample), "denoised": numbers(denoised)})
    return answer


def spacings() -> list[dict]:
    """The timesteps of every number of steps that a user may ask for."""
    answer = []
    for name, spacing in itertools.product(CLASSES, SPACINGS):
        if name == "LCMScheduler" and spacing != "leading":
            continue
        config = {"_class_name": name, "timestep_spacing": spacing, "steps_offset": 1}
        reference = scheduler(config)
        timesteps = {}
        for steps in (*range(1, 31), 50) if name == "LCMScheduler" else (*range(1, 31), 50, 61, 100, 103, 150):
            reference.set_timesteps(steps)
            timesteps[str(steps)] = [int(time) if time == int(time) else time for time in numbers(reference.timesteps)]
        answer.append({"config": config, "timesteps": timesteps})
    return answer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the JSON file to write")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    generator = torch.Generator().manual_seed(8)
    document = {
        "diffusers": diffusers.__version__,
        "torch": torch.__version__.partition("+")[0],
        "runs": [run(config, steps, generator) for config, steps in configurations()],
        "spacings": spacings(),
    }
    options.output.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
