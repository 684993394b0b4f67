"""Numbers for sizes that the program alone knows."""

from __future__ import annotations

from typing import Any

import pytest
from handmade import case, compiled, layer, run, sequential, shaped
from hypothesis import given
from hypothesis import strategies as st
from planning import planned

from lstmlint.api import Claim
from lstmlint.interpreter.dims import Dim, floor_divide, modulo, symbol_dim, truncated, unknown_dim
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.verify.sizes import Sizes, Unplannable, parameters


def test_one_symbol_one_number() -> None:
    n = symbol_dim("n")
    sizes = Sizes()
    assert sizes.number(n * 2 + 1) == 2 * sizes.number(n) + 1


def test_windows_have_at_least_one_sample() -> None:
    n = symbol_dim("rows")
    windows = n - 60 - 1
    sizes = Sizes()
    sizes.settle([windows, truncated(windows, 0.8), floor_divide(windows, Dim(32))])
    assert sizes.number(windows) >= 32
    assert sizes.number(truncated(windows, 0.8)) == int(sizes.number(windows) * 0.8)
    assert sizes.number(floor_divide(windows, Dim(32))) == sizes.number(windows) // 32
    assert sizes.number(modulo(windows, Dim(7))) == sizes.number(windows) % 7


def test_sizes_of_data_meet_those_of_the_model() -> None:
    """Features that nobody knows are those that the model asks for: any other number would crash by our own doing."""
    columns = unknown_dim()
    model = sequential((None, 5, 7), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    plan = planned(case(Claim.RAISES, model, run(model, shaped(40, 5, columns - 1), shaped(40, unknown_dim()))))
    data = plan["programs"][0]["data"]
    assert (data["x"][0]["shape"], data["y"][0]["shape"]) == ([40, 5, 7], [40, 4])


def test_rows_fill_the_batches_of_a_stateful_model() -> None:
    n = symbol_dim("n")
    model = sequential((5, 3, 2), layer("LSTM", 4, stateful=True), compiled=compiled("mean_squared_error"))
    plan = planned(case(Claim.RAISES, model, run(model, shaped(n - 3, 3, 2), shaped(n - 3, 4), batch_size=5)))
    assert plan["programs"][0]["data"]["x"][0]["shape"][0] % 5 == 0


def test_ids_stay_within_the_vocabulary() -> None:
    model = sequential((None, 5), layer("Embedding", 6, 8), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    plan = planned(case(Claim.RAISES, model, run(model, shaped(8, 5, dtype="int32"), shaped(8, 4))))
    assert 5 <= plan["programs"][0]["data"]["x"][0]["high"] < 6


def test_known_sizes_of_data_stay() -> None:
    plan = planned(case(Claim.RAISES, *_of_seven(shaped(40, 5, 6))))
    assert plan["programs"][0]["data"]["x"][0]["shape"] == [40, 5, 6]


def _of_seven(x: Any) -> tuple[Model, Any]:
    model = sequential((None, 5, 7), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    return model, run(model, x, shaped(40, 4))


def test_impossible_sizes() -> None:
    with pytest.raises(Unplannable):
        Sizes().settle([Dim(0)])
    n = symbol_dim("n")
    with pytest.raises(Unplannable):
        Sizes().settle([n - 10, -n + 5])


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-200, 50)), min_size=1, max_size=4))
def test_settled_sizes_are_positive(forms: list[tuple[int, int]]) -> None:
    n, m = symbol_dim("n"), unknown_dim()
    dims = [n * factor + m + constant for factor, constant in forms]
    sizes = Sizes()
    sizes.settle(dims)
    assert all(sizes.number(dim) >= 1 for dim in dims)


@pytest.mark.parametrize(
    ("layers", "count"),
    [
        ((layer("LSTM", 20), layer("Dense", 3)), 4 * 20 * (20 + 2 + 1) + 3 * 21),
        ((layer("SimpleRNN", 7),), 7 * (7 + 2 + 1)),
        ((layer("Bidirectional", layer("LSTM", 5)),), 2 * 4 * 5 * (5 + 2 + 1)),
        ((layer("TimeDistributed", layer("Dense", 6)),), 6 * 3),
    ],
)
def test_parameters(layers: tuple[Layer, ...], count: int) -> None:
    assert parameters(sequential((None, 5, 2), *layers), Sizes()) == count


def test_symbols_are_named_in_the_notes() -> None:
    n = symbol_dim("n_features")
    model = sequential((None, 5, n), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    plan = planned(case(Claim.RAISES, model, run(model, shaped(40, 5, n), shaped(40, 4))))
    number = plan["programs"][0]["model"]["inputs"][0]["shape"][1]
    assert f"n_features = {number}" in plan["notes"]
    assert plan["programs"][0]["data"]["x"][0]["shape"] == [40, 5, number]


def test_a_size_that_cannot_be_turned_round_is_tried() -> None:
    """``int(n * 0.7) - 6`` samples of about 47: n is looked for, not picked."""
    n = symbol_dim("n")
    cut = truncated(n, 0.7) - 6
    sizes = Sizes()
    sizes.meet(cut, Dim(47))
    assert sizes.number(cut) in (47, 48)
    assert sizes.number(n) in (76, 77)
