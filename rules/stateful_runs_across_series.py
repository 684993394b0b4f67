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
    Rule,
    Run,
    Severity,
    ancestors,
    bound_inside,
    called_here,
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
    if any(True for _ in resets_that_may(facts, run.model)) or unseen_callbacks(run):
        return
    for loop in run.loops:
        source = series_of(run, loop)
        if source is not None and loop.kind == "for" and not bound_inside(facts, run.model, loop):
            yield finding(run, loop, source, facts)
            return


def series_of(run: Run, loop: Loop) -> Made | None:
    """The step by which each turn of the loop gets another series."""
    for x in run.x:
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
        f"a stateful `{layer.core.kind}` is trained on one series after the other and never reset: each series starts "
        "from the state that another one has left",
        Confidence.HIGH,
        label="goes on from the series before",
        help="reset the states of the stateful layers before each series: `layer.reset_states()`",
        labels=(Label(source.span, f"`{name}` gives another series at each turn"),)
        + ((Label(place, "carries its state on"),) if place else ()),
        experiment=Experiment(Claim.STATE_MATTERS, run.model, run, (CURE,), probe="start"),
    )
