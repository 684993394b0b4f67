"""The target is a value that its window already holds."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Aligned,
    Claim,
    Confidence,
    Facts,
    Finding,
    Inside,
    Label,
    Rule,
    Run,
    Severity,
    Tagged,
    aligned,
    column_inside,
    comes_from,
    differ,
    first_fit,
    labels_in,
    last_recurrent,
    least,
    recurrent_layers,
    same,
    single_x,
    single_y,
    step_of_sample,
    target_inside,
    trained_first,
    window_of,
)

rule = Rule(code="LST304", name="target-inside-window", severity=Severity.WARNING, since="0.1.0")
_UNSEEN = "what the columns hold is not in the program"


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x, y = single_x(run), single_y(run)
    if x is None or y is None or not trained_first(run, facts):
        return
    last = last_recurrent(run.model)
    if found := target_inside(x, y, pieces=last is not None and last.layer.returns_sequences is False):
        yield finding(run, found, facts)
        return
    window = window_of(x)
    # Samples that are asked for again are those of an autoencoder.
    paired = x.shape and y.shape and not differ(x.shape[0], y.shape[0]) and not comes_from(y, x)
    beside = aligned(window, x, y, facts) if window is not None and paired else None
    if beside is not None and least(beside.row) >= 0 and least(beside.window.length - 1 - beside.row) >= 0:
        if beside.held:
            yield finding(run, beside, facts)
        elif beside.read and same(beside.row, 0) and differ(beside.window.length, 1):
            yield early(run, beside, facts)


@rule.on(Run)
def column(run: Run, facts: Facts) -> Iterator[Finding]:
    """The column of the targets is one of the columns of the samples, in the same row."""
    x, y = single_x(run), single_y(run)
    found = column_inside(x, y) if x is not None and y is not None and trained_first(run, facts) else None
    if found is not None:
        # Attributes have no place of their own, names have.
        named = (one.span for one in facts.assigned if getattr(one.value, "made", None) is found.made)
        place = next(named, found.made.span)
        here = place.path == facts.source.path
        yield Finding(
            place if here else run.call.span,
            f"the target {found.said}",
            Confidence.HIGH,
            label="later than its target" if found.past else "holds the target",
            help="take the row after: `shift(-1)`" if found.past else "leave that column out of the samples",
            labels=(Label(run.call.span, "learns to copy it"),) if here else (),
            untestable=_UNSEEN,
        )


@rule.on(Run)
def kept(run: Run, facts: Facts) -> Iterator[Finding]:
    """The samples still hold the step that was taken from them as the target."""
    x, y = single_x(run), single_y(run)
    if x is None or y is None or not run.trains or not recurrent_layers(run.model) or first_fit(run, facts) is not run:
        return
    found = step_of_sample(x, y)
    # Samples that were not cut from a series may well be asked for a step of theirs: to show that a layer can copy it.
    if found is not None and (window_of(x) is not None or run.data_kind != "array"):
        made, step = found
        which = "last step" if step == -1 else f"step {step}"
        here = made.span.path == facts.source.path
        yield Finding(
            made.span if here else run.call.span,
            f"the target is the {which} of the sample, and the sample still holds it: the model only has to copy it",
            Confidence.HIGH,
            label="stands in the sample",
            help="take the target out of what the model is given: `window[:-1]` and `window[-1]`",
            labels=(Label(run.call.span, "learns to copy it"),) if here else (),
        )


def early(run: Run, found: Aligned, facts: Facts) -> Finding:
    length = found.window.length
    labels = ((found.window.made.span, f"windows of {length} steps"), (run.call.span, "trains on them"))
    here = found.span.path == facts.source.path
    return Finding(
        found.span if here else run.call.span,
        f"the target of each window of {length} steps is that of its first step, row by row: the model answers about "
        "the past, from what came after it",
        Confidence.MEDIUM,
        label="from the first row on",
        help=f"the target of a window belongs to its last step, or the one after: cut {length} - 1 or {length} rows "
        "away in front",
        labels=labels_in(facts.source.path, labels),
        notes=("assumes that the answer is wanted at the window's end",),
        untestable="a label of the first step can be learned as well",
    )


def finding(run: Run, found: Inside | Aligned, facts: Facts) -> Finding:
    window, row, span, moved = found.window, found.row, found.span, found.moved
    which = "its last step" if same(row, window.length - 1) else f"step {row} of it, counted from 0"
    here, told = span.path == facts.source.path, moved.told if moved is not None else None
    labels = [(window.made.span, f"windows of {window.length} steps"), (run.call.span, "learns to copy it")]
    label, advice = "stands in the window", "take the target from behind the window, or end the window sooner"
    # The cause is the column that was moved, where one was.
    if moved is not None and (told or least(moved.rows) > 0) and moved.made.span.path == facts.source.path:
        labels.append((span, label))
        span, here = moved.made.span, True
        label = "tells of later rows" if told else f"{moved.rows} rows before"
        advice = f"leave `{told.column}` out of the samples" if told else "take the row after: `shift(-1)`"
    held = f"{told.said}, which its" if told else "is a value that its"
    wrong, right = ((window.length, at, "forwards") for at in (row, window.length))
    return Finding(
        span if here else run.call.span,
        f"the target {held} window of {window.length} steps already holds, {which}: the model only has to copy it",
        Confidence.HIGH,
        label=label,
        help=advice,
        labels=labels_in(facts.source.path, labels),
        untestable="" if told is None else _UNSEEN,
        experiment=None if told else Tagged(Claim.LEAKS, "targets", wrong, right, "the row behind the window"),
    )
