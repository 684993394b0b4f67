"""Assignment to names, tuples, attributes and items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from lstmlint.interpreter.arrays import may_hold_lists
from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.keys import with_some
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope, frames
from lstmlint.interpreter.pandas_names import FRAME_NAMES
from lstmlint.interpreter.values import (
    Array,
    Class,
    Const,
    Library,
    Made,
    Mapped,
    Reference,
    Scalar,
    Sequence,
    Table,
    Unknown,
    Value,
)
from lstmlint.interpreter.written_columns import renamed
from lstmlint.text.source import Span

#: Of what the program does not define but sets attributes of (``config.units = 8``): the field that holds the thing.
OWNER = ("owner",)


def assign(machine: Machine, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    """Bind a target to a value as Python's ``=`` does."""
    from lstmlint.interpreter.unpacking import unpack

    match target:
        case cst.Name(value=name):
            machine.memory.put(scope.home(name), name, value)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            unpack(machine, elements, value, scope)
        case cst.Attribute():
            _set_attribute(machine, target, value, scope)
        case cst.Subscript():
            _set_item(machine, target, value, scope)
        case cst.StarredElement(value=inner):
            assign(machine, inner, value, scope)


def _set_attribute(machine: Machine, target: cst.Attribute, value: Value, scope: Scope) -> None:
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.old_names import look

    owner, name = evaluate(machine, target.value, scope), target.attr.value
    look(machine, owner, target, value)
    if name == "trainable":
        machine.handle(owner)
    match owner:
        case Reference():
            machine.memory.put(owner.fields, name, value)
        case Class(scope=own):
            machine.memory.put(own.names, name, value)
        case Unknown() | Library() if isinstance(target.value, cst.Name):
            changed = Reference("changed", {OWNER: owner, name: value}, getattr(owner, "made", None))
            assign(machine, target.value, changed, scope)
        case Array() if name == "shape":
            from lstmlint.interpreter.calls import call_method

            assign(machine, target.value, call_method(machine, owner, "reshape", (value,), machine.span(target)), scope)
        case Table() if name == "columns":
            names = machine.freeze(value, 2)
            columns = _column_names(names)
            named = Table(owner.rows, owner.width, columns, owner.dtype, owner.made)
            assign(machine, target.value, renamed(owner, named), scope)
        case Table(columns=columns) if name in columns if columns is not None else name not in FRAME_NAMES:
            # The attribute is a column that is there already.
            filled = replace(_with_column(owner, Const(name), value), width=owner.width)
            assign(machine, target.value, filled, scope)


def _column_names(names: Value) -> tuple[Scalar, ...] | None:
    if isinstance(names, Sequence) and names.items is not None and all(isinstance(i, Const) for i in names.items):
        return tuple(i.value for i in names.items if isinstance(i, Const))
    return None


def _set_item(machine: Machine, target: cst.Subscript, value: Value, scope: Scope) -> None:
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.subscript import keys_of

    owner, keys = evaluate(machine, target.value, scope), keys_of(machine, target, scope)
    match owner:
        case Reference(kind="list", fields={"content": Sequence() as content}):
            machine.memory.put(owner.fields, "content", _with_item(content, keys[0], value))
        case Reference(kind="dict", fields={"content": Mapped() as content}):
            machine.memory.put(owner.fields, "content", with_key(content, keys[0], value))
        case Array():
            forget_contents(machine, owner, value, keys=tuple(keys), place=machine.span(target))
            write_back(machine, owner, Unknown("a column that was written into"))
        case Table():
            changed = _with_column(owner, keys[0] if len(keys) == 1 else None, value)
            assign(machine, target.value, changed, scope)
            rebind(machine, owner, changed)
        case Reference(kind="pandas.loc" | "pandas.iloc", fields={"frame": Table() as frame}):
            name = keys[1] if len(keys) == 2 and owner.kind == "pandas.loc" else None
            if isinstance(name, Const) and frame.columns is not None and name.value not in frame.columns:
                rebind(machine, frame, _with_column(frame, name, value))
            elif frame.filled:
                rebind(machine, frame, replace(frame, filled=()))


def _with_item(content: Sequence, key: Value, value: Value) -> Sequence:
    if content.items is not None and isinstance(key, Const) and isinstance(key.value, int):
        index = key.value
        if -len(content.items) <= index < len(content.items):
            items = list(content.items)
            items[index] = value
            return Sequence(content.kind, tuple(items), content.length, None, content.made)
    return Sequence(content.kind, None, content.length, join_all([element_of(content), value]), content.made)


