"""Whether a model that learned from whole sequences is asked one step at a time, and keeps nothing in between."""

from __future__ import annotations

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, same
from lstmlint.interpreter.values import Array, Value
from lstmlint.keras_model.graph import Model
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.models import PREDICTING
from lstmlint.questions.provenance import made_of_answer
from lstmlint.questions.state import remembers_nothing, single_x
from lstmlint.questions.weights import learned_weights


def learned_from(run: Run, facts: Facts) -> tuple[Run, Dim] | None:
    """The training of a model that is given one step at each turn of a loop, and how many steps it learned from.

    None where the model declares its steps, which window-length-differs looks at, or takes or gives states. One
    that declares nothing takes any number of steps: it may be asked about words one by one, so that only its own
    answer counts as a step that follows others.
    """
    x, again = single_x(run), run.again[0] if len(run.again) == 1 else None
    if run.method not in PREDICTING or not run.loops or not remembers_nothing(run.model) or x is again:
        return None
    if not _stands_alone(run.model) or not _open(run.model) or not is_step(x, run) or not is_step(again, run):
        return None
    found = [(one, steps_learned(one)) for one in facts.runs_of(run.model) if one.trains]
    if not run.model.declared and (not made_of_answer(again, run) or any(steps is None for _, steps in found)):
        return None
    return next(((one, steps) for one, steps in found if steps is not None), None)


def copied_from(run: Run, facts: Facts) -> tuple[Run, Dim, LibraryCall] | None:
    """The same of a copy for one step at a time, which is given its own answer of the turn before.

    Its weights were brought by a call from a model that learned from sequences. A first step may be asked for without
    any before it: so only what the copy said itself counts.
    """
    x, again = single_x(run), run.again[0] if len(run.again) == 1 else None
    if run.method not in PREDICTING or not run.loops or run.conditional or not remembers_nothing(run.model):
        return None
    if not _stands_alone(run.model) or not is_step(x, run) or not is_step(again, run) or not made_of_answer(again, run):
        return None
    found = learned_weights(run, facts)
    steps = steps_learned(found[0]) if found is not None else None
    return (found[0], steps, found[1]) if found is not None and steps is not None else None


def _open(model: Model) -> bool:
    return not model.declared or (model.input_shape is not None and model.input_shape[1:2] == (None,))


def _stands_alone(model: Model) -> bool:
    """Whether a model neither takes states nor gives them."""
    return not any(node.state or (node.layer.recurrent and node.layer.returns_state) for node in model.nodes)


def is_step(x: Value | None, run: Run) -> bool:
    """One step of each sample, with the axes that the model takes."""
    declared = run.model.input_shape or ()
    return isinstance(x, Array) and x.shape is not None and len(x.shape) == len(declared) and same(x.shape[1], 1)


def steps_learned(training: Run) -> Dim | None:
    """How many steps the sequences have, where that is certainly not one."""
    x = single_x(training)
    return x.shape[1] if x is not None and x.shape and len(x.shape) > 1 and differ(x.shape[1], 1) else None
