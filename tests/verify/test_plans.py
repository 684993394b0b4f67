"""Facts to plans: sizes, layers, data, and what cannot be planned."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
from asked import FLOOR, asked
from handmade import call, case, compiled, facts, layer, run, sequential, shaped
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.api import Change, Claim, Cure, Experiment
from lstmlint.interpreter.dims import Dim, floor_divide, modulo, symbol_dim, truncated, unknown_dim
from lstmlint.interpreter.values import Const, Reference, Tensor, Unknown
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.layers.calling import call_layer
from lstmlint.keras_model.layers.table import LayerInput
from lstmlint.keras_model.training import Compile, Loop, Reset
from lstmlint.verify.plan import GENERATED_UPDATES, LEAST_UPDATES, make_plan
from lstmlint.verify.schema import Plan
from lstmlint.verify.sizes import Sizes, Unplannable, parameters
from lstmlint.verify.validate import PlanError, check_plan


def planned(given: Any, **more: Any) -> Plan:
    finding, _, about = given
    assert finding.experiment is not None
    return make_plan(finding.experiment, about, **more)


def simple(*layers: Layer, claim: Claim = Claim.RAISES, loss: str | None = "mean_squared_error", **ran: Any) -> Any:
    model = sequential((None, 5, 2), *layers, compiled=compiled(loss))
    return case(claim, model, run(model, shaped(40, 5, 2), shaped(40, 1), **ran))


# The asked program


def test_the_asked_program() -> None:
    plan = planned(asked())
    written, merged, stateful = plan["programs"]
    assert (plan["claim"], plan["floor"], plan["seeds"], plan["notes"]) == ("cannot learn", FLOOR, [0, 1], [])
    assert written["data"]["x"][0]["values"] == [1, 0, 0, 1, 0, 0]
    assert written["training"] == {
        "method": "fit",
        "loss": ["binary_crossentropy"],
        "from_logits": False,
        "optimizer": "adam",
        "optimizer_arguments": {},
        "batch_size": 2,
        "epochs": 300,
        "order": "ordered",
        "resets": "never",
    }
    assert merged["model"]["inputs"][0]["shape"] == [None, 3]
    assert merged["model"]["layers"][0]["arguments"]["return_sequences"] is True
    assert stateful["model"]["inputs"][0] == {"shape": [1, 3], "batch_size": 1, "dtype": "float32"}
    assert (stateful["training"]["batch_size"], stateful["training"]["resets"]) == (1, "epoch")


def test_a_plan_survives_the_pipe() -> None:
    plan = planned(asked())
    assert check_plan(json.loads(json.dumps(plan, allow_nan=False))) == plan


# Sizes


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


# Layers and models


def test_input_arguments_become_an_input() -> None:
    plan = planned(simple(layer("LSTM", 4, input_shape=(5, 2)), layer("Dense", 1)))
    model = plan["programs"][0]["model"]
    assert model["layers"][0]["arguments"] == {"units": 4}
    assert model["inputs"][0]["shape"] == [5, 2]


def test_input_dim_belongs_to_an_embedding() -> None:
    embedding = layer("Embedding", input_dim=100, output_dim=8, input_length=5)
    model = sequential((None, 5), embedding, layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    plan = planned(case(Claim.RAISES, model, run(model, shaped(8, 5, dtype="int32"), shaped(8, 4))))
    assert plan["programs"][0]["model"]["layers"][0]["arguments"] == {"input_dim": 100, "output_dim": 8}


def test_input_arguments_stay_where_they_are_the_matter() -> None:
    old = layer("LSTM", 4, batch_input_shape=(1, 5, 2))
    assert old.call is not None
    finding, _, about = simple(old)
    cure = Cure("without", (Change("drop-argument", old.call.span, "batch_input_shape"),))
    experiment = replace(finding.experiment, cures=(cure,))
    written, cured = make_plan(experiment, about)["programs"]
    assert written["model"]["layers"][0]["arguments"]["batch_input_shape"] == [1, 5, 2]
    assert "batch_input_shape" not in cured["model"]["layers"][0]["arguments"]


def test_unknown_arguments() -> None:
    """One that matters makes the plan impossible; one that does not is left out, and the notes say so."""
    units = replace(layer("LSTM", 4), config=replace(layer("LSTM", 4).config, values={"units": Unknown("a file")}))
    with pytest.raises(Unplannable, match="the argument units is not known"):
        planned(simple(units))
    config = layer("LSTM", 4, kernel_regularizer="l2").config
    vague = replace(config, values={**config.values, "kernel_regularizer": Unknown("an object")})
    penalty = replace(layer("LSTM", 4), config=vague)
    plan = planned(simple(penalty))
    assert plan["programs"][0]["model"]["layers"][0]["arguments"] == {"units": 4}
    assert plan["notes"] == ["kernel_regularizer of LSTM(...) left out"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"complete": False, "reason": "layers added in a loop"}, "layers added in a loop"),
        ({"opaque": True}, "comes from elsewhere"),
        ({"kind": "subclassed"}, "subclassed model runs code"),
    ],
)
def test_models_that_are_not_known_whole(change: dict[str, Any], why: str) -> None:
    finding, _, about = simple(layer("LSTM", 4))
    ran = next(about.runs)
    experiment = replace(finding.experiment, run=replace(ran, model=replace(ran.model, **change)))
    with pytest.raises(Unplannable, match=why):
        make_plan(experiment, about)


@pytest.mark.parametrize("kind", ["Lambda", "MyLayer"])
def test_layers_that_carry_code(kind: str) -> None:
    own = Layer(kind, layer("Dense", 1).config, call(kind), own=Const(None) if kind == "MyLayer" else None)
    with pytest.raises(Unplannable):
        planned(simple(own))


def test_functional_model() -> None:
    first, second = Tensor((None, Dim(5), Dim(2)), "float32"), Tensor((None, Dim(3)), "float32")
    shared = layer("LSTM", 4)
    one = node(shared, first)
    two = node(shared, first)
    joined = node(layer("Concatenate"), one.outputs[0], two.outputs[0], second)
    top = node(layer("Dense", 1), joined.outputs[0])
    nodes = (one, two, joined, top)
    model = Model(
        "functional",
        1,
        None,
        None,
        call().span,
        (shared, joined.layer, top.layer),
        nodes,
        (first, second),
        top.outputs,
        True,
        compiled=compiled("mean_squared_error"),
        input_structure="list",
    )
    ran = replace(run(model, shaped(8, 5, 2), shaped(8, 1)), x=(shaped(8, 5, 2), shaped(8, 3)))
    plan = planned(case(Claim.RAISES, model, ran))
    made = plan["programs"][0]["model"]
    assert [n["layer"] for n in made["nodes"]] == [0, 0, 1, 2]
    assert made["nodes"][2]["inputs"] == [[0, 0], [1, 0], [-2, 0]]
    assert made["outputs"] == [[3, 0]]


def node(item: Layer, *tensors: Tensor) -> Node:
    called = call_layer(item, LayerInput(tensors, listed=len(tensors) > 1))
    made = Node(item, tensors, ())
    outputs = tuple(replace(output, node=None) for output in called.outputs)
    object.__setattr__(made, "outputs", tuple(replace(output, node=made) for output in outputs))
    return made


# Data and training


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
    reset = Reset(call(), model, None, "reset_states", loops=loop if looped else (), hook=hook)
    ran = run(model, shaped(8, 5, 2), shaped(8, 4), batch_size=1, loops=loop)
    plan = planned(case(Claim.STATE_MATTERS, model, ran, events=[reset]))
    assert plan["programs"][0]["training"]["resets"] == expected


def test_unknown_data_and_loss() -> None:
    model = sequential((None, 5, 2), layer("LSTM", 4), compiled=compiled("mean_squared_error"))
    with pytest.raises(Unplannable, match="the shape of the data"):
        planned(case(Claim.STATE_MATTERS, model, run(model, Unknown("a generator"))))
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


# Changes


def test_changes_of_layers() -> None:
    bottom, top = layer("LSTM", 8), layer("LSTM", 4)
    assert bottom.call is not None
    assert top.call is not None
    finding, _, about = simple(bottom, top)
    changes = (
        Change("layer-argument", bottom.call.span, "return_sequences", True),
        Change("insert-layer", top.call.span, "Dropout", {"rate": 0.5}),
        Change("insert-layer", None, "Dense", {"units": 2}),
        Change("drop-layer", top.call.span),
    )
    plan = make_plan(replace(finding.experiment, cures=(Cure("all", changes),)), about)
    layers = plan["programs"][1]["model"]["layers"]
    assert [item["kind"] for item in layers] == ["LSTM", "Dropout", "Dense"]
    assert layers[0]["arguments"] == {"units": 8, "return_sequences": True}
    assert [item["kind"] for item in plan["programs"][0]["model"]["layers"]] == ["LSTM", "LSTM"]


def test_change_inside_a_wrapper() -> None:
    inner = layer("LSTM", 4)
    assert inner.call is not None
    finding, _, about = simple(layer("Bidirectional", inner))
    cure = Cure("every step", (Change("layer-argument", inner.call.span, "return_sequences", True),))
    plan = make_plan(replace(finding.experiment, cures=(cure,)), about)
    assert plan["programs"][1]["model"]["layers"][0]["inner"][0]["arguments"]["return_sequences"] is True


@pytest.mark.parametrize(
    "change",
    [
        Change("layer-argument", None, "units", 3),
        Change("training", None, "colour", "red"),
        Change("rewrite", None),
        Change("drop-layer", call().span),
    ],
)
def test_changes_that_do_not_apply(change: Change) -> None:
    finding, _, about = simple(layer("LSTM", 4))
    with pytest.raises(Unplannable):
        make_plan(replace(finding.experiment, cures=(Cure("none", (change,)),)), about)


# The strict check


HOSTILE = {
    "a layer that carries code": ("programs.0.model.layers.0.kind", "Lambda"),
    "a module path": ("programs.0.model.layers.0.kind", "os.system"),
    "a dict as an argument": ("programs.0.model.layers.0.arguments.activation", {"module": "os"}),
    "a private argument": ("programs.0.model.layers.0.arguments.__class__", "x"),
    "a loss of another name": ("programs.0.training.loss.0", "eval"),
    "no epochs": ("programs.0.training.epochs", 0),
    "a flag as a number": ("programs.0.training.batch_size", True),
    "text as a number": ("programs.0.training.epochs", "300"),
    "not a number": ("floor", float("nan")),
    "values that do not fit the shape": ("programs.0.data.x.0.shape", [3, 1, 3]),
    "a node before it is made": ("programs.0.model.outputs", [[5, 0]]),
    "more epochs than anybody waits for": ("programs.0.training.epochs", 1_000_001),
    "another dtype": ("programs.0.data.x.0.dtype", "object"),
    "no seeds": ("seeds", []),
    "no programs": ("programs", []),
    "an unknown step": ("programs.0.data.steps", [[]]),
    "something more": ("command", "rm"),
}


@pytest.mark.parametrize(("path", "value"), HOSTILE.values(), ids=HOSTILE.keys())
def test_refused(path: str, value: Any) -> None:
    plan = json.loads(json.dumps(planned(asked())))
    *way, last = path.split(".")
    inside = plan
    for step in way:
        inside = inside[int(step)] if isinstance(inside, list) else inside[step]
    if isinstance(inside, list):
        inside[int(last)] = value
    else:
        inside[last] = value
    with pytest.raises(PlanError):
        check_plan(plan)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(value=json_values, data=st.data())
def test_anything_else_is_refused_or_the_same(value: Any, data: st.DataObject) -> None:
    """Any part of a plan replaced by anything: a PlanError, or a plan; never another exception."""
    plan = json.loads(json.dumps(planned(asked())))
    inside: Any = plan
    for _ in range(data.draw(st.integers(0, 6))):
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inside[key], (dict, list)):
            break
        inside = inside[key]
    keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
    if not keys:
        return
    inside[data.draw(st.sampled_from(keys))] = value
    with contextlib.suppress(PlanError):
        assert check_plan(plan) is plan
