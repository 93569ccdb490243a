"""Trains the network of one mode on the world.

    python models/training/train.py fast --seed 1

The pictures are rendered at the first run and kept. The same seed on the same machine with the same number of threads
gives the same weights, also where training was interrupted: it goes on from where it was when it is started again. The
result is a checkpoint and the time it took; publish.py makes a model of it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import nn
from torch.nn import functional

from networks import BACKBONE, NETWORKS, Network
from world import dataset
from world.scene import LABELS

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "export"))

from segmentation import weights  # noqa: E402

WORK = HERE.parent.parent / "target" / "training"
TRAINING_PICTURES, OTHER_PICTURES = 9000, 360

BATCH = 16
# Steps after which an interrupted training can go on.
KEPT_EVERY = 250
# How much of a picture's width and height a training picture shows.
SHARES = (0.5, 1.0)

# Of the hidden layers' learning rate, what the others have, and the layers that come trained already.
OTHERS, TRAINED = 0.3, 0.03
DECAY = 0.02

# Room and table fill most of every picture; what stands on it is what has to be learned. More would find things everywhere.
CLASS_WEIGHTS = torch.tensor([1.0, 1.0] + [1.5] * (len(LABELS) - 2))

# Of ImageNet, as the public checkpoints of these families expect; RGB, of values in [0, 1].
MEAN = torch.tensor([0.485, 0.456, 0.406])
DEVIATION = torch.tensor([0.229, 0.224, 0.225])


def augmented(
    random: np.random.Generator,
    pixels: np.ndarray,
    mask: np.ndarray,
    width: int,
    height: int,
    shares: tuple[float, float] = SHARES,
) -> tuple[np.ndarray, np.ndarray]:
    """A random part of the picture in other light, at the wanted size."""
    rows, columns = mask.shape
    share = random.uniform(*shares)
    part_width, part_height = int(columns * share), int(rows * share)
    left, top = random.integers(columns - part_width + 1), random.integers(rows - part_height + 1)
    pixels = pixels[top : top + part_height, left : left + part_width]
    mask = mask[top : top + part_height, left : left + part_width]
    if random.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    pixels = cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(np.ascontiguousarray(mask), (width, height), interpolation=cv2.INTER_NEAREST)
    curve = np.arange(256, dtype=np.float32) / 255
    table = np.empty((256, 3), np.float32)
    gamma, gain = random.uniform(0.75, 1.33), random.uniform(0.8, 1.2)
    for channel in range(3):
        table[:, channel] = curve**gamma * gain * random.uniform(0.92, 1.08)
    table = np.clip(table * 255, 0, 255).astype(np.uint8)
    pixels = cv2.LUT(pixels, table.reshape(1, 256, 3))
    if random.random() < 0.3:
        quality = int(random.integers(25, 90))
        _, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        pixels = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    return pixels, mask


def batch(seed: int, step: int, pictures: dataset.Pictures, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Of a step: float32 [N, 3, height, width], normalised, and int64 [N, height, width]. Follows from seed and step alone."""
    epoch, place = divmod(step, len(pictures.masks) // BATCH)
    order = np.random.default_rng([seed, epoch]).permutation(len(pictures.masks))
    random = np.random.default_rng([seed, epoch, place])
    height = width * dataset.HEIGHT // dataset.WIDTH
    examples = [
        augmented(random, pictures.pixels[number], pictures.masks[number], width, height)
        for number in order[place * BATCH : (place + 1) * BATCH]
    ]
    values = (torch.from_numpy(np.stack([pixels for pixels, _ in examples])).float() / 255 - MEAN) / DEVIATION
    masks = torch.from_numpy(np.stack([mask for _, mask in examples])).long()
    return values.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last), masks


