"""``match`` says of shapes what a training step of the installed Keras does with them, lucky batch sizes included."""

from __future__ import annotations

import itertools

import pytest

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.keras_model.losses import ELEMENTWISE, SPARSE, STRICT, Match, match
from tests.differential.losses_real import answer

SHAPES = ((), (1,), (3,), (4,), (7,), (7, 1), (7, 3), (7, 4), (1, 1))
BATCHES = (1, 4, 8)
#: One of each way of comparing; all of them would only take longer.
LOSSES = ("mean_squared_error", "categorical_hinge", *sorted(STRICT), SPARSE)
CASES = [
    (keras, loss, output, target, batch)
    for keras, loss, output, target, batch in itertools.product((3, 2), LOSSES, SHAPES[1:], SHAPES, BATCHES)
    # Keras refuses nothing here, but one class gives no gradient that says anything.
    if not (loss == SPARSE and output[-1] == 1)
]


def said(keras: int, loss: str, output: tuple[int, ...], target: tuple[int, ...], batch: int | None) -> Match:
    size = None if batch is None else Dim(batch)
    return match(loss, (None, *map(Dim, output)), (None, *map(Dim, target)), size, keras)


def test_losses_do_with_shapes_what_is_said() -> None:
    pytest.importorskip("tensorflow")
    pytest.importorskip("tf_keras")
    answers = ((case, said(*case), answer(*case)) for case in CASES)
    wrong = [(case, found, real) for case, found, real in answers if not agrees(found, real)]
    assert wrong == []


def agrees(found: Match, real: str) -> bool:
    if found in (Match.FITS, Match.BROADCASTS):
        return real == "ok"
    return found is not Match.RAISES or real != "ok"


def test_sizes_that_are_known_are_always_decided_on_keras_3() -> None:
    decided = [said(*case) for case in CASES if case[0] == 3]
    assert not {Match.UNKNOWN, Match.MISFITS} & set(decided)


@pytest.mark.parametrize("loss", sorted(ELEMENTWISE | STRICT))
def test_knowing_less_never_contradicts(loss: str) -> None:
    n = symbol_dim("n", low=1)
    for output, target in itertools.product(SHAPES[1:], SHAPES):
        blurred = match(loss, (None, *(n if size == 7 else Dim(size) for size in output)), (None, *map(Dim, target)))
        sharp = {said(3, loss, output, target, batch) for batch in BATCHES}
        assert blurred in (Match.UNKNOWN, Match.MISFITS) or {blurred} == sharp
