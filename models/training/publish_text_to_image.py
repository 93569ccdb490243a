"""Makes the trained parts of the text-to-image model into the models that Osprey serves, and records how good they are.

    python models/training/publish_text_to_image.py

The three graphs are run as the server runs them: ONNX Runtime on the CPU, DDIM as diffusers computes it, guidance. A
segmentation network that Osprey ships says what each picture shows; see judge.py. Prompts ask for things in colours that
no training picture shows, and for others. What the judge says of rendered pictures of the same, whose content is known, is
the most that could be reached.

With --guidances 1 3 5 it only says how good pictures of seen combinations are at these, with other noise.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx_ir
import onnxruntime
import torch
from torch import Tensor, nn

from judge import Judge
from publish import halved
from text_to_image import (
    BATCH,
    CELLS,
    CHANNELS,
    LENGTH,
    PAINTED,
    PAINTING_BATCH,
    PICTURES,
    REMAINING,
    TIMESTEPS,
    VOCABULARY,
    WIDTH,
    Autoencoder,
    Painter,
)
from train import HERE, WORK
from world import still_life
from world.prompts import WORDS
from world.still_life import COLOURS, HELD_OUT, SIDE, THINGS

# publish has made the folder of the exporters known.
from measure import one_thread
from model_folder import write_model
from onnx_file import finished
from segmentation import PREFIX

RESULTS = HERE / "text_to_image.json"
OPSET = 20
MAX_BATCH = 16
STEPS, MOST_STEPS, GUIDANCE = 25, 100, 3.0
FORMS = ("a {} on a wooden table", "a photo of a {}", "{}", "a {} on a white table")
# Of the noise: of what is reported, of what is chosen by.
REPORTED, CHOOSING = 31, 32
# Pictures of every held-out combination in each form, and of every other one in one form.
EACH_HELD_OUT, EACH_SEEN = 3, 2

SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "num_train_timesteps": TIMESTEPS,
    "beta_schedule": "squaredcos_cap_v2",
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",
    "clip_sample": False,
    "set_alpha_to_one": True,
}


class Pixels(nn.Module):
    """What is exported of the decoder: to bytes, laid out as pictures are."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, latents: Tensor) -> Tensor:
        values = (self.network(latents) + 1) * 127.5
        return values.round().clamp(0, 255).permute(0, 2, 3, 1).to(torch.uint8)


class Served(nn.Module):
    """Gives weights the prefix by which they are known."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *values: Tensor) -> Tensor:
        return self.network(*values)


def exported(name: str, module: nn.Module, entering: dict[str, Tensor], leaving: str, facts: dict[str, str]) -> bytes:
    """The graph of 1 to MAX_BATCH examples, weights stored as float16; the same weights give the same bytes."""
    batch = torch.export.Dim("N", min=1, max=MAX_BATCH)
    shapes = tuple({0: batch} for _ in entering)
    with torch.no_grad():
        program = torch.onnx.export(
            module.to(memory_format=torch.contiguous_format).eval(),
            tuple(entering.values()),
            input_names=list(entering),
            output_names=[leaving],
            opset_version=OPSET,
            dynamic_shapes=(shapes,) if isinstance(module, Served) else shapes,
            dynamo=True,
            verbose=False,
        )
    parameters = str(sum(values.numel() for values in module.parameters()))
    proto = finished(onnx_ir.to_proto(program.model), name, {**facts, "parameters": parameters})
    # Weights that torch has transposed on the way have lost the prefix by which they are known.
    for tensor in proto.graph.initializer:
        if not tensor.name.startswith(PREFIX):
            known = PREFIX + tensor.name
            for node in proto.graph.node:
                node.input[:] = [known if part == tensor.name else part for part in node.input]
            tensor.name = known
    return halved(proto.SerializeToString(deterministic=True))


def graphs(painter: Painter, autoencoder: Autoencoder) -> dict[str, bytes]:
    """By the models' names."""
    facts = {"weights": "trained on Osprey's procedural world"}
    tokens = torch.tensor([VOCABULARY.encode(text, LENGTH) for text in ("a red ball", "")], dtype=torch.int32)
    latents = torch.zeros(2, CHANNELS, CELLS, CELLS)
    noisy = {"latents": latents, "timestep": torch.full((2,), 500.0), "text": torch.zeros(2, LENGTH, WIDTH)}
    return {
        "text-encoder": exported(
            "text-encoder", Served(painter.text_encoder), {"tokens": tokens}, "embeddings", {"network": "transformer", **facts}
        ),
        "denoiser": exported(
            "denoiser", Served(painter.denoiser), noisy, "prediction", {"network": "convolutions around a transformer", **facts}
        ),
        "image-decoder": exported(
            "image-decoder", Pixels(autoencoder.decoder), {"latents": latents}, "pixels", {"network": "convolutions", **facts}
        ),
    }


