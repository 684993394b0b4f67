"""The data and the training of a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asked import asked
from handmade import call, case, compiled, facts, layer, run, sequential, shaped
from planning import planned, simple

from lstmlint.api import Change, Claim, Cure, Experiment
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Const, Reference, Unknown
from lstmlint.keras_model.training import Compile, Hook, Loop, Reset
from lstmlint.verify.plan import GENERATED_UPDATES, LEAST_UPDATES, make_plan
from lstmlint.verify.sizes import Unplannable


def test_large_data_are_cut_to_whole_batches_and_the_same_rest() -> None:
    model = sequential((None, 5, 2), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    large = case(Claim.RAISES, model, run(model, shaped(100_001, 5, 2), shaped(100_001, 4), batch_size=32))
    plan = planned(large)
    samples = plan["programs"][0]["data"]["x"][0]["shape"][0]
    assert (samples % 32, samples < 200) == (100_001 % 32, True)
    assert plan["notes"] == [f"{samples} of 100,001 samples"]


def test_a_cut_leaves_whole_batches_of_the_model_too() -> None:
    """200 samples are ten batches of 20 for the model, also where the run asks for 32."""
    model = sequential((20, 5, 2), layer("LSTM", 4, stateful=True))
    cure = Cure("its own", (Change("training", None, "batch_size", 20),))
    given = case(Claim.RAISES, model, run(model, shaped(2000, 5, 2), method="predict", batch_size=32), cure)
    assert planned(given)["programs"][1]["data"]["x"][0]["shape"][0] % 20 == 0


def test_small_data_are_not_cut() -> None:
    plan = planned(simple(layer("LSTM", 4), batch_size=32))
    assert plan["programs"][0]["data"]["x"][0]["shape"][0] == 40


def test_epochs_count_the_loops_around_fit() -> None:
    loop = Loop(call().span, "for", turns=Dim(50))
    program = planned(simple(layer("LSTM", 4), claim=Claim.STATE_MATTERS, epochs=2, loops=(loop,)))["programs"][0]
    assert program["training"]["epochs"] == 100


def test_few_updates_are_made_enough_and_said_so() -> None:
    finding, _, about = asked(epochs=5)
    plan = make_plan(finding.experiment, about)
    assert [program["training"]["epochs"] for program in plan["programs"]] == [LEAST_UPDATES, LEAST_UPDATES, 150]
    assert "as written: 300 epochs instead of 5" in plan["notes"]


def test_generated_data_are_learned_with_a_quick_optimizer() -> None:
    given = simple(layer("LSTM", 4), claim=Claim.CANNOT_LEARN, batch_size=8)
    training = planned(given)["programs"][0]["training"]
    assert (training["optimizer"], training["optimizer_arguments"]) == ("adam", {"learning_rate": 0.01})
    assert training["epochs"] * 2 == GENERATED_UPDATES


def test_learning_rate() -> None:
    optimizer = Reference("keras.optimizers.SGD", {"learning_rate": Const(0.5)})
    model = sequential((None, 5, 2), layer("LSTM", 4))
    made = Compile(call(), {"optimizer": optimizer}, ("mean_squared_error",), False, "SGD")
    model = replace(model, compiled=made)
    training = planned(case(Claim.RAISES, model, run(model, shaped(8, 5, 2), shaped(8, 4))))["programs"][0]["training"]
    assert (training["optimizer"], training["optimizer_arguments"]) == ("sgd", {"learning_rate": 0.5})


@pytest.mark.parametrize(
    ("hook", "looped", "expected"),
    [
        (None, True, "epoch"),
        ("on_epoch_end", False, "epoch"),
        ("on_train_batch_end", False, "batch"),
        (None, False, "never"),
    ],
)
def test_resets(hook: str | None, looped: bool, expected: str) -> None:
    loop = (Loop(call().span, "for", turns=Dim(9)),)
    model = sequential((1, 5, 2), layer("LSTM", 4, stateful=True), compiled=compiled("mean_squared_error"))
    hooks = (Hook(hook, call().span),) if hook else ()
    reset = Reset(call(), model, None, "reset_states", loops=loop if looped else (), hooks=hooks)
    ran = run(model, shaped(8, 5, 2), shaped(8, 4), batch_size=1, loops=loop)
    plan = planned(case(Claim.STATE_MATTERS, model, ran, events=[reset]))
    assert plan["programs"][0]["training"]["resets"] == expected


def test_unknown_data_and_loss() -> None:
    model = sequential((None, 5, 2), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    with pytest.raises(Unplannable, match="the shape of the data"):
        planned(case(Claim.CANNOT_LEARN, model, run(model, Unknown("a generator"))))
    about_state = planned(case(Claim.STATE_MATTERS, model, run(model, Unknown("a generator"), Unknown("a file"))))
    assert about_state["programs"][0]["data"]["x"][0]["shape"][1:] == [5, 2]
    model = replace(model, compiled=compiled(None))
    with pytest.raises(Unplannable, match="the loss is not known"):
        planned(case(Claim.CANNOT_LEARN, model, run(model, shaped(8, 5, 2), shaped(8, 4))))


def test_without_a_run_the_model_is_called_on_data_of_its_own_shape() -> None:
    model = sequential((None, None, 2), layer("LSTM", 4))
    program = make_plan(Experiment(Claim.RAISES, model), facts(model))["programs"][0]
    assert program["training"]["method"] == "build"
    assert program["data"]["x"][0]["shape"] == [8, 6, 2]


def test_unknown_data_are_replaced_where_the_model_alone_can_crash() -> None:
    model = sequential((None, 5, 2), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    plan = planned(case(Claim.RAISES, model, run(model, Unknown("a generator"))))
    program = plan["programs"][0]
    assert (plan["doubt"][:23], program["training"]["method"]) == ("on data of the model's ", "build")
    assert program["data"]["x"][0]["shape"] == [8, 5, 2]
    assert not planned(simple(layer("LSTM", 4)))["doubt"]


@pytest.mark.parametrize(("depth", "expected"), [(2, "batch"), (1, "epoch"), (0, "never")])
def test_resets_in_the_loops_of_train_on_batch(depth: int, expected: str) -> None:
    """In the loop that feeds the batches, in the one around it, in none."""
    loops = tuple(Loop(call().span, "for", turns=Dim(9)) for _ in range(2))
    model = sequential((1, 5, 2), layer("LSTM", 4, stateful=True), compiled=compiled("mean_squared_error"))
    reset = Reset(call(), model, None, "reset_states", loops=loops[:depth])
    ran = run(model, shaped(1, 5, 2), shaped(1, 4), "train_on_batch", loops=loops)
    plan = planned(case(Claim.STATE_DOES_NOT_MATTER, model, ran, events=[reset], probe="batches"))
    assert plan["programs"][0]["training"]["resets"] == expected
    assert plan["programs"][0]["data"]["x"][0]["shape"][0] == 3


def test_the_data_are_those_that_a_validation_split_leaves_for_training() -> None:
    model = sequential((None, 4, 1), layer("LSTM", 3), compiled=compiled("mean_squared_error"))
    ran = run(model, shaped(10, 4, 1), shaped(10, 3), validation_split=0.25)
    data = planned(case(Claim.RAISES, model, ran))["programs"][0]["data"]
    assert [array["shape"] for array in (*data["x"], *data["y"])] == [[7, 4, 1], [7, 3]]
    given = replace(ran, arguments={"validation_data": Unknown("from a file")})
    data = planned(case(Claim.RAISES, model, given))["programs"][0]["data"]
    assert data["x"][0]["shape"] == [10, 4, 1]
