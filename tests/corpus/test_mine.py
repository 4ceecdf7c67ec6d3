"""What was planted is found, with the right counts, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxnlp.corpus import MiningOptions, mine, read_required
from cxnlp.errors import ConfigError
from cxnlp.language.table import TokenTable
from cxnlp.schema import Call, Turn
from cxnlp.scoring.scripts import Scripts, Template, encode_scripts

from .planting import CLOSE, GREETING, NAMES, NUMBER, ONCE, planted

FIVE = MiningOptions(least_calls=5)


def named(scripts: Scripts) -> dict[str, Template]:
    """Templates by what was planted; any other keeps its text."""
    begins = {
        "thank you for calling": "greeting",
        "your reference is": "number",
        "and it is valid": "number",
        "is there anything": "close",
    }
    found = {}
    for template in scripts.templates:
        name = next((name for begin, name in begins.items() if template.text.lower().startswith(begin)), template.text)
        assert name not in found
        found[name] = template
    return found


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.booleans())
def test_what_was_planted_is_found(table: TokenTable, seed: int, bare: bool) -> None:
    made = planted(seed, bare=bare)
    found = named(mine(made.calls, FIVE, table=table))
    assert {name: template.calls for name, template in found.items()} == {
        name: len(calls) for name, calls in made.said.items()
    }
    assert {name: template.agents for name, template in found.items()} == {
        name: len(agents) for name, agents in made.by.items()
    }
    for name, template in found.items():
        assert {example.call for example in template.examples} <= made.said[name]
        assert template.share == round(len(made.said[name]) / len(made.calls), 4)
    texts = {template.text for template in found.values()}
    if not bare:
        assert {GREETING.format(name="<name>"), NUMBER.format(number="<number>")} <= texts
        assert texts & set(CLOSE)


@settings(max_examples=6)
@given(st.integers(0, 10**6), st.integers(1, 5_000))
def test_neither_order_nor_batches_matter(table: TokenTable, seed: int, batch_chars: int) -> None:
    calls = planted(seed).calls
    want = encode_scripts(mine(calls, FIVE, table=table))
    random.Random(seed).shuffle(calls)
    assert encode_scripts(mine(iter(calls), FIVE, batch_chars=batch_chars, table=table)) == want


def test_within_tight_bounds_the_counts_stay_exact(table: TokenTable) -> None:
    made = planted(3, count=120)
    tight = mine(
        made.calls, MiningOptions(least_calls=20, most_lines=150, most_windows=150), batch_chars=2_000, table=table
    )
    assert max(tight.options["forgotten"].values()) > 0
    found = named(tight)
    assert found["greeting"].calls == 120
    assert {name: template.calls for name, template in found.items()} == {name: len(made.said[name]) for name in found}


def test_lines_said_too_seldom_are_not_listed(table: TokenTable) -> None:
    calls = planted(1).calls
    for call in calls[:4]:
        call.turns.append(Turn("agent", ONCE))
    assert ONCE not in named(mine(calls, FIVE, table=table))
    calls[4].turns.append(Turn("agent", ONCE))
    found = named(mine(calls, FIVE, table=table))[ONCE]
    assert (found.calls, found.examples[0].text) == (5, ONCE)
    for call in calls[:4]:
        call.turns[-1] = Turn("customer", ONCE)
    assert ONCE not in named(mine(calls, FIVE, table=table))


def test_a_line_repeated_in_one_call_counts_once_and_agents_may_be_unknown(table: TokenTable) -> None:
    calls = [Call(f"c{n}", [Turn("agent", ONCE)] * 3) for n in range(6)]
    template = mine(calls, table=table).templates[0]
    assert (template.calls, template.agents, mine(calls, table=table).agents) == (6, None, None)
    calls[0].agent_id = "a1"
    assert mine(calls, table=table).templates[0].agents == 1


@pytest.mark.parametrize("calls", [[], [Call("c", [Turn("customer", ONCE)])], [Call("c", [Turn("agent", "")])]])
def test_calls_in_which_nothing_recurs(table: TokenTable, calls: list[Call]) -> None:
    scripts = mine(calls, table=table)
    assert (scripts.templates, scripts.calls) == ([], len(calls))


@pytest.mark.parametrize(
    "options",
    [MiningOptions(least_calls=1), MiningOptions(least_words=2), MiningOptions(most_lines=3)],
)
def test_options_out_of_range(table: TokenTable, options: MiningOptions) -> None:
    with pytest.raises(ConfigError, match="allowed"):
        mine([], options, table=table)


def test_parts_and_wholes_are_listed_once(table: TokenTable) -> None:
    """A sentence only ever said with another is part of that; two said apart as well are two."""
    opening, rest = "Welcome to the Acme support desk.", "May I take your postcode before we begin?"
    together = [Call(f"t{n}", [Turn("agent", f"{opening} {rest}")]) for n in range(10)]
    assert [template.text for template in mine(together, table=table).templates] == [f"{opening} {rest}"]
    apart = [Call(f"a{n}", [Turn("agent", (opening, rest)[n % 2])]) for n in range(20)]
    assert {template.text for template in mine([*together, *apart], table=table).templates} == {opening, rest}


DEMANDED = "This call is recorded for training and quality purposes."


def test_required_lines_are_marked_and_always_listed(table: TokenTable) -> None:
    calls = planted(2).calls
    for call in calls[:30]:
        call.turns.insert(0, Turn("agent", "Hello there, this call is recorded for training and quality purposes."))
    never = "You have fourteen days to change your mind about this."
    found = {template.text: template for template in mine(calls, FIVE, [DEMANDED, never], table=table).templates}
    assert (found[DEMANDED].calls, found[never].calls, found[never].examples) == (30, 0, [])
    assert {text for text, template in found.items() if template.required} >= {DEMANDED, never}
    assert not any(template.required for text, template in found.items() if "recorded" not in text and text != never)
    assert sum("recorded" in text for text in found) == 1
    with pytest.raises(ConfigError, match="without three plain words in a row; got: hello <name>"):
        mine([], FIVE, ["hello <name>"], table=table)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"# law\none two three\n\n one two three \n", ["one two three"]),
        (b'\xef\xbb\xbf{"text": "one  two three", "id": 4}\nfour five six\n', ["one two three", "four five six"]),
        (b'ok\n{"txt": "one"}\n', "law:2: not a required line: .*`text`"),
        (b'{"text": " "}\n', "law:1: a required line without words"),
        (b"\xff\xfe", "law: required lines are not UTF-8"),
        (b"# nothing\n", "law: holds no required line"),
        (None, "required lines cannot be read: No such file"),
    ],
)
def test_required_files(tmp_path: Path, data: bytes | None, lines: list[str] | str) -> None:
    path = tmp_path / "law"
    if data is not None:
        path.write_bytes(data)
    if isinstance(lines, list):
        assert read_required(path) == lines
    else:
        with pytest.raises(ConfigError, match=lines):
            read_required(path)


def test_the_same_names_by_several_agents_are_slots_by_their_capitals(table: TokenTable) -> None:
    calls = [
        Call(f"c{n}", [Turn("agent", f"Right {NAMES[n % 5]}, your engineer will be with you soon.")], f"a{n % 2}")
        for n in range(20)
    ]
    template = mine(calls, table=table).templates[0]
    assert (template.text, template.calls, template.agents) == (
        "Right <name>, your engineer will be with you soon.",
        20,
        2,
    )
