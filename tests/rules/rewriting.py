"""Other ways of writing a program that mean the same: what a rule says must not hang on how it is spelled.

Each way takes the text of a program and gives another text, or None where it does not apply. Marks travel with their
lines. Names are drawn by ``random.Random``, so that no rule can know them.
"""

from __future__ import annotations

import builtins
import random
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import libcst as cst
import libcst.matchers as m

Way = Callable[[str, random.Random], str | None]


def renamed(text: str, dice: random.Random) -> str | None:
    """Every variable, function and class of the program by another name."""
    module = cst.parse_module(text)
    own = _bound(module) - _fixed(module)
    fresh = _fresh(module, dice)
    names = {name: next(fresh) for name in sorted(own)}
    return module.visit(_Renaming(names)).code if names else None


def in_a_function(text: str, dice: random.Random) -> str | None:
    """What the module does stands in a function that is called."""
    module = cst.parse_module(text)
    head, body = _parted(module)
    if not _moves(module, head, body):
        return None
    name = next(_fresh(module, dice))
    block = cst.IndentedBlock(body=body)
    function = cst.FunctionDef(cst.Name(name), cst.Parameters(), block, leading_lines=_BLANK)
    call = cst.parse_statement(f"{name}()")
    return module.with_changes(body=[*head, function, call]).code


def in_a_class(text: str, dice: random.Random) -> str | None:
    """What the module does stands in a method, and its variables are the object's."""
    module = cst.parse_module(text)
    head, body = _parted(module)
    if not _moves(module, head, body):
        return None
    fresh = _fresh(module, dice)
    name, method = next(fresh).title(), next(fresh)
    assigned = _assigned_at_top(body) - _local(module)
    owned = [cast(cst.BaseStatement, one.visit(_Owned(assigned))) for one in body]
    function = cst.FunctionDef(
        cst.Name(method), cst.Parameters([cst.Param(cst.Name("self"))]), cst.IndentedBlock(body=owned)
    )
    made = cst.ClassDef(cst.Name(name), cst.IndentedBlock(body=[function]), leading_lines=_BLANK)
    return module.with_changes(body=[*head, made, cst.parse_statement(f"{name}().{method}()")]).code


def named_numbers(text: str, dice: random.Random) -> str | None:
    """Numbers stand under names at the top."""
    module = cst.parse_module(text)
    fresh = _fresh(module, dice)
    naming = _Naming(lambda: next(fresh).upper())
    changed = module.visit(naming)
    if not naming.names:
        return None
    lines = [cst.parse_statement(f"{name} = {number}") for number, name in naming.names.items()]
    at = _after_imports(changed.body)
    return changed.with_changes(body=[*changed.body[:at], *lines, *changed.body[at:]]).code


def parts_named(text: str, dice: random.Random) -> str | None:
    """A call that is an argument gets a name in the line before."""
    module = cst.parse_module(text)
    changed = module.visit(_Parting(_fresh(module, dice)))
    return changed.code if changed.code != text else None


def added_one_by_one(text: str, _: random.Random) -> str | None:
    """``Sequential([...])`` becomes a row of ``add``; what stood on one line stands on several."""
    module = cst.parse_module(text)
    changed = module.visit(_Adding())
    return changed.code if changed.code != text else None


#: A way of writing by its name.
WAYS: dict[str, Way] = {
    "renamed": renamed,
    "in a function": in_a_function,
    "in a class": in_a_class,
    "named numbers": named_numbers,
    "parts named": parts_named,
    "added one by one": added_one_by_one,
}

#: Ways by which what stood on one line stands on several.
SPLIT_LINES = frozenset({"parts named", "added one by one"})


def rewritten(text: str, name: str, way: str) -> str | None:
    """A program in another way of writing; ``name`` seeds the names that are drawn."""
    return WAYS[way](text, random.Random(f"{way} {name}"))


_BLANK = (cst.EmptyLine(indent=False), cst.EmptyLine(indent=False))
_SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu")


