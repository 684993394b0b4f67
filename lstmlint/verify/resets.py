"""How often a program forgets its state while it trains, and what is not known about that."""

from __future__ import annotations

from lstmlint.api import (
    BATCH_HOOKS,
    Experiment,
    Facts,
    lags_in_one_step,
    left_behind,
    long_pass,
    one_batch,
    passes,
    resets_that_may,
    same,
    series_by_turn,
    single_x,
    steps_of,
    unmasked_padding,
    unseen_callbacks,
    window_of,
)
from lstmlint.interpreter.values import Array
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.keras_model.masking import makes_mask
from lstmlint.keras_model.training import Reset, Run
from lstmlint.questions.callbacks import may_start_anew
from lstmlint.questions.masks import padded_once, padded_with, pads_texts, unmasked_embedding
from lstmlint.questions.memory import needs_memory

#: Hooks of callbacks after which nothing of a pass is left.
_AFTER_A_PASS = frozenset({"on_epoch_end", "on_train_end"})


def resets(facts: Facts, model: Model, run: Run | None) -> str:
    """never, epoch or batch."""
    inside = [reset for reset in facts.resets_of(model) if not reset.conditional]
    hooks = {hook.name for reset in inside for hook in reset.hooks}
    if hooks & BATCH_HOOKS or any(_with_each_batch(reset, run, facts) for reset in inside):
        return "batch"
    if hooks & {"on_epoch_end", "on_epoch_begin"} or any(_around(reset, run) for reset in inside):
        return "epoch"
    return "never"


def resets_before(facts: Facts, run: Run) -> str:
    """epoch where the state is forgotten between the last run of the model and this one, else never."""
    before = [one.order for one in facts.runs_of(run.model) if one.order < run.order]
    since = max(before, default=0)
    inside = list(facts.resets_of(run.model))
    hooks = {hook.name for reset in inside for hook in reset.hooks}
    alone = (reset.order for reset in inside if not reset.hooks)
    between = may_start_anew(run, facts) or hooks & _AFTER_A_PASS or any(since < order < run.order for order in alone)
    return "epoch" if between or any(_comes_before_again(reset, run, facts) for reset in inside) else "never"


def _comes_before_again(reset: Reset, run: Run, facts: Facts) -> bool:
    """Whether the next turn of the loop around a run begins behind a reset, and nothing else is asked in between."""
    others = [one for one in facts.runs_of(run.model) if one.call.span != run.call.span and _together(reset, one, -1)]
    asked = any(one.order > reset.order or one.order < run.order for one in others)
    return reset.order > run.order and _together(reset, run, -1) and not asked


def undecided(experiment: Experiment, facts: Facts) -> str:
    """Why the program itself does not tell what an experiment about its state asks; empty where it does."""
    run, probe = experiment.run, experiment.probe
    if run is None:
        return ""
    if probe == "order" and run.shuffle is None:
        return "whether the samples are shuffled is not known"
    if probe == "passes" and passes(run, facts) is None:
        return "that the same data go through the model several times is not known"
    if experiment.task == "previous-sample" and not (_contents_known(run) or needs_memory(run, facts)):
        return "whether an answer needs the samples before is not known"
    if probe == "padding" and unmasked_embedding(run.model) and not unmasked_padding(run, facts):
        return "whether anything is answered after the padding is not known"
    if probe == "placed" and not any(makes_mask(node) for node in run.model.nodes):
        return "no layer of the model makes a mask"
    if probe == "placed" and not _padded(run, facts):
        return "whether any sample is padded is not known"
    if probe == "placed" and any(_own_vectors(node.layer) for node in run.model.nodes):
        return "the vector of the padding is the program's own, and not known"
    if probe == "memory" and _single_rows(run):
        return "whether the features are steps of one series is not known"
    if probe == "passes" and long_pass(run) and resets(facts, run.model, run) == "never":
        return "a pass has many batches, and only the first few feel the state that the pass before has left"
    if probe == "start" and resets_before(facts, run) == "never" and not _another_start(run, facts):
        return "the data may follow those that left the state: to go on from there is what it is kept for"
    open_question = any(reset.conditional for reset in resets_that_may(facts, run.model)) or unseen_callbacks(run)
    return "whether the state is reset is not known" if probe in ("passes", "start") and open_question else ""


def _padded(run: Run, facts: Facts) -> bool:
    """Whether there is something to mask: a Masking is there for it, ids may do without."""
    x, nodes = single_x(run), run.model.nodes
    padded = padded_with(x, facts) if isinstance(x, Array) else None
    ids = padded is not None and padded_once(padded[0])
    return ids or any(node.layer.kind == "Masking" or pads_texts(node.layer) for node in nodes)


def _own_vectors(layer: Layer) -> bool:
    names = ("weights", "embeddings_initializer", "embeddings_constraint")
    return layer.kind == "Embedding" and any(layer.config.has(name) for name in names)


def _another_start(run: Run, facts: Facts) -> bool:
    """Whether a run is known to begin anew: the same data again, or another series."""
    return left_behind(run, facts) is not None or series_by_turn(run, facts) is not None


def _single_rows(run: Run) -> bool:
    """Whether samples are rows in which no earlier steps are known to be laid out."""
    x, steps = single_x(run), steps_of(run)
    if x is None or x.made is None or steps is None:
        return False
    return same(steps, 1) and not (window_of(x) or lags_in_one_step(x))


def _contents_known(run: Run) -> bool:
    x = single_x(run)
    return x is not None and x.elements is not None


def _with_each_batch(reset: Reset, run: Run | None, facts: Facts) -> bool:
    """Whether a reset stands in the loop that feeds the batches, one at each turn."""
    if run is None or not one_batch(run) or not _together(reset, run, -1):
        return False
    return not any(_together(reset, one, -1) for one in facts.runs_of(run.model) if one.call.span != run.call.span)


def _around(reset: Reset, run: Run | None) -> bool:
    """Whether a reset stands in the same loop as the fit, which then trains one epoch a turn, or in one around the
    loop that feeds the batches."""
    return _together(reset, run, -2 if run and one_batch(run) else -1)


def _together(reset: Reset, run: Run | None, level: int) -> bool:
    if run is None or len(run.loops) < -level or not reset.loops:
        return False
    return reset.loops[-1].span == run.loops[level].span
