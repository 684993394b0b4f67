"""Methods of dicts."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.join import join_all
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.spreading import some_key, spread
from lstmlint.interpreter.values import Const, Mapped, Sequence, Size, Unknown, Value, vocabulary_of

#: Values that are looked through for what they have in common.
_MOST_JOINED = 64


@method("dict", "get", "key, default=None")
def get(call: Call) -> Value:
    content, key = call.receiver, call["key"]
    if isinstance(content, Mapped) and isinstance(key, Const):
        found = content.get(key.value)
        if found is not None:
            return found
        if not content.open:
            return call["default"]
    return _any_value(content, call["default"]) or call.unknown("a value of a dict")


def _any_value(content: Value, default: Value) -> Value | None:
    """What every value of a dict is like, and what is given where the key is missing; None where that is not known."""
    if (
        not isinstance(content, Mapped)
        or len(content.items) > _MOST_JOINED
        or (content.open and content.default is None)
    ):
        return None
    others = () if content.default is None else (content.default,)
    return join_all([*(value for _, value in content.items), *others, default])


@method("dict", "items", "")
def items(call: Call) -> Value:
    content = call.receiver
    pairs = tuple(Sequence("tuple", (key, value), Dim(2)) for key, value in content.items)
    if not content.open:
        return Sequence("list", pairs, Dim(len(pairs)), None, call.made(content))
    default = join_all([*(value for _, value in content.items), content.default]) or Unknown("a value of a dict")
    pair = Sequence("tuple", (some_key(content), default), Dim(2))
    return Sequence("list", None, content.length or unknown_dim(), pair, call.made(content))


@method("dict", "keys", "")
def keys(call: Call) -> Value:
    return replace(spread(call.machine, call.receiver), made=call.made(call.receiver))


@method("dict", "values", "")
def values(call: Call) -> Value:
    content = call.receiver
    if not content.open:
        return Sequence("list", tuple(value for _, value in content.items), Dim(len(content.items)))
    default = join_all([*(value for _, value in content.items), content.default]) or Unknown("a value of a dict")
    return Sequence("list", None, content.length or unknown_dim(), default)


@method("dict", "update", "other=(), **kwargs", raw=True)
def update(call: Call) -> Value:
    from lstmlint.interpreter.assign import with_key

    reference = call.receiver
    content = reference.fields["content"]
    other = call.machine.freeze(call["other"], 1)
    if isinstance(other, Mapped):
        for key, value in other.items:
            content = with_key(content, key, value)
    if not isinstance(other, Mapped) or other.open:
        default = content.default if vocabulary_of(content.default) is None else None
        content = Mapped(content.items, True, default, None, content.made)
    for name, value in call.arguments.items():
        if name not in ("other", "kwargs"):
            content = with_key(content, Const(name), value)
    call.machine.memory.put(reference.fields, "content", content)
    return Const(None)


@method("dict", "setdefault", "key, default=None", raw=True)
def setdefault(call: Call) -> Value:
    """The value under a key, put there first where it is missing; under a key that is not known, any of the values."""
    content, key = call.receiver.fields["content"], call["key"]
    found = content.get(key.value) if isinstance(key, Const) else None
    if found is not None:
        return found
    if isinstance(key, Const) and not content.open:
        added = Mapped((*content.items, (key, call["default"])))
        call.machine.memory.put(call.receiver.fields, "content", added)
        return call["default"]
    value = _any_value(content, call["default"]) or call.unknown("a value of a dict")
    call.machine.memory.put(call.receiver.fields, "content", Mapped((), True, value))
    return value


@method("dict", "pop", "key, default=None", raw=True)
def take(call: Call) -> Value:
    content, key = call.receiver.fields["content"], call["key"]
    found = content.get(key.value) if isinstance(key, Const) else None
    if isinstance(key, Const):
        kept = tuple((k, v) for k, v in content.items if k.value != key.value)
        call.machine.memory.put(call.receiver.fields, "content", Mapped(kept, content.open, content.default))
    return found if found is not None else (call["default"] if not content.open else call.unknown("a value of a dict"))


@method("dict", "copy", "")
def copy_dict(call: Call) -> Value:
    return call.machine.new_dict(call.receiver)


@method("dict", "most_common", "n=None")
def most_common(call: Call) -> Value:
    """Of a Counter: pairs of an item and how often it occurs."""
    made = call.made(call.receiver)
    pair = Sequence("tuple", (Unknown("a key of a dict", made), Size(unknown_dim(), made)), Dim(2), None, made)
    return call.machine.new_list(Sequence("list", None, unknown_dim(), pair, made))
