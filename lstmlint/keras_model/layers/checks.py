"""What constructors and ``input_spec`` check, as small functions to combine.

Each gives the ``Problem`` that Keras would raise, or None where Keras accepts or where it cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from lstmlint.interpreter.dims import Dim, as_dim, least, unknown_dim
from lstmlint.interpreter.values import Const, Sequence, Size, Value
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, dim_of, shape_text
from lstmlint.keras_model.layers.table import LayerInput, Requires, Validate


class Missing(Enum):
    """Stands for a value that is not known before the program runs."""

    UNKNOWN = "unknown"


UNKNOWN = Missing.UNKNOWN


def plain(value: Value | None) -> object:
    """A value as Python has it: a number, text, a tuple; ``Dim`` for a symbolic size and ``UNKNOWN`` for the rest."""
    match value:
        case None:
            return None
        case Const(value=constant):
            return constant
        case Size(dim=dim):
            return dim.value if dim.known else dim
        case Sequence(items=tuple() as items):
            return tuple(plain(item) for item in items)
        case _:
            return UNKNOWN


def shown(value: object) -> str:
    """A plain value as a program would write it."""
    match value:
        case Dim():
            return str(value)
        case Missing():
            return "?"
        case tuple():
            return f"({', '.join(map(shown, value))}{',' if len(value) == 1 else ''})"
        case _:
            return repr(value)


def unsure(value: object) -> bool:
    """Whether any part of a plain value is a symbol or not known."""
    if isinstance(value, tuple):
        return any(unsure(item) for item in value)
    return isinstance(value, Dim | Missing)


def argument(layer: Layer, name: str) -> object:
    return plain(layer.config.values.get(name))


def refuse(message: str, expected: str = "", found: str = "", why: Why = Why.ARGUMENT) -> Problem:
    """A problem of the constructor."""
    return Problem(why, message, expected, found, stage="make")


def first(problems: Iterable[Problem | None]) -> Problem | None:
    return next((problem for problem in problems if problem is not None), None)


def every(*checks: Validate) -> Validate:
    """All the checks in order; the first problem counts, and the constructor's before those of the call."""

    def check(layer: Layer) -> Problem | None:
        found = [problem for one in checks if (problem := one(layer)) is not None]
        return first((*(problem for problem in found if problem.stage == "make"), *found))

    return check


def all_required(*checks: Requires) -> Requires:
    return lambda layer, given: first(check(layer, given) for check in checks)


# Constructor arguments


def not_positive(value: object) -> bool:
    """Whether a number, or every value of a symbolic size, is 0 or less."""
    match value:
        case Dim():
            return least(-value) >= 0
        case int() | float():
            return value <= 0
        case _:
            return False


def positive(*names: str, strict: bool = True) -> Validate:
    """A positive integer. ``strict``: a float is refused by the constructor, not before the weights are made."""

    def check(layer: Layer) -> Problem | None:
        return first(_positive(layer, name, strict) for name in names)

    return check


def _positive(layer: Layer, name: str, strict: bool) -> Problem | None:
    value = argument(layer, name)
    message = f"{name} must be a positive integer, found {shown(value)}"
    if value is None or isinstance(value, str | tuple | bytes) or not_positive(value):
        return refuse(message, "a positive integer", shown(value))
    if isinstance(value, float):
        return Problem(Why.ARGUMENT, message, "a positive integer", shown(value), "make" if strict else "call")
    return None


def between(name: str, low: float, high: float) -> Validate:
    """A number from ``low`` to ``high``, both included."""

    def check(layer: Layer) -> Problem | None:
        value = argument(layer, name)
        wrong = layer.keras == 3 and (value is None or isinstance(value, str | tuple | bytes))
        if isinstance(value, int | float):
            wrong = not low <= value <= high
        text = f"from {low:g} to {high:g}"
        return refuse(f"{name} must be a number {text}, found {shown(value)}", text, shown(value)) if wrong else None

    return check


def one_of(name: str, *allowed: object) -> Validate:
    """One of a closed set of values."""

    def check(layer: Layer) -> Problem | None:
        value = argument(layer, name)
        if not isinstance(value, str | int | float | None) or value in allowed:
            return None
        texts = ", ".join(map(repr, allowed))
        return refuse(f"{name} must be one of {texts}, found {shown(value)}", texts, shown(value))

    return check


