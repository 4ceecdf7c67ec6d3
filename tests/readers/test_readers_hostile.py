"""Inputs that are no call: what the reject says, and that the rest is still read."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxnlp.errors import ConfigError, ReadError
from cxnlp.readers import read

GOOD = b'{"id":"%s","turns":[{"speaker":"agent","text":"hi"}]}\n'
SPEECH = "Agent: good morning, señor\nCustomer: café, voilà, über\n"

# (name, content, words of the message, line)
WHOLE_FILE = [
    ("empty.jsonl", b"", "empty file", None),
    ("blank.txt", b" \n\n\t", "empty file", None),
    ("mark.txt", b"\xef\xbb\xbf", "empty file", None),
    ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF", None),
    ("a.docx", b"PK\x03\x04\x14\x00", "a ZIP archive", None),
    ("a.wav", b"RIFF\x24\x08\x00\x00WAVEfmt ", "audio", None),
    ("nul.txt", b"Agent: hi\nCustomer: \x00\x01\n", "NUL byte at byte 20", 2),
    ("noise.txt", bytes(range(128, 256)) * 4, "neither UTF-8", 1),
    ("mojibake.txt", "Agent: déjà vu café\nCustomer: ".encode() + b"\xff\n", "neither UTF-8", 2),
    ("half.json", b'{"id": "c1", "turns": [{"speaker": "ag', "truncated JSON", 1),
    ("half_lines.json", b'{\n "id": "c1",\n "turns": [\n', "truncated JSON", 4),
    ("odd.json", b'{"results": {"a": 1}}', "JSON of no format", None),
    ("deep.json", b"[" * 200_000, "nested too deep", None),
    ("digits.json", b'{"segments": ' + b"1" * 5000 + b"}", "broken JSON", None),
    ("whisper.json", b'{"text": "a", "segments": [{"text": "a", "start": 0.0, "end": NaN}]}', "no speakers", None),
    ("prose.txt", b"There was once a call without speakers.\n", "no speaker labels", 1),
    ("names.txt", b"Agent: hi\nMaria: hello\nAgent: bye\n", "say no role: 'Maria'", 2),
    ("letters.txt", b"A: hi\nB: hello\nA: bye\n", "say no role: 'A', 'B'", 1),
    ("speakers.txt", b"Speaker 1: hi\nSpeaker 2: hello\n", "--role", 1),
    ("header.txt", b"Recorded in Leeds\nAgent: hi\nCustomer: yes\n", "before the first speaker", 1),
    ("x.srt", b"1\n00:00:01,000 --> 00:00:02,000\nAgent: hi\n", "text of no format", None),
    ("x.xml", b"<?xml version='1.0'?><a>Agent: hi</a>", "text of no format", None),
    ("t.csv", b"a,b\n1,2\n", "no column for the speaker", 1),
    ("open.csv", b'speaker,text\nagent,hi\ncustomer,"never closed\nagent,more\n', "broken quoting", 3),
    ("quoted.csv", b'speaker,text\nagent,"hi" he said\n', "broken quoting", 2),
    ("short.csv", b"speaker,start,text\nagent,0\n", "a row of 2 cells", 2),
    ("time.csv", b"speaker,text,start\nagent,hi,soon\n", "a time that is no time", 2),
    ("comma.csv", b'speaker,text,start\nagent,hi,"1,250"\n', "a time that is no time", 2),
    ("huge.csv", b"speaker,text,start\nagent,hi,9e15\n", "a time that is no time", 2),
    ("nobody.csv", b"speaker,text\n,hi\n", "without a speaker", 2),
    ("silent.csv", b"speaker,text\nagent,\n", "no turns", 2),
    ("only_lines.txt", b"---\n---\n", "no call in it", None),
    ("only_date.txt", b"Date: today\n", "no call in it", None),
    ("only_header.csv", b"speaker,text\n", "no rows", None),
    ("cue.vtt", b"WEBVTT\n\n1\n00:00:0x.000 --> 00:00:02.000\n<v Agent>hi\n", "time is malformed", 4),
    ("loose.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nAgent: hi\n\nlost words\n", "outside a cue", 6),
    ("nameless.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n", "names no speakers", 4),
    (
        "late.vtt",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n\n00:02.000 --> 00:03.000\n<v Agent>yes\n",
        "before the first",
        4,
    ),
    ("no_cues.vtt", b"WEBVTT\n\nNOTE nothing\n", "no turns", None),
    ("broken.gz", gzip.compress(SPEECH.encode())[:-9], "gzip", None),
    ("broken.zst", b"\x28\xb5\x2f\xfd" + b"junk" * 8, "Zstandard", None),
]
LENS = {"Channel": "VOICE", "Participants": [{"ParticipantId": "x", "ParticipantRole": "AGENT"}]}
FIELDS = [
    ([{"ParticipantId": "x", "Content": 5}], "$.Transcript[0].Content"),
    ([{"ParticipantId": "x", "Content": "a", "BeginOffsetMillis": "soon"}], "BeginOffsetMillis"),
    ([{"ParticipantId": "x", "Content": "a", "BeginOffsetMillis": 10**400}], "out of range"),
    ([{"ParticipantId": "x", "Content": "a", "BeginOffsetMillis": 10**300}], "no time"),
    ([{"ParticipantId": "x", "Content": "a", "AbsoluteTime": "yesterday"}], "AbsoluteTime"),
    ([{"ParticipantId": "y", "Content": "a"}], "say no role: 'y'"),
    ([{"Content": "a"}], "no participant"),
    ("a", "Transcript"),
    ([], "no turns"),
]
LINES = [
    (b"{", "not JSON"),
    (b'{"id":"x","turns":[]}', "no turns"),
    (b'{"id":"","turns":[{"speaker":"agent","text":"a"}]}', "without an id"),
    (b'{"id":"x","turns":[{"speaker":"boss","text":"a"}]}', "Invalid enum"),
    (b'{"id":"x","turns":[{"speaker":"agent","text":"caf\xe9 "}]}', "not UTF-8"),
    (b'{"id":"x","turns":[{"speaker":"agent","text":"a\x00"}]}', "not JSON"),
    (b'{"id":"x","turns":[{"speaker":"agent","text":"a","start":1e999}]}', "out of range"),
    (b'{"id":"x","turns":[{"speaker":"agent","text":"a","start":1e300}]}', "no time"),
    (b'{"id":"x","turns":[{"speaker":"agent","text":"\\ud83d"}]}', "not JSON"),
    (b'{"id":"x","meta":' + b"[" * 100_000, "not"),
    (b"\x80\x81\x82", "not"),
    (b"[1]", "not a call"),
]


@pytest.mark.parametrize(("name", "content", "words", "line"), WHOLE_FILE, ids=[row[0] for row in WHOLE_FILE])
def test_a_file_that_is_no_call(
    put: Callable[..., Any], reading: Callable[..., Any], name: str, content: bytes, words: str, line: int | None
) -> None:
    path = put(f"night/{name}", content)
    put("night/zz.txt", SPEECH)
    calls, rejects = reading(path.parent)
    assert [call.id for call in calls] == ["night/zz.txt"]
    assert [(error.path, error.line) for error in rejects] == [(str(path), line)]
    assert words in rejects[0].wrong + str(rejects[0].todo)
    with pytest.raises(ReadError) as raised:
        list(read(path))
    assert (raised.value.wrong, raised.value.line) == (rejects[0].wrong, line)


@pytest.mark.parametrize(("transcript", "words"), FIELDS)
def test_a_field_that_is_not_as_it_should_be(put: Callable[..., Any], transcript: object, words: str) -> None:
    with pytest.raises(ReadError) as raised:
        list(read(put("c.json", json.dumps({**LENS, "Transcript": transcript}))))
    assert words in raised.value.wrong


@pytest.mark.parametrize(("line", "words"), LINES)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_line_is_set_aside_alone(
    put: Callable[..., Any], reading: Callable[..., Any], place: int, line: bytes, words: str
) -> None:
    lines = [GOOD % b"a", GOOD % b"b"]
    lines.insert(place, line + b"\n")
    calls, rejects = reading(put("c.jsonl", b"".join(lines)))
    assert [call.id for call in calls] == ["a", "b"]
    assert [(error.line, words in error.wrong) for error in rejects] == [(place + 1, True)]


def test_a_bad_item_of_an_array_is_set_aside_alone(put: Callable[..., Any], reading: Callable[..., Any]) -> None:
    calls, rejects = reading(put("c.json", b"[" + GOOD % b"a" + b', {"id": "b"}, ' + GOOD % b"c" + b"]"))
    assert [call.id for call in calls] == ["a", "c"]
    assert rejects[0].wrong.startswith("item 2: ")


def test_an_id_seen_twice_names_both_places(put: Callable[..., Any], reading: Callable[..., Any]) -> None:
    one, two = put("n/a.jsonl", GOOD % b"x" + GOOD % b"y"), put("n/b.jsonl", b"\n" + GOOD % b"y")
    calls, rejects = reading(one.parent)
    assert [call.id for call in calls] == ["x", "y"]
    assert str(rejects[0]).startswith(f"{two}:2: an id seen before, at {one}:2; got: y")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("name", ["c.txt", "c.csv"])
def test_encodings_are_read_right(put: Callable[..., Any], encoding: str, name: str) -> None:
    content = (
        SPEECH
        if name == "c.txt"
        else "speaker,text\n"
        + "".join(f'{label},"{text}"\n' for label, text in (line.split(": ") for line in SPEECH.splitlines()))
    )
    (call,) = read(put(name, content.encode(encoding)))
    assert [turn.text for turn in call.turns] == ["good morning, señor", "café, voilà, über"]


@pytest.mark.parametrize("name", ["c.txt", "c.csv", "c.jsonl", "c.vtt", "c.json"])
def test_a_turn_of_a_megabyte(put: Callable[..., Any], name: str) -> None:
    text = "on and on: " * 100_000
    call = {"id": "c", "turns": [{"speaker": "agent", "text": text}]}
    lens = {**LENS, "Transcript": [{"ParticipantId": "x", "Content": text}]}
    content = {
        "c.txt": f"Agent: {text}\nCustomer: ok",
        "c.csv": f"speaker,text\nagent,{text}",
        "c.jsonl": json.dumps(call),
        "c.json": json.dumps(lens),
        "c.vtt": f"WEBVTT\n\n00:01.000 --> 00:02.000\nAgent: {text}",
    }[name]
    began = time.perf_counter()
    (got,) = read(put(name, content))
    assert got.turns[0].text.strip() == text.strip()
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.txt", "\n" * 100_000 + SPEECH),
        ("c.txt", SPEECH + "Agent: " + "a b " * 250_000 + "\n" + " " * 1_000_000 + "x"),
        ("c.txt", SPEECH + "ab 00:01 " * 100_000),
        ("c.txt", SPEECH + "-_" * 500_000 + "a"),
        ("c.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nAgent: " + "<v " * 300_000 + "&amp;" * 100_000),
        ("c.csv", "speaker,text\nagent,hi\n" + "\n" * 100_000 + 'customer,"' + "a\n" * 300_000 + '"'),
    ],
    ids=["blank lines", "spaces", "times", "marks", "tags", "lines in a cell"],
)
def test_long_and_odd_input_takes_no_long_time(put: Callable[..., Any], name: str, content: str) -> None:
    began = time.perf_counter()
    (call,) = read(put(name, content))
    assert call.turns[0].speaker == "agent"
    assert time.perf_counter() - began < 5


def test_half_a_surrogate_pair_does_not_stop_the_call(put: Callable[..., Any]) -> None:
    text = "hi \ud83d 🙂 \\ud83d \udc00"
    (call,) = read(put("c.json", json.dumps({**LENS, "Transcript": [{"ParticipantId": "x", "Content": text}]})))
    assert call.turns[0].text == "hi \ufffd 🙂 \\ud83d \ufffd"


@pytest.mark.parametrize(
    "options",
    [{"format": "docx"}, {"roles": {"Ben": "boss"}}, {"columns": {"words": "text"}}],
    ids=["format", "role", "column"],
)
def test_a_setting_that_is_none_of_ours(put: Callable[..., Any], options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        read(put("c.txt", SPEECH), **options)


@pytest.mark.parametrize("format", ["jsonl", "call-analytics", "contact-lens", "whisper", "webvtt", "csv"])
def test_a_format_that_it_is_not(put: Callable[..., Any], format: str) -> None:
    with pytest.raises(ReadError):
        list(read(put("c.txt", SPEECH), format=format))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_what_may_not_be_read_is_rejected(put: Callable[..., Any], reading: Callable[..., Any]) -> None:
    path = put("n/a.txt", SPEECH)
    path.chmod(0)
    assert "cannot be read" in reading(path.parent)[1][0].wrong


def test_a_folder_that_vanishes_is_rejected(
    put: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, reading: Callable[..., Any]
) -> None:
    path = put("n/sub/a.txt", SPEECH)
    put("n/z.txt", SPEECH)
    listed = os.listdir

    def listdir(folder: str) -> list[str]:
        if folder == str(path.parent):
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(os, "listdir", listdir)
    calls, rejects = reading(path.parent.parent)
    assert [call.id for call in calls] == ["n/z.txt"]
    assert str(rejects[0]) == f"{path.parent}: a folder that cannot be read: Permission denied"


def test_a_pipe_in_a_folder_is_not_waited_on(tmp_path: Path, reading: Callable[..., Any]) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert [error.wrong for error in reading(tmp_path)[1]] == ["not a regular file"]
