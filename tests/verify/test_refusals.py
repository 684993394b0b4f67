"""What Keras refuses: each call as a program makes it (confirmed), and as it should be (refuted)."""

from __future__ import annotations

from typing import Any

import pytest
from handmade import RULE, call, facts, layer, sequential

from lstmlint.api import Claim, Confidence, Finding, Tagged, call_refused
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import Verdict, verify_findings
from lstmlint.verify.of_tensorflow import FUNCTIONS, OF_A_DATASET
from lstmlint.verify.plan import make_plan
from lstmlint.verify.sizes import Unplannable

Given = tuple[Any, ...]
FACTS = facts(sequential((None, 5, 2), layer("LSTM", 4)))
TEXTS = ("str", (4,))
BROUGHT = [(source, method) for source in ("generator", "sequence") for method in ("fit", "evaluate")]
TAKEN = [(name, place) for name in ("[...]", *OF_A_DATASET) for place in ("alone", "in map")]
TAKEN += [(method, "batched") for method in ("fit", "evaluate", "predict")]
#: The arguments of a call as written, and cured.
CALLS: list[tuple[str, Given, Given]] = [
    *(("function", (name, "alone", (4, 3)), (name, "in a layer", (4, 3))) for name in sorted(FUNCTIONS)),
    ("function", ("expand_dims", "alone", (0, 3)), ("expand_dims", "in a layer", (0, 3))),
    ("function", ("reduce_sum", "alone", (8,)), ("reduce_sum", "in a layer", (8,))),
    ("attribute", ("input", "shaped"), ("inputs", "shaped")),
    ("attribute", ("output", "shaped"), ("outputs", "shaped")),
    *(("attribute", (name, "unshaped"), ("inputs", "shaped")) for name in ("input", "output", "inputs", "outputs")),
    ("adapt", ("TextVectorization", "whitespace", *TEXTS, "int64", (4,)), ("TextVectorization", "whitespace", *TEXTS)),
    ("adapt", ("TextVectorization", "whitespace", *TEXTS, *TEXTS), ("TextVectorization", "whitespace", *TEXTS)),
    ("adapt", ("TextVectorization", "character", *TEXTS, *TEXTS), ("TextVectorization", "character", *TEXTS)),
    ("adapt", ("TextVectorization", "", "str", (), "float32", ()), ("TextVectorization", "", "str", ())),
    ("adapt", ("StringLookup", "", "str", (), "float64", ()), ("StringLookup", "", "str", ())),
    ("adapt", ("IntegerLookup", "", "int64", (5, 3), "int64", (5,)), ("IntegerLookup", "", "int64", (5, 3))),
    ("adapt", ("Discretization", "", "float32", (5, 3), "int64", (5,)), ("Discretization", "", "float32", (5, 3))),
    *(("held out", (one, 8, 0.25), (one, 8, 0.0)) for one in ("dataset", "generator", "sequence")),
    ("held out", ("array", 1, 0.2), ("array", 1, 0.0)),
    ("held out", ("array", 3, 0.75), ("array", 8, 0.75)),
    *(("paired", (one, 10, 9), (one, 10, 10)) for one in ("TimeseriesGenerator", "from_tensor_slices")),
    *(("metrics", ("loss_weights", *how), ("metrics", "list", 1)) for how in (("text", 1), ("list", 1), ("list", 2))),
    *(("batches", (*how, "list", 2, "array", 1), (*how, "tuple", 2, "array", 1)) for how in BROUGHT),
    *(("batches", (*how, "array", 1, "list", 2), (*how, "array", 1, "tuple", 2)) for how in BROUGHT),
    *(("batches", (*how, "list", 1, "array", 1), (*how, "tuple", 1, "array", 1)) for how in BROUGHT),
    *(("batches", (*how, "array", 1, "number", 1), (*how, "array", 1, "array", 1)) for how in BROUGHT),
    *(("variable", (which, "set_value"), (which, "assign")) for which in ("learning rate", "weight")),
    *(("dataset", (*how, "dataset"), (*how, "tensor")) for how in TAKEN),
    *(("untrained", (how, "as it is"), (how, "compiled")) for how in ("fit", "train_on_batch")),
]


def verdicts(worker: Worker, asked: list[Tagged]) -> list[Verdict | None]:
    findings = [(Finding(call().span, "a claim", Confidence.HIGH, experiment=one), RULE, FACTS) for one in asked]
    return verify_findings(findings, worker=worker)


def told(worker: Worker, asked: list[Tagged], wanted: str) -> list[tuple[str, Given, str]]:
    """What has another verdict."""
    pairs = zip(asked, verdicts(worker, asked), strict=True)
    return [(one.way, one.written, v.reason) for one, v in pairs if v is not None and v.verdict != wanted]


def test_refused_as_written_and_taken_as_cured(worker: Worker) -> None:
    assert told(worker, [call_refused(*one, "the cure") for one in CALLS], "confirmed") == []


def test_what_is_right_is_not_refused(worker: Worker) -> None:
    asked = [call_refused(way, cured, cured, "the cure") for way, _, cured in CALLS]
    assert told(worker, asked, "refuted") == []


def test_a_cure_that_is_refused_as_well_proves_nothing(worker: Worker) -> None:
    asked = [call_refused(way, written, written, "the cure") for way, written, _ in CALLS]
    assert told(worker, asked, "inconclusive") == []


@pytest.mark.parametrize("name", ["io.write_file", "py_function", "raw_ops.WriteFile", "__doc__"])
def test_no_other_function_is_called(name: str) -> None:
    with pytest.raises(Unplannable):
        make_plan(call_refused("function", (name, "alone", (4,)), (name, "in a layer", (4,)), "the cure"), FACTS)


def test_an_unknown_word_is_no_evidence(worker: Worker) -> None:
    (found,) = verdicts(worker, [Tagged(Claim.RAISES, "function", ("abs", "nowhere", (4,)), ("abs", "x", (4,)), "")])
    assert found is not None
    assert found.verdict == "inconclusive"
