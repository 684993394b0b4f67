"""A model's shapes from layer to layer as SVG text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from lstmlint.api import Dim, Model, Tensor, shape_text

#: A row's height, a box's size and gap, the middle of the boxes and where the words begin.
_ROW, _BOX, _GAP, _MIDDLE, _WORDS = 84, 11, 2, 120, 250
_MOST_STEPS, _MOST_FEATURES = 14, 4


def model_picture(model: Model) -> str:
    """Each shape as a grid of steps (to the right) and features (down), layer under layer; where it breaks in red."""
    rows = list(_model_rows(model))
    height = _ROW * len(rows) + 26
    body = "".join(_shape_row(index, *row) for index, row in enumerate(rows))
    key = f'<text class="soft" x="{_MIDDLE}" y="14" text-anchor="middle">steps to the right, features down</text>'
    label = "the shapes of the model, layer by layer"
    size = f'viewBox="0 0 840 {height}" width="840" height="{height}"'
    return f'<svg class="model" {size} role="img" aria-label="{label}">{key}{body}</svg>'


def _model_rows(model: Model) -> Iterator[tuple[str, str, tuple[Dim | None, ...] | None, bool, bool]]:
    """Name, text and shape of each row, whether it breaks there, and whether it takes what stands above it."""
    above: tuple[Tensor, ...] = ()
    for tensor in model.inputs:
        yield "Input", shape_text(tensor.shape), tensor.shape, False, False
        above = (tensor,)
    for node in model.nodes:
        shape = node.outputs[0].shape if node.outputs else None
        text = node.problem.message if node.problem else shape_text(shape)
        follows = any(one is other for one in node.inputs for other in above)
        yield node.layer.text, text, None if node.problem else shape, node.problem is not None, follows
        above = node.outputs


def _shape_row(
    index: int, name: str, text: str, shape: tuple[Dim | None, ...] | None, broken: bool, follows: bool
) -> str:
    middle = 26 + index * _ROW + _ROW // 2
    sort = ' class="bad"' if broken else ""
    words = (
        f'<text x="{_WORDS}" y="{middle - 6}" class="layer">{escape(_cut(name))}</text>'
        f'<text x="{_WORDS}" y="{middle + 14}"{sort}>{"✗ " if broken else ""}{escape(_cut(text))}</text>'
    )
    spread = "" if broken or shape is None else _meaning(shape)
    more = f'<text x="{_WORDS}" y="{middle + 31}" class="soft">{spread}</text>' if spread else ""
    return (_arrow(middle) if follows else "") + (_cross(middle) if broken else _grid(middle, shape)) + words + more


def _meaning(shape: tuple[Dim | None, ...]) -> str:
    match shape:
        case (_, steps, features):
            return escape(f"{_counted(steps, 'step')} of {_counted(features, 'feature')}")
        case (_, features):
            return escape(f"{_counted(features, 'number')} a sample")
        case _:
            return ""


def _counted(size: Dim | None, noun: str) -> str:
    if size == Dim(1):
        return f"1 {noun}"
    return f"{'any number of' if size is None else size} {noun}s"


def _arrow(middle: int) -> str:
    top = middle - _ROW // 2
    return f'<path class="axis" d="M{_MIDDLE} {top - 9} v14 m-4 -5 l4 5 l4 -5" fill="none"/>'


def _cut(text: str) -> str:
    return text if len(text) <= 76 else f"{text[:75]}…"


def _cross(middle: int) -> str:
    return f'<path class="cross" d="M{_MIDDLE - 10} {middle - 10} l20 20 m0 -20 l-20 20"/>'


def _grid(middle: int, shape: tuple[Dim | None, ...] | None) -> str:
    """Boxes for the axes after the batch, on a logarithmic scale where there are many."""
    if shape is None or len(shape) < 2:
        return f'<text class="soft" x="{_MIDDLE}" y="{middle + 4}" text-anchor="middle">?</text>'
    columns = _cells(shape[1], _MOST_STEPS) if len(shape) > 2 else 1
    rows = _cells(shape[-1], _MOST_FEATURES)
    pitch = _BOX + _GAP
    left, top = _MIDDLE - columns * pitch / 2, middle - rows * pitch / 2
    boxes = (
        f'<rect class="step" x="{left + column * pitch:.1f}" y="{top + row * pitch:.1f}"'
        f' width="{_BOX}" height="{_BOX}" rx="2"/>'
        for column in range(columns)
        for row in range(rows)
    )
    return "".join(boxes)


def _cells(size: Dim | None, most: int) -> int:
    """How many boxes stand for a size; an unknown one gets a middling number."""
    if size is None or size.value is None:
        return most // 2
    return max(1, min(most, size.value if size.value <= 4 else 2 + round(math.log2(size.value))))