def with_key(content: Mapped, key: Value, value: Value) -> Mapped:
    """A dict after ``content[key] = value``."""
    if not isinstance(key, Const):
        default, some = join_all([content.default, value]), with_some(content, key)
        return Mapped(content.items, True, default, None, content.made, some)
    kept = [(k, v) for k, v in content.items if not (type(k.value) is type(key.value) and k.value == key.value)]
    if len(kept) > 2000:
        return Mapped((), True, join_all([content.default, value]), None, content.made)
    return Mapped((*kept, (key, value)), content.open, content.default, None, content.made, content.key)


def merged(left: Mapped, right: Mapped) -> Mapped:
    """``left | right``."""
    result = left
    for key, value in right.items:
        result = with_key(result, key, value)
    unseen = right.open and right.default is None
    is_open, default = left.open or right.open, None if unseen else join_all([left.default, right.default])
    return Mapped(result.items, is_open or result.open, default, None, left.made)


#: Of so many columns it is kept what was assigned to them.
MOST_FILLED = 60


def _with_column(table: Table, key: Value | None, value: Value) -> Table:
    """A table after ``table[key] = value``: a name it has not yet is a new column."""
    if isinstance(key, Array) and key.shape == () and key.made is not None and key.made.operation == "columns":
        return table
    name = key.value if isinstance(key, Const) else ...
    boxed = table.boxed | {name} if _holds_lists(value) else table.boxed - {name}
    if not isinstance(key, Const):
        return Table(table.rows, symbol_dim("columns", 1), None, None, table.made, boxed=boxed)
    filled = (
        *(entry for entry in table.filled[-MOST_FILLED:] if entry[0] != key.value),
        (key.value, value, table.made),
    )
    if table.columns is None:
        return Table(table.rows, symbol_dim("columns", 1), None, None, table.made, filled, boxed)
    if key.value in table.columns:
        return replace(table, dtype=None, filled=filled, boxed=boxed)
    rows = _length(value) if table.width == Dim(0) else None
    return Table(rows or table.rows, table.width + 1, (*table.columns, key.value), None, table.made, filled, boxed)


def _holds_lists(value: Value) -> bool:
    """Whether a cell of what is put into a column may be a list."""
    content = value.fields.get("content") if isinstance(value, Reference) and value.kind == "list" else None
    return may_hold_lists(content if isinstance(content, Sequence) else value)


def _length(value: Value) -> Dim | None:
    match value:
        case Array(shape=(rows, *_)) | Sequence(length=rows):
            return rows
        case Reference(kind="list", fields={"content": Sequence(length=rows)}):
            return rows
        case _:
            return None


def write_back(machine: Machine, column: Value, value: Value) -> None:
    """A column was changed in place, and so was the table that it was read from."""
    made = column.made if isinstance(column, Array) else None
    table = made.sources[0] if made is not None and made.operation == "index" and len(made.sources) == 2 else None
    if made is not None and isinstance(table, Table) and isinstance(made.sources[1], Const):
        rebind(machine, table, _with_column(table, made.sources[1], value))


def rebind(machine: Machine, old: Value, new: Value) -> None:
    """A table was changed in place: whatever holds it holds the changed one."""
    for fields in _holders(machine):
        for name, value in list(fields.items()):
            if value is old:
                machine.memory.put(fields, name, new)


def _holders(machine: Machine) -> Iterator[dict[Any, Any]]:
    seen: set[int] = set()
    for frame in machine.stack:
        for scope in frames(frame):
            if id(scope) not in seen:
                seen.add(id(scope))
                yield scope.names
                yield from (
                    v.fields for v in list(scope.names.values()) if isinstance(v, Reference) and v.kind == "object"
                )


