"""``shapes --statistics``: where the rank of data was lost, whose doing that is, and what is counted."""

from __future__ import annotations

import pytest

from lstmlint.engine import Studied
from lstmlint.interpreter.values import Unknown
from lstmlint.questions.unranked import Origin, has_rank, rank_lost
from lstmlint.report.line import text_of
from lstmlint.report.shape_statistics import statistics_lines
from tests.unit.interpreter.following import follow

MODEL = "model = Sequential([Input((5, 1)), LSTM(4), Dense(1)])\nmodel.compile('adam', 'mse')\n"


def _x(program: str) -> object:
    facts = follow(MODEL + program)
    return next(run for run in facts.runs if run.trains).x[0]


@pytest.mark.parametrize(
    ("program", "why", "origin"),
    [
        ("def train(X):\n    model.fit(X, X)\n", "the parameter X of train", Origin.CALLER),
        ("def train(X):\n    model.fit(np.array([x for x in X]) * 2, X)\n", "the parameter X of train", Origin.CALLER),
        ("class A:\n    def fit(self):\n        model.fit(self.X, 1)\n", "has no attribute X", Origin.CALLER),
        ("model.fit(np.load('x.npy')[0] / 255, 1)\n", "numpy.load gives an array", Origin.FILE),
        ("import pickle\nX, y = pickle.load(open('d'))\nmodel.fit(np.array(X), y)\n", "pickle.load", Origin.FILE),
        ("import odd\nmodel.fit(np.array(odd.data(3)), 1)\n", "odd.data is not followed", Origin.PROGRAM),
        ("import odd\nX = np.zeros(3) if odd.a else np.zeros((3, 2))\nmodel.fit(X, 1)\n", "join gives", Origin.PROGRAM),
    ],
)
def test_where_the_rank_was_lost(program: str, why: str, origin: Origin) -> None:
    value = _x(program)
    assert not has_rank(value)
    lost = rank_lost(value)
    assert why in lost.why
    assert lost.origin is origin


def test_numbers_in_lists_have_a_rank() -> None:
    assert has_rank(_x("model.fit([[1, 2], [3, 4]], 1)\n"))
    assert not has_rank(_x("model.fit([[1, 2], [3]], 1)\n"))
    assert not has_rank(Unknown("nothing"))


def test_calls_are_counted_by_turn_and_by_place() -> None:
    program = """
def train(name):
    model.fit(np.load(name), np.zeros(9))
train('a')
train('b')
model.fit(np.zeros((9, 5, 1)), np.zeros(9))
def train_again(X):
    model.fit(X, np.zeros(9))
"""
    lines = list(map(text_of, statistics_lines([Studied("train.py", None, follow(MODEL + program))])))
    text = "\n".join(" ".join(line.split()) for line in lines)
    assert "training 4 calls, 1 with the rank of x and y known (25%)" in text
    assert "3 places, 1 of them known (33%)" in text
    assert "1 of the rest get x or y from a parameter of a function that nobody calls" in text
    assert "2 of the rest get x or y from a file" in text
    assert "1 without these, 1 of them known (100%)" in text


BUILT = """\
from keras.models import load_model
sure = Sequential([Input((5, 2)), LSTM(3)])
unsure = Sequential([Dense(3)])
loaded = load_model('best.keras')
"""


def test_loaded_models_are_counted_apart() -> None:
    lines = _lines(Studied("a.py", None, follow(BUILT)))
    assert "sequential       2 models,     1 complete (50%)" in lines
    assert "loaded           1 models, from files or from models that are not known" in lines
    assert not any("loaded from a file" in line for line in lines[lines.index("why models are incomplete") :])


def test_files_not_read_are_ranked_by_reason() -> None:
    problem = "line {}: not valid Python: missing parentheses in call to 'print'"
    lines = _lines(*(Studied("a.py", problem.format(row)) for row in (3, 19)), Studied("b.py", "not UTF-8"))
    assert "      2  not valid Python: missing parentheses in call to 'print'" in lines
    assert "      1  not UTF-8" in lines


def _lines(*studied: Studied) -> list[str]:
    return "\n".join(map(text_of, statistics_lines(studied))).split("\n")
