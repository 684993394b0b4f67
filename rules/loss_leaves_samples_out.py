"""A loss or metric of the program's own cuts the batch where it means the steps: some samples of each are not read."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Tensor,
    asked_alone,
    dropped_samples,
    samples_of,
)

rule = Rule(
    code="LST419",
    name="loss-leaves-samples-out",
    severity=Severity.WARNING,
    since="0.1.0",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set()
    for run in facts.runs:
        for result, is_metric in ((run.loss, False), *((metric, True) for metric in run.metrics)):
            found = _finding(run, result, is_metric, facts)
            if found is not None and found.span not in told:
                told.add(found.span)
                yield found


def _finding(run: Run, result: Tensor | None, is_metric: bool, facts: Facts) -> Finding | None:
    """Only where the samples are shuffled: then a place in the batch says nothing of what stands there."""
    batch = _batch(run)
    mixed = run.method == "fit" and run.shuffle is True and run.data_kind == "array"
    dropped = dropped_samples(result, batch) if mixed and batch is not None else None
    if dropped is None or dropped.span.path != facts.source.path:
        return None
    text = " ".join(facts.source.slice(dropped.span).split())
    what = "the metric" if is_metric else "the loss"
    return Finding(
        dropped.span,
        f"`{text}` picks along the first axis, which is the batch: {what} never looks at {dropped.count} of the"
        f" {dropped.batch} samples of each batch",
        Confidence.HIGH,
        label=f"{dropped.batch - dropped.count} of {dropped.batch} samples",
        help=_help(run),
        labels=(Label(run.call.span, "shuffles the samples, and cuts them into batches"),),
        experiment=asked_alone(result, dropped.span, "unread"),
    )


def _help(run: Run) -> str:
    """What is meant most likely: the next axis, the steps of an output with three, else the columns."""
    shape = run.outputs[0].shape if run.outputs else None
    if shape is not None and len(shape) > 2:
        return "cut the steps, which come after the batch: write `:,` before the cut, `y_true[:, a:b]`"
    return "pick columns after the batch, as `y_true[:, a]`, and weigh single samples with `sample_weight`"


def _batch(run: Run) -> int | None:
    """The samples of the largest batch."""
    size, samples = run.batch_size.value if run.batch_size is not None else None, samples_of(run)
    counted = samples.value if samples is not None else None
    if size is None or counted is None:
        return size
    return min(size, int(counted * (1 - (run.validation_split or 0))))
