"""What is laid at whose door: the controls of a crash, and crashes in models that are not known whole."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.engine import lint_for
from lstmlint.settings import Settings
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import Verdict, verify_findings

HEAD = "import numpy as np\nfrom keras import Input, Model, Sequential, layers\n"
FUNCTIONAL = (
    HEAD
    + """
x = Input((10, 3))
state = layers.Dense(7)(layers.Flatten()(x))
out = layers.GRU(8)(x, initial_state={state})
model = Model(x, layers.Dense(1)(out))
model.compile(loss="mse", optimizer="adam")
model.fit(np.zeros((20, 10, 3)), np.zeros((20, 1)))
"""
)
UNKNOWN_BEHIND = (
    HEAD
    + """
model = Sequential([Input((10, 3)), layers.Dense(4), layers.Attention(32), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
"""
)
BATCH_AXIS = (
    HEAD
    + """
model = Sequential([layers.LSTM(4, input_shape=(20, 10, 3)), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(np.zeros((20, 10, 3)), np.zeros((20, 1)))
"""
)
TARGETS_UNKNOWN = (
    HEAD
    + """
from elsewhere import targets
model = Sequential([Input((10, 3)), layers.LSTM(4), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(np.zeros((20, 1, 10, 3)), targets())
"""
)


def verdicts(worker: Worker, text: str, **settings: Any) -> dict[str, Verdict]:
    """The verdict of each rule that says something with an experiment."""
    linted = lint_for(Settings(keras="3", **settings)).file("train.py", text.encode(), True)
    assert linted.facts is not None
    asked = [(finding, rule, linted.facts) for _, finding, rule in linted.claims if finding.experiment]
    found = verify_findings(asked, worker=worker)
    return {rule.code: verdict for (_, rule, _), verdict in zip(asked, found, strict=True) if verdict}


@pytest.mark.parametrize(
    ("text", "code", "control"),
    [
        (FUNCTIONAL.format(state="state"), "LST111", "layers.GRU(8) without initial_state"),
        (UNKNOWN_BEHIND, "LST106", "the layers before layers.Attention(32)"),
        (BATCH_AXIS, "LST103", "(steps, features) only"),
        (TARGETS_UNKNOWN, "LST102", "data as the model asks"),
    ],
)
def test_the_cause_is_found(worker: Worker, text: str, code: str, control: str) -> None:
    verdict = verdicts(worker, text)[code]
    assert (verdict.verdict, verdict.trials[1].program) == ("confirmed", control), verdict.reason


def test_nothing_refused_nothing_said(worker: Worker) -> None:
    good = FUNCTIONAL.format(state="state").replace("Dense(7)", "Dense(8)")
    assert verdicts(worker, good) == {}


HALF_A_BATCH = (
    HEAD
    + """
model = Sequential([Input(batch_shape=(4, 10, 3)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(np.zeros((22, 10, 3)), np.zeros((22, 1)), batch_size=4, shuffle=False)
"""
)


def test_the_control_of_a_stateful_model_is_one_of_its_batches(worker: Worker) -> None:
    assert verdicts(worker, HALF_A_BATCH)["LST209"].verdict == "confirmed"
