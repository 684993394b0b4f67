"""Models are built anew as they were written: RNN over cells, listed and stacked, and a Sequential inside a model."""

from __future__ import annotations

import pytest

from lstmlint.verify.client import Worker
from tests.verify.forced import real, verdicts

PROGRAM = """
import numpy as np
import keras
from keras import layers

X, y = np.random.rand(32, 6, 2), np.random.rand(32, 1)
model = keras.Sequential([keras.Input((6, 2)), {first}, {second}, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(X, y, verbose=0)
"""
STACKED = "layers.RNN(layers.StackedRNNCells([layers.GRUCell(8), layers.GRUCell(3)]), return_sequences=True)"


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        ("LST101", "layers.RNN(layers.LSTMCell(8))", "layers.LSTM(4)"),
        ("LST101", "layers.RNN([layers.LSTMCell(8), layers.LSTMCell(4)])", "layers.RNN(layers.GRUCell(4))"),
        ("LST401", STACKED, "layers.RNN(layers.SimpleRNNCell(4), return_sequences=True)"),
    ],
)
def test_what_is_said_of_cells_is_confirmed(code: str, first: str, second: str, worker: Worker) -> None:
    cases = list(real("cells.py", PROGRAM.format(first=first, second=second)))
    judged = [(case.asked[1].code, verdict.verdict) for case, verdict in verdicts(cases, worker)]
    assert judged == [(code, "confirmed")]


NESTED = """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

frames = np.random.rand(12, 5, 16, 16, 1)
kinds = np.eye(3)[np.random.randint(0, 3, 12)]
pictures = keras.Sequential([layers.Input((16, 16, 1)), layers.Conv2D(2, 3), layers.Flatten()])
model = keras.Sequential([layers.Input((5, 16, 16, 1)), {around}, layers.LSTM(6{sequences}), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(frames, kinds, verbose=0)
"""


@pytest.mark.parametrize(
    ("code", "around", "sequences"),
    [
        ("LST106", "pictures", ""),
        ("LST401", "layers.TimeDistributed(pictures)", ", return_sequences=True"),
    ],
)
def test_a_model_in_a_model_is_built(code: str, around: str, sequences: str, worker: Worker) -> None:
    cases = list(real("nested.py", NESTED.format(around=around, sequences=sequences)))
    judged = [(case.asked[1].code, verdict.verdict) for case, verdict in verdicts(cases, worker)]
    assert judged == [(code, "confirmed")]


LOOP = """
import numpy as np
import keras
from keras import layers

X, y = np.random.rand(32, 6, 2), np.random.rand(32, 1)
model = keras.Sequential([keras.Input((6, 2))])
for units in (8, 4, 3):
    model.add(layers.LSTM(units, return_sequences={given}))
model.add(layers.Dense(1))
model.compile("adam", "mse")
model.fit(X, y, verbose=0)
"""


@pytest.mark.parametrize(("code", "given"), [("LST401", "True"), ("LST101", "False")])
def test_a_cure_is_for_those_layers_of_a_loop_that_are_wrong(code: str, given: str, worker: Worker) -> None:
    cases = list(real("loop.py", LOOP.format(given=given)))
    judged = [(case.asked[1].code, verdict.verdict) for case, verdict in verdicts(cases, worker)]
    assert judged == [(code, "confirmed")]


UNKNOWN_WORDS = """
import numpy as np
from tensorflow import keras

texts = ["one two three four", "five six"] * 20
vectorizer = keras.layers.TextVectorization(max_tokens=1000, output_sequence_length=5)
vectorizer.adapt(texts)
X, y = vectorizer(np.array(texts)), np.array([0, 1] * 20)
words = len(vectorizer.get_vocabulary())
model = keras.Sequential([keras.layers.Embedding(words, 8), keras.layers.LSTM(4), keras.layers.Dense(1)])
model.compile("adam", "binary_crossentropy")
model.fit(X, y, verbose=0)
"""


def test_ids_stay_below_a_vocabulary_whose_size_is_chosen(worker: Worker) -> None:
    judged = [(c.asked[1].code, v.verdict) for c, v in verdicts(list(real("words.py", UNKNOWN_WORDS)), worker)]
    assert ("LST407", "confirmed") in judged
