"""ZeroPadding, Cropping and UpSampling: the layers of ``keras/src/layers/reshaping`` that change the size of axes."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.values import Sequence, Value
from lstmlint.keras_model.graph import Layer, Problem, Why, dim_of, shape_text
from lstmlint.keras_model.layers.checks import (
    argument,
    data_format,
    every,
    ndim,
    not_positive,
    refuse,
    shown,
    sizes,
    tuple_of,
    wrong_size,
)
from lstmlint.keras_model.layers.convolutional import rank_of, unknown_space
from lstmlint.keras_model.layers.table import Given, LayerInput, Requires, Validate, layer
from lstmlint.keras_model.layers.windows import channels, spatial, surely_less, with_channels

Pair = tuple[Dim, Dim]


def _pair(value: Value | None, alone: bool) -> Pair | None:
    """``(left, right)``; one integer stands for both where ``alone``."""
    single = dim_of(value)
    if single is not None:
        return (single, single) if alone else None
    match value:
        case Sequence(items=(left, right)):
            return dim_of(left) or unknown_dim(), dim_of(right) or unknown_dim()
        case _:
            return None


def _pairs(layer: Layer, name: str) -> tuple[Pair, ...] | None:
    """How much is put before and behind each spatial axis."""
    rank, value = rank_of(layer), layer.config.values.get(name)
    if rank == 1 or dim_of(value) is not None:
        pair = _pair(value, alone=True)
        return None if pair is None else (pair,) * rank
    if not isinstance(value, Sequence) or value.items is None:
        return None
    pairs = tuple(_pair(item, alone=True) for item in value.items)
    return None if None in pairs else tuple(pair for pair in pairs if pair is not None)


def _valid_pairs(name: str, rank: int) -> Validate:
    """An integer from 0, or for each axis one or two of them."""
    expected = f"an integer or {rank} pairs of integers from 0"

    def check(layer: Layer) -> Problem | None:
        value = argument(layer, name)
        axes = value if isinstance(value, tuple) else (value,)
        if rank == 1:
            wrong = isinstance(value, tuple) and len(value) != 2
        else:
            wrong = isinstance(value, tuple) and len(value) != rank
        items = [item for axis in axes for item in (axis if isinstance(axis, tuple) and rank > 1 else (axis,))]
        uneven = rank > 1 and any(isinstance(axis, tuple) and len(axis) != 2 for axis in axes)
        # ZeroPadding2D(-1) is made; it raises only where an axis would become negative.
        unchecked = name == "padding" and rank > 1 and isinstance(value, int)
        if wrong or uneven or (not unchecked and any(wrong_size(item, 0) for item in items)):
            return refuse(f"{name} must be {expected}, found {shown(value)}", expected, shown(value))
        return None

    return check


def _changed(layer: Layer, given: LayerInput, name: str, sign: int) -> Given:
    """Every spatial axis longer or shorter by its pair."""
    shape, rank, pairs = given.shape, rank_of(layer), _pairs(layer, name)
    if shape is None or len(shape) != rank + 2:
        return unknown_space(layer, unknown_dim())
    space = spatial(layer, shape)
    if space is None or pairs is None or len(pairs) != rank:
        return unknown_space(layer, channels(layer, shape), shape)
    moved = tuple(
        None if size is None else size + (left + right) * sign for size, (left, right) in zip(space, pairs, strict=True)
    )
    return with_channels(layer, shape[0], moved, channels(layer, shape))


def padded(layer: Layer, given: LayerInput) -> Given:
    """Each spatial axis longer by its padding."""
    return _changed(layer, given, "padding", 1)


def cropped(layer: Layer, given: LayerInput) -> Given:
    """Each spatial axis shorter by its cropping."""
    return _changed(layer, given, "cropping", -1)


def _not_negative(rank: int) -> Requires:
    """A negative padding takes away, at most all."""

    def check(layer: Layer, given: LayerInput) -> Problem | None:
        problem, shapes = ndim(rank + 2)(layer, given), padded(layer, given)
        low = isinstance(shapes, tuple) and any(size is not None and surely_less(size, Dim(0)) for size in shapes)
        if problem or not low:
            return problem
        message = f"the padding takes away more than there is: {shape_text(given.shape)}"
        return Problem(Why.AXIS, message, "padding from 0", shown(argument(layer, "padding")))

    return check


def _leaves_some(rank: int) -> Requires:
    """The cropping must leave at least one; Keras 2 lets it leave none."""

    def check(layer: Layer, given: LayerInput) -> Problem | None:
        shape, pairs = given.shape, _pairs(layer, "cropping")
        problem = ndim(rank + 2)(layer, given)
        space = spatial(layer, shape) if shape is not None and not problem else None
        for size, (left, right) in zip(space or (), pairs or (), strict=False):
            least = left + right + (1 if layer.keras == 3 else 0)
            if size is not None and surely_less(size, least):
                message = f"cropping {left + right} leaves nothing of {size}: {shape_text(shape)}"
                return Problem(Why.AXIS, message, f"more than {left + right}", str(size))
        return problem

    return check


def _nested(value: int, rank: int) -> str:
    return str((value, value)) if rank == 1 else str(((value, value),) * rank)


for _rank in (1, 2, 3):
    _format = ", data_format=None"
    _padding = {1: "1", 2: "(1, 1)", 3: "((1, 1), (1, 1), (1, 1))"}[_rank]
    layer(
        f"ZeroPadding{_rank}D",
        f"padding={_padding}{_format}",
        requires=_not_negative(_rank),
        validate=every(data_format, _valid_pairs("padding", _rank)),
        keras2=f"padding={_padding}" + ("" if _rank == 1 else _format),
    )(padded)
    layer(
        f"Cropping{_rank}D",
        f"cropping={_nested(0 if _rank == 2 else 1, _rank)}" + ("" if _rank == 1 else _format),
        requires=_leaves_some(_rank),
        validate=every(data_format, _valid_pairs("cropping", _rank)),
    )(cropped)


def upsampled(layer: Layer, given: LayerInput) -> Given:
    """Each spatial axis ``size`` times as long."""
    shape, rank, factors = given.shape, rank_of(layer), sizes(layer, "size", rank_of(layer))
    if shape is None or len(shape) != rank + 2:
        return unknown_space(layer, unknown_dim())
    space = spatial(layer, shape)
    if space is None or factors is None:
        return unknown_space(layer, channels(layer, shape), shape)
    longer = tuple(None if size is None else size * factor for size, factor in zip(space, factors, strict=True))
    return with_channels(layer, shape[0], longer, channels(layer, shape))


def _whole_size(layer: Layer) -> Problem | None:
    value = argument(layer, "size")
    if value is None or isinstance(value, str | float | tuple) or not_positive(value):
        return refuse(f"size must be a positive integer, found {shown(value)}", "a positive integer", shown(value))
    return None


layer("UpSampling1D", "size=2", requires=ndim(3), validate=_whole_size)(upsampled)
layer(
    "UpSampling2D",
    "size=(2, 2), data_format=None, interpolation='nearest'",
    requires=ndim(4),
    validate=every(data_format, tuple_of("size", 2)),
)(upsampled)
layer(
    "UpSampling3D",
    "size=(2, 2, 2), data_format=None",
    requires=ndim(5),
    validate=every(data_format, tuple_of("size", 3)),
)(upsampled)
