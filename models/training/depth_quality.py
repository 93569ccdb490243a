"""How good depths are, and how good a plane is: the least that a network has to be better than."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from world import dataset

# Metres. What the world has nearer is the inside of a thing that the camera happened to be put into.
NEAREST = 0.1
# Metres; the world's rooms are smaller. How far away a plane's horizon counts.
FARTHEST = 6.0
# How often the squares are weighted anew.
REWEIGHTINGS = 40
# Planes are fitted to every so manieth row and column, and measured on all.
APART = 4


def rendered(part: dataset.Part, count: int) -> np.ndarray:
    """Which of the first pictures of a part are no photographs, so that their depths are known."""
    numbers = np.arange(count)
    return numbers[numbers % part.photograph_every != part.photograph_every - 1]


def relative_error(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean of |found - truth| / truth where the truth is known and not nearer than NEAREST; NaN where nothing is."""
    known = truth >= NEAREST
    if not known.any():
        return float("nan")
    return float((np.abs(found[known] - truth[known]) / truth[known]).mean())


def aligned(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The depths found, scaled so that the median of truth / found is 1: what is left is no matter of the scale."""
    known = truth >= NEAREST
    return found * np.median(truth[known] / found[known]) if known.any() else found


def plane(places: np.ndarray, depths: np.ndarray) -> np.ndarray:
    """a, b, c of the plane 1 / d = a x + b y + c with the least mean relative error over the pixels that was found.

    A plane's inverse depth is linear in the picture. With q = d (a x + b y + c), the relative error is |q - 1| / q; its sum
    is made small by squares of q - 1 that are weighted anew with the inverse of what they leave and of q, and the best of
    all planes on the way is taken.

    places: float [N, 2]; depths: float [N], metres.
    """
    rows = np.column_stack([places, np.ones(len(places))]) * depths[:, None]
    weights = np.ones(len(rows))
    found = []
    for _ in range(REWEIGHTINGS):
        weighted = rows * weights[:, None]
        one = np.linalg.solve(weighted.T @ rows, weighted.sum(0))
        found.append((relative_error(depths_of(one, places), depths), one))
        quotients = rows @ one
        weights = 1 / (np.maximum(np.abs(quotients - 1), 1e-3) * np.maximum(quotients, 0.05))
    return min(found, key=lambda pair: pair[0])[1]


def depths_of(plane_: np.ndarray, places: np.ndarray) -> np.ndarray:
    return 1 / np.maximum(places @ plane_[:2] + plane_[2], 1 / FARTHEST)


def _seen(places: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places and depths of the pixels that count."""
    known = truth >= NEAREST
    return places[known], truth[known]


def _places(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0.5 / height : 1 : 1 / height, 0.5 / width : 1 : 1 / width]
    return np.stack([x, y], 2)


def planes(pictures: dataset.Pictures, part: dataset.Part) -> dict[str, float]:
    """Mean relative errors of the best plane of each picture, which knows its truth, and of the best one of all; as they are,
    and with the scale of each picture set right.
    """
    truths = [pictures.depths[number].astype(np.float64) for number in rendered(part, len(pictures.depths))]
    truths = [truth for truth in truths if (truth >= NEAREST).any()]
    places = _places(*truths[0].shape)
    seen = [_seen(places[::APART, ::APART], truth[::APART, ::APART]) for truth in truths]
    of_each = [plane(*pixels) for pixels in seen]
    of_all = plane(*(np.concatenate(parts) for parts in zip(*seen, strict=True)))
    errors = {}
    for name, found in (("planeOfEach", of_each), ("planeOfAll", [of_all] * len(truths))):
        depths = [depths_of(one, places) for one in found]
        errors[name] = _mean(relative_error(*pair) for pair in zip(depths, truths, strict=True))
        errors[f"{name}Scaled"] = _mean(
            relative_error(aligned(one, truth), truth) for one, truth in zip(depths, truths, strict=True)
        )
    return errors


def measured(
    answer: Callable[[np.ndarray], np.ndarray], pictures: dataset.Pictures, part: dataset.Part
) -> dict[str, float]:
    """Mean relative errors of what is answered to the pictures [height, width, 3], RGB; as it is, and with the scale of each
    picture set right."""
    whole, scaled = [], []
    for number in rendered(part, len(pictures.depths)):
        found, truth = answer(pictures.pixels[number]), pictures.depths[number].astype(np.float32)
        if (truth >= NEAREST).any():
            whole.append(relative_error(found, truth))
            scaled.append(relative_error(aligned(found, truth), truth))
    return {"relativeError": _mean(whole), "relativeErrorScaled": _mean(scaled)}


def _mean(errors: Iterable[float]) -> float:
    return round(float(np.mean(list(errors))), 4)
