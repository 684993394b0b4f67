"""Python's functions about functions, classes and conditions: partial, namedtuple, any, filter, setattr."""

from __future__ import annotations

from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.operators import truth
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import Class, Const, Library, Made, Reference, Sequence, Unknown, Value

#: A function is asked about at most this many items of a list.
MOST_ASKED = 256


@function("builtins.any builtins.all", "value")
def decided(call: Call) -> Value:
    """A condition over items: one item can decide it, even where others are not known."""
    found, wanted = spread(call.machine, call["value"]), call.name.endswith("any")
    truths = [truth(item) for item in found.items] if found.items is not None else [None]
    if wanted in truths:
        return Const(wanted)
    return call.unknown("a condition") if None in truths else Const(not wanted)


@function("builtins.filter", "function, value", raw=True)
def kept(call: Call) -> Value:
    found = spread(call.machine, call["value"])
    loose = Sequence("list", None, unknown_dim(), element_of(found))
    if found.items is None or len(found.items) > MOST_ASKED:
        return loose
    tests = [truth(call.machine.freeze(_asked(call, item), 1)) for item in found.items]
    if None in tests:
        return loose
    items = tuple(item for item, test in zip(found.items, tests, strict=True) if test)
    return Sequence("list", items, Dim(len(items)))


def _asked(call: Call, item: Value) -> Value:
    return item if call.is_none("function") else call_with(call.machine, call["function"], (item,), call.site.span)


@function("builtins.setattr", "owner, name, value", raw=True)
def set_attribute(call: Call) -> Value:
    owner, name = call["owner"], call.text("name")
    if name is not None and isinstance(owner, Reference):
        call.machine.memory.put(owner.fields, name, call["value"])
    return Const(None)


@function("functools.partial", "function, *args, **kwargs", raw=True)
def partial(call: Call) -> Value:
    keywords = {name: value for name, value in call.arguments.items() if name not in ("function", "args", "kwargs")}
    fields = {"function": call["function"], "given": call.items("args") or (), "keywords": keywords}
    return Reference("partial", fields, Made("functools.partial", call.site.span))


@function("dataclasses.field", "*, default=None, default_factory=None, **kwargs", raw=True)
def dataclass_field(call: Call) -> Value:
    """The default of a dataclass's field; what makes one for each of its objects waits until there is one."""
    if not call.is_none("default_factory"):
        return Reference("factory", {"function": call["default_factory"]}, Made("dataclasses.field", call.site.span))
    return call["default"] if call.site.keyword("default") is not None else call.unknown("a field without a default")


@method("partial", "__call__", "*args, **kwargs", raw=True)
def call_partial(call: Call) -> Value:
    fields = call.receiver.fields
    more = {name: value for name, value in call.arguments.items() if name not in ("args", "kwargs")}
    positional = (*fields["given"], *(call.items("args") or ()))
    return call_with(call.machine, fields["function"], positional, call.site.span, {**fields["keywords"], **more})


@function("functools.wraps functools.lru_cache functools.cache", "*args, **kwargs")
def decorator(call: Call) -> Value:
    return Unknown("a decorator")


@function("collections.namedtuple", "name, fields, **kwargs")
def named_tuple(call: Call) -> Value:
    names = _field_names(call)
    if names is None:
        return call.unknown("a named tuple whose fields are not known")
    scope = Scope("class", call.site.span.path)
    return Class(call.text("name") or "tuple", (Library("typing.NamedTuple"),), scope, call.site.span, names)


def _field_names(call: Call) -> tuple[str, ...] | None:
    text = call.text("fields")
    if text is not None:
        return tuple(text.replace(",", " ").split())
    items = call.items("fields")
    names = tuple(item.value for item in items or () if isinstance(item, Const) and isinstance(item.value, str))
    return names if items is not None and len(names) == len(items) else None