def data_format(layer: Layer) -> Problem | None:
    """``backend.standardize_data_format``: any case, None for the default."""
    value = argument(layer, "data_format")
    if not isinstance(value, str) or value.lower() in {"channels_first", "channels_last"}:
        return None
    expected = "'channels_first' or 'channels_last'"
    return refuse(f"data_format must be {expected}, found {shown(value)}", expected, shown(value))


def channels_first(layer: Layer) -> bool | None:
    """Whether the channels come before the space; None where that is not known."""
    match argument(layer, "data_format"):
        case None:
            return False
        case str() as text:
            return text.lower() == "channels_first"
        case _:
            return None


def sizes(layer: Layer, name: str, count: int) -> tuple[Dim, ...] | None:
    """An argument such as ``kernel_size`` as ``count`` sizes: one integer stands for all. None where it is not one."""
    value = layer.config.values.get(name)
    single = dim_of(value)
    if single is not None:
        return (single,) * count
    match value:
        case Sequence(items=tuple() as items) if len(items) == count:
            return tuple(_size(item) for item in items)
        case _:
            return None


def _size(item: Value) -> Dim:
    dim = dim_of(item)
    return unknown_dim() if dim is None else dim


def tuple_of(name: str, count: int, low: int = 1) -> Validate:
    """``standardize_tuple``: an integer or ``count`` integers, none under ``low``."""

    def check(layer: Layer) -> Problem | None:
        value = argument(layer, name)
        expected = f"{count} integers from {low}" if count > 1 else f"an integer from {low}"
        items = value if isinstance(value, tuple) else (value,)
        wrong_count = isinstance(value, tuple) and len(value) != count
        if wrong_count or any(wrong_size(item, low) for item in items):
            return refuse(f"{name} must be {expected}, found {shown(value)}", expected, shown(value))
        return None

    return check


def wrong_size(item: object, low: int) -> bool:
    match item:
        case None | str() | tuple() | float():
            return True
        case int():
            return item < low
        case Dim():
            return least(as_dim(low - 1) - item) >= 0
        case _:
            return False


# Input shapes


def rank_problem(shape: Shape, expected: str) -> Problem:
    found = f"ndim={len(shape)}"
    return Problem(Why.RANK, f"expected {expected}, found {found}: {shape_text(shape)}", expected, found)


def axis_problem(message: str, shape: Shape, expected: str = "", found: str = "") -> Problem:
    return Problem(Why.AXIS, f"{message}: {shape_text(shape)}", expected, found)


def one_input(layer: Layer, given: LayerInput) -> Problem | None:
    """A layer of one input got several."""
    if given.listed and len(given.tensors) != 1:
        count = len(given.tensors)
        return Problem(Why.ARITY, f"expected 1 input, found {count} inputs", "1 input", f"{count} inputs")
    return None


def ndim(rank: int) -> Requires:
    """``InputSpec(ndim=rank)``."""

    def check(layer: Layer, given: LayerInput) -> Problem | None:
        shape = given.shape
        wrong = shape is not None and len(shape) != rank
        return one_input(layer, given) or (rank_problem(shape or (), f"ndim={rank}") if wrong else None)

    return check


def min_ndim(rank: int) -> Requires:
    """``InputSpec(min_ndim=rank)``."""

    def check(layer: Layer, given: LayerInput) -> Problem | None:
        shape = given.shape
        wrong = shape is not None and len(shape) < rank
        return one_input(layer, given) or (rank_problem(shape or (), f"min_ndim={rank}") if wrong else None)

    return check


def one_is_none(left: Dim | None, right: Dim | None) -> bool:
    """Whether one axis is None and the other surely a number; of a size that is not known even that is not sure."""
    known = right if left is None else left
    return (left is None) != (right is None) and known is not None and not known.anonymous


def unit_dim(layer: Layer, name: str) -> Dim:
    """The size an argument gives; one of its own where it is not known."""
    dim = layer.config.dim(name)
    return unknown_dim() if dim is None else dim


def maybe(dim: Dim | None, change: Callable[[Dim], Dim | int]) -> Dim | None:
    """``change`` applied to a size; None stays None."""
    return None if dim is None else as_dim(change(dim))
