"""Predictions that meet a truth which stands in another order: that of another pass over a dataset that shuffles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Size, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall
from lstmlint.questions.generators import WINDOWS
from lstmlint.questions.outputs import steps_of_kind
from lstmlint.questions.provenance import MOST_VALUES, call_at, is_none
from lstmlint.questions.splits import drawn_freely
from lstmlint.text.source import Span

_LIBRARIES = (
    *("numpy.", "tensorflow.", "keras.ops.", "builtins.", "Array.", "EagerTensor.", "Series.", "Table.", "list."),
    *("sklearn.preprocessing.", "pandas."),
)
#: What leaves rows in their order, in whichever library.
_KEEPS = frozenset(
    {
        *("append", "argmax", "array", "around", "asarray", "astype", "cast", "clip", "clip_by_value", "concat"),
        *("concatenate", "constant", "convert_to_tensor", "copy", "exp", "expand_dims", "expm1", "extend", "flatten"),
        *("float", "float32", "float64", "greater", "hstack", "int", "int32", "int64", "inverse_transform", "list"),
        *("log", "log1p", "numpy", "ravel", "reshape", "rint", "round", "sigmoid", "softmax", "squeeze", "stack"),
        *("DataFrame", "Series", "to_numpy", "tolist", "tuple", "vstack", "where", "zip"),
    }
)
_OWN = frozenset({"arithmetic", "comparison", "filled", "join", "literal", "window"})
#: Calls that hold their first two arguments against one another, row by row.
_MEETS = frozenset(
    {
        *("tensorflow.math.confusion_matrix", "matplotlib.pyplot.scatter", "numpy.corrcoef", "numpy.array_equal"),
        *("scipy.stats.pearsonr", "scipy.stats.spearmanr", "scipy.stats.linregress"),
    }
)
_SHUFFLE = (
    *("Dataset.shuffle", WINDOWS, "keras.utils.text_dataset_from_directory"),
    *("keras.utils.image_dataset_from_directory", "keras.utils.audio_dataset_from_directory"),
)
#: What leaves the pairs of a dataset as they are.
_AS_THEY_ARE = frozenset(f"Dataset.{name}" for name in ("batch", "cache", "prefetch", "repeat", "shuffle", "take"))
_METRICS = ("sklearn.metrics.", "keras.metrics.", "keras.losses.")


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Where predictions meet the truth, the passes that gave both, and the step that shuffled them, or one of them.

    ``anew``: for each pass. ``truth`` is None where the truth is ``array``, which the dataset was made of.
    """

    span: Span
    dataset: Reference
    shuffled: Made
    anew: bool
    predictions: Made
    truth: Made | None
    array: Value | None = None


def in_other_orders(facts: Facts) -> Iterator[Meeting]:
    """Each pair of passes once, where its predictions and truth meet first."""
    told: set[tuple[Span, Span | None]] = set()
    if next(facts.calls_to(*_SHUFFLE), None) is None:
        return
    found = [one for span, sides in _meetings(facts) if (one := _meeting(span, *sides)) is not None]
    for one in sorted(found, key=lambda one: (one.span.path, one.span.start)):
        pair = one.predictions.span, one.truth.span if one.truth is not None else None
        if pair not in told:
            told.add(pair)
            yield one


def _meetings(facts: Facts) -> Iterator[tuple[Span, tuple[Value, Value]]]:
    for call in facts.calls:
        sides = _compared(call)
        if len(sides) > 1:
            yield call.call.span, (sides[0], sides[1])
    for made in steps_of_kind(facts, "arithmetic", "comparison"):
        if len(made.sources) == 2:
            yield made.span, (made.sources[0], made.sources[1])


def _compared(call: LibraryCall) -> tuple[Value, ...]:
    pairwise = call.name.startswith("sklearn.metrics.pairwise")
    if pairwise or not (call.name.startswith(_METRICS) or call.name in _MEETS):
        return ()
    named = [call.arguments[name] for name in ("y_true", "y_pred") if name in call.arguments]
    given = call.arguments.get("args")
    if not named and isinstance(given, Sequence):
        return given.items or ()
    return tuple(named or call.arguments.values())


def _meeting(span: Span, one: Value, other: Value) -> Meeting | None:
    mine, others = _Side(one), _Side(other)
    guess, truth = (mine, others) if mine.predicted else (others, mine)
    pass_ = guess.only_pass()
    if pass_ is None or not guess.predicted or truth.predicted:
        return None
    dataset, found = _of(pass_), truth.only_pass()
    if found is not None:
        mixed = None if found.span == pass_.span else _apart(dataset, _of(found))
        return Meeting(span, *mixed, pass_, found) if mixed is not None else None
    array = next((value for value in _arrays_of(dataset) if id(value) in truth.seen), None)
    shuffled = dataset.fields.get("shuffled")
    if array is None or not isinstance(shuffled, Made) or truth.passes:
        return None
    return Meeting(span, dataset, shuffled, False, pass_, None, array)


def _of(drawn: Made) -> Reference:
    dataset = drawn.sources[0]
    assert isinstance(dataset, Reference)
    return dataset


