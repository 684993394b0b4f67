"""`layer.reset_states` without parentheses: the method is named, and nothing is reset."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    RESETS,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    Rule,
    Safety,
    Severity,
    Span,
    Uncalled,
)

rule = Rule(
    code="LST215",
    name="reset-not-called",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a statement that does nothing has nothing to show",
)


@rule.on(Facts)
def check(_: Facts, facts: Facts) -> Iterator[Finding]:
    for one in facts.uncalled:
        if one.method in RESETS and one.span.path == facts.source.path:
            yield finding(one, facts)


def finding(one: Uncalled, facts: Facts) -> Finding:
    text = facts.source.slice(one.span)
    if one.owner == "model" and facts.keras == 3:
        why = f"`{text}` stands here without parentheses, and models have no such method in Keras 3: AttributeError"
        return Finding(
            one.span,
            why,
            Confidence.HIGH,
            label="AttributeError",
            help="reset the stateful layers: `layer.reset_state()` for each of them",
            severity=Severity.ERROR,
        )
    end = Span(one.span.path, one.span.end, one.span.end)
    return Finding(
        one.span,
        f"`{text}` stands here without parentheses: the method is named and never called, so that nothing is reset",
        Confidence.HIGH,
        label="does nothing",
        help=f"call it: `{text}()`",
        fix=Fix("call the method", Safety.UNSAFE, (Edit(end, "()"),)),
    )
