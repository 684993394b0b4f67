"""``value[keys]`` for every kind of value."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from lstmlint.facts import KeyMissed
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.keys import keys_are, kind_of_key
from lstmlint.interpreter.library import METHODS
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.slices import slice_length
from lstmlint.interpreter.special import call_special, has_own
from lstmlint.interpreter.values import (
    Array,
    Const,
    Made,
    Mapped,
    Reference,
    Sequence,
    Size,
    Slice,
    Table,
    Tensor,
    Unknown,
    Value,
    constants,
    keys_in,
    vocabulary_of,
)
from lstmlint.keras_model.graph import dim_of


def keys_of(machine: Machine, node: cst.Subscript, scope: Scope) -> tuple[Value, ...]:
    """The indices between the brackets: one for each axis where written with commas or as a tuple."""
    from lstmlint.interpreter.evaluate import evaluate

    keys: list[Value] = []
    for element in node.slice:
        match element.slice:
            case cst.Index(value=value):
                keys.append(machine.freeze(evaluate(machine, value, scope), 2))
            case cst.Slice(lower=lower, upper=upper, step=step):
                parts = [Const(None) if p is None else evaluate(machine, p, scope) for p in (lower, upper, step)]
                keys.append(Slice(*parts))
    return keys_in(keys[0]) if len(keys) == 1 else tuple(keys)


def evaluate_subscript(machine: Machine, node: cst.Subscript, scope: Scope) -> Value:
    from lstmlint.interpreter.evaluate import evaluate

    value = evaluate(machine, node.value, scope)
    keys = keys_of(machine, node, scope)
    _remember_key(machine, value, keys, node)
    _note_missed(machine, value, keys, node)
    return subscript(machine, value, keys, machine.made("index", node, value, *keys))


def _remember_key(machine: Machine, value: Value, keys: tuple[Value, ...], node: cst.Subscript) -> None:
    """``ids["<start>"]``, where the keys are words of a vocabulary and this one was not put there by the program."""
    match keys:
        case (Const(value=str() as key),):
            makes_its_own = isinstance(value, Reference) and "factory" in value.fields
            content = None if makes_its_own else machine.freeze(value, 0)
            some = _missing_key(content, key) if isinstance(content, Mapped) else None
            machine.ask(key, vocabulary_of(some), machine.span(node), key=True)


def _note_missed(machine: Machine, value: Value, keys: tuple[Value, ...], node: cst.Subscript) -> None:
    """``words[7]``, where every key of the dict is a text."""
    own = isinstance(value, Reference) and value.kind == "dict" and "factory" not in value.fields
    content = value.fields["content"] if isinstance(value, Reference) and own else value
    kind = kind_of_key(keys[0]) if len(keys) == 1 else None
    if kind is None or machine.conditional or machine.guarded or not isinstance(content, Mapped):
        return
    found = keys_are(content)
    if found is not None and found is not kind:
        owner, key = (" ".join(machine.parsed.text(part).split()) for part in (node.value, node.slice[0]))
        machine.record.missed.append(KeyMissed(owner, key, found, content, keys[0], machine.span(node)))


def _missing_key(content: Mapped, key: str) -> Value | None:
    """What the keys of a dict are like, among which this one is not known to be."""
    first = content.items[0][0] if content.items else None
    return None if content.get(key) is not None else content.key if content.open else first


def subscript(machine: Machine, value: Value, keys: tuple[Value, ...], made: Made) -> Value:
    """``value[keys]``."""
    if not keys and not isinstance(value, Array):
        return Unknown("an empty index", made)
    match value:
        case Array(flavour="dataset"):
            return Unknown("an item of a dataset", made)
        case Array():
            return index_array(value, keys, made)
        case Reference(kind="list", fields={"content": content}):
            found = subscript(machine, content, keys, made)
            is_slice = isinstance(keys[0], Slice) and isinstance(found, Sequence)
            return machine.new_list(found) if is_slice and isinstance(found, Sequence) else found
        case Reference(kind="dict", fields={"content": Mapped() as content, "factory": _}):
            return _from_default(machine, value, content, keys[0], made)
        case Reference(kind="dict", fields={"content": Mapped() as content}):
            return _from_mapped(content, keys[0], made)
        case Mapped():
            return _from_mapped(value, keys[0], made)
        case Sequence():
            return _from_sequence(value, keys[0], made)
        case Const(value=str() as text):
            return _from_text(text, keys[0], made)
        case Reference(kind="object") if has_own(value, "__getitem__"):
            return call_special(machine, value, "__getitem__", (_key(keys),), made.span) or Const(None)
        case Unknown(why=why):
            return Unknown(why, made, value.text)
    return _by_table(machine, value, keys, made)


def _by_table(machine: Machine, value: Value, keys: tuple[Value, ...], made: Made) -> Value:
    """Tables, tensors and library objects index as their ``__getitem__`` in the library table says."""
    from lstmlint.interpreter.calls import call_method
    from lstmlint.interpreter.kinds import kind_of

    if (kind_of(value), "__getitem__") not in METHODS and not isinstance(value, (Reference, Tensor, Table)):
        return Unknown("an index into something that is not known", made)
    return call_method(machine, value, "__getitem__", (_key(keys),), made.span)


def _key(keys: tuple[Value, ...]) -> Value:
    return keys[0] if len(keys) == 1 else Sequence("tuple", keys, Dim(len(keys)))


def _from_mapped(content: Mapped, key: Value, made: Made) -> Value:
    if isinstance(key, Const):
        found = content.get(key.value)
        if found is not None:
            return replace(found, made=made) if _numbered(found) else found
        if not content.open:
            return Unknown(f"the key {key.value!r} is not in the dict", made)
        return content.default if content.default is not None else Unknown("a value of a dict", made)
    values = [*(value for _, value in content.items), *([content.default] if content.default is not None else [])]
    numbers = constants(values)
    if numbers and all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        return Array((), "int64", None, float(min(numbers)), float(max(numbers)), made=made)
    found = join_all(list(values)) or Unknown("a value of a dict", made)
    return replace(found, made=made) if _numbered(found) or isinstance(found, Size) else _taken(found, made)


def _taken(found: Value, made: Made) -> Value:
    """What is one of several, which one is not known, comes from them."""
    return replace(found, made=made) if isinstance(found, Size | Unknown) and found.made is None else found


def _numbered(value: Value) -> bool:
    """A number that remembers how it was counted: what is looked up remembers the dict, which holds that."""
    return isinstance(value, Size | Const) and value.made is not None and value.made.operation == "builtins.enumerate"


def _from_default(machine: Machine, owner: Reference, content: Mapped, key: Value, made: Made) -> Value:
    """A ``defaultdict`` makes what it is asked for; under a key that is not known it may change any of its values."""
    from lstmlint.interpreter.assign import with_key
    from lstmlint.interpreter.calls import call_with

    if not isinstance(key, Const):
        machine.memory.put(owner.fields, "content", Mapped((), True, None, None, content.made))
        return Unknown("a value of a dict", made)
    found = content.get(key.value)
    if found is None and not content.open:
        found = call_with(machine, owner.fields["factory"], (), made.span)
        machine.memory.put(owner.fields, "content", with_key(content, key, found))
    return found if found is not None else Unknown("a value of a dict", made)


def _from_sequence(content: Sequence, key: Value, made: Made) -> Value:
    if isinstance(key, Slice):
        return _part(content, key, made)
    index = dim_of(key)
    if index is None:
        return _taken(element_of(content) or Unknown("an item of a list"), made)
    if content.items is not None and index.value is not None:
        position = index.value
        if -len(content.items) <= position < len(content.items):
            return content.items[position]
        return Unknown(f"index {position} of a list with {len(content.items)} items", made)
    element = element_of(content) or Unknown("an item of an empty list", made)
    return told_apart(element, made) if index.value is not None else _taken(element, made)


def told_apart(part: Value, made: Made) -> Value:
    """The first word of a line is another text than the second."""
    return replace(part, made=made) if isinstance(part, Unknown) and part.text else part


def _part(content: Sequence, key: Slice, made: Made) -> Sequence:
    bounds = [None if isinstance(k, Const) and k.value is None else dim_of(k) for k in (key.start, key.stop, key.step)]
    given = [not (isinstance(k, Const) and k.value is None) for k in (key.start, key.stop, key.step)]
    known = all(not g or (b is not None and b.known) for g, b in zip(given, bounds, strict=True))
    kind = "list" if content.kind in ("range", "list") else content.kind
    if content.items is not None and known:
        marks = [None if b is None else b.constant for b in bounds]
        if marks[2] != 0:
            items = content.items[slice(*marks)]
            return Sequence(kind, items, Dim(len(items)), None, made)
    if any(g and b is None for g, b in zip(given, bounds, strict=True)):
        return Sequence(kind, None, unknown_dim(), element_of(content), made)
    return Sequence(kind, None, slice_length(content.length, key), element_of(content), made)


def _from_text(text: str, key: Value, made: Made) -> Value:
    match key:
        case Const(value=int() as index) if -len(text) <= index < len(text):
            return Const(text[index], made)
        case Slice(start=Const(value=start), stop=Const(value=stop), step=Const(value=step)) if step != 0 and all(
            bound is None or isinstance(bound, int) for bound in (start, stop, step)
        ):
            return Const(text[start:stop:step], made)
        case _:
            return Unknown("a part of a text", made, text=True)
