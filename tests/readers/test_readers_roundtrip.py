"""Whatever is written in a format comes back the same."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxnlp.readers import read
from cxnlp.readers.segments import Segment, join
from cxnlp.schema import Call, Speaker, Turn, encode_call

SIDES: tuple[Speaker, ...] = ("agent", "customer")
SPEAKERS = st.sampled_from(SIDES)
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), min_size=1, max_size=60
)
TURNS = st.lists(st.tuples(SPEAKERS, WORDS.map(str.strip).filter(bool)), min_size=1, max_size=12)
LIGHT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def back(name: str, content: bytes) -> list[Turn]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        (call,) = read(path)
    return call.turns


@LIGHT
@given(TURNS)
def test_text(turns: list[tuple[Speaker, str]]) -> None:
    content = "".join(f"{speaker.title()}: {text}\n" for speaker, text in turns)
    assert back("c.txt", content.encode()) == join([Segment(*turn) for turn in turns])


@LIGHT
@given(TURNS, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_table(turns: list[tuple[Speaker, str]], delimiter: str, encoding: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("speaker", "text"), *turns])
    assert back("c.csv", file.getvalue().encode(encoding)) == join([Segment(*turn) for turn in turns])


@LIGHT
@given(
    st.lists(
        st.tuples(SPEAKERS, st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.floats(0, 1e6)),
        min_size=1,
    )
)
def test_canonical(turns: list[tuple[Speaker, str, float | None]]) -> None:
    call = Call("c", [Turn(speaker, text, start) for speaker, text, start in turns])
    assert back("c.jsonl", encode_call(call)) == call.turns


@LIGHT
@given(st.binary(max_size=300))
def test_any_bytes_are_a_call_or_a_reject(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "c")
        path.write_bytes(content)
        rejects: list[object] = []
        calls = list(read(path, on_reject=rejects.append))
    assert calls or rejects
