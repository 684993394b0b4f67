"""Data that never end, and no number of steps: the first epoch goes on for ever."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Const, Facts, Finding, Label, Reference, Rule, Run, Severity, Value

rule = Rule(
    code="LST326",
    name="epoch-never-ends",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="that something never ends can be waited for, but not shown",
)
#: What tells how many batches to take from the data, by the argument that holds them.
_STEPS = {
    "x": ("steps_per_epoch", "steps", "samples_per_epoch", "val_samples"),
    "validation_data": ("validation_steps", "nb_val_samples"),
}


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.call.has_star or run.turn > 1 or run.call.span.path != facts.source.path or "on_batch" in run.method:
        return
    for name, limits in _STEPS.items():
        data = run.arguments.get(name)
        if _endless(data) and not any(_given(run, limit) for limit in limits):
            yield _finding(run, data, name, limits[run.method.startswith(("evaluate", "predict")) and name == "x"])
            return


def _endless(data: Value | None) -> bool:
    return isinstance(data, Reference) and data.fields.get("endless") is True


def _given(run: Run, name: str) -> bool:
    value = run.arguments.get(name, Const(None))
    return run.call.keyword(name) is not None or not (isinstance(value, Const) and value.value is None)


def _finding(run: Run, data: Value | None, name: str, limit: str) -> Finding:
    made = data.made if isinstance(data, Reference) else None
    what = "the generator" if isinstance(data, Reference) and data.kind == "generator" else "the dataset"
    unit = "a validation" if name == "validation_data" else "an epoch" if run.trains else "a run"
    near = made is not None and made.span not in run.call.span and made.span.path == run.call.span.path
    return Finding(
        run.call.span,
        f"{what} never ends, and `{run.method}` is not told how many batches make {unit}: it goes on for ever",
        Confidence.HIGH,
        label="never ends",
        help=f"give `{limit}=`, or data that end: `fit` itself begins anew at each epoch",
        labels=(Label(made.span, "never ends"),) if made is not None and near else (),
    )
