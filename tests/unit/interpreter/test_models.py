"""Models as the interpreter follows them: the small programs in ``models/``, and what is known of each model.

A program begins with ``# what it shows``, then ``# -> in -> out`` for each model in the order they are made: the
shapes that go in and come out, or why they are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.keras_model.graph import Model, shape_text
from tests.unit.interpreter.following import follow

_HEADER = re.compile(r"^# (?P<what>[^-].*)\n(?P<models>(?:# -> .*\n)+)", re.MULTILINE)
_SIBLING = re.compile(r"^# beside it: (?P<path>\S+)\n(?P<text>(?:#\| ?.*\n)+)", re.MULTILINE)


def _cases() -> Iterator[Any]:
    for path in sorted((Path(__file__).parent / "models").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        headers = list(_HEADER.finditer(text))
        ends = [header.start() for header in headers[1:]] + [len(text)]
        for header, end in zip(headers, ends, strict=True):
            expected = [line.removeprefix("# -> ") for line in header["models"].splitlines()]
            yield pytest.param(text[header.end() : end], expected, id=f"{path.stem}: {header['what']}")


@pytest.mark.parametrize(("program", "expected"), list(_cases()))
def test_models(program: str, expected: list[str]) -> None:
    siblings = {match["path"]: match["text"].replace("#| ", "").replace("#|", "") for match in _siblings(program)}
    assert [_shown(model) for model in follow(program, siblings).models] == expected


def _siblings(program: str) -> Iterator[re.Match[str]]:
    return _SIBLING.finditer(program)


def _shown(model: Model) -> str:
    if not model.complete:
        return str(model.reason)
    return f"{_shapes(model, 'inputs')} -> {_shapes(model, 'outputs')}"


def _shapes(model: Model, side: str) -> str:
    return " and ".join(shape_text(tensor.shape) for tensor in getattr(model, side))
