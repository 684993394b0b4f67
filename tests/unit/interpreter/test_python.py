"""Python as the interpreter follows it: the small programs in ``programs/``, and what ``r`` is at the end of each.

A program begins with ``# what it shows -> what is known of r``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.interpreter.following import known

_HEADER = re.compile(r"^# (?P<what>.+) -> (?P<expected>.+)$", re.MULTILINE)


def _cases() -> Iterator[Any]:
    for path in sorted((Path(__file__).parent / "programs").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        headers = list(_HEADER.finditer(text))
        ends = [header.start() for header in headers[1:]] + [len(text)]
        for header, end in zip(headers, ends, strict=True):
            program = text[header.end() : end].strip()
            yield pytest.param(program, header["expected"], id=f"{path.stem}: {header['what']}")


@pytest.mark.parametrize(("program", "expected"), list(_cases()))
def test_python(program: str, expected: str) -> None:
    assert known(program) == expected
