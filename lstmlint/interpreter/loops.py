"""Loops: short known ones turn by turn, any other twice with a symbolic index, then widened."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from lstmlint.interpreter.counting import counters_of
from lstmlint.interpreter.dims import Dim, floor_divide, least, symbol_dim, unknown_dim
from lstmlint.interpreter.enumerated import MOST_NUMBERS, kept_numbers
from lstmlint.interpreter.join import element_of, widen
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import MISSING, Changes, Scope
from lstmlint.interpreter.repeated import repeated_layers
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import (
    Array,
    Const,
    Made,
    Mapped,
    Sequence,
    Size,
    Unknown,
    Value,
    constants,
)
from lstmlint.interpreter.yielding import comes_to_an_end, counted_up, most_turns
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import Loop

if TYPE_CHECKING:
    from lstmlint.interpreter.execute import Flow
    from lstmlint.interpreter.leaving import Leaving

#: A loop over written-out items is followed turn by turn up to this many; one over a range up to the second.
MOST_ITEM_TURNS = 48
MOST_RANGE_TURNS = 12
#: One over written-out texts or numbers, such as the words of a small corpus, up to the third, where that takes no more
#: than this share of the work that is left: then counts and vocabularies come out in numbers.
MOST_CONSTANT_TURNS = 512
SHARE_OF_WORK = 0.25
STEPS_FOR_A_LINE = 12
#: Comprehensions are cheap: their items are kept up to this many.
MOST_COMPREHENDED = 256
#: Loops inside loops beyond this are run once, and what they change is no longer followed.
DEEPEST_LOOPS = 5
_TOO_DEEP = "changes in loops nested too deeply"


# --- for and while ----------------------------------------------------------------------------------------------------


def run_for(machine: Machine, node: cst.For, scope: Scope, body: Callable[[], Flow]) -> Flow:
    """Run a for loop; ``body`` runs its block once."""
    from lstmlint.interpreter.assign import assign
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.execute import Flow

    iterable = evaluate(machine, node.iter, scope)
    items = spread(machine, iterable, machine.span(node.iter))
    name = node.target.value if isinstance(node.target, cst.Name) else None
    ends = comes_to_an_end(iterable)
    most = items.length if ends else None
    loop = Loop(machine.span(node), "for", name, items.length, machine.freeze(iterable), ends, most)
    rest, done = items.items, 0
    if rest is not None and len(rest) <= _limit(machine, node, iterable, rest):
        flow, done = _unrolled(machine, loop, rest, lambda item: assign(machine, node.target, item, scope), body)
        if done == len(rest) or flow is not Flow.NEXT:
            return flow
        rest = rest[done:]
    element = element_of(replace(items, items=rest)) if rest is not None else items.element
    item = named(element or Unknown("an item"), name)

    def turn() -> Flow:
        assign(machine, node.target, item, scope)
        return body()

    flow = _twice(machine, loop, items.length if not done else Dim(len(rest or ())), turn, done, item)
    return Flow.NEXT if flow is not Flow.RETURN else flow


def _limit(machine: Machine, node: cst.For, iterable: Value, items: tuple[Value, ...]) -> int:
    if isinstance(iterable, Sequence) and iterable.kind == "range":
        return MOST_RANGE_TURNS
    if len(items) <= MOST_ITEM_TURNS or not all(isinstance(item, Const) for item in items):
        return MOST_ITEM_TURNS
    span = machine.span(node)
    lines = span.end.row - span.start.row + 1
    affordable = int(machine.steps_left * SHARE_OF_WORK) // (lines * STEPS_FOR_A_LINE)
    return max(MOST_ITEM_TURNS, min(MOST_CONSTANT_TURNS, affordable))


def named(element: Value, name: str | None) -> Value:
    """A loop's index bears the name the program gives it."""
    if isinstance(element, Size) and name is not None:
        symbols = element.dim.symbols
        only = next(iter(symbols)) if len(symbols) == 1 else None
        if only is not None and only.name in ("i", "?"):
            return Size(symbol_dim(name, only.low, only.key, only.high, only.step), element.made)
    return element


def _unrolled(
    machine: Machine, loop: Loop, items: tuple[Value, ...], bind: Callable[[Value], None], body: Callable[[], Flow]
) -> tuple[Flow, int]:
    """Turn by turn; where the first has shown that there are not enough steps left for all, it is the only one.

    Says how many items are done with.
    """
    from lstmlint.interpreter.execute import Flow

    uneven, machine.uneven = machine.uneven, False
    flow, done, begun = Flow.NEXT, len(items), machine.steps
    with machine.inside_loop(loop), machine.leaving() as left:
        for number, item in enumerate(items, start=1):
            machine.turn = number
            bind(item)
            flow = _one_turn(machine, left, body)
            if flow in (Flow.RETURN, Flow.RAISE, Flow.BREAK):
                break
            if number == 1 < len(items) - 1 and not left.early and _unaffordable(machine, begun, len(items) - 1):
                done = 1
                break
        if left.join_breaks() and flow in (Flow.RETURN, Flow.RAISE):
            flow = Flow.NEXT
    machine.uneven = uneven
    return Flow.NEXT if flow is Flow.CONTINUE else flow, done


def _unaffordable(machine: Machine, begun: int, turns: int) -> bool:
    """Whether as much work as was done since ``begun``, so many times again, is more than what is left."""
    return (machine.steps - begun) * turns > machine.steps_left


