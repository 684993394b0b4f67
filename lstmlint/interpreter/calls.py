"""Calls: arguments evaluated, then whatever is called, by what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import libcst as cst

from lstmlint.interpreter.assign import OWNER, rebind
from lstmlint.interpreter.dims import unknown_dim
from lstmlint.interpreter.functions import call_function, instantiate
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.kinds import kinds_of
from lstmlint.interpreter.library import FUNCTIONS, METHODS, Call, Entry
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.projects import library_roots
from lstmlint.interpreter.recording import record_call
from lstmlint.interpreter.unseen_resets import may_reset, somebody_resets
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Class,
    Const,
    Function,
    Library,
    Made,
    Mapped,
    Method,
    Reference,
    Sequence,
    Unknown,
    Value,
)
from lstmlint.interpreter.variables import hand_on
from lstmlint.keras_model.graph import Layer
from lstmlint.signatures import Bound, bind
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Position, Span


@dataclass(frozen=True, slots=True, eq=False)
class Arguments:
    """Evaluated arguments. A ``**`` of unknown content stands under the keyword ``**``."""

    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]
    site: CallSite


#: The name of a call that gives arrays to what is not known.
UNSEEN = "unknown"


def evaluate_call(machine: Machine, node: cst.Call, scope: Scope) -> Value:
    """The value of a call expression."""
    from lstmlint.interpreter.evaluate import evaluate

    callee = evaluate(machine, node.func, scope)
    arguments = _arguments(machine, node, scope)
    if isinstance(callee, Unknown) and isinstance(node.func, cst.Attribute):
        name = node.func.attr.value
        somebody_resets(machine, name, arguments.site)
        if name in _OF_ARRAYS:
            callee = Method(Array(None, made=callee.made), name, machine.span(node.func))
    return call_value(machine, callee, arguments)


#: Whatever has these methods is an array, and what they give has as many axes as is asked for.
_OF_ARRAYS = frozenset({"reshape", "flatten", "ravel"})


def _arguments(machine: Machine, node: cst.Call, scope: Scope) -> Arguments:
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.spreading import spread

    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    for argument in node.args:
        value = evaluate(machine, argument.value, scope)
        if argument.star == "*":
            content = spread(machine, value, machine.span(argument))
            if content.items is None:
                item = content.element
                keywords["**"] = Unknown("arguments that are not known", getattr(item, "made", None))
            positional.extend(content.items if content.items is not None else [element_of(content) or Unknown("*")])
        elif argument.star == "**":
            _spread_keywords(machine, value, keywords)
        elif argument.keyword is not None:
            keywords[argument.keyword.value] = value
        else:
            positional.append(value)
    return Arguments(tuple(positional), keywords, machine.parsed.call_site(node))


def _spread_keywords(machine: Machine, value: Value, keywords: dict[str, Value]) -> None:
    content = machine.freeze(value, 1)
    if not isinstance(content, Mapped):
        keywords["**"] = Unknown("keywords that are not known")
        return
    keywords.update({key.value: item for key, item in content.items if isinstance(key.value, str)})
    if content.open:
        keywords["**"] = content.default or Unknown("keywords that are not known")


def super_of(machine: Machine) -> Value:
    """``super()``: the object of the running method, seen from the class that defines it."""
    running = machine.active[-1] if machine.active else None
    if running is None or running.receiver is None:
        return Unknown("super() outside a method")
    return Reference("super", {"object": running.receiver, "owner": running.owner})


def call_value(machine: Machine, callee: Value, arguments: Arguments) -> Value:
    """Call whatever a value is."""
    site = arguments.site
    match callee:
        case Library(name=name, written=written):
            return _call_named(machine, name, written, arguments)
        case Function():
            return call_function(machine, callee, arguments.positional, arguments.keywords, site.span)
        case Class():
            return instantiate(machine, callee, arguments.positional, arguments.keywords, site.span)
        case Method(receiver=receiver, name=name):
            return _call_method(machine, receiver, name, arguments)
        case Layer():
            return _call_method(machine, callee, "__call__", arguments)
        case Reference(kind="object"):
            return _call_object(machine, callee, arguments)
        case Reference(kind="changed"):
            return call_value(machine, callee.fields[OWNER], arguments)
        case Reference():
            return _call_method(machine, callee, "__call__", arguments)
        case Choice(options=options):
            results = [call_value(machine, option, arguments) for option in options if not isinstance(option, Const)]
            return join_all(list(results)) or Unknown("a call of None")
        case Unknown(why=why):
            _escape(machine, arguments)
            may_reset(machine, site, _sources(arguments))
            result = Unknown(why, Made("unknown", site.span, (callee, *_sources(arguments))))
            if any(isinstance(value, Array) for value in _sources(arguments)):
                values = {f"argument {i + 1}": value for i, value in enumerate(_sources(arguments))}
                record_call(machine, UNSEEN, site.callee_text, site, values, result, None, {})
            return result
        case _:
            return Unknown("a call of something that cannot be called", Made("unknown", site.span))


def _sources(arguments: Arguments) -> tuple[Value, ...]:
    return (*arguments.positional, *arguments.keywords.values())


def _escape(machine: Machine, arguments: Arguments) -> None:
    """Lists and models given to what is not known may have been changed by it."""
    from lstmlint.interpreter.models import join_graph

    hand_on(machine, *_sources(arguments))
    for value in _sources(arguments):
        join_graph(machine, value)
        if isinstance(value, Reference) and value.kind == "list":
            content = value.fields.get("content")
            if isinstance(content, Sequence):
                loose = Sequence("list", None, unknown_dim(), element_of(content), content.made)
                machine.memory.put(value.fields, "content", loose)


def _call_object(machine: Machine, owner: Reference, arguments: Arguments) -> Value:
    from lstmlint.interpreter import own_dunder_call
    from lstmlint.interpreter.attributes import class_member, keras_base, read_attribute

    own = class_member(owner.type, "__call__")
    base = keras_base(owner.type)
    if own is None and base in ("Model", "OwnLayer"):
        return _call_method(machine, owner, "__call__", arguments)
    if base == "OwnLayer":
        own_dunder_call.look(machine, owner, own, arguments.positional)
    return call_value(machine, read_attribute(machine, owner, "__call__", arguments.site.span), arguments)


def _call_named(machine: Machine, name: str, written: str, arguments: Arguments) -> Value:
    entry = FUNCTIONS.get(name)
    if entry is None and name.startswith("keras.layers."):
        entry = FUNCTIONS["keras.layers"]
    if entry is not None:
        return _apply(machine, entry, name, written, None, arguments)
    from lstmlint.interpreter.models import join_graph

    hand_on(machine, *_sources(arguments))
    if "." in name and name.split(".")[0] not in library_roots():
        may_reset(machine, arguments.site, _sources(arguments))
    for value in _sources(arguments):
        join_graph(machine, value)
    positional = tuple(machine.freeze(value) for value in arguments.positional)
    keywords = {key: machine.freeze(value) for key, value in arguments.keywords.items()}
    result = Unknown(f"{name} is not followed", Made(name, arguments.site.span, (*positional, *keywords.values())))
    values = {**{f"argument {i + 1}": v for i, v in enumerate(positional)}, **keywords}
    record_call(machine, name, written, arguments.site, values, result, None, {})
    return result


def _call_method(machine: Machine, receiver: Value, name: str, arguments: Arguments) -> Value:
    if isinstance(receiver, Choice):
        options = [option for option in receiver.options if not isinstance(option, Const)]
        results = [call_value(machine, _method_of(machine, option, name, arguments), arguments) for option in options]
        return join_all(list(results)) or Unknown("a method of None")
    for kind in receiver_kinds(receiver):
        entry = METHODS.get((kind, name))
        if entry is not None:
            return _apply(machine, entry, f"{kind}.{name}", name, receiver, arguments)
    hand_on(machine, receiver, *_sources(arguments))
    positional = tuple(machine.freeze(value) for value in arguments.positional)
    kind = next(iter(receiver_kinds(receiver)), "object")
    result = Unknown(
        f"{kind}.{name} is not followed", Made(f"{kind}.{name}", arguments.site.span, (receiver, *positional))
    )
    values = {**{f"argument {i + 1}": v for i, v in enumerate(positional)}, **arguments.keywords}
    record_call(machine, f"{kind}.{name}", name, arguments.site, values, result, receiver, {})
    return result


def _method_of(machine: Machine, option: Value, name: str, arguments: Arguments) -> Value:
    from lstmlint.interpreter.attributes import read_attribute

    return read_attribute(machine, option, name, arguments.site.span)


def receiver_kinds(receiver: Value) -> tuple[str, ...]:
    """The kinds whose methods a receiver has; an object of a user's Keras class has Keras's."""
    if isinstance(receiver, Reference) and receiver.kind == "object":
        from lstmlint.interpreter.attributes import keras_base

        base = keras_base(receiver.type)
        return () if base is None else (base,)
    return kinds_of(receiver)


def _apply(
    machine: Machine, entry: Entry, name: str, written: str, receiver: Value | None, arguments: Arguments
) -> Value:
    freeze = (lambda value: value) if entry.raw else machine.freeze
    positional = tuple(freeze(value) for value in arguments.positional)
    keywords = {key: freeze(value) for key, value in arguments.keywords.items()}
    bound = _bound(entry, positional, keywords)
    held = _held(machine, entry, receiver)
    result = entry.behave(Call(machine, name, arguments.site, bound.values, bound.given, held))
    record_call(machine, name, written, arguments.site, bound.values, result, receiver, bound.unexpected)
    return result


def _bound(entry: Entry, positional: tuple[Value, ...], keywords: dict[str, Value]) -> Bound:
    """The arguments by name; behind a ``**`` of unknown content no default is sure."""
    more = keywords.get("**") if entry.signature.keywords is not None else keywords.pop("**", None)
    bound = bind(entry.signature, positional, keywords)
    if more is None:
        return bound
    unsure = {p.name: more for p in entry.signature.parameters if p.name not in bound.given}
    return replace(bound, values={**bound.values, **unsure})


def _held(machine: Machine, entry: Entry, receiver: Value | None) -> Value | None:
    """What a method works on; one that changes a list or dict needs it as a reference, which its holders have too."""
    match receiver:
        case Reference(kind="list" | "dict" | "set") if not entry.raw:
            return machine.freeze(receiver, 2)
        case Sequence() | Mapped() if entry.raw:
            kind = "dict" if isinstance(receiver, Mapped) else receiver.kind
            held = Reference(kind, {"content": receiver}, receiver.made)
            rebind(machine, receiver, held)
            return held
        case _:
            return receiver


# --- calls made by the interpreter itself


def _silent_site(span: Span | None, name: str) -> CallSite:
    here = span or Span("", Position(1, 1), Position(1, 1))
    return CallSite(here, here, name, name, (), here.end)


def call_library(machine: Machine, name: str, positional: tuple[Value, ...], made: Made) -> Value:
    """Call a library function by name, without writing it down as the program's."""
    entry = FUNCTIONS.get(name)
    if entry is None:
        return Unknown(f"{name} is not followed", made)
    bound = bind(entry.signature, tuple(machine.freeze(value) for value in positional), {})
    return entry.behave(Call(machine, name, _silent_site(made.span, name), bound.values, bound.given))


def call_method(machine: Machine, receiver: Value, name: str, positional: tuple[Value, ...], span: Span) -> Value:
    """Call a library method, without writing it down as the program's."""
    for kind in receiver_kinds(receiver):
        entry = METHODS.get((kind, name))
        if entry is not None:
            bound = bind(entry.signature, tuple(machine.freeze(value) for value in positional), {})
            site = _silent_site(span, f"{kind}.{name}")
            held = _held(machine, entry, receiver) if entry.raw else receiver
            return entry.behave(Call(machine, f"{kind}.{name}", site, bound.values, bound.given, held))
    return Unknown(f"{name} is not followed", Made(name, span, (receiver,)))


def call_with(
    machine: Machine,
    callee: Value,
    positional: tuple[Value, ...],
    span: Span,
    keywords: Mapping[str, Value] | None = None,
) -> Value:
    """Call a value of the program's from a library function: the function of ``map`` or ``Lambda``."""
    return call_value(machine, callee, Arguments(positional, keywords or {}, _silent_site(span, "call")))
