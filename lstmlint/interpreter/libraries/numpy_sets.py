"""numpy's functions whose result's size depends on contents, products of matrices, and changes in place."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arithmetic import matmul
from lstmlint.interpreter.arrays import bounds, refused, shape_text, total, with_elements
from lstmlint.interpreter.assign import forget_contents
from lstmlint.interpreter.dims import Dim, differ, least, symbol_dim, unknown_dim
from lstmlint.interpreter.dtypes import is_float, is_integer, wider
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.operators import binary
from lstmlint.interpreter.requests import argument, array_of, axes_of, axis_in, given
from lstmlint.interpreter.values import Array, Const, Made, Scalar, Sequence, Slice, Unknown, Value

_ALL = Slice(Const(None), Const(None), Const(None))
_PARTS = ("return_index", "return_inverse", "return_counts")


@function("numpy.unique", "ar, return_index=False, return_inverse=False, return_counts=False, axis=None, **kwargs")
def unique(call: Call) -> Value:
    """The distinct elements in order; how many there are is a size of its own, the same for the same array."""
    array, value = argument(call, "ar"), call["ar"]
    made = call.made(value)
    flags = [call.flag(name) for name in _PARTS]
    if given(call, "axis") or None in flags:
        return Array(None, array.dtype, made=made) if not any(flags) else call.unknown("distinct rows")
    distinct = _distinct(array)
    fewest = int(bool(array.shape) and all(least(dim) >= 1 for dim in array.shape or ()))
    count = symbol_dim("distinct", fewest, ("distinct", value)) if distinct is None else Dim(len(distinct))
    found = Array(
        (count,), array.dtype, distinct, *(bounds(distinct) if distinct else (array.low, array.high)), made=made
    )
    if not any(flags):
        return found
    extras = [count, None, count]
    parts: list[Value] = [found]
    for size, flag in zip(extras, flags, strict=True):
        if flag:
            parts.append(Array(array.shape if size is None else (size,), "int64", low=0.0, made=made))
    return Sequence("tuple", tuple(parts), Dim(len(parts)), None, made)


def _distinct(array: Array) -> tuple[Scalar, ...] | None:
    if array.elements is None or any(e != e or isinstance(e, complex) for e in array.elements):
        return None
    try:
        return tuple(sorted(set(array.elements)))  # type: ignore[type-var]
    except TypeError:
        return None


@function("numpy.union1d numpy.intersect1d numpy.setdiff1d numpy.setxor1d", "ar1, ar2, *args, **kwargs")
def set_operation(call: Call) -> Value:
    return Array((unknown_dim(),), None, made=call.made(call["ar1"], call["ar2"]))


@function("numpy.bincount", "x, weights=None, minlength=0")
def bincount(call: Call) -> Value:
    array, made, least = argument(call, "x"), call.made(call["x"]), call.integer("minlength") or 0
    kind = "int64" if call.is_none("weights") else "float64"
    if array.shape is not None and len(array.shape) != 1:
        return refused(f"bincount of {shape_text(array.shape)}", made)
    written = array.elements == () and not isinstance(call["x"], Array)  # numpy takes [], and no empty array of floats
    if not written and (is_float(array.dtype) or (array.elements and (array.low or 0.0) < 0)):
        return refused("bincount of floats or negative numbers", made)
    if array.elements is None or not all(isinstance(e, int) and 0 <= e < 10**9 for e in array.elements):
        return Array((unknown_dim(),), kind, low=0.0 if kind == "int64" else None, made=made)
    size = max(least, max((int(e) for e in array.elements), default=-1) + 1)  # type: ignore[arg-type]
    if size > 2048 or kind != "int64":
        return Array((Dim(size),), kind, made=made)
    return with_elements((Dim(size),), kind, (array.elements.count(i) for i in range(size)), made)


@function("numpy.histogram", "a, bins=10, range=None, density=None, weights=None")
def histogram(call: Call) -> Value:
    bins, made = call.dim("bins"), call.made(call["a"])
    count = bins if bins is not None else unknown_dim()
    plain = not given(call, "density") and not given(call, "weights")
    parts = (Array((count,), "int64" if plain else None, low=0.0, made=made), Array((count + 1,), None, made=made))
    return Sequence("tuple", parts, Dim(2), None, made)


@function("numpy.take", "a, indices, axis=None, out=None, mode='raise'")
def take(call: Call) -> Value:
    return _taken(call, argument(call, "a"), call.made(call["a"], call["indices"]))


@method("Array", "take", "indices, axis=None, out=None, mode='raise'")
def take_method(call: Call) -> Value:
    return _taken(call, call.receiver, call.made(call.receiver, call["indices"]))


def _taken(call: Call, array: Array, made: Made) -> Value:
    if call.is_none("axis"):
        count = total(array)
        array = replace(array, shape=(unknown_dim() if count is None else count,))
    axis = 0 if call.is_none("axis") else call.integer("axis")
    if array.shape is None or axis is None:
        return Array(None, array.dtype, None, array.low, array.high, made=made)
    at = axis_in(axis, len(array.shape))
    if at is None:
        return refused(f"axis {axis} of {shape_text(array.shape)}", made)
    # Where nothing is taken, numpy looks at no index.
    if call.text("mode") != "raise" or Dim(0) in array.shape:
        return Array(None, array.dtype, None, array.low, array.high, made=made)
    return index_array(array, (*[_ALL] * at, call["indices"]), made)


# --- products ---------------------------------------------------------------------------------------------------------


@function("numpy.matmul", "x1, x2, out=None")
def matmul_function(call: Call) -> Value:
    return matmul(argument(call, "x1"), argument(call, "x2"), call.made(call["x1"], call["x2"]))


@function("numpy.dot", "a, b, out=None")
def dot(call: Call) -> Value:
    return _dot(argument(call, "a"), argument(call, "b"), call.made(call["a"], call["b"]))


@method("Array", "dot", "b, out=None")
def dot_method(call: Call) -> Value:
    return _dot(call.receiver, argument(call, "b"), call.made(call.receiver, call["b"]))


def _dot(left: Array, right: Array, made: Made) -> Value:
    if left.shape is None or right.shape is None:
        return Array(None, wider(left.dtype, right.dtype), made=made)
    if not left.shape or not right.shape:
        return binary("*", left, right, made)
    if len(left.shape) <= 2 and len(right.shape) <= 2:
        return matmul(left, right, made)
    at = -2 if len(right.shape) > 1 else 0
    if differ(left.shape[-1], right.shape[at]):
        return refused(f"dot of shapes {shape_text(left.shape)} and {shape_text(right.shape)}", made)
    rest = (*right.shape[:-2], right.shape[-1]) if len(right.shape) > 1 else ()
    return Array((*left.shape[:-1], *rest), wider(left.dtype, right.dtype), made=made)


@function("numpy.inner", "a, b")
def inner(call: Call) -> Value:
    left, right, made = argument(call, "a"), argument(call, "b"), call.made(call["a"], call["b"])
    if left.shape is None or right.shape is None:
        return Array(None, made=made)
    if not left.shape or not right.shape:
        return binary("*", left, right, made)
    if differ(left.shape[-1], right.shape[-1]):
        return refused(f"inner of shapes {shape_text(left.shape)} and {shape_text(right.shape)}", made)
    return Array((*left.shape[:-1], *right.shape[:-1]), wider(left.dtype, right.dtype), made=made)


@function("numpy.outer", "a, b, out=None")
def outer(call: Call) -> Value:
    arrays = argument(call, "a"), argument(call, "b")
    counts = [total(array) for array in arrays]
    shape = tuple(unknown_dim() if count is None else count for count in counts)
    return Array(shape, wider(arrays[0].dtype, arrays[1].dtype), made=call.made(call["a"], call["b"]))


@function("numpy.tensordot", "a, b, axes=2")
def tensordot(call: Call) -> Value:
    left, right, made = argument(call, "a"), argument(call, "b"), call.made(call["a"], call["b"])
    kind = wider(left.dtype, right.dtype)
    if left.shape is None or right.shape is None:
        return Array(None, kind, made=made)
    pairs = _contracted(call, left.shape, right.shape)
    if isinstance(pairs, Unknown):
        return replace(pairs, made=made)
    if pairs is None:
        return Array(None, kind, made=made)
    mine, theirs = pairs
    if any(differ(left.shape[a], right.shape[b]) for a, b in zip(mine, theirs, strict=True)):
        return refused(f"tensordot of shapes {shape_text(left.shape)} and {shape_text(right.shape)}", made)
    kept = [d for i, d in enumerate(left.shape) if i not in mine] + [
        d for i, d in enumerate(right.shape) if i not in theirs
    ]
    return Array(tuple(kept), kind, made=made)


def _contracted(
    call: Call, left: tuple[Dim, ...], right: tuple[Dim, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]] | Unknown | None:
    """The axes of both that ``axes=`` sums over."""
    count = call.integer("axes")
    if count is not None:
        if not 0 <= count <= min(len(left), len(right)):
            return refused(f"tensordot over {count} axes")
        return tuple(range(len(left) - count, len(left))), tuple(range(count))
    items = call.items("axes")
    if items is None or len(items) != 2:
        return None
    mine, theirs = axes_of(items[0], len(left)), axes_of(items[1], len(right))
    for axes in (mine, theirs):
        if axes is None or isinstance(axes, Unknown):
            return axes
    assert isinstance(mine, tuple)
    assert isinstance(theirs, tuple)
    return (mine, theirs) if len(mine) == len(theirs) else refused("as many axes of one as of the other are needed")


@function("numpy.einsum", "subscripts, *operands, **kwargs")
def einsum(call: Call) -> Value:
    text, arrays = call.text("subscripts"), [array_of(value) for value in call.items("operands") or ()]
    made = call.made(*(call.items("operands") or ()))
    if text is None or "." in text or any(array.shape is None for array in arrays):
        return Array(None, made=made)
    inputs, arrow, output = text.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(arrays) or any(len(t) != len(a.shape or ()) for t, a in zip(terms, arrays, strict=True)):
        return refused(f"einsum {text!r} of other numbers of axes", made)
    sizes: dict[str, Dim] = {}
    for letter, dim in (
        (x, d) for t, a in zip(terms, arrays, strict=True) for x, d in zip(t, a.shape or (), strict=True)
    ):
        known = sizes.get(letter, Dim(1))
        if differ(known, dim) and Dim(1) not in (known, dim):
            return refused(f"einsum {text!r}: {letter} is {known} and {dim}", made)
        sizes[letter] = known if dim == Dim(1) or (known.known and known != Dim(1)) else dim
    if not arrow:
        output = "".join(sorted(x for x in sizes if inputs.count(x) == 1))
    if any(letter not in sizes for letter in output):
        return refused(f"einsum {text!r}", made)
    kind = arrays[0].dtype if arrays else None
    for array in arrays[1:]:
        kind = wider(kind, array.dtype)
    return Array(tuple(sizes[letter] for letter in output), kind, made=made)


# --- signals ----------------------------------------------------------------------------------------------------------


@function("numpy.convolve numpy.correlate", "a, v, mode=None")
def convolve(call: Call) -> Value:
    left, right, made = argument(call, "a"), argument(call, "v"), call.made(call["a"], call["v"])
    mode = call.text("mode") or ("full" if call.name.endswith("convolve") else "valid")
    kind = wider(left.dtype, right.dtype)
    if left.shape is None or right.shape is None:
        return Array((unknown_dim(),), kind, made=made)
    if len(left.shape) > 1 or len(right.shape) > 1:
        return refused(f"{call.name[6:]} of shapes {shape_text(left.shape)} and {shape_text(right.shape)}", made)
    a, b = (array.shape[0] if array.shape else Dim(1) for array in (left, right))
    if Dim(0) in (a, b):
        return refused(f"{call.name[6:]} of an empty array", made)
    if mode == "full":
        return Array((a + b - 1,), kind, made=made)
    if not (a.known and b.known):
        return Array((a if mode == "same" else a - b + 1,), kind, made=made)
    long, short = max(a.constant, b.constant), min(a.constant, b.constant)
    return Array((Dim(long if mode == "same" else long - short + 1),), kind, made=made)


@function("numpy.gradient", "f, *varargs, axis=None, edge_order=1")
def gradient(call: Call) -> Value:
    array, made = argument(call, "f"), call.made(call["f"])
    if array.shape is None or call.items("varargs") or not array.shape:
        return call.unknown("gradients along axes that are not known")
    if array.dtype == "bool":
        return refused("bool arrays have no difference", made)
    axes = axes_of(call["axis"], len(array.shape)) if given(call, "axis") else tuple(range(len(array.shape)))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if axes is None:
        return call.unknown("gradients along axes that are not known")
    if any(array.shape[axis].known and array.shape[axis].constant < 2 for axis in axes):
        return refused(f"gradients of an array of shape {shape_text(array.shape)}", made)
    slope = Array(array.shape, "float64" if is_integer(array.dtype) else array.dtype, made=made)
    return slope if len(axes) == 1 else Sequence("tuple", (slope,) * len(axes), Dim(len(axes)), None, made)


@function("numpy.polyfit", "x, y, deg, *args, **kwargs")
def polyfit(call: Call) -> Value:
    degree = call.dim("deg")
    if degree is not None and degree.known and degree.constant < 0:
        return refused("a negative degree", call.made(call["x"], call["y"]))
    return Array((unknown_dim() if degree is None else degree + 1,), "float64", made=call.made(call["x"], call["y"]))


@function("numpy.polyval", "p, x")
def polyval(call: Call) -> Value:
    return Array(argument(call, "x").shape, None, made=call.made(call["x"]))


# --- changes in place -------------------------------------------------------------------------------------------------


@method("Array", "fill sort partition put itemset setfield", "*args, **kwargs")
def changed(call: Call) -> Value:
    values = call.items("args") or ()
    written = values[-1] if values and call.name.endswith(("fill", "itemset")) else call.receiver
    forget_contents(call.machine, call.receiver, written)
    return Const(None)


@method("Array", "resize setflags", "*args, **kwargs")
def resized(call: Call) -> Value:
    if call.name.endswith("resize"):
        forget_contents(call.machine, call.receiver, call.receiver)
    return Const(None)


@function("numpy.copyto numpy.put numpy.fill_diagonal numpy.place numpy.putmask", "a, *args, **kwargs")
def written_into(call: Call) -> Value:
    if isinstance(call["a"], Array):
        values = call.items("args") or ()
        forget_contents(call.machine, call["a"], values[-1] if values else Unknown("what is written"))
    return Const(None)
