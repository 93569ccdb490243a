"""A scene in a sentence."""

from __future__ import annotations

import numpy as np

from .scene import LABELS, Scene, Thing

# Things nearer than this share of the picture's width are not said to be left or right of each other.
LEAST_SHIFT = 0.06


def caption(scene: Scene) -> str:
    """What stands on the table, the nearest first, and how the two nearest lie to each other as the camera sees them."""
    frame, eye = scene.camera.frame(), scene.camera.eye
    seen = []
    for thing in scene.objects:
        right, _, forward = frame @ (thing.place - eye)
        across = right / (forward * scene.camera.half_angle_tangent) if forward > 0 else np.inf
        if abs(across) < 1:
            seen.append((forward, across / 2, thing))
    seen.sort(key=lambda entry: entry[0])
    if not seen:
        return f"{scene.table_words} in a room"
    names = [_name(thing) for _, _, thing in seen[:4]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    text = f"{listed} on {scene.table_words}"
    if len(seen) > 1 and abs(seen[0][1] - seen[1][1]) > LEAST_SHIFT:
        side = "left" if seen[0][1] < seen[1][1] else "right"
        text += f", the {_name(seen[0][2])[2:].strip()} {side} of the {_name(seen[1][2])[2:].strip()}"
    return text


def _name(thing: Thing) -> str:
    words = f"{thing.words} {LABELS[thing.label]}".strip()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
