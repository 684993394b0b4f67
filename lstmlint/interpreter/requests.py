"""Arguments of numpy's functions as they are asked for: arrays, shapes, axes, element types."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.interpreter.arrays import cast, from_nested, refused
from lstmlint.interpreter.dims import Dim, as_dim, symbol_dim, unknown_dim
from lstmlint.interpreter.dtypes import dtype_of, is_float
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Tensor, Unknown, Value
from lstmlint.keras_model.graph import dim_of


def array_of(value: Value | None, made: Made | None = None) -> Array:
    """A value as ``np.asarray`` takes it; an array of unknown rank where it cannot be told."""
    if isinstance(value, Const) and value.value is None:
        return Array((), "object", made=made)
    found = None if value is None else from_nested(value, made)
    return Array(None, made=made) if found is None else found


def argument(call: Call, name: str) -> Array:
    """An array argument; a list's or table's history is the value's own."""
    value = call.arguments.get(name)
    return value if isinstance(value, Array) else array_of(value, getattr(value, "made", None))


def given(call: Call, name: str) -> bool:
    return name in call.arguments and not call.is_none(name)


@dataclass(frozen=True, slots=True)
class Dtype:
    """``dtype=`` of a call: ``asked`` whether one is given, ``name`` None where it is not known which."""

    asked: bool
    name: str | None

    def of(self, default: str | None) -> str | None:
        return self.name if self.asked else default


def dtype(call: Call, name: str = "dtype") -> Dtype:
    return Dtype(given(call, name), dtype_of(call.arguments.get(name)))


def cast_as_asked(array: Array, asked: Dtype) -> Array:
    """An array converted to the type that a call asks for."""
    if not asked.asked:
        return array
    if asked.name is None:
        return Array(array.shape, None, flavour=array.flavour, made=array.made)
    return cast(array, asked.name)


def shape_of_value(value: Value | None) -> tuple[Dim, ...] | Unknown | None:
    """A shape: an integer for one axis, or a list; items that are not known give sizes that are not known."""
    match value:
        case None | Unknown():
            return None
        case Sequence(items=tuple() as items):
            dims = [one_dim(item) for item in items]
            return next((d for d in dims if isinstance(d, Unknown)), None) or tuple(
                d for d in dims if isinstance(d, Dim)
            )
        case Array(shape=(count,), elements=tuple() as elements) if count.known:
            return tuple(as_dim(e) if isinstance(e, int) else unknown_dim() for e in elements)
        case Const() | Size() | Array(shape=()):
            dim = one_dim(value)
            return dim if isinstance(dim, Unknown) else (dim,)
        case _:
            return None


def one_dim(value: Value) -> Dim | Unknown:
    """One size of a shape; Unknown where numpy certainly refuses it."""
    dim = dim_of(value)
    if dim is not None:
        return as_dim(dim.constant) if dim.known else dim
    match value:
        case Const(value=bool() as flag):
            return Dim(int(flag))
        case Const(value=content):
            return refused(f"{content!r} is no size")
        case Array(shape=(), dtype=kind) if is_float(kind):
            return refused("a float is no size")
        case Array(shape=(), low=float() as low, high=float() as high) if 0 <= low <= high < 1e9:
            return symbol_dim("?", int(low), high=Dim(int(high)))
        case _:
            return unknown_dim()


def axis_in(axis: int, rank: int) -> int | None:
    """An axis counted from the front; None where the array has no such axis."""
    return axis % rank if -rank <= axis < rank else None


def axes_of(value: Value | None, rank: int, *, lenient: bool = False) -> tuple[int, ...] | Unknown | None:
    """The axes that an ``axis=`` argument names, from the front; None where not known, Unknown where refused.

    ``lenient`` functions let a number pass as an array of one axis.
    """
    match value:
        case Sequence(items=tuple() as items):
            numbers = [dim_of(item) for item in items]
        case _:
            numbers = [dim_of(value)]
    if any(number is None or not number.known for number in numbers):
        return None
    if lenient and not rank and numbers in ([Dim(0)], [Dim(-1)]):
        return ()
    axes = [axis_in(number.constant, rank) for number in numbers if number is not None]
    if any(axis is None for axis in axes):
        return refused(f"an axis out of range for {rank} axes")
    found = tuple(axis for axis in axes if axis is not None)
    return found if len(set(found)) == len(found) else refused("an axis named twice")


def symbolic(*values: Value) -> bool:
    """Whether a Keras tensor is among the arguments, which numpy cannot take."""
    return any(isinstance(value, Tensor) for value in values)
