"""What each format gives: (file name, content, roles, turns as (speaker, text, start, end))."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cxnlp.readers import formats, read
from cxnlp.schema import Call, encode_call

A, C, S = "agent", "customer", "system"
CALL = '{"id":"c1","turns":[{"speaker":"agent","text":"hi"},{"speaker":"agent","text":"there","start":1.5}]}'
CALL_TURNS = [(A, "hi", None, None), (A, "there", 1.5, None)]

TEXT = [
    ("plain", "Agent: hi\nCustomer: hello\n", {}, [(A, "hi"), (C, "hello")]),
    (
        "wrapped lines belong to the speaker above",
        "Agent: hi\n  and more\n\nCaller: ok",
        {},
        [(A, "hi and more"), (C, "ok")],
    ),
    ("one speaker twice is one turn", "Agent: a\nAgent: b\nCustomer: c", {}, [(A, "a b"), (C, "c")]),
    ("label alone on its line", "AGENT:\nhi\nthere\nCUSTOMER:\nyes", {}, [(A, "hi there"), (C, "yes")]),
    (
        "a colon in speech",
        "Agent: what time\nthe time is: 5\nCustomer: ok: good",
        {},
        [(A, "what time the time is: 5"), (C, "ok: good")],
    ),
    (
        "a phrase that comes back",
        "Agent: x\nthe time is: 5\nthe time is: 6\nCustomer: y",
        {},
        [(A, "x the time is: 5 the time is: 6"), (C, "y")],
    ),
    (
        "a clock time in speech",
        "Agent: when\n10:30 suits me\nCustomer: ok",
        {},
        [(A, "when 10:30 suits me"), (C, "ok")],
    ),
    (
        "a link in speech",
        "Agent: see\nhttps://a.example/b\nhttps://a.example/c\nCustomer: ok",
        {},
        [(A, "see https://a.example/b https://a.example/c"), (C, "ok")],
    ),
    (
        "name beside the role, then bare",
        "Ben (Agent): hi\nAnn (Customer): yes\nBen: good\nAnn: bye",
        {},
        [(A, "hi"), (C, "yes"), (A, "good"), (C, "bye")],
    ),
    ("role before the name", "Agent Ben: hi\nCustomer Mary Ann: yes", {}, [(A, "hi"), (C, "yes")]),
    (
        "names with roles given",
        "Ben: hi\nMaria: yes\nBen: ok",
        {"Ben": A, "maria": C},
        [(A, "hi"), (C, "yes"), (A, "ok")],
    ),
    ("system", "IVR: press one\nAgent: hi\nCustomer: yes", {}, [(S, "press one"), (A, "hi"), (C, "yes")]),
    ("label in brackets", "[Agent]: hi\n[Customer] : yes", {}, [(A, "hi"), (C, "yes")]),
    ("a list", "- Agent: hi\n- Customer: yes", {}, [(A, "hi"), (C, "yes")]),
    ("bold labels", "**Agent:** hi\n**Customer**: yes", {}, [(A, "hi"), (C, "yes")]),
    (
        "headings above",
        "Call Transcript\nDate: 2026-03-01\nDuration: 00:05:12\n\nAgent: hi\nCustomer: yes",
        {},
        [(A, "hi"), (C, "yes")],
    ),
    (
        "titles with marks around",
        "**Transcript Start**\nAgent: hi\nCustomer: yes\n*** End of call ***",
        {},
        [(A, "hi"), (C, "yes")],
    ),
    (
        "masks and tags are words",
        "Agent: hi [PII]\n[pause]\nCustomer: <NAME> here",
        {},
        [(A, "hi [PII] [pause]"), (C, "<NAME> here")],
    ),
    ("CR LF and CR", "Agent: hi\r\nCustomer: yes\rAgent: ok", {}, [(A, "hi"), (C, "yes"), (A, "ok")]),
]
TIMED = [
    ("(00:12)\nAgent: hi\nCustomer: yes", {}, [(A, "hi", 12.0, None), (C, "yes", None, None)]),
    ("(00:12)\nAgent: hi\n\n(00:15)\nCustomer: yes", {}, [(A, "hi", 12.0, None), (C, "yes", 15.0, None)]),
    ("10:01 AM Agent: hi\n1:01:02 PM Customer: yes", {}, [(A, "hi", 36060.0, None), (C, "yes", 46862.0, None)]),
    ("[00:01:12] Agent: hi\n[00:01:15] Customer: yes", {}, [(A, "hi", 72.0, None), (C, "yes", 75.0, None)]),
    ("00:01:12 Agent: hi\n00:01:15.250 Customer: yes", {}, [(A, "hi", 72.0, None), (C, "yes", 75.25, None)]),
    (
        "(00:12) Speaker 1: hi\n(00:14) Speaker 2: yes",
        {"Speaker 1": A, "Speaker 2": C},
        [(A, "hi", 12.0, None), (C, "yes", 14.0, None)],
    ),
    (
        "Speaker 1  00:01\nhi there\nyou\n\nSpeaker 2  00:05\nyes",
        {"Speaker 1": A, "Speaker 2": C},
        [(A, "hi there you", 1.0, None), (C, "yes", 5.0, None)],
    ),
    ("Agent [00:01]: hi\nCustomer (00:05): yes", {}, [(A, "hi", 1.0, None), (C, "yes", 5.0, None)]),
    ("Agent 00:01: hi\nCustomer 00:05: yes", {}, [(A, "hi", 1.0, None), (C, "yes", 5.0, None)]),
    ("[00:01 - 00:03] Agent: hi\n[00:04 --> 00:06] Customer: yes", {}, [(A, "hi", 1.0, 3.0), (C, "yes", 4.0, 6.0)]),
    (
        "[00:01] Agent: hi\n[00:09] and more\n[00:12] Customer: yes",
        {},
        [(A, "hi and more", 1.0, None), (C, "yes", 12.0, None)],
    ),
    (
        "2026-03-01 10:00:00 Agent: hi\n2026-03-01 10:00:04 Customer: yes",
        {},
        [(A, "hi", 0.0, None), (C, "yes", 4.0, None)],
    ),
    ("[00:09] Customer: late\n[00:01] Agent: early", {}, [(A, "early", 1.0, None), (C, "late", 9.0, None)]),
]
TABLES = [
    ("t.csv", 'speaker,text\nAgent,hi\nCustomer,"a, b"\n', [(A, "hi", None, None), (C, "a, b", None, None)]),
    (
        "t.tsv",
        'Role\tUtterance\tStart (ms)\tEnd (ms)\nAGENT\t"Sure" he said\t500\t1500\nCUSTOMER\tok\t2000\t2500\n',
        [(A, '"Sure" he said', 0.5, 1.5), (C, "ok", 2.0, 2.5)],
    ),
    ("t.csv", "Speaker;Text;Start\nAgent;hi;0,5\nCustomer;yes;1,25", [(A, "hi", 0.5, None), (C, "yes", 1.25, None)]),
    (
        "t.txt",
        "sep=;\nspeaker;message;time\nagent;hi;00:01\ncustomer;yes;00:00:03.5",
        [(A, "hi", 1.0, None), (C, "yes", 3.5, None)],
    ),
    (
        "t.csv",
        "speaker,text,timestamp\nagent,hi,2026-03-01T10:00:00Z\ncustomer,yes,2026-03-01T10:00:02.500Z",
        [(A, "hi", 0.0, None), (C, "yes", 2.5, None)],
    ),
    (
        "t.csv",
        "speaker,role,text,,\nBen,agent,hi,,\nAnn,customer,yes,,\n\n",
        [(A, "hi", None, None), (C, "yes", None, None)],
    ),
    (
        "t.csv",
        'speaker,text\nagent,"two\nlines"\ncustomer,yes',
        [(A, "two\nlines", None, None), (C, "yes", None, None)],
    ),
    (
        "t.csv",
        "speaker,text,start,end\nagent,a,0,1\nagent,b,4.5,5\nagent,,5,6\ncustomer,c,5,6",
        [(A, "a b", 0.0, 5.0), (C, "c", 5.0, 6.0)],
    ),
]
TEAMS = """WEBVTT

