"""What the agents of a stream of calls said, kept on disk, so that it can be gone through more than once.

Mining goes through the calls three times; an iterator and standard input give them once. The file is temporary
and has no name where the system allows that: it is gone with the process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from cxnlp.schema import Call

BATCH_CHARS = 1_000_000
_Row = tuple[str, str | None, list[tuple[int, str]]]


@dataclass(slots=True)
class AgentTurns:
    """Agent turns of some calls. `texts`, `index` (place in its call), `row` (T,): the call's place in `ids`;
    `first`: number of the first call in the stream; `ids`, `agents` (C,), and their hashes, 0 for no agent."""

    first: int
    texts: list[str] = field(default_factory=list)
    index: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    agents: list[str | None] = field(default_factory=list)

    @property
    def row(self) -> NDArray[np.int64]:
        """`rows` as an array."""
        return np.array(self.rows, dtype=np.int64)

    def id_hashes(self) -> NDArray[np.uint64]:
        """uint64 (C,)."""
        return np.array([stable_hash(id) for id in self.ids], dtype=np.uint64)

    def agent_hashes(self) -> NDArray[np.uint64]:
        """uint64 (C,), 0 where the agent is not known."""
        return np.array([0 if who is None else stable_hash(who) | 1 for who in self.agents], dtype=np.uint64)


class Spool:
    """The agents' turns of a stream of calls. Attributes: `calls`, `turns`: how many; `agents`: their names.

    >>> from cxnlp.schema import Turn
    >>> with Spool([Call("c1", [Turn("agent", "hello"), Turn("customer", "hi")])]) as spool:
    ...     [batch.texts for batch in spool.batches()]
    [['hello']]
    """

    def __init__(self, calls: Iterable[Call], batch_chars: int = BATCH_CHARS) -> None:
        self._batch_chars = batch_chars
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self.calls, self.turns = 0, 0
        self.agents: set[str] = set()
        encode = msgspec.json.Encoder().encode
        for call in calls:
            said = [(at, turn.text) for at, turn in enumerate(call.turns) if turn.speaker == "agent"]
            self._file.write(encode((call.id, call.agent_id, said)) + b"\n")
            self.calls += 1
            self.turns += len(said)
            if said and call.agent_id is not None:
                self.agents.add(call.agent_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def batches(self) -> Iterator[AgentTurns]:
        """All turns once more, in order, about `batch_chars` characters at a time, a call in one piece."""
        self._file.seek(0)
        decode = msgspec.json.Decoder(_Row).decode
        batch, chars = AgentTurns(0), 0
        for line in self._file:
            id, agent, said = decode(line)
            for index, text in said:
                batch.texts.append(text)
                batch.index.append(index)
                batch.rows.append(len(batch.ids))
                chars += len(text)
            batch.ids.append(id)
            batch.agents.append(agent)
            chars += 100
            if chars >= self._batch_chars:
                yield batch
                batch, chars = AgentTurns(batch.first + len(batch.ids)), 0
        if batch.ids:
            yield batch


def stable_hash(text: str) -> int:
    """64 bits of a text, the same on every machine."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
