"""A name or an argument that Keras is said not to have, as a plan: Keras is asked, on a small model of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.api import Lookup
from lstmlint.verify.schema import ArrayPlan, InputPlan, LayerPlan, Plain, Plan, ProgramPlan
from lstmlint.verify.sizes import Unplannable
from lstmlint.verify.validate import PlanError, check_plan


def plan_lookup(lookup: Lookup, number: int, seeds: Sequence[int]) -> Plan:
    """Raises Unplannable for what is not asked here."""
    plan: Plan = {
        "id": number,
        "claim": lookup.claim.value,
        "probe": "lookup",
        "seeds": list(seeds),
        "floor": None,
        "programs": list(_programs(lookup)),
        "doubt": "",
        "notes": [],
    }
    try:
        return check_plan(plan)
    except PlanError:
        raise Unplannable(f"{lookup.name} is not asked for {lookup.argument or 'here'}") from None


def _programs(lookup: Lookup) -> Iterator[ProgramPlan]:
    """As written; then with what took its place, or without the argument, or the package alone."""
    name, argument, instead = lookup.name, lookup.argument, lookup.instead
    if argument:
        yield _program("as written", name, argument)
        yield _program(f"{name}({instead}=)" if instead else f"{name} without {argument}", name, instead)
    else:
        yield _program("as written", name)
        yield _program(instead or "keras itself", instead or "keras")


def _program(title: str, *lookup: str) -> ProgramPlan:
    entry: InputPlan = {"shape": [2, 1], "batch_size": None, "dtype": "float32"}
    x: ArrayPlan = {"shape": [2, 2, 1], "dtype": "float32", "values": None, "low": 0.0, "high": 1.0, "classes": None}
    y: ArrayPlan = {**x, "shape": [2, 1]}
    return {
        "name": title,
        "model": {
            "kind": "sequential",
            "inputs": [entry],
            "layers": [_layer("LSTM", units=2), _layer("Dense", units=1)],
            "nodes": [],
            "outputs": [],
        },
        "data": {
            "x": [x],
            "y": [y],
            "task": "learnable",
            "steps": [],
        },
        "training": {
            "method": "build",
            "loss": ["mean_squared_error"],
            "from_logits": False,
            "optimizer": "adam",
            "optimizer_arguments": {},
            "batch_size": 2,
            "epochs": 1,
            "order": "ordered",
            "resets": "never",
        },
        "lookup": list(lookup),
    }


def _layer(kind: str, **arguments: Plain) -> LayerPlan:
    return {"kind": kind, "arguments": arguments, "inner": [], "at": []}
