"""Scores over Arrow and data frames: the same batches, in and out as columns.

`score_batches` is what engines call: one row a call with its turns as a list of structs. `score_frame`
is for people with a frame of turns: one row a turn in, the same rows with the score's columns out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cxnlp.errors import ReadError
from cxnlp.labels import OUTPUT_NAMES
from cxnlp.schema import SPEAKERS, Call, Turn
from cxnlp.tables import calls_of, scores_batch, scores_schema, turns_table
from cxnlp.tables.arrow import pyarrow

if TYPE_CHECKING:
    from cxnlp.scoring.scorer import Scorer

NEEDED = ("call_id", "speaker", "text")


def score_batches(scorer: Scorer, batches: Iterable[Any]) -> Iterator[Any]:
    """Score a stream of RecordBatches of calls.

    Parameters
    ----------
    scorer : what scores.
    batches : RecordBatches with `id` and `turns` (list<struct<speaker, text, start?, end?>>), and
        `agent_id` and `meta` where known.

    Yields
    ------
    pyarrow.RecordBatch
        One row a call, in order, `score_schema(scorer)`. A large batch comes back as several.

    Raises
    ------
    ReadError
        Rows that are no calls; the call is named.
    """
    for given in batches:
        for batch in scorer.batches(calls_of(given)):
            yield scores_batch(batch, scorer.config.text)


def score_schema(scorer: Scorer) -> Any:
    """The schema of what `score_batches` yields, known before the first batch."""
    probe = scorer.score_batch([Call("probe", [Turn("agent", "hello"), Turn("customer", "hello")])])
    return scores_schema(probe.call, scorer.config.text)


def score_frame(scorer: Scorer, df: Any) -> Any:
    """Score a pandas or polars frame of turns.

    Parameters
    ----------
    scorer : what scores.
    df : one row a turn: `call_id`, `speaker` (agent, customer or system), `text`. The rows of a call
        are taken in their order and need not be neighbours; every row is scored as the turn it is.

    Returns
    -------
    The same kind of frame, the same rows: `tone, distress, labels, formulaic, grounded, evidence`, and a
    float32 column `p_NAME` for each probability; null where a side does not have it.

    Raises
    ------
    ReadError
        A column that is missing, a speaker that is none, a text that is null.
    """
    kind = type(df).__module__.partition(".")[0]
    if kind not in ("pandas", "polars") or type(df).__name__ != "DataFrame":
        raise ReadError("not a data frame", got=type(df).__name__, allowed="a pandas or polars DataFrame")
    if missing := [name for name in NEEDED if name not in df.columns]:
        raise ReadError("a frame without a column", got=", ".join(missing), allowed=", ".join(NEEDED))
    if len(set(df.columns)) < len(df.columns):
        raise ReadError("a frame with two columns of one name", got=", ".join(map(str, df.columns)))
    calls, order = _calls_of_frame(*(df[name].to_list() for name in NEEDED))
    pa = pyarrow()
    some = calls or [Call("none", [Turn("agent", "hello")])]  # an empty frame has the columns too
    table = pa.concat_tables([_flat(turns_table(batch, text=True)) for batch in scorer.batches(some)])
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    table = table.take(pa.array(back))
    if kind == "polars":
        import polars

        return df.with_columns(polars.DataFrame(table).get_columns())
    scores = table.to_pandas().set_axis(df.index)
    return df.assign(**{name: scores[name] for name in scores.columns})


def _calls_of_frame(ids: list[Any], speakers: list[Any], texts: list[Any]) -> tuple[list[Call], Any]:
    """Calls in the order of their first row, and the row that each of their turns came from, (T,)."""
    rows: dict[Any, list[int]] = {}
    for row, (id, speaker, text) in enumerate(zip(ids, speakers, texts, strict=True)):
        if not isinstance(speaker, str) or speaker not in SPEAKERS or not isinstance(text, str) or not _is_id(id):
            raise ReadError(
                f"row {row} of the frame is no turn",
                got=f"call_id={id!r}, speaker={speaker!r}, text={text!r}",
                allowed=f"a call_id, a speaker of {', '.join(SPEAKERS)}, a text",
            )
        rows.setdefault(id, []).append(row)
    calls = [Call(str(id), [Turn(speakers[row], texts[row]) for row in of]) for id, of in rows.items()]
    return calls, np.array([row for of in rows.values() for row in of], dtype=np.int64)


def _is_id(id: Any) -> bool:
    """Whether a value names a call: not null, in any way a frame says so, and nothing made of several."""
    try:
        return id is not None and isinstance(id, Hashable) and bool(id == id)
    except TypeError:  # pandas.NA is neither equal nor unequal
        return False


def _flat(table: Any) -> Any:
    """The score columns alone, probabilities side by side."""
    p = table.column("p").combine_chunks()
    p = p.chunk(0) if hasattr(p, "chunk") else p
    kept = table.select(["tone", "distress", "labels", "formulaic", "grounded", "evidence"])
    for name in OUTPUT_NAMES:
        kept = kept.append_column(f"p_{name}", p.field(name))
    return kept
