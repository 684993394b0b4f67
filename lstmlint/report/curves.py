"""The loss curves of an experiment as SVG text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstmlint.verify.verdict import Trial

_WIDE, _HIGH, _LEFT, _TOP, _RIGHT = 620, 260, 52, 14, 170
#: Lines of text at the ends of curves stand at least so far apart.
_APART = 17.0


def curves(trials: Sequence[Trial], floor: float | None) -> str:
    """Loss against epoch for every program and seed, the floor dashed. Empty where nothing was trained."""
    drawn = [trial for trial in trials if len(trial.curve) > 1 and all(math.isfinite(loss) for _, loss in trial.curve)]
    if not drawn:
        return ""
    last = max(trial.curve[-1][0] for trial in drawn)
    high = _round_up(max(max(loss for _, loss in trial.curve) for trial in drawn))
    programs = list(dict.fromkeys(trial.program for trial in drawn))
    lines = (_curve(trial, last, high, programs.index(trial.program)) for trial in drawn)
    body = f"{_axes(last, high)}{''.join(lines)}{_floor_line(floor, high)}{''.join(_ends(drawn, programs, high))}"
    width, height = _LEFT + _WIDE + _RIGHT, _TOP + _HIGH + 28
    label = f"loss by epoch: {', '.join(programs)}"
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="curves" {size} role="img" aria-label="{escape(label)}">{body}</svg>'


def _round_up(loss: float) -> float:
    """The top of the axis: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 or 10 times a power of ten."""
    if loss <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(loss))
    return next((step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if loss <= step * power), 10 * power)


def _x(epoch: float, last: int) -> float:
    return _LEFT + (epoch - 1) / max(last - 1, 1) * _WIDE


def _y(loss: float, high: float) -> float:
    return _TOP + _HIGH * (1 - loss / high)


def _axes(last: int, high: float) -> str:
    bottom = _TOP + _HIGH
    ticks = "".join(_tick(high * part / 4, high) for part in range(5))
    return (
        f'{ticks}<path class="axis" d="M{_LEFT} {_TOP} V{bottom} H{_LEFT + _WIDE}" fill="none"/>'
        f'<text class="soft" x="{_LEFT}" y="{bottom + 20}">epoch 1</text>'
        f'<text class="soft" x="{_LEFT + _WIDE}" y="{bottom + 20}" text-anchor="end">epoch {last}</text>'
        f'<text class="soft" x="{_LEFT + 8}" y="{_TOP + 12}">loss</text>'
    )


def _tick(loss: float, high: float) -> str:
    y = _y(loss, high)
    return (
        f'<path class="gridline" d="M{_LEFT} {y:.1f} H{_LEFT + _WIDE}"/>'
        f'<text class="soft" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{loss:.3g}</text>'
    )


def _floor_line(floor: float | None, high: float) -> str:
    if floor is None or floor > high:
        return ""
    y = _y(floor, high)
    return (
        f'<path class="floor" d="M{_LEFT} {y:.1f} H{_LEFT + _WIDE}"/>'
        f'<text class="halo" x="{_LEFT + 10}" y="{y + 17:.1f}">floor {floor:.3g}</text>'
    )


def _curve(trial: Trial, last: int, high: float, number: int) -> str:
    points = " ".join(f"{_x(epoch, last):.1f},{_y(loss, high):.1f}" for epoch, loss in trial.curve)
    return f'<polyline class="p{number % 5}" points="{points}"/>'


def _ends(drawn: Sequence[Trial], programs: Sequence[str], high: float) -> Iterator[str]:
    """Each program's name and last loss where its curves end, pushed apart where they would touch."""
    ends = []
    for number, program in enumerate(programs):
        losses = [trial.curve[-1][1] for trial in drawn if trial.program == program]
        ends.append((_y(sum(losses) / len(losses), high), number, program, max(losses)))
    below = -math.inf
    for y, number, program, loss in sorted(ends):
        below = max(y, below + _APART)
        name = program if len(program) <= 17 else f"{program[:16]}…"
        place = f'x="{_LEFT + _WIDE + 8}" y="{below + 4:.1f}"'
        yield f'<text class="end p{number % 5}" {place}>{escape(name)} {loss:.3f}</text>'
