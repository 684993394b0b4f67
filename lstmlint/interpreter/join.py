"""What is left of two values when either may be the case, and of a value that a loop keeps changing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.interpreter.dims import Dim, same, unknown_dim
from lstmlint.interpreter.keys import of_both
from lstmlint.interpreter.memory import MISSING, Changes, Memory
from lstmlint.interpreter.options import either_dim
from lstmlint.interpreter.texts import A_WORD
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Class,
    Const,
    Function,
    Library,
    Made,
    Mapped,
    Reference,
    Sequence,
    Size,
    Table,
    Tensor,
    Unknown,
    Value,
    vocabulary_of,
)
from lstmlint.keras_model.graph import EITHER, Layer, Node, dim_of, finished_node
from lstmlint.keras_model.training import Compile

_KEPT_APART = (Reference, Function, Class, Library, Layer)
#: More possibilities than this are not followed.
MOST_OPTIONS = 4


def join(left: Any, right: Any, why: str = "differs between branches") -> Any:
    """The most that is true of both. Fields that are not values (a model's layers) must agree, or are Unknown."""
    if left is right:
        return left
    match left, right:
        case Const(value=a), Const(value=b) if type(a) is type(b) and a == b:
            return left
        case Const(), Const() if (words := _common_vocabulary(left, right)) is not None:
            return Unknown("a word of several", None, not {type(left.value), type(right.value)} - {str}, words)
        case Const(value=str()), Const(value=str()):
            return Unknown(why, text=True)
        case (Unknown(), _):
            return _one_unknown(left, right)
        case (_, Unknown()):
            return _one_unknown(right, left)
        case Array(), Array():
            return _join_arrays(left, right)
        case Table(), Table():
            return _join_tables(left, right)
        case Sequence(), Sequence():
            return _join_sequences(left, right, why)
        case Mapped(), Mapped():
            return _join_mapped(left, right, why)
        case Reference(kind="list" | "dict" | "set" as kind), Reference(kind=other) if kind == other:
            # Two containers under one name: what is appended later counts for both.
            return Reference(kind, {"content": join(left.fields["content"], right.fields["content"], why)}, left.made)
        case Compile(), Compile():
            return _join_compiles(left, right, why)
        case Tensor(), Tensor():
            return _join_tensors(left, right)
    dims = dim_of(left), dim_of(right)
    if dims[0] is not None and dims[1] is not None:
        return left if same(dims[0], dims[1]) else Size(either_dim(dims[0], dims[1]), left.made)
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return _join_arrays(numbers[0], numbers[1])
    if _options(left) and _options(right):
        return _choice(left, right, why)
    if type(left) is tuple and type(right) is tuple and left == right:
        return left
    return Unknown(why)


def _one_unknown(value: Unknown, other: Any) -> Unknown:
    """A text only where both are, and a word of a vocabulary only where both are."""
    is_text = (isinstance(other, Const) and isinstance(other.value, str)) or (isinstance(other, Unknown) and other.text)
    is_number = dim_of(other) is not None or (isinstance(other, Unknown) and other.number)
    if (value.text and not is_text) or (value.number and not is_number):
        plain = isinstance(other, Unknown) and not other.text and not other.number
        found = other if plain else replace(value, text=False, number=False)
    elif value.why == A_WORD and getattr(other, "why", "") != A_WORD:
        found = replace(value, why="a text")
    else:
        found = value
    words = None if found.vocabulary is None else _common_vocabulary(value, other)
    return found if found.vocabulary is words else replace(found, vocabulary=words)


def _common_vocabulary(left: Value, right: Value) -> Value | None:
    """The vocabulary that both are words of; a missing word and one of small letters may stand in for one."""
    one, other = vocabulary_of(left), vocabulary_of(right)
    if one is other or (other is None and _is_plain(right)):
        return one
    return other if one is None and _is_plain(left) else None


def _is_plain(value: Value) -> bool:
    text = value.value if isinstance(value, Const) else ...
    return text in (None, "") or (isinstance(text, str) and text.isalnum() and text.islower())


def _number(value: Any) -> Array | None:
    """A scalar as an array without axes, so that its bounds survive."""
    match value:
        case Array(shape=()):
            return value
        case Const(value=(bool() | int() | float()) as number) if number == number and abs(number) < 1e300:
            dtype = {bool: "bool", int: "int64"}.get(type(number), "float64")
            return Array((), dtype, (number,), float(number), float(number), made=value.made)
        case _:
            return None


def _options(value: Any) -> tuple[Value, ...]:
    match value:
        case Choice(options=options):
            return options
        case Reference(kind="list" | "dict" | "set"):
            return ()
        case Const(value=None):
            return (value,)
        case _ if isinstance(value, _KEPT_APART):
            return (value,)
        case _:
            return ()


def _choice(left: Any, right: Any, why: str) -> Any:
    options = list(_options(left))
    options += [option for option in _options(right) if not any(option is known for known in options)]
    return Choice(tuple(options)) if len(options) <= MOST_OPTIONS else Unknown(why)


def _join_tensors(left: Tensor, right: Tensor) -> Tensor:
    """Either tensor, with both in the graph behind it; two inputs are an input."""
    shape, dtype = join_shape(left.shape, right.shape), left.dtype if left.dtype == right.dtype else None
    if left.node is None and right.node is None:
        return Tensor(shape, dtype)
    span = next((tensor.made.span for tensor in (left, right) if tensor.made is not None), None)
    return finished_node(Node(EITHER, (left, right), (Tensor(shape, dtype),), span=span)).outputs[0]


def join_shape(left: Any, right: Any) -> Any:
    if left is None or right is None or len(left) != len(right):
        return None
    return tuple(
        a if a == b else (None if a is None or b is None else (a if same(a, b) else unknown_dim()))
        for a, b in zip(left, right, strict=True)
    )


def _join_arrays(left: Array, right: Array) -> Array:
    equal = left.elements is not None and left.elements == right.elements and left.shape == right.shape
    shape = join_shape(left.shape, right.shape)
    # Where the two differ in rank, both ways count for whoever asks where it was lost.
    apart = shape is None and left.shape is not None and right.shape is not None
    made = right.made if left.shape is not None and right.shape is None else left.made
    return Array(
        shape=shape,
        dtype=left.dtype if left.dtype == right.dtype else None,
        elements=left.elements if equal else None,
        low=None if left.low is None or right.low is None else min(left.low, right.low),
        high=None if left.high is None or right.high is None else max(left.high, right.high),
        flavour=left.flavour,
        made=Made("join", made.span, (left, right)) if apart and made is not None else made,
        name=left.name if left.name == right.name else None,
        boxed=left.boxed or right.boxed,
    )


def _join_tables(left: Table, right: Table) -> Table:
    rows = left.rows if same(left.rows, right.rows) else unknown_dim()
    width = left.width if same(left.width, right.width) else unknown_dim()
    columns = left.columns if left.columns == right.columns else None
    dtype = left.dtype if left.dtype == right.dtype else None
    return Table(rows, width, columns, dtype, left.made, boxed=left.boxed | right.boxed)


def _join_sequences(left: Sequence, right: Sequence, why: str) -> Value:
    if left.kind != right.kind:
        return Unknown(why)
    if left.items is not None and right.items is not None and len(left.items) == len(right.items):
        items = tuple(join(a, b, why) for a, b in zip(left.items, right.items, strict=True))
        return Sequence(left.kind, items, left.length, None, left.made)
    length = left.length if same(left.length, right.length) else unknown_dim()
    return Sequence(left.kind, None, length, join_all([element_of(left), element_of(right)]), left.made or right.made)


def _join_mapped(left: Mapped, right: Mapped, why: str) -> Mapped:
    items, both = [], True
    for key, value in left.items:
        other = right.get(key.value)
        if other is None:
            both = False
        else:
            items.append((key, join(value, other, why)))
    both = both and len(left.items) == len(right.items)
    is_open = left.open or right.open or not both
    default = join_all([left.default, right.default])
    if vocabulary_of(default) is not None and not both:
        default = join_all([default, *(value for side in (left, right) for _, value in side.items)])
    length = left.length if left.length is not None and left.length == right.length else None
    words = vocabulary_of(left.key) if both else None
    some = left.key if words is not None and vocabulary_of(right.key) is words else of_both(left, right)
    return Mapped(tuple(items), is_open, default, length, left.made, some)


def _join_compiles(left: Compile, right: Compile, why: str) -> Compile:
    """The later call, of which only that is known in which both agree."""
    names = right.arguments.keys() & left.arguments.keys()
    alike = len(left.losses) == len(right.losses)
    return replace(
        right,
        arguments={name: join(left.arguments[name], right.arguments[name], why) for name in names},
        losses=tuple(a if a == b else None for a, b in zip(left.losses, right.losses, strict=True)) if alike else (),
        from_logits=left.from_logits if left.from_logits == right.from_logits else None,
        optimizer=left.optimizer if left.optimizer == right.optimizer else None,
        metrics=left.metrics if left.metrics == right.metrics else (),
    )


def join_all(values: list[Value | None], why: str = "items differ") -> Value | None:
    """The join of all that are there; None where none is."""
    present = [value for value in values if value is not None]
    if not present:
        return None
    result = present[0]
    for value in present[1:]:
        result = join(result, value, why)
    return result


def element_of(sequence: Sequence) -> Value | None:
    """What every item of a sequence is like; None for an empty one."""
    if sequence.items is None or (sequence.kind == "range" and sequence.element is not None):
        return sequence.element
    return join_all(list(sequence.items))


def merge_branches(memory: Memory, branches: list[Changes], why: str) -> None:
    """Write the join of what several branches changed; the memory stands as it was before all of them."""
    cells = {cell: found for changes in branches for cell, found in changes.items()}
    for cell, (fields, key, before, _) in cells.items():
        after = [changes[cell][3] if cell in changes else before for changes in branches]
        present = [value for value in after if value is not MISSING]
        if not present:
            memory.remove(fields, key)
            continue
        # A name bound in some branches only: a later use would raise on the others, so those that bind it count.
        result = present[0]
        for value in present[1:]:
            result = join(result, value, why)
        memory.put(fields, key, result)


def widen(before: Any, first: Any, second: Any, turns: Dim) -> Any:
    """A value after ``turns`` turns of a loop, from what it was before it, after one turn and after two.

    Sizes that grow by the same amount each turn are exact afterwards; what else differs is unknown.
    """
    if first is MISSING or second is MISSING:
        return Unknown("removed in a loop")
    match before, first, second:
        case (_, Sequence(), Sequence()):
            return _widen_sequence(before, first, second, turns)
        case (_, Array(), Array()):
            return _widen_array(before, first, second, turns)
        case (_, Mapped(), Mapped()):
            return _widen_mapped(first, second)
    dims = dim_of(before), dim_of(first), dim_of(second)
    if dims[1] is not None and dims[2] is not None:
        grown = _grown(dims[0], dims[1], dims[2], turns)
        return first if same(grown, dims[1]) else Size(grown, first.made)
    return join(first, second, "changes from turn to turn of a loop")


def _grown(before: Dim | None, first: Dim, second: Dim, turns: Dim) -> Dim:
    step = second - first
    if step == Dim(0):
        return first
    if before is not None:
        return before + step * turns if same(first - before, step) else unknown_dim()
    return first + step * (turns - 1) if step.known else unknown_dim()


def _widen_sequence(before: Any, first: Sequence, second: Sequence, turns: Dim) -> Value:
    start = before.length if isinstance(before, Sequence) else None
    if same(first.length, second.length):
        return join(first, second, "changes from turn to turn of a loop")
    if start is None or not same(first.length - start, second.length - first.length):
        length = unknown_dim()
    else:
        length = _grown(start, first.length, second.length, turns)
    element = element_of(second) if second.items is None else _of_several(second.items)
    even = start is not None and same(length, start + (first.length - start) * turns)
    return Sequence(first.kind, None, length, element, first.made, _turns(before, first, turns) if even else ())


def _turns(before: Sequence, first: Sequence, turns: Dim) -> tuple[Dim, ...]:
    """In which order loops filled a list, which this one found empty, or filled by so many turns of another round."""
    if before.length == Dim(0):
        inside = first.turns or ((first.length,) if first.length != Dim(1) else ())
        return (turns, *inside)
    added = (turns,) if first.length - before.length == Dim(1) else ()
    if added and before.turns == added:
        return (Dim(2), *added)
    return (before.turns[0] + 1, *added) if added and before.turns[1:] == added else ()


def _of_several(items: tuple[Value, ...]) -> Value | None:
    """The join of a list's items, which remembers all the places they were made at."""
    element, places = join_all(list(items)), {id(item): getattr(item, "made", None) for item in items}
    spans = {made.span for made in places.values() if made is not None}
    if not isinstance(element, Array) or element.made is None or len(spans) < 2:
        return element
    return replace(element, made=Made("join", element.made.span, items[-8:]))


def _widen_array(before: Any, first: Array, second: Array, turns: Dim) -> Array:
    joined = _join_arrays(first, second)
    if first.shape is None or second.shape is None or len(first.shape) != len(second.shape):
        return joined
    start = before.shape if isinstance(before, Array) and before.rank == first.rank else None
    shape = tuple(
        _grown(start[axis] if start else None, a, b, turns)
        for axis, (a, b) in enumerate(zip(first.shape, second.shape, strict=True))
    )
    return Array(shape, joined.dtype, joined.elements, joined.low, joined.high, first.flavour, first.made, joined.name)


def _widen_mapped(first: Mapped, second: Mapped) -> Mapped:
    if len(first.items) == len(second.items) and first.open == second.open:
        return _join_mapped(first, second, "changes from turn to turn of a loop")
    values = [value for _, value in second.items]
    return Mapped((), True, join_all([*values, second.default]), None, first.made, of_both(first, second))
