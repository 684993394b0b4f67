"""A scaler is fitted again on test or new data, so the model sees them on another scale than in training."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SCALERS,
    Claim,
    Confidence,
    Facts,
    Finding,
    Fix,
    Label,
    LibraryCall,
    Rule,
    Run,
    Safety,
    Severity,
    Span,
    Tagged,
    other_scale,
    own_statistics,
    refitted,
    renamed_method,
    undivided,
)

rule = Rule(code="LST316", name="scaler-refitted", severity=Severity.WARNING, since="0.1.0")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.call.span.path != facts.source.path or call.loops or call.conditional or call.receiver is None:
        return
    earlier = refitted(call, facts)
    if earlier is not None:
        yield finding(call, earlier)


@rule.on(Run)
def another(run: Run, facts: Facts) -> Iterator[Finding]:
    """One scaler for training, another one, or none, for a part of the same data that the model is asked about."""
    by_hand = own_statistics(run, facts)
    if by_hand is not None and by_hand[1].statistic.span.path == facts.source.path:
        first, second = (one.statistic.span for one in by_hand)
        anew = "the part of the data that the model is only asked about is scaled by its own values"
        yield other_scale_finding(second, anew, "scale it by the statistics of the training part", first)
    found = other_scale(run, facts)
    if found is None or found.fit.call.span.path != facts.source.path:
        return
    fit, own, name = found.fit.call.span, found.own, facts.name_of(found.asked)
    what = f"`{name}`, a part of the same data" if name else "a part of the same data"
    if own is not None:
        anew = "a scaler of its own is fitted on the part of the data that the model is only asked about"
        yield other_scale_finding(own.call.span, anew, "fit one scaler on the training part, and `transform` both", fit)
    else:
        raw = f"the model was trained on scaled data and is asked about {what} that was never scaled"
        yield other_scale_finding(found.run.call.span, raw, "`transform` it with the scaler of the training data", fit)


@rule.on(Run)
def as_they_are(run: Run, facts: Facts) -> Iterator[Finding]:
    """Training divides the values by a number, and the model is then asked about the values themselves."""
    asked, division = undivided(run, facts) or (None, None)
    if asked is not None and division is not None and asked.call.span.path == facts.source.path:
        raw = "the model was trained on values that were divided, and is asked about the same values as they are"
        yield other_scale_finding(asked.call.span, raw, "divide what it is asked about in the same way", division.span)


def other_scale_finding(place: Span, message: str, advice: str, fit: Span) -> Finding:
    return Finding(
        place,
        f"{message}: it is on another scale than what the model has learned from",
        Confidence.HIGH,
        label="another scale",
        help=advice,
        labels=(Label(fit, "the scale of the training data"),) if fit != place else (),
    )


def finding(call: LibraryCall, earlier: LibraryCall) -> Finding:
    again = call.call.span == earlier.call.span
    return Finding(
        call.call.span,
        f"`{call.call.callee_text}` fits the scaler again, on data that the model is only asked "
        "about: they are on another scale "
        "than the data it was trained on",
        Confidence.HIGH,
        label="fitted anew at each call" if again else "fitted anew",
        help="fit it on the training data once, outside of here, and `transform` both"
        if again
        else "`transform` them with the scale of the training data",
        labels=() if again else (Label(earlier.call.span, "fitted on the training data"),),
        fix=None if again else _fix(call),
        experiment=followed(call.name.split(".")[2]),
    )


def _fix(call: LibraryCall) -> Fix | None:
    if not call.name.endswith("fit_transform"):
        return None
    return Fix("keep the scale of the training data", Safety.UNSAFE, (renamed_method(call.call, "transform"),))


def followed(scaler: str) -> Tagged | None:
    """What the model is given for a test value, by a scale of its own and by that of training."""
    if scaler not in SCALERS:
        return None
    return Tagged(Claim.SCRAMBLES, "refitted", (scaler, "fit_transform"), (scaler, "transform"), "transform")
