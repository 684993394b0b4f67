"""Weights of classes or samples that Keras cannot put to the loss."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Const,
    Dim,
    Edit,
    Facts,
    Finding,
    Fix,
    Label,
    Made,
    Mapped,
    Rule,
    Run,
    Safety,
    Sequence,
    Severity,
    Span,
    Table,
    Value,
    array_shape_text,
    differ,
    made_at,
    samples,
    shape_text,
)

rule = Rule(
    code="LST121",
    name="weights-do-not-fit",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="weights of classes and samples are not planned",
)
#: What weighs the classes by how often they are, in their order.
_COMPUTED = "sklearn.utils.class_weight.compute_class_weight"


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.turn > 1:
        return
    classes, rows = (run.arguments.get(name) for name in ("class_weight", "sample_weight"))
    if run.trains and classes is not None:
        yield from _of_classes(run, classes, rows, facts)
    if isinstance(rows, Array):
        yield from _of_samples(run, rows, facts)


def _of_classes(run: Run, classes: Value, rows: Value | None, facts: Facts) -> Iterator[Finding]:
    site = run.call.keyword("class_weight")
    place = site.span if site is not None else run.call.span
    if isinstance(classes, Array | Table | Sequence) or (isinstance(classes, Const) and isinstance(classes.value, str)):
        made: Made | None = getattr(classes, "made", None)
        text = site.text if site is not None else "class_weight"
        counted = made is not None and made.operation == _COMPUTED
        wrapped = (Edit(site.value, f"dict(enumerate({text}))"),) if site is not None and counted else ()
        yield Finding(
            place,
            f"`class_weight` is {_kind(classes)}, and Keras looks each class up in it as in a dict: AttributeError",
            Confidence.HIGH,
            label="no dict",
            help=f"give a weight for each class: `class_weight=dict(enumerate({text}))`"
            if isinstance(classes, Array)
            else "give a dict with a weight for each class: `{0: 1.0, 1: 5.0}`",
            labels=(Label(made.span, "made here"),) if made and made.span.path == place.path else (),
            fix=Fix("a dict of class and weight", Safety.SAFE, wrapped) if wrapped else None,
        )
    elif facts.keras == 3 and isinstance(classes, Mapped) and isinstance(rows, Array):
        yield _plain(place, "`class_weight` and `sample_weight` are both given: Keras takes one of them", "and this")
    elif facts.keras == 3 and isinstance(classes, Mapped) and _per_step(run):
        message = f"`class_weight` weighs samples, and the model answers at every step, {_out(run)}: Keras 3 raises"
        yield _plain(place, message, "for samples only")


def _plain(place: Span, message: str, label: str) -> Finding:
    advice = "multiply the weights of the classes into `sample_weight`, which has a weight for each answer"
    return Finding(place, message, Confidence.HIGH, label=label, help=advice)


def _of_samples(run: Run, rows: Array, facts: Facts) -> Iterator[Finding]:
    """The loss gives a number for each sample, or each step of it: the weights have that shape."""
    site, count = run.call.keyword("sample_weight"), samples(run.x[0]) if run.x else None
    place, made = site.span if site is not None else run.call.span, made_at(rows)
    if rows.shape is None or run.data_kind != "array" or count is None:
        return
    labels = (Label(made, array_shape_text(rows.shape)),) if made is not None and made.path == place.path else ()
    what = f"`sample_weight` has shape {array_shape_text(rows.shape)}"
    if rows.shape and differ(rows.shape[0], count):
        message = f"{what} for {count} samples: Keras wants a weight for each"
        yield Finding(place, message, Confidence.HIGH, label=f"{rows.shape[0]} weights", labels=labels)
    elif facts.keras == 3 and len(rows.shape) == 1 and _per_step(run):
        message = f"{what}, and the model answers at every step, {_out(run)}: Keras 3 wants a weight for each step"
        advice = "repeat them over the steps: `sample_weight[:, None] * np.ones((1, steps))`"
        yield Finding(place, message, Confidence.HIGH, label="one a sample", labels=labels, help=advice)


def _per_step(run: Run) -> bool:
    """Whether each answer is several steps of several numbers, as a tagger's; a batch of as many steps may pass."""
    shape = run.model.outputs[0].shape if len(run.model.outputs) == 1 and not run.model.opaque else None
    if shape is None or len(shape) != 3 or run.model.problem is not None or shape[1] is None:
        return False
    return run.batch_size is None or (differ(shape[1], run.batch_size) and shape[1] != Dim(1))


def _out(run: Run) -> str:
    return shape_text(run.model.outputs[0].shape)


def _kind(value: Value) -> str:
    match value:
        case Const(value=str() as text):
            return f'"{text}"'
        case Sequence(kind=kind):
            return f"a {kind}"
        case _:
            return "an array"
