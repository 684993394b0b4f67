"""`metrics` is a string where Keras 3 wants a list, or stands where Keras 3 has `loss_weights`."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Compile,
    Confidence,
    Const,
    Edit,
    Facts,
    Finding,
    Fix,
    Label,
    Lookup,
    Rule,
    Safety,
    Sequence,
    Severity,
    Tagged,
    Value,
    call_refused,
)

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


@rule.on(Compile)
def check_place(compiled: Compile, facts: Facts) -> Iterator[Finding]:
    """``compile("adam", "mse", ["mae"])``: the third argument was ``metrics`` on Keras 2."""
    site, given = compiled.call.positional(2), compiled.arguments.get("loss_weights")
    if site is None or site.star or not _names(given) or compiled.call.span.path != facts.source.path:
        return
    written = site.text if isinstance(given, Sequence) else f"[{site.text}]"
    yield Finding(
        site.span,
        f"the third argument of `compile` is `loss_weights` in Keras 3, and gets {site.text}:"
        " crashes on Keras 3 (ValueError), works on Keras 2",
        Confidence.HIGH,
        label="taken for weights of the losses",
        help=f"write `metrics={written}`",
        labels=tuple(_refused_by(compiled, facts)),
        fix=Fix("name the argument", Safety.SAFE, (Edit(site.value, f"metrics={written}"),)),
        experiment=_experiment(given),
    )


def _experiment(given: Value | None) -> Tagged:
    several = given.items if isinstance(given, Sequence) else None
    written = ("list", len(several)) if several else ("text", 1)
    return call_refused("metrics", ("loss_weights", *written), ("metrics", "list", 1), "`metrics=`")


def _refused_by(compiled: Compile, facts: Facts) -> Iterator[Label]:
    """``compile`` itself runs: the first training on it raises."""
    run = next((run for run in facts.runs if run.trains and run.model.compiled is compiled), None)
    if run is not None and run.call.span.path == facts.source.path:
        yield Label(run.call.span, "raises here")


def _names(value: Value | None) -> bool:
    """Whether a value is a name, or a list of names."""
    items = value.items if isinstance(value, Sequence) else (value,)
    return bool(items) and all(isinstance(one, Const) and isinstance(one.value, str) for one in items or ())
