"""A dict whose keys are all texts is asked for a number, or one of numbers for a text."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Const, Facts, Finding, KeyMissed, Kind, Label, Rule, Severity

rule = Rule(
    code="LST349",
    name="key-of-another-kind",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="no model takes part in it",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    """The first place where each dict is asked, as the others are never come to."""
    told: set[object] = set()
    for missed in facts.missed:
        made = missed.content.made
        place = made.span if made is not None else missed.span
        if missed.span.path == facts.source.path and not {place, missed.span} & told:
            told |= {place, missed.span}
            yield _finding(missed)


def _finding(missed: KeyMissed) -> Finding:
    texts = missed.keys is Kind.TEXT
    what, other = ("a number", "numbers") if texts else ("a text", "texts")
    first = next((key for key, _ in missed.content.items), None)
    such = f", {first.value!r} among them," if isinstance(first, Const) and len(str(first.value)) <= 20 else ""
    key, owner = _short(missed.key), _short(missed.owner)
    made = missed.content.made
    apart = made is not None and made.span.path == missed.span.path and missed.span not in made.span
    return Finding(
        missed.span,
        f"all keys of `{owner}` are {missed.keys.value}{such} and `{key}` is {what}: KeyError",
        Confidence.HIGH,
        label=f"asked for {what}",
        help=f"look it up in a dict whose keys are {other}; one that is built the other way round is "
        f"`{{value: key for key, value in {owner}.items()}}`",
        labels=(Label(made.span, f"its keys are {missed.keys.value}"),) if made is not None and apart else (),
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
