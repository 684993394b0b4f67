"""A scaler is fitted on all data, and the result is split afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SCALERS,
    Claim,
    Confidence,
    Cut,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Run,
    Severity,
    Span,
    Tagged,
    Value,
    cuts,
    first_fit,
    is_scaler,
    one_of_many,
    same_scaler,
    scaled_by_hand,
    transformed_apart,
    window_of,
)

rule = Rule(code="LST305", name="scaler-sees-test-data", severity=Severity.WARNING, since="0.1.0")

FITS = ("fit_transform", "fit")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    module, _, method = call.name.rpartition(".")
    if method not in FITS or not is_scaler(module):
        return
    data = call.arguments.get("X")
    if data is None or call.call.span.path != facts.source.path or call.conditional:
        return
    splits = (split_after(scaled, facts) for scaled in transformed(call, data, facts))
    found = next((split for split in splits if split is not None), None)
    if found is None and method == "fit":
        found = transformed_apart(call, data, facts)
    if found is not None:
        what = f"`{call.call.callee_text}` is fitted on"
        yield finding(call.call.span, what, data, facts, *found, module.rpartition(".")[2])


@rule.on(Run)
def by_hand(run: Run, facts: Facts) -> Iterator[Finding]:
    """``(data - data.mean()) / data.std()``, and the result is split."""
    for value in run.x if run.trains and first_fit(run, facts) is run else ():
        for scaled in scaled_by_hand(value, facts):
            found, made = split_after(scaled.result, facts), scaled.statistic
            if found is None or one_of_many(scaled, found[0], facts) or made.span.path != facts.source.path:
                continue
            if straight(found[0]) or window_of(value) is not None:
                text = made.operation.rpartition(".")[2]
                scaler = "StandardScaler" if text in ("mean", "std") else "MinMaxScaler"
                yield finding(made.span, f"`{text}` is taken over", scaled.data, facts, *found, scaler)
                return


def transformed(call: LibraryCall, data: Value, facts: Facts) -> Iterator[Value]:
    """What the scaler makes of the data that it was fitted on."""
    if call.name.endswith("fit_transform"):
        yield call.result
    for later in same_scaler(call, facts, "transform"):
        if later.arguments.get("X") is data:
            yield later.result


def split_after(scaled: Value, facts: Facts) -> tuple[Cut, Cut] | None:
    """The part that is trained on and the part that is held out, both cut from the scaled data."""
    trained = parts(scaled, (value for run in facts.runs if run.trains for value in (*run.x, *run.y)))
    tested = (value for run in facts.runs for value in ((run.validation_data or ()) if run.trains else run.x))
    first = last(cut for cut in trained if cut.first)
    rest = last(cut for cut in parts(scaled, tested) if not cut.first) if first else None
    return (first, rest) if first and rest else None


def last(found: Iterator[Cut]) -> Cut | None:
    """The cut that is nearest to the scaled data: the others cut parts of its parts."""
    return next(reversed(list(found)), None)


def straight(cut: Cut) -> bool:
    """Whether the scaled rows themselves are split, not what was made of them."""
    source = cut.made.sources[0]
    made = getattr(source, "made", None)
    return made is not None and made.operation.startswith(("sklearn.preprocessing.", "arithmetic"))


def followed(scaler: str) -> Tagged | None:
    """Whether training values follow the test values."""
    if scaler not in SCALERS:
        return None
    return Tagged(Claim.LEAKS, "scaler", (scaler, "all"), (scaler, "training"), "a fit on the training part")


def parts(scaled: Value, values: Iterator[Value]) -> Iterator[Cut]:
    for value in values:
        window = window_of(value)
        here = window.piece.made if window is not None else None
        yield from (cut for cut in cuts(value, scaled) if here is None or cut.made.span != here.span)


def finding(place: Span, what: str, data: Value, facts: Facts, first: Cut, rest: Cut, scaler: str) -> Finding:
    own = facts.name_of(data)
    name = f"`{own}`" if own else "the data"
    spans = dict.fromkeys(cut.made.span for cut in (first, rest) if cut.made.span.path == facts.source.path)
    words = ("trained on", "held out") if len(spans) == 2 else ("split here",)
    return Finding(
        place,
        f"{what} all of {name} and the result is split into training and test "
        "data: the scale tells the model about the test part",
        Confidence.HIGH,
        label="sees the test part as well",
        help=f"split first; `fit` on the training part of {name} only, and `transform` both",
        # Windows that are split later reach over the border as well: there is more to mend than the scaler.
        severity=None if straight(first) or first.made.sources[0] is data else Severity.INFO,
        labels=tuple(Label(span, word) for span, word in zip(spans, words, strict=False)),
        experiment=followed(scaler),
    )
