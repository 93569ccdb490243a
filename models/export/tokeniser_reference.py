"""Writes what transformers' CLIP tokeniser makes of 1,000 texts, to compare the server's with.

    PYTHON models/export/tokeniser_reference.py --output src/test/resources/diffusion

PYTHON has the packages of reference-diffusion.txt. The vocabulary is learnt here from the sentences below and laid out as
CLIP's own: 256 bytes, 256 bytes at the end of a word, the merges in the order learnt, start and end. The texts come from a
fixed seed. Three files are written:

    vocab.json, merges.txt   the vocabulary, as in a public export
    tokeniser.json           {"transformers": "5.23.0", "tokenizers": "0.23.3", "length": 77,
                              "texts": [{"text": "...", "ids": [start, ..., end]}]}

`ids` are cut to `length` but not padded.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import unicodedata
from collections import Counter
from pathlib import Path

import tokenizers
import transformers
from tokenizers import pre_tokenizers
from transformers import CLIPTokenizer

LENGTH = 77
TEXTS = 1000
MERGES = 400
START, END = "<|startoftext|>", "<|endoftext|>"

PROSE = """
A photograph of an old wooden table in front of a window, late afternoon light, long shadows on the floor.
Two people walk along the river while a small boat passes under the bridge of stone.
The kitchen has white walls, a green chair, three cups and a bowl of fresh fruit.
An oil painting of a stormy sea, dramatic clouds, high detail, in the style of the old masters.
Portrait of a woman with a red scarf, soft focus, studio lighting, shallow depth of field.
It's a quiet street; the houses aren't tall, and they've all got blue doors. We'll see what I'd find there.
A toy robot stands on a shelf between books and a plant, isometric render, clean background.
Mountains above a lake in the morning mist, wide angle, very detailed, sharp focus.
A dog runs through the snow with a ball, and the children throw another one after it.
Low polygon model of a castle with four round towers, a gate, a flag on top and a moat around it.
He's building a wall of bricks; you're painting the fence; I'm watching both of them from the garden.
The picture shows a metal gear with twelve teeth, a bolt, a nut and a washer, on a grey surface.
"""
SIZES = ("small", "large", "tiny", "tall")
COLOURS = ("red", "green", "blue", "yellow", "white", "black", "orange", "purple")
THINGS = ("cup", "bottle", "book", "chair", "ball", "box", "table", "lamp")
PLACES = ("on the table", "on the floor", "next to the window", "in front of the wall")

SCRIPTS = (
    "Ένας ΣΚΥΛΟΣ και ένας ΟΔΥΣΣΕΥΣ στο σπίτι", "İstanbul'da IŞIK ve ığdır", "Straße GROẞ ﬁnal ﬂow Ǆungla ǅ ǆ",
    "Москва, Ёлка и ЩИ", "夕焼けの富士山を描いた油絵", "一只红色的杯子在桌子上", "ㄱㅏ 한국어 텍스트", "한국어",
    "مرحبا بالعالم ١٢٣٤", "שלום עולם", "नमस्ते दुनिया १२३", "ภาษาไทย สวยงาม", "ÀÉÎÕÜ àéîõü ÇçÑñ Œœ Øø Łł",
    "e\u0301 a\u0308 o\u0302\u0323 n\u0303 A\u030a \u212b \u2126 K \u1e9b\u0323", "ⅧⅨ ½ ¾ ² ³ ① ٣ ௧", "Ꭰꭰ ꙀꙁႠⴀ ϴ Ω K Å",
)
EMOJI = (
    "😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "❤️", "☀️", "🦅", "🪐", "©®™", "♻︎", "1️⃣", "🧑🏿‍🚀",
)
SPACES = (
    " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "\u0085", "\u000b", "\u000c",
    "\u1680",
)
CONTROLS = (
    "\x00", "\x01", "\x07", "\x08", "\x1b[31m", "\x1c", "\x1f", "\x7f", "\u0080", "\u009f", "\u200b", "\u200d",
    "\ufeff", "\u180e", "\u00ad", "\u202e", "\ufffd", "\ufffe", "\ue000", "\U0010ffff",
)
CONTRACTIONS = (
    "don't", "DON'T", "it's", "IT'S", "we'll", "they've", "I'm", "you're", "he'd", "'s", "''s", "'''", "'tis",
    "rock'n'roll", "l'été", "don’t", "s'''t", "'re've", "o'clock", "x'LL'D", "!'s", "'ſ",
)
SPECIALS = (
    START, END, "<|STARTOFTEXT|>", "<|EndOfText|>", "<|EndOfText|>!", "<|endoftext", "endoftext|>", "<|endoftext|>!",
    "!<|Endoftext|>!", "<||>", "</w>", "a</w>", "Ġ", "[PAD]", "<|endoftext|><|endoftext|>",
)
NUMBERS = (
    "0", "42", "1920x1080", "3.14159", "-1e-10", "1,000,000", "№5", "2026-11-29", "50%", "$9.99", "#ff8800", "f/1.8",
    "4k", "1/2",
)
PUNCTUATION = (
    "!!!", "...", "…", "(((masterpiece)))", "[cat:dog:0.5]", "—", "¿Qué?", "«so»", "a_b", "C++", "http://a.b/c?d=e&f#g",
    "&amp;", "&lt;b&gt;", "\\n", "a.b.c", "@", "~^`|", "„Zitat“", "schÃ¶n", "#hash", "--", "¬", "ª º",
)


def corpus() -> list[str]:
    captions = itertools.product(SIZES, COLOURS, THINGS, PLACES)
    return PROSE.strip().splitlines() * 20 + ["a " + " ".join(words) for words in captions]


def letters() -> list[str]:
    """What stands for each byte: itself where it prints, in byte order as CLIP has them; then the others."""
    printing = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
    others = 256 - len(printing)
    return [chr(value) for value in printing] + [chr(256 + index) for index in range(others)]


def words() -> Counter[tuple[str, ...]]:
    """How often each word of the corpus occurs, as the letters of its bytes."""
    splitter = pre_tokenizers.Sequence([
        pre_tokenizers.Split(
            tokenizers.Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), behavior="removed", invert=True
        ),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])
    found = Counter(word for line in corpus() for word, _ in splitter.pre_tokenize_str(line.lower()))
    return Counter({(*word[:-1], word[-1] + "</w>"): count for word, count in found.items()})


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    tokens: list[str] = []
    for token in word:
        if tokens and (tokens[-1], token) == pair:
            tokens[-1] += token
        else:
            tokens.append(token)
    return tuple(tokens)


def learn(folder: Path) -> None:
    """The most frequent pair becomes a token, time and again; of equals the first in the alphabet, so that it is repeatable."""
    corpus_words = words()
    merges: list[tuple[str, str]] = []
    while len(merges) < MERGES:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in corpus_words.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        corpus_words = Counter({merged(word, best): count for word, count in corpus_words.items()})
    tokens = letters() + [letter + "</w>" for letter in letters()]
    tokens += [left + right for left, right in merges] + [START, END]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def any_letter(chance: random.Random) -> str:
    """A code point that every implementation's Unicode has."""
    while True:
        code = chr(chance.randrange(chance.choice((0x300, 0x3000, 0x10000, 0x20000))))
        if unicodedata.ucd_3_2_0.category(code) not in ("Cn", "Cs"):
            return code


