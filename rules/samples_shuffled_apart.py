"""The samples of x are put in random order and those of y are not, or in another one."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Reference,
    Rule,
    Run,
    Severity,
    first_fit,
    meetings,
    shuffled_apart,
    shuffled_twice,
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
    """What a run is given, and what a Sequence gives it from the second epoch on."""
    for one in (run, run.following):
        if one is not None and one.trains and one.turn == 1 and one.x and len(one.y) == 1:
            x, y = one.x[0], one.y[0]
            found = finding(one, x, y, facts) if isinstance(x, Array) and isinstance(y, Array) else None
            if found is not None:
                yield found
                return


def finding(run: Run, x: Array, y: Array, facts: Facts) -> Finding | None:
    made, both = shuffled_apart(x, y, facts), shuffled_twice(x, y, facts)
    places = (made,) if made is not None else both or ()
    if not places or places[-1].span.path != facts.source.path:
        return None
    how = "one of x and y is put in random order and the other is not"
    others = [Label(place.span, "one order") for place in places[:-1] if place.span.path == facts.source.path]
    return Finding(
        places[-1].span,
        f"{how if both is None else 'x and y are put in random orders, each in its own'}: samples get the targets of"
        " others",
        Confidence.HIGH,
        label="another order",
        help="put both in the same order: `order = np.random.permutation(len(x))`, `x[order]` and `y[order]`",
        labels=(*others, Label(run.call.span, "trained on together")),
    )


@rule.on(Run)
def taken(run: Run, facts: Facts) -> Iterator[Finding]:
    """Of datasets that are shuffled: x and y from two passes over one, or from two zipped together."""
    if not run.trains or run.turn > 1 or len(run.x) != 1 or len(run.y) != 1:
        return
    data, found = run.arguments.get("x"), None
    if isinstance(data, Reference) and run.data_kind == "dataset":
        found = meetings.zipped_apart(data, facts)
    elif run.data_kind == "array":
        found = meetings.in_two_passes(run.x[0], run.y[0])
    if found is not None and found.y.path == facts.source.path:
        shuffled = found.shuffled.span
        places = ((found.x, "x"), (shuffled, "shuffled"), (run.call.span, "trained on together"))
        yield Finding(
            found.y,
            "the samples and the targets are taken from a dataset in two orders: samples get the targets of others",
            Confidence.HIGH,
            label="y, in another order",
            help="take both at once: shuffle a dataset of pairs, and gather x and y in one loop",
            labels=tuple(Label(span, text) for span, text in places if span.path == found.y.path and span != found.y),
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
