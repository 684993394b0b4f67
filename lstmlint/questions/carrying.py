"""Whether a stateful model takes its state along to data that do not follow those which left it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Table, Value
from lstmlint.keras_model.training import Loop, Reset, Run
from lstmlint.questions.callbacks import may_leave_nothing, may_start_anew, unseen_callbacks
from lstmlint.questions.origins import drawn_apart, other_series
from lstmlint.questions.panel import owner_in
from lstmlint.questions.provenance import SHOWS, ancestors, comes_from, is_none, key_of
from lstmlint.questions.state import (
    bound_inside,
    operations,
    passes,
    resets_that_may,
    single_x,
    stateful_layers,
    trained_by_hand,
)
from lstmlint.text.source import Span

#: What brings a series of its own at each turn.
_READS = frozenset({"pandas.read_csv", "pandas.read_excel", "pandas.read_parquet", "numpy.load", "numpy.loadtxt"})
_GROUPS = frozenset({"GroupBy.get_group", "Table.groupby"})
_PIECES = frozenset({"numpy.split", "numpy.array_split", "numpy.lib.stride_tricks.sliding_window_view"})
#: How deep the items of a loop stand in what it runs over: those of ``zip`` are tuples.
_ITEMS = 3
_EACH_GROUP = "pandas.groupby.__iter__"
_ASKS = frozenset({"predict", "evaluate"})


def left_behind(run: Run, facts: Facts) -> tuple[Run, bool] | None:
    """The run that left the state from which this one starts, and whether it went through the same data.

    None where the data may well follow: going on from where the others ended is what a stateful model is for.
    """
    x = single_x(run)
    if run.method not in _ASKS or not stateful_layers(run.model) or x is None or run.loops:
        return None
    last = None if may_start_anew(run, facts) else _last_before(run, facts)
    if not isinstance(last, Run) or last.conditional or may_leave_nothing(last, facts):
        return None
    before = single_x(last)
    if before is None or not (before is x or (last.trains and _another_series(before, x, run, facts))):
        return None
    return last, before is x


def _another_series(before: Array, x: Array, run: Run, facts: Facts) -> bool:
    """Whether the data belong to another series, in a program that resets states elsewhere, so that it cares."""
    return drawn_apart(before, x) and any(True for _ in resets_that_may(facts, run.model))


def _last_before(run: Run, facts: Facts) -> Run | Reset | None:
    """What touched the state last; None where the program never resets it, which stateful-never-reset tells, or where
    that stands in a callback."""
    resets = tuple(resets_that_may(facts, run.model))
    events: list[Run | Reset] = [*facts.runs_of(run.model), *resets]
    passes_alone = any(one.trains and passes(one, facts) is not None for one in facts.runs_of(run.model))
    # What a call's own callbacks reset is asked of the call.
    before = [one for one in events if one.order < run.order and (isinstance(one, Run) or not _elsewhere(one, run))]
    last = max(before, key=lambda event: event.order, default=None)
    silent = last is None or _elsewhere(last, run) or (passes_alone and not resets)
    return None if silent else last


def _elsewhere(event: Run | Reset, run: Run) -> bool:
    """Whether an event stands in a callback that a run does not stand in."""
    return event.hooks != run.hooks[: len(event.hooks)]


def series_by_turn(run: Run, facts: Facts) -> tuple[Loop, Made] | None:
    """The loop that brings another series at each turn to a model made before it, and the step that does so."""
    for loop in run.loops:
        source = _series_of(run, loop)
        if source is not None:
            known = loop.kind == "for" and not bound_inside(facts, run.model, loop)
            return (loop, source) if known else None
    return None


def _series_of(run: Run, loop: Loop) -> Made | None:
    for x in run.x:
        if other_series(loop) and comes_from(loop.over, x):
            return next(operations(x), None)
        for value in ancestors(x):
            made: Made | None = getattr(value, "made", None)
            if made is None:
                continue
            read = made.operation in _READS and made.span in loop.span
            if made.operation == _EACH_GROUP:
                return made if _goes_through(loop, made) and owner_in(made.sources[1]) else None
            if read or (made.operation in _GROUPS and loop.over is not None and _in_head(made, loop)):
                return made
    return None


def _goes_through(loop: Loop, made: Made) -> bool:
    """Whether the groups that this step gives are what a loop runs over, be they counted or listed first."""
    over = loop.over
    if isinstance(over, Reference):
        return over.kind == "pandas.groupby" and over.fields["frame"] is made.sources[0] and made.span in loop.span
    return over is not None and _in_head(made, loop)


def _in_head(made: Made, loop: Loop) -> bool:
    """Whether the loop runs over what this step made: ``for name, part in frame.groupby("id")``."""
    return any(getattr(value, "made", None) is made for value in ancestors(loop.over))


@dataclass(frozen=True, slots=True, eq=False)
class OnlyTraining:
    """``reset``, in a loop over series, each of which ``trained`` goes through in pieces, or at once.

    The run that this is about does the same with other series, and nothing resets between them: ``several`` where a
    loop brings them, else it goes on from the state that training has left.
    """

    reset: Reset
    trained: Run
    several: bool


def only_training_resets(run: Run, facts: Facts) -> OnlyTraining | None:
    """Whether a model that is trained with a reset for each series is asked about others without one."""
    if run.trains or not run.loops or not stateful_layers(run.model) or trained_by_hand(run, facts):
        return None
    resets = list(resets_that_may(facts, run.model))
    handled = any(id(one) == run.model.identity or one in run.model.layers for one in facts.handled)
    if handled or any(reset.hooks or (reset.model is None and reset.layer is None) for reset in resets):
        return None
    if any(map(unseen_callbacks, facts.runs_of(run.model))):
        return None
    trainings = [one for one in facts.runs_of(run.model) if one.trains or trained_by_hand(one, facts)]
    before = [one for one in trainings if one.order < run.order and facts.together(one.order, run.order)]
    for trained in before:
        reset = next((one for one in resets if _for_each_series(one, trained)), None)
        if reset is not None:
            return _asked_without(run, OnlyTraining(reset, trained, False), before[-1].order, resets, facts)
    return None


def _for_each_series(reset: Reset, trained: Run) -> bool:
    """Whether a reset belongs to a loop that brings another series at each turn."""
    outer, inner = reset.loops, trained.loops
    around = bool(outer) and [loop.span for loop in outer] == [loop.span for loop in inner[: len(outer)]]
    whole = len(inner) == len(outer) and trained.method == "fit"
    if reset.conditional or trained.conditional or not around or not (whole or len(inner) == len(outer) + 1):
        return False
    return _owner_of(outer[-1], trained) is not None or any(True for _ in _brought_by(outer[-1], trained))


def _owner_of(loop: Loop, run: Run) -> str | None:
    """The column whose groups a loop runs over, one at each turn, where it tells whose series each is."""
    made = _series_of(run, loop)
    if made is not None and made.operation == _EACH_GROUP:
        return owner_in(made.sources[1])
    masks = (key_of(value) for x in run.x for value in ancestors(x) if isinstance(value, Table))
    return next(filter(None, (_asked_for(mask, loop) for mask in masks)), None)


def _asked_for(mask: Value | None, loop: Loop) -> str | None:
    """The column of a condition such as ``table["machine"] == machine``, with an item of what a loop runs over."""
    made = mask.made if isinstance(mask, Array) else None
    if made is None or made.operation != "comparison" or made.operator != "==" or loop.over is None:
        return None
    items = [one for one in made.sources if _item_of(one, loop.over)]
    columns = [one for one in made.sources if isinstance(one, Array) and isinstance(key_of(one), Const)]
    return owner_in(key_of(columns[0]) or columns[0]) if len(items) == len(columns) == 1 else None


def _item_of(value: Value, over: Value) -> bool:
    if isinstance(over, Sequence) and over.element is value:
        return True
    made: Made | None = getattr(value, "made", None)
    return made is not None and made.operation == "index" and len(made.sources) == 1 and made.sources[0] is over


def _asked_without(run: Run, found: OnlyTraining, last: int, resets: list[Reset], facts: Facts) -> OnlyTraining | None:
    owner = _owner_of(found.reset.loops[-1], found.trained)
    groups = next((one for one in run.loops if owner is not None and _owner_of(one, run) == owner), None)
    if groups is not None:
        free = not bound_inside(facts, run.model, groups) and not any(_in(groups, reset) for reset in resets)
        return replace(found, several=True) if free else None
    pieces, series = len(found.trained.loops) - len(found.reset.loops), found.reset.loops[-1]
    loop = run.loops[-pieces - 1] if len(run.loops) > pieces else None
    brought = list(_brought_by(loop, run)) if loop is not None else []
    if loop is not None and bound_inside(facts, run.model, loop):
        return None
    places = {made.span for made in _brought_by(series, found.trained)}
    alike = any(made.span in places for made in brought)
    if loop is not None and alike and not any(_in(loop, reset) for reset in resets):
        return replace(found, several=True)
    # Data that are told to be of the same kind by nothing but how they are cut may be one series after a reset.
    may = any(last < reset.order < run.order or any(_in(one, reset) for one in run.loops) for reset in resets)
    same_cut = pieces and _cut(run) is not None and _cut(run) == _cut(found.trained, series)
    return replace(found, several=bool(brought)) if not may and (alike or same_cut) else None


def _in(loop: Loop, reset: Reset) -> bool:
    return any(around.span == loop.span for around in reset.loops)


def _brought_by(loop: Loop, run: Run) -> Iterator[Made]:
    """The steps that made the items of a loop, of those that the run's data come from."""
    items = {id(made) for made in _made_items(loop.over)}
    for x in run.x:
        for value in ancestors(x):
            made: Made | None = getattr(value, "made", None)
            if made is not None and id(made) in items:
                yield made


