"""In which order the steps of data and layers stand: turned around, sorted, or as they were."""

from __future__ import annotations

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Const, Made, Slice, Value
from lstmlint.keras_model.graph import Node
from lstmlint.questions.provenance import call_at, is_none
from lstmlint.questions.state import operations

_EACH_STEP = frozenset({"Activation", "Dropout", "SpatialDropout1D", "Dense", "TimeDistributed", "LayerNormalization"})
_RISING = frozenset({"arange", "linspace", "cumsum", "date_range"})
_TIMES = ("date", "time", "day", "stamp", "year")


def step_maker(node: Node) -> Node | None:
    """The recurrent layer that made a tensor's steps, layers that work on each step alone left out."""
    current: Node | None = node
    while current is not None and current.layer.kind in _EACH_STEP:
        current = next(current.producers, None)
    each = current is not None and current.layer.recurrent and current.layer.returns_sequences is True
    return current if each and current is not None and current.layer.kind != "Bidirectional" else None


def is_reversal(made: Made, facts: Facts) -> bool:
    """``data[::-1]`` along the first axis, ``np.flipud(data)``, ``np.flip(data, 0)``."""
    if made.operation in ("numpy.flipud", "numpy.flip"):
        call = call_at(facts, made)
        axis = call.arguments.get("axis") if call is not None else None
        flat = getattr(made.sources[0], "rank", None) == 1
        return made.operation == "numpy.flipud" or flat or (isinstance(axis, Const) and axis.value == 0)
    key = made.sources[1] if made.operation == "index" and len(made.sources) > 1 else None
    step = key.step if isinstance(key, Slice) else None
    whole = isinstance(key, Slice) and is_none(key.start) and is_none(key.stop)
    return whole and isinstance(step, Const) and step.value == -1


def sorted_by_time(series: Value, facts: Facts) -> tuple[Made, bool] | None:
    """The latest step that put a series in order, and whether that is a rising one."""
    for one in operations(series):
        name = one.operation.rpartition(".")[2]
        if name in _RISING:
            return one, True
        call = call_at(facts, one) if name in ("sort_values", "sort_index") else None
        if call is None:
            continue
        falling = call.arguments.get("ascending")
        by = one.sources[1] if len(one.sources) > 1 else call.arguments.get("by")
        column = str(by.value).lower() if isinstance(by, Const) else ""
        if not isinstance(falling, Const):
            return one, True
        dated = name == "sort_index" or any(word in column for word in _TIMES)
        return (one, falling.value is not False) if dated or falling.value is not False else None
    return None
