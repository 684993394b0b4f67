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
    ancestors,
    bound_inside,
    called_here,
    comes_from,
    operations,
    other_series,
    passes,
    resets_that_may,
    stateful_layers,
    unseen_callbacks,
)

rule = Rule(code="LST212", name="stateful-runs-across-series", severity=Severity.WARNING, since="0.1.0")

CURE = Cure("reset before each series", (Change("training", None, "resets", "epoch"),))
#: What brings a series of its own at each turn.
READS = frozenset({"pandas.read_csv", "pandas.read_excel", "pandas.read_parquet", "numpy.load", "numpy.loadtxt"})
GROUPS = frozenset({"GroupBy.get_group", "Table.groupby"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    layer = next(iter(stateful_layers(run.model)), None)
    if layer is None or not run.trains or run.turn > 1 or run.call.span.path != facts.source.path:
        return
    if unseen_callbacks(run):
        return
    resets = list(resets_that_may(facts, run.model))
    # Where nothing is reset between whole passes either, stateful-never-reset speaks.
    if not resets and passes(run, facts) is not None:
        return
    for loop in run.loops:
        source = series_of(run, loop)
        if source is not None and loop.kind == "for" and not bound_inside(facts, run.model, loop):
            if not any(reset_inside(reset, loop) for reset in resets):
                yield finding(run, loop, source, facts)
            return


def reset_inside(reset: Reset, loop: Loop) -> bool:
    """Whether a reset may come between two series."""
    nobody = reset.model is None and reset.layer is None
    return nobody or reset.hook is not None or any(around.span == loop.span for around in reset.loops)


def series_of(run: Run, loop: Loop) -> Made | None:
    """The step by which each turn of the loop gets another series."""
    for x in run.x:
        if other_series(loop) and comes_from(loop.over, x):
            return next(operations(x), None)
        for value in ancestors(x):
            made: Made | None = getattr(value, "made", None)
            if made is None:
                continue
            read = made.operation in READS and made.span in loop.span
            if read or (made.operation in GROUPS and loop.over is not None and in_head(made, loop)):
                return made
    return None


def in_head(made: Made, loop: Loop) -> bool:
    """Whether the loop runs over what this step made: ``for name, part in frame.groupby("id")``."""
    return any(getattr(value, "made", None) is made for value in ancestors(loop.over))


def finding(run: Run, loop: Loop, source: Made, facts: Facts) -> Finding:
    layer = stateful_layers(run.model)[0]
    place = called_here(layer, facts)
    name = source.operation.rpartition(".")[2]
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
