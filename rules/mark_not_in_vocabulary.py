"""A mark such as ``<end>`` is looked for among the words of a tokenizer that takes such signs out of its texts."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Filtered, Finding, Label, Layer, Rule, Severity, filtered_marks, made_at

rule = Rule(
    code="LST335",
    name="mark-not-in-vocabulary",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the program's own loop asks for the word, and its code is not run",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in filtered_marks(facts):
        asked = found.asked
        if asked.span.path != facts.source.path:
            continue
        of_layer = isinstance(asked.vocabularies[0], Layer)
        name = facts.name_of(asked.vocabularies[0]) or ("TextVectorization" if of_layer else "Tokenizer")
        made = made_at(asked.vocabularies[0])
        stands = f"has `{found.becomes}` instead" if found.becomes else "has nothing instead"
        what = f"which takes {taken_out(found)} out of its texts and {stands}"
        how = "is looked up among the words of" if asked.key else "is compared with a word of"
        yield Finding(
            asked.span,
            f"`{asked.text!r}` {how} `{name}`, {what}: {'KeyError' if asked.key else 'the two are never equal'}",
            Confidence.HIGH,
            severity=Severity.ERROR if asked.key else None,
            label="not in the vocabulary",
            help=advice(found, of_layer),
            labels=(Label(made, f"takes {taken_out(found)} out"),) if made and made.path == asked.span.path else (),
        )


def taken_out(found: Filtered) -> str:
    parts = [*(f"`{sign}`" for sign in found.removed), *(["capitals"] if found.lowered else [])]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def advice(found: Filtered, of_layer: bool) -> str:
    keep = "give `standardize=` a function that keeps them" if of_layer else "keep them: `Tokenizer(filters='')`"
    if not of_layer and found.lowered:
        keep = "keep them: `Tokenizer(filters='', lower=False)`" if found.removed else "keep them: `lower=False`"
    return f"ask for `{found.becomes!r}`, or {keep}" if found.becomes else f"write the mark in letters, or {keep}"