class _Side:
    """What one side of a meeting was made of, row by row."""

    def __init__(self, value: Value) -> None:
        self.seen: dict[int, Value] = {}
        self.passes: list[Made] = []
        self.predicted = False
        waiting = [value]
        while waiting and len(self.seen) < MOST_VALUES:
            current = waiting.pop()
            if id(current) not in self.seen:
                self.seen[id(current)] = current
                waiting.extend(self._behind(current))

    def _behind(self, value: Value) -> Iterator[Value]:
        made: Made | None = getattr(value, "made", None)
        predicts = made is not None and made.operation.startswith("Model.")
        self.predicted |= predicts
        if isinstance(value, Array) and value.drawn is not None:
            self.passes.append(value.drawn)
        elif isinstance(value, Sequence):
            yield from value.items[:8] if value.items is not None else (value.element,)
        elif made is not None and made.operation == "index" and isinstance(made.sources[0], Table):
            yield from _column(made.sources[0], *made.sources[1:2])
        elif made is not None and (predicts or _keeps(value, made)):
            yield from made.sources[:1] if made.operation == "index" else made.sources

    def only_pass(self) -> Made | None:
        return self.passes[0] if len({made.span for made in self.passes}) == 1 else None


def _keeps(value: Value, made: Made) -> bool:
    """Whether the rows of a value stand as those of what it was made from."""
    name = made.operation
    if name == "index":
        # A row by its number stands for itself, as an offset does.
        return not isinstance(next(iter(made.sources[1:]), None), Const) and all(map(_in_order, made.sources[1:]))
    if name.endswith("argmax"):
        # Without an axis it tells one of all the numbers.
        whole = isinstance(value, Array) and value.rank == 0
        return not whole or getattr(made.sources[0], "rank", None) == 1
    return name in _OWN or (name.startswith(_LIBRARIES) and name.rpartition(".")[2] in _KEEPS)


def _column(table: Table, key: Value = None) -> Iterator[Value]:
    """What the program put into a column of a table, or made the table of."""
    name, made = getattr(key, "value", None), table.made
    given = table.given_to(name)
    yield from () if given is None else (given,)
    if made is not None and made.operation == "pandas.DataFrame" and isinstance(made.sources[0], Mapped):
        yield from (value for known, value in made.sources[0].items if known.value == name)


def _in_order(key: Value) -> bool:
    if isinstance(key, Slice):
        step = dim_of(key.step)
        return is_none(key.step) or (step is not None and step.known and step.constant > 0)
    return isinstance(key, Const | Size)


@dataclass(frozen=True, slots=True, eq=False)
class Parted:
    """x and y in other orders: the step that shuffled, and where each was taken from its dataset."""

    shuffled: Made
    x: Span
    y: Span


def in_two_passes(x: Value, y: Value) -> Parted | None:
    """Samples gathered in one pass over a dataset that shuffles anew for each, and targets in another."""
    mine, others = _Side(x), _Side(y)
    one, other = mine.only_pass(), others.only_pass()
    if one is None or other is None or one.span == other.span or mine.predicted or others.predicted:
        return None
    found = _apart(_of(one), _of(other))
    return Parted(found[1], one.span, other.span) if found is not None else None


def zipped_apart(dataset: Reference, facts: Facts) -> Parted | None:
    """A dataset of pairs put together from two that are not shuffled alike."""
    while dataset.made is not None and dataset.made.operation in _AS_THEY_ARE:
        dataset = next(iter(_sources(dataset)), dataset)
    made = dataset.made
    pair = _sources(dataset) if made is not None and made.operation == "tensorflow.data.Dataset.zip" else ()
    if made is None or len(pair) != 2 or len(made.sources) != 2 or pair[0].made is None or pair[1].made is None:
        return None
    steps = [part.fields.get("shuffled") for part in pair]
    shuffled = [step for step in steps if isinstance(step, Made)]
    if steps[0] is steps[1]:
        apart = bool(shuffled) and pair[0].fields.get("reshuffles") is pair[1].fields.get("reshuffles") is steps[0]
    else:
        apart = len(shuffled) == 1 or _drawn_freely(shuffled, facts)
    return Parted(shuffled[-1], pair[0].made.span, pair[1].made.span) if shuffled and apart else None


def _drawn_freely(steps: list[Made], facts: Facts) -> bool:
    calls = [call for step in steps if (call := call_at(facts, step)) is not None]
    return len(calls) == 2 and drawn_freely(calls[0], calls[1], "seed", facts) is not None


# --- datasets ---------------------------------------------------------------------------------------------------------


def _apart(one: Reference, other: Reference) -> tuple[Reference, Made, bool] | None:
    """The dataset behind two others, the step that gives passes over these other orders, and whether for each pass."""
    behind = {id(dataset) for dataset in _chain(other)}
    common = next((dataset for dataset in _chain(one) if id(dataset) in behind), None)
    if common is None:
        return None
    reshuffles, before = common.fields.get("reshuffles"), common.fields.get("shuffled")
    if isinstance(reshuffles, Made):
        return common, reshuffles, True
    later = [after for dataset in (one, other) if (after := dataset.fields.get("shuffled")) is not before]
    return (common, later[0], False) if len(later) == 1 and isinstance(later[0], Made) else None


def _chain(dataset: Reference) -> Iterator[Reference]:
    """A dataset and those that it was made of, the nearest first."""
    waiting, seen = [dataset], set[int]()
    while waiting and len(seen) < MOST_VALUES:
        current = waiting.pop(0)
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting.extend(_sources(current))


def _sources(dataset: Reference) -> tuple[Reference, ...]:
    sources = dataset.made.sources if dataset.made is not None else ()
    return tuple(one for one in sources if isinstance(one, Reference) and one.kind == "Dataset")


def _arrays_of(dataset: Reference) -> Iterator[Value]:
    """The arrays that a dataset was made of, row by row."""
    for one in _chain(dataset):
        for value in one.made.sources if one.made is not None else ():
            parts = value.items if isinstance(value, Sequence) and value.kind == "tuple" else (value,)
            yield from (part for part in parts or () if isinstance(part, Array | Table | Sequence))
