"""A window of one series is laid out as the features of a single step."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    array_shape_text,
    called_here,
    differ,
    made_here,
    recurrent_layers,
    same,
    single_x,
    steps_of,
    window_of,
)

rule = Rule(
    code="LST301",
    name="window-on-feature-axis",
    severity=Severity.INFO,
    since="0.1.0",
    untestable="the layout is often no worse, though nothing is remembered",
)

RESHAPES = frozenset({"numpy.reshape", "Array.reshape", "numpy.expand_dims"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x, steps = single_x(run), steps_of(run)
    if not run.trains or x is None or steps is None or not same(steps, 1) or not recurrent_layers(run.model):
        return
    window = window_of(x)
    if window is None or x.shape is None or x.made is None or not same(x.shape[2], window.length):
        return
    shape = window.piece.shape
    narrow = shape is not None and (len(shape) == 1 or (len(shape) == 2 and same(shape[1], 1)))
    if narrow and differ(window.length, 1) and not same(window.length, 1):
        yield finding(run, facts, x, str(window.length))


def finding(run: Run, facts: Facts, x: Array, length: str) -> Finding:
    name, layer = facts.name_of(x) or "x", recurrent_layers(run.model)[0]
    place = called_here(layer, facts)
    assert x.shape is not None
    good = array_shape_text((x.shape[0], x.shape[2], x.shape[1]))
    return Finding(
        made_here(x, facts) or run.call.span,
        f"`{name}` {array_shape_text(x.shape)} lays each window of {length} steps out as features of one step: the "
        f"`{layer.core.kind}` has nothing to remember",
        Confidence.HIGH,
        label=f"1 step of {length} features",
        help=f"let the window be the time axis: {good}, with `{length}` steps of 1 feature in the model's input",
        labels=(Label(place, "runs a single step"),) if place else (),
    )
