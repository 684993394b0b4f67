"""Arithmetic and comparisons between predictions (n, 1) and targets (n,) make a table of (n, n)."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Made,
    Rule,
    Run,
    Severity,
    Span,
    Tagged,
    array_shape_text,
    asked_alone,
    made_at,
    predicted,
    same,
    steps_of_kind,
    stretched_here,
)

rule = Rule(code="LST410", name="metric-broadcasts", severity=Severity.WARNING, since="0.1.0")

#: Outputs that the verifier holds against as many targets.
ROWS = 20


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set()
    for made in steps_of_kind(facts, "arithmetic", "comparison"):
        pair = _stretched(made)
        if pair is None or made.span in told:
            continue
        told.add(made.span)
        tall, flat = pair
        yield Finding(
            made.span,
            f"the outputs {array_shape_text(tall.shape)} and the targets {array_shape_text(flat.shape)} are stretched"
            f" over one another: the result is {array_shape_text((*(tall.shape or ())[:1], *(flat.shape or ())))}",
            Confidence.HIGH,
            label="every output against every target",
            help="bring both to one shape first: `.ravel()` or `[:, 0]` on the outputs",
            labels=tuple(Label(place, text) for place, text in _places(tall, flat) if place not in made.span),
            experiment=Tagged(Claim.SCRAMBLES, "pairs", (ROWS, "tall"), (ROWS, "flat"), "outputs of shape (n,)"),
        )


@rule.on(Run)
def check_own(run: Run, facts: Facts) -> Iterator[Finding]:
    """A metric that is a function of the program: around it Keras 3 brings nothing to one shape, as around a loss."""
    for metric in run.metrics:
        found = stretched_here(metric, facts)
        if found is None:
            continue
        span, flat, tall = found
        yield Finding(
            span,
            f"the metric meets `{flat}` of shape (batch,) with `{tall}` of shape (batch, 1), and stretches both to"
            " (batch, batch): what it reports is of each output against the targets of all samples",
            Confidence.HIGH,
            label="every output against every target",
            help="bring both to one shape first, as `tf.reshape(y_true, tf.shape(y_pred))` does, or give targets of"
            " shape (samples, 1)",
            labels=(Label(run.call.span, "reports it"),),
            notes=("Keras 2 makes a column of flat targets around a metric, Keras 3 does not",),
            experiment=asked_alone(metric, span, "matched"),
        )


def _stretched(made: Made) -> tuple[Array, Array] | None:
    """The column and the row of an operation on two arrays, where the column comes from a model."""
    arrays = [value for value in made.sources if isinstance(value, Array) and value.shape is not None]
    if len(arrays) != 2:
        return None
    for tall, flat in (tuple(arrays), tuple(reversed(arrays))):
        column = tall.shape is not None and len(tall.shape) == 2 and tall.shape[1] == Dim(1)
        row = flat.shape is not None and len(flat.shape) == 1
        if column and row and _as_long(tall, flat) and predicted(tall) and not predicted(flat):
            return tall, flat
    return None


def _as_long(tall: Array, flat: Array) -> bool:
    left, right = tall.shape or (Dim(1),), flat.shape or (Dim(1),)
    return same(left[0], right[0]) and left[0] != Dim(1)


def _places(tall: Array, flat: Array) -> Iterator[tuple[Span, str]]:
    for value in (tall, flat):
        place = made_at(value)
        if place is not None:
            yield place, array_shape_text(value.shape)
