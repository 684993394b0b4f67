"""A tokenizer or an encoder is fitted anew for data that a model is only asked about: its numbers mean other things."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, LibraryCall, Rule, Severity, renumbered

rule = Rule(
    code="LST320",
    name="ids-numbered-anew",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what the words are is not in the program",
)
_OTHER = "the same number means something else than in training"
#: Where both hold the same classes, as the splits of most datasets do, both number them alike.
_MOVED = "where one of them is missing, the numbers behind it move"


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in renumbered(facts):
        fit, first = found.fit, found.first
        words = "Tokenizer" in fit.name or "Vectorizer" in fit.name or fit.name == "Layer.adapt"
        if fit.call.span.path != facts.source.path or fit.conditional or (fit.loops and not words):
            continue
        what, so = ("words", _OTHER) if words else ("classes", _MOVED)
        if found.moved is not None:
            label, then, now = found.moved
            so = f"{label!r} is {then} in training and {now} here"
        yield Finding(
            fit.call.span,
            f"`{fit.call.callee_text}` numbers the {what} anew for data that the model is only asked about: {so}",
            Confidence.HIGH,
            severity=None if words or found.moved is not None else Severity.INFO,
            label="fitted anew",
            help=f"fit once, on the training data, and use that for both{_instead(fit)}",
            labels=(Label(first.call.span, "the numbers of the training data"),) if first is not fit else (),
        )


def _instead(fit: LibraryCall) -> str:
    return ": `transform` keeps its numbers" if fit.name.startswith("sklearn.") else ""
