"""What the reader tests share: a file put down, and the turns of a call in a short form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxnlp.errors import ReadError
from cxnlp.readers import read
from cxnlp.schema import Call

Put = Callable[[str, str | bytes], Path]
Reading = tuple[list[Call], list[ReadError]]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file below the test's own folder; its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """Read with rejects set aside: (calls, rejects)."""

    def run(path: Any, **options: Any) -> Reading:
        rejects: list[ReadError] = []
        calls = list(read(path, on_reject=rejects.append, **options))
        return calls, rejects

    return run
