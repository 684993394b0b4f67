"""A model of the program's own class that is asked step by step: whether it gets back the states that it returns."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ
from lstmlint.interpreter.values import Array, Const, Sequence, Value
from lstmlint.keras_model.graph import Node
from lstmlint.keras_model.training import Run
from lstmlint.questions.provenance import made_of_answer

#: What states are before anything was seen.
NOTHING = frozenset({"zeros", "zeros_like", "get_initial_state"})


def starts_anew(run: Run, facts: Facts) -> Node | None:
    """The recurrent layer that starts from nothing though the model is given what it answered at the turn before.

    Only where the class has a place for the states, and the model knows sequences: of one step there is nothing to
    remember.
    """
    turn = run.later if run.turn == 1 else run
    if turn is None or run.method != "call" or not run.loops or run.conditional or len(turn.x) != 1:
        return None
    x, forgetful = turn.x[0], takes_nothing(turn)
    if forgetful is None or not one_step(x) or not made_of_answer(x, turn) or not _knows_sequences(run, facts):
        return None
    others = (one for one in facts.runs_of(run.model) if one.loops and one.loops[-1].span == run.loops[-1].span)
    turns = (one for other in others for one in (other, other.later) if one is not None)
    return forgetful if all(takes_nothing(one) is not None for one in turns) else None


def takes_nothing(run: Run) -> Node | None:
    """The first recurrent layer that could be given a state and is not; None where any layer keeps or gets one."""
    model = run.model
    nodes = [node for node in model.nodes if node.layer.recurrent]
    if not model.complete or model.opaque or model.stateful is not False:
        return None
    given = [node.arguments["initial_state"] for node in nodes if "initial_state" in node.arguments]
    if not all(map(is_nothing, [*given, *(state for node in nodes for state in node.state)])):
        return None
    return next((node for node in nodes if "initial_state" in node.arguments), None)


def is_nothing(state: Value) -> bool:
    """No state, or one of zeros."""
    match state:
        case Const(value=None):
            return True
        case Sequence(items=tuple() as items) if items:
            return all(map(is_nothing, items))
        case _:
            made = getattr(state, "made", None)
            return made is not None and made.operation.rpartition(".")[2] in NOTHING


def one_step(value: Value) -> bool:
    return isinstance(value, Array) and value.shape is not None and len(value.shape) > 1 and value.shape[1] == Dim(1)


def _knows_sequences(run: Run, facts: Facts) -> bool:
    return any(differ(steps, 1) for one in facts.runs_of(run.model) for steps in _steps(one))


def _steps(run: Run) -> Iterator[Dim]:
    yield from (x.shape[1] for x in run.x[:1] if isinstance(x, Array) and x.shape is not None and len(x.shape) > 1)