class Pipeline:
    """Pictures of texts, by the graphs. Not for several threads."""

    def __init__(self, content: dict[str, bytes]) -> None:
        self._sessions = {
            name: onnxruntime.InferenceSession(graph, one_thread(), providers=["CPUExecutionProvider"])
            for name, graph in content.items()
        }

    def _run(self, name: str, **feed: np.ndarray) -> np.ndarray:
        return self._sessions[name].run(None, feed)[0]

    def paint(self, text: str, noise: np.ndarray, steps: int = STEPS, guidance: float = GUIDANCE) -> np.ndarray:
        """uint8 RGB [SIDE, SIDE, 3] from float32 [CHANNELS, CELLS, CELLS] of standard normal noise."""
        tokens = np.array([VOCABULARY.encode(part, LENGTH) for part in ("", text)], np.int32)
        embeddings = self._run("text-encoder", tokens=tokens)

        def prediction(latents: np.ndarray, timestep: int) -> np.ndarray:
            both = np.stack([latents, latents])
            time = np.full(2, timestep, np.float32)
            empty, wanted = self._run("denoiser", latents=both, timestep=time, text=embeddings)
            return empty + np.float32(guidance) * (wanted - empty)

        return self._run("image-decoder", latents=denoised(prediction, noise, steps)[None])[0]


def denoised(prediction: Callable[[np.ndarray, int], np.ndarray], noise: np.ndarray, steps: int) -> np.ndarray:
    """DDIM without noise of its own (Song et al. 2021, equation 12), for predictions of the velocity."""
    timesteps = np.round(np.arange(TIMESTEPS, 0, -TIMESTEPS / steps)).astype(int) - 1
    remaining = REMAINING.numpy()
    latents = noise
    for timestep in timesteps:
        before = timestep - TIMESTEPS // steps
        now, then = remaining[timestep], remaining[before] if before >= 0 else 1.0
        velocity = prediction(latents, int(timestep))
        picture = math.sqrt(now) * latents - math.sqrt(1 - now) * velocity
        rest = math.sqrt(now) * velocity + math.sqrt(1 - now) * latents
        latents = (math.sqrt(then) * picture + math.sqrt(1 - then) * rest).astype(np.float32)
    return latents


@dataclass(frozen=True)
class Asked:
    """A prompt of a form for a thing in a colour, and the number of its noise."""

    thing: str
    colour: str
    form: str
    number: int

    @property
    def text(self) -> str:
        words = f"{self.colour} {self.thing}"
        return self.form.format(words).replace("a orange", "an orange")

    def random(self, stream: int) -> np.random.Generator:
        place = THINGS.index(self.thing), COLOURS.index(self.colour), FORMS.index(self.form), self.number
        return np.random.default_rng([stream, *place])

    def noise(self, stream: int) -> np.ndarray:
        return self.random(stream).standard_normal((CHANNELS, CELLS, CELLS), np.float32)

    def rendered(self) -> np.ndarray:
        """A picture of the world that shows it, which no training has seen."""
        random = self.random(still_life.OTHERS)
        table = "white" if "white table" in self.form else "wooden"
        shown = still_life.StillLife((still_life.Item(self.thing, self.colour),), table)
        return still_life.photograph(random, still_life.scene(random, shown).render(SIDE, SIDE, still_life.SHADOW_RAYS).colour)


def asked(held_out: bool, each: int, forms: int = len(FORMS)) -> list[Asked]:
    """Prompts for all combinations that are held out, or for all others; in some of the forms, in turn."""
    combinations = [(thing, colour) for thing in THINGS for colour in COLOURS if ((thing, colour) in HELD_OUT) == held_out]
    return [
        Asked(thing, colour, FORMS[(place + form) % len(FORMS)], number)
        for place, (thing, colour) in enumerate(combinations)
        for form in range(forms)
        for number in range(each)
    ]


@dataclass(frozen=True)
class Verdict:
    asked: Asked
    thing: bool
    colour: bool


def verdicts(judge: Judge, wanted: list[Asked], pictures: Iterable[np.ndarray]) -> list[Verdict]:
    found = []
    for one, picture in zip(wanted, pictures, strict=True):
        judged = judge.judge(picture)
        found.append(Verdict(one, judged.thing == one.thing, judged.thing == one.thing and judged.colour == one.colour))
    return found


