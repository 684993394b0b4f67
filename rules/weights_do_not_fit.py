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
    Reference,
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
    handed_otherwise,
    made_at,
    samples,
    shape_text,
)

rule = Rule(
    code="LST121",
    name="weights-do-not-fit",
    severity=Severity.ERROR,
    since="0.1.0",
)
#: What weighs the classes by how often they are, in their order.
_COMPUTED = "sklearn.utils.class_weight.compute_class_weight"


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.turn > 1:
        return
    classes, rows = (run.arguments.get(name) for name in ("class_weight", "sample_weight"))
    if run.trains and classes is not None:
        yield from list(_refused_data(run, classes, facts)) or _of_classes(run, classes, rows, facts)
    if isinstance(rows, Array):
        yield from _of_samples(run, rows, facts)


def _refused_data(run: Run, classes: Value, facts: Facts) -> Iterator[Finding]:
    """Targets in a list or dict, also of one array, and Python's generators: no `class_weight` goes with them."""
    site, source, y = run.call.keyword("class_weight"), run.arguments.get("x"), run.y_value
    place = site.span if site is not None else run.call.span
    if run.method != "fit" or not (isinstance(classes, Mapped) and (classes.items or classes.open)):
        return
    if facts.keras == 3 and isinstance(source, Reference) and source.kind == "generator":
        message = "`class_weight` does not go with data from a Python generator: Keras 3 raises ValueError"
        advice = "let the generator give the weights of the samples as a third part: `yield x, y, weights`"
        yield Finding(place, message, Confidence.HIGH, "not with a generator", advice, untestable=_GENERATORS)
    items, kind = (y.items, getattr(y, "kind", "dict")) if isinstance(y, Mapped | Sequence) else ((), "")
    arrays = kind == "dict" or all(isinstance(item, Array | Table) for item in items or ())
    if not items or not arrays or run.data_kind not in ("array", "dataset"):
        return
    count, advice = "one array", f"give the array itself as the targets, without the {kind}"
    if len(items) > 1:
        how = "let the dataset give" if run.data_kind == "dataset" else "give as `sample_weight`"
        count, advice = f"{len(items)} arrays", f"{how} a {kind} with a weight for each sample of each output"
    message = f"`class_weight` is for a single output, and the targets are a {kind} of {count}: ValueError"
    yield _plain(run, place, message, "for a single output only", advice)


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
            help="give a weight for each class: "
            + (f"`dict(enumerate({text}))`" if isinstance(classes, Array) else "`{0: 1.0, 1: 5.0}`"),
            labels=(Label(made.span, "made here"),) if made and made.span.path == place.path else (),
            fix=Fix("a dict of class and weight", Safety.SAFE, wrapped) if wrapped else None,
            experiment=handed_otherwise(run, "class_weight", "without class_weight"),
        )
    elif facts.keras == 3 and isinstance(classes, Mapped) and isinstance(rows, Array):
        yield _plain(run, place, "both `class_weight` and `sample_weight` are given: Keras takes one", "and this")
    elif facts.keras == 3 and isinstance(classes, Mapped) and (out := _per_step(run)):
        message = f"`class_weight` weighs samples, and the model answers at every step, {out}: Keras 3 raises"
        yield _plain(run, place, message, "for samples only")


_MULTIPLY = "multiply the weights of the classes into `sample_weight`, which has a weight for each answer"
_GENERATORS = "the verifier plans no generators"


def _plain(run: Run, place: Span, message: str, label: str, advice: str = _MULTIPLY) -> Finding:
    without = handed_otherwise(run, "class_weight", "without class_weight")
    return Finding(place, message, Confidence.HIGH, label, advice, experiment=without)


def _of_samples(run: Run, rows: Array, facts: Facts) -> Iterator[Finding]:
    """The loss gives a number for each sample, or each step of it: the weights have that shape."""
    site, count = run.call.keyword("sample_weight"), samples(run.x[0]) if run.x else None
    place, made = site.span if site is not None else run.call.span, made_at(rows)
    if rows.shape is None or run.data_kind != "array" or count is None:
        return
    labels = (Label(made, array_shape_text(rows.shape)),) if made is not None and made.path == place.path else ()
    what = f"`sample_weight` has shape {array_shape_text(rows.shape)}"
    without = handed_otherwise(run, "sample_weight", "without sample_weight")
    if rows.shape and differ(rows.shape[0], count):
        message = f"{what} for {count} samples: Keras wants a weight for each"
        yield Finding(place, message, Confidence.HIGH, f"{rows.shape[0]} weights", "", labels, experiment=without)
    elif facts.keras == 3 and len(rows.shape) == 1 and (out := _per_step(run)):
        message = f"{what}, and the model answers at every step, {out}: Keras 3 wants a weight for each step"
        advice = "repeat them over the steps: `sample_weight[:, None] * np.ones((1, steps))`"
        yield Finding(place, message, Confidence.HIGH, "one a sample", advice, labels, experiment=without)


def _per_step(run: Run) -> str:
    """The output's shape where each answer is several steps of several numbers; a batch of as many may pass."""
    shape = run.model.outputs[0].shape if len(run.model.outputs) == 1 and not run.model.opaque else None
    if shape is None or len(shape) != 3 or run.model.problem is not None or shape[1] is None:
        return ""
    apart = run.batch_size is None or (differ(shape[1], run.batch_size) and shape[1] != Dim(1))
    return shape_text(shape) if apart else ""


def _kind(value: Value) -> str:
    if isinstance(value, Const):
        return f'"{value.value}"'
    return f"a {value.kind}" if isinstance(value, Sequence) else "an array"
