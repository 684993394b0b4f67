"""Targets in a dict for a model whose output is one tensor: Keras 3 compares the dict itself with it."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SCORED,
    Confidence,
    Facts,
    Finding,
    Label,
    Mapped,
    Rule,
    Run,
    Severity,
    handed_otherwise,
)

rule = Rule(
    code="LST510",
    name="targets-in-a-dict",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    for one in (run, run.validation):
        key = _key(one) if one is not None and one.turn == 1 and one.method in SCORED and one.y else None
        if one is not None and key is not None and one.call.span.path == facts.source.path:
            yield _finding(one, key)
            return


def _key(run: Run) -> str | None:
    """The first name in the dict; None where a loss of the program's own may take it apart."""
    model, given = run.model, run.y_value
    plain = model.output_structure == "single" and model.complete and not model.opaque
    known = model.compiled is not None and None not in model.compiled.losses
    if not plain or not known or not isinstance(given, Mapped) or given.open or not given.items:
        return None
    return str(given.items[0][0].value)


def _finding(run: Run, key: str) -> Finding:
    return Finding(
        run.call.span,
        f"the targets are a dict with {key!r}, and the model's output is one tensor without a dict:"
        " crashes on Keras 3 (TypeError), works on Keras 2",
        Confidence.HIGH,
        label="targets in a dict",
        help=f"give the array alone, or make the output a dict as well: `Model(inputs, {{{key!r}: output}})`",
        labels=(Label(run.model.span, "one output"),),
        experiment=handed_otherwise(run, "y", "the array alone"),
    )
