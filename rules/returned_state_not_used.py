"""A decoder is given back the state that it returned, and its recurrent layer does not start from it."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Rule,
    Severity,
    Span,
    labels_in,
    unused_state,
)

rule = Rule(
    code="LST218",
    name="returned-state-not-used",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the program's own loop hands the states on, and its code is not run",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    said = set[Span]()
    for run in facts.runs:
        found = unused_state(run)
        if found is None or found.node.span is None or found.node.span.path != facts.source.path:
            continue
        if found.node.span in said:
            continue
        said.add(found.node.span)
        use = "only the weights of an attention come from it" if found.weighs else "nothing comes from it"
        yield Finding(
            found.node.span,
            f"`{found.node.layer.text}` starts each step from zeros: the loop gives its last state back to "
            f"`{run.call.callee_text}` as `{found.name}`, and {use}",
            Confidence.HIGH,
            label="given no state",
            severity=Severity.INFO if found.weighs else None,
            help=f"write `initial_state={found.name}` in this call",
            labels=labels_in(found.node.span.path, [(run.call.span, "hands the state back, one step at a turn")]),
        )
