"""The samples of x are put in random order and those of y are not, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    first_fit,
    shuffled_apart,
    split_apart,
)

rule = Rule(
    code="LST321",
    name="samples-shuffled-apart",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="which target belongs to which sample is not in the arrays",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or len(run.y) != 1 or not isinstance(run.y[0], Array):
        return
    for x in run.x[:1]:
        made = shuffled_apart(x, run.y[0], facts) if isinstance(x, Array) else None
        if made is not None and made.span.path == facts.source.path:
            yield Finding(
                made.span,
                "one of x and y is put in random order and the other is not: samples get the targets of others",
                Confidence.HIGH,
                label="another order",
                help="put both in the same order: `order = np.random.permutation(len(x))`, `x[order]` and `y[order]`",
                labels=(Label(run.call.span, "trained on together"),),
            )


@rule.on(Run)
def split(run: Run, facts: Facts) -> Iterator[Finding]:
    """Two inputs, or x and y, each split by a random split of its own."""
    if not run.trains or run.turn > 1 or first_fit(run, facts) is not run:
        return
    parts = [value for value in (*run.x, *run.y) if isinstance(value, Array)]
    pairs = (split_apart(parts[0], other, facts) for other in parts[1:])
    found = next((pair for pair in pairs if pair is not None), None)
    if found is None or any(call.call.span.path != facts.source.path for call in found):
        return
    first, second = found
    yield Finding(
        second.call.span,
        "this split draws other samples than the one before: what belongs to one sample is trained on with parts of "
        "others",
        Confidence.HIGH,
        label="draws anew",
        help="split everything in one call: `train_test_split(a, b, y)` draws the same samples from each",
        labels=(Label(first.call.span, "drawn here before"), Label(run.call.span, "trained on together")),
    )
