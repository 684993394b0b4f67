"""x is the one part of the data and y is the other."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Made,
    Rule,
    Run,
    Severity,
    other_part,
    single_x,
    single_y,
)

rule = Rule(
    code="LST324",
    name="targets-of-another-part",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="which target belongs to which sample is not in the arrays",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    for one in (run, run.validation):
        x, y = _given(one)
        found = other_part(x, y) if isinstance(x, Array) and isinstance(y, Array) else None
        if found is not None:
            yield _finding(run, *found)


def _given(run: Run | None) -> tuple[Array | None, Array | None]:
    """Arrays of samples: what a dataset's single window is cut into is its past and its future."""
    if run is None or run.turn > 1 or run.data_kind != "array":
        return None, None
    return single_x(run), single_y(run)


def _finding(run: Run, x: Made, y: Made) -> Finding:
    places = ((x.span, "x is cut here"), (y.span, "y is cut here"))
    return Finding(
        run.call.span,
        "x holds the one part of the data and y the other: no sample gets its own target",
        Confidence.HIGH,
        label="parts that do not belong together",
        help="give x and y of the same part",
        labels=tuple(Label(place, text) for place, text in dict(places).items() if place not in run.call.span),
    )
