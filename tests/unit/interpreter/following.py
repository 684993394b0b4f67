"""Small programs followed, and what is known about a name at their end, as short text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.projects import Siblings
from lstmlint.interpreter.run import interpret
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Const,
    Mapped,
    Reference,
    Sequence,
    Size,
    Table,
    Tensor,
    Unknown,
)
from lstmlint.keras_model.graph import Model, array_shape_text, shape_text
from lstmlint.syntax import Parsed, parse
from lstmlint.text.source import SourceFile

HEAD = """\
import numpy as np
import pandas as pd
from keras import Input, Model, Sequential
from keras.layers import LSTM, Dense, Dropout
"""


def follow(program: str, siblings: Mapping[str, str] | None = None, keras: int = 3, path: str = "train.py") -> Facts:
    """The facts of a program that begins with the usual imports; ``siblings`` are the files beside it."""
    parsed = parse(SourceFile(path, HEAD + program))
    assert isinstance(parsed, Parsed), parsed
    files = {name: SourceFile(name, text) for name, text in (siblings or {}).items()}
    return interpret(parsed, keras=keras, siblings=Siblings(files.get))


def known(program: str, name: str = "r", siblings: Mapping[str, str] | None = None) -> str:
    """What a name is at the end of a program."""
    facts = follow(f"{program}\nat_the_end = {name}\n", siblings)
    return shown(next(a.value for a in facts.assigned if a.name == "at_the_end"))


def model_of(program: str) -> Model:
    """The only model that a program makes."""
    (model,) = follow(program).models
    return model


def shown(value: Any) -> str:
    """Constants as Python writes them, arrays and tensors as their shapes, ``5 * (3,)`` for alike items, ``?``."""
    match value:
        case Const(value=constant):
            return repr(constant)
        case Size(dim=dim):
            return str(dim)
        case Dim():
            return str(value)
        case Array(shape=shape):
            return array_shape_text(shape)
        case Table(rows=rows, width=width):
            return f"table {array_shape_text((rows, width))}"
        case Tensor(shape=shape):
            return shape_text(shape)
        case Choice(options=options):
            return " or ".join(map(shown, options))
        case Reference(kind="list" | "dict" | "generator", fields={"content": content}):
            return shown(content)
        case Reference(kind=kind):
            return kind
        case Unknown():
            return "?"
        case _:
            return _container(value)


def _container(value: Any) -> str:
    match value:
        case Sequence(items=tuple() as items, kind=kind):
            text = ", ".join(map(shown, items))
            return f"[{text}]" if kind == "list" else f"({text})"
        case Sequence(length=length, element=element):
            return f"{length} * {shown(element)}"
        case Mapped(items=items, open=is_open):
            pairs = [f"{shown(key)}: {shown(item)}" for key, item in items] + (["..."] if is_open else [])
            return "{" + ", ".join(pairs) + "}"
        case None:
            return "nothing"
        case _:
            return type(value).__name__.lower()
