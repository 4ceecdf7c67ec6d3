"""A second reading beside the first: what both say, what was settled, and what is no reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxnlp.errors import ReadError
from cxnlp.training.agreement import read_reading, report

CALL = """=== c-1 | trade: gas | channel: voice | effort: 3 | outcome: met | resolved: yes
A[scripted]: thank you for calling
C[d1 frustration]: {frustration|it is cold again}
A: what is the postcode
C: it's the same as on monday
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("calls", "relabel"):
        (tmp_path / name).mkdir()
    (tmp_path / "calls" / "a.txt").write_text(CALL)
    return tmp_path


def line_of(folder: Path, name: str) -> list[str]:
    return next(line.split() for line in report(folder) if line.strip().startswith(name))


def test_a_reading_beside_the_labels(folder: Path) -> None:
    (folder / "relabel" / "reading_0.txt").write_text("=== c-1\n0 scripted\n1 d2 frustration\n3 d1 !hardship\n")
    assert next(report(folder)).startswith("1 calls read again")
    assert line_of(folder, "customer distress>=1")[2:] == ["1", "2", "1", "kappa", "0.00"]
    assert line_of(folder, "customer frustration")[2:] == ["1", "1", "1", "kappa", "1.00"]


def test_what_the_writers_said_is_kept(folder: Path) -> None:
    (folder / "relabel" / "reading_0.txt").write_text("=== c-1\n1 d1 frustration\ncall effort=3 outcome=met\n")
    (folder / "relabel" / "writers.txt").write_text("=== c-1\n0 scripted\ncall effort=5 outcome=met resolved=no\n")
    assert line_of(folder, "customer frustration")[2:5] == ["0", "1", "1"]
    assert line_of(folder, "effort")[1:] == ["1", "calls,", "the", "same", "0.00", "kappa", "0.00"]
    assert line_of(folder, "outcome")[5] == "1.00"


@pytest.mark.parametrize("line", ["x frustration", "==="])
def test_what_is_no_reading(folder: Path, line: str) -> None:
    path = folder / "relabel" / "reading_0.txt"
    path.write_text(f"=== c-1\n{line}\n")
    with pytest.raises(ReadError, match="neither a head nor a turn"):
        read_reading(path)
