"""What the interpreter says of a numpy program, held against what numpy made of it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np

from lstmlint.interpreter.arrays import refusal
from lstmlint.interpreter.dims import Dim, Symbol
from lstmlint.interpreter.run import interpret
from lstmlint.interpreter.values import Array, Const, Reference, Sequence, Size, Unknown, Value, history
from lstmlint.syntax import parse
from lstmlint.text.source import SourceFile
from tests.differential.numpy_programs import Program

#: What ``n`` is for the interpreter where it is not to know it.
OPEN = "len(open('data.csv').read())"
Sizes = Mapping[Hashable, int]
#: Expressions whose shape hangs on the numbers that an array holds.
_BY_CONTENT = re.compile(r" (<=|==|>) [\d.]+\]|\b(unique|flatnonzero|argwhere|nonzero)\(")


def ours(program: Program, n: str) -> dict[str, Value]:
    """Every name's value by the interpreter."""
    facts = interpret(parse(SourceFile("program.py", program.text(n))), keras=3)
    return {assigned.name: assigned.value for assigned in facts.assigned}


def disagreements(program: Program, known: bool, counts: Counter[str]) -> Iterator[str]:
    """Each line on which the interpreter and numpy contradict each other; ``counts`` gets what was compared.

    What hangs on the numbers that an array holds is compared and not counted.
    """
    values = ours(program, str(program.n) if known else OPEN)
    sizes: dict[Hashable, int] = {}
    if isinstance(values["n"], Size):
        sizes = {symbol.key: program.n for symbol in values["n"].dim.symbols}
    by_content = set[str]()
    for line in program.lines:
        name, _, expression = line.partition(" = ")
        if _BY_CONTENT.search(expression) or by_content.intersection(re.findall(r"\w+", expression)):
            by_content.add(name)
        real, value = program.values[name], values.get(name, Unknown("not assigned"))
        counted = Counter[str]() if name in by_content else counts
        counted["expressions"] += 1
        for found in _differences(value, real, sizes, known, counted, line):
            yield f"{line}  (n = {program.n}, {'known' if known else 'open'}): {found}"


def _differences(value: Value, real: Any, sizes: Sizes, known: bool, counts: Counter[str], line: str) -> Iterator[str]:
    # A line may be refused halfway: what is made of that has the refusal in its history.
    why = refusal(value) or next((made.refused for made in history(value) if made.refused), None)
    if isinstance(real, Exception):
        counts["raises"] += 1
        if why is None and known:
            if isinstance(value, Unknown) or _vague(value, None):
                counts["raises, said unknown"] += 1
                counts[f"raises, unknown: {line.partition('= ')[2]}"] += 1
            else:
                yield f"numpy raises {real!r}, we say {text_of(value)}"
        return
    if why is not None:
        yield f"we say numpy refuses ({why}), it gives {text_of_real(real)}"
        return
    if known and _vague(value, real):
        counts["unknown"] += 1
        counts[f"vague: {line.partition('= ')[2]}"] += 1
    yield from compare(value, real, sizes)


def _vague(value: Value, real: Any) -> bool:
    """Whether we say less than the whole shape of an array, although nothing was left open."""
    if isinstance(value, Reference):
        value = value.fields.get("content", value)
    if isinstance(value, Size | Sequence):
        dim = value.dim if isinstance(value, Size) else value.length
        return dim.anonymous and (isinstance(value, Size) or isinstance(value.element, Unknown))
    if isinstance(value, Array):
        return value.shape is None or (value.elements is None and not all(dim.known for dim in value.shape))
    return isinstance(value, Unknown) and not isinstance(real, (str, np.dtype))


def compare(value: Value, real: Any, sizes: Sizes) -> Iterator[str]:
    """What is said of a value and is not so."""
    match value:
        case Unknown():
            return
        case Array():
            yield from _compare_array(value, real, sizes)
        case Const(value=content):
            if not _equal(content, real) and not (isinstance(real, np.dtype) and str(real) == content):
                yield f"we say {content!r}, it is {text_of_real(real)}"
        case Size(dim=dim):
            found = number(dim, sizes)
            if found is not None and found != real:
                yield f"we say {dim}, it is {text_of_real(real)}"
        case Sequence():
            yield from _compare_sequence(value, real, sizes)
        case Reference(kind="list", fields={"content": content}):
            yield from compare(content, real, sizes)


