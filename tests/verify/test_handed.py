"""Data handed to Keras by name, in lists and with weights: refused as written, and taken as the cure hands them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lstmlint.api import handed_otherwise
from lstmlint.verify.client import Worker
from tests.unit.interpreter.following import follow
from tests.verify.forced import real, verdicts

HEAD = """
import numpy as np
import keras
from keras import Input, Model
from keras.layers import LSTM, Concatenate, Dense

prices, places = np.random.rand(40, 6, 2), np.random.rand(40, 3)
amount, sold = np.random.rand(40, 1), np.random.randint(0, 2, (40, 1))
steps, place = Input((6, 2), name="prices"), Input((3,), name="place")
both = Concatenate()([LSTM(4)(steps), place])
"""
TWO_OUTPUTS = """
model = Model([steps, place], [Dense(1, name="amount")(both), Dense(1, activation="sigmoid", name="sold")(both)])
model.compile("adam", ["mse", "binary_crossentropy"])
model.fit({x}, {y}, verbose=0{more})
"""
ONE_OUTPUT = """
model = Model([steps, place], Dense(1, activation="sigmoid", name="sold")(both))
model.compile("adam", "binary_crossentropy")
model.fit({x}, {y}, verbose=0{more})
"""
ARRAYS = "[prices, places]"


@pytest.mark.parametrize(
    ("code", "text", "x", "y", "more"),
    [
        ("LST114", TWO_OUTPUTS, "{'prices': prices, 'places': places}", "[amount, sold]", ""),
        ("LST114", TWO_OUTPUTS, ARRAYS, "{'price': amount, 'sold': sold}", ""),
        ("LST121", TWO_OUTPUTS, ARRAYS, "[amount, sold]", ", class_weight={0: 1.0, 1: 4.0}"),
        ("LST121", ONE_OUTPUT, ARRAYS, "sold", ", class_weight=np.array([1.0, 4.0])"),
        ("LST121", ONE_OUTPUT, ARRAYS, "sold", ", sample_weight=np.ones(30)"),
        ("LST510", ONE_OUTPUT, ARRAYS, "{'sold': sold}", ""),
    ],
)
def test_what_keras_refuses_is_confirmed(code: str, text: str, x: str, y: str, more: str, worker: Worker) -> None:
    cases = list(real("handed.py", HEAD + text.format(x=x, y=y, more=more)))
    judged = [(case.asked[1].code, verdict.verdict) for case, verdict in verdicts(cases, worker)]
    assert judged == [(code, "confirmed")]


@pytest.mark.parametrize(
    ("part", "x", "y", "more"),
    [
        ("x", "{'prices': prices, 'place': places}", "sold", ""),
        ("class_weight", ARRAYS, "sold", ", class_weight={0: 1.0, 1: 4.0}"),
        ("sample_weight", ARRAYS, "sold", ", sample_weight=np.ones(40)"),
    ],
)
def test_the_same_said_of_what_keras_takes_is_refuted(part: str, x: str, y: str, more: str, worker: Worker) -> None:
    bad = HEAD + ONE_OUTPUT.format(x=ARRAYS, y="sold", more=", class_weight=np.array([1.0, 4.0])")
    case = next(real("handed.py", bad))
    facts = follow(HEAD + ONE_OUTPUT.format(x=x, y=y, more=more))
    finding = replace(case.asked[0], experiment=handed_otherwise(next(facts.runs), part, "as an array"))
    asked = (finding, *case.asked[1:2], facts, *case.asked[3:])
    ((_, verdict),) = verdicts([replace(case, asked=asked)], worker)
    assert verdict.verdict == "refuted"
