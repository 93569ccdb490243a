"""Draws the letters for the page, each as an SVG of a few kilobytes.

    python models/training/hand/draw.py

The drawings show what a right-handed learner sees in a mirror: palm ahead, the thumb on the picture's left. The mirror
image of a drawing is what a left-handed learner sees. Palm and fingers are thick rounded lines, from the farthest to the
nearest, so that one sees which finger lies in front; nearer ones are lighter. J and Z carry an arrow along the way of the
fingertip. The tones are chosen to be seen on light and on dark pages.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parent.parent))

from hand import alphabet, skeleton  # noqa: E402

PAGE = Path(__file__).parents[3] / "src" / "main" / "webapp" / "samples" / "letters"
SIZE, MARGIN = 200, 14
OUTLINE, ARROW = "#5d4a3e", "#3f7fd0"
FAR, NEAR = np.array([196, 158, 130]), np.array([246, 217, 193])
# Widths in the hand's units: outlines go around all of them.
FINGER, THUMB, BALL, PALM, LINE = 0.195, 0.21, 0.32, 0.23, 0.045
# Joints that bend more than this end a stroke; the next one may lie before or behind it.
STRAIGHT = np.cos(np.radians(28))
# Degrees that the hand is turned about the vertical and the horizontal, where that shows more of the letter.
TURNS = {"F": (20, 0), "K": (-30, 12), "M": (0, 14), "N": (0, 14), "G": (-12, 0), "H": (-12, 0)}
# The finger in front of which the thumb's tip comes out, from under those that lie over it.
THUMB_IN_FRONT_OF = {"M": skeleton.PINKIE, "N": skeleton.RING, "T": skeleton.MIDDLE}


def strokes(hand: np.ndarray, letter: str) -> list[tuple[float, list[np.ndarray], float, bool]]:
    """Depth, points, width, and whether it is closed, of everything that is drawn. `hand` is [21, 3], z to the eye."""
    found = []
    wrist, span = hand[skeleton.WRIST], hand[skeleton.INDEX] - hand[skeleton.PINKIE]
    knuckles = [hand[k] for k in (skeleton.INDEX, skeleton.MIDDLE, skeleton.RING, skeleton.PINKIE)]
    palm = [wrist + 0.24 * span, hand[skeleton.THUMB], *knuckles, wrist - 0.24 * span]
    found.append((float(np.mean([point[2] for point in palm])), palm, PALM, True))
    found.append((float(hand[1:3, 2].mean()) + 0.02, [hand[1] * 0.6 + wrist * 0.4, hand[2]], BALL, False))
    for root, width in ((skeleton.THUMB, THUMB), *((k, FINGER) for k in range(skeleton.INDEX, skeleton.POINTS, 4))):
        chain = hand[root + (root == skeleton.THUMB) : root + 4]
        line = [chain[0], chain[1]]
        for before, at, after in zip(chain[:-2], chain[1:-1], chain[2:], strict=True):
            one, other = at - before, after - at
            if one @ other < STRAIGHT * np.linalg.norm(one) * np.linalg.norm(other):
                found.append((_depth(line), line, width, False))
                line = [at]
            line.append(after)
        depth = _depth(line)
        if root == skeleton.THUMB and letter in THUMB_IN_FRONT_OF:
            finger = THUMB_IN_FRONT_OF[letter]
            depth = float(hand[finger + 1 : finger + 3, 2].mean()) + 0.01
        found.append((depth, line, width, False))
    return sorted(found, key=lambda stroke: stroke[0])


def _depth(line: list[np.ndarray]) -> float:
    return float(np.mean([point[2] for point in line]))


def svg(letter: str) -> str:
    frames = alphabet.movement(letter, np.linspace(0, 1, 25 if letter in alphabet.MOVING else 1))
    turn = alphabet.turned(*TURNS.get(letter, (0, 0)))
    hands = skeleton.mirrored(frames @ turn.T)
    shown = hands[0]
    parts = strokes(shown, letter)
    way = hands[:, alphabet.TIPS[letter]] if len(hands) > 1 else np.zeros((0, 3))
    drawn = np.concatenate([*(np.array(points) for _, points, _, _ in parts), way])[:, :2]
    low, high = drawn.min(0) - FINGER / 2, drawn.max(0) + FINGER / 2
    scale = min((SIZE - 2 * MARGIN) / (high - low).max(), 90)
    middle = (low + high) / 2

    def path(points: list[np.ndarray] | np.ndarray) -> str:
        spots = [(SIZE / 2 + (p[0] - middle[0]) * scale, SIZE / 2 - (p[1] - middle[1]) * scale) for p in points]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)

    depths = [depth for depth, *_ in parts]
    nearest, farthest = max(depths), min(min(depths), max(depths) - 0.5)
    lines = []
    for depth, points, width, closed in parts:
        share = (depth - farthest) / (nearest - farthest)
        red, green, blue = (FAR + (NEAR - FAR) * share).round().astype(int)
        tone = f"#{red:02x}{green:02x}{blue:02x}"
        shape = path(points) + ("Z" if closed else "")
        inside = f' fill="{tone}"' if closed else ""
        lines.append(f'<path d="{shape}" stroke="{OUTLINE}" stroke-width="{(width + LINE) * scale:.1f}"/>')
        lines.append(f'<path d="{shape}" stroke="{tone}" stroke-width="{width * scale:.1f}"{inside}/>')
    if len(way):
        end, before = way[-1, :2], way[-3, :2]
        ahead = (end - before) / np.linalg.norm(end - before)
        aside = np.array([-ahead[1], ahead[0]])
        head = [end - 0.2 * ahead + 0.14 * aside, end, end - 0.2 * ahead - 0.14 * aside]
        for points in (way, head):
            lines.append(f'<path d="{path(points)}" stroke="{ARROW}" stroke-width="5"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" role="img">\n'
        f"<title>{letter}</title>\n"
        '<g fill="none" stroke-linecap="round" stroke-linejoin="round">\n' + "\n".join(lines) + "\n</g>\n</svg>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=PAGE)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for letter in alphabet.LETTERS:
        (options.output / f"{letter.lower()}.svg").write_text(svg(letter), encoding="utf-8", newline="\n")
    print(options.output)


if __name__ == "__main__":
    main()
