"""Whether a model is asked at each step for the very thing that the step is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import same
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Tensor, Value
from lstmlint.keras_model.graph import Model, Node, dim_of
from lstmlint.keras_model.training import Run
from lstmlint.questions.provenance import MOST_VALUES, comes_from, is_none, is_whole
from lstmlint.text.source import Span

#: Layers that answer at each step for what they are given there.
_STEP_BY_STEP = frozenset(
    {
        *("Dense", "TimeDistributed", "Dropout", "SpatialDropout1D", "Activation", "Softmax", "Embedding", "Masking"),
        *("LayerNormalization", "BatchNormalization", "Concatenate", "Add", "Attention", "AdditiveAttention"),
    }
)
#: What leaves each value at its sample and step: a type, an axis at the end, a 1 for a number.
_KEEPS = frozenset(
    {
        *("keras.utils.to_categorical", "tensorflow.one_hot", "keras.ops.one_hot", "numpy.expand_dims"),
        *("Array.astype", "numpy.array", "numpy.asarray", "Array.copy", "tensorflow.expand_dims", "tensorflow.cast"),
    }
)
#: What gives a single array, which a dataset hands on in pieces: two of one making are one.
_ONE_RESULT = _KEEPS | {"keras.utils.pad_sequences", "numpy.sort"}
#: Numbers that stand for the program's own, to try whether a model runs.
_PLACEHOLDERS = ("numpy.random.", "tensorflow.random.", "numpy.ones", "numpy.zeros")


def copied_input(run: Run, facts: Facts) -> int | None:
    """The number of the input whose steps are the targets of the same steps, where the model reads it step by step."""
    y = run.y[0] if len(run.y) == 1 else None
    if not isinstance(y, Array) or run.model.opaque or len(run.model.outputs) != 1:
        return None
    for index, (x, tensor) in enumerate(zip(run.x, run.model.inputs, strict=False)):
        if isinstance(x, Array) and _equal(x, y, run, facts) and answered_by_step(run.model, tensor, _recurrent):
            return index
    return None


def _equal(x: Array, y: Array, run: Run, facts: Facts) -> bool:
    """Whether two arrays certainly hold the same at each sample and step, one of them perhaps as a 1 in a row."""
    if not x.shape or not y.shape or len(x.shape) < 2 or len(y.shape) < 2:
        return False
    if not all(same(one, other) for one, other in zip(x.shape[:2], y.shape[:2], strict=True)):
        return False
    one, other = root_of(x), root_of(y)
    fills = [list(_fills(root)) for root in (one, other)]
    if any(fills):
        pairs = zip(*fills, strict=False)
        return len(fills[0]) == len(fills[1]) and all(_alike(first, second, facts) for first, second in pairs)
    made = one.made
    kept = made is not None and made is other.made and made.operation in _ONE_RESULT
    return same_cut(made, other.made) or ((one is other or kept) and not _stands_for_others(one, run))


def same_cut(one: Made | None, other: Made | None) -> bool:
    """Whether two slices take the same part of the same array."""
    if one is None or other is None or not one.operation == other.operation == "index":
        return False
    if len(one.sources) != len(other.sources) or one.sources[0] is not other.sources[0]:
        return False
    return all(map(_same_key, one.sources[1:], other.sources[1:]))


def _same_key(one: Value, other: Value) -> bool:
    match one, other:
        case Slice(), Slice():
            return all(map(_same_key, (one.start, one.stop, one.step), (other.start, other.stop, other.step)))
        case Sequence(items=tuple() as left), Sequence(items=tuple() as right):
            return len(left) == len(right) and all(map(_same_key, left, right))
    return bool(_same_number(one, other))


def _same_number(one: Value, other: Value) -> bool | None:
    """Whether two constants or sizes are equal; None for other values."""
    if isinstance(one, Const) and isinstance(other, Const):
        return bool(one.value == other.value)
    left, right = dim_of(one), dim_of(other)
    return same(left, right) if left is not None and right is not None else None


def _stands_for_others(array: Array, run: Run) -> bool:
    """Whether numbers were drawn as they are, and not made of another input: that is a task of the program's own."""
    if not any(made.operation.startswith(_PLACEHOLDERS) for made in _ways(array)):
        return False
    others = (root_of(x) for x in run.x if isinstance(x, Array))
    return not any(other is not array and comes_from(array, other) for other in others)


