"""The loss floors of equal samples, against Keras's own losses of the best constant answer."""

from __future__ import annotations

import pytest

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array
from lstmlint.questions.floors import Row, constant_loss, floor, grouped


def array(*rows: Row) -> Array:
    return Array((Dim(len(rows)), Dim(len(rows[0]))), "float64", tuple(value for row in rows for value in row))


X = array((1.0, 0.0), (1.0, 0.0), (0.0, 1.0))


def test_the_asked_program() -> None:
    groups = grouped([array((1.0, 0.0, 0.0), (1.0, 0.0, 0.0))], array((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    assert groups is not None
    assert groups.contradiction() == (0, 1)
    assert floor("binary_crossentropy", groups, 3) == pytest.approx(0.46210, abs=1e-5)


def test_samples_that_do_not_repeat_have_no_floor() -> None:
    groups = grouped([array((1.0,), (2.0,))], array((0.0,), (5.0,)))
    assert groups is not None
    assert groups.contradiction() is None
    assert floor("mean_squared_error", groups, 1) == 0.0
    assert constant_loss("mean_squared_error", groups, 1) == 6.25


def test_unknown_contents_and_lengths_give_nothing() -> None:
    assert grouped([Array((Dim(2), Dim(1)), "float64")], array((0.0,), (1.0,))) is None
    assert grouped([array((1.0,), (1.0,), (1.0,))], array((0.0,), (1.0,))) is None
    assert floor("my_loss", grouped([X], X), 2) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("loss", "targets", "answers"),
    [
        ("mean_squared_error", [[0.0], [4.0], [9.0]], [[2.0], [2.0], [9.0]]),
        ("mean_absolute_error", [[0.0], [4.0], [9.0]], [[2.0], [2.0], [9.0]]),
        ("binary_crossentropy", [[0.0, 1.0], [1.0, 1.0], [0.0, 1.0]], [[0.5, 1.0], [0.5, 1.0], [0.0, 1.0]]),
        ("categorical_crossentropy", [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5], [0.0, 1.0]]),
        ("sparse_categorical_crossentropy", [[0.0], [1.0], [1.0]], [[0.5, 0.5], [0.5, 0.5], [0.0, 1.0]]),
    ],
)
def test_floors_are_what_keras_says_of_the_best_answer(
    loss: str, targets: list[list[float]], answers: list[list[float]]
) -> None:
    keras, np = pytest.importorskip("keras"), pytest.importorskip("numpy")
    groups = grouped([X], array(*map(tuple, targets)))
    assert groups is not None
    real = float(np.mean(keras.losses.get(loss)(np.array(targets, "float32"), np.array(answers, "float32"))))
    assert floor(loss, groups, len(targets[0])) == pytest.approx(real, abs=1e-5)
