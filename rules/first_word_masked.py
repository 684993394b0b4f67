"""The words of a vocabulary are numbered from 0, which is also the padding that `mask_zero=True` hides."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Rule,
    Run,
    Severity,
    called_here,
    first_fit,
    hidden_first_word,
    labels_in,
)

rule = Rule(
    code="LST345",
    name="first-word-masked",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="which word has the number 0, and how much it says, is the texts' own",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = hidden_first_word(run, facts) if first_fit(run, facts) is run else None
    if found is None or found.numbered.span.path != facts.source.path:
        return
    word = f"{found.word!r}" if found.word is not None else "the first word"
    places = ((found.padded.span, "fills up with 0"), (called_here(found.embedding, facts), "hides every 0"))
    yield Finding(
        found.numbered.span,
        f"words are numbered from 0, and 0 is the padding as well: `mask_zero=True` hides {word} wherever it stands",
        Confidence.HIGH,
        label=f"{word} gets the number 0",
        help="number the words from 1, as in `enumerate(words, start=1)`, and give the Embedding one more row",
        labels=labels_in(facts.source.path, places),
    )
