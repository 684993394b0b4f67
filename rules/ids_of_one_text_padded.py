"""`pad_sequences` is given the numbers of one sequence by themselves, where it takes a list of sequences."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, LibraryCall, Made, Rule, Severity, made_at

rule = Rule(
    code="LST348",
    name="ids-of-one-text-padded",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="it raises before any model is asked",
)
_TAKE_SEQUENCES = ("keras.utils.pad_sequences", "keras.preprocessing.text.Tokenizer.sequences_to_texts")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told: set[object] = set()
    for call in facts.calls_to(*_TAKE_SEQUENCES):
        made = getattr(call.result, "made", None)
        refused = isinstance(made, Made) and made.span == call.call.span and made.refused
        if refused and call.call.span.path == facts.source.path and call.call.span not in told:
            told.add(call.call.span)
            yield _finding(call, refused)


def _finding(call: LibraryCall, refused: str) -> Finding:
    site, made = call.call.keyword("sequences") or call.call.positional(0), made_at(call.arguments["sequences"])
    name = site.text if site is not None and len(site.text) <= 40 else None
    method = call.name.rpartition(".")[2]
    apart = made is not None and made.path == call.call.span.path and made not in call.call.span
    return Finding(
        call.call.span,
        f"`{method}` takes a list of sequences, and {f'`{name}`' if name else 'what it is given'} is one row of "
        f"numbers: {refused}",
        Confidence.HIGH,
        label="one row of numbers",
        help=f"put the one sequence in a list: `{method}([{name or 'sequence'}], ...)`",
        labels=(Label(made, "the numbers"),) if made is not None and apart else (),
    )