def _fresh(module: cst.Module, dice: random.Random) -> Iterator[str]:
    taken = {name.value for name in _names(module)} | set(dir(builtins))
    while True:
        name = "".join(dice.choice(_SYLLABLES) for _ in range(3))
        if name not in taken:
            taken.add(name)
            yield name


def _names(node: cst.CSTNode) -> Sequence[cst.Name]:
    return cast(Sequence[cst.Name], m.findall(node, m.Name()))


def _read(node: cst.CSTNode) -> set[str]:
    return {name.value for name in _names(node)}


def _bound(node: cst.CSTNode) -> set[str]:
    """Names that are given a value anywhere in it, as variables, functions or classes."""
    targets = m.findall(
        node, m.AssignTarget() | m.AnnAssign() | m.AugAssign() | m.For() | m.CompFor() | m.NamedExpr() | m.AsName()
    )
    found: set[str] = set()
    for target in targets:
        one = target.name if isinstance(target, cst.AsName) else cast(cst.AssignTarget, target).target
        found |= set(_named(one))
    defined = m.findall(node, m.FunctionDef() | m.ClassDef())
    return found | {cast(cst.FunctionDef, one).name.value for one in defined}


def _named(target: cst.CSTNode) -> Iterator[str]:
    match target:
        case cst.Name():
            yield target.value
        case cst.Tuple() | cst.List():
            for element in target.elements:
                yield from _named(element.value)
        case cst.StarredElement():
            yield from _named(target.value)


def _fixed(module: cst.Module) -> set[str]:
    """Names that others know: imports, parameters, keywords, members of classes."""
    imports = m.findall(module, m.Import() | m.ImportFrom())
    found = set().union(*(_read(one) for one in imports)) if imports else set()
    for one in m.findall(module, m.Param() | m.Arg()):
        name = one.name if isinstance(one, cst.Param) else cast(cst.Arg, one).keyword
        found |= {name.value} if name else set()
    for klass in m.findall(module, m.ClassDef()):
        for statement in cast(cst.ClassDef, klass).body.body:
            found |= _bound(statement) if not isinstance(statement, cst.FunctionDef) else {statement.name.value}
    return found | {name for name in _read(module) if name.startswith("__")}


class _Variables(cst.CSTTransformer):
    """Leaves alone what are no variables: attributes and keywords."""

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)


class _Renaming(_Variables):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return updated_node.with_changes(value=self.names.get(original_node.value, original_node.value))


def _is_head(statement: cst.BaseStatement) -> bool:
    """An import, a definition or the module's own words."""
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return True
    if m.matches(statement, m.SimpleStatementLine([m.Expr(m.SimpleString() | m.ConcatenatedString())])):
        return True
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(one, cst.Import | cst.ImportFrom) for one in statement.body
    )


def _parted(module: cst.Module) -> tuple[list[cst.BaseStatement], list[cst.BaseStatement]]:
    statements = cast(Sequence[cst.BaseStatement], module.body)
    return [one for one in statements if _is_head(one)], [one for one in statements if not _is_head(one)]


def _moves(module: cst.Module, head: list[cst.BaseStatement], body: list[cst.BaseStatement]) -> bool:
    """Whether what a module does can stand elsewhere: no definition reads what it binds."""
    bound = set().union(*(_bound(one) for one in body)) if body else set()
    return bool(body) and not any(bound & _read(one) for one in head) and not _declares_global(module)


def _after_imports(body: Sequence[cst.CSTNode]) -> int:
    places = [
        index
        for index, one in enumerate(body, 1)
        if _is_head(cast(cst.BaseStatement, one)) and not isinstance(one, cst.FunctionDef | cst.ClassDef)
    ]
    return max(places, default=0)


def _declares_global(module: cst.Module) -> bool:
    return bool(m.findall(module, m.Global() | m.ImportStar()))


