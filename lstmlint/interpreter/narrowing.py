"""What a condition tells about the values that it names: ``if i < 5000`` is followed only where ``i`` is a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.values import Reference, Sequence, Unknown
from lstmlint.keras_model.graph import dim_of

_ORDERING = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)


def narrow(machine: Machine, test: cst.CSTNode, scope: Scope) -> None:
    """Bind what the branch behind a condition that holds can know better."""
    match test:
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            narrow(machine, left, scope)
            narrow(machine, right, scope)
        case cst.Comparison(
            left=cst.Call(func=cst.Name("len"), args=[cst.Arg(value=cst.Name() as listed)]),
            comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=limit)],
        ):
            _as_long_as(machine, listed, limit, scope)
        case cst.Comparison():
            for name, other in _ordered(test):
                value = scope.names.get(name)
                known = isinstance(value, Unknown) and not value.text and not value.number
                if isinstance(value, Unknown) and known and _is_integer(machine, other, scope):
                    machine.memory.put(scope.names, name, replace(value, number=True))


def _as_long_as(machine: Machine, listed: cst.Name, other: cst.BaseExpression, scope: Scope) -> None:
    """``if len(window) == 60``: a list that nobody knew the length of has this one."""
    from lstmlint.interpreter.evaluate import evaluate

    length = dim_of(evaluate(machine, other, scope)) if isinstance(other, cst.Name | cst.Integer) else None
    match scope.names.get(listed.value):
        case Reference(kind="list", fields={"content": Sequence(items=None) as content} as fields) if (
            length is not None
        ):
            if content.length.anonymous:
                machine.memory.put(fields, "content", replace(content, length=length))


def _ordered(test: cst.Comparison) -> Iterator[tuple[str, cst.CSTNode]]:
    """Names, with what each is less or more than."""
    sides = [test.left, *(target.comparator for target in test.comparisons)]
    for left, target, right in zip(sides, test.comparisons, sides[1:], strict=False):
        for side, other in ((left, right), (right, left)) if isinstance(target.operator, _ORDERING) else ():
            if isinstance(side, cst.Name):
                yield side.value, other


def _is_integer(machine: Machine, node: cst.CSTNode, scope: Scope) -> bool:
    from lstmlint.interpreter.evaluate import evaluate

    plain = isinstance(node, cst.Name | cst.Integer | cst.Attribute)
    return plain and dim_of(evaluate(machine, node, scope)) is not None
