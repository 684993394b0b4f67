"""x and y, or several inputs, hold different numbers of samples."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Dim,
    Experiment,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Mapped,
    Rule,
    Run,
    Sequence,
    Severity,
    Table,
    Value,
    argument_of,
    call_refused,
    differ,
    made_at,
    never_made,
    samples,
    split_leaves_nothing,
    steps_for_rows,
    stretches_rows,
)

rule = Rule(code="LST109", name="sample-counts-differ", severity=Severity.ERROR, since="0.1.0")
#: Calls that pair the rows of several arrays, and what their arrays are called.
_PAIRED = {
    "keras.preprocessing.sequence.TimeseriesGenerator": ["data", "targets"],
    "sklearn.model_selection.train_test_split": ["arrays"],
    "tensorflow.data.Dataset.from_tensor_slices": ["tensors"],
}
_HIDDEN = "`validation_split` hides it: rows are paired by their place"
_STRETCHED = "the loss stretches the one over the others"


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    """Of what a run is given, and of the validation data of a fit that is right itself."""
    yield from next((found for one in (run, run.validation) if one is not None and (found := _checked(one, facts))), ())


def _checked(run: Run, facts: Facts) -> list[Finding]:
    if run.data_kind != "array" or run.turn > 1 or never_made((*run.x, *run.y)) or steps_for_rows(run, facts):
        return []
    arrays = [*(("x", value) for value in run.x), *(("y", value) for value in run.y)]
    known = [(name, value, count) for name, value in arrays if (count := samples(value)) is not None]
    for name, value, count in known[1:]:
        first_name, first, first_count = known[0]
        if differ(count, first_count):
            return [_finding(run, (first_name, first, first_count), (name, value, count), facts)]
    return []


@rule.on(LibraryCall)
def check_call(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """Before any training: in a generator, a dataset of slices, a split, or a metric."""
    names = ["y_true", "y_pred"] if call.name.startswith("sklearn.metrics.") else _PAIRED.get(call.name, [])
    arrays = [leaf for name in names for leaf in _leaves(call.arguments.get(name))]
    known = [(value, count) for value in arrays if (count := samples(value)) is not None]
    other = next((one for one in known[1:] if differ(one[1], known[0][1])), None)
    if other is None:
        return
    names = [facts.name_of(value) or "the data" for value, _ in (known[0], other)]
    counts = known[0][1], other[1]
    places = ((made_at(value), count) for value, count in (known[0], other))
    does = call.name.rpartition(".")[2]
    asked = call_refused("paired", (does, *counts), (does, counts[0], counts[0]), "a target for each sample")
    yield Finding(
        call.call.span,
        f"`{names[0]}` holds {counted(counts[0])} and `{names[1]}` holds {counts[1]}: `{does}` pairs them row by row",
        Confidence.HIGH if counts[0].known and counts[1].known else Confidence.MEDIUM,
        label=f"{counts[0]} against {counts[1]} samples",
        help="cut, window or reshape both the same way, so that each sample has its target",
        labels=tuple(Label(place, f"{count} samples") for place, count in places if place is not None),
        experiment=None if call.name.startswith("sklearn.") else asked,
        untestable="scikit-learn raises, which the verifier has not",
    )


def counted(count: Dim) -> str:
    return "1 sample" if count == Dim(1) else f"{count} samples"


def _leaves(value: Value | None) -> Iterator[Value]:
    match value:
        case Sequence(kind="tuple", items=tuple() as items):
            for item in items:
                yield from _leaves(item)
        case Mapped(items=items):
            for _, item in items:
                yield from _leaves(item)
        case Array() | Table():
            yield value


def _finding(run: Run, one: tuple[str, Value, Dim], other: tuple[str, Value, Dim], facts: Facts) -> Finding:
    names = [_called(run, part, value, facts) for part, value, _ in (one, other)]
    splits = bool(run.validation_split) and split_leaves_nothing(run) is None
    longer = other[0] == "y" and one[0] == "x" and _fewer(one[2], other[2]) and splits
    lone = one[0] != other[0] and Dim(1) in (one[2], other[2]) and stretches_rows(run, facts)
    quiet = _HIDDEN if longer else _STRETCHED if lone else ""
    end = quiet or "Keras pairs them row by row"
    return Finding(
        run.call.span,
        f"`{names[0]}` holds {counted(one[2])} and `{names[1]}` holds {other[2]}: {end}",
        Confidence.HIGH if one[2].known and other[2].known else Confidence.MEDIUM,
        label=f"{one[2]} against {other[2]} samples",
        help="cut, window or reshape both the same way, so that each sample has its target",
        labels=tuple(_labels(run, one, other)),
        severity=Severity.WARNING if quiet else Severity.ERROR,
        experiment=None if quiet else Experiment(Claim.RAISES, run.model, run),
        untestable="Keras runs it: which rows belong together, no run tells" if quiet else "",
    )


def _fewer(left: Dim, right: Dim) -> bool:
    more = right - left
    return more.known and more.constant > 0


def _called(run: Run, part: str, value: Value, facts: Facts) -> str:
    site = argument_of(run, part)
    alone = len(run.x if part == "x" else run.y) == 1
    return site.text if site is not None and alone and len(site.text) <= 40 else facts.name_of(value) or part


def _labels(run: Run, *parts: tuple[str, Value, Dim]) -> Iterator[Label]:
    for _, value, count in parts:
        place = made_at(value)
        if place is not None and place not in run.call.span:
            yield Label(place, f"{count} samples")
