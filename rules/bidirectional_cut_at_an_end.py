"""One end of a Bidirectional's steps is taken, where one of its halves has only begun."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Severity, Span, cut_at_an_end, labels_in

rule = Rule(
    code="LST346",
    name="bidirectional-cut-at-an-end",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="no experiment changes some steps of the data and looks at one half of a layer inside",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    said = set[Span]()
    for cut in cut_at_an_end(facts):
        span, reader = cut.node.span, cut.reader.layer
        if span is None or span.path != facts.source.path or span in said:
            continue
        said.add(span)
        place, whole, begun = ("last", "forward", "backward") if cut.last else ("first", "backward", "forward")
        where = reader.call.span if reader.call is not None else None
        yield Finding(
            span,
            f"of what `{reader.text}` gives only the {place} step goes on: its {whole} half has read every step by "
            f"then, and its {begun} half, which begins at that end, this one alone",
            Confidence.HIGH if cut.alone else Confidence.MEDIUM,
            label=f"the {begun} half after one step",
            help="leave out `return_sequences=True` and take what `Bidirectional` gives then: the last step that each "
            "half has read; or pool over the steps, as `GlobalMaxPooling1D()` does",
            labels=labels_in(span.path, [(where, "gives every step")]),
        )
