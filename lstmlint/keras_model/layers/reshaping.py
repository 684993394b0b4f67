"""RepeatVector, Reshape, Flatten, Permute: ``keras/src/layers/reshaping``."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, differ, exact_quotient, floor_divide, modulo, product, unknown_dim
from lstmlint.interpreter.values import Const, Sequence
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, dim_of, shape_text
from lstmlint.keras_model.layers.checks import (
    argument,
    data_format,
    min_ndim,
    ndim,
    not_positive,
    one_input,
    rank_problem,
    refuse,
    shown,
    unit_dim,
)
from lstmlint.keras_model.layers.table import Given, LayerInput, layer


def _repeats(layer: Layer) -> Problem | None:
    value = argument(layer, "n")
    if value is None or isinstance(value, str | tuple | float | bool) or (layer.keras == 3 and not_positive(value)):
        return refuse(f"n must be a positive integer, found {shown(value)}", "a positive integer", shown(value))
    return None


@layer("RepeatVector", "n", requires=ndim(2), validate=_repeats)
def repeat_vector(layer: Layer, given: LayerInput) -> Given:
    """``(batch, features)`` becomes ``(batch, n, features)``."""
    shape = given.shape
    count = unit_dim(layer, "n")
    if shape is None:
        return (None, count, unknown_dim())
    return (shape[0] if shape else None, count, shape[-1] if shape else unknown_dim())


# Reshape


def target_dims(layer: Layer) -> tuple[Dim | None, ...] | None:
    """``target_shape`` with each entry as a size, None for Keras's None, where its length is known."""
    value = layer.config["target_shape"]
    if not isinstance(value, Sequence) or value.items is None:
        return None
    dims: list[Dim | None] = []
    for item in value.items:
        dim = dim_of(item)
        dims.append(None if isinstance(item, Const) and item.value is None else unknown_dim() if dim is None else dim)
    return tuple(dims)


_FREE = Dim(-1)


def _valid_target(layer: Layer) -> Problem | None:
    """At most one -1, and nothing below it."""
    value = argument(layer, "target_shape")
    if isinstance(value, int | float) or value is None:
        return refuse(f"target_shape must be a tuple, found {shown(value)}", "a tuple", shown(value))
    target = target_dims(layer)
    if target is None:
        return None
    if target.count(_FREE) > 1:
        return refuse("target_shape can hold -1 once", "one -1", f"{target.count(_FREE)} times -1")
    if layer.keras == 2:
        return None
    low = next((dim for dim in target if dim is not None and dim.value is not None and dim.value < -1), None)
    return refuse(f"target_shape cannot hold {low}", "sizes or -1", str(low)) if low is not None else None


def _same_size(layer: Layer, given: LayerInput) -> Problem | None:
    """The number of elements must stay; with a None on either side Keras cannot compare."""
    shape, target = given.shape, target_dims(layer)
    if shape is None or target is None or None in shape[1:] or None in target:
        return None
    size, wanted = _size(shape[1:]), _size(dim for dim in target if dim != _FREE)
    free = _FREE in target
    fits = not differ(modulo(size, wanted), 0) and wanted != Dim(0) if free else not differ(size, wanted)
    if fits:
        return None
    text = shape_text((None, *target))
    message = f"cannot reshape {shape_text(shape)} to {text}: {size} elements do not fit {wanted}"
    return Problem(Why.SIZE, message, f"{wanted} elements", f"{size} elements")


def _size(dims: object) -> Dim:
    return product(dim for dim in dims if dim is not None)  # type: ignore[attr-defined]


def _has_batch(layer: Layer, given: LayerInput) -> Problem | None:
    shape = given.shape
    return one_input(layer, given) or (rank_problem((), "min_ndim=1") if shape == () else None)


def _reshape_requires(layer: Layer, given: LayerInput) -> Problem | None:
    return _has_batch(layer, given) or _same_size(layer, given)


@layer("Reshape", "target_shape", requires=_reshape_requires, validate=_valid_target, dtype=None)
def reshape(layer: Layer, given: LayerInput) -> Given:
    """The batch axis stays; -1 takes what is left, None where that is not known."""
    target = target_dims(layer)
    if target is None:
        return None
    batch = given.shape[0] if given.shape else None
    return (batch, *(_rest(given.shape, target) if dim == _FREE else dim for dim in target))


def _rest(shape: Shape | None, target: tuple[Dim | None, ...]) -> Dim | None:
    """What -1 stands for."""
    if shape is None:
        return unknown_dim()
    if None in shape[1:] or None in target:
        return None
    size, wanted = _size(shape[1:]), _size(dim for dim in target if dim != _FREE)
    exact = exact_quotient(size, wanted)
    return floor_divide(size, wanted) if exact is None else exact


@layer("Flatten", "data_format=None", requires=min_ndim(1), validate=data_format, dtype=None)
def flatten(layer: Layer, given: LayerInput) -> Given:
    """``(batch, product of the rest)``; None where one of them is None."""
    shape = given.shape
    if shape is None:
        return (None, unknown_dim())
    rest = shape[1:]
    return (shape[0] if shape else None, None if None in rest else _size(rest))


# Permute


def _order(layer: Layer) -> tuple[int, ...] | None:
    dims = layer.config.dims("dims")
    if dims is None or any(dim is None or dim.value is None for dim in dims):
        return None
    return tuple(dim.value for dim in dims if dim is not None and dim.value is not None)


def _permutation(layer: Layer) -> Problem | None:
    value = argument(layer, "dims")
    if isinstance(value, int | float | None):
        return refuse(f"dims must be a tuple, found {shown(value)}", "a tuple", shown(value))
    order = _order(layer)
    if order is None or sorted(order) == list(range(1, len(order) + 1)):
        return None
    expected = f"each of 1 to {len(order)} once"
    return refuse(f"dims must hold {expected}, found {order}", expected, str(order))


def _permute_requires(layer: Layer, given: LayerInput) -> Problem | None:
    order = _order(layer)
    return one_input(layer, given) if order is None else ndim(len(order) + 1)(layer, given)


@layer("Permute", "dims", requires=_permute_requires, validate=_permutation, dtype=None)
def permute(layer: Layer, given: LayerInput) -> Given:
    """The axes in the order of ``dims``, which counts from 1; the batch axis stays."""
    order, shape = _order(layer), given.shape
    if order is None:
        return None
    if shape is None or len(shape) != len(order) + 1:
        return (None, *(unknown_dim() for _ in order))
    return (shape[0], *(shape[axis] for axis in order if 0 <= axis < len(shape)))
