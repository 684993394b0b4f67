"""The least and the greatest number that an array certainly holds: bounds that are met, and not only kept."""

from __future__ import annotations

import math

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.named_numbers import names_are_numbered
from lstmlint.interpreter.options import options_of
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Slice, Table, Value
from lstmlint.interpreter.written_columns import meets_its_bounds
from lstmlint.questions.kept import KEEPS, RANGED, kept_from
from lstmlint.questions.provenance import ancestors

Ends = tuple[float, float]

#: How an array can come to be, so that its bounds are reached and not only kept.
_DRAWS = ("numpy.random", "numpy.random.RandomState", "numpy.random.Generator")
TIGHT = frozenset(
    {
        *("literal", "index", "attribute", "numpy.arange", "numpy.linspace", "numpy.repeat", "numpy.tile"),
        *("Array.astype", "Array.flatten", "Array.ravel", "Array.reshape", "numpy.reshape", "numpy.expand_dims"),
        *(f"{owner}.{name}" for owner in _DRAWS for name in ("rand", "random", "random_sample", "uniform", "randint")),
        "numpy.random.Generator.integers",
    }
)
#: What draws from what it is given.
_CHOICES = frozenset(f"{owner}.choice" for owner in _DRAWS)
#: From this many values on, drawn ones come near their bounds.
_MANY = 20
#: From this many for each whole number on, the greatest is among them: of 5 numbers, 40 miss one once in 7,500 times.
_EACH = 8
_NORMAL = frozenset(f"{owner}.{name}" for owner in _DRAWS for name in ("normal", "randn", "standard_normal"))
_WAVES = frozenset({"numpy.sin", "numpy.cos"})
_JOINS = frozenset(f"numpy.{name}" for name in ("stack", "hstack", "vstack", "column_stack", "concatenate", "dstack"))
_LEAVES_ROWS_OUT = frozenset({"index", "Table.dropna", "Table.reset_index", "Table.copy", "Table.iloc"})
#: How far a wave comes for certain that is met at some places of a whole turn.
_CREST = 0.9
#: What is put on values leaves them where they are, by and large, if it is less by this factor.
_OUTWEIGHS = 2
_DEEPEST = 24


def certain_bounds(array: Array) -> tuple[float, float] | None:
    """The least and greatest value that an array certainly holds, or comes near to; None where that is not known."""
    if array.elements is not None:
        numbers = [float(value) for value in array.elements if isinstance(value, int | float) and value == value]
        return (min(numbers), max(numbers)) if numbers else None
    if array.low is None or array.high is None or not array.shape:
        return reached(array)
    if (
        any(made.operation.startswith(RANGED) for made in kept_from(array))
        or names_are_numbered(array)
        or meets_its_bounds(array)
    ):
        return array.low, array.high
    return (array.low, array.high) if _are_enough(array) and _is_tight(array) else reached(array)


def _are_enough(array: Array) -> bool:
    """Whether the bounds are among drawn numbers between them, in all likelihood."""
    if array.low is None or array.high is None or not array.shape:
        return False
    whole = (array.dtype or "").startswith(("int", "uint"))
    needed = _EACH * (array.high - array.low + 1) if whole else _MANY
    return array.shape[0].known and array.shape[0].constant >= needed


def _is_tight(array: Array) -> bool:
    """Made by drawing or counting, then changed by numbers only."""
    for value in ancestors(array):
        made: Made | None = getattr(value, "made", None)
        if made is None or not isinstance(value, Array):
            continue
        arrays = [source for source in made.sources if isinstance(source, Array)]
        if made.operation in _CHOICES and _is_even(made):
            continue
        if made.operation not in TIGHT and not (made.operation == "arithmetic" and len(arrays) == 1):
            return False
        if made.sources and isinstance(made.sources[0], Table) and not _tight_column(made):
            return False
    return True


def _is_even(made: Made) -> bool:
    """Whether one of a few different things is drawn, each as likely as the next."""
    drawn_from = from_nested(made.sources[0], None) if len(made.sources) == 1 else None
    elements = drawn_from.elements if drawn_from is not None else None
    return elements is not None and len(set(elements)) == len(elements)


def _tight_column(made: Made) -> bool:
    """The same of a column that the program put into this very table: one made of it may hold other numbers."""
    table, name = made.sources[0], getattr(made.sources[-1], "value", None)
    given = table.given_to(name) if isinstance(table, Table) else None
    return isinstance(given, Array) and _is_tight(given)


def reached(value: Value | None, deepest: int = _DEEPEST) -> Ends | None:
    """What an array's numbers certainly come to, on both sides; None where that is not known.

    Branches are taken to be there because each is taken at some time, and drawn numbers to spread as they are said to.
    """
    if isinstance(value, Sequence):
        return _of_items(value, deepest)
    if isinstance(value, Const):
        number = _number(value)
        return None if number is None else (number, number)
    if isinstance(value, Size):
        numbers = options_of(value.dim)
        return (float(min(numbers)), float(max(numbers))) if numbers else None
    made: Made | None = getattr(value, "made", None)
    if not isinstance(value, Array) or made is None or not deepest:
        return None
    if value.elements is not None:
        return certain_bounds(value) if value.elements else None
    return _by_operation(value, made, deepest - 1)


