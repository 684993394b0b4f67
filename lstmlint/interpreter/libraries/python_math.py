"""Python's own math, random, copy and itertools."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.dims import Dim, product, unknown_dim
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.library import CONSTANTS, Call, function
from lstmlint.interpreter.operators import from_dim, to_int
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import Array, Const, Mapped, Reference, Sequence, Size, Unknown, Value

for _name in ("pi", "e", "tau", "inf", "nan"):
    CONSTANTS[f"math.{_name}"] = Const(getattr(math, _name))

_REAL = (
    "sqrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh fabs radians degrees "
    "pow hypot atan2 fmod copysign isnan isinf isfinite gcd isqrt"
)
#: More items than this are not written out.
_MOST_ITEMS = 1024


@function(" ".join(f"math.{name}" for name in _REAL.split()), "*args")
def real(call: Call) -> Value:
    """A function of known numbers; what Python refuses, and what is not known, is unknown."""
    numbers = [_number(value) for value in call.items("args") or ()]
    compute: Callable[..., Any] = getattr(math, call.name.rpartition(".")[2])
    if any(number is None or abs(number) > 1e300 for number in numbers):
        return call.unknown("a number")
    try:
        return Const(compute(*numbers), call.made())
    except (ArithmeticError, ValueError, TypeError):
        return call.unknown("a number that Python refuses")


def _number(value: Value) -> int | float | None:
    match value:
        case Const(value=(int() | float()) as number) | Array(shape=(), elements=(int() | float() as number,)):
            return number
        case _:
            return None


@function("math.floor math.trunc", "x")
def floor(call: Call) -> Value:
    number = _number(call["x"])
    if isinstance(number, float):
        cut = math.floor if call.name == "math.floor" else math.trunc
        return (
            Const(cut(number), call.made()) if math.isfinite(number) else call.unknown("a number that Python refuses")
        )
    return to_int(call["x"], call.made(call["x"]))


@function("math.ceil", "x")
def ceil(call: Call) -> Value:
    value, number = call["x"], _number(call["x"])
    if number is not None:
        return Const(math.ceil(number)) if math.isfinite(number) else call.unknown("a number that Python refuses")
    return value if isinstance(value, Size) else Size(unknown_dim(), call.made(value))


@function("math.prod", "iterable, *, start=1")
def prod(call: Call) -> Value:
    from lstmlint.keras_model.graph import dim_of

    items = spread(call.machine, call["iterable"]).items
    dims = [dim_of(item) for item in items or ()]
    if items is None or any(dim is None for dim in dims):
        return call.unknown("a product")
    return from_dim(product(dim for dim in dims if dim is not None), call.made(call["iterable"]))


@function("math.factorial math.comb math.perm math.fsum math.dist", "*args")
def other_number(call: Call) -> Value:
    return call.unknown("a number")


# --- random -----------------------------------------------------------------------------------------------------------


def _drawn(call: Call, kind: str, low: float | None = None, high: float | None = None, *sources: Value) -> Value:
    """A number of Python's as an array without axes, which can have bounds."""
    return Array((), kind, None, low, high, made=call.made(*sources))


@function("random.seed random.setstate", "*args")
def seed(call: Call) -> Value:
    return Const(None)


@function("random.random", "")
def random(call: Call) -> Value:
    return _drawn(call, "float64", 0.0, 1.0)


@function("random.uniform", "a, b")
def uniform(call: Call) -> Value:
    ends = [end for end in (call.number("a"), call.number("b")) if end is not None]
    return _drawn(call, "float64", *((min(ends), max(ends)) if len(ends) == 2 else (None, None)))


@function("random.gauss random.normalvariate random.expovariate random.betavariate random.triangular", "*args")
def other_draw(call: Call) -> Value:
    return _drawn(call, "float64")


@function("random.randint", "a, b")
def randint(call: Call) -> Value:
    """Both ends included, unlike numpy's."""
    return _drawn(call, "int64", call.number("a"), call.number("b"))


@function("random.randrange", "start, stop=None, step=1")
def randrange(call: Call) -> Value:
    stop = call.number("start" if call.is_none("stop") else "stop")
    low = 0.0 if call.is_none("stop") else call.number("start")
    return _drawn(call, "int64", low if call.integer("step") == 1 else None, None if stop is None else stop - 1)


