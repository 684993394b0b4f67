"""A character has the class that CTC needs for the blank."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Severity, Taken, blanks_taken, labels_in

rule = Rule(
    code="LST339",
    name="ctc-without-blank",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the loss is the program's own, and its code is not run",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told: set[object] = set()
    for found in blanks_taken(facts):
        place = found.run.call.span
        if place.path != facts.source.path or place in told:
            continue
        told.add(place)
        last = found.blank == found.classes - 1
        places = {found.loss: f"class {found.blank} is the blank", found.ids: "the numbers of the characters"}
        yield Finding(
            place,
            f"`{found.name}` takes class {found.blank} of the {found.classes} for the blank, and that is the number of "
            f"`{found.character!r}`: {consequence(found)}",
            Confidence.MEDIUM if found.raises else Confidence.HIGH,
            severity=Severity.ERROR if found.raises else None,
            label=f"no class is left for {found.character!r}",
            help="give the output one unit more than there are characters"
            if last
            else "count the characters from 1, and give the output one unit more than there are characters",
            labels=labels_in(facts.source.path, places.items()),
            notes=(f"assumes that {found.character!r} stands before another character",) if found.raises else (),
        )


def consequence(found: Taken) -> str:
    if found.raises:
        return "InvalidArgumentError at the first text in which another character follows it"
    return "it can never be read"
