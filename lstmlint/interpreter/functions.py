"""The program's own functions and classes: defined, called by running their bodies, run once where never called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import libcst as cst

from lstmlint.interpreter import yielding
from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.fields import fill_fields
from lstmlint.interpreter.join import join_all
from lstmlint.interpreter.machine import DEEPEST_CALLS, DEEPEST_RECURSION, MOST_RECURSIONS, Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.operators import truth
from lstmlint.interpreter.values import (
    Array,
    Class,
    Const,
    Function,
    Library,
    Made,
    Mapped,
    Method,
    Reference,
    Table,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.interpreter.values import Sequence as SequenceValue
from lstmlint.text.source import Span


def make_function(machine: Machine, node: cst.FunctionDef | cst.Lambda, scope: Scope, name: str) -> Function:
    """A function with its defaults evaluated where it is defined."""
    from lstmlint.interpreter.evaluate import evaluate

    parameters = node.params
    everything = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    defaults = {p.name.value: evaluate(machine, p.default, scope) for p in everything if p.default is not None}
    outer = scope.parent if scope.kind == "class" and scope.parent is not None else scope
    return Function(name, node, outer, defaults, machine.span(node))


def define_function(machine: Machine, node: cst.FunctionDef, scope: Scope) -> None:
    name = node.name.value
    static = next((d for d in map(_decorator, node.decorators) if d in _STATIC), "")
    function = replace(make_function(machine, node, scope, name), static=static)
    machine.memory.put(scope.home(name), name, function)


_STATIC = frozenset({"staticmethod", "classmethod", "property", "custom_gradient"})


def _decorator(node: cst.Decorator) -> str:
    match node.decorator:
        case cst.Name(value=name):
            return name
        case cst.Attribute(attr=cst.Name(value="custom_gradient" as name)):
            return name
        case _:
            return ""


def define_class(machine: Machine, node: cst.ClassDef, scope: Scope) -> None:
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.execute import body_of, execute_block

    bases = tuple(evaluate(machine, base.value, scope) for base in node.bases if not base.star)
    inner = Scope("class", scope.path, scope)
    execute_block(machine, body_of(node.body), inner)
    own = Class(node.name.value, bases, inner, machine.span(node), tuple(_annotated(node)))
    if any(isinstance(base, Library) and base.name.startswith("enum.") for base in bases):
        _make_members(inner)
    for name, member in list(inner.names.items()):
        if isinstance(member, Function) and member.owner is None:
            inner.names[name] = replace(member, owner=own)
    machine.memory.put(scope.home(node.name.value), node.name.value, own)


def _annotated(node: cst.ClassDef) -> Iterator[str]:
    """The names that a class body annotates, in order: the fields of a dataclass."""
    for line in node.body.body:
        for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(statement, cst.AnnAssign) and isinstance(statement.target, cst.Name):
                yield statement.target.value


def _make_members(scope: Scope) -> None:
    """The values of an Enum become its members."""
    for name, value in list(scope.names.items()):
        if not isinstance(value, Function):
            scope.names[name] = Reference("enum", {"value": value, "name": Const(name)}, getattr(value, "made", None))


def bind_receiver(function: Function, receiver: Value) -> Function:
    return replace(function, receiver=receiver)


def call_function(
    machine: Machine,
    function: Function,
    positional: Sequence[Value],
    keywords: Mapping[str, Value],
    span: Span,
) -> Value:
    """Run a function's body with these arguments, and join what it returns.

    A call too deep, or a recursion, gives Unknown.
    """
    running = sum(active.node is function.node for active in machine.active)
    machine.recursions += running > 0
    deepest = DEEPEST_RECURSION if machine.recursions <= MOST_RECURSIONS else 0
    if len(machine.stack) > DEEPEST_CALLS or running > deepest:
        return Unknown(f"{function.name} calls itself, or is called too deeply")
    if function.receiver is not None and function.static != "staticmethod":
        positional = (function.receiver, *positional)
    machine.called.add(id(function.node))
    scope = Scope("function", function.scope.path, function.scope)
    _bind_parameters(machine, function, positional, keywords, scope)
    result = _run(machine, function, scope)
    return _value_of(result, tuple(positional), span) if function.static == "custom_gradient" else result


def _value_of(pair: Value, given: tuple[Value, ...], span: Span) -> Value:
    """What a function with a gradient of its own gives: the first of the two that it returns."""
    from lstmlint.interpreter.tensors import operation

    value = pair.items[0] if isinstance(pair, SequenceValue) and pair.items else Unknown("a gradient of its own")
    if not isinstance(value, Tensor):
        return value
    name = "tensorflow.custom_gradient"
    return operation(name, given, value.shape, value.dtype, Made(name, span, given))


def _run(machine: Machine, function: Function, scope: Scope) -> Value:
    from lstmlint.interpreter.evaluate import evaluate
    from lstmlint.interpreter.execute import Flow, body_of, execute_block

    node, module = function.node, function.scope.module
    depth, uneven, guesses = machine.depth, machine.uneven, machine.guesses
    left, machine.left = machine.left, None
    machine.stack.append(scope)
    machine.active.append(function)
    machine.depth = 0
    try:
        with machine.reading(module.parsed or machine.parsed):
            if isinstance(node, cst.Lambda):
                return evaluate(machine, node.body, scope)
            if yielding.yields(node):
                scope.yields = yielding.Yields(len(machine.loops))
            flow = execute_block(machine, body_of(node.body), scope)
    finally:
        machine.stack.pop()
        machine.active.pop()
        machine.depth, machine.uneven, machine.left = depth, uneven, left
    if scope.yields is not None:
        content = _yielded(scope.yields.values, exact=machine.guesses == guesses)
        return yielding.generator(scope.yields, node, content, function.span)
    if flow is Flow.RAISE and not scope.returns:
        return Unknown(f"{function.name} raises")
    return join_all(list(scope.returns), f"{function.name} returns different things") or Const(None)


def _yielded(found: Sequence[Value], exact: bool) -> SequenceValue:
    if exact:
        return SequenceValue("list", tuple(found), Dim(len(found)))
    return SequenceValue("list", None, unknown_dim(), join_all(list(found)))


def _bind_parameters(
    machine: Machine, function: Function, positional: Sequence[Value], keywords: Mapping[str, Value], scope: Scope
) -> None:
    parameters = function.node.params
    plain = [*parameters.posonly_params, *parameters.params]
    names = [p.name.value for p in plain]
    values: dict[str, Value] = dict(function.defaults)
    values.update(zip(names, positional, strict=False))
    known = set(names) | {p.name.value for p in parameters.kwonly_params}
    values.update({name: value for name, value in keywords.items() if name in known})
    for parameter in (*plain, *parameters.kwonly_params):
        name = parameter.name.value
        value = values.get(name)
        scope.names[name] = _nobodys(machine, parameter, function) if value is None else value
    if isinstance(parameters.star_arg, cst.Param):
        rest = tuple(positional[len(names) :])
        more = keywords.get("**")
        known_rest = SequenceValue("tuple", rest, Dim(len(rest)))
        open_rest = SequenceValue("tuple", None, unknown_dim(), join_all([*rest, more]))
        scope.names[parameters.star_arg.name.value] = known_rest if more is None else open_rest
    if parameters.star_kwarg is not None:
        extra = tuple((Const(name), value) for name, value in keywords.items() if name not in known and name != "**")
        scope.names[parameters.star_kwarg.name.value] = machine.new_dict(
            Mapped(extra, "**" in keywords, keywords.get("**"))
        )


def _nobodys(machine: Machine, parameter: cst.Param, function: Function) -> Value:
    """A parameter that no caller gives: what its annotation says of it."""
    made = Made("parameter", function.span)
    unknown = Unknown(f"the parameter {parameter.name.value} of {function.name}", made)
    if parameter.annotation is None:
        return unknown
    match _annotation(machine, parameter.annotation, function.scope):
        case Library(name="pandas.DataFrame"):
            return Table(symbol_dim("rows"), symbol_dim("columns", 1), made=made)
        case Library(name="pandas.Series"):
            return Array((symbol_dim("rows"),), flavour="series", made=made)
        case Library(name="builtins.str"):
            return replace(unknown, text=True)
        case _:
            return unknown


def _annotation(machine: Machine, annotation: cst.Annotation, scope: Scope) -> Value | None:
    """A plain name or attribute; what else stands in annotations is not followed."""
    from lstmlint.interpreter.evaluate import evaluate

    named = isinstance(annotation.annotation, (cst.Name, cst.Attribute))
    return evaluate(machine, annotation.annotation, scope) if named else None


def instantiate(
    machine: Machine, owner: Class, positional: Sequence[Value], keywords: Mapping[str, Value], span: Span
) -> Value:
    """``Owner(...)``: a new object, its ``__init__`` run."""
    from lstmlint.interpreter.attributes import class_member, keras_base

    new = Reference("object", {}, Made(owner.name, span), owner)
    machine.memory.born(new.fields)
    init = class_member(owner, "__init__")
    if isinstance(init, Function):
        call_function(machine, bind_receiver(init, new), positional, keywords, span)
    elif keras_base(owner) is not None:
        from lstmlint.interpreter.calls import call_with

        call_with(machine, Method(new, "__init__"), tuple(positional), span, keywords)
    else:
        fill_fields(machine, owner, new, positional, keywords, span)
    return new


def run_uncalled(machine: Machine, module: Scope) -> None:
    """Functions and methods that nobody called, run once with unknown arguments: a library module is linted as well."""
    values = list(module.names.values())
    bases = {id(base) for value in values if isinstance(value, Class) for base in value.bases}
    for value in sorted(values, key=lambda value: id(value) in bases):
        if isinstance(value, Function) and id(value.node) not in machine.called and value.scope is module:
            with _alone(machine):
                call_function(machine, _guessed(value), (), _anything(value), value.span)
        elif isinstance(value, Class) and value.scope.parent is module:
            _run_methods(machine, value, derived=id(value) in bases)


def _run_methods(machine: Machine, owner: Class, derived: bool) -> None:
    """Where other classes derive from a class, they say what its arguments are: it has no defaults of its own."""
    from lstmlint.interpreter.attributes import left_behind

    methods = [m for m in owner.scope.names.values() if isinstance(m, Function)]
    waiting = [m for m in methods if id(m.node) not in machine.called and m.name != left_behind(machine, owner)]
    if not waiting:
        return
    for method in waiting:
        with _alone(machine):
            new: Any = instantiate(machine, _without_placeholders(owner, derived), (), {}, owner.span)
            if id(method.node) not in machine.called and isinstance(new, Reference):
                _forget_placeholders(machine, owner, new)
                receiver = None if method.static == "staticmethod" else new
                bound = replace(_guessed(method), receiver=receiver)
                call_function(machine, bound, (), _anything(method), method.span)


def _forget_placeholders(machine: Machine, owner: Class, new: Reference) -> None:
    """A field that is None at first is set by a method that comes before the one that is looked at."""
    own = {name: value for name, value in owner.scope.names.items() if not isinstance(value, Function)}
    for name, value in {**own, **new.fields}.items():
        if isinstance(value, Const) and value.value is None:
            machine.memory.put(new.fields, name, Unknown(f"what another method sets `{name}` to"))


@contextmanager
def _alone(machine: Machine) -> Iterator[None]:
    """Take back what is done inside: what one function adds to a model, another need not find there."""
    from lstmlint.interpreter.models import settled

    machine.record.alone.append(machine.order)
    mark, before = machine.memory.mark(), len(machine.record.models)
    try:
        yield
        touched = {fields for fields, _ in machine.memory.changes(mark)}
        models = [m for i, m in enumerate(machine.record.models) if i >= before or id(m.fields) in touched]
        for model, stands in zip(models, settled(machine, models), strict=True):
            machine.finished.setdefault(id(model), []).append(stands)
    finally:
        machine.memory.undo(mark)
        machine.memory.release()


def _guessed(function: Function) -> Function:
    """A function that nobody calls: None, False or 0 as a default stand for something its caller would give."""
    return replace(function, defaults={k: v for k, v in function.defaults.items() if truth(v) is not False})


def _anything(function: Function) -> Mapping[str, Value]:
    """What a caller may give beside the named parameters, as ``**`` of what is not known."""
    if function.node.params.star_kwarg is None and not isinstance(function.node.params.star_arg, cst.Param):
        return {}
    return {"**": Unknown(f"the arguments of {function.name}", Made("parameter", function.span))}


def _without_placeholders(owner: Class, derived: bool) -> Class:
    init = owner.scope.names.get("__init__")
    if not isinstance(init, Function):
        return owner
    free = replace(init, defaults={}) if derived else _guessed(init)
    scope = replace(owner.scope, names={**owner.scope.names, "__init__": free})
    return replace(owner, scope=scope)
