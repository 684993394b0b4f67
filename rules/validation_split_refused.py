"""`validation_split` of data that Keras cannot split, or that leaves nothing to train on."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Tagged,
    argument_of,
    call_refused,
    differ,
    holds_out,
    made_at,
    never_made,
    samples,
    split_leaves_nothing,
)

rule = Rule(code="LST118", name="validation-split-refused", severity=Severity.ERROR, since="0.1.0")

#: What data brings its own batches, in words.
BATCHES = {"dataset": "a `Dataset`", "generator": "a generator", "sequence": "a `Sequence`"}


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.method != "fit" or run.turn > 1 or not holds_out(run) or never_made((*run.x, *run.y)):
        return
    kind, count = BATCHES.get(run.data_kind), split_leaves_nothing(run)
    if kind is not None:
        yield _of_batches(run, kind)
    elif count is not None and not any(_other(samples(value), count) for value in (*run.x, *run.y)):
        yield _of_few(run, count)


def _other(count: Dim | None, first: Dim) -> bool:
    """Counts that differ are another rule's."""
    return count is not None and differ(count, first)


def _of_batches(run: Run, kind: str) -> Finding:
    site = argument_of(run, "validation_split")
    return Finding(
        site.value if site is not None else run.call.span,
        f"`validation_split` holds out a part of arrays, and the model is fitted on {kind}: Keras raises ValueError",
        Confidence.HIGH,
        label="ValueError",
        help="keep some of the data apart before it is batched, and give it as `validation_data`",
        labels=_made(run, kind),
        experiment=_experiment(run, run.data_kind, Dim(8)),
    )


def _of_few(run: Run, count: Dim) -> Finding:
    one = count == Dim(1)
    few = f"{count} sample{'' if one else 's'}"
    return Finding(
        run.call.span,
        f"`validation_split={run.validation_split:g}` of {few} leaves none to train on: Keras raises ValueError",
        Confidence.HIGH,
        label=few,
        help="the first axis counts samples: put each window or sequence in a row of its own"
        if one
        else "leave `validation_split` out, or bring more samples",
        labels=_made(run, few),
        experiment=_experiment(run, "array", count),
    )


def _experiment(run: Run, source: str, count: Dim) -> Tagged:
    part = float(run.validation_split or 0)
    return call_refused("held out", (source, count, part), (source, count, 0.0), "without `validation_split`")


def _made(run: Run, words: str) -> tuple[Label, ...]:
    place = next((made_at(value) for value in run.x), None)
    return (Label(place, words.replace("`", "")),) if place is not None and place not in run.call.span else ()
