"""What a cell of the program's own does with its states, against the ``state_size`` that it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import CellStep, Facts
from lstmlint.interpreter.dims import differ
from lstmlint.interpreter.values import Const, Made, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Layer, Node, shape_text, unlike
from lstmlint.questions.models import has_weights, made_at, origin
from lstmlint.text.source import Span

#: Functions that a list of states goes into as one tensor with one axis more.
_PRODUCTS = frozenset({"matmul", "dot", "tensordot", "multiply", "add", "subtract"})


@dataclass(frozen=True, slots=True, eq=False)
class CellFault:
    """Where the ``call`` of a cell goes wrong, ``what`` in words, and what to write instead."""

    step: CellStep
    span: Span
    what: str
    label: str
    help: str


def cell_faults(facts: Facts) -> Iterator[CellFault]:
    """At most one for each cell: Keras raises, by the first step at the latest."""
    for step in facts.cell_steps:
        fault = next(_faults(step, facts), None)
        if fault is not None:
            yield fault


def _faults(step: CellStep, facts: Facts) -> Iterator[CellFault]:
    name, states = step.cell.kind, _counted(len(step.states.items or ()), "state")
    for unpacked in facts.unpacked:
        if unpacked.value is step.states and step.straight:
            names = "1 name is" if unpacked.names == 1 else f"{unpacked.names} names are"
            what = f"`{name}` is given {states}, and {names} waiting for them"
            yield CellFault(step, unpacked.span, what, _counted(unpacked.names, "name"), _SIZES)
    taken = sorted(_taken_whole(step), key=lambda one: one[0].span)
    # Unrolled, Keras carries on whatever it is given.
    unrolled = step.layer.config.flag("unroll") is not False
    odd = None if unrolled else _odd_state(step)
    if taken and (odd is not None or any(certain for _, certain in taken)):
        what = f"the states of `{name}` come as a list, and the list is taken for a state"
        yield CellFault(step, taken[0][0].span, what, f"{states} in a list", _TAKE)
    if not unrolled:
        yield from _returned(step, odd)
    if facts.keras == 3:
        yield from _of_other_width(step, facts)


_TAKE = "take the state out of the list first, as `h = states[0]` does"
_SIZES = "give `state_size` one size for each state, and take apart as many"


def _returned(step: CellStep, odd: tuple[Tensor, Tensor] | None) -> Iterator[CellFault]:
    name, count, given = step.cell.kind, len(step.states.items or ()), _parts(step.result)
    if given is not None and given != 2:
        what = f"`{name}` returns {_counted(given, 'value')}, and Keras takes apart two: the output and the new states"
        advice = "return the output and a list of the new states: `return h, [h, c]`"
        yield CellFault(step, _place(step.result, step), what, _counted(given, "value"), advice)
    states = _new_states(step)
    if states is None or not isinstance(step.result, Sequence):
        return
    place = _place((step.result.items or ())[1], step)
    if len(states) != count:
        what = f"`{name}` returns {_counted(len(states), 'new state')}, and its `state_size` declares {count}"
        advice = "return a new state for each size of `state_size`, in its order: `return h, [h, c]` for two"
        yield CellFault(step, place, what, _counted(len(states), "new state"), advice)
    elif odd is not None:
        new, old = shape_text(odd[0].shape), shape_text(odd[1].shape)
        what = f"`{name}` returns {new} for a state of {old}"
        yield CellFault(step, place, what, new, "return each state in the shape in which it came")


def _of_other_width(step: CellStep, facts: Facts) -> Iterator[CellFault]:
    """An output of another width than Keras 3 was told, which a layer with weights was built for."""
    output = step.result.items[0] if isinstance(step.result, Sequence) and step.result.items else None
    told = next((node.output for node in facts.nodes if node.layer is step.layer), None)
    if not isinstance(output, Tensor) or not output.shape or told is None or not told.shape:
        return
    width, said = output.shape[-1], told.shape[-1]
    readers = (node for node in facts.nodes if has_weights(node.layer) and _reads(node, step.layer))
    apart = width is not None and said is not None and differ(width, said)
    if len(output.shape) == 2 and apart and next(readers, None) is not None:
        where = "`output_size`" if step.cell.config.has("output_size") else "`state_size`, as it has no `output_size`"
        what = f"`{step.cell.kind}` returns an output of width {width}, and Keras is told {said} by its {where}"
        advice = f"set `self.output_size` in `__init__` to the width of the output, {width}"
        yield CellFault(step, _place(output, step), what, f"width {width}", advice)


def _reads(node: Node, layer: Layer) -> bool:
    before = origin(node.input)
    return before is not None and before.layer is layer


def _parts(result: Value) -> int | None:
    """How many values a cell returns; None where that is not known."""
    if isinstance(result, Tensor):
        return 1
    return len(result.items) if isinstance(result, Sequence) and result.items is not None else None


def _new_states(step: CellStep) -> tuple[Tensor, ...] | None:
    """The tensors that the cell gives as new states; None where how many is not known."""
    result = step.result
    if not isinstance(result, Sequence) or result.items is None or len(result.items) != 2:
        return None
    found = list(_flat(result.items[1]))
    known = tuple(one for one in found if isinstance(one, Tensor))
    return known if len(known) == len(found) else None


def _flat(value: Value) -> Iterator[Value | None]:
    if isinstance(value, Sequence):
        for item in value.items if value.items is not None else (None,):
            yield from _flat(item) if item is not None else (None,)
    else:
        yield value


def _odd_state(step: CellStep) -> tuple[Tensor, Tensor] | None:
    """A new state of another shape than the state whose place it takes."""
    old, new = step.states.items or (), _new_states(step)
    if new is None or len(new) != len(old):
        return None
    pairs = ((after, before) for after, before in zip(new, old, strict=True) if isinstance(before, Tensor))
    return next((pair for pair in pairs if _unlike_samples(*pair)), None)


def _unlike_samples(new: Tensor, old: Tensor) -> bool:
    return new.shape is not None and old.shape is not None and unlike(new.shape[1:], old.shape[1:])


def _taken_whole(step: CellStep) -> Iterator[tuple[Made, bool]]:
    """Where the tuple of states itself is multiplied or added, and whether Python refuses that at once."""
    for made in _history(step.result):
        others = [source for source in made.sources if source is not step.states]
        if len(others) < len(made.sources):
            number = any(isinstance(one, Const) and isinstance(one.value, float) for one in others)
            if made.operation == "arithmetic" or made.operation.rpartition(".")[2] in _PRODUCTS:
                yield made, number and step.straight and made.operation == "arithmetic"


def _history(value: Value) -> Iterator[Made]:
    """The steps that led to a value, those of the tensors in it as well."""
    waiting: list[Value] = [value]
    seen = set[int]()
    while waiting and len(seen) < 2000:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        node = one.node if isinstance(one, Tensor) else None
        made = node.layer.made if node is not None and node.layer.made is not None else getattr(one, "made", None)
        if isinstance(made, Made):
            yield made
            waiting.extend(made.sources)
        waiting.extend(one.items or () if isinstance(one, Sequence) else ())
        waiting.extend(node.inputs if node is not None else ())


def _place(value: Value, step: CellStep) -> Span:
    fallback = step.layer.call.span if step.layer.call is not None else step.cell.call.span  # type: ignore[union-attr]
    return made_at(value) or fallback


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
