"""How often a program forgets its state while it trains."""

from __future__ import annotations

from lstmlint.api import BATCH_HOOKS, Facts
from lstmlint.keras_model.graph import Model
from lstmlint.keras_model.training import Reset, Run


def resets(facts: Facts, model: Model, run: Run | None) -> str:
    """never, epoch or batch."""
    inside = [reset for reset in facts.resets_of(model) if not reset.conditional]
    hooks = {reset.hook for reset in inside}
    if hooks & set(BATCH_HOOKS):
        return "batch"
    if hooks & {"on_epoch_end", "on_epoch_begin"} or any(_around_fit(reset, run) for reset in inside):
        return "epoch"
    return "never"


def _around_fit(reset: Reset, run: Run | None) -> bool:
    """Whether a reset stands in the same loop as the fit, which then trains one epoch a turn."""
    return bool(run and run.loops and reset.loops and reset.loops[-1].span == run.loops[-1].span)
