"""What is measured on: service dialogues beside the checkout where there are any, else the training calls."""

from __future__ import annotations

import gzip
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from cxnlp.labels import HEADS
from cxnlp.schema import Call, Turn, decode_call, encode_call
from cxnlp.training.dataset import load_dataset

REPO = Path(__file__).resolve().parents[2]
DIALOGUES = Path(os.environ.get("CXNLP_BENCH_CALLS", REPO.parent / "shared" / "bench" / "star_calls.jsonl.gz"))
_DIGITS = re.compile(r"\d")
_SOUNDS = ("ba", "ko", "ri", "mu", "ta", "le", "no", "si", "pe", "da", "fu", "go")


def measured_calls() -> list[Call]:
    """The calls that are scored; the training calls where the dialogues are not there."""
    if DIALOGUES.exists():
        return [decode_call(line) for line in gzip.decompress(DIALOGUES.read_bytes()).splitlines()]
    return load_dataset(REPO / "training_data").calls


def training_turns() -> tuple[list[str], NDArray[np.int8], NDArray[np.bool_]]:
    """Texts (T,), labels (T, heads) and which side is the agent's, of the labelled calls."""
    data = load_dataset(REPO / "training_data")
    turns = [turn for call in data.calls for turn in call.turns]
    kept = np.flatnonzero(data.scored)
    agent = np.array([turn.speaker == "agent" for turn in turns])
    return [turns[row].text for row in kept.tolist()], data.y[kept], agent[kept]


def head(name: str) -> int:
    """The column of a head."""
    return HEADS.index(name)


def more_calls(calls: list[Call], turns: int, new_words: float = 0.1, seed: int = 0) -> Iterator[Call]:
    """Calls until there are `turns` turns: repeated with other ids and digits, and a share of the words changed
    for others of the calls; with `new_words` over 1 every word is one never seen before."""
    chance = random.Random(seed)
    words = sorted({word for call in calls for turn in call.turns for word in turn.text.split()})
    number = 0
    while turns > 0:
        call = calls[number % len(calls)]
        changed = [Turn(turn.speaker, _change(turn.text, words, new_words, chance)) for turn in call.turns]
        yield Call(f"{call.id}-{number}", changed if number >= len(calls) or new_words > 1 else call.turns)
        number += 1
        turns -= len(call.turns)


def _change(text: str, words: list[str], share: float, chance: random.Random) -> str:
    if share > 1:
        return " ".join("".join(chance.choices(_SOUNDS, k=5)) for _ in text.split())
    text = _DIGITS.sub(lambda _: chance.choice("0123456789"), text)
    return " ".join(chance.choice(words) if chance.random() < share else word for word in text.split(" "))


def write_calls(path: Path, calls: Iterator[Call]) -> int:
    """A JSONL file; returns the number of turns."""
    turns = 0
    with open(path, "wb") as file:
        for call in calls:
            file.write(encode_call(call) + b"\n")
            turns += len(call.turns)
    return turns


def decode_and_split(data: bytes) -> int:
    """The floor: every line decoded, every text split on white space; returns the number of words."""
    decoder = msgspec.json.Decoder(Call)
    return sum(len(turn.text.split()) for line in data.splitlines() for turn in decoder.decode(line).turns)
