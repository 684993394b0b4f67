"""Max, average and global pooling: ``keras/src/layers/pooling``."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.keras_model.graph import Layer, Problem, Why
from lstmlint.keras_model.layers.checks import (
    argument,
    channels_first,
    data_format,
    every,
    ndim,
    shown,
    sizes,
    tuple_of,
)
from lstmlint.keras_model.layers.convolutional import rank_of, unknown_space
from lstmlint.keras_model.layers.table import Given, LayerInput, Requires, Validate, layer
from lstmlint.keras_model.layers.windows import (
    channels,
    no_stride,
    padding_of,
    slide,
    spatial,
    too_short,
    with_channels,
)


def _strides(layer: Layer) -> tuple[Dim, ...] | None:
    """None stands for the pool's own size."""
    name = "pool_size" if argument(layer, "strides") is None else "strides"
    return sizes(layer, name, rank_of(layer))


def pooled(layer: Layer, given: LayerInput) -> Given:
    """Each spatial axis as often as the pool fits; the channels stay."""
    shape, rank = given.shape, rank_of(layer)
    if shape is None or len(shape) != rank + 2:
        return unknown_space(layer, unknown_dim())
    space, pools, strides = spatial(layer, shape), sizes(layer, "pool_size", rank), _strides(layer)
    if space is None or pools is None or strides is None:
        return unknown_space(layer, channels(layer, shape), shape)
    moved = (slide(*axis, padding_of(layer)) for axis in zip(space, pools, strides, strict=True))
    return with_channels(layer, shape[0], tuple(moved), channels(layer, shape))


def _pools(rank: int) -> Requires:
    def check(layer: Layer, given: LayerInput) -> Problem | None:
        problem = ndim(rank + 2)(layer, given)
        if problem or given.shape is None:
            return problem
        return (
            _wrong_padding(layer)
            or no_stride(_strides(layer))
            or too_short(layer, given.shape, sizes(layer, "pool_size", rank), padding_of(layer))
        )

    return check


def _wrong_padding(layer: Layer) -> Problem | None:
    """Looked at when the layer is called, not when it is made."""
    value = argument(layer, "padding")
    if not isinstance(value, str | int | float | None) or _accepted(layer, value):
        return None
    return Problem(
        Why.ARGUMENT, f"padding must be 'valid' or 'same', found {shown(value)}", "valid or same", shown(value)
    )


def _accepted(layer: Layer, value: object) -> bool:
    text = value.lower() if isinstance(value, str) and layer.keras == 2 else value
    return text in ("valid", "same")


def _optional_strides(rank: int) -> Validate:
    check = tuple_of("strides", rank, low=0)
    return lambda layer: None if argument(layer, "strides") is None else check(layer)


def _twos(rank: int) -> str:
    return "2" if rank == 1 else str((2,) * rank)


for _rank in (1, 2, 3):
    _tail = "strides=None, padding='valid', data_format=None"
    _valid = every(tuple_of("pool_size", _rank), _optional_strides(_rank), data_format)
    _format = "'channels_last'" if _rank == 1 else "None"
    for _kind, _pool in (("Max", f"pool_size={_twos(_rank)}"), ("Average", "pool_size")):
        layer(
            f"{_kind}Pooling{_rank}D",
            f"{_pool}, {_tail}, name=None",
            requires=_pools(_rank),
            validate=_valid,
            keras2=f"pool_size={_twos(_rank)}, strides=None, padding='valid', data_format={_format}",
        )(pooled)


def pooled_globally(layer: Layer, given: LayerInput) -> Given:
    """``(batch, channels)``, with axes of 1 between for ``keepdims``."""
    keep, first, shape = layer.config.flag("keepdims"), channels_first(layer), given.shape
    if keep is None or first is None:
        return None
    batch = shape[0] if shape else None
    count = unknown_dim() if shape is None else channels(layer, shape)
    ones = (Dim(1),) * rank_of(layer) if keep else ()
    return with_channels(layer, batch, ones, count)


for _rank in (1, 2, 3):
    for _kind in ("Max", "Average"):
        layer(
            f"Global{_kind}Pooling{_rank}D",
            "data_format=None, keepdims=False",
            requires=ndim(_rank + 2),
            validate=data_format,
        )(pooled_globally)
