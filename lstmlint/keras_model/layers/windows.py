"""The arithmetic of windows that slide: kernels and pools over axes whose sizes may be symbols or None."""

from __future__ import annotations

from lstmlint.interpreter.dims import Comparison, Dim, compare, floor_divide, least, unknown_dim
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, shape_text
from lstmlint.keras_model.layers.checks import channels_first


def spatial(layer: Layer, shape: Shape) -> tuple[Dim | None, ...] | None:
    """The axes between batch and channels; None where it is not known which they are."""
    first = channels_first(layer)
    if first is None:
        return None
    return shape[2:] if first else shape[1:-1]


def channels(layer: Layer, shape: Shape) -> Dim | None:
    """The size of the channels axis."""
    first = channels_first(layer)
    if first is None or len(shape) < 2:
        return unknown_dim()
    return shape[1] if first else shape[-1]


def with_channels(layer: Layer, batch: Dim | None, space: tuple[Dim | None, ...], count: Dim | None) -> Shape:
    return (batch, count, *space) if channels_first(layer) else (batch, *space, count)


def slide(size: Dim | None, window: Dim, stride: Dim, padding: str | None) -> Dim | None:
    """How often a window fits; ``same`` and ``causal`` pad, None for a padding that is not known."""
    if size is None:
        return None
    match padding:
        case "valid":
            return _plus_one(size - window, stride)
        case "same" | "causal":
            return _plus_one(size - 1, stride)
        case _:
            return unknown_dim()


def _plus_one(rest: Dim, stride: Dim) -> Dim:
    return floor_divide(rest, stride) + 1 if stride != Dim(0) else unknown_dim()


def too_short(layer: Layer, shape: Shape, windows: tuple[Dim, ...] | None, padding: str | None) -> Problem | None:
    """A window longer than its axis."""
    space = spatial(layer, shape)
    if padding != "valid" or space is None or windows is None:
        return None
    for size, window in zip(space, windows, strict=False):
        if size is not None and surely_less(size, window):
            message = f"a window of {window} is longer than the axis of {size}: {shape_text(shape)}"
            return Problem(Why.AXIS, message, f"at least {window}", str(size))
    return None


def no_stride(strides: tuple[Dim, ...] | None) -> Problem | None:
    """Strides of 0 pass some constructors and fail in the arithmetic."""
    if Dim(0) not in (strides or ()):
        return None
    return Problem(Why.ARGUMENT, "strides must be positive, found 0", "a positive integer", "0")


def surely_less(left: Dim, right: Dim) -> bool:
    return compare(left, right) is Comparison.DIFFERENT and least(right - left) > 0


def padding_of(layer: Layer) -> str | None:
    text = layer.config.text("padding")
    return None if text is None else text.lower()