def _ways(array: Array) -> Iterator[Made]:
    """The steps that made the numbers of an array, but for those that chose what was looked up in a list or a dict."""
    waiting: list[Value] = [array]
    seen = set[int]()
    while waiting and len(seen) < MOST_VALUES:
        current = waiting.pop(0)
        made: Made | None = getattr(current, "made", None)
        if id(current) in seen:
            continue
        seen.add(id(current))
        if made is not None:
            yield made
            looked_up = made.operation == "index" and not isinstance(made.sources[0], Array)
            waiting.extend(made.sources[:1] if looked_up else made.sources)
        if isinstance(current, Sequence):
            waiting.extend(current.items[:8] if current.items is not None else (current.element,))


def root_of(array: Array) -> Array:
    """What an array was made of as long as every value keeps its place."""
    for _ in range(12):
        made = array.made
        source = _one_hot_of(made) if made is not None and made.sources else None
        if made is None or not isinstance(source, Array) or not source.shape or len(source.shape) < 2:
            break
        looked_up = source is not made.sources[0]
        if not looked_up and made.operation not in _KEEPS and not _axis_behind(made, source, array):
            break
        array = source
    return array


def _one_hot_of(made: Made) -> Value:
    """The ids of ``np.eye(n)[ids]``; else what was worked on."""
    table: Made | None = getattr(made.sources[0], "made", None)
    rows = made.operation == "index" and table is not None and table.operation in ("numpy.eye", "numpy.identity")
    return made.sources[1] if rows and len(made.sources) == 2 else made.sources[0]


def _axis_behind(made: Made, source: Array, array: Array) -> bool:
    """Whether an index, or a reshape, does no more than put an axis behind those of samples and steps."""
    if made.operation in ("numpy.reshape", "Array.reshape"):
        before, after = source.shape or (), array.shape or ()
        return len(before) == 2 and len(after) == 3 and all(map(same, before, after))
    keys = made.sources[1:] if made.operation == "index" else ()
    return len(keys) > 1 and is_none(keys[-1]) and all(map(is_whole, keys[:-1]))


def _fills(value: Value) -> Iterator[Made]:
    """The writes into an array, the last one first."""
    for _ in range(64):
        made = getattr(value, "made", None)
        if made is None or made.operation != "filled":
            return
        yield made
        value = made.sources[0]


def written_at(value: Value, facts: Facts) -> Span | None:
    """Where the last values were written into an array of this file, if they were put into it one by one."""
    last = next(_fills(root_of(value)), None) if isinstance(value, Array) else None
    here = last is not None and last.written is not None and last.written.path == facts.source.path
    return last.written if last is not None and here else None


def _alike(first: Made, second: Made, facts: Facts) -> bool:
    """Whether two writes put the same into the same place."""
    return len(first.sources) == len(second.sources) > 3 and all(
        _same_value(one, other, facts) for one, other in zip(first.sources[1:], second.sources[1:], strict=True)
    )


def _same_value(one: Value, other: Value, facts: Facts) -> bool:
    known = _same_number(one, other)
    if known is not None:
        return known
    spans = [made.span for made in (getattr(value, "made", None) for value in (one, other)) if made is not None]
    if one is other or len(spans) < 2:
        return one is other
    texts = [facts.source.slice(span) for span in spans if span.path == facts.source.path]
    return len(texts) == 2 and texts[0] == texts[1]


def answered_by_step(model: Model, tensor: Tensor, through: Callable[[Node], bool]) -> Node | None:
    """A layer that meets ``through`` on a way on which the output of a step comes from the same step of an input."""
    waiting: list[tuple[Tensor, Node | None]] = [(model.outputs[0], None)]
    seen = set[tuple[int, bool]]()
    while waiting:
        current, found = waiting.pop()
        if current is tensor and found is not None:
            return found
        node: Node | None = current.node
        if node is None or (id(node), found is not None) in seen or not _keeps_steps(node):
            continue
        seen.add((id(node), found is not None))
        inputs = node.inputs[:1] if node.layer.recurrent else node.inputs
        waiting.extend((one, node if through(node) else found) for one in inputs)
    return None


def _recurrent(node: Node) -> bool:
    return node.layer.recurrent


def _keeps_steps(node: Node) -> bool:
    if not node.layer.recurrent:
        return node.layer.kind in _STEP_BY_STEP
    return bool(node.layer.returns_sequences) and node.layer.core.config.flag("go_backwards") is False
