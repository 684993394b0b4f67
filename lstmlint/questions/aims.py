"""Which targets meet which output of a model, and how the two disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, same
from lstmlint.interpreter.libraries.keras_text import VOCABULARY
from lstmlint.interpreter.values import Array, Tensor
from lstmlint.keras_model.graph import Shape, array_shape_text, shape_text
from lstmlint.keras_model.losses import OWN, SPARSE, Match, match
from lstmlint.keras_model.training import Run
from lstmlint.questions.by_hand import by_hand
from lstmlint.questions.feeds import Feed, misfed_by, never_made
from lstmlint.questions.kept import one_hot
from lstmlint.questions.models import ONE, SCORED, broken, equal, last_recurrent, made_at
from lstmlint.text.source import Span


class Aim(Enum):
    """How targets disagree with an output."""

    ONE_TARGET = "one target a sample for an output at every step"
    MANY_TARGETS = "a target for every step for one output a sample"
    WIDTH = "another width"
    BROADCASTS = "shapes that the loss stretches"
    LABELS = "labels in the form that another loss takes"


@dataclass(frozen=True, slots=True, eq=False)
class Aimed:
    """Targets that do not match an output, the loss that compares them, and what it does with the two shapes."""

    run: Run
    index: int
    output: Tensor
    shape: tuple[Dim | None, ...]
    array: Array
    loss: str
    found: Match
    how: Aim
    #: Whether the model is trained on such targets; else those it is trained on may be right.
    trained: bool

    @property
    def dims(self) -> tuple[Dim, ...]:
        return self.array.shape or ()

    @property
    def raises(self) -> bool:
        return self.found is Match.RAISES

    @property
    def sure(self) -> bool:
        """Whether the targets' shape is known in numbers."""
        return all(dim.known for dim in self.dims[1:])

    def places(self, but: Span) -> Iterator[tuple[Span, str]]:
        """The layer that gives the output, the training and the making of the targets, with a few words on each."""
        out, y, call = made_at(self.output), made_at(self.array), self.run.call.span
        if out is not None and out != but:
            yield out, f"gives {shape_text(self.shape)}"
        if call != but:
            yield call, f"targets {array_shape_text(self.dims)}"
        if y is not None and y not in call:
            yield y, "the targets"


def misaimed(facts: Facts) -> Iterator[Aimed]:
    """Targets that do not match the model's outputs, each way of a model once, of a run that raises where one does."""
    told: dict[tuple[object, ...], Aimed] = {}
    for run in chain(facts.checked_runs, by_hand(facts)):
        for aimed in _misaimed(run, facts):
            key = (run.model.identity, aimed.index, aimed.how, tuple(map(str, aimed.dims[1:])))
            first = told.setdefault(key, aimed)
            if aimed.raises > first.raises:
                told[key] = replace(aimed, trained=aimed.trained or first.trained)
    yield from told.values()


def _misaimed(run: Run, facts: Facts) -> Iterator[Aimed]:
    model = run.model
    compiled = model.compiled
    if run.method not in SCORED or broken(model) or model.opaque or compiled is None or never_made((*run.x, *run.y)):
        return
    if len(run.y) != len(model.outputs) or any(fed.how is not Feed.STEPS for fed in misfed_by(run, facts)):
        return
    for index, (output, value) in enumerate(zip(model.outputs, run.y, strict=True)):
        loss = loss_of(run, index)
        shape = run.outputs[index].shape if index < len(run.outputs) else output.shape
        if loss is None or not isinstance(value, Array) or not value.shape or shape is None:
            continue
        found = match(loss, shape, value.shape, batch_of(run, value), facts.keras)
        if found is Match.UNKNOWN and _rows_for_ids(loss, shape, value):
            yield Aimed(run, index, output, shape, value, loss, Match.RAISES, Aim.LABELS, run.trains)
        if found is Match.UNKNOWN and of_two_vocabularies(shape[-1], value.shape[-1]):
            yield Aimed(run, index, output, shape, value, loss, Match.RAISES, Aim.WIDTH, run.trains)
        how = _aim(loss, shape, value.shape, run, found) if found not in (Match.FITS, Match.UNKNOWN) else None
        if how is not None and not _is_idiom(loss, shape, value.shape):
            yield Aimed(run, index, output, shape, value, loss.removeprefix(OWN), found, how, run.trains)