def _compare_array(value: Array, real: Any, sizes: Sizes) -> Iterator[str]:
    found = np.asarray(real)
    if value.shape is not None:
        dims = [number(dim, sizes) for dim in value.shape]
        agrees = len(dims) == found.ndim and all(
            d is None or d == size for d, size in zip(dims, found.shape, strict=False)
        )
        if not agrees:
            yield f"we say shape {text_of(value)}, it is {found.shape}"
            return
    kind = {"U": "str", "O": "object"}.get(found.dtype.kind, str(found.dtype))
    if value.dtype is not None and value.dtype != kind:
        yield f"we say {value.dtype}, it is {found.dtype}"
    if value.elements is not None:
        flat = found.ravel().tolist()
        if len(flat) != len(value.elements) or not all(map(_equal, value.elements, flat)):
            yield f"we say it holds {value.elements[:12]}, it holds {flat[:12]}"
    if found.size and found.dtype.kind in "biuf":
        yield from _compare_bounds(value, found)


def _compare_bounds(value: Array, found: Any) -> Iterator[str]:
    numbers = found[~np.isnan(found)] if found.dtype.kind == "f" else found
    if not numbers.size:
        return
    least, most = float(numbers.min()), float(numbers.max())
    slack = 1e-3 if found.dtype == np.float16 else 1e-5
    if value.low is not None and least < value.low - slack * max(1.0, abs(value.low)):
        yield f"we say at least {value.low}, it holds {least}"
    if value.high is not None and most > value.high + slack * max(1.0, abs(value.high)):
        yield f"we say at most {value.high}, it holds {most}"


def _compare_sequence(value: Sequence, real: Any, sizes: Sizes) -> Iterator[str]:
    if not isinstance(real, (list, tuple, range)):
        yield f"we say a {value.kind}, it is {text_of_real(real)}"
        return
    length = number(value.length, sizes)
    if length is not None and length != len(real):
        yield f"we say {length} items, it has {len(real)}"
    for item, own in zip(value.items or [value.element] * min(len(real), 4), real, strict=False):
        if item is not None:
            yield from compare(item, own, sizes)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        try:
            if math.isnan(one) or math.isnan(other):
                return math.isnan(one) and math.isnan(other)
            return math.isclose(one, other, rel_tol=2e-3 if abs(other) < 7e4 and _short(other) else 1e-5, abs_tol=1e-6)
        except (TypeError, OverflowError):
            return False
    return bool(one == other)


def _short(number: float) -> bool:
    """Whether a number is one of float16's, whose sums are that rough."""
    return float(np.float16(number)) == number


def number(dim: Dim, sizes: Sizes) -> int | None:
    """A size with the symbols' values put in; None where one is not known."""
    total = dim.constant
    for monomial, factor in dim.terms:
        values = [_symbol(symbol, sizes) for symbol in monomial]
        if any(value is None for value in values):
            return None
        total += factor * math.prod(value for value in values if value is not None)
    return total


def _symbol(symbol: Symbol, sizes: Sizes) -> int | None:
    if symbol.key in sizes:
        return sizes[symbol.key]
    match symbol.key:
        case ("//" | "%" as operation, Dim() as left, Dim() as right):
            a, b = number(left, sizes), number(right, sizes)
            if a is None or not b:
                return None
            return a // b if operation == "//" else a % b
        case ("int", Dim() as source, float() as factor):
            whole = number(source, sizes)
            return None if whole is None else int(whole * factor)
        case ("ceil", Dim() as source, float() as factor):
            whole = number(source, sizes)
            return None if whole is None else math.ceil(whole * factor)
        case _:
            return None


def text_of(value: Value) -> str:
    if isinstance(value, Array):
        shape = None if value.shape is None else "(" + ", ".join(map(str, value.shape)) + ")"
        return f"{shape} {value.dtype}"
    return repr(value)[:120]


def text_of_real(real: Any) -> str:
    return f"{real.shape} {real.dtype}" if isinstance(real, (np.ndarray, np.generic)) else repr(real)[:120]