def figures(found: list[Verdict]) -> dict[str, float | int]:
    """Parts of the pictures that show the right thing, and the right thing in the right colour."""
    return {
        "pictures": len(found),
        "thing": round(sum(one.thing for one in found) / len(found), 4),
        "thingAndColour": round(sum(one.colour for one in found) / len(found), 4),
    }


def by(found: list[Verdict], of: Callable[[Verdict], str], names: Iterable[str]) -> dict[str, dict]:
    parts = {name: [one for one in found if of(one) == name] for name in names}
    return {name: figures(part) for name, part in parts.items() if part}


def sheet(pictures: list[np.ndarray], columns: int) -> np.ndarray:
    rows = [pictures[k : k + columns] for k in range(0, len(pictures) - columns + 1, columns)]
    return np.concatenate([np.concatenate(row, 1) for row in rows])


def cost(content: bytes, batch: int, runs: int = 30) -> tuple[int, str]:
    """What measure.py says in a process of its own: MiB, rounded up, and milliseconds of a run at best."""
    file = WORK / "measured.onnx"
    file.write_bytes(content)
    command = [sys.executable, str(HERE.parent / "export" / "measure.py"), str(file), "--runs", str(runs), "--batch", str(batch)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(float(said[1])) + 1, said[-3]


def manifests(memory: dict[str, int]) -> dict[str, dict]:
    latents = {"name": "latents", "shape": [CHANNELS, CELLS, CELLS]}

    def manifest(name: str, description: str, most: int, **parts: object) -> dict:
        return {
            "name": name,
            "kind": name,
            "description": description,
            "version": 1,
            "sha256": {},
            **parts,
            "batch": {"max": most, "maxDelayMillis": 0},
            "warmupRuns": 3,
            "memoryMiB": memory[name],
            "licence": "Apache-2.0",
            "source": "trained by Osprey: models/training/text_to_image.py",
        }

    return {
        "text-encoder": manifest(
            "text-encoder",
            f"Transformer over {len(WORDS)} words, trained on captions of Osprey's procedural world.",
            2,
            input={"name": "tokens", "length": LENGTH},
            output={"name": "embeddings", "decoder": "embeddings", "shape": [LENGTH, WIDTH]},
            tokeniser={"padding": "<|endoftext|>", "vocabulary": "closed"},
        ),
        "denoiser": manifest(
            "denoiser",
            "Convolutions around a transformer, trained on still lifes of Osprey's procedural world.",
            2,
            input=latents,
            timestep={"name": "timestep"},
            condition={"name": "text", "shape": [LENGTH, WIDTH]},
            output={"name": "prediction", "decoder": "prediction", "shape": [CHANNELS, CELLS, CELLS]},
            sampler={"defaultSteps": STEPS, "maxSteps": MOST_STEPS, "defaultGuidance": GUIDANCE},
        ),
        "image-decoder": manifest(
            "image-decoder",
            "Convolutions, trained on still lifes of Osprey's procedural world.",
            1,
            input=latents,
            output={"name": "pixels", "decoder": "pixels", "width": SIDE, "height": SIDE},
        ),
    }


def table(rows: dict[str, dict], first: str) -> str:
    lines = [f"| {first} | pictures | right thing | and right colour |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {row['pictures']} | {row['thing']:.3f} | {row['thingAndColour']:.3f} |" for name, row in rows.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the checkpoints")
    parser.add_argument("--checkpoints", type=Path, default=WORK)
    parser.add_argument("--guidances", type=float, nargs="+", help="only try these on seen combinations")
    parser.add_argument("--sheets", type=Path, default=WORK, help="where PNG files of the judged pictures go")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)

    painter, autoencoder = Painter(), Autoencoder()
    names = "painter", "autoencoder"
    for name, model in zip(names, (painter, autoencoder), strict=True):
        model.load_state_dict(torch.load(options.checkpoints / f"{name}-{options.seed}.pt", weights_only=True))
    content = graphs(painter, autoencoder)
    pipeline = Pipeline(content)
    models = HERE.parent
    judge = Judge(models, "accurate", one_thread())
    if options.guidances:
        wanted = asked(False, 1, forms=1)
        for guidance in options.guidances:
            pictures = [pipeline.paint(one.text, one.noise(CHOOSING), guidance=guidance) for one in wanted]
            cv2.imwrite(str(options.sheets / f"guidance-{guidance:g}.png"), sheet(pictures, 9)[..., ::-1])
            print(f"guidance {guidance:g}: {figures(verdicts(judge, wanted, pictures))}", flush=True)
        return

    judges = {
        "accurate, widened": judge,
        "accurate, stretched": Judge(models, "accurate", one_thread(), widened=False),
        "sota, widened": Judge(models, "sota", one_thread()),
    }
    sets: dict[str, tuple[list[Asked], list[np.ndarray]]] = {}
    for name, wanted in (("held out", asked(True, EACH_HELD_OUT)), ("seen", asked(False, EACH_SEEN, forms=1))):
        sets[name] = wanted, [pipeline.paint(one.text, one.noise(REPORTED)) for one in wanted]
        sets[f"{name}, rendered"] = wanted, [one.rendered() for one in wanted]
        cv2.imwrite(str(options.sheets / f"text-to-image-{name.replace(' ', '-')}.png"), sheet(sets[name][1], 20)[..., ::-1])
    found = {name: {which: verdicts(one, *of) for which, one in judges.items()} for name, of in sets.items()}
    main_judge = next(iter(judges))
    held_out, seen = found["held out"][main_judge], found["seen"][main_judge]
    trained = {name: json.loads((options.checkpoints / f"{name}-{options.seed}.json").read_text()) for name in names}
    costs = {name: cost(graph, 1 if name == "image-decoder" else 2) for name, graph in content.items()}
    parameters = {
        "text-encoder": sum(p.numel() for p in painter.text_encoder.parameters()),
        "denoiser": sum(p.numel() for p in painter.denoiser.parameters()),
        "image-decoder": sum(p.numel() for p in autoencoder.decoder.parameters()),
    }
    results = {
        "seed": options.seed,
        "training": trained,
        "parameters": parameters,
        "sampler": {"steps": STEPS, "guidance": GUIDANCE},
        "heldOutCombinations": sorted(f"{colour} {thing}" for thing, colour in HELD_OUT),
        "judges": {which: {name: figures(of[which]) for name, of in found.items()} for which in judges},
        "heldOutByThing": by(held_out, lambda one: one.asked.thing, THINGS),
        "heldOutByColour": by(held_out, lambda one: one.asked.colour, COLOURS),
        "heldOutByForm": by(held_out, lambda one: one.asked.form, FORMS),
        "seenByThing": by(seen, lambda one: one.asked.thing, THINGS),
        "seenByColour": by(seen, lambda one: one.asked.colour, COLOURS),
        "heldOutRenderedByThing": by(found["held out, rendered"][main_judge], lambda one: one.asked.thing, THINGS),
        "heldOutRenderedByColour": by(found["held out, rendered"][main_judge], lambda one: one.asked.colour, COLOURS),
    }
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(results["judges"], indent=2))

    rows = {f"{name}, judge {which}": figures(of[which]) for which in judges for name, of in found.items()}
    common = {
        "seed": options.seed,
        "side": SIDE,
        "cells": CELLS,
        "channels": CHANNELS,
        "length": LENGTH,
        "width": WIDTH,
        "pictures": f"{PICTURES:,}",
        "painted": f"{PAINTED:,}",
        "batch": BATCH,
        "painting_batch": PAINTING_BATCH,
        "steps": trained["painter"]["steps"],
        "painting_steps": trained["autoencoder"]["steps"],
        "minutes": round(trained["painter"]["seconds"] / 60),
        "painting_minutes": round(trained["autoencoder"]["seconds"] / 60),
        "sampling_steps": STEPS,
        "guidance": f"{GUIDANCE:g}",
        "things": ", ".join(THINGS),
        "colours": ", ".join(COLOURS),
        "words": ", ".join(WORDS),
        "combinations": ", ".join(results["heldOutCombinations"]),
        "forms": ", ".join(f'"{form.format("…")}"' for form in FORMS),
        "each": EACH_HELD_OUT,
        "each_seen": EACH_SEEN,
        "judged": table(rows, "pictures of"),
        "by_thing": table(results["heldOutByThing"], "held out, by thing"),
        "by_colour": table(results["heldOutByColour"], "held out, by colour"),
        "held_out_part": f"{100 * figures(held_out)['thingAndColour']:.0f}",
        "seen_part": f"{100 * figures(seen)['thingAndColour']:.0f}",
    }
    for name, manifest in manifests({name: memory for name, (memory, _) in costs.items()}).items():
        facts = {**common, "parameters": f"{parameters[name]:,}", "memory": costs[name][0], "millis": costs[name][1]}
        folder = write_model(models, manifest, content[name], facts, HERE / "text_to_image_cards" / name)
        print(folder)
    VOCABULARY.write(models / "text-encoder" / "1")
    text = json.dumps(SCHEDULER, indent=2) + "\n"
    (models / "denoiser" / "1" / "scheduler.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
