"""What an array says of itself, and conversions: shape, size, astype, tolist."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import refused, shape_text, total
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.dtypes import dtype_of, is_float, is_integer
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.requests import argument, array_of, cast_as_asked, dtype
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Unknown, Value


def shape_value(array: Array) -> Value:
    """``x.shape`` as a tuple of integers."""
    if array.shape is None:
        made = None if array.made is None else Made("shape", array.made.span, (array,))
        return Unknown("the shape of an array of unknown rank", made)
    return Sequence("tuple", tuple(from_dim(dim) for dim in array.shape), Dim(len(array.shape)))


@attribute("Array", "shape")
def shape(machine: Machine, value: Array) -> Value:
    return shape_value(value)


@attribute("Array", "size")
def size(machine: Machine, value: Array) -> Value:
    count = total(value)
    return from_dim(unknown_dim() if count is None else count)


@attribute("Array", "ndim")
def ndim(machine: Machine, value: Array) -> Value:
    return Unknown("the rank of an array", value.made) if value.shape is None else Const(len(value.shape))


@attribute("Array", "dtype")
def read_dtype(machine: Machine, value: Array) -> Value:
    known = value.dtype is not None and value.dtype != "str"
    return Const(value.dtype) if known else Unknown("the type of an array", value.made)


@attribute("Array", "itemsize nbytes strides base data flags ctypes")
def opaque(machine: Machine, value: Array) -> Value:
    return Unknown("how an array lies in memory", value.made)


@attribute("Array", "real imag")
def real(machine: Machine, value: Array) -> Value:
    kind = {"complex128": "float64", "complex64": "float32"}.get(value.dtype or "")
    return Array(value.shape, kind, flavour=value.flavour, made=value.made)


@function("numpy.shape", "a")
def shape_function(call: Call) -> Value:
    return shape_value(argument(call, "a"))


@function("numpy.size", "a, axis=None")
def size_function(call: Call) -> Value:
    array, axis = argument(call, "a"), call.integer("axis")
    if call.is_none("axis"):
        return size(call.machine, array)
    known = array.shape is not None and axis is not None and -len(array.shape) <= axis < len(array.shape)
    return from_dim(array.shape[axis]) if known else call.unknown("a size")  # type: ignore[index]


@function("numpy.ndim", "a")
def ndim_function(call: Call) -> Value:
    return ndim(call.machine, argument(call, "a"))


@method("Array", "astype", "dtype, order='K', casting='unsafe', subok=True, copy=True")
def astype(call: Call) -> Value:
    asked = replace(dtype(call), asked=True)
    return replace(cast_as_asked(call.receiver, asked), made=call.made(call.receiver))


@method("Array", "copy", "order='C'")
@method("Array", "view __array__", "*args")
def copy(call: Call) -> Value:
    if call.items("args"):
        return Array(call.receiver.shape, None, made=call.made(call.receiver))
    return replace(call.receiver, made=call.made(call.receiver))


@function("numpy.copy", "a, order='K', subok=False")
def copy_function(call: Call) -> Value:
    return replace(array_of(call["a"]), made=call.made(call["a"]))


@method("Array", "tolist", "")
def tolist(call: Call) -> Value:
    """A list of lists; a number for an array without axes."""
    array = call.receiver
    if array.shape is None:
        return call.unknown("the items of an array of unknown rank")
    return _nested(call, array.shape, array.elements)


def _nested(call: Call, dims: tuple[Dim, ...], elements: tuple[object, ...] | None) -> Value:
    if not dims and elements is None and (call.receiver.boxed or call.receiver.dtype == "object"):
        return Unknown("an item of an array of objects", call.made(call.receiver))
    if not dims:
        return Const(elements[0]) if elements else _number(call, call.receiver)
    count, rest = dims[0], dims[1:]
    if elements is None or not count.known or (not elements and count.constant > 0):
        element = _nested(call, rest, None)
        return call.machine.new_list(Sequence("list", None, count, element, call.made(call.receiver)))
    width = len(elements) // count.constant if count.constant else 0
    parts = [_nested(call, rest, elements[i * width : (i + 1) * width]) for i in range(count.constant)]
    return call.machine.new_list(Sequence("list", tuple(parts), count, None, call.made(call.receiver)))


def _number(call: Call, array: Array) -> Value:
    """One of an array's numbers as Python's own."""
    plain = "float64" if is_float(array.dtype) else "int64" if is_integer(array.dtype) else array.dtype
    return Array((), plain, None, array.low, array.high, made=call.made(array))


@method("Array", "item", "*args")
def item(call: Call) -> Value:
    array = call.receiver
    if not call.items("args") and array.elements is not None and len(array.elements) == 1:
        return Const(array.elements[0], call.made(array))
    count = total(array)
    if not call.items("args") and count is not None and count.known and count.constant != 1:
        return refused(f"the one item of an array of shape {shape_text(array.shape)}", call.made(array))
    return _number(call, array)


_SCALARS = (
    "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool_ double single half "
    "int_ float_ intp"
)


@function(" ".join(f"numpy.{name}" for name in _SCALARS.split()), "value=0")
def scalar(call: Call) -> Value:
    """``np.float32(x)``: a conversion of numbers and arrays alike."""
    kind = dtype_of(Const(call.name.rpartition(".")[2]))
    array = array_of(call["value"])
    converted = cast_as_asked(array, replace(dtype(call), asked=True, name=kind))
    return replace(converted, made=call.made(call["value"]))


@function("numpy.dtype", "dtype, *args")
def make_dtype(call: Call) -> Value:
    known = dtype_of(call["dtype"])
    return call.unknown("an element type") if known is None else Const(known)


@function(
    "numpy.set_printoptions numpy.seterr numpy.save numpy.savez numpy.savetxt numpy.savez_compressed", "*args, **kwargs"
)
def harmless(call: Call) -> Value:
    return Const(None)
