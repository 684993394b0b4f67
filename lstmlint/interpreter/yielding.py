"""Generators of the program's own: what they yield, and how often at most before they end, if they certainly do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Several
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst
import libcst.matchers as m

from lstmlint.interpreter.dims import Dim, floor_divide, product
from lstmlint.interpreter.values import Array, Made, Mapped, Reference, Sequence, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import Loop
from lstmlint.text.source import Span

#: What may end a loop, or a generator.
_LEAVES = m.OneOf(m.Break(), m.Return(), m.Raise(), m.Call(func=m.Name("next")))
_SMALLER = (cst.LessThan, cst.LessThanEqual)
_LARGER = (cst.GreaterThan, cst.GreaterThanEqual)


@dataclass(slots=True, eq=False)
class Yields:
    """What a generator yields as it is followed. ``around`` are the loops around its call; ``most`` says of each
    yield how often it comes at most, None where that is not known or may be for ever."""

    around: int
    values: list[Value] = field(default_factory=list)
    most: dict[int, Dim | None] = field(default_factory=dict)
    ends: bool = True

    def add(self, node: cst.Yield, found: Several[Value], loops: Several[Loop]) -> None:
        self.values.extend(found)
        inside = loops[self.around :]
        self.ends = self.ends and all(loop.ends for loop in inside) and not isinstance(node.value, cst.From)
        turns = [loop.most for loop in inside]
        known = [one for one in turns if one is not None]
        self.most[id(node)] = product(known) if len(known) == len(turns) else None


def generator(yields: Yields, node: cst.FunctionDef, content: Sequence, span: Span) -> Reference:
    """What calling a generator function gives."""
    most = [one for one in yields.most.values() if one is not None]
    total = sum(most, Dim(0)) if yields.ends and len(most) == len(yields.most) else None
    fields = {
        "content": content,
        "endless": _never_ends(node),
        "ends": yields.ends,
        "most": total,
    }
    return Reference("generator", fields, Made("generator", span))


@lru_cache(maxsize=512)
def _never_ends(node: cst.FunctionDef) -> bool:
    """Whether a generator comes to a ``while True`` that nothing leaves."""
    loops = (one for one in node.body.body if isinstance(one, cst.While))
    return any(_is_true(loop.test) and not m.findall(loop.body, _LEAVES) for loop in loops)


def _is_true(test: cst.BaseExpression) -> bool:
    return isinstance(test, cst.Name | cst.Integer) and test.value in ("True", "1")


@lru_cache(maxsize=512)
def yields(node: cst.FunctionDef) -> bool:
    """Whether a function is a generator: a yield of its own, not of a function inside."""
    waiting: list[cst.CSTNode] = list(node.body.children)
    while waiting:
        found = waiting.pop()
        if isinstance(found, cst.Yield):
            return True
        if not isinstance(found, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            waiting.extend(found.children)
    return False


# --- how often a loop runs at most -----------------------------------------------------------------------------------


def comes_to_an_end(value: Value) -> bool:
    """Whether going over a value certainly ends: what ``itertools.cycle`` gives is a list of unknown length here."""
    match value:
        case Reference(kind="list" | "set" | "dict") | Array() | Table() | Mapped():
            return True
        case Reference(kind="generator", fields=fields):
            return fields.get("ends") is True
        case Sequence(kind=kind, items=items, length=length):
            return kind in ("range", "tuple") or items is not None or not length.anonymous
        case _:
            return False


@dataclass(frozen=True, slots=True)
class CountedUp:
    """``while at < end``, where all that is done to ``at`` in it is to add to it; ``adds`` are the statements that
    surely do, each with the ``range`` of the loop that it stands in."""

    name: str
    end: cst.BaseExpression
    including: bool
    adds: tuple[tuple[cst.BaseExpression, cst.BaseExpression | None], ...]


@lru_cache(maxsize=512)
def counted_up(node: cst.While) -> CountedUp | None:
    end = _end_of(node.test, _SMALLER)
    # A turn that is left early may not count on.
    if end is None or m.findall(node.body, m.Continue()):
        return None
    name, last, including = end
    bound = _bound_in(node.body)
    if name in bound or not _only_added_to(node.body, name):
        return None
    inner = [(step, times) for loop, times in _ranges(node.body, name, last) for step in _added(loop.body, name)]
    adds = (*((step, None) for step in _added(node.body, name)), *inner)
    used = [last, *(part for pair in adds for part in pair if part is not None)]
    return CountedUp(name, last, including, adds) if adds and all(_stays(one, bound | {name}) for one in used) else None


def _end_of(test: cst.CSTNode, signs: tuple[type[cst.BaseCompOp], ...]) -> tuple[str, cst.BaseExpression, bool] | None:
    """Of ``at < end``: the name, the end, and whether that counts as well."""
    match test:
        case cst.Comparison(
            left=cst.Name(value=name), comparisons=[cst.ComparisonTarget(operator=sign, comparator=end)]
        ):
            including = isinstance(sign, cst.LessThanEqual | cst.GreaterThanEqual)
            return (name, end, including) if isinstance(sign, signs) else None
        case _:
            return None


def _bound_in(body: cst.BaseSuite) -> frozenset[str]:
    """The names that a body binds anew, or whose attributes or items it sets."""
    binds = m.findall(body, m.AssignTarget() | m.AnnAssign() | m.For() | m.NamedExpr() | m.AsName() | m.CompFor())
    targets = (getattr(one, "target", None) or getattr(one, "name", None) for one in binds)
    names = (name for target in targets if target is not None for name in m.findall(target, m.Name()))
    return frozenset(one.value for one in names if isinstance(one, cst.Name))


def _only_added_to(body: cst.BaseSuite, name: str) -> bool:
    changes = [one for one in m.findall(body, m.AugAssign(target=m.Name(name))) if isinstance(one, cst.AugAssign)]
    return all(isinstance(one.operator, cst.AddAssign) for one in changes)


def _stays(part: cst.BaseExpression, changing: frozenset[str]) -> bool:
    """Whether an expression has the same value in each turn, and nothing but a length is called for it."""
    calls = m.findall(part, m.Call(func=~m.Name("len")))
    return not calls and not any(m.findall(part, m.Name(name)) for name in changing)


def _added(body: cst.BaseSuite, name: str) -> list[cst.BaseExpression]:
    """What each turn surely adds to a name."""
    lines = (line for line in body.body if isinstance(line, cst.SimpleStatementLine))
    changes = (one for line in lines for one in line.body if isinstance(one, cst.AugAssign))
    return [one.value for one in changes if isinstance(one.target, cst.Name) and one.target.value == name]


def _ranges(body: cst.BaseSuite, name: str, end: cst.BaseExpression) -> Iterator[tuple[cst.For, cst.BaseExpression]]:
    """The loops of a body over ``range(n)`` that nothing but the end of the counting leaves."""
    for one in body.body:
        match one:
            case cst.For(iter=cst.Call(func=cst.Name("range"), args=[cst.Arg(value=times, keyword=None, star="")])):
                others = (line for line in one.body.body if not _at_the_end(line, name, end))
                if not any(m.findall(line, m.Break()) for line in others):
                    yield one, times


def _at_the_end(line: cst.CSTNode, name: str, end: cst.BaseExpression) -> bool:
    """``if at >= end: break``."""
    found = _end_of(line.test, _LARGER) if isinstance(line, cst.If) and line.orelse is None else None
    return found is not None and found[0] == name and _text(found[1]) == _text(end)


def _text(node: cst.BaseExpression) -> str:
    """As written, without spaces and the brackets around it."""
    return cst.Module([]).code_for_node(node.with_changes(lpar=(), rpar=())).replace(" ", "")


def most_turns(node: cst.While, start: Value | None, value_of: Callable[[cst.BaseExpression], Value]) -> Dim | None:
    """How many turns a ``while at < end`` has at most, where it is known by how much each counts on."""
    found, first = counted_up(node), dim_of(start)
    last = dim_of(value_of(found.end)) if found is not None else None
    if found is None or first is None or last is None:
        return None
    step = Dim(0)
    for added, times in found.adds:
        one, many = dim_of(value_of(added)), Dim(1) if times is None else dim_of(value_of(times))
        if one is None or many is None:
            return None
        step += one * many
    span = last - first + int(found.including)
    return floor_divide(span + step - 1, step) if step.value is not None and step.value > 0 else None
