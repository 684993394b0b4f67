"""Windows are cut from rows in random order: their steps do not follow one another."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SPLIT,
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Made,
    Reference,
    Rule,
    Run,
    Severity,
    Value,
    differ,
    dim_of,
    labels_in,
    mixed_rows,
    recurrent_layers,
    recurrent_program,
    single_x,
    window_of,
)

rule = Rule(
    code="LST325",
    name="windows-of-shuffled-rows",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the order that the rows once had is not in the program",
)
#: What a dataset goes through without its elements becoming others, or going elsewhere.
_KEEP_ROWS = frozenset(
    {"Dataset.map", "Dataset.prefetch", "Dataset.cache", "Dataset.take", "Dataset.skip", "Dataset.filter"}
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    if not run.trains or run.turn > 1 or not isinstance(x, Array) or not recurrent_layers(run.model):
        return
    window = window_of(x)
    mixed = mixed_rows(window.series, facts) if window is not None else None
    if window is None or mixed is None or mixed.span.path != facts.source.path:
        return
    places = ((window.made.span, f"windows of {window.length} rows"), (run.call.span, "trains on them"))
    split = mixed.operation == SPLIT
    yield Finding(
        mixed.span,
        f"{'`train_test_split` puts' if split else 'this puts'} the rows in random order, and windows are cut from them"
        " afterwards: the steps of a window do not follow one another",
        Confidence.HIGH,
        label="a random order",
        help="split along the time, `shuffle=False`" if split else "cut the windows first, and shuffle those",
        labels=labels_in(facts.source.path, places),
    )


@rule.on(LibraryCall)
def check_dataset(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """``shuffle(…).window(…)``: elements that are one step each."""
    if call.name != "Dataset.window" or call.call.span.path != facts.source.path or not recurrent_program(facts):
        return
    size, mixed = dim_of(call.arguments.get("size")), shuffled_steps(call.receiver)
    if mixed is None or size is None or not differ(size, 1):
        return
    here = mixed.span.path == facts.source.path
    yield Finding(
        mixed.span if here else call.call.span,
        "`shuffle` puts the steps in random order, and windows are cut from them afterwards: the steps of a window do"
        " not follow one another",
        Confidence.HIGH,
        label="a random order",
        help="shuffle behind `window`, so that whole windows change places",
        labels=(Label(call.call.span, f"windows of {size} steps"),) if here else (),
    )


def shuffled_steps(dataset: Value | None) -> Made | None:
    """The call of ``shuffle`` on elements that are one step each: a number, or a row of features."""
    made: Made | None = getattr(dataset, "made", None)
    element = dataset.fields.get("element") if isinstance(dataset, Reference) else None
    if not isinstance(element, Array) or element.shape is None or len(element.shape) > 1:
        return None
    while made is not None and made.operation in _KEEP_ROWS and made.sources:
        made = getattr(made.sources[0], "made", None)
    return made if made is not None and made.operation == "Dataset.shuffle" else None
