"""Plans of programs made by hand."""

from __future__ import annotations

from typing import Any

from handmade import case, compiled, run, sequential, shaped

from lstmlint.api import Claim
from lstmlint.keras_model.graph import Layer
from lstmlint.verify.plan import make_plan
from lstmlint.verify.schema import Plan


def planned(given: Any, **more: Any) -> Plan:
    finding, _, about = given
    assert finding.experiment is not None
    return make_plan(finding.experiment, about, **more)


def simple(*layers: Layer, claim: Claim = Claim.RAISES, loss: str | None = "mean_squared_error", **ran: Any) -> Any:
    model = sequential((None, 5, 2), *layers, compiled=compiled(loss))
    return case(claim, model, run(model, shaped(40, 5, 2), shaped(40, 1), **ran))
