"""What people would write to get a still life."""

from __future__ import annotations

import numpy as np

from .still_life import COLOURS, PATTERNS, TABLES, THINGS, Item, StillLife

# Other words for the same, which a part of the captions uses.
THINGS_TOO = {"ball": "sphere", "cube": "box", "ring": "torus", "cup": "mug"}
COLOURS_TOO = {"grey": "gray", "purple": "violet", "turquoise": "cyan"}
TOO = 0.12

BEFORE = ("", "", "", "a photo of ", "a picture of ", "an image of ", "photo of ", "picture of ")
TABLE = (" on a {} table", " on a {} table", " on the {} table", " standing on a {} table", " on a table", " on the table", "", "", "")
BETWEEN = (
    "{left} and {right}",
    "{right} and {left}",
    "{left} next to {right}",
    "{right} beside {left}",
    "{left} left of {right}",
    "{right} right of {left}",
    "{left} to the left of {right}",
    "{right} to the right of {left}",
)
# Parts: of captions without articles, of plain things that are said to be plain, of things whose colour is not said.
BARE, PLAIN, COLOURLESS = 0.25, 0.05, 0.05

WORDS = tuple(
    sorted(
        {"a", "an", "plain", *THINGS, *THINGS_TOO.values(), *COLOURS, *COLOURS_TOO.values(), *PATTERNS[1:], *TABLES}.union(
            word for text in (*BEFORE, *TABLE, *BETWEEN) for word in text.split() if "{" not in word
        )
    )
)


def caption(random: np.random.Generator, shown: StillLife) -> str:
    """One of the ways to ask for it. No other words than WORDS."""
    bare = random.random() < BARE
    names = [_name(random, item, "" if bare else "a") for item in shown.items]
    if len(names) == 1:
        text = names[0]
    else:
        text = BETWEEN[random.integers(len(BETWEEN))].format(left=names[0], right=names[1])
    before = "" if bare and random.random() < 0.7 else BEFORE[random.integers(len(BEFORE))]
    return before + text + TABLE[random.integers(len(TABLE))].format(shown.table)


def mirrored(shown: StillLife) -> StillLife:
    return StillLife(shown.items[::-1], shown.table)


def _name(random: np.random.Generator, item: Item, article: str) -> str:
    thing = THINGS_TOO[item.thing] if item.thing in THINGS_TOO and random.random() < TOO else item.thing
    colour = COLOURS_TOO[item.colour] if item.colour in COLOURS_TOO and random.random() < TOO else item.colour
    pattern = item.pattern or ("plain" if random.random() < PLAIN else "")
    adjectives = [pattern, "" if random.random() < COLOURLESS else colour]
    if random.random() < 0.3:
        adjectives.reverse()
    words = " ".join(filter(None, [*adjectives, thing]))
    if not article:
        return words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
