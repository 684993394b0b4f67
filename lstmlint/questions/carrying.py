"""Whether a stateful model takes its state along to data that do not follow those which left it."""

from __future__ import annotations

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Made
from lstmlint.keras_model.training import Loop, Reset, Run
from lstmlint.questions.origins import drawn_apart, other_series
from lstmlint.questions.provenance import ancestors, comes_from
from lstmlint.questions.state import (
    bound_inside,
    operations,
    passes,
    resets_that_may,
    single_x,
    stateful_layers,
    unseen_callbacks,
)

#: What brings a series of its own at each turn.
_READS = frozenset({"pandas.read_csv", "pandas.read_excel", "pandas.read_parquet", "numpy.load", "numpy.loadtxt"})
_GROUPS = frozenset({"GroupBy.get_group", "Table.groupby"})
_ASKS = frozenset({"predict", "evaluate"})


def left_behind(run: Run, facts: Facts) -> tuple[Run, bool] | None:
    """The run that left the state from which this one starts, and whether it went through the same data.

    None where the data may well follow: going on from where the others ended is what a stateful model is for.
    """
    x = single_x(run)
    if run.method not in _ASKS or not stateful_layers(run.model) or x is None or run.loops:
        return None
    last = _last_before(run, facts)
    if not isinstance(last, Run) or last.conditional or (last.trains and not _quiet(last, facts)):
        return None
    before = single_x(last)
    if before is None or not (before is x or (last.trains and _another_series(before, x, run, facts))):
        return None
    return last, before is x


def _another_series(before: Array, x: Array, run: Run, facts: Facts) -> bool:
    """Whether the data belong to another series, in a program that resets states elsewhere, so that it cares."""
    return drawn_apart(before, x) and any(True for _ in resets_that_may(facts, run.model))


def _last_before(run: Run, facts: Facts) -> Run | Reset | None:
    """What touched the state last; None where the program never resets it, which stateful-never-reset tells."""
    resets = tuple(resets_that_may(facts, run.model))
    events: list[Run | Reset] = [*facts.runs_of(run.model), *resets]
    passes_alone = any(one.trains and passes(one, facts) is not None for one in facts.runs_of(run.model))
    before = [event for event in events if event.order < run.order]
    return None if passes_alone and not resets else max(before, key=lambda event: event.order, default=None)


def _quiet(run: Run, facts: Facts) -> bool:
    """Whether no callback resets while a fit ends."""
    hooks = [reset.hook for reset in resets_that_may(facts, run.model)]
    return not unseen_callbacks(run) and not any(hook in ("on_epoch_end", "on_train_end") for hook in hooks)


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
            if read or (made.operation in _GROUPS and loop.over is not None and _in_head(made, loop)):
                return made
    return None


def _in_head(made: Made, loop: Loop) -> bool:
    """Whether the loop runs over what this step made: ``for name, part in frame.groupby("id")``."""
    return any(getattr(value, "made", None) is made for value in ancestors(loop.over))
