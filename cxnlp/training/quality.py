"""Is the training data varied enough to learn from: `python -m cxnlp.training.quality FOLDER [--bench FILE]`.

Counts labels; shares of 5-grams that any two longer calls have in common outside scripted turns; distinct
n-grams and vocabulary growth, beside those of another corpus where one is given; lines that say almost
the same.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from cxnlp.labels import LABELS
from cxnlp.readers import read
from cxnlp.training.markup import MarkedCall, MarkedTurn, parse_folder

LONG_CALL = 200
SHARED_MOST = 0.03
LINE_LEAST = 5
NEAR = 0.8
_WORD = re.compile(r"[a-z0-9']+")


def words_of(text: str) -> list[str]:
    """Lower-case words of a text."""
    return _WORD.findall(text.lower())


def grams(words: list[str], size: int) -> list[tuple[str, ...]]:
    """All runs of `size` words."""
    return list(zip(*(words[start:] for start in range(size)), strict=False))


def label_counts(calls: Iterable[MarkedCall]) -> Counter[tuple[str, str]]:
    """How often each label, tone and level occurs, as ("calls" or "contrast", name)."""
    counts: Counter[tuple[str, str]] = Counter()
    for call in calls:
        kind = "contrast" if call.is_contrast else "calls"
        for turn in call.turns:
            if turn.context_only:
                continue
            counts.update((kind, name) for name in turn.labels)
            if turn.tone:
                counts[kind, turn.tone] += 1
            if turn.distress is not None:
                counts[kind, f"distress {turn.distress}"] += 1
    return counts


def shared_grams(calls: Iterable[MarkedCall], size: int = 5) -> list[tuple[float, str, str]]:
    """Pairs of longer calls and the share of the shorter one's 5-grams, outside scripted turns, that the
    other has too; the highest first."""
    sets: dict[str, set[tuple[str, ...]]] = {}
    owners: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for call in calls:
        spoken = [words_of(turn.text) for turn in call.turns]
        if call.is_contrast or sum(map(len, spoken)) < LONG_CALL:
            continue
        plain = [words for words, turn in zip(spoken, call.turns, strict=True) if turn.tone != "scripted"]
        sets[call.id] = {gram for words in plain for gram in grams(words, size)}
        for gram in sets[call.id]:
            owners[gram].append(call.id)
    pairs: Counter[tuple[str, str]] = Counter()
    for names in owners.values():
        for at, one in enumerate(names):
            pairs.update((one, other) for other in names[at + 1 :])
    found = [(count / min(len(sets[one]), len(sets[other])), one, other) for (one, other), count in pairs.items()]
    return sorted(found, reverse=True)


def distinct(texts: Iterable[str], most_words: int) -> dict[str, float]:
    """Distinct n-grams over n-grams, n of 1 to 3, and distinct words, in the first `most_words` words."""
    seen: list[set[tuple[str, ...]]] = [set(), set(), set()]
    totals = [0, 0, 0]
    for text in texts:
        words = words_of(text)
        for size in (1, 2, 3):
            found = grams(words, size)
            seen[size - 1].update(found)
            totals[size - 1] += len(found)
        if totals[0] >= most_words:
            break
    result = {f"distinct-{size}": len(seen[size - 1]) / max(totals[size - 1], 1) for size in (1, 2, 3)}
    return {**result, "vocabulary": float(len(seen[0])), "words": float(totals[0])}


def near_duplicates(calls: Iterable[MarkedCall]) -> Iterator[tuple[float, MarkedTurn, MarkedTurn]]:
    """Pairs of unscripted lines of five words or more whose word pairs are nearly the same (Jaccard)."""
    by_gram: dict[tuple[str, ...], list[int]] = defaultdict(list)
    lines: list[tuple[MarkedTurn, set[tuple[str, ...]]]] = []
    for call in calls:
        for turn in call.turns:
            words = words_of(turn.text)
            if len(words) < LINE_LEAST or turn.tone == "scripted" or turn.context_only:
                continue
            own = set(grams(words, 2))
            shared = Counter(other for gram in own for other in by_gram[gram])
            for other, count in shared.items():
                if (share := count / len(own | lines[other][1])) >= NEAR:
                    yield share, lines[other][0], turn
            for gram in own:
                by_gram[gram].append(len(lines))
            lines.append((turn, own))


def report(folder: Path, bench: str | None) -> Iterator[str]:
    """The figures as lines."""
    calls = parse_folder(folder / "calls") + parse_folder(folder / "contrast")
    whole = [call for call in calls if not call.is_contrast]
    counts = label_counts(calls)
    yield f"{len(whole)} calls, {sum(len(call.turns) for call in whole)} turns, {counts_of_items(calls)} contrast items"
    for name in ("scripted", "neutral", "genuine", *(f"distress {level}" for level in range(4)), *LABELS):
        yield f"  {name:<20}{counts['calls', name]:>7} in calls{counts['contrast', name]:>7} in contrast items"
    shared = shared_grams(whole)
    over = [pair for pair in shared if pair[0] > SHARED_MOST]
    yield f"pairs of calls of {LONG_CALL} words or more that share over {SHARED_MOST:.0%} of 5-grams: {len(over)}"
    yield from (f"  {share:.1%}  {one}  {other}" for share, one, other in shared[:5])
    texts = [turn.text for call in whole for turn in call.turns]
    for size in (20_000, 100_000, 200_000):
        yield f"first {size} words, ours:  " + _figures(distinct(texts, size))
        if bench:
            yield f"first {size} words, other: " + _figures(
                distinct((turn.text for call in read(bench) for turn in call.turns), size)
            )
    near = list(near_duplicates(whole))
    yield f"near-duplicate lines: {len(near)}"
    yield from (f"  {share:.2f}  {one.text[:60]!r}  {other.text[:60]!r}" for share, one, other in near[:40])


def counts_of_items(calls: Iterable[MarkedCall]) -> int:
    """How many contrast items there are."""
    return sum(sum(not turn.context_only for turn in call.turns) for call in calls if call.is_contrast)


def _figures(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" if value < 1 else f"{name} {value:.0f}" for name, value in figures.items())


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="How varied the training data is.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bench", help="canonical call JSONL to compare with; aggregate counts only")
    options = parser.parse_args()
    for line in report(options.folder, options.bench):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
