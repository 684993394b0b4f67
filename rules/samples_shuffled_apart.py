"""The samples of x are put in random order and those of y are not, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Array, Confidence, Facts, Finding, Label, Rule, Run, Severity, shuffled_apart

rule = Rule(
    code="LST321",
    name="samples-shuffled-apart",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="which target belongs to which sample is not in the arrays",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or len(run.y) != 1 or not isinstance(run.y[0], Array):
        return
    for x in run.x[:1]:
        made = shuffled_apart(x, run.y[0], facts) if isinstance(x, Array) else None
        if made is not None and made.span.path == facts.source.path:
            yield Finding(
                made.span,
                "one of x and y is put in random order and the other is not: samples get the targets of others",
                Confidence.HIGH,
                label="another order",
                help="put both in the same order: `order = np.random.permutation(len(x))`, `x[order]` and `y[order]`",
                labels=(Label(run.call.span, "trained on together"),),
            )
