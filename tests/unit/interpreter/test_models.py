"""Models as the interpreter follows them: the small programs in ``models/``, and what is known of each model.

A program begins with ``# what it shows``, then ``# -> in -> out`` for each model in the order they are made: the
shapes that go in and come out, or why they are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint.keras_model.graph import Model, shape_text
from tests.unit.interpreter.following import follow

_HEADER = re.compile(r"^# (?P<what>[^-].*)\n(?P<models>(?:# -> .*\n)+)", re.MULTILINE)
_SIBLING = re.compile(r"^# beside it: (?P<path>\S+)\n(?P<text>(?:#\| ?.*\n)+)", re.MULTILINE)


def programs() -> Iterator[tuple[str, str, list[str]]]:
    """What each shows, the program, and what is expected of its models."""
    for path in sorted((Path(__file__).parent / "models").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        headers = list(_HEADER.finditer(text))
        ends = [header.start() for header in headers[1:]] + [len(text)]
        for header, end in zip(headers, ends, strict=True):
            expected = [line.removeprefix("# -> ") for line in header["models"].splitlines()]
            yield f"{path.stem}: {header['what']}", text[header.end() : end], expected


@pytest.mark.parametrize(("program", "expected"), [pytest.param(p, e, id=name) for name, p, e in programs()])
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


@pytest.mark.parametrize("path", ["/p/src/models/train.py", "/p/src/examples/words/train/train.py"])
def test_modules_of_the_package_that_the_file_is_part_of(path: str) -> None:
    layers = "from keras import layers\nclass Half(layers.Dense):\n    def __init__(self, n):\n"
    layers += "        super().__init__(n // 2)\n"
    program = "from src.own.layers import Half\nmodel = Sequential([Input((4,)), Half(6)])\n"
    facts = follow(program, {"/p/src/own/layers.py": layers}, path=path)
    assert [_shown(model) for model in facts.models] == ["(batch, 4) -> (batch, 3)"]


def test_a_loaded_model_has_layers_of_its_own() -> None:
    program = """
from keras.models import load_model
x = Input((5, 2))
model = Model(x, Dense(1)(LSTM(3)(x)))
model.save('s2s.keras')
model = load_model('s2s.keras')
"""
    saved, loaded = follow(program).models
    assert (saved.kind, loaded.kind) == ("functional", "loaded")
    assert [layer.kind for layer in saved.layers] == [layer.kind for layer in loaded.layers]
    assert not {*map(id, saved.layers)} & {*map(id, loaded.layers)}
    assert saved.inputs[0] is not loaded.inputs[0]
    assert loaded.nodes[0].inputs[0] is loaded.inputs[0]