def _assigned_at_top(body: Sequence[cst.BaseStatement]) -> set[str]:
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            found |= set().union(*(_bound(one) for one in statement.body))
    return found


def _local(module: cst.Module) -> set[str]:
    """Names that are a function's, a comprehension's or a loop's own somewhere, or are bound by a walrus."""
    found = {name for one in m.findall(module, m.Param()) for name in _named(cast(cst.Param, one).name)}
    for one in m.findall(module, m.CompFor() | m.For() | m.NamedExpr()):
        found |= set(_named(cast(cst.For, one).target))
    return found


class _Owned(_Variables):
    """``name`` becomes ``self.name``."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if updated_node.value not in self.names:
            return updated_node
        bare = updated_node.with_changes(lpar=(), rpar=())
        return cst.Attribute(cst.Name("self"), bare, lpar=updated_node.lpar, rpar=updated_node.rpar)


class _Numbers(cst.CSTTransformer):
    """Leaves alone what stands in definitions, annotations and formats."""

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> bool:
        return False

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> bool:
        return False


class _Naming(_Numbers):
    def __init__(self, name: Callable[[], str]) -> None:
        self.name = name
        self.names: dict[str, str] = {}

    def leave_Integer(self, original_node: cst.Integer, updated_node: cst.Integer) -> cst.BaseExpression:
        if original_node.value not in self.names:
            self.names[original_node.value] = self.name()
        return cst.Name(self.names[original_node.value])


class _Parting(_Numbers):
    """Of simple statements that are a call or assign one: not what is bound to wait, as in a lambda or a loop."""

    def __init__(self, fresh: Iterator[str]) -> None:
        self.fresh = fresh

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        if len(updated_node.body) != 1 or not isinstance(updated_node.body[0], cst.Expr | cst.Assign):
            return updated_node
        call = updated_node.body[0].value
        if not isinstance(call, cst.Call):
            return updated_node
        before: list[cst.SimpleStatementLine] = []
        arguments = [self._named(argument, before) for argument in call.args]
        if not before:
            return updated_node
        small = updated_node.body[0].with_changes(value=call.with_changes(args=arguments))
        return cst.FlattenSentinel([*before, updated_node.with_changes(body=[small], leading_lines=[])])

    def _named(self, argument: cst.Arg, before: list[cst.SimpleStatementLine]) -> cst.Arg:
        if not isinstance(argument.value, cst.Call) or argument.star:
            return argument
        name = next(self.fresh)
        assign = cst.Assign([cst.AssignTarget(cst.Name(name))], argument.value)
        before.append(cst.SimpleStatementLine([assign]))
        return argument.with_changes(value=cst.Name(name))


class _Adding(cst.CSTTransformer):
    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        made = m.extract(updated_node, _SEQUENTIAL)
        if made is None:
            return updated_node
        target, call, layers = (cast(cst.CSTNode, made[key]) for key in ("target", "call", "layers"))
        empty = updated_node.with_deep_changes(cast(cst.Call, call), args=[])
        elements = [element.value for element in cast(cst.List, layers).elements]
        add = cst.Attribute(cast(cst.Name, target), cst.Name("add"))
        rows = [cst.SimpleStatementLine([cst.Expr(cst.Call(add, [cst.Arg(value)]))]) for value in elements]
        last = rows[-1].with_changes(trailing_whitespace=updated_node.trailing_whitespace)
        return cst.FlattenSentinel([empty.with_changes(trailing_whitespace=cst.TrailingWhitespace()), *rows[:-1], last])


_SEQUENTIAL = m.SimpleStatementLine(
    [
        m.Assign(
            [m.AssignTarget(m.SaveMatchedNode(m.Name(), "target"))],
            m.SaveMatchedNode(
                m.Call(
                    m.Name("Sequential") | m.Attribute(attr=m.Name("Sequential")),
                    [m.Arg(m.SaveMatchedNode(m.List([m.AtLeastN(m.Element(), n=1)]), "layers"))],
                ),
                "call",
            ),
        )
    ]
)
