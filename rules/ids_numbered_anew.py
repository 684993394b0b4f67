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


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in renumbered(facts):
        fit, first = found.fit, found.first
        if fit.call.span.path != facts.source.path or fit.conditional or fit.loops:
            continue
        what = "words" if "Tokenizer" in fit.name or "Vectorizer" in fit.name else "classes"
        yield Finding(
            fit.call.span,
            f"`{fit.call.callee_text}` numbers the {what} anew for data that the model is only asked about: the same"
            " number means something else than in training",
            Confidence.HIGH,
            label="fitted anew",
            help=f"fit once, on the training data, and use that for both{_instead(fit)}",
            labels=(Label(first.call.span, "the numbers of the training data"),) if first is not fit else (),
        )


def _instead(fit: LibraryCall) -> str:
    return ": `transform` keeps its numbers" if fit.name.startswith("sklearn.") else ""
