"""The check of a plan, made on both sides of the pipe: anything else is refused."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from asked import asked
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import planned

from lstmlint.verify.validate import PlanError, check_plan

HOSTILE = {
    "a layer that carries code": ("programs.0.model.layers.0.kind", "Lambda"),
    "a module path": ("programs.0.model.layers.0.kind", "os.system"),
    "a dict as an argument": ("programs.0.model.layers.0.arguments.activation", {"module": "os"}),
    "a private argument": ("programs.0.model.layers.0.arguments.__class__", "x"),
    "a loss of another name": ("programs.0.training.loss.0", "eval"),
    "no epochs": ("programs.0.training.epochs", 0),
    "a flag as a number": ("programs.0.training.batch_size", True),
    "text as a number": ("programs.0.training.epochs", "300"),
    "not a number": ("floor", float("nan")),
    "values that do not fit the shape": ("programs.0.data.x.0.shape", [3, 1, 3]),
    "a node before it is made": ("programs.0.model.outputs", [[5, 0]]),
    "more epochs than anybody waits for": ("programs.0.training.epochs", 1_000_001),
    "another dtype": ("programs.0.data.x.0.dtype", "object"),
    "no seeds": ("seeds", []),
    "no programs": ("programs", []),
    "an unknown step": ("programs.0.data.steps", [[]]),
    "something more": ("command", "rm"),
    "a way that nobody knows": ("programs.0.tags", ["eval", 3]),
    "more values than anybody follows": ("programs.0.tags", ["axes", [1000, 1001], [1, 0], "reshape"]),
    "an argument that is none": ("programs.0.tags", ["pairs", {"rows": 3}, "tall"]),
    "a negative size": ("programs.0.tags", ["pairs", -1, "tall"]),
}


@pytest.mark.parametrize(("path", "value"), HOSTILE.values(), ids=HOSTILE.keys())
def test_refused(path: str, value: Any) -> None:
    plan = json.loads(json.dumps(planned(asked())))
    *way, last = path.split(".")
    inside = plan
    for step in way:
        inside = inside[int(step)] if isinstance(inside, list) else inside[step]
    if isinstance(inside, list):
        inside[int(last)] = value
    else:
        inside[last] = value
    with pytest.raises(PlanError):
        check_plan(plan)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(value=json_values, data=st.data())
def test_anything_else_is_refused_or_the_same(value: Any, data: st.DataObject) -> None:
    """Any part of a plan replaced by anything: a PlanError, or a plan; never another exception."""
    plan = json.loads(json.dumps(planned(asked())))
    inside: Any = plan
    for _ in range(data.draw(st.integers(0, 6))):
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inside[key], (dict, list)):
            break
        inside = inside[key]
    keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
    if not keys:
        return
    inside[data.draw(st.sampled_from(keys))] = value
    with contextlib.suppress(PlanError):
        assert check_plan(plan) is plan
