"""What iterating over a value gives: its items where they are known, else what each of them is like."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.library import METHODS
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.texts import A_LETTER, OF_A_LETTER, letters
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Class,
    Const,
    Library,
    Made,
    Mapped,
    Reference,
    Sequence,
    Size,
    Table,
    Unknown,
    Value,
)
from lstmlint.text.source import Span

#: Arrays of at most this many rows, and texts of at most so many letters, are taken apart.
MOST_ROWS = 256
MOST_LETTERS = 1024


def spread(machine: Machine, value: Value, place: Span | None = None) -> Sequence:
    """What iterating over a value, at ``place``, gives."""
    match value:
        case Reference(kind="list" | "set" | "generator"):
            content = value.fields["content"]
            return content if isinstance(content, Sequence) else _anything("a list that is not known")
        case Reference(kind="dict", fields={"content": Mapped() as content}):
            return _keys(content)
        case Sequence():
            return value
        case Mapped():
            return _keys(value)
        case Array():
            return _rows(value)
        case Table(columns=tuple() as columns):
            return Sequence("list", tuple(Const(c) for c in columns), Dim(len(columns)))
        case Const(value=str() as text) if len(text) <= MOST_LETTERS:
            return Sequence("list", tuple(Const(c) for c in text), Dim(len(text)))
        case Reference(kind="Dataset", fields={"element": element} as fields):
            items = _drawn(element, value, place)
            return Sequence("list", None, fields.get("length") or unknown_dim(), items, value.made)
        case Reference(fields={"element": element, "data_kind": _}):
            return Sequence("list", None, unknown_dim(), element, value.made)
        case Reference(kind=kind) if (kind, "__iter__") in METHODS:
            return _by_table(machine, value, place)
        case Reference(kind="file"):
            return Sequence("list", None, symbol_dim("lines"), Unknown("a line of a file", value.made, text=True))
        case Reference(kind="binary_file"):
            return Sequence("list", None, symbol_dim("lines"), Reference("file_bytes", {}, value.made))
        case Reference(kind="object", type=Class(fields=names, bases=(Library(name="typing.NamedTuple"),))):
            items = tuple(value.fields.get(name) or Unknown("a field of a named tuple") for name in names)
            return Sequence("tuple", items, Dim(len(items)))
        case Choice(options=options):
            spreads = [spread(machine, option, place) for option in options]
            return Sequence("list", None, unknown_dim(), join_all([element_of(s) for s in spreads]))
        case Unknown(why=why):
            if value.text and why == A_LETTER and place is not None:
                return Sequence("list", (value,), Dim(1), None, Made(OF_A_LETTER, place, (value,)))
            if value.text:
                return Sequence("list", None, letters(value), Unknown(A_LETTER, value.made, text=True))
            item = Unknown(why if why.startswith("an item of ") else f"an item of {why}", value.made)
            return Sequence("list", None, symbol_dim("?", key=("len", value)), item)
        case _:
            return _anything("an item of something that is not known")


def _drawn(element: Value, dataset: Reference, place: Span | None) -> Value:
    """An element of a dataset whose arrays know the pass that gave them; one array in two places stays one."""
    made = dataset.made
    if made is None:
        return element
    drawn, once = Made("pass", place or made.span, (dataset,)), dict[int, Value]()

    def of(value: Value) -> Value:
        match value:
            case Array():
                return once.setdefault(id(value), replace(value, drawn=drawn))
            case Sequence(items=tuple() as items):
                return replace(value, items=tuple(map(of, items)))
            case Mapped(items=items):
                return replace(value, items=tuple((key, of(item)) for key, item in items))
            case _:
                return value

    return of(element)


def _by_table(machine: Machine, value: Reference, place: Span | None) -> Sequence:
    from lstmlint.interpreter.calls import call_method

    made = value.made
    found = call_method(machine, value, "__iter__", (), place or made.span) if made is not None else None
    return found if isinstance(found, Sequence) else _anything("an item of something that is not known")


def _anything(why: str) -> Sequence:
    return Sequence("list", None, unknown_dim(), Unknown(why))


def _keys(mapped: Mapped) -> Sequence:
    if mapped.open:
        return Sequence("list", None, mapped.length or unknown_dim(), some_key(mapped))
    return Sequence("list", tuple(key for key, _ in mapped.items), Dim(len(mapped.items)))


def some_key(mapped: Mapped) -> Value:
    """What the keys of a dict are like of which not all are known."""
    if mapped.key is None:
        return Unknown("a key of a dict")
    return join_all([*(key for key, _ in mapped.items), mapped.key]) or mapped.key


def _rows(array: Array) -> Sequence:
    made = array.made or Made("index", None, ())  # type: ignore[arg-type]
    if not array.shape:
        item = Unknown("an item of an array of unknown rank", Made("index", made.span, (array,)))
        return Sequence("list", None, unknown_dim(), item)
    count = array.shape[0].value
    step = Made("index", made.span, (array,))
    if array.elements is not None and count is not None and count <= MOST_ROWS:
        return Sequence("list", tuple(index_array(array, (Const(i),), step) for i in range(count)), Dim(count))
    row = index_array(array, (Size(symbol_dim("i")),), step)
    return Sequence("list", None, array.shape[0], row)