def shares_of(masks: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """How much of each cell of a coarser grid every class covers: float32 [N, classes, rows, columns]."""
    truth = functional.one_hot(masks, len(LABELS)).permute(0, 3, 1, 2).float()
    return functional.adaptive_avg_pool2d(truth, size)


def pixel_loss(scores: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Cross-entropy and, because small things count as much as large ones in the mean IoU, one minus the Dice score.

    Both at half the picture's size: that is finer than any of the networks' own scores.
    """
    size = (masks.shape[1] // 2, masks.shape[2] // 2)
    scores = functional.interpolate(scores, size, mode="bilinear", align_corners=False)
    truth = shares_of(masks, size)
    entropy = functional.cross_entropy(scores, truth, CLASS_WEIGHTS)
    found = scores.softmax(1)
    dice = 1 - (2 * (found * truth).sum((0, 2, 3)) + 1) / (found.sum((0, 2, 3)) + truth.sum((0, 2, 3)) + 1)
    return entropy + dice.mean()


def loss_of(network: Network, model: nn.Module, values: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16, enabled=network.bfloat16):
        if network.family == "mask2former":
            output = model(values, output_auxiliary_logits=True)
        else:
            scores = raw_scores(network, model, values)
    if network.family == "mask2former":
        return _query_loss(output, masks)
    return pixel_loss(scores.float(), masks)


def raw_scores(network: Network, model: nn.Module, values: torch.Tensor) -> torch.Tensor:
    """Scores at the size the network makes them; DeepLab would enlarge its own to the picture's."""
    if network.family == "deeplab":
        return model.classifier(model.backbone(values)["out"])
    return model(values).logits if network.family == "segformer" else model(values)


def _query_loss(output: object, masks: torch.Tensor) -> torch.Tensor:
    """Mask2Former's set loss: one mask a class, matched to the queries in every layer of the decoder.

    The masks are compared at their own size, a quarter of the picture's, with the share of each cell that the class
    covers. Beside it the sum over the queries, which is what is served, is held to the truth as in pixel_loss.
    """
    last = {name: getattr(output, name) for name in ("masks_queries_logits", "class_queries_logits")}
    layers = [*output.auxiliary_logits, last]
    rows, columns = output.masks_queries_logits.shape[-2:]
    shares = shares_of(masks, (rows, columns)).flatten(2)
    present = shares.sum(2) > 0
    total = torch.zeros(())
    for layer in layers:
        scores, classes = layer["masks_queries_logits"].float().flatten(2), layer["class_queries_logits"].float()
        total = total + _set_loss(scores, classes, shares, present)
    semantic = torch.einsum("nqc,nqp->ncp", classes.softmax(-1)[..., :-1], scores.sigmoid())
    semantic = (semantic / semantic.sum(1, keepdim=True) + 1e-5).log().unflatten(2, (rows, columns))
    return total / len(layers) + 2 * pixel_loss(semantic, masks)


def _set_loss(scores: torch.Tensor, classes: torch.Tensor, shares: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
    """scores: [N, queries, cells] of masks; classes: [N, queries, classes + 1]; shares: [N, classes, cells]."""
    cells = scores.shape[2]
    inside, outside = functional.softplus(-scores), functional.softplus(scores)
    # [N, queries, classes]: every query's mask against every class.
    entropy = (inside @ shares.mT + outside @ (1 - shares).mT) / cells
    odds = scores.sigmoid()
    dice = 1 - (2 * odds @ shares.mT + 1) / (odds.sum(2)[:, :, None] + shares.sum(2)[:, None] + 1)
    cost = 5 * entropy + 5 * dice
    with torch.no_grad():
        price = cost - 2 * classes.softmax(-1)[..., :-1]
    wanted = torch.full(classes.shape[:2], len(LABELS))
    matched = []
    for n in range(len(scores)):
        ids = present[n].nonzero()[:, 0]
        queries, columns = linear_sum_assignment(price[n][:, ids].numpy())
        wanted[n, queries] = ids[columns]
        matched.append(cost[n, queries, ids[columns]])
    weight = torch.ones(len(LABELS) + 1)
    # Most queries stand for nothing.
    weight[-1] = 0.1
    return torch.cat(matched).mean() + 2 * functional.cross_entropy(classes.mT, wanted, weight)


class Optimizer:
    """Muon for the hidden layers, which learn several times as fast by it, and AdamW for everything else.

    Muon (K. Jordan and others, 2024) takes the orthogonal part of a matrix's momentum for its step; a convolution's
    kernel is a matrix of its output channels by everything that goes into one.
    """

    def __init__(self, model: nn.Module, rate: float, steps: int, trained: nn.Module | None) -> None:
        left = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
        given = {id(p) for p in trained.parameters()} if trained else set()
        self._kernels: list[nn.Parameter] = []
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, p in model.named_parameters():
            # Neither depth-wise kernels nor what meets colours or classes; offsets start at zero and stay small.
            hidden = p.ndim > 1 and min(p.shape[:2]) > len(LABELS) + 1 and "offsets" not in name
            if hidden and id(p) not in left | given:
                self._kernels.append(p)
            else:
                share = TRAINED if id(p) in given else OTHERS
                groups.setdefault((share, DECAY if p.ndim > 1 else 0.0), []).append(p)
        # Share their memory with the kernels.
        self._matrices = [nn.Parameter(self._matrix(p.detach())) for p in self._kernels]
        adam = [{"params": ps, "lr": rate * share, "weight_decay": decay} for (share, decay), ps in groups.items()]
        self._optimizers = [
            torch.optim.AdamW(adam),
            torch.optim.Muon(self._matrices, rate, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw"),
        ]
        warm_up = max(1, steps // 20)
        self._schedules = [
            torch.optim.lr_scheduler.LambdaLR(
                optimizer,
                lambda step: min(1, (step + 1) / warm_up) * max(0, 1 - step / steps),
            )
            for optimizer in self._optimizers
        ]

    @staticmethod
    def _matrix(kernel: torch.Tensor) -> torch.Tensor:
        """A view, because the kernels' channels come last in memory."""
        return kernel.permute(0, 2, 3, 1).flatten(1) if kernel.ndim == 4 else kernel

    def step(self, model: nn.Module) -> None:
        for kernel, matrix in zip(self._kernels, self._matrices, strict=True):
            matrix.grad = self._matrix(kernel.grad)
        for optimizer, schedule in zip(self._optimizers, self._schedules, strict=True):
            optimizer.step()
            schedule.step()
        model.zero_grad(set_to_none=True)

    def state(self) -> list[dict]:
        return [part.state_dict() for part in (*self._optimizers, *self._schedules)]

    def load(self, state: list[dict]) -> None:
        for part, kept in zip((*self._optimizers, *self._schedules), state, strict=True):
            part.load_state_dict(kept)


def train(
    network: Network,
    seed: int,
    steps: int,
    pictures: dataset.Pictures,
    kept: Path,
    backbone: dict[str, torch.Tensor] | None = None,
) -> tuple[nn.Module, float]:
    """The trained network and the seconds it took. `kept` is a file for what an interrupted training goes on from."""
    torch.manual_seed(seed)
    model = network.build(len(LABELS)).to(memory_format=torch.channels_last).train()
    trained = None
    if network.backbone:
        trained = network.backbone(model)
        # A file that was published has no counters of batches, which nothing reads.
        trained.load_state_dict({**trained.state_dict(), **backbone})
    optimizer = Optimizer(model, network.rate, steps, trained)
    widths = [width for width, percent in network.widths for _ in range(round(steps * percent / 100))]
    first, before = 0, 0.0
    state = torch.load(kept, weights_only=True) if kept.exists() else {}
    if state.get("steps") == steps:
        first, before = state["step"], state["seconds"]
        model.load_state_dict(state["model"])
        optimizer.load(state["optimizer"])
        print(f"going on after step {first}", flush=True)
    started = time.monotonic()
    running = 0.0
    for step in range(first, len(widths)):
        values, masks = batch(seed, step, pictures, widths[step])
        loss = loss_of(network, model, values, masks)
        loss.backward()
        optimizer.step(model)
        if not math.isfinite(loss.item()):
            raise SystemExit(f"the loss is {loss.item()} at step {step}: a lower rate may help")
        running += (loss.item() - running) * max(0.02, 1 / (step - first + 1))
        seconds = before + time.monotonic() - started
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} of {steps}, loss {running:.3f}, {seconds:.0f} s", flush=True)
        if (step + 1) % KEPT_EVERY == 0:
            state = {"steps": steps, "step": step + 1, "seconds": seconds}
            keep(kept, {**state, "model": model.state_dict(), "optimizer": optimizer.state()})
    return model.eval(), before + time.monotonic() - started


def keep(file: Path, state: dict) -> None:
    """Whole or not at all, however it ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".half")
    torch.save(state, half)
    half.replace(file)


def backbone_weights(folder: Path, pictures: dataset.Pictures) -> dict[str, torch.Tensor]:
    """The backbone that sota starts from, whatever its seed; trained where the folder has none."""
    file = folder / "backbone.pt"
    if not file.exists():
        print("first the backbone")
        model, seconds = train(BACKBONE, 1, BACKBONE.steps, pictures, unfinished(folder, "backbone", 1))
        save(model.backbone, folder, "backbone", 1, BACKBONE.steps, seconds)
        (folder / "backbone-1.pt").rename(file)
    return torch.load(file, weights_only=True)


def published_backbone() -> dict[str, torch.Tensor]:
    """The backbone of the sota that is shipped, as its own training left it; accurate starts from it, whatever its seed."""
    prefix = "model.pixel_level_module.encoder."
    model = HERE.parent / "sota" / "1" / "model.onnx"
    return {
        name.removeprefix(prefix): values
        for name, values in weights(model.read_bytes()).items()
        if name.startswith(prefix)
    }


def unfinished(folder: Path, name: str, seed: int) -> Path:
    return folder / f"{name}-{seed}.unfinished"


def save(model: nn.Module, folder: Path, name: str, seed: int, steps: int, seconds: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / f"{name}-{seed}.pt")
    result = {"name": name, "seed": seed, "steps": steps, "seconds": round(seconds)}
    (folder / f"{name}-{seed}.json").write_text(json.dumps(result, indent=2) + "\n")
    unfinished(folder, name, seed).unlink(missing_ok=True)
    print(json.dumps(result))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=[*NETWORKS, "backbone"], help="backbone: only what sota starts from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="fewer for a quick try")
    parser.add_argument("--pictures", type=Path, default=WORK.parent / "world", help="folder of the rendered pictures")
    parser.add_argument("--output", type=Path, default=WORK)
    options = parser.parse_args()
    pictures = dataset.pictures(options.pictures, dataset.TRAINING, TRAINING_PICTURES)
    backbone = None
    if options.mode in ("backbone", "sota"):
        backbone = backbone_weights(options.output, pictures)
    elif options.mode == "accurate":
        backbone = published_backbone()
    if options.mode == "backbone":
        return
    network = NETWORKS[options.mode]
    steps = options.steps or network.steps
    kept = unfinished(options.output, options.mode, options.seed)
    model, seconds = train(network, options.seed, steps, pictures, kept, backbone)
    save(model, options.output, options.mode, options.seed, steps, seconds)


if __name__ == "__main__":
    main()
