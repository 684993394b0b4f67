"""Pictures as SVG text: a model's shapes from layer to layer, and the loss curves of an experiment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from lstmlint.api import Dim, Model, shape_text

if TYPE_CHECKING:
    from lstmlint.verify.judge import Trial

_COLOURS = ("#c0392b", "#1f7a4d", "#2c5fa8", "#8e44ad", "#b9770e")
_WIDE, _HIGH, _LEFT, _TOP = 560, 240, 52, 12
_ROW = 58


def model_picture(model: Model) -> str:
    """Each shape as a grid of steps (to the right) and features (down), layer under layer; where it breaks in red."""
    rows = list(_model_rows(model))
    height = _ROW * len(rows) + 10
    body = "".join(_shape_row(index, *row) for index, row in enumerate(rows))
    return _svg("model", height, body)


def _svg(kind: str, height: int, body: str) -> str:
    return f'<svg class="{kind}" viewBox="0 0 640 {height}" width="640" height="{height}" role="img">{body}</svg>'


def _model_rows(model: Model) -> Iterator[tuple[str, str, tuple[Dim | None, ...] | None, bool]]:
    for tensor in model.inputs:
        yield "Input", shape_text(tensor.shape), tensor.shape, False
    for node in model.nodes:
        shape = node.outputs[0].shape if node.outputs else None
        text = node.problem.message if node.problem else shape_text(shape)
        yield node.layer.text, text, None if node.problem else shape, node.problem is not None


def _shape_row(index: int, name: str, text: str, shape: tuple[Dim | None, ...] | None, broken: bool) -> str:
    top = index * _ROW + 5
    colour = "#c0392b" if broken else "#222"
    words = (
        f'<text x="170" y="{top + 20}" class="layer">{escape(name)}</text>'
        f'<text x="170" y="{top + 38}" fill="{colour}">{"✗ " if broken else ""}{escape(_cut(text))}</text>'
    )
    arrow = f'<path d="M75 {top - 9} v6" stroke="#999"/>' if index else ""
    return arrow + (_cross(top) if broken else _grid(top, shape)) + words


def _cut(text: str) -> str:
    return text if len(text) <= 68 else f"{text[:67]}…"


def _cross(top: int) -> str:
    return f'<path d="M65 {top + 14} l20 20 m0 -20 l-20 20" stroke="#c0392b" stroke-width="4"/>'


def _grid(top: int, shape: tuple[Dim | None, ...] | None) -> str:
    """Boxes for the axes after the batch: steps as columns, features as rows, on a logarithmic scale."""
    if shape is None or len(shape) < 2:
        return f'<text x="70" y="{top + 30}" fill="#999">?</text>'
    steps = shape[1] if len(shape) > 2 else Dim(1)
    columns, rows = _cells(steps, 14), _cells(shape[-1], 5)
    cells = (
        f'<rect x="{75 - columns * 5 + column * 10}" y="{top + 24 - rows * 4 + row * 8}" width="9" height="7"/>'
        for column in range(columns)
        for row in range(rows)
    )
    return f'<g fill="#2c5fa8">{"".join(cells)}</g>'


def _cells(size: Dim | None, most: int) -> int:
    """How many boxes stand for a size; an unknown one gets a middling number."""
    if size is None or size.value is None:
        return most // 2
    return max(1, min(most, size.value if size.value <= 4 else 2 + round(math.log2(size.value))))


def curves(trials: Sequence[Trial], floor: float | None) -> str:
    """Loss against epoch for every program and seed; the floor as a dashed line. Empty where nothing was trained."""
    drawn = [trial for trial in trials if len(trial.curve) > 1 and all(math.isfinite(loss) for _, loss in trial.curve)]
    if not drawn:
        return ""
    last = max(trial.curve[-1][0] for trial in drawn)
    high = max(max(loss for _, loss in trial.curve) for trial in drawn) * 1.05 or 1.0
    programs = list(dict.fromkeys(trial.program for trial in drawn))
    parts = [_axes(last, high), _floor_line(floor, high)]
    parts += [_curve(trial, last, high, _COLOURS[programs.index(trial.program) % len(_COLOURS)]) for trial in drawn]
    parts += [_key(index, program) for index, program in enumerate(programs)]
    height = _HIGH + 40 + 18 * len(programs)
    return _svg("curves", height, "".join(parts))


def _x(epoch: float, last: int) -> float:
    return _LEFT + (epoch - 1) / max(last - 1, 1) * _WIDE


def _y(loss: float, high: float) -> float:
    return _TOP + _HIGH * (1 - loss / high)


def _axes(last: int, high: float) -> str:
    bottom = _TOP + _HIGH
    return (
        f'<path d="M{_LEFT} {_TOP} V{bottom} H{_LEFT + _WIDE}" fill="none" stroke="#888"/>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 10}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{_LEFT}" y="{bottom + 16}">epoch 1</text>'
        f'<text x="{_LEFT + _WIDE}" y="{bottom + 16}" text-anchor="end">{last}</text>'
    )


def _floor_line(floor: float | None, high: float) -> str:
    if floor is None or floor > high:
        return ""
    y = _y(floor, high)
    return (
        f'<path d="M{_LEFT} {y:.1f} H{_LEFT + _WIDE}" stroke="#222" stroke-dasharray="6 4"/>'
        f'<text x="{_LEFT + _WIDE}" y="{y + 15:.1f}" text-anchor="end">floor {floor:.3g}</text>'
    )


def _curve(trial: Trial, last: int, high: float, colour: str) -> str:
    points = " ".join(f"{_x(epoch, last):.1f},{_y(loss, high):.1f}" for epoch, loss in trial.curve)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _key(index: int, program: str) -> str:
    y = _TOP + _HIGH + 36 + 18 * index
    colour = _COLOURS[index % len(_COLOURS)]
    return (
        f'<rect x="{_LEFT}" y="{y - 9}" width="16" height="4" fill="{colour}"/>'
        f'<text x="{_LEFT + 24}" y="{y}">{escape(program)}</text>'
    )
