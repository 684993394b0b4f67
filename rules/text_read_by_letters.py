"""One text stands where a list of texts is meant, and each of its letters is read as a text."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Rule,
    Severity,
    labels_in,
    one_letter_samples,
    read_by_letters,
)

rule = Rule(
    code="LST347",
    name="text-read-by-letters",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="no loss shows what the ids stand for",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told: set[object] = set()
    for found in read_by_letters(facts):
        call, other = found.call, found.fit or found.other
        if call.call.span.path != facts.source.path or call.call.span in told:
            continue
        told.add(call.call.span)
        place = other.call.span if other is not None else None
        yield Finding(
            call.call.span,
            f"`{call.call.callee_text}` takes a list of texts and is given one text, so that each letter is a text "
            f"of its own: {_result(call, learns=found.fit is None)}",
            Confidence.HIGH,
            label="one text, read letter by letter",
            help=f"put the text in a list: `{call.call.callee_text}([{_written(call)}])`"
            + (", or write `char_level=True` where letters are meant" if found.fit is None else ""),
            labels=labels_in(call.call.span.path, [(place, "learns words" if found.fit else "whole texts")]),
        )
    for one in one_letter_samples(facts):
        place = one.text if one.text is not None and one.text.path == facts.source.path else one.place
        if place.path == facts.source.path and place not in told:
            told.add(place)
            over = (one.place, "goes over a single letter") if place is not one.place else (None, "")
            yield Finding(
                place,
                "one text is gone over as if it were a list of texts: what each turn has is a single letter, and to go "
                "over that gives this letter and no more, so that each sample holds one letter",
                Confidence.HIGH,
                label="one text, gone over letter by letter",
                help="split the text: `.splitlines()` gives its lines, `.split()` its words",
                labels=labels_in(facts.source.path, [over, (one.call.call.span, "samples of one letter")]),
            )


def _result(call: LibraryCall, *, learns: bool) -> str:
    if learns:
        return "the vocabulary is single letters, and holds no words"
    rows = "row" if call.name.endswith("matrix") else "sequence"
    return f"it gives one {rows} for each letter, and looks the letters up among words"


def _written(call: LibraryCall) -> str:
    site = call.call.keyword("texts") or call.call.positional(0)
    return site.text if site is not None and len(site.text) <= 30 else "text"
