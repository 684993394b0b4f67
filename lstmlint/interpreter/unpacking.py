"""``a, b = value``: the parts, and what taking a value apart tells of it."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from lstmlint.facts import Unpacked
from lstmlint.interpreter.assign import assign, rebind
from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.subscript import told_apart
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Tensor, Unknown, Value


def unpack(machine: Machine, elements: object, value: Value, scope: Scope) -> None:
    targets = list(elements)  # type: ignore[call-overload]
    content = _axes_told(machine, value, targets) or spread(machine, value)
    _remember_misfit(machine, targets, value, content)
    starred = next((i for i, t in enumerate(targets) if isinstance(t, cst.StarredElement)), None)
    parts = _parts(content, len(targets), starred)
    if content.items is None and starred is None and targets:
        span = machine.span(targets[0])
        parts = [told_apart(part, Made("index", span, (content, Const(at)))) for at, part in enumerate(parts)]
    for target, part in zip(targets, parts, strict=True):
        assign(machine, target.value, part, scope)


def _axes_told(machine: Machine, value: Value, targets: list[cst.Element]) -> Sequence | None:
    """``samples, steps, features = X.shape`` tells how many axes an array has of which that was not known."""
    made = value.made if isinstance(value, Unknown) else None
    array = made.sources[0] if made is not None and made.operation == "shape" else None
    if not isinstance(array, Array) or any(isinstance(target, cst.StarredElement) for target in targets):
        return None
    names = (t.value.value if isinstance(t.value, cst.Name) else "?" for t in targets)
    shape = tuple(symbol_dim(name, key=("axis", array, at)) for at, name in enumerate(names))
    rebind(machine, array, replace(array, shape=shape))
    return Sequence("tuple", tuple(Size(dim) for dim in shape), Dim(len(shape)))


def _remember_misfit(machine: Machine, targets: list[cst.Element], value: Value, content: Sequence) -> None:
    """Write down that Python, or Keras, refuses to take a value apart."""
    starred = any(isinstance(target, cst.StarredElement) for target in targets)
    count = content.items and len(content.items)
    wrong = isinstance(value, Tensor) or (
        count and count != len(targets) and not (starred and count >= len(targets) - 1)
    )
    if wrong and targets and machine.turn == 1:
        span = machine.span(targets[0])
        machine.record.unpacked.append(Unpacked(len(targets), value, span))


def _parts(content: Sequence, count: int, starred: int | None) -> list[Value]:
    items = content.items
    if starred is None:
        if items is not None and len(items) == count:
            return list(items)
        element = content.element if items is None else Unknown(f"{len(items)} values unpacked into {count}")
        return [element if element is not None else Unknown("an item of something not known")] * count
    if items is None or len(items) < count - 1:
        rest = Sequence("list", None, unknown_dim(), content.element)
        single = content.element or Unknown("an item of something not known")
        return [rest if i == starred else single for i in range(count)]
    after = count - 1 - starred
    end = len(items) - after
    middle = Sequence("list", items[starred:end], Dim(end - starred))
    return [*items[:starred], middle, *items[end:]]
