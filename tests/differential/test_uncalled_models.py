"""What a Sequential has of inputs and outputs, and when: Keras raises where the rule says so, and nowhere else."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import pytest

from lstmlint.interpreter.run import interpret
from lstmlint.syntax import Parsed, parse
from lstmlint.text.source import SourceFile

HEAD = """\
import numpy as np
from keras import Input, Model, Sequential
from keras.layers import LSTM, Dense, TimeDistributed
data = np.zeros((4, 5, 3))
"""
MODELS = {
    "bare": "m = Sequential([LSTM(4), Dense(1)])",
    "input": "m = Sequential([Input((5, 3)), LSTM(4), Dense(1)])",
    "input_shape": "m = Sequential()\nm.add(LSTM(4, input_shape=(5, 3)))",
    "only an input": "m = Sequential([Input((5, 3))])",
}
USES = {
    "none": "",
    "built": "m.build((None, 5, 3))",
    "called": "m(Input((5, 3)))",
    "called on data": "m(data)",
    "predicts": "m.predict(data, verbose=0)",
    "compiled": "m.compile('sgd', 'mse')\nm.summary(print_fn=str)",
    "inside": "outer = Sequential([Input((5, 3)), m])",
    "in a graph": "i = Input((5, 3))\nouter = Model(i, m(i))",
    "over steps": "outer = TimeDistributed(m)(Input((2, 5, 3)))",
}
NAMES = ("input", "output", "inputs", "outputs", "input_shape", "output_shape")


def missing(text: str) -> set[str]:
    """What the rule says that the model has not."""
    parsed = parse(SourceFile("program.py", text + "".join(f"m.{name}\n" for name in NAMES)))
    assert isinstance(parsed, Parsed)
    told = interpret(parsed, keras=3).calls_to("Sequential.undefined")
    return {str(getattr(call.arguments["name"], "value", "")) for call in told}


@cache
def really_missing(text: str) -> frozenset[str]:
    names: dict[str, Any] = {}
    exec(text, names)
    return frozenset(name for name in NAMES if not hasattr(names["m"], name))


@pytest.mark.parametrize(("model", "use"), list(itertools.product(MODELS, USES)))
def test_missing_where_keras_raises(model: str, use: str) -> None:
    text = f"{HEAD}{MODELS[model]}\n{USES[use]}\n"
    try:
        real = really_missing(text)
    except (ValueError, AttributeError):
        pytest.skip("Keras refuses the program before")
    said = missing(text)
    assert said <= real
    if use != "over steps":
        assert said == real or model == "only an input"
