"""Plans that ask for no model of the program: whether Keras has a name or takes an argument, and where values land."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.api import Claim, Dim, Lookup, Tagged
from lstmlint.verify.schema import ArrayPlan, InputPlan, LayerPlan, Plain, Plan, ProgramPlan
from lstmlint.verify.sizes import Sizes, Unplannable
from lstmlint.verify.validate import PlanError, check_plan

#: What a call is tried on, where the program's own values play no part.
_MADE = "the same call on values made for it"


def plan_lookup(lookup: Lookup, number: int, seeds: Sequence[int]) -> Plan:
    """Raises Unplannable for what is not asked here."""
    try:
        return check_plan(_plan(lookup.claim.value, "lookup", number, seeds, list(_programs(lookup))))
    except PlanError:
        raise Unplannable(f"{lookup.name} is not asked for {lookup.argument or 'here'}") from None


def plan_tagged(tagged: Tagged, number: int, seeds: Sequence[int], shift: int, doubt: str) -> Plan:
    """Raises Unplannable where the values are too many, a size cannot be chosen, or the call is not in the list.

    A size that is open is at least 2: along an axis of 1 nothing can land in another place.
    """
    sizes = Sizes(shift)
    sizes.settle(dim if dim.known else dim - 1 for dim in _dims(tagged.written))
    programs = [
        {**_program(name[:200]), "tags": [tagged.way, *(_numbered(one, sizes) for one in given)]}
        for name, given in (("as written", tagged.written), (tagged.cure, tagged.cured))
    ]
    calls = tagged.claim is Claim.RAISES
    plan = _plan(tagged.claim.value, "calls" if calls else "tags", number, seeds, programs)
    if calls:
        plan |= {"doubt": doubt, "notes": [_MADE, *sizes.chosen]}
    try:
        return check_plan(plan)
    except PlanError as error:
        raise Unplannable(str(error)) from None


def _dims(given: Any) -> Iterator[Dim]:
    match given:
        case Dim():
            yield given
        case tuple():
            for one in given:
                yield from _dims(one)


def _numbered(given: Any, sizes: Sizes) -> Any:
    match given:
        case Dim():
            return sizes.number(given)
        case tuple():
            return [_numbered(one, sizes) for one in given]
        case _:
            return given


def _plan(claim: str, probe: str, number: int, seeds: Sequence[int], programs: list[Any]) -> Plan:
    return {
        "id": number,
        "claim": claim,
        "probe": probe,
        "seeds": list(seeds),
        "floor": None,
        "programs": programs,
        "doubt": "",
        "notes": [],
    }


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
    entry: InputPlan = {"shape": [2, 1], "batch_size": None, "dtype": "float32", "name": ""}
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
            "left_out": 0,
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
            "own_loss": None,
            "from_logits": False,
            "optimizer": "adam",
            "optimizer_arguments": {},
            "batch_size": 2,
            "epochs": 1,
            "order": "ordered",
            "resets": "never",
        },
        "lookup": list(lookup),
        "tags": [],
    }


def _layer(kind: str, **arguments: Plain) -> LayerPlan:
    return {"kind": kind, "arguments": arguments, "inner": [], "at": []}
