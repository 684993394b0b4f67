"""Comprehensions: their items one by one where they are few, else what an item is like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from lstmlint.interpreter.dims import Dim, product, same, unknown_dim
from lstmlint.interpreter.enumerated import MOST_NUMBERS, in_turns
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.keys import some_of
from lstmlint.interpreter.loops import MOST_COMPREHENDED, distinct, named
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.operators import truth
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.texts import OF_A_LETTER
from lstmlint.interpreter.values import Const, Mapped, Reference, Sequence, Unknown, Value
from lstmlint.keras_model.training import Loop


def _comprehend(machine: Machine, loop_node: cst.CompFor, scope: Scope, element: Callable[[Scope], Value]) -> Sequence:
    """The items a comprehension gives, nested ``for`` and ``if`` included."""
    from lstmlint.interpreter.evaluate import evaluate

    inner = Scope("comprehension", scope.path, scope)
    iterable = evaluate(machine, loop_node.iter, scope)
    items = spread(machine, iterable, machine.span(loop_node.iter))
    loop = Loop(machine.span(loop_node), "comprehension", None, items.length, machine.freeze(iterable))

    def one(item: Value) -> tuple[bool | None, Sequence]:
        _bind(machine, loop_node.target, item, inner)
        kept = _all_true(truth(machine.freeze(evaluate(machine, test.test, inner), 1)) for test in loop_node.ifs)
        if kept is False:
            return kept, Sequence("list", (), Dim(0))
        with machine.perhaps(kept):
            if loop_node.inner_for_in is not None:
                return kept, _comprehend(machine, loop_node.inner_for_in, inner, element)
            return kept, Sequence("list", (element(inner),), Dim(1))

    with machine.inside_loop(loop):
        if items.items is not None and len(items.items) <= MOST_COMPREHENDED:
            found = _gathered([one(item) for item in items.items])
            return replace(found, made=items.made) if _is_of_a_letter(items) else found
        any_item = _named(loop_node.target, element_of(items) or Unknown("an item of an empty list"))
        kept, inside = one(any_item)
    numbers = _numbers(inside, items.length, any_item) if kept is True else None
    if numbers is not None:
        return Sequence("list", numbers, Dim(len(numbers)))
    length = items.length * inside.length if kept is True else unknown_dim()
    turns = (items.length, *inside.turns)
    return Sequence("list", None, length, element_of(inside), turns=turns if same(length, product(turns)) else ())


def _bind(machine: Machine, target: cst.CSTNode, item: Value, scope: Scope) -> None:
    from lstmlint.interpreter.assign import assign

    assign(machine, target, _named(target, item), scope)


def _named(target: cst.CSTNode, item: Value) -> Value:
    return named(item, target.value if isinstance(target, cst.Name) else None)


def _numbers(inside: Sequence, turns: Dim, index: Value) -> tuple[Const, ...] | None:
    if not turns.known or turns.constant > MOST_NUMBERS or inside.items is None or len(inside.items) != 1:
        return None
    return in_turns(inside.items[0], turns.constant, index)


def _all_true(tests: Iterator[bool | None]) -> bool | None:
    result: bool | None = True
    for test in tests:
        if test is False:
            return False
        result = result if test else None
    return result


def _gathered(parts: list[tuple[bool | None, Sequence]]) -> Sequence:
    sure = all(kept is not None for kept, _ in parts)
    inner = [sequence for kept, sequence in parts if kept is not False]
    if sure and all(sequence.items is not None for sequence in inner):
        items = tuple(item for sequence in inner for item in sequence.items or ())
        if len(items) <= MOST_NUMBERS:
            return Sequence("list", items, Dim(len(items)), turns=_turns(inner))
    length = Dim(0)
    for sequence in inner:
        length = length + sequence.length
    element, turns = join_all([element_of(s) for s in inner]), _turns(inner) if sure else ()
    return Sequence("list", None, length if sure else unknown_dim(), element, turns=turns)


def _turns(inner: list[Sequence]) -> tuple[Dim, ...]:
    """How many turns gave how many items each, where each gave as many."""
    within = {one.turns or ((one.length,) if one.length != Dim(1) else ()) for one in inner}
    return (Dim(len(inner)), *within.pop()) if len(within) == 1 else ()


def _list_of(machine: Machine, node: Any, scope: Scope) -> Sequence:
    from lstmlint.interpreter.evaluate import evaluate

    found = _comprehend(machine, node.for_in, scope, lambda inner: evaluate(machine, node.elt, inner))
    made = found.made if found.made is not None else machine.made("window", node)
    return Sequence("list", found.items, found.length, found.element, made, found.turns)


def _is_of_a_letter(items: Sequence) -> bool:
    return items.made is not None and items.made.operation == OF_A_LETTER


def list_comprehension(machine: Machine, node: cst.ListComp, scope: Scope) -> Value:
    return machine.new_list(_list_of(machine, node, scope))


def generator_expression(machine: Machine, node: cst.GeneratorExp, scope: Scope) -> Value:
    return Reference("generator", {"content": _list_of(machine, node, scope)})


def set_comprehension(machine: Machine, node: cst.SetComp, scope: Scope) -> Value:
    found = _list_of(machine, node, scope)
    return Reference("set", {"content": distinct(found) or _some(found)}, found.made)


def _some(found: Sequence) -> Sequence:
    return Sequence("set", None, unknown_dim(), element_of(found), found.made)


def dict_comprehension(machine: Machine, node: cst.DictComp, scope: Scope) -> Value:
    from lstmlint.interpreter.evaluate import evaluate

    def pair(inner: Scope) -> Value:
        key, value = evaluate(machine, node.key, inner), evaluate(machine, node.value, inner)
        return Sequence("tuple", (key, value), Dim(2))

    found = _comprehend(machine, node.for_in, scope, pair)
    made = machine.made("literal", node)
    pairs = [item.items for item in found.items or () if isinstance(item, Sequence) and item.items]
    known = tuple((items[0], items[1]) for items in pairs if isinstance(items[0], Const))
    if found.items is not None and len(known) == len(found.items):
        return machine.new_dict(Mapped(known, made=made))
    items = element.items if isinstance(element := element_of(found), Sequence) else None
    some, default = items if items else (None, None)
    return machine.new_dict(Mapped((), True, default, found.length, made, some_of(some)))
