"""A vocabulary in the files of CLIP's tokeniser in which each of a few words is one token, and others are spelt in bytes.

It is laid out as CLIP's own: 256 bytes, 256 bytes at the end of a word, what is merged in the order of merging, start and
end. Merging goes on until every word is whole, the most frequent pair first, so that the merging which a tokeniser does
by rank finds the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"
# As CLIP's, of lower-case ASCII; the server's tokeniser knows all of Unicode.
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


def letters() -> list[str]:
    """What stands for each byte, in CLIP's order: those that print for themselves, then letters beyond Latin-1."""
    printing = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
    return [*map(chr, printing), *(chr(256 + number) for number in range(256 - len(printing)))]


class ClosedVocabulary:
    def __init__(self, words: Iterable[str]) -> None:
        """words: of lower-case ASCII letters."""
        self.words = tuple(words)
        self.merges = _merges(self.words)
        ends = [letter + WORD_END for letter in letters()]
        tokens = [*letters(), *ends, *(left + right for left, right in self.merges), START, END]
        # Two ways to the same piece are two merges and one token.
        self.ids = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}

    def encode(self, text: str, length: int) -> list[int]:
        """Start, the words of a lower-case text in ASCII, end, and the end token as often as there is room."""
        tokens = [token for word in WORD.findall(text) for token in self._spelt(word)]
        ids = [self.ids[token] for token in (START, *tokens[: length - 2], END)]
        return ids + [self.ids[END]] * (length - len(ids))

    def _spelt(self, word: str) -> tuple[str, ...]:
        pieces = (*word[:-1], word[-1] + WORD_END)
        while len(pieces) > 1:
            best = min(pairwise(pieces), key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if best not in self._ranks:
                break
            pieces = _merged(pieces, best)
        return pieces

    def write(self, folder: Path) -> None:
        """vocab.json and merges.txt."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.ids, ensure_ascii=False, indent=0)
        (folder / "vocab.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        lines = ["#version: 0.2", *map(" ".join, self.merges)]
        (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _merged(pieces: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for piece in pieces:
        if found and (found[-1], piece) == pair:
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def _merges(words: tuple[str, ...]) -> list[tuple[str, str]]:
    spelt = [(*word[:-1], word[-1] + WORD_END) for word in words]
    merges: list[tuple[str, str]] = []
    while True:
        counts = Counter(pair for pieces in spelt for pair in pairwise(pieces))
        if not counts:
            return merges
        # Of equals the first in the alphabet, so that it is repeatable; ends of words last, for an end that is a token of its
        # own would pass for a known word.
        best = min(counts, key=lambda pair: (pair[1].endswith(WORD_END), -counts[pair], pair))
        merges.append(best)
        spelt = [_merged(pieces, best) for pieces in spelt]
