"""Statements: what they do to names, lists and objects, and which way the program goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

import libcst as cst

from lstmlint.facts import Assigned
from lstmlint.interpreter import loops
from lstmlint.interpreter.assign import assign, delete
from lstmlint.interpreter.calls import call_method
from lstmlint.interpreter.evaluate import evaluate, operate, symbol_of
from lstmlint.interpreter.functions import define_class, define_function
from lstmlint.interpreter.imports import import_from, import_modules
from lstmlint.interpreter.join import merge_branches
from lstmlint.interpreter.machine import MOST, Machine
from lstmlint.interpreter.matching import fits
from lstmlint.interpreter.memory import MISSING, Changes, Scope
from lstmlint.interpreter.narrowing import narrow
from lstmlint.interpreter.operators import truth
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.uncalled import note_uncalled
from lstmlint.interpreter.values import Const, Reference, Unknown, Value
from lstmlint.interpreter.values import Sequence as SequenceValue


class Flow(Enum):
    """Where the program goes after a statement."""

    NEXT = "next"
    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"
    RAISE = "raise"


def execute_block(machine: Machine, body: Iterable[cst.CSTNode], scope: Scope) -> Flow:
    """Run statements in order until one leaves the block."""
    for statement in body:
        flow = execute(machine, statement, scope)
        if flow is not Flow.NEXT:
            return flow
    return Flow.NEXT


def execute(machine: Machine, node: cst.CSTNode, scope: Scope) -> Flow:
    machine.step()
    if isinstance(node, cst.SimpleStatementLine):
        return execute_block(machine, node.body, scope)
    handler = _HANDLERS.get(type(node))
    return handler(machine, node, scope) or Flow.NEXT if handler else Flow.NEXT


def body_of(node: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return node.body


def _expression(machine: Machine, node: cst.Expr, scope: Scope) -> Flow:
    value = evaluate(machine, node.value, scope)
    if isinstance(node.value, cst.Attribute):
        note_uncalled(machine, value, machine.span(node.value))
    return Flow.RAISE if isinstance(value, Unknown) and value.why == "the program ends here" else Flow.NEXT


def _assign(machine: Machine, node: cst.Assign, scope: Scope) -> None:
    value = evaluate(machine, node.value, scope)
    for target in node.targets:
        assign(machine, target.target, value, scope)
        _remember(machine, target.target, value, scope)


def _annotated(machine: Machine, node: cst.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        value = evaluate(machine, node.value, scope)
        assign(machine, node.target, value, scope)
        _remember(machine, node.target, value, scope)


def _remember(machine: Machine, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    name = _written(target)
    if name is not None:
        machine.record.assigned.append(Assigned(name, value, machine.span(target), machine.order))
    elif isinstance(target, (cst.Tuple, cst.List)) and isinstance(value, SequenceValue) and value.items is not None:
        for element, item in zip(target.elements, value.items, strict=False):
            _remember(machine, element.value, item, scope)


def _written(target: cst.CSTNode) -> str | None:
    """``x``, or ``self.x``."""
    match target:
        case cst.Name(value=name):
            return name
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)):
            return f"{owner}.{name}"
    return None


def _augmented(machine: Machine, node: cst.AugAssign, scope: Scope) -> None:
    left, right = evaluate(machine, node.target, scope), evaluate(machine, node.value, scope)
    symbol, made = symbol_of(node.operator), machine.made("arithmetic", node, left, right)
    if symbol == "+" and isinstance(left, Reference) and left.kind == "list":
        if MOST in left.fields:
            call_method(machine, left, "extend", (right,), made.span)
            return
        extended = operate(machine, "+", left, machine.new_list(spread(machine, right)), made)
        if isinstance(extended, Reference):
            machine.memory.put(left.fields, "content", extended.fields["content"])
        return
    assign(machine, node.target, operate(machine, symbol, left, right, made), scope)


def _return(machine: Machine, node: cst.Return, scope: Scope) -> Flow:
    scope.returns.append(Const(None) if node.value is None else evaluate(machine, node.value, scope))
    return Flow.RETURN


def _if(machine: Machine, node: cst.If, scope: Scope) -> Flow:
    test = evaluate(machine, node.test, scope)
    known = truth(machine.freeze(test, 1))
    otherwise = _else_of(node)
    if known is not None:
        return execute_block(machine, body_of(node.body) if known else otherwise, scope)

    def then() -> Flow:
        narrow(machine, node.test, scope)
        return execute_block(machine, body_of(node.body), scope)

    branches = [then, lambda: execute_block(machine, otherwise, scope)]
    return _undecided(machine, branches, f"depends on `{_short(machine, node.test)}`")


def _short(machine: Machine, node: cst.CSTNode) -> str:
    text = " ".join(machine.parsed.text(node).split())
    return text if len(text) <= 40 else text[:39] + "…"


def _else_of(node: cst.If) -> Sequence[cst.CSTNode]:
    match node.orelse:
        case None:
            return ()
        case cst.If():
            return (node.orelse,)
        case other:
            return body_of(other.body)


def _undecided(machine: Machine, branches: list[Callable[[], Flow]], why: str) -> Flow:
    """Run each branch from the same state, and join those that go on."""
    machine.guesses += 1
    outcomes: list[tuple[Flow, Changes]] = []
    with machine.perhaps():
        for branch in branches:
            mark = machine.memory.mark()
            try:
                flow = branch()
                if machine.left is not None:
                    machine.left.note(flow.value)
                outcomes.append((flow, machine.memory.changes(mark, own=False)))
            finally:
                machine.memory.undo(mark, own=False)
                machine.memory.release()
    return _joined(machine, outcomes, why)


def _joined(machine: Machine, outcomes: list[tuple[Flow, Changes]], why: str) -> Flow:
    going_on = [changes for flow, changes in outcomes if flow is Flow.NEXT]
    if any(flow in (Flow.BREAK, Flow.CONTINUE) for flow, _ in outcomes):
        machine.uneven = True
    if not going_on:
        # Where every branch leaves, what the last one did to objects is as good as any other's.
        flow, changes = outcomes[-1]
        replay(machine, changes)
        return flow
    if len(going_on) == 1:
        replay(machine, going_on[0])
    else:
        merge_branches(machine.memory, going_on, why)
    return Flow.NEXT


def replay(machine: Machine, changes: Changes) -> None:
    """Do again what a branch did."""
    for fields, key, _, after in changes.values():
        if after is MISSING:
            machine.memory.remove(fields, key)
        else:
            machine.memory.put(fields, key, after)


def _match(machine: Machine, node: cst.Match, scope: Scope) -> Flow:
    """Cases in order until one surely fits; those that may fit are branches."""
    value, maybe = evaluate(machine, node.subject, scope), list[Callable[[], Flow]]()
    for case in node.cases:
        verdict = _fits(machine, case, value, scope)
        if verdict is False:
            continue
        if verdict is True and not maybe:
            return execute_block(machine, body_of(case.body), scope)
        maybe.append(_case(machine, case, value, scope))
        if verdict is True:
            break
    else:
        maybe.append(lambda: Flow.NEXT)
    return _undecided(machine, maybe, "depends on a match") if len(maybe) > 1 else Flow.NEXT


def _fits(machine: Machine, case: cst.MatchCase, value: Value, scope: Scope) -> bool | None:
    verdict = fits(machine, case.pattern, value, scope)
    if case.guard is None or verdict is False:
        return verdict
    guard = truth(machine.freeze(evaluate(machine, case.guard, scope), 1))
    return False if guard is False else (verdict if guard else None)


def _case(machine: Machine, case: cst.MatchCase, value: Value, scope: Scope) -> Callable[[], Flow]:
    def branch() -> Flow:
        fits(machine, case.pattern, value, scope)
        return execute_block(machine, body_of(case.body), scope)

    return branch


def _try(machine: Machine, node: cst.Try, scope: Scope) -> Flow:
    """The body is taken to succeed; handlers are for what should not happen."""
    machine.guarded += len(node.handlers)
    try:
        flow = execute_block(machine, body_of(node.body), scope)
    finally:
        machine.guarded -= len(node.handlers)
    if flow is Flow.RAISE and node.handlers:
        flow = execute_block(machine, body_of(node.handlers[0].body), scope)
    elif flow is Flow.NEXT and node.orelse is not None:
        flow = execute_block(machine, body_of(node.orelse.body), scope)
    if node.finalbody is not None:
        last = execute_block(machine, body_of(node.finalbody.body), scope)
        flow = flow if last is Flow.NEXT else last
    return flow


def _with(machine: Machine, node: cst.With, scope: Scope) -> Flow:
    for item in node.items:
        value = evaluate(machine, item.item, scope)
        if item.asname is not None:
            assign(machine, item.asname.name, value, scope)
    return execute_block(machine, body_of(node.body), scope)


def _for(machine: Machine, node: cst.For, scope: Scope) -> Flow:
    def body() -> Flow:
        return execute_block(machine, body_of(node.body), scope)

    flow = loops.run_for(machine, node, scope, body)
    if flow is Flow.BREAK:
        return Flow.NEXT
    if flow is Flow.NEXT and node.orelse is not None:
        return execute_block(machine, body_of(node.orelse.body), scope)
    return flow


def _while(machine: Machine, node: cst.While, scope: Scope) -> Flow:
    def body() -> Flow:
        evaluate(machine, node.test, scope)
        return execute_block(machine, body_of(node.body), scope)

    if truth(machine.freeze(evaluate(machine, node.test, scope), 1)) is False:
        return Flow.NEXT
    return loops.run_while(machine, node, scope, body)


def _global(machine: Machine, node: cst.Global, scope: Scope) -> None:
    for item in node.names:
        scope.outer[item.name.value] = scope.module


def _nonlocal(machine: Machine, node: cst.Nonlocal, scope: Scope) -> None:
    for item in node.names:
        outer = scope.parent
        while outer is not None and item.name.value not in outer.names:
            outer = outer.parent
        scope.outer[item.name.value] = outer or scope


def _delete(machine: Machine, node: cst.Del, scope: Scope) -> None:
    delete(machine, node.target, scope)


def _assert(machine: Machine, node: cst.Assert, scope: Scope) -> None:
    evaluate(machine, node.test, scope)


def _raise(machine: Machine, node: cst.Raise, scope: Scope) -> Flow:
    return Flow.RAISE


_HANDLERS: dict[type, Callable[[Machine, Any, Scope], Flow | None]] = {
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Return: _return,
    cst.If: _if,
    cst.Match: _match,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.For: _for,
    cst.While: _while,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.Del: _delete,
    cst.Assert: _assert,
    cst.Raise: _raise,
    cst.Import: import_modules,
    cst.ImportFrom: import_from,
    cst.FunctionDef: define_function,
    cst.ClassDef: define_class,
    cst.Break: lambda machine, node, scope: Flow.BREAK,
    cst.Continue: lambda machine, node, scope: Flow.CONTINUE,
}