def _made_items(over: Value | None, depth: int = _ITEMS) -> Iterator[Made]:
    """The steps that made the items of a loop, where these are not pieces of one series."""
    if isinstance(over, Reference) and over.kind == "object" and depth:
        for value in over.fields.values():
            yield from _made_items(value, depth - 1)
    if isinstance(over, Reference):
        over = over.fields.get("content")
    made: Made | None = getattr(over, "made", None)
    if isinstance(over, Sequence) and depth:
        for item in over.items[:8] if over.items is not None else (over.element,):
            yield from _made_items(item, depth - 1)
    elif isinstance(over, Array) and made is not None:
        rows = depth == _ITEMS and any(one.operation in SHOWS for one in operations(over))
        if not rows and not any(map(_of_one, operations(over))):
            yield made


def _of_one(made: Made) -> bool:
    """Whether a step may make pieces of one series: those of it that follow may well go on from where it ended."""
    keys = [key for key in made.sources[1:] if isinstance(key, Slice)] if made.operation == "index" else []
    return made.operation in _PIECES or any(not is_none(key.start) for key in keys)


def _cut(run: Run, loop: Loop | None = None) -> Span | None:
    """Where the pieces that a run is given are cut: from an item of the loop, where one is told."""
    items = {id(made) for made in _made_items(loop.over)} if loop is not None else set()
    for value in (value for x in run.x for value in ancestors(x)):
        made: Made | None = getattr(value, "made", None)
        if made is not None and made.operation == "index" and isinstance(key_of(value), Slice):
            whole = any(id(getattr(one, "made", None)) in items for one in ancestors(made.sources[0]))
            return made.span if loop is None or whole else None
    return None
