"""Concatenate, Add and the other layers of several inputs: ``keras/src/layers/merging``."""

from __future__ import annotations

from collections.abc import Iterable

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, shape_text, unequal
from lstmlint.keras_model.layers.checks import argument, one_is_none, refuse, shown, unsure
from lstmlint.keras_model.layers.table import Given, LayerInput, layer


def _listed(layer: Layer, given: LayerInput) -> Problem | None:
    """A merge layer takes a list of tensors."""
    if given.listed and given.tensors:
        return None
    message = f"{layer.kind} needs a list of inputs, found {'an empty list' if given.listed else 'one tensor'}"
    return Problem(Why.ARITY, message, "a list of inputs", "1 input" if given.tensors else "no input")


def known_shapes(given: LayerInput) -> tuple[Shape, ...] | None:
    shapes = tuple(shape for shape in given.shapes if shape is not None)
    return shapes if len(shapes) == len(given.tensors) else None


def _texts(shapes: Iterable[Shape]) -> str:
    return ", ".join(shape_text(shape) for shape in shapes)


# Element by element


def _broadcast(left: Shape, right: Shape, keras: int) -> Shape | None:
    """``Merge._compute_elemwise_op_output_shape``, without the batch axis; None where shapes do not go together."""
    if len(left) < len(right):
        left, right = right, left
    cut = len(left) - len(right)
    pairs = list(zip(left[cut:], right, strict=True))
    if any(_excludes(a, b) for a, b in pairs):
        return None
    return (*left[:cut], *(_axis(a, b, keras) for a, b in pairs))


def _excludes(left: Dim | None, right: Dim | None) -> bool:
    one = Dim(1)
    return unequal(left, right) and unequal(left, one) and unequal(right, one)


def _axis(left: Dim | None, right: Dim | None, keras: int) -> Dim | None:
    """Beside a None Keras 3 gives None, Keras 2 what the other axis says."""
    if keras == 2 and None in (left, right):
        known = right if left is None else left
        return None if known == Dim(1) else known
    if left is None or right is None:
        return None
    if left == Dim(1):
        return right
    if right == Dim(1):
        return left
    return left if left == right else unknown_dim()


def _merged(shapes: tuple[Shape, ...], keras: int) -> Shape | None:
    """Without the batch axis."""
    merged: Shape | None = shapes[0][1:]
    for shape in shapes[1:]:
        merged = None if merged is None else _broadcast(merged, shape[1:], keras)
    return merged


def _one_batch(given: LayerInput) -> Problem | None:
    batches = [shape[0] for shape in given.shapes if shape]
    sizes = [batch for batch in batches if batch is not None]
    if not any(unequal(sizes[0], size) for size in sizes[1:]):
        return None
    shapes = _texts(shape for shape in given.shapes if shape is not None)
    return Problem(Why.BATCH, f"inputs have different batch sizes: {shapes}", f"batch {sizes[0]}", shapes)


def _element_wise(layer: Layer, given: LayerInput) -> Problem | None:
    shapes = known_shapes(given)
    problem = _listed(layer, given) or _one_batch(given)
    if problem or shapes is None or _merged(shapes, layer.keras) is not None:
        return problem
    ranks = {len(shape) for shape in shapes}
    why = Why.AXIS if len(ranks) == 1 else Why.RANK
    return Problem(why, f"inputs do not fit together: {_texts(shapes)}", shape_text(shapes[0]), shape_text(shapes[-1]))


def _two(layer: Layer, given: LayerInput) -> Problem | None:
    count = len(given.tensors)
    if count == 2 or not given.listed:
        return _element_wise(layer, given)
    return Problem(Why.ARITY, f"{layer.kind} needs 2 inputs, found {count}", "2 inputs", f"{count} inputs")


def merge(layer: Layer, given: LayerInput) -> Given:
    """The inputs broadcast against each other."""
    shapes = known_shapes(given)
    if shapes is None or not shapes or any(not shape for shape in shapes):
        return None
    merged = _merged(shapes, layer.keras)
    batches = [shape[0] for shape in shapes if shape[0] is not None]
    batch = batches[0] if batches else None
    return (batch, *(shapes[0][1:] if merged is None else merged))


for _name in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
    layer(_name, requires=_element_wise)(merge)
layer("Subtract", requires=_two)(merge)


# Concatenate


