"""A stateful model goes from one series to the next and takes its state along."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Label,
    Loop,
    Made,
    Reset,
    Rule,
    Run,
    Severity,
    called_here,
    labels_in,
    only_training_resets,
    passes,
    resets_that_may,
    series_by_turn,
    stateful_layers,
    unseen_callbacks,
)

rule = Rule(code="LST212", name="stateful-runs-across-series", severity=Severity.WARNING, since="0.1.0")

CURE = Cure("reset before each series", (Change("training", None, "resets", "epoch"),))


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    layer = next(iter(stateful_layers(run.model)), None)
    if layer is None or not run.trains or run.turn > 1 or run.call.span.path != facts.source.path:
        return
    if unseen_callbacks(run):
        return
    resets = list(resets_that_may(facts, run.model))
    # Where nothing is reset between whole passes either, stateful-never-reset speaks.
    if run.method == "fit" and not resets and passes(run, facts) is not None:
        return
    found = series_by_turn(run, facts)
    if found is not None and not any(reset_inside(reset, found[0], run) for reset in resets):
        yield finding(run, *found, facts)


@rule.on(Run)
def asked(run: Run, facts: Facts) -> Iterator[Finding]:
    """Training resets for each series, and the answers are asked for without."""
    found = only_training_resets(run, facts)
    if found is None or run.call.span.path != facts.source.path:
        return
    left = "the one before" if found.several else "the series before, the last one of training"
    places = ((found.reset.call.span, "training forgets before each series"), (found.trained.call.span, "trains"))
    yield Finding(
        run.call.span,
        f"the states are reset for each series that the model is trained on, and not for those that `{run.method}` is "
        f"asked about: {'each' if found.several else 'the first'} goes on from the state that {left} has left",
        Confidence.HIGH,
        label="goes on from the series before",
        help="reset the states here as well before each series: `layer.reset_states()`",
        labels=labels_in(facts.source.path, places),
        untestable="what the program predicts in its own loop is not run",
    )


def reset_inside(reset: Reset, loop: Loop, run: Run) -> bool:
    """Whether a reset may come between two series."""
    nobody = reset.model is None and reset.layer is None
    return nobody or reset.hook_of(run) is not None or any(around.span == loop.span for around in reset.loops)


def finding(run: Run, loop: Loop, source: Made, facts: Facts) -> Finding:
    layer = stateful_layers(run.model)[0]
    place = called_here(layer, facts)
    *_, owner, method = source.operation.split(".")
    name = owner if method == "__iter__" else method
    return Finding(
        run.call.span,
        f"a stateful `{layer.core.kind}` is trained on one series after the other and not reset between them: each "
        "starts from the state that another one has left",
        Confidence.HIGH,
        label="goes on from the series before",
        help="reset the states of the stateful layers before each series: `layer.reset_states()`",
        labels=(Label(source.span, f"`{name}` gives another series at each turn"),)
        + ((Label(place, "carries its state on"),) if place else ()),
        experiment=Experiment(Claim.STATE_MATTERS, run.model, run, (CURE,), probe="start"),
    )