@function("random.choice", "seq")
def choice(call: Call) -> Value:
    found = spread(call.machine, call["seq"])
    return element_of(found) or call.unknown("an item")


@function("random.sample random.choices", "population, k=1, *args, **kwargs")
def sample(call: Call) -> Value:
    found = spread(call.machine, call["population"])
    count = call.dim("k")
    length = unknown_dim() if count is None else count
    return call.machine.new_list(Sequence("list", None, length, element_of(found), call.made(call["population"])))


# --- copy -------------------------------------------------------------------------------------------------------------


@function("copy.copy copy.deepcopy", "x, *args", raw=True)
def copy(call: Call) -> Value:
    value = call["x"]
    match value:
        case Reference(kind="list", fields={"content": Sequence() as content}):
            return call.machine.new_list(content)
        case Reference(kind="dict", fields={"content": Mapped() as content}):
            return call.machine.new_dict(content)
        case Array():
            return replace(value, made=call.made(value))
        case Const() | Size() | Sequence():
            return value
        case Reference(kind="object"):
            return Reference("object", dict(value.fields), call.made(value), value.type)
        case _:
            return Unknown("a copy", call.made(value))


# --- itertools --------------------------------------------------------------------------------------------------------


@function("itertools.chain", "*args")
def chain(call: Call) -> Value:
    return _chained([spread(call.machine, value) for value in call.items("args") or ()])


@function("itertools.chain.from_iterable", "iterable")
def chain_nested(call: Call) -> Value:
    outer = spread(call.machine, call["iterable"])
    if outer.items is not None:
        return _chained([spread(call.machine, item) for item in outer.items])
    inner = spread(call.machine, element_of(outer) or Unknown("an item"))
    return Sequence("list", None, outer.length * inner.length, element_of(inner))


def _chained(parts: list[Sequence]) -> Sequence:
    length = Dim(0)
    for part in parts:
        length = length + part.length
    if all(part.items is not None for part in parts) and length.known and length.constant <= _MOST_ITEMS:
        return Sequence("list", tuple(item for part in parts for item in part.items or ()), length)
    return Sequence("list", None, length, join_all([element_of(part) for part in parts]))


@function("itertools.product", "*args, repeat=1")
def cartesian(call: Call) -> Value:
    parts = [spread(call.machine, value) for value in call.items("args") or ()]
    times = call.integer("repeat")
    parts = parts * times if times is not None and 0 <= times <= 8 else []
    length = product(part.length for part in parts)
    if parts and all(part.items is not None for part in parts) and length.known and length.constant <= _MOST_ITEMS:
        rows = itertools.product(*(part.items or () for part in parts))
        return Sequence("list", tuple(Sequence("tuple", row, Dim(len(row))) for row in rows), length)
    inner = tuple(element_of(part) or Unknown("an item") for part in parts)
    return Sequence("list", None, length if parts else unknown_dim(), Sequence("tuple", inner, Dim(len(inner))))


@function("itertools.repeat", "object, times=None")
def repeat(call: Call) -> Value:
    return Sequence("list", None, call.dim("times") or unknown_dim(), call["object"])


@function("itertools.count itertools.cycle", "*args")
def endless(call: Call) -> Value:
    values = call.items("args") or ()
    element = (
        element_of(spread(call.machine, values[0])) if call.name.endswith("cycle") and values else Size(unknown_dim())
    )
    return Sequence("list", None, unknown_dim(), element)


@function("itertools.islice", "iterable, *args")
def islice(call: Call) -> Value:
    found, given = spread(call.machine, call["iterable"]), call.items("args") or ()
    marks = [mark for mark in map(_number, given) if isinstance(mark, int) and 0 <= mark < 10**9]
    if found.items is not None and marks and len(marks) == len(given) and (len(marks) < 3 or marks[2]):
        items = tuple(itertools.islice(found.items, *marks))
        return Sequence("list", items, Dim(len(items)))
    return Sequence("list", None, unknown_dim(), element_of(found))


@function("itertools.combinations itertools.permutations", "iterable, r=None")
def arrangements(call: Call) -> Value:
    found = spread(call.machine, call["iterable"])
    count = call.integer("r")
    element = element_of(found) or Unknown("an item")
    inner: Value = (
        Sequence("tuple", (element,) * count, Dim(count))
        if count is not None and 0 <= count <= 16
        else Unknown("items")
    )
    return Sequence("list", None, unknown_dim(), inner)
