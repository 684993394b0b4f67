"""Signatures of library functions as data, and binding a call's arguments to them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Const, Value
from lstmlint.interpreter.values import Sequence as SequenceValue


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    default: Value | None = None
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters in order; ``rest`` and ``keywords`` name what ``*`` and ``**`` collect, if there."""

    parameters: tuple[Parameter, ...]
    rest: str | None = None
    keywords: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments by parameter name with defaults filled in; ``unexpected`` and ``missing`` are what does not fit."""

    values: dict[str, Value]
    given: frozenset[str]
    unexpected: dict[str, Value] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@cache
def signature(text: str) -> Signature:
    """``"a, axis=0, *, dtype=None"`` as a Signature. Only our own tables are read this way, and only literals."""
    function = ast.parse(f"def f({text}): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    found = function.args
    plain = found.posonlyargs + found.args
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(found.defaults)) + list(found.defaults)
    rows = [Parameter(a.arg, _default(d)) for a, d in zip(plain, defaults, strict=True)]
    rows += [Parameter(a.arg, _default(d), True) for a, d in zip(found.kwonlyargs, found.kw_defaults, strict=True)]
    return Signature(tuple(rows), found.vararg.arg if found.vararg else None, found.kwarg.arg if found.kwarg else None)


def _default(node: ast.expr | None) -> Value | None:
    if node is None:
        return None
    value = ast.literal_eval(node)
    if isinstance(value, tuple):
        return SequenceValue("tuple", tuple(Const(item) for item in value), Dim(len(value)))
    return Const(value)


def bind(shape: Signature, positional: Sequence[Value], keywords: Mapping[str, Value]) -> Bound:
    """Match arguments with parameters as Python does, collecting what does not fit instead of raising."""
    slots = [p for p in shape.parameters if not p.keyword_only]
    values: dict[str, Value] = {p.name: v for p, v in zip(slots, positional, strict=False)}
    extra = list(positional[len(slots) :])
    unexpected: dict[str, Value] = {}
    names = {p.name for p in shape.parameters}
    others = {name: value for name, value in keywords.items() if name not in names}
    values.update({name: value for name, value in keywords.items() if name in names})
    given = set(values)
    if shape.rest is not None:
        values[shape.rest] = SequenceValue("tuple", tuple(extra), Dim(len(extra)))
        given |= {shape.rest} if extra else set()
    else:
        unexpected.update({f"argument {len(slots) + i + 1}": value for i, value in enumerate(extra)})
    if shape.keywords is not None:
        values.update(others)
        given |= set(others)
    else:
        unexpected.update(others)
    missing = tuple(p.name for p in shape.parameters if p.name not in values and p.default is None)
    for parameter in shape.parameters:
        if parameter.name not in values and parameter.default is not None:
            values[parameter.name] = parameter.default
    return Bound(values, frozenset(given), unexpected, missing)