uuid/12-0
00:00:01.000 --> 00:00:02.000
<v Agent>hi</v>

uuid/12-1
00:02.500 --> 00:03.000
<v Agent>there &amp; <NAME></v>

00:03.000 --> 00:04.000 align:start
<v.loud Ann (Customer)>yes</v>"""
ZOOM = """\ufeffWEBVTT - made by a meeting

NOTE nothing
in here

1
00:00:01.000 --> 00:00:02.000
Agent: the plan is: wait

2
00:00:02.000 --> 00:00:03.000
and see

3
00:00:03.000 --> 00:00:04.000
Customer: ok"""
TWO_VOICES = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>a</v> <v Customer>b</v>\n<v Agent>c"
VTT = [
    (TEAMS, [(A, "hi there & <NAME>", 1.0, 3.0), (C, "yes", 3.0, 4.0)]),
    (ZOOM, [(A, "the plan is: wait and see", 1.0, 3.0), (C, "ok", 3.0, 4.0)]),
    (TWO_VOICES, [(A, "a", 1.0, 2.0), (C, "b", 1.0, 2.0), (A, "c", 1.0, 2.0)]),
]
VOICE = {
    "Channel": "VOICE",
    "CustomerMetadata": {"ContactId": "contact-9"},
    "Participants": [
        {"ParticipantId": "x1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "x2", "ParticipantRole": "CUSTOMER"},
    ],
    "Transcript": [
        {"ParticipantId": "x2", "Content": "hello [PII]", "BeginOffsetMillis": 3200, "EndOffsetMillis": 4000},
        {"ParticipantId": "x1", "Content": "Hi.", "BeginOffsetMillis": 0, "EndOffsetMillis": 900},
        {"ParticipantId": "x1", "Content": "Still there?", "BeginOffsetMillis": 3000, "EndOffsetMillis": 3600},
    ],
}
CHAT = {
    "Channel": "CHAT",
    "CustomerMetadata": {},
    "Participants": [{"ParticipantId": "x1", "ParticipantRole": "AGENT"}],
    "Transcript": [
        {"ParticipantId": "c", "ParticipantRole": "CUSTOMER", "Type": "EVENT", "AbsoluteTime": "2026-03-01T10:00:00Z"},
        {
            "ParticipantId": "s",
            "ParticipantRole": "SYSTEM",
            "Type": "MESSAGE",
            "Content": "wait",
            "AbsoluteTime": "2026-03-01T10:00:01.5Z",
        },
        {
            "ParticipantId": "c",
            "ParticipantRole": "CUSTOMER",
            "Type": "MESSAGE",
            "Content": "hi",
            "AbsoluteTime": "2026-03-01T10:00:02Z",
        },
        {"ParticipantId": "x1", "Type": "MESSAGE", "Content": "hello", "AbsoluteTime": "2026-03-01T10:00:04Z"},
    ],
}
ANALYTICS = {
    "JobName": "job-1",
    "Channel": "VOICE",
    "ConversationCharacteristics": {},
    "Transcript": [
        {"ParticipantRole": "AGENT", "Content": "Hi.", "BeginOffsetMillis": 40, "EndOffsetMillis": 900},
        {"ParticipantRole": "CUSTOMER", "Content": "[PII].", "BeginOffsetMillis": 1000, "EndOffsetMillis": 1900},
    ],
}
SPOKEN = {
    "segments": [
        {"text": " hi", "start": 0, "end": 1.5, "speaker": "SPEAKER_00"},
        {"text": " yes", "start": 2, "end": 3, "speaker": "SPEAKER_01"},
    ]
}


def turns(call: Call) -> list[tuple[str, str, float | None, float | None]]:
    return [(turn.speaker, turn.text, turn.start, turn.end) for turn in call.turns]


@pytest.mark.parametrize(("content", "roles", "expected"), [row[1:] for row in TEXT], ids=[row[0] for row in TEXT])
def test_plain_text(
    put: Callable[..., Any], content: str, roles: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    (call,) = read(put("c.txt", content), roles=roles)
    assert [(turn.speaker, turn.text) for turn in call.turns] == expected
    assert call.id == "c.txt"


@pytest.mark.parametrize(("content", "roles", "expected"), TIMED)
def test_plain_text_with_times(
    put: Callable[..., Any], content: str, roles: dict[str, str], expected: list[Any]
) -> None:
    (call,) = read(put("c.txt", content), roles=roles)
    assert turns(call) == expected


def test_several_calls_in_a_text_file(put: Callable[..., Any], reading: Callable[..., Any]) -> None:
    path = put(
        "n.txt",
        "Agent: a\nCustomer: b\n---\nMaria: a\nJo: b\n====\n"
        "Call ID: k7\nAgent ID: a9\n---\nAgent: c\nCustomer: d\n---\n",
    )
    calls, rejects = reading(path)
    assert [(call.id, call.agent_id) for call in calls] == [("n.txt#1", None), ("k7", "a9")]
    assert [(error.line, "'Maria', 'Jo'" in str(error)) for error in rejects] == [(4, True)]


@pytest.mark.parametrize(("name", "content", "expected"), TABLES)
def test_tables(put: Callable[..., Any], name: str, content: str, expected: list[Any]) -> None:
    (call,) = read(put(name, content))
    assert turns(call) == expected


def test_table_of_interleaved_calls(put: Callable[..., Any], reading: Callable[..., Any]) -> None:
    rows = [
        "ContactID,AgentID,Speaker,Text",
        "1,a7,Agent,hi",
        "2,,Agent,hey",
        "1,,Customer,yes",
        "2,a8,Customer,no",
        "3,,spk_0,?",
        "2,,Agent,ok,extra",
    ]
    calls, rejects = reading(put("t.csv", "\n".join(rows)))
    assert [(call.id, call.agent_id, len(call.turns)) for call in calls] == [("1", "a7", 2)]
    assert [error.line for error in rejects] == [7, 6]


def test_table_columns_given(put: Callable[..., Any]) -> None:
    path = put("t.csv", "wer,was,ab ms\nagent,hallo,500\ncustomer,ja,900")
    (call,) = read(path, columns={"speaker": "Wer", "text": "was", "start": "ab ms"})
    assert turns(call) == [(A, "hallo", 0.5, None), (C, "ja", 0.9, None)]


@pytest.mark.parametrize(("content", "expected"), VTT)
def test_webvtt(put: Callable[..., Any], content: str, expected: list[Any]) -> None:
    (call,) = read(put("c.vtt", content))
    assert turns(call) == expected


@pytest.mark.parametrize(
    ("data", "roles", "id", "meta", "expected"),
    [
        (
            VOICE,
            {},
            "contact-9",
            {"channel": "voice"},
            [(A, "Hi. Still there?", 0.0, 3.6), (C, "hello [PII]", 3.2, 4.0)],
        ),
        (
            CHAT,
            {},
            "c.json",
            {"channel": "chat", "started_at": "2026-03-01T10:00:00.000Z"},
            [(S, "wait", 1.5, None), (C, "hi", 2.0, None), (A, "hello", 4.0, None)],
        ),
        (ANALYTICS, {}, "job-1", {"channel": "voice"}, [(A, "Hi.", 0.04, 0.9), (C, "[PII].", 1.0, 1.9)]),
        (SPOKEN, {"SPEAKER_00": A, "SPEAKER_01": C}, "c.json", None, [(A, "hi", 0.0, 1.5), (C, "yes", 2.0, 3.0)]),
        (
            SPOKEN["segments"],
            {"speaker_00": A, "speaker_01": C},
            "c.json",
            None,
            [(A, "hi", 0.0, 1.5), (C, "yes", 2.0, 3.0)],
        ),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_of_platforms(
    put: Callable[..., Any],
    indent: int | None,
    data: object,
    roles: dict[str, Any],
    id: str,
    meta: object,
    expected: list[Any],
) -> None:
    (call,) = read(put("c.json", json.dumps(data, indent=indent)), roles=roles)
    assert (call.id, call.meta, turns(call)) == (id, meta, expected)


def test_pauses_inside_a_joined_turn(put: Callable[..., Any]) -> None:
    (call,) = read(put("c.json", json.dumps(VOICE)))
    assert call.turns[0].pauses == [(0.9, 3.0)]
    assert call.turns[1].pauses is None


@pytest.mark.parametrize(
    "content",
    [
        CALL,
        CALL + "\n",
        "\ufeff" + CALL + "\r\n\r\n",
        f"[{CALL}]",
        json.dumps(json.loads(CALL), indent=2),
        json.dumps([json.loads(CALL)], indent=2),
    ],
)
@pytest.mark.parametrize("name", ["c.jsonl", "c.json", "c"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_canonical_is_given_as_it_is(put: Callable[..., Any], encoding: str, name: str, content: str) -> None:
    (call,) = read(put(name, content.encode(encoding)))
    assert (call.id, turns(call)) == ("c1", CALL_TURNS)


def test_characters_are_kept(put: Callable[..., Any]) -> None:
    text = "a\x00b \u2028 \x85 é 🙂 \\n \x1c"
    line = encode_call(Call("c", [])).replace(b"[]", b'[{"speaker":"agent","text":' + json.dumps(text).encode() + b"}]")
    (call,) = read(put("c.jsonl", line))
    assert call.turns[0].text == text


def test_formats_say_what_they_are() -> None:
    names = [name for name, _, _ in formats()]
    assert names == ["jsonl", "call-analytics", "contact-lens", "whisper", "webvtt", "csv", "text"]
    assert all(description and extensions for _, description, extensions in formats())
