"""The last windows of a dataset are shorter, and a batch takes them together with others: TensorFlow raises."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Severity, Span, labels_in, short_windows

rule = Rule(
    code="LST122",
    name="windows-of-unequal-length",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="the verifier does not run the program's own datasets",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told: set[Span] = set()
    for run in facts.runs:
        for found in short_windows.uneven_windows(run, facts):
            place = found.window.span
            if place not in told and place.path == facts.source.path:
                told.add(place)
                others = ((found.batch.span, "one batch"), (run.call.span, "raises at its end"))
                yield Finding(
                    place,
                    f"{_which(found)} and are put into one batch with others: TensorFlow refuses to batch tensors of "
                    "different shapes",
                    Confidence.HIGH,
                    label="the last windows are shorter",
                    help="leave the shorter ones out: `window(..., drop_remainder=True)`",
                    labels=labels_in(place.path, others),
                )


def _which(found: short_windows.Uneven) -> str:
    of = "" if found.rows is None else f" of {found.rows} rows"
    return f"the last windows{of} hold less than {found.size} steps, for one begins every {_rows(found.shift)},"


def _rows(count: int) -> str:
    return "row" if count == 1 else f"{count} rows"
