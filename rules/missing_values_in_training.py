"""Missing values that a shift, a difference or a moving window makes get into training."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Gap,
    Label,
    Rule,
    Run,
    Severity,
    gaps,
    recurrent_layers,
)

rule = Rule(code="LST323", name="missing-values-in-training", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or run.model.opaque or not recurrent_layers(run.model):
        return
    for name, value in (*(("x", value) for value in run.x), *(("y", value) for value in run.y)):
        gap = gaps(value, facts) if isinstance(value, Array) else None
        if gap is not None and gap.made.span.path == facts.source.path:
            yield _finding(run, name, gap)
            return


def _finding(run: Run, name: str, gap: Gap) -> Finding:
    method = gap.made.operation.rpartition(".")[2]
    what = f"`rolling(...).{method}`" if "rolling" in gap.made.operation else f"`{method}`"
    rows = "first" if gap.first else "last"
    column = f" of `{gap.column}`" if isinstance(gap.column, str) else ""
    return Finding(
        gap.made.span,
        f"{what} leaves the {rows} rows{column} without a value, and they get into `{run.method}`: the loss is nan from"
        " there on",
        Confidence.HIGH,
        label=f"nan in the {rows} rows",
        help="`dropna()` before the arrays are cut, or fill them",
        labels=(Label(run.call.span, f"trains on them as {name}"),),
        experiment=Experiment(Claim.BECOMES_NAN, run.model, run, (Cure("no value missing", (Change("data-steps"),)),)),
    )