def _concatenates(layer: Layer, given: LayerInput) -> Problem | None:
    """Equal ranks, and equal sizes but on the axis."""
    shapes, axis = known_shapes(given), argument(layer, "axis")
    problem = _listed(layer, given)
    if problem or shapes is None or not isinstance(axis, int):
        return problem
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1:
        return Problem(
            Why.RANK, f"inputs have different ranks: {_texts(shapes)}", f"ndim={len(shapes[0])}", _texts(shapes)
        )
    if not -len(shapes[0]) <= axis < len(shapes[0]):
        # Keras 3 looks at no axis of a single input.
        single = layer.keras == 3 and len(shapes) == 1 and axis > 0
        message = f"axis {axis} is not an axis of {shape_text(shapes[0])}"
        return None if single else Problem(Why.ARGUMENT, message, "", f"axis={axis}")
    return _unequal_axes(shapes, axis % len(shapes[0]))


def _unequal_axes(shapes: tuple[Shape, ...], axis: int) -> Problem | None:
    for place in range(len(shapes[0])):
        sizes = [shape[place] for shape in shapes if shape[place] is not None]
        if place == axis or not any(unequal(a, b) for a in sizes for b in sizes):
            continue
        message = f"inputs must be equal on every axis but {axis}, found {_texts(shapes)}"
        return Problem(Why.AXIS, message, shape_text(shapes[0]), shape_text(shapes[-1]))
    return None


@layer("Concatenate", "axis=-1", requires=_concatenates)
def concatenate(layer: Layer, given: LayerInput) -> Given:
    """The sizes on the axis add up; one None makes None."""
    shapes, axis = known_shapes(given), argument(layer, "axis")
    if not shapes or not isinstance(axis, int):
        return None
    if not -len(shapes[0]) <= axis < len(shapes[0]):
        return shapes[0]
    output = list(shapes[0])
    for shape in shapes[1:]:
        if not -len(shape) <= axis < len(shape):
            continue
        left, right = output[axis], shape[axis]
        output[axis] = None if left is None or right is None else left + right
    return tuple(output) if layer.keras == 3 else _filled(tuple(output), shapes, axis % len(output))


def _filled(output: Shape, shapes: tuple[Shape, ...], axis: int) -> Shape:
    """Keras 2 takes a size that only one of the inputs knows."""
    columns = zip(*shapes, strict=False)
    return tuple(
        dim if dim is not None or place == axis else next((other for other in column if other is not None), None)
        for place, (dim, column) in enumerate(zip(output, columns, strict=False))
    )


# Dot


def _axes(layer: Layer, ranks: tuple[int, int]) -> tuple[int, int] | None:
    match argument(layer, "axes"):
        case int() as axis:
            return (axis % ranks[0], axis % ranks[1]) if axis < 0 else (axis, axis)
        case (int() as left, int() as right):
            return left, right
        case _:
            return None


def _dot_axes(layer: Layer) -> Problem | None:
    match argument(layer, "axes"):
        case int() | (int(), int()):
            return None
        case value if unsure(value):
            return None
        case value:
            return refuse(f"axes must be an integer or two, found {shown(value)}", "one or two integers", shown(value))


def _dots(layer: Layer, given: LayerInput) -> Problem | None:
    shapes, count = known_shapes(given), len(given.tensors)
    if not given.listed or count != 2:
        return Problem(Why.ARITY, f"Dot needs a list of 2 inputs, found {count}", "2 inputs", f"{count} inputs")
    axes = _axes(layer, (len(shapes[0]), len(shapes[1]))) if shapes and all(shapes) else None
    if shapes is None or axes is None:
        return None
    if any(not -len(shape) <= axis < len(shape) for shape, axis in zip(shapes, axes, strict=True)):
        return Problem(Why.RANK, f"axes {axes} are not axes of {_texts(shapes)}", f"axes {axes}", _texts(shapes))
    left, right = (shape[axis] for shape, axis in zip(shapes, axes, strict=True))
    if not one_is_none(left, right) and not unequal(left, right):
        return None
    message = f"the axes to multiply differ, {left} and {right}: {_texts(shapes)}"
    return Problem(Why.AXIS, message, str(left), str(right))


@layer("Dot", "axes, normalize=False", requires=_dots, validate=_dot_axes)
def dot(layer: Layer, given: LayerInput) -> Given:
    """The axes multiplied go away; what is left of both, the second's batch axis taken out."""
    shapes = known_shapes(given)
    if shapes is None or len(shapes) != 2:
        return None
    axes = _axes(layer, (len(shapes[0]), len(shapes[1]))) if all(shapes) else None
    if axes is None or any(not -len(shape) <= axis < len(shape) for shape, axis in zip(shapes, axes, strict=True)):
        return None
    left, right = list(shapes[0]), list(shapes[1])
    left.pop(axes[0])
    right.pop(axes[1])
    output = left + right[1:]
    return tuple(output) if len(output) != 1 else (*output, Dim(1))
