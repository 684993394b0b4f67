"""In which order the axes of several numbers a sample are laid out: when targets are flattened, and in a forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, product, same
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import BESIDE, SPLIT, call_at, reordered, scales
from lstmlint.questions.scores import ASKS
from lstmlint.questions.stages import steps_back

_RESHAPES = frozenset({"Array.reshape", "numpy.reshape", "tensorflow.reshape", "keras.ops.reshape"})
_FLATTENS = _RESHAPES | {"Array.flatten", "Array.ravel", "numpy.ravel"}
#: What keeps the numbers of a sample in their order.
_KEEPS = frozenset({"Array.astype", "Array.copy", "Array.numpy", "numpy.array", "numpy.asarray", "numpy.stack", SPLIT})


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """A forecast is laid out as ``axes``, and the targets were flattened from ``flattened`` at ``made``."""

    axes: tuple[Dim, ...]
    flattened: tuple[Dim, ...]
    made: Made


def laid_out_otherwise(call: LibraryCall, facts: Facts) -> LaidOut | None:
    """Whether a reshape gives the numbers of a forecast other axes than those which the targets had."""
    result = call.result
    if call.name not in _RESHAPES or call.conditional or not isinstance(result, Array) or not _in_order(call):
        return None
    source = call.receiver if call.name == "Array.reshape" else _first(call)
    run = _predicting(source, facts)
    width = _width(source)
    axes = _axes(result, width) if width is not None else None
    if run is None or width is None or axes is None or _reshaped_again(result, facts):
        return None
    found = [_flattened(y, width, facts) for one in facts.runs_of(run.model) if one.trains for y in one.y or (None,)]
    if not found or any(one is None or not reordered(one[0], axes) for one in found):
        return None
    flattened = found[0]
    return LaidOut(axes, *flattened) if flattened is not None else None


def _predicting(value: Value | None, facts: Facts) -> Run | None:
    """The only output of which model an array is, all its numbers a sample in their order."""
    for _ in range(12):
        made: Made | None = getattr(value, "made", None)
        if made is None or not made.sources:
            return None
        if made.operation in ASKS:
            run = next((run for run in facts.runs if run.call.span == made.span), None)
            whole = run is not None and len(run.model.outputs) == 1 and run.model.kind in ("sequential", "functional")
            return run if whole else None
        if not _keeps(made):
            return None
        value = made.sources[0]
    return None


def _keeps(made: Made) -> bool:
    if made.operation == "index":
        return len(made.sources) == 2 and isinstance(made.sources[1], Slice | Const)
    return scales(made) or made.operation in _KEEPS


def _width(value: Value | None) -> Dim | None:
    return value.shape[-1] if isinstance(value, Array) and value.shape and value.shape[-1].value else None


def _axes(array: Array, width: Dim) -> tuple[Dim, ...] | None:
    """The last axes of an array which hold ``width`` numbers together."""
    shape = array.shape or ()
    for start in reversed(range(len(shape))):
        if product(shape[start:]) == width:
            return shape[start:]
    return None


def _flattened(y: Value, width: Dim, facts: Facts) -> tuple[tuple[Dim, ...], Made] | None:
    """The axes of several numbers that targets had before they became ``width`` numbers in a row."""
    for value, made in _on_the_way(y):
        if made is None or made.operation not in _FLATTENS | BESIDE:
            continue
        axes = _side_by_side(made) if made.operation in BESIDE else _unfolded(made, width, facts)
        told = axes is not None and len(axes) > 1 and _width(value) == width == product(axes)
        return (axes, made) if axes is not None and told else None
    return None


def _unfolded(made: Made, width: Dim, facts: Facts) -> tuple[Dim, ...] | None:
    source, call = made.sources[0], call_at(facts, made)
    return _axes(source, width) if isinstance(source, Array) and call is not None and _in_order(call) else None


def _side_by_side(made: Made) -> tuple[Dim, ...] | None:
    """Several arrays of as many columns each: first all of the one, then all of the next."""
    widths = [_width(part) if getattr(part, "rank", None) == 2 else None for part in made.sources]
    first = widths[0] if widths else None
    return (Dim(len(widths)), first) if first is not None and all(width == first for width in widths) else None


def _on_the_way(y: Value) -> Iterator[tuple[Value, Made | None]]:
    """The steps up to the first that does more than gather, cut or scale samples."""
    for value, made in steps_back(y):
        yield value, made
        if not isinstance(value, Sequence) and (made is None or not _keeps(made)):
            return


def _in_order(call: LibraryCall) -> bool:
    order = call.arguments.get("order", Const("C"))
    return isinstance(order, Const) and order.value == "C"


def _reshaped_again(result: Array, facts: Facts) -> bool:
    return any(call.name in _FLATTENS and (call.receiver is result or _first(call) is result) for call in facts.calls)


def _first(call: LibraryCall) -> Value:
    return next(iter(call.arguments.values()), None)


_JOINS = frozenset({"numpy.concatenate", "numpy.vstack", "tensorflow.concat", "keras.ops.concatenate"})


def laid_end_to_end(call: LibraryCall, facts: Facts) -> Array | None:
    """Arrays of one step each, as ``(steps, batch, features)``, that a reshape to (batch, steps, features) reads.

    They were joined along their rows, so that a row of the result holds neighbours of one step. Windows that are cut
    of several arrays have another number of steps than there are arrays, or leave their count to ``-1``.
    """
    source = call.receiver if call.name == "Array.reshape" else _first(call)
    made, result = getattr(source, "made", None), call.result
    join = call_at(facts, made) if made is not None and made.operation in _JOINS else None
    parts = _first(join) if join is not None else None
    if join is None or not isinstance(parts, Sequence) or not isinstance(result, Array) or result.shape is None:
        return None
    one = _alike(parts)
    if one is None or one.shape is None:
        return None
    steps, (batch, *rest) = parts.length, one.shape
    wanted = (batch, steps, *rest)
    fits = len(rest) > 0 and len(result.shape) == len(wanted) and all(map(same, result.shape, wanted))
    axis = dim_of(join.arguments.get("axis"))
    written = call.name in _RESHAPES and _in_order(call) and not _left_open(call, batch)
    if not fits or not written or axis not in (None, Dim(0)) or not differ(steps, batch):
        return None
    return replace(one, shape=(steps, *one.shape))


def _alike(parts: Sequence) -> Array | None:
    """One of the arrays of a list, where all of them have one shape."""
    found = parts.items if parts.items is not None else (parts.element,)
    arrays = [item for item in found if isinstance(item, Array) and item.shape]
    if len(arrays) < len(found) or not arrays:
        return None
    first = arrays[0]
    alike = all(len(a.shape or ()) == len(first.shape or ()) for a in arrays) and all(
        same(mine, other) for a in arrays for mine, other in zip(a.shape or (), first.shape or (), strict=True)
    )
    return first if alike else None


def _left_open(call: LibraryCall, batch: Dim) -> bool:
    """Whether the number of rows is no number that was written as it is: -1, or computed."""
    given = call.arguments
    rows = next((given[name] for name in ("shape", "newshape") if isinstance(given.get(name), Sequence)), None)
    while isinstance(rows, Sequence):
        rows = rows.items[0] if rows.items else None
    made = getattr(rows, "made", None)
    return dim_of(rows) != batch or (made is not None and made.operation not in ("literal", "index"))