def texts() -> list[str]:
    chance = random.Random(8)
    sentences = corpus()
    kinds = (SCRIPTS, EMOJI, CONTROLS, CONTRACTIONS, SPECIALS, NUMBERS, PUNCTUATION)
    fixed = ["", " ", "\n\t ", *(text for kind in kinds for text in kind), *(f"a{space}b" for space in SPACES)]
    fixed += ["a" * 5000, "ab" * 3000, "the quick brown fox " * 500, "é" * 900, "😀" * 300, "!" * 1000, "'" * 77, "1" * 80]
    found = list(dict.fromkeys(fixed))
    while len(found) < TEXTS:
        form = chance.randrange(5)
        if form == 0:
            words = chance.choice(sentences).split()
            text = " ".join(chance.choice((str.lower, str.upper, str.title, str))(word) for word in words)
        elif form == 1:
            text = "".join(any_letter(chance) for _ in range(chance.randrange(1, 30)))
        elif form == 2:
            text = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz ABC'.,!1") for _ in range(chance.randrange(1, 200)))
        else:
            pieces = [chance.choice(chance.choice((*kinds, sentences))) for _ in range(chance.randrange(2, 9))]
            text = "".join(piece + chance.choice((*SPACES, "", "", "")) for piece in pieces)
        if text not in found:
            found.append(text)
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where the three files go")
    return parser.parse_args()


def main() -> None:
    folder = arguments().output
    learn(folder)
    reference = CLIPTokenizer(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
    document = {
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "length": LENGTH,
        "texts": [
            {"text": text, "ids": reference(text, truncation=True, max_length=LENGTH)["input_ids"]} for text in texts()
        ],
    }
    (folder / "tokeniser.json").write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
