"""Batch, layer, group and unit normalization, and PReLU, whose weights follow axes too.

Mirrors ``keras/src/layers/normalization`` and ``activations/prelu.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.interpreter.dims import differ, modulo
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, dim_of, shape_text
from lstmlint.keras_model.layers.checks import (
    all_required,
    argument,
    axis_problem,
    not_positive,
    one_input,
    refuse,
    shown,
)
from lstmlint.keras_model.layers.core import same_shape
from lstmlint.keras_model.layers.table import LayerInput, layer
from lstmlint.keras_model.layers.windows import surely_less

_PARTS = (
    "center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones'{moving}, beta_regularizer=None, "
    "gamma_regularizer=None, beta_constraint=None, gamma_constraint=None"
)
_BATCH = "axis=-1, momentum=0.99, epsilon=0.001, " + _PARTS.format(
    moving=", moving_mean_initializer='zeros', moving_variance_initializer='ones'"
)


def axes_of(layer: Layer) -> tuple[int, ...] | None:
    """The ``axis`` argument as a tuple, None where it is not known."""
    match argument(layer, "axis"):
        case int() as axis:
            return (axis,)
        case float() as axis if layer.kind == "BatchNormalization":
            return (int(axis),)
        case tuple() as axes if all(isinstance(axis, int) for axis in axes):
            return tuple(axis for axis in axes if isinstance(axis, int))
        case _:
            return None


def axes_exist(layer: Layer, given: LayerInput) -> Problem | None:
    """Each axis is one of the input's."""
    shape = given.shape
    for axis in axes_of(layer) or ():
        if shape is not None and not -len(shape) <= axis < len(shape):
            message = f"axis {axis} is not an axis of {shape_text(shape)}"
            return Problem(Why.RANK, message, f"axis {axis}", f"ndim={len(shape)}")
    return None


def axes_known(layer: Layer, given: LayerInput) -> Problem | None:
    """The weights need the sizes of the axes."""
    shape = given.shape
    for axis in axes_of(layer) or ():
        if shape is not None and shape[axis] is None:
            return axis_problem(f"axis {axis} must be known", shape, "a size", "None")
    return None


def _weighted(layer: Layer, given: LayerInput) -> Problem | None:
    """Without ``scale`` and ``center`` there are no weights."""
    if layer.config.flag("scale") is False and layer.config.flag("center") is False:
        return None
    return axes_known(layer, given)


def _integer_axis(layer: Layer) -> Problem | None:
    value = argument(layer, "axis")
    if value is None or isinstance(value, str | float):
        return refuse(f"axis must be an integer or a tuple of them, found {shown(value)}", "an integer", shown(value))
    return None


def _single_axis(layer: Layer) -> Problem | None:
    """Keras 3 takes one axis only."""
    value = argument(layer, "axis")
    if value is None or isinstance(value, str) or (layer.keras == 3 and isinstance(value, tuple)):
        return refuse(f"axis must be an integer, found {shown(value)}", "an integer", shown(value))
    return None


layer(
    "BatchNormalization",
    f"{_BATCH}, renorm=False, renorm_clipping=None, renorm_momentum=0.99, synchronized=False",
    requires=all_required(one_input, axes_exist, axes_known),
    validate=_single_axis,
    keras2=f"{_BATCH}, synchronized=False",
)(same_shape)
layer(
    "LayerNormalization",
    "axis=-1, epsilon=0.001, " + _PARTS.format(moving=""),
    requires=all_required(one_input, axes_exist, _weighted),
    validate=_integer_axis,
)(same_shape)


def _axis_late(layer: Layer, given: LayerInput) -> Problem | None:
    """RMSNormalization looks at its axis with the weights."""
    problem = _integer_axis(layer)
    return None if problem is None else replace(problem, stage="call")


layer(
    "RMSNormalization",
    "axis=-1, epsilon=1e-06",
    requires=all_required(one_input, _axis_late, axes_exist, axes_known),
    keras=frozenset({3}),
)(same_shape)
layer("UnitNormalization", "axis=-1", requires=all_required(one_input, axes_exist), validate=_integer_axis)(same_shape)


# GroupNormalization


def _groups(layer: Layer) -> Problem | None:
    value = argument(layer, "groups")
    bad = value is None or isinstance(value, str | float | tuple) or (not_positive(value) and value != -1)
    if layer.keras == 3 and bad:
        return refuse(
            f"groups must be a positive integer or -1, found {shown(value)}", "a positive integer", shown(value)
        )
    return None


def _grouped(layer: Layer, given: LayerInput) -> Problem | None:
    """The channels must be a multiple of the groups."""
    shape, groups, axes = given.shape, dim_of(layer.config["groups"]), axes_of(layer)
    if shape is None or groups is None or axes is None or groups.value == -1:
        return None
    count = shape[axes[0]]
    if count is None or not (surely_less(count, groups) or differ(modulo(count, groups), 0)):
        return None
    return axis_problem(
        f"{count} channels do not split into {groups} groups", shape, f"a multiple of {groups}", f"{count}"
    )


layer(
    "GroupNormalization",
    "groups=32, axis=-1, epsilon=0.001, " + _PARTS.format(moving=""),
    requires=all_required(one_input, axes_exist, axes_known, _grouped),
    validate=_groups,
)(same_shape)


# PReLU


def _free_axes(layer: Layer, shape: Shape) -> Iterator[int] | None:
    """The axes that have weights of their own."""
    value = argument(layer, "shared_axes")
    shared = value if isinstance(value, tuple) else (value,)
    if not all(axis is None or isinstance(axis, int) for axis in shared):
        return None
    return (axis for axis in range(1, len(shape)) if axis not in shared)


def _shared_exist(layer: Layer, given: LayerInput) -> Problem | None:
    shape, value = given.shape, argument(layer, "shared_axes")
    for axis in value if isinstance(value, tuple) else (value,):
        if isinstance(axis, int) and shape is not None and not -len(shape) + 1 < axis < len(shape):
            message = f"shared axis {axis} is not an axis of {shape_text(shape)}"
            return Problem(Why.RANK, message, f"axis {axis}", f"ndim={len(shape)}")
    return None


def _known_weights(layer: Layer, given: LayerInput) -> Problem | None:
    shape = given.shape
    free = _free_axes(layer, shape) if shape is not None else None
    if shape is None or free is None:
        return None
    unknown = next((axis for axis in free if shape[axis] is None), None)
    if unknown is None:
        return None
    return axis_problem(f"axis {unknown} must be known, or in shared_axes", shape, "a size", "None")


layer(
    "PReLU",
    "alpha_initializer='Zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None",
    requires=all_required(one_input, _shared_exist, _known_weights),
)(same_shape)
