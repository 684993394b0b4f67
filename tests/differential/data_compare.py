"""A small program run for real and by the interpreter, and what both say of each of its values."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.run import interpret
from lstmlint.interpreter.values import Array, Const, Sequence, Size, Table, Unknown, Value
from lstmlint.syntax import parse
from lstmlint.text.source import SourceFile

#: Sizes by the name or the key of the symbol that stands for them.
Known: TypeAlias = dict[Any, int]
HEAD = """\
import numpy as np
import pandas as pd
"""


def ours(program: str, keras: int = 3) -> dict[str, Value]:
    """The last value of each name, as the interpreter sees it."""
    facts = interpret(parse(SourceFile("program.py", program)), keras=keras)
    return {assigned.name: assigned.value for assigned in facts.assigned}


def size_of(dim: Dim, known: Known) -> int | None:
    """A size with the program's own symbols filled in; None where others are in it."""
    total = dim.constant
    for monomial, factor in dim.terms:
        for symbol in monomial:
            number = known.get(symbol.key, known.get(symbol.name))
            if number is None:
                return None
            factor *= number
        total += factor
    return total


def contradictions(value: Value, real: Any, known: Known) -> list[str]:
    """What the interpreter says of a value that is not so; nothing where it does not know."""
    match value:
        case Unknown():
            return []
        case Table():
            return _of_table(value, real, known)
        case Array():
            return _of_array(value, real, known)
        case Sequence():
            return _of_sequence(value, real, known)
        case Size(dim=dim):
            number = size_of(dim, known)
            return [] if number is None or number == real else [f"{number} is {real}"]
        case Const(value=constant):
            return [] if constant == real else [f"{constant!r} is {real!r}"]
        case _:
            return []


def _of_table(table: Table, real: Any, known: Known) -> list[str]:
    if not isinstance(real, pd.DataFrame):
        return [f"a table is {type(real).__name__}"]
    wrong = _sizes((table.rows, table.width), real.shape, known)
    if table.columns is not None and list(table.columns) != list(real.columns):
        wrong.append(f"columns {table.columns} are {list(real.columns)}")
    if table.dtype is not None:
        wrong += [f"dtype {table.dtype} is {kind}" for kind in {str(d) for d in real.dtypes} - {table.dtype}]
    return wrong


def _of_array(array: Array, real: Any, known: Known) -> list[str]:
    kinds = {
        "series": (pd.Series, pd.Index, np.generic, int, float),
        "numpy": (np.ndarray, np.generic, int, float, str),
    }
    if array.flavour in kinds and not isinstance(real, kinds[array.flavour]):
        return [f"{array.flavour} is {type(real).__name__}"]
    found = np.asarray(real)
    wrong = [] if array.shape is None else _sizes(array.shape, found.shape, known)
    kind = (
        "str"
        if found.dtype.kind in "US"
        else str(real.dtype if isinstance(real, (pd.Series, pd.Index)) else found.dtype)
    )
    if array.dtype is not None and array.dtype != kind:
        wrong.append(f"dtype {array.dtype} is {kind}")
    if array.elements is not None and list(array.elements) != found.ravel().tolist():
        wrong.append(f"contents {array.elements[:9]} are {found.ravel()[:9].tolist()}")
    return wrong + _bounds(array, found)


def _bounds(array: Array, found: Any) -> list[str]:
    if found.dtype.kind not in "iuf" or not found.size:
        return []
    wrong = []
    if array.low is not None and np.nanmin(found) < array.low - 1e-6:
        wrong.append(f"low {array.low} is {np.nanmin(found)}")
    if array.high is not None and np.nanmax(found) > array.high + 1e-6:
        wrong.append(f"high {array.high} is {np.nanmax(found)}")
    return wrong


def _sizes(dims: tuple[Dim, ...], shape: tuple[int, ...], known: Known) -> list[str]:
    if len(dims) != len(shape):
        return [f"{len(dims)} axes are {len(shape)}"]
    numbers = [size_of(dim, known) for dim in dims]
    if any(number is not None and number != size for number, size in zip(numbers, shape, strict=True)):
        return [f"shape {tuple(map(str, dims))} is {shape}"]
    return []


def _of_sequence(sequence: Sequence, real: Any, known: Known) -> list[str]:
    items = list(real)
    number = size_of(sequence.length, known)
    if number is not None and number != len(items):
        return [f"{number} items are {len(items)}"]
    if sequence.items is not None:
        return [
            w for ours, theirs in zip(sequence.items, items, strict=True) for w in contradictions(ours, theirs, known)
        ]
    return [w for theirs in items[:3] for w in contradictions(sequence.element, theirs, known)]


def is_known(value: Value) -> bool:
    """Whether the interpreter knows all sizes of a value, up to symbols."""
    match value:
        case Table(rows=rows, width=width):
            return not rows.anonymous and not width.anonymous
        case Array(shape=shape):
            return shape is not None and not any(dim.anonymous for dim in shape)
        case Unknown():
            return False
        case _:
            return True
