"""Expressions: each kind of LibCST node to the abstract value it has."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import libcst as cst

from lstmlint.interpreter import calls, comprehensions, old_names, subscript, undefined
from lstmlint.interpreter.assign import merged
from lstmlint.interpreter.attributes import read_attribute
from lstmlint.interpreter.comparisons import comparison
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.functions import make_function
from lstmlint.interpreter.imports import lookup_name
from lstmlint.interpreter.join import element_of, join, join_all
from lstmlint.interpreter.machine import DEEPEST_EXPRESSION, Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.operators import binary, truth, unary
from lstmlint.interpreter.special import own_operator
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.tensors import tensor_operator
from lstmlint.interpreter.values import (
    Const,
    Made,
    Mapped,
    Reference,
    Sequence,
    Tensor,
    Unknown,
    Value,
    vocabulary_of,
)

#: Literals with more items keep only what their items are like.
MOST_ITEMS = 4096


def evaluate(machine: Machine, node: cst.CSTNode, scope: Scope) -> Value:
    """The value of an expression; what cannot be followed is Unknown with the reason."""
    machine.step()
    handler = _HANDLERS.get(type(node))
    if handler is None:
        return machine.unknown(f"{type(node).__name__} is not followed", node)
    if machine.depth > DEEPEST_EXPRESSION:
        return Unknown("an expression nested too deeply")
    machine.depth += 1
    try:
        return handler(machine, node, scope)
    finally:
        machine.depth -= 1


def _name(machine: Machine, node: cst.Name, scope: Scope) -> Value:
    value = lookup_name(scope, node.value)
    return machine.unknown(f"the name {node.value} is not known", node) if value is None else value


def _integer(machine: Machine, node: cst.Integer, scope: Scope) -> Value:
    text = node.value
    if len(text) > 80:
        return machine.unknown("an integer too large to follow", node)
    return Const(int(text.replace("_", ""), 0) if not _old_octal(text) else int(text), machine.made("literal", node))


def _old_octal(text: str) -> bool:
    return len(text) > 1 and text[0] == "0" and text.strip("0_") == ""


def _float(machine: Machine, node: cst.Float, scope: Scope) -> Value:
    return Const(float(node.value.replace("_", "")), machine.made("literal", node))


def _imaginary(machine: Machine, node: cst.Imaginary, scope: Scope) -> Value:
    return Const(complex(node.value.replace("_", "")), machine.made("literal", node))


def _string(machine: Machine, node: cst.SimpleString, scope: Scope) -> Value:
    try:
        return Const(ast.literal_eval(node.value), machine.made("literal", node))
    except (ValueError, SyntaxError):
        return machine.unknown("a string that Python refuses", node)


def _concatenated(machine: Machine, node: cst.ConcatenatedString, scope: Scope) -> Value:
    left, right = evaluate(machine, node.left, scope), evaluate(machine, node.right, scope)
    return binary("+", left, right, machine.made("literal", node))


def _formatted(machine: Machine, node: cst.FormattedString, scope: Scope) -> Value:
    words: list[str] | None = []
    values: list[Value] = []
    for part in node.parts:
        text: Any = _plain(part.value) if isinstance(part, cst.FormattedStringText) else None
        if isinstance(part, cst.FormattedStringExpression):
            value = evaluate(machine, part.expression, scope)
            plain = isinstance(value, Const) and part.format_spec is None and part.conversion is None
            text = str(value.value) if plain and isinstance(value, Const) else None
        values.append(Const(text) if text is not None else Unknown("a value in a text"))
        words = None if words is None or text is None else [*words, text]
    if words is None or sum(map(len, words)) > 1000:
        return Unknown("a text put together from values", machine.made("formatted", node, *values), text=True)
    return Const("".join(words), machine.made("literal", node))


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _items(machine: Machine, elements: Any, scope: Scope) -> tuple[list[Value] | None, Dim, Value | None]:
    """The items of a display with its stars spread; when a star is open: the length and what items are like."""
    items: list[Value] = []
    length, others, is_open = Dim(0), [], False
    for element in elements:
        value = evaluate(machine, element.value, scope)
        if not isinstance(element, cst.StarredElement):
            items.append(value)
            length = length + 1
            continue
        inside = spread(machine, value)
        if inside.items is None:
            is_open = True
            others.append(inside.element)
        else:
            items.extend(inside.items)
        length = length + inside.length
    if is_open or len(items) > MOST_ITEMS:
        return None, length, join_all([*items, *others])
    return items, length, None


def _tuple(machine: Machine, node: cst.Tuple, scope: Scope) -> Value:
    items, length, element = _items(machine, node.elements, scope)
    return Sequence("tuple", None if items is None else tuple(items), length, element, machine.made("literal", node))


def _list(machine: Machine, node: cst.List, scope: Scope) -> Value:
    items, length, element = _items(machine, node.elements, scope)
    made = machine.made("literal", node)
    return machine.new_list(Sequence("list", None if items is None else tuple(items), length, element, made))


def _set(machine: Machine, node: cst.Set, scope: Scope) -> Value:
    items, _, element = _items(machine, node.elements, scope)
    content = Sequence(
        "set", None, unknown_dim(), element or join_all(list(items or [])), machine.made("literal", node)
    )
    return Reference("set", {"content": content}, content.made)


def _dict(machine: Machine, node: cst.Dict, scope: Scope) -> Value:
    items: dict[tuple[str, Any], tuple[Const, Value]] = {}
    is_open, default = False, []
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            spread = machine.freeze(evaluate(machine, element.value, scope))
            if isinstance(spread, Mapped):
                items.update({(type(k.value).__name__, k.value): (k, v) for k, v in spread.items})
                is_open = is_open or spread.open
                default.append(spread.default)
            else:
                is_open = True
            continue
        assert isinstance(element, cst.DictElement)
        key, value = evaluate(machine, element.key, scope), evaluate(machine, element.value, scope)
        if isinstance(key, Const):
            items[type(key.value).__name__, key.value] = (key, value)
        else:
            is_open = True
            default.append(value)
    mapped = Mapped(tuple(items.values()), is_open, join_all(default), None, machine.made("literal", node))
    return machine.new_dict(mapped)


_SYMBOLS: dict[type, str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%",
    cst.Power: "**", cst.BitAnd: "&", cst.BitOr: "|", cst.BitXor: "^", cst.LeftShift: "<<", cst.RightShift: ">>",
    cst.MatrixMultiply: "@", cst.Equal: "==", cst.NotEqual: "!=", cst.LessThan: "<", cst.LessThanEqual: "<=",
    cst.GreaterThan: ">", cst.GreaterThanEqual: ">=", cst.Is: "is", cst.IsNot: "is not", cst.In: "in",
    cst.NotIn: "not in", cst.Minus: "-", cst.Plus: "+", cst.Not: "not", cst.BitInvert: "~",
    cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//", cst.ModuloAssign: "%", cst.PowerAssign: "**", cst.BitAndAssign: "&",
    cst.BitOrAssign: "|", cst.BitXorAssign: "^", cst.LeftShiftAssign: "<<", cst.RightShiftAssign: ">>",
    cst.MatrixMultiplyAssign: "@",
}  # fmt: skip


def symbol_of(node: cst.CSTNode) -> str:
    return _SYMBOLS.get(type(node), "?")


def operate(machine: Machine, symbol: str, left: Value, right: Value, made: Made) -> Value:
    """``left <symbol> right`` for every kind of value."""
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return tensor_operator(machine, symbol, left, right, made)
    own = own_operator(machine, symbol, left, right, made.span)
    if own is not None:
        return own
    if symbol == "@":
        return calls.call_library(machine, "numpy.matmul", (left, right), made)
    is_list = isinstance(left, Reference) and left.kind == "list"
    left, right = machine.freeze(left, 1), machine.freeze(right, 1)
    if symbol == "|" and isinstance(left, Mapped) and isinstance(right, Mapped):
        return machine.new_dict(merged(left, right))
    result = binary(symbol, left, right, replace(made, operator=symbol))
    if is_list and isinstance(result, Sequence) and result.kind == "list":
        return machine.new_list(result)
    return result


def _binary(machine: Machine, node: cst.BinaryOperation, scope: Scope) -> Value:
    left, right = evaluate(machine, node.left, scope), evaluate(machine, node.right, scope)
    return operate(machine, symbol_of(node.operator), left, right, machine.made("arithmetic", node, left, right))


def _unary(machine: Machine, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = evaluate(machine, node.expression, scope)
    made = machine.made("arithmetic", node, value)
    if isinstance(value, Tensor):
        return tensor_operator(machine, "-", value, value, made)
    return unary(symbol_of(node.operator), machine.freeze(value, 1), made)


def _boolean(machine: Machine, node: cst.BooleanOperation, scope: Scope) -> Value:
    left = evaluate(machine, node.left, scope)
    known = truth(machine.freeze(left, 1))
    wants_more = isinstance(node.operator, cst.And)
    if known is not None and known is not wants_more:
        return left
    with machine.perhaps(known):
        right = evaluate(machine, node.right, scope)
    return right if known is not None else join(left, right, "a condition that cannot be decided")


def _comparison(machine: Machine, node: cst.Comparison, scope: Scope) -> Value:
    left = evaluate(machine, node.left, scope)
    result: Value = Const(True)
    for target in node.comparisons:
        right, symbol = evaluate(machine, target.comparator, scope), symbol_of(target.operator)
        made = machine.made("comparison", node, left, right)
        if symbol not in ("is", "is not") and (isinstance(left, Tensor) or isinstance(right, Tensor)):
            return tensor_operator(machine, "==", left, right, made)
        _remember_word(machine, symbol, left, right, made)
        result = comparison(symbol, machine.freeze(left, 1), machine.freeze(right, 1), made)
        if truth(result) is not True:
            return result
        left = right
    return result


def _remember_word(machine: Machine, symbol: str, left: Value, right: Value, made: Made) -> None:
    """``word == "<end>"``: which text a word of a vocabulary is compared with."""
    for word, text in ((left, right), (right, left)) if symbol in ("==", "!=") else ():
        decided = isinstance(word, Const) and word.value != getattr(text, "value", None)
        if isinstance(text, Const) and isinstance(text.value, str) and not decided:
            machine.ask(text.value, vocabulary_of(word), made.span, key=False)


def _conditional(machine: Machine, node: cst.IfExp, scope: Scope) -> Value:
    known = truth(machine.freeze(evaluate(machine, node.test, scope), 1))
    if known is not None:
        return evaluate(machine, node.body if known else node.orelse, scope)
    with machine.perhaps():
        return join(evaluate(machine, node.body, scope), evaluate(machine, node.orelse, scope))


def _attribute(machine: Machine, node: cst.Attribute, scope: Scope) -> Value:
    value = evaluate(machine, node.value, scope)
    undefined.look(machine, value, node)
    old_names.look(machine, value, node)
    return read_attribute(machine, value, node.attr.value, machine.span(node))


def _lambda(machine: Machine, node: cst.Lambda, scope: Scope) -> Value:
    return make_function(machine, node, scope, "<lambda>")


def _walrus(machine: Machine, node: cst.NamedExpr, scope: Scope) -> Value:
    value = evaluate(machine, node.value, scope)
    if isinstance(node.target, cst.Name):
        home = scope
        while home.kind == "comprehension" and home.parent is not None:
            home = home.parent
        machine.memory.put(home.home(node.target.value), node.target.value, value)
    return value


def _yield(machine: Machine, node: cst.Yield, scope: Scope) -> Value:
    given = node.value.item if isinstance(node.value, cst.From) else node.value
    value: Value = Const(None) if given is None else evaluate(machine, given, scope)
    found: tuple[Value, ...] = (value,)
    if isinstance(node.value, cst.From):
        content = spread(machine, value)
        machine.guesses += content.items is None
        found = content.items if content.items is not None else (element_of(content) or Unknown("yield from"),)
    if scope.yields is not None:
        scope.yields.add(node, [machine.freeze(one) for one in found], machine.loops)
    return Unknown("what is sent into a generator")


def _await(machine: Machine, node: cst.Await, scope: Scope) -> Value:
    return evaluate(machine, node.expression, scope)


_HANDLERS: dict[type, Callable[[Machine, Any, Scope], Value]] = {
    cst.Name: _name,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Tuple: _tuple,
    cst.List: _list,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.Attribute: _attribute,
    cst.Subscript: subscript.evaluate_subscript,
    cst.Call: calls.evaluate_call,
    cst.Lambda: _lambda,
    cst.NamedExpr: _walrus,
    cst.ListComp: comprehensions.list_comprehension,
    cst.GeneratorExp: comprehensions.generator_expression,
    cst.SetComp: comprehensions.set_comprehension,
    cst.DictComp: comprehensions.dict_comprehension,
    cst.Ellipsis: lambda machine, node, scope: Const(...),
    cst.Yield: _yield,
    cst.Await: _await,
}