def _by_operation(value: Array, made: Made, deepest: int) -> Ends | None:
    operation, sources = made.operation, made.sources
    if (operation in TIGHT and not sources) or (operation in _CHOICES and _is_even(made)):
        return (value.low, value.high) if _are_enough(value) else None  # type: ignore[return-value]
    if operation == "index":
        return _part(value, made, deepest)
    if operation == "comparison":
        return (0.0, 1.0) if value.shape else None
    if operation == "numpy.sign":
        return -1.0, 1.0
    if operation == "numpy.where":
        chosen = [reached(one, deepest) for one in sources[1:] if isinstance(one, Const)]
        return _union(chosen) if len(chosen) == 2 else None
    if operation == "filled":
        return reached(sources[1], deepest) if isinstance(sources[1], Array) and _are_many(sources[1]) else None
    if operation in _NORMAL:
        return _of_a_normal(value, made)
    if operation in _WAVES:
        given = sources[0] if sources else None
        turns = isinstance(given, Array) and given.low is not None and given.high is not None
        whole = turns and given.high - given.low >= 2 * math.pi  # type: ignore[union-attr, operator]
        return (-_CREST, _CREST) if whole and _are_many(value) else None
    if operation == "arithmetic" and len(sources) == 2:
        return _of_two(made, deepest)
    if operation == "numpy.roll":
        return reached(sources[0], deepest)
    if operation in _JOINS:
        return _union([reached(one, deepest) for one in sources])
    return reached(sources[0], deepest) if sources and operation in KEEPS else None


def _part(value: Array, made: Made, deepest: int) -> Ends | None:
    """A part of the rows, which are mixed; one column of several is another thing."""
    whole, *keys = made.sources
    if isinstance(whole, Table):
        name = keys[0].value if len(keys) == 1 and isinstance(keys[0], Const) else None
        return reached(_given(whole, name), deepest) if isinstance(name, str) else None
    if not isinstance(whole, Array) or len(keys) != 1 or whole.rank != value.rank or not _are_many(value):
        return None
    return reached(whole, deepest) if whole.elements is None else None


def _given(table: Table, name: str) -> Value | None:
    """What the program put into a column, if since then rows were only left out."""
    for _ in range(_DEEPEST):
        found, made = table.given_to(name), table.made
        if found is not None or made is None or not made.sources or made.operation not in _LEAVES_ROWS_OUT:
            return found
        before = made.sources[0]
        if not isinstance(before, Table) or not all(isinstance(key, Slice) for key in made.sources[1:]):
            return None
        table = before
    return None


def _are_many(array: Array) -> bool:
    """Whether there are enough of them; of how many rows nobody knows, there are."""
    return bool(array.shape) and all(map(_many, (array.shape or ())[:1]))


def _many(size: Dim) -> bool:
    return size.value is None or size.value >= _MANY


def _of_items(sequence: Sequence, deepest: int) -> Ends | None:
    if sequence.items is None:
        whole = _gathered_from(sequence)
        return reached(sequence.element if whole is None else whole, deepest - 1) if deepest else None
    once = {id(item): item for item in sequence.items}
    return _union([reached(item, deepest - 1) for item in once.values()]) if deepest and len(once) <= _MANY else None


def _gathered_from(sequence: Sequence) -> Array | None:
    """The array whose rows, or pieces of rows, a loop put in a list."""
    made: Made | None = getattr(sequence.element, "made", None)
    if made is None or made.operation != "index" or len(made.sources) != 2 or not _many(sequence.length):
        return None
    whole, key = made.sources
    moves = (isinstance(key, Size) and not key.dim.known) or isinstance(key, Slice)
    return whole if isinstance(whole, Array) and whole.elements is None and moves else None


def _of_a_normal(value: Array, made: Made) -> Ends | None:
    """One standard deviation on both sides, of numbers enough."""
    centre, spread = (_number(one) for one in made.sources) if len(made.sources) == 2 else (0.0, 1.0)
    known = value.shape and math.prod(dim.value or 1 for dim in value.shape) >= _MANY
    return (centre - spread, centre + spread) if known and centre is not None and spread is not None else None


def _of_two(made: Made, deepest: int) -> Ends | None:
    """An array and a number; or one with noise on it, which is for it somewhere, and against it elsewhere."""
    left, right = made.sources
    if isinstance(left, Const) or isinstance(right, Const):
        given, number = (right, left) if isinstance(left, Const) else (left, right)
        ends, by = reached(given, deepest), _number(number)
        return None if ends is None or by is None else _mapped(ends, by, made.operator, isinstance(left, Const))
    noise = _noise(right)
    ends = reached(left, deepest) if noise is not None and made.operator in ("+", "-") else None
    return ends if ends is not None and noise is not None and ends[1] - ends[0] >= _OUTWEIGHS * 2 * noise else None


def _noise(value: Value) -> float | None:
    """The spread of drawn numbers around zero, also where they are small by a factor."""
    ends = reached(value)
    drawn = any(getattr(getattr(one, "made", None), "operation", "") in _NORMAL for one in ancestors(value))
    return ends[1] if ends is not None and drawn and ends[0] == -ends[1] else None


def _mapped(ends: Ends, by: float, operator: str, turned: bool) -> Ends | None:
    match operator:
        case "+":
            found = (ends[0] + by, ends[1] + by)
        case "-" if turned:
            found = (by - ends[0], by - ends[1])
        case "-":
            found = (ends[0] - by, ends[1] - by)
        case "*":
            found = (ends[0] * by, ends[1] * by)
        case "/" if by and not turned:
            found = (ends[0] / by, ends[1] / by)
        case _:
            return None
    return min(found), max(found)


def _union(found: list[Ends | None]) -> Ends | None:
    """What some of several arrays come to, in all."""
    known = [ends for ends in found if ends is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def _number(value: Value) -> float | None:
    number = value.value if isinstance(value, Const) else None
    return float(number) if isinstance(number, int | float) and abs(number) < 1e300 else None