def of_two_vocabularies(width: Dim | None, other: Dim) -> bool:
    """Whether two sizes are those of two Tokenizers: equal only where both learned as many words by luck."""
    symbols = [set(dim.symbols) if dim is not None else set() for dim in (width, other)]
    named = all(len(found) == 1 and next(iter(found)).name == VOCABULARY for found in symbols)
    return named and symbols[0] != symbols[1]


def _rows_for_ids(loss: str, output: Shape, value: Array) -> bool:
    """One-hot rows of a width that is not known, in the sparse loss over three classes or more."""
    dims, classes = value.shape or (), output[-1]
    several = classes is not None and classes.known and classes.constant > 2
    return loss == SPARSE and several and len(dims) == len(output) and one_hot(value) is not None


def _is_idiom(loss: str, output: Shape, target: tuple[Dim, ...]) -> bool:
    """Losses over quantiles, and others of the program's own, hold one target against several outputs on purpose."""
    return loss.startswith(OWN) and output[-1] != ONE


def loss_of(run: Run, index: int) -> str | None:
    """The loss of an output by Keras's name, None where it is not known."""
    losses: tuple[str | None, ...] = run.model.compiled.losses if run.model.compiled else ()
    if len(losses) == 1:
        return losses[0]
    return losses[index] if index < len(losses) == len(run.model.outputs) else None


def batch_of(run: Run, array: Array) -> Dim | None:
    """How many samples a full batch holds; of data whose number of samples nobody knows, as many as are asked for.

    Datasets and generators give batches, whose first axis is the batch.
    """
    samples = array.shape[0] if array.shape else None
    if run.data_kind != "array" and samples is not None:
        return samples if samples.known else None
    if run.batch_size is None or samples is None:
        return samples if run.method.endswith("on_batch") else None
    if samples.known and run.batch_size.known:
        return min(samples, run.batch_size, key=lambda dim: dim.constant)
    return run.batch_size if run.batch_size.known else None


def _aim(loss: str, output: Shape, target: tuple[Dim, ...], run: Run, found: Match) -> Aim:
    if _is_other_labels(loss, output, target):
        return Aim.LABELS
    if len(output) == 3 and (len(target) == 1 or (len(target) == 2 and not equal(output[1], target[1]))):
        return Aim.ONE_TARGET
    if len(output) == 2 and len(target) == 3:
        return Aim.MANY_TARGETS
    narrow = len(output) == 2 and (output[1] == ONE or (loss == SPARSE and _keeps_last_step(run)))
    if narrow and len(target) == 2 and equal(_steps_of(run), target[1]):
        return Aim.MANY_TARGETS
    # A batch as large as the output is wide stretches by luck.
    stretched = Match.BROADCASTS in (found, match(loss, output, target, None))
    return Aim.BROADCASTS if stretched else Aim.WIDTH


def _is_other_labels(loss: str, output: Shape, target: tuple[Dim, ...]) -> bool:
    """Class ids in the categorical loss, one-hot rows in the sparse one."""
    classes = output[-1]
    if classes is None or classes == ONE:
        return False
    if loss == SPARSE:
        return len(target) == len(output) and same(target[-1], classes)
    if loss != "categorical_crossentropy":
        return False
    ids = target[:-1] if len(target) == len(output) and target[-1] == ONE else target
    axes = zip(output[1:-1], ids[1:], strict=False)
    return len(ids) == len(output) - 1 and not any(a is not None and differ(a, b) for a, b in axes)


def _keeps_last_step(run: Run) -> bool:
    node = last_recurrent(run.model)
    return node is not None and node.layer.returns_sequences is False


def _steps_of(run: Run) -> Dim | None:
    """The steps that the last recurrent layer runs over, those of the data where the model leaves them open."""
    node = last_recurrent(run.model)
    shape = node.input.shape if node is not None and node.input is not None else None
    if shape is None or len(shape) != 3 or shape[1] is not None:
        return shape[1] if shape is not None and len(shape) == 3 else None
    x = run.x[0] if len(run.x) == 1 else None
    return x.shape[1] if isinstance(x, Array) and x.shape is not None and len(x.shape) > 1 else None
