"""Losses and metrics of the program's own, asked alone: confirmed where they are wrong, refuted where right."""

from __future__ import annotations

import pytest

from lstmlint.api import Claim, Confidence, Experiment, Finding, asked_alone
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import verify_findings
from lstmlint.verify.schema import OF_FUNCTIONS
from tests.rules.fixtures import FIXTURES, fixtures, lint

WRONG = {
    "loss_broadcasts": ("bad_loss_class", "bad_squeezed_in_loss"),
    "metric_broadcasts": ("bad_function",),
    "loss_leaves_samples_out": ("bad", "bad_class", "bad_columns", "bad_metric"),
    "loss_without_gradient": ("bad", "bad_argmax_class", "bad_regularised", "bad_sign", "bad_threshold_given"),
}
RIGHT = (
    ("loss_broadcasts/good_loss_class.py", "matched"),
    ("loss_leaves_samples_out/good.py", "unread"),
    ("loss_leaves_samples_out/good_all_read.py", "unread"),
    ("loss_without_gradient/good.py", "unread"),
)


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, names in WRONG.items() for name in names])
def test_wrong_functions_are_confirmed(rule: str, name: str, worker: Worker) -> None:
    fixture = next(one for one in fixtures("bad") if one.path == FIXTURES / rule / f"{name}.py")
    linted = lint(fixture.text, fixture.keras, fixture.path.name, fixture.rule)
    assert linted.facts is not None
    alone = [
        (finding, by, linted.facts)
        for _, finding, by in linted.claims
        if isinstance(finding.experiment, Experiment) and finding.experiment.probe in OF_FUNCTIONS
    ]
    verdicts = verify_findings(alone, worker=worker)
    assert verdicts
    assert {one.verdict for one in verdicts if one is not None} == {"confirmed"}


@pytest.mark.parametrize(("name", "probe"), RIGHT)
def test_right_functions_are_refuted(name: str, probe: str, worker: Worker) -> None:
    fixture = next(one for one in fixtures("good") if one.path == FIXTURES / name)
    facts = lint(fixture.text, fixture.keras, fixture.path.name, fixture.rule).facts
    assert facts is not None
    asked = [(run, run.loss) for run in facts.runs if run.loss is not None]
    forced = [(asked_alone(loss, run.call.span, probe), run.call.span) for run, loss in asked]
    claims = [(Finding(span, "a claim", Confidence.HIGH, experiment=one), fixture.rule, facts) for one, span in forced]
    verdicts = verify_findings(claims, worker=worker)
    assert verdicts
    assert {one.verdict for one in verdicts if one is not None} == {"refuted"}, verdicts


FITS = """
import numpy as np
import tensorflow as tf
from keras import Input, Sequential, layers

def root(y_true, y_pred):
    return tf.sqrt(tf.reduce_mean(tf.square(y_pred - y_true)))

model = Sequential([Input((10, 3)), layers.LSTM(8), layers.Dense(4)])
model.compile(loss=root, optimizer="adam")
model.fit(np.zeros((60, 10, 3)), np.random.rand(60, 4), epochs=1, verbose=0)
"""


@pytest.mark.parametrize(("units", "said"), [(4, "refuted"), (1, "confirmed")])
def test_a_root_over_the_batch_tells_pairs_as_well(units: int, said: str, worker: Worker) -> None:
    """Each target moves every pull through the root, and only its own output's beyond that."""
    rule = next(fixtures("bad")).rule
    facts = lint(FITS.replace("Dense(4)", f"Dense({units})")).facts
    assert facts is not None
    run = next(iter(facts.runs))
    claim = Experiment(Claim.TRAINS_SOMETHING_ELSE, run.model, run)
    verdicts = verify_findings(
        [(Finding(run.call.span, "a claim", Confidence.HIGH, experiment=claim), rule, facts)], worker=worker
    )
    assert [one.verdict for one in verdicts if one is not None] == [said], verdicts
