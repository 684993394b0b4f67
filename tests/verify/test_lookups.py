"""What Keras is said not to have is looked up in the Keras that is installed."""

from __future__ import annotations

import pytest
from handmade import RULE, call, facts, layer, sequential

from lstmlint.api import Confidence, Finding, Lookup
from lstmlint.keras_model.removed import OPTIMIZERS, REMOVED_ARGUMENTS, REMOVED_LAYERS, REMOVED_METHODS, REMOVED_NAMES
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import Verdict, verify_findings
from lstmlint.verify.lookups import plan_lookup
from lstmlint.verify.sizes import Unplannable
from lstmlint.verify.validate import PlanError, check_plan

ARGUMENTS = [
    Lookup(callee, name, removed.instead or "")
    for callee, names in REMOVED_ARGUMENTS.items()
    for name, removed in names.items()
    if not callee.startswith("keras.callbacks.") and callee != "keras.Model"
]
GONE = [
    *ARGUMENTS,
    *(Lookup(f"keras.layers.{kind}", argument) for kind in ("LSTM", "Bidirectional") for argument in ("weights",)),
    *(Lookup(f"keras.optimizers.{kind}", "lr", "learning_rate") for kind in sorted(OPTIMIZERS)),
    *(Lookup(f"Model.{name}") for name in REMOVED_METHODS),
    *(Lookup(f"keras.layers.{kind}") for kind in REMOVED_LAYERS),
    *(Lookup(name) for name in REMOVED_NAMES if name.startswith("keras.")),
    Lookup("Model.compile", "metrics"),  # as a string
    Lookup("Model.reset_states", instead="keras.layers.LSTM.reset_states"),
]
THERE = [
    Lookup("Model.fit", "epochs"),
    Lookup("Model.predict", "batch_size"),
    Lookup("keras.layers.LSTM", "units"),
    Lookup("keras.optimizers.Adam", "learning_rate"),
    Lookup("Model.predict"),
    Lookup("keras.layers.GRU"),
    Lookup("keras.utils.pad_sequences"),
]


def verdicts(worker: Worker, lookups: list[Lookup]) -> list[Verdict]:
    known = facts(sequential((None, 2, 1), layer("LSTM", 1)))
    asked = [(Finding(call().span, "gone", Confidence.HIGH, experiment=one), RULE, known) for one in lookups]
    return [verdict for verdict in verify_findings(asked, worker=worker) if verdict is not None]


def test_everything_that_is_said_to_be_gone_is_gone(worker: Worker) -> None:
    wrong = [
        (lookup, verdict.reason)
        for lookup, verdict in zip(GONE, verdicts(worker, GONE), strict=True)
        if verdict.verdict != "confirmed"
    ]
    assert not wrong


def test_what_is_there_is_found(worker: Worker) -> None:
    assert [verdict.verdict for verdict in verdicts(worker, THERE)] == ["refuted"] * len(THERE)


@pytest.mark.parametrize(
    "name",
    ["os.system", "keras.callbacks.ModelCheckpoint", "keras.layers.Lambda", "Model.save", "keras._private"],
)
def test_nothing_else_is_called(name: str) -> None:
    with pytest.raises(Unplannable):
        plan_lookup(Lookup(name, "filepath"), 0, [0])


def test_only_names_of_keras_are_looked_at() -> None:
    plan = plan_lookup(Lookup("Model.predict_classes"), 0, [0])
    plan["programs"][0]["lookup"] = ["keras.layers.LSTM.__init__"]
    with pytest.raises(PlanError):
        check_plan(plan)
