"""Ids that two tokenizers gave go through one Embedding: the same number means two different words there."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Rule, Severity, layer_name, mixed_vocabularies

rule = Rule(
    code="LST334",
    name="ids-of-two-vocabularies",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what the words are is not in the program",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told: set[object] = set()
    for found in mixed_vocabularies(facts):
        first, second, layer = found.first, found.second, found.layer
        if second.call.span.path != facts.source.path or second.call.span in told:
            continue
        told.add(second.call.span)
        places = {first.call.span: "the other numbering"} if first.call.span != second.call.span else {}
        if layer.call is not None and layer.call.span.path == facts.source.path:
            places[layer.call.span] = "looks up the ids of both"
        anew = "once more" if first.receiver is second.receiver else "for itself"
        yield Finding(
            second.call.span,
            f"`{second.call.callee_text}` numbers its words {anew}, and `{layer_name(layer, facts)}` is given the ids "
            "of both numberings: the same id stands for two different words",
            Confidence.HIGH,
            label="another vocabulary for the same Embedding",
            help="fit one tokenizer on all these texts and use it for each of them, or give each vocabulary its own "
            "`Embedding`",
            labels=tuple(Label(span, text) for span, text in places.items()),
        )
