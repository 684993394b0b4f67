"""Class ids are given to the categorical loss, or one-hot rows to the sparse one."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Aim,
    Aimed,
    Claim,
    Compile,
    Confidence,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Rule,
    Safety,
    Severity,
    array_shape_text,
    misaimed,
    shape_text,
)

rule = Rule(code="LST406", name="integer-labels-in-categorical-loss", severity=Severity.ERROR, since="0.1.0")
_DENSE, _SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for aimed in misaimed(facts):
        if aimed.how is Aim.LABELS:
            yield _finding(aimed)


def _finding(aimed: Aimed) -> Finding:
    compiled: Compile = aimed.run.model.compiled
    ids = aimed.loss == _DENSE
    what = "class ids" if ids else "one-hot rows"
    other = _SPARSE if ids else _DENSE
    labels = ((compiled.call.span, f"compiled with `{aimed.loss}`"), *aimed.places(but=aimed.run.call.span))
    return Finding(
        aimed.run.call.span,
        f"the targets {array_shape_text(aimed.dims)} are {what}, but `{aimed.loss}` wants"
        f" {'one-hot rows' if ids else 'class ids'} for the output {shape_text(aimed.shape)}",
        Confidence.HIGH if aimed.sure else Confidence.MEDIUM,
        label=f"targets {array_shape_text(aimed.dims)}",
        help=_help(aimed, other, ids),
        labels=tuple(Label(place, text) for place, text in labels[:4]),
        fix=_fix(compiled, aimed.loss, other) if aimed.trained else None,
        experiment=Experiment(Claim.RAISES, aimed.run.model, aimed.run),
    )


def _help(aimed: Aimed, other: str, ids: bool) -> str:
    if not aimed.trained:
        return "make them like the targets that the model is trained on"
    return f"compile with `{other}`" + (", or make them one-hot with `to_categorical`" if ids else "")


def _fix(compiled: Compile, loss: str, other: str) -> Fix | None:
    """Keras refuses the pair today, so no working program changes."""
    site = compiled.call.keyword("loss") or compiled.call.positional(1)
    if site is None or site.text.strip("'\"") != loss:
        return None
    return Fix(f"compile with {other}", Safety.SAFE, (Edit(site.value, site.text.replace(loss, other)),))
