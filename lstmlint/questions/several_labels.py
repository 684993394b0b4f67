"""Samples that belong to several classes at once: several ones in a row of targets, outputs that are cut one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, least
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.kept import kept_from
from lstmlint.questions.outputs import activated, activation_of, loss_of_output, steps_of_kind
from lstmlint.questions.scores import raw_outputs
from lstmlint.text.source import Span

_BINARIZER = "sklearn.preprocessing.MultiLabelBinarizer."
_DRAWN = (".randint", ".integers", ".binomial", ".choice")
_HALF = 0.5
_ROUNDS = frozenset({"numpy.round", "numpy.around", "numpy.rint", "Array.round", "tensorflow.round", "keras.ops.round"})


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Where the ``ones`` were written, and where the outputs are ``cut``, as far as either is certain."""

    ones: Span | None
    cut: Span | None


def several_labels(run: Run, index: int, facts: Facts) -> Several | None:
    """Whether a sample has several labels, for a model whose loss weighs its outputs against one another.

    Sigmoids tell by the one or the other. Of softmax, which some train on several ones on purpose, both are asked, and
    that the cut lets one output pass at most.
    """
    node = list(activated(run.model))[index] if index < len(run.y) == len(run.model.outputs) else None
    activation = activation_of(node.layer) if node is not None else None
    if activation not in ("sigmoid", "softmax") or loss_of_output(run, index) != "categorical_crossentropy":
        return None
    least_cut = _HALF if activation == "softmax" else 0.0
    found = Several(_several_ones(run.y[index]), _cut_one_by_one(run, facts, least_cut))
    known = [place is not None for place in (found.ones, found.cut)]
    return found if (any(known) if activation == "sigmoid" else all(known)) else None


def _several_ones(value: Value) -> Span | None:
    """Where rows were made that hold several ones, certainly: of labels in sets, of several columns, of free draws."""
    if not isinstance(value, Array):
        return None
    for made in kept_from(value):
        drawn = made.operation.startswith("numpy.random") and made.operation.endswith(_DRAWN)
        free = drawn and (value.low, value.high) == (0, 1) and _has_columns(value)
        if free or made.operation.startswith(_BINARIZER) or _fills_several(made):
            return made.span
    return None


def _has_columns(array: Array) -> bool:
    return array.shape is not None and len(array.shape) == 2 and differ(array.shape[1], 1)


def _fills_several(made: Made) -> bool:
    """``y[row, columns] = 1`` with more than one column."""
    match made:
        case Made(operation="filled", sources=(Array(), Const(value=1), Const() | Size(), columns)):
            return _count(columns) > 1
        case _:
            return False


def _count(columns: Value) -> float:
    """The least number of different columns that are named, as far as it is certain."""
    match columns:
        case Sequence(items=tuple() as items) if all(isinstance(item, Const) for item in items):
            return len({item.value for item in items if isinstance(item, Const)})
        case Array(elements=tuple() as elements) if columns.dtype != "bool":
            return len(set(elements))
        case Array(shape=(count,), dtype=str() as kind) if kind.startswith("int"):
            return least(count)
        case _:
            return 0


def _cut_one_by_one(run: Run, facts: Facts, low: float) -> Span | None:
    """Where each output of a sample is cut by itself, at a number from ``low`` to 1."""
    cuts = ((span, value) for span, value, number in _cuts(facts) if number >= low)
    return next((span for span, value in cuts if _is_answer(value, run, facts)), None)


def _cuts(facts: Facts) -> Iterator[tuple[Span, Value, float]]:
    for made in steps_of_kind(facts, "comparison"):
        match made.sources:
            case (Array() as value, Const(value=float() as number)) if 0 < number < 1:
                yield made.span, value, number
            case (Const(value=float() as number), Array() as value) if 0 < number < 1:
                yield made.span, value, number
    for call in facts.calls:
        given = call.receiver if call.receiver is not None else next(iter(call.arguments.values()), None)
        if call.name in _ROUNDS and given is not None:
            yield call.call.span, given, _HALF


def _is_answer(value: Value, run: Run, facts: Facts) -> bool:
    """Whether an array holds all outputs of each sample, as the model gave them."""
    made, shape = raw_outputs(value), run.model.outputs[0].shape if len(run.model.outputs) == 1 else None
    same_model = made is not None and any(asked.call.span == made.span for asked in facts.runs_of(run.model))
    width = value.shape[-1] if isinstance(value, Array) and value.shape else None
    return same_model and shape is not None and width is not None and width == shape[-1] != Dim(1)
