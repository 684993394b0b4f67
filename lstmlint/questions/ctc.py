"""CTC keeps one class for the blank, which no character may have: which class that is, and who has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.own_losses import TRUTH
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Node, dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import MOST_VALUES, SPLIT
from lstmlint.text.source import Span

_BATCH_COST, _NN = "keras.backend.ctc_batch_cost", "tensorflow.nn.ctc_loss"
#: What leaves ids the numbers that they are.
_MOVES = frozenset(
    {
        *("numpy.array", "numpy.asarray", "numpy.stack", "numpy.expand_dims", "Array.astype", "Array.copy"),
        *("keras.utils.pad_sequences", "literal", "window", "attribute", "filled", SPLIT),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """``character`` has the number of the ``blank`` among ``classes``: it got it at ``ids``; ``loss`` is the call of
    ``way``, written ``name``."""

    run: Run
    loss: Span
    name: str
    way: str
    classes: int
    blank: int
    character: str
    ids: Span

    @property
    def raises(self) -> bool:
        """TensorFlow's older CTC takes the blank for the end of the labels, behind which nothing may follow."""
        return self.blank == self.classes - 1 and self.way == _BATCH_COST


def blanks_taken(facts: Facts) -> Iterator[Taken]:
    """Runs whose targets are characters by their numbers, one of which is that of the blank."""
    for run in facts.runs:
        shape = run.model.outputs[0].shape if len(run.model.outputs) == 1 else None
        classes = shape[-1].value if shape and shape[-1] is not None else None
        if not run.trains or len(run.y) != 1 or classes is None or run.model.problem is not None:
            continue
        for place, name, way, blank in _losses(run, classes, facts):
            for made, content in _lookups(run.y[0]):
                for key, number in content.items:
                    if isinstance(number, Const) and number.value == blank and _is_character(key.value):
                        yield Taken(run, place, name, way, classes, blank, key.value, made.span)


def _losses(run: Run, classes: int, facts: Facts) -> Iterator[tuple[Span, str, str, int]]:
    """Where a run computes CTC, and which class the blank has there. Measured on Keras 3.15.1 and TensorFlow 2.21."""
    if run.model.compiled is not None and run.model.compiled.losses == ("ctc",):
        yield run.model.compiled.call.span, "keras.losses.CTC", "keras.losses.CTC", 0
    later = [other.order for other in facts.runs if other.order > run.order]
    for call in facts.calls_to(_BATCH_COST, _NN):
        of_run = run.order < call.order and not any(order < call.order for order in later)
        blank = _blank_of(call, classes) if of_run and call.traced else None
        if blank is not None:
            yield call.call.span, call.call.callee_text, call.name, blank


def _blank_of(call: LibraryCall, classes: int) -> int | None:
    """The blank's class where the targets of the loss and outputs of all classes are given; else None."""
    truth, guess = (call.arguments.get(name) for name in _ARGUMENTS[call.name])
    wide = isinstance(guess, Tensor) and bool(guess.shape) and dim_of_last(guess) == classes
    if not wide or not _is_truth(truth):
        return None
    if call.name == _BATCH_COST:
        return classes - 1
    index = call.arguments.get("blank_index")
    given = dim_of(index) if index is not None else None
    if given is None or given.value is None:
        return 0 if isinstance(index, Const) and index.value is None else None
    return given.value % classes


_ARGUMENTS = {_BATCH_COST: ("y_true", "y_pred"), _NN: ("labels", "logits")}


def dim_of_last(tensor: Tensor) -> int | None:
    last = tensor.shape[-1] if tensor.shape else None
    return None if last is None else last.value


def _is_truth(tensor: Value | None) -> bool:
    """Whether these are the targets as the loss gets them, but for their type."""
    for _ in range(4):
        node: Node | None = tensor.node if isinstance(tensor, Tensor) else None
        if node is None or "cast" not in node.layer.kind.lower() or node.input is None:
            break
        tensor = node.input
    return isinstance(tensor, Tensor) and tensor.node is None and tensor.name == TRUTH


def _lookups(value: Value) -> Iterator[tuple[Made, Mapped]]:
    """The dicts by which characters got the numbers that a value holds, as long as they are still those."""
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < MOST_VALUES:
        current = waiting.pop()
        made = getattr(current, "made", None)
        if id(current) in seen:
            continue
        seen.add(id(current))
        sources = made.sources if made is not None else ()
        content = _dict_of(made) if made is not None and made.operation == "index" else None
        if made is not None and content is not None:
            yield made, content
        elif made is None or made.operation in _MOVES or (made.operation == "index" and isinstance(current, Array)):
            waiting.extend(sources[:2] if made is not None and made.operation == "filled" else sources[:1])
            if isinstance(current, Sequence):
                waiting.extend(current.items[:8] if current.items is not None else (current.element,))


def _dict_of(made: Made) -> Mapped | None:
    source = made.sources[0] if made.sources else None
    content = source.fields.get("content") if isinstance(source, Reference) else source
    return content if isinstance(content, Mapped) and not content.open else None


def _is_character(key: object) -> bool:
    """One that stands in texts: ``-``, ``_`` or a space may be there to stand for the blank."""
    return isinstance(key, str) and len(key) == 1 and (key.isalnum() or key == "'")
