"""Comparison of abstract values: equal, less, the same, in."""

from __future__ import annotations

from lstmlint.interpreter.arithmetic import COMPARE, combined
from lstmlint.interpreter.dims import Comparison, Dim, compare, least
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Table, Unknown, Value
from lstmlint.keras_model.graph import dim_of


def comparison(symbol: str, left: Value, right: Value, made: Made) -> Value:
    """``left <symbol> right``: a constant where it can be told."""
    match symbol:
        case "is" | "is not":
            same_thing = _identical(left, right)
            return Unknown("identity", made) if same_thing is None else Const(same_thing is (symbol == "is"), made)
        case "in" | "not in":
            inside = _contains(right, left)
            return Unknown("membership", made) if inside is None else Const(inside is (symbol == "in"), made)
    if isinstance(left, (Array, Table)) or isinstance(right, (Array, Table)):
        return combined(symbol, left, right, made)
    if _are_members(left, right) and symbol in ("==", "!="):
        return Const((left is right) is (symbol == "=="), made)
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(COMPARE[symbol](left.value, right.value)), made)
        except TypeError:
            return Unknown("a comparison that Python refuses", made)
    dims = dim_of(left), dim_of(right)
    if dims[0] is not None and dims[1] is not None:
        return _compare_sizes(symbol, dims[0], dims[1], made)
    return Unknown("a comparison of values that are not known", made)


def _are_members(*values: Value) -> bool:
    return all(isinstance(value, Reference) and value.kind == "enum" for value in values)


def _compare_sizes(symbol: str, left: Dim, right: Dim, made: Made) -> Value:
    verdict = compare(left, right)
    if symbol in ("==", "!="):
        if verdict is Comparison.UNKNOWN:
            return Unknown("a comparison of sizes", made)
        return Const((verdict is Comparison.EQUAL) is (symbol == "=="), made)
    if symbol in (">", "<="):
        left, right, symbol = right, left, {">": "<", "<=": ">="}[symbol]
    # What is left is left < right, or left >= right.
    if least(right - left) > 0:
        return Const(symbol == "<", made)
    if least(left - right) >= 0:
        return Const(symbol == ">=", made)
    return Unknown("a comparison of sizes", made)


def _identical(left: Value, right: Value) -> bool | None:
    if left is right:
        return True
    if _are_members(left, right):
        return False
    if isinstance(left, Const) and isinstance(right, Const):
        return (
            left.value is right.value if left.value is None or right.value is None else bool(left.value == right.value)
        )
    nones = [value for value in (left, right) if isinstance(value, Const) and value.value is None]
    other = right if nones and nones[0] is left else left
    return False if nones and not isinstance(other, Unknown) and type(other).__name__ != "Choice" else None


def _contains(container: Value, item: Value) -> bool | None:
    if not isinstance(item, Const):
        return None
    match container:
        case Const(value=str() as text) if isinstance(item.value, str):
            return item.value in text
        case Sequence(items=tuple() as items) if all(isinstance(i, Const) for i in items):
            return any(i.value == item.value for i in items if isinstance(i, Const))
        case Mapped(open=False):
            return container.get(item.value) is not None
        case Mapped() if container.get(item.value) is not None:
            return True
        case _:
            return None
