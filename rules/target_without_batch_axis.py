"""A generator gives batches of x, and as the target of each a single number, which has no batch axis."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Const,
    Facts,
    Finding,
    Rule,
    Run,
    Severity,
    Size,
    Value,
    array_shape_text,
    call_refused,
    labels_in,
    made_at,
)

rule = Rule(
    code="LST130",
    name="target-without-batch-axis",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.turn > 1 or run.method not in ("fit", "evaluate") or run.call.span.path != facts.source.path:
        return
    single = next((one for one in (run, run.validation) if one is not None and _is_single(one)), None)
    if single is not None and "KERAS_BACKEND" not in facts.source.text:
        yield _finding(run, single, facts)


def _is_single(run: Run) -> bool:
    return run.data_kind in ("generator", "sequence") and any(map(_is_number, run.y))


def _is_number(value: Value) -> bool:
    match value:
        case Const(value=int() | float()) | Size():
            return True
        case Array(shape=(), boxed=False):
            return True
        case _:
            return False


def _finding(run: Run, single: Run, facts: Facts) -> Finding:
    target = next(value for value in single.y if _is_number(value))
    x = single.x[0] if len(single.x) == 1 else None
    given = f" beside x of {array_shape_text(x.shape)}" if isinstance(x, Array) and x.shape else ""
    whose = "the validation data" if single is not run else "the generator"
    how = (single.data_kind, "evaluate" if single is not run else run.method)
    return Finding(
        run.call.span,
        f"{whose} gives a single number as the target of each batch{given}: it has no batch axis, and Keras 3 raises",
        Confidence.HIGH,
        label="the arrays must be at least rank 1",
        help="give the target the batch axis that x has: `np.array([y])` for a batch of one sample",
        labels=labels_in(facts.source.path, [(made_at(target), "a single number")]),
        experiment=call_refused("batches", (*how, "array", 1, "number", 1), (*how, "array", 1, "array", 1), "an array"),
    )
