"""The samples do not fill the batches of a stateful model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Dim,
    Experiment,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Tensor,
    Value,
    batch_of,
    batches_of,
    input_call,
    samples_of,
    stateful_layers,
)

rule = Rule(code="LST209", name="stateful-partial-batch", severity=Severity.ERROR, since="0.1.0")

BATCHED = frozenset({"fit", "evaluate", "predict", "fit_generator"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    wanted, layers = batch_of(run.model), stateful_layers(run.model)
    if wanted is None or wanted.value is None or not layers or run.method not in BATCHED or run.model.problem:
        return
    cut = batches_of(run)
    batch = cut.batch if cut is not None else run.batch_size.value if run.batch_size is not None else None
    if batch != wanted.value or wanted.value < 2:
        return
    # Where not even the first batch is full, stateful-batch-size-differs speaks.
    part = next((one for one in parts(run) if one[1] % wanted.value and (one[0] or one[1] > wanted.value)), None)
    if part is not None:
        yield finding(run, wanted.value, *part)


def parts(run: Run) -> Iterator[tuple[str, int]]:
    """The sets that Keras goes through, and how many samples each has."""
    samples, cut = samples_of(run), batches_of(run)
    if cut is not None:
        yield "", cut.samples
    split = run.validation_split if run.trains else 0.0
    if run.data_kind != "array" or samples is None or samples.value is None or split is None:
        return
    trained = int(samples.value * (1 - split))
    yield "training" if split else "", trained
    if split:
        yield "validation", samples.value - trained
    checked = run.validation_data[0] if run.validation_data else None
    if isinstance(checked, Array) and checked.shape and checked.shape[0].value is not None:
        yield "validation", checked.shape[0].value


def finding(run: Run, batch: int, part: str, samples: int) -> Finding:
    rest, place = samples % batch, input_call(run.model)
    whole = samples - rest
    # TensorFlow broadcasts a single row over the states of a whole batch.
    says = (
        f"the last batch has {rest} and Keras raises"
        if rest > 1
        else "the last batch has 1, which is silently repeated"
    )
    return Finding(
        run.call.span,
        f"{samples} {part + ' ' if part else ''}samples do not fill batches of {batch} of a stateful model: {says}",
        Confidence.HIGH,
        label=f"{samples} = {samples // batch} * {batch} + {rest}",
        help=(
            f"keep {whole} samples, or choose a batch size{' and a validation_split' if part else ''} "
            "that leaves no rest"
        ),
        labels=(Label(place.span, f"batches of {batch}"),) if place and place.span.path == run.call.span.path else (),
        severity=Severity.WARNING if rest == 1 else None,
        experiment=Experiment(Claim.RAISES, run.model, one_set(run, batch, samples)) if rest > 1 else None,
        untestable="" if rest > 1 else "Keras runs it: the one row stands for a whole batch without a word",
    )


def one_set(run: Run, batch: int, samples: int) -> Run:
    """The run on the set that does not fill its batches alone: the part for training, or what a generator gives."""
    shapes = ((run.x, run.model.inputs), (run.y, run.model.outputs))
    x, y = (
        tuple(
            Array((Dim(samples), *_rest(values[index] if index < len(values) else None, tensor)), "float32")
            for index, tensor in enumerate(tensors)
        )
        for values, tensors in shapes
    )
    given = replace(run, method="fit", x=x, y=y, batch_size=Dim(batch), data_kind="array")
    return replace(given, validation_split=None)


def _rest(value: Value | None, tensor: Tensor) -> tuple[Dim, ...]:
    """The axes after that of the samples, as the data have them or as the model asks for them."""
    if isinstance(value, Array) and value.shape is not None:
        return value.shape[1:]
    return tuple(dim if dim is not None else Dim(1) for dim in (tensor.shape or ())[1:])
