"""How often a program forgets its state while it trains."""

from __future__ import annotations

from lstmlint.api import BATCH_HOOKS, Facts
from lstmlint.keras_model.graph import Model
from lstmlint.keras_model.training import Reset, Run

#: Methods that train on one batch, in a loop of the program's own.
_BY_BATCH = frozenset({"train_on_batch", "test_on_batch", "predict_on_batch"})


def resets(facts: Facts, model: Model, run: Run | None) -> str:
    """never, epoch or batch."""
    inside = [reset for reset in facts.resets_of(model) if not reset.conditional]
    hooks = {reset.hook for reset in inside}
    if hooks & set(BATCH_HOOKS) or any(_with_each_batch(reset, run) for reset in inside):
        return "batch"
    if hooks & {"on_epoch_end", "on_epoch_begin"} or any(_around(reset, run) for reset in inside):
        return "epoch"
    return "never"


def _with_each_batch(reset: Reset, run: Run | None) -> bool:
    """Whether a reset stands in the loop that feeds the batches."""
    return bool(run and run.method in _BY_BATCH) and _together(reset, run, -1)


def _around(reset: Reset, run: Run | None) -> bool:
    """Whether a reset stands in the same loop as the fit, which then trains one epoch a turn, or in one around the
    loop that feeds the batches."""
    return _together(reset, run, -2 if run and run.method in _BY_BATCH else -1)


def _together(reset: Reset, run: Run | None, level: int) -> bool:
    if run is None or len(run.loops) < -level or not reset.loops:
        return False
    return reset.loops[-1].span == run.loops[level].span
