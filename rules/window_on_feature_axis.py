"""A window of one series is laid out as the features of a single step."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Change,
    Claim,
    Confidence,
    Cure,
    Dim,
    Experiment,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Window,
    array_shape_text,
    called_here,
    differ,
    first_fit,
    lags_in_one_step,
    made_here,
    recurrent_layers,
    same,
    single_x,
    stateful_layers,
    steps_of,
    window_of,
)

rule = Rule(code="LST301", name="window-on-feature-axis", severity=Severity.INFO, since="0.1.0")

RESHAPES = frozenset({"numpy.reshape", "Array.reshape", "numpy.expand_dims"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x, steps = single_x(run), steps_of(run)
    if not run.trains or x is None or steps is None or not same(steps, 1) or not recurrent_layers(run.model):
        return
    if x.shape is None or x.made is None or first_fit(run, facts) is not run:
        return
    window, lags = window_of(x), lags_in_one_step(x)
    if window is not None and one_series(window) and fills(x.shape[2], window):
        yield finding(run, facts, x, f"each window of {x.shape[2]} steps", f"`{x.shape[2]}` steps of 1 feature")
    elif window is None and lags is not None:
        yield finding(run, facts, x, f"the {lags[0]} earlier rows of each sample", f"`{lags[0]}` steps of the columns")


def one_series(window: Window) -> bool:
    shape = window.piece.shape
    narrow = shape is not None and (len(shape) == 1 or (len(shape) == 2 and same(shape[1], 1)))
    return narrow and differ(window.length, 1)


def fills(width: Dim, window: Window) -> bool:
    """Whether the features are the window's steps, but for a last one that may be the target."""
    return same(width, window.length) or same(width + 1, window.length)


def laid_out(x: Array) -> Array:
    """The array in which the samples got their axes; what is given may be a part of it."""
    while x.made is not None and x.made.operation == "index" and x.shape is not None:
        source = x.made.sources[0]
        if not isinstance(source, Array) or source.shape is None or len(source.shape) != 3:
            break
        if not all(map(same, source.shape[1:], x.shape[1:])):
            break
        x = source
    return x


def finding(run: Run, facts: Facts, x: Array, what: str, instead: str) -> Finding:
    name, layer = facts.name_of(x) or "x", recurrent_layers(run.model)[0]
    carries = bool(stateful_layers(run.model))
    place = called_here(layer, facts)
    assert x.shape is not None
    good = (
        f"({x.shape[0]}, steps, features)"
        if "columns" in instead
        else array_shape_text((x.shape[0], x.shape[2], Dim(1)))
    )
    return Finding(
        made_here(laid_out(x), facts) or run.call.span,
        f"`{name}` {array_shape_text(x.shape)} lays {what} out as features of one step: the "
        f"`{layer.core.kind}` has nothing to remember{' but the state of the sample before' if carries else ''}",
        Confidence.HIGH,
        label=f"1 step of {x.shape[2]} features",
        help=f"let the window be the time axis: {good}, with {instead} in the model's input",
        labels=(Label(place, "runs a single step"),) if place else (),
        experiment=None if carries else experiment(run, x.shape[2]),
        untestable="a stateful layer carries something over from each sample to the next" if carries else "",
    )


def experiment(run: Run, length: Dim) -> Experiment:
    return Experiment(Claim.REMEMBERS_NOTHING, run.model, run, tuple(cures(length)), probe="memory")


def cures(length: Dim) -> Iterator[Cure]:
    """The window as the steps, where its length is known."""
    if length.value is not None:
        shape = (length.value, 1)
        changes = (Change("input-shape", value=shape), Change("x-shape", value=("n", *shape)))
        yield Cure("the window as steps", changes)
