"""Facts to plans: the asked program, layers and models, changes, and what cannot be planned."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from asked import FLOOR, asked
from handmade import call, case, compiled, layer, run, sequential, shaped
from planning import planned, simple

from lstmlint.api import Change, Claim, Cure
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Const, Tensor, Unknown
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.layers.calling import call_layer
from lstmlint.keras_model.layers.table import LayerInput
from lstmlint.verify.plan import make_plan
from lstmlint.verify.sizes import Unplannable
from lstmlint.verify.validate import check_plan


def test_the_asked_program() -> None:
    plan = planned(asked())
    written, merged, stateful = plan["programs"]
    assert (plan["claim"], plan["floor"], plan["seeds"], plan["notes"]) == ("cannot learn", FLOOR, [0, 1], [])
    assert written["data"]["x"][0]["values"] == [1, 0, 0, 1, 0, 0]
    assert written["training"] == {
        "method": "fit",
        "loss": ["binary_crossentropy"],
        "own_loss": None,
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
    assert stateful["model"]["inputs"][0] == {"shape": [1, 3], "batch_size": 1, "dtype": "float32", "name": ""}
    assert (stateful["training"]["batch_size"], stateful["training"]["resets"]) == (1, "epoch")


def test_a_plan_survives_the_pipe() -> None:
    plan = planned(asked())
    assert check_plan(json.loads(json.dumps(plan, allow_nan=False))) == plan


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