def _lost(content: Value) -> Value:
    """What a list, a set or a dict holds when nobody knows any more what that is."""
    match content:
        case Sequence(kind=kind, made=made):
            return Sequence(kind, None, unknown_dim(), Unknown(_TOO_DEEP), made)
        case Mapped(made=made):
            return Mapped((), True, Unknown(_TOO_DEEP), None, made)
        case _:
            return Unknown(_TOO_DEEP)


def _one_turn(machine: Machine, left: Leaving, body: Callable[[], Flow]) -> Flow:
    """A turn, joined with what stood where a branch of it went on to the next turn."""
    left.begin_turn()
    try:
        return body()
    finally:
        left.end_turn()


def run_while(machine: Machine, node: cst.While, scope: Scope, body: Callable[[], Flow]) -> Flow:
    """Run a while loop: how often is not known, but how often at most where a counter goes up to an end."""
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.execute import Flow

    counted = counted_up(node)
    start = scope.names.get(counted.name) if counted is not None else None
    most = most_turns(node, start, lambda part: evaluate(machine, part, scope))
    loop = Loop(machine.span(node), "while", ends=counted is not None, most=most)
    flow = _twice(machine, loop, symbol_dim("turns"), body)
    return Flow.NEXT if flow is not Flow.RETURN else flow


def _twice(
    machine: Machine, loop: Loop, turns: Dim, body: Callable[[], Flow], done: int = 0, item: Value | None = None
) -> Flow:
    """One turn, then another from the state it left; what keeps changing is widened to all turns, ``done`` before."""
    from lstmlint.interpreter.execute import Flow

    uneven, machine.uneven = machine.uneven, False
    machine.guesses += 1
    memory = machine.memory
    mark = memory.mark()
    try:
        with machine.inside_loop(loop), machine.leaving() as left:
            machine.turn = 1 + done
            flow = _one_turn(machine, left, body)
            after_one = memory.changes(mark)
            machine.turn = 2 + done
            too_deep = len(machine.loops) > DEEPEST_LOOPS
            if flow.value in ("next", "continue") and not too_deep:
                _one_turn(machine, left, body)
            if left.join_breaks() and flow in (Flow.RETURN, Flow.RAISE):
                flow = Flow.NEXT
        after_two = memory.changes(mark)
        count = symbol_dim("?") if machine.uneven or flow.value == "break" else turns
        counters = counters_of(after_one, after_two)
        for cell, (fields, key, before, second) in after_two.items():
            first = after_one[cell][3] if cell in after_one else second
            if too_deep and isinstance(second, (Sequence, Mapped, Array, Size, Const)):
                memory.put(fields, key, _lost(second) if key == "content" else Unknown(_TOO_DEEP))
            elif key == "layers" and first is not second:
                memory.put(fields, key, repeated_layers(before, first, second))
            elif first is not MISSING or second is not MISSING:
                widened = widen(before, second if first is MISSING else first, second, count)
                numbers = kept_numbers(before, second, widened, count, item)
                memory.put(fields, key, numbers or counters.gathered(before, second, widened))
        _any_turn(machine, loop, after_two, body)
    finally:
        memory.release()
        machine.uneven = uneven
    return flow


def _any_turn(machine: Machine, loop: Loop, changes: Changes, body: Callable[[], Flow]) -> None:
    """What a generator yields on some turns only (``if count == batch_size: yield``): once more, with any count."""
    generating = bool(machine.stack) and machine.stack[-1].yields is not None
    counters = [(f, k) for f, k, *ends in changes.values() if all(dim_of(end) is not None for end in ends)]
    if not generating or not counters or len(machine.loops) > 3:
        return
    mark = machine.memory.mark()
    try:
        for fields, key in counters:
            machine.memory.put(fields, key, Size(unknown_dim()))
        with machine.inside_loop(loop):
            machine.turn = 3
            body()
    finally:
        machine.memory.undo(mark)
        machine.memory.release()


def distinct(found: Sequence) -> Sequence | None:
    """Each of some constants once, in the order in which they come first; None where they are not all known."""
    known = constants(found.items)
    if known is None:
        return None
    items = tuple({(type(value).__name__, value): Const(value) for value in known}.values())
    return Sequence("set", items, Dim(len(items)), None, found.made)


def numbers(start: Dim, stop: Dim, step: Dim, made: Made) -> Sequence:
    """``range(start, stop, step)``: few known numbers, and an index that lies between the first and the last."""
    if start.known and stop.known and step.known:
        if step.constant == 0:
            return Sequence("range", (), Dim(0), None, made)
        known = range(start.constant, stop.constant, step.constant)
        ends = (min(known[0], known[-1]), max(known[0], known[-1])) if known else (0, 0)
        index = Size(symbol_dim("i", low=ends[0], high=Dim(ends[1]), step=step.constant), made)
        items = tuple(Const(i, made) for i in known) if len(known) <= MOST_NUMBERS else None
        return Sequence("range", items, Dim(len(known)), index, made)
    span = stop - start
    length = span if step == Dim(1) else floor_divide(span + step - 1, step)
    low, rises = least(start), step.known and step.constant > 0
    lowest = int(low) if rises and low > -math.inf else -(10**9)
    position = symbol_dim("i", lowest, high=stop - 1 if rises else start, step=step.value)
    return Sequence("range", None, length, Size(position, made), made)
