"""Patterns of a ``match``: whether a value fits, and the names that a fitting value binds."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.comparisons import comparison
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.operators import truth
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import Const, Mapped, Sequence, Unknown, Value


def fits(machine: Machine, pattern: cst.CSTNode, value: Value, scope: Scope) -> bool | None:
    """Whether a value fits a pattern, None where it cannot be told; binds the names that it would bind."""
    match pattern:
        case cst.MatchAs(pattern=inner, name=name):
            verdict = True if inner is None else fits(machine, inner, value, scope)
            _bind(machine, name, value, scope)
            return verdict
        case cst.MatchOr(patterns=patterns):
            return _any_of([fits(machine, element.pattern, value, scope) for element in patterns])
        case cst.MatchValue() | cst.MatchSingleton():
            return _equals(machine, pattern.value, value, scope)
        case cst.MatchList(patterns=patterns) | cst.MatchTuple(patterns=patterns):
            return _fits_items(machine, patterns, value, scope)
        case _:
            _bind_all(machine, pattern, scope)
            return None


def _bind(machine: Machine, name: cst.Name | None, value: Value, scope: Scope) -> None:
    if name is not None:
        machine.memory.put(scope.home(name.value), name.value, value)


def _any_of(verdicts: list[bool | None]) -> bool | None:
    return True if True in verdicts else (None if None in verdicts else False)


def _equals(machine: Machine, node: cst.CSTNode, value: Value, scope: Scope) -> bool | None:
    from lstmlint.interpreter.evaluate import evaluate

    wanted = evaluate(machine, node, scope)
    symbol = "is" if isinstance(node, cst.Name) else "=="
    return truth(comparison(symbol, machine.freeze(value, 1), wanted, machine.made("comparison", node)))


def _fits_items(machine: Machine, patterns: object, value: Value, scope: Scope) -> bool | None:
    parts = list(patterns)  # type: ignore[call-overload]
    frozen = machine.freeze(value, 1)
    if isinstance(frozen, (Const, Mapped)):
        return False
    items = spread(machine, value).items if isinstance(frozen, Sequence) else None
    star = next((i for i, part in enumerate(parts) if isinstance(part, cst.MatchStar)), None)
    if items is None:
        for part in parts:
            _bind_all(machine, part, scope)
        return None
    if len(items) < len(parts) - 1 or (star is None and len(items) != len(parts)):
        return False
    if star is None:
        return _all_of(machine, [part.value for part in parts], items, scope)
    after = len(parts) - 1 - star
    middle = items[star : len(items) - after]
    rest = [part.value for part in (*parts[:star], *parts[star + 1 :])]
    _bind(machine, parts[star].name, machine.new_list(Sequence("list", middle, Dim(len(middle)))), scope)
    return _all_of(machine, rest, (*items[:star], *items[len(items) - after :]), scope)


def _all_of(machine: Machine, patterns: list[cst.CSTNode], items: tuple[Value, ...], scope: Scope) -> bool | None:
    verdicts = [fits(machine, pattern, item, scope) for pattern, item in zip(patterns, items, strict=True)]
    return False if False in verdicts else (None if None in verdicts else True)


def _bind_all(machine: Machine, pattern: cst.CSTNode, scope: Scope) -> None:
    """The names in a pattern that is not followed: bound to what is not known."""
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
            value: Value = Unknown("a part of a match")
            if isinstance(node, cst.MatchStar):
                value = machine.new_list(Sequence("list", None, unknown_dim(), value))
            _bind(machine, node.name, value, scope)
        if not isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
            waiting.extend(node.children)
