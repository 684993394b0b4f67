"""`metrics` is a string where Keras 3 wants a list."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Compile, Confidence, Const, Edit, Facts, Finding, Fix, Lookup, Rule, Safety, Severity

rule = Rule(code="LST508", name="metrics-not-a-list", severity=Severity.ERROR, since="0.1.0", keras=frozenset({3}))


@rule.on(Compile)
def check(compiled: Compile, facts: Facts) -> Iterator[Finding]:
    given, argument = compiled.arguments.get("metrics"), compiled.call.keyword("metrics")
    if not isinstance(given, Const) or not isinstance(given.value, str) or compiled.call.span.path != facts.source.path:
        return
    fix = None
    if argument is not None:
        fix = Fix("make it a list", Safety.SAFE, (Edit(argument.value, f"[{argument.text}]"),))
    yield Finding(
        argument.span if argument else compiled.call.span,
        f"`metrics` is the string {given.value!r}, not a list: crashes on Keras 3 (ValueError), works on Keras 2",
        Confidence.HIGH,
        label="a string",
        help=f"write `metrics=[{given.value!r}]`",
        fix=fix,
        experiment=Lookup("Model.compile", "metrics"),
    )