def forget_contents(
    machine: Machine,
    array: Array,
    written: Value,
    by: Made | None = None,
    keys: tuple[Value, ...] = (),
    place: Span | None = None,
) -> None:
    """An array was written into: its shape stays, its contents are no longer known, under every name it has.

    ``by`` is the step that changed it, where it was no assignment to ``keys`` at ``place``.
    """
    low = high = None
    if array.low is not None and array.high is not None:
        from lstmlint.interpreter.arrays import from_nested

        new = from_nested(machine.freeze(written))
        if new is not None and new.low is not None and new.high is not None:
            low, high = min(array.low, new.low), max(array.high, new.high)
    made = array.made if by is None else by
    if made is not None and by is None:
        made = Made("filled", made.span, (array, machine.freeze(written), *keys), written=place)
    changed = Array(array.shape, array.dtype, None, low, high, array.flavour, made, array.name)
    for frame in machine.stack:
        for scope in frames(frame):
            for name, value in list(scope.names.items()):
                if value is array:
                    machine.memory.put(scope.names, name, changed)
                elif isinstance(value, Array) and _has_contents(value) and _share_memory(value, array):
                    stale = Array(value.shape, value.dtype, None, None, None, value.flavour, value.made)
                    machine.memory.put(scope.names, name, stale)
                elif isinstance(value, Reference) and value.kind == "object":
                    _forget_in_object(machine, value, array, changed)


def _forget_in_object(machine: Machine, owner: Reference, array: Array, changed: Array) -> None:
    for name, value in list(owner.fields.items()):
        if value is array:
            machine.memory.put(owner.fields, name, changed)


def _has_contents(value: Array) -> bool:
    return value.elements is not None or value.low is not None or value.high is not None


#: What gives another look at the same memory (or may): what is written through one is seen through the other.
_VIEWS = frozenset(
    [
        "index",
        "reshape",
        "ravel",
        "transpose",
        "swapaxes",
        "moveaxis",
        "rollaxis",
        "expand_dims",
        "squeeze",
        "atleast_1d",
        "atleast_2d",
        "atleast_3d",
        "asarray",
        "asanyarray",
        "ascontiguousarray",
        "array",
        "broadcast_to",
        "split",
        "array_split",
        "vsplit",
        "hsplit",
        "dsplit",
        "flip",
        "fliplr",
        "flipud",
        "rot90",
        "view",
        "sliding_window_view",
        "as_strided",
        "diag",
        "values",
        "to_numpy",
    ]
)


def _share_memory(one: Array, other: Array) -> bool:
    return any(base is other for base in _bases(one)) or any(base is one for base in _bases(other))


def _bases(value: Array) -> Iterator[Value]:
    """The arrays that this one may be a view of, near to far."""
    waiting = [value]
    for _ in range(50):
        made = waiting.pop(0).made if waiting else None
        if made is not None and made.operation.rpartition(".")[2] in _VIEWS:
            sources = [source for source in made.sources[:8] if isinstance(source, Array)]
            yield from sources
            waiting.extend(sources)


def delete(machine: Machine, target: cst.CSTNode, scope: Scope) -> None:
    """``del x``; ``del d[k]`` and ``del df['a']`` leave what remains of their content."""
    match target:
        case cst.Name(value=name):
            machine.memory.remove(scope.home(name), name)
        case cst.Tuple(elements=elements):
            for element in elements:
                delete(machine, element.value, scope)
        case cst.Subscript():
            _delete_item(machine, target, scope)


def _delete_item(machine: Machine, target: cst.Subscript, scope: Scope) -> None:
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.subscript import keys_of

    owner, keys = evaluate(machine, target.value, scope), keys_of(machine, target, scope)
    key = keys[0].value if isinstance(keys[0], Const) else None
    match owner:
        case Reference(kind="dict", fields={"content": Mapped() as content}):
            kept = tuple((k, v) for k, v in content.items if k.value != key)
            machine.memory.put(owner.fields, "content", Mapped(kept, content.open or key is None, content.default))
        case Reference(kind="list", fields={"content": Sequence() as content}):
            if content.items is not None and isinstance(key, int) and -len(content.items) <= key < len(content.items):
                left = tuple(item for i, item in enumerate(content.items) if i != key % len(content.items))
                machine.memory.put(owner.fields, "content", Sequence("list", left, Dim(len(left)), None, content.made))
                return
            element = element_of(content)
            shorter = Sequence("list", None, content.length - 1 if key is not None else unknown_dim(), element)
            machine.memory.put(owner.fields, "content", shorter)
        case Table(columns=tuple() as columns) if key in columns:
            rest = tuple(c for c in columns if c != key)
            assign(machine, target.value, Table(owner.rows, owner.width - 1, rest, owner.dtype, owner.made), scope)
        case Table():
            assign(machine, target.value, Table(owner.rows, owner.width - 1, None, owner.dtype, owner.made), scope)
