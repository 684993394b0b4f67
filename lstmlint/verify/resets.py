"""How often a program forgets its state while it trains, and what is not known about that."""

from __future__ import annotations

from lstmlint.api import BATCH_HOOKS, Experiment, Facts, passes, resets_that_may, unseen_callbacks
from lstmlint.keras_model.graph import Model
from lstmlint.keras_model.training import Reset, Run

#: Methods that train on one batch, in a loop of the program's own.
_BY_BATCH = frozenset({"train_on_batch", "test_on_batch", "predict_on_batch"})
#: Hooks of callbacks after which nothing of a pass is left.
_AFTER_A_PASS = frozenset({"on_epoch_end", "on_train_end"})


def resets(facts: Facts, model: Model, run: Run | None) -> str:
    """never, epoch or batch."""
    inside = [reset for reset in facts.resets_of(model) if not reset.conditional]
    hooks = {reset.hook for reset in inside}
    if hooks & set(BATCH_HOOKS) or any(_with_each_batch(reset, run) for reset in inside):
        return "batch"
    if hooks & {"on_epoch_end", "on_epoch_begin"} or any(_around(reset, run) for reset in inside):
        return "epoch"
    return "never"


def resets_before(facts: Facts, run: Run) -> str:
    """epoch where the state is forgotten between the last run of the model and this one, else never."""
    before = [one.order for one in facts.runs_of(run.model) if one.order < run.order]
    since = max(before, default=0)
    inside = list(facts.resets_of(run.model))
    between = any(since < reset.order < run.order or reset.hook in _AFTER_A_PASS for reset in inside)
    return "epoch" if between else "never"


def undecided(experiment: Experiment, facts: Facts) -> str:
    """Why the program itself does not tell what a probe of its state asks; empty where it does."""
    run, probe = experiment.run, experiment.probe
    if run is None:
        return ""
    if probe == "order" and run.shuffle is None:
        return "whether the samples are shuffled is not known"
    if probe == "passes" and passes(run, facts) is None:
        return "that the same data go through the model several times is not known"
    open_question = any(reset.conditional for reset in resets_that_may(facts, run.model)) or unseen_callbacks(run)
    return "whether the state is reset is not known" if probe in ("passes", "start") and open_question else ""


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
