"""A checked plan's model as a Keras model: names looked up in the closed lists, nothing else. Runs in the worker."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from lstmlint.verify.backend import LEGACY, keras, np, tf
from lstmlint.verify.functions import called
from lstmlint.verify.schema import OWN_LOSS, InputPlan, LayerPlan, ModelPlan, TrainingPlan

#: Under which arguments a wrapper takes what it wraps, in the order of ``inner``.
_WRAPPED = ("layer", "backward_layer")
#: Under which argument cells are taken, several of them as a list.
_CELLS = {"RNN": "cell", "StackedRNNCells": "cells"}


def seed_all(seed: int) -> None:
    """What ``keras.utils.set_random_seed`` does, but for TensorFlow's own seed.

    Keras 3 draws the seeds of its initializers and dropouts from Python's ``random``
    (``keras/src/random/seed_generator.py``), and ``tf.random.set_seed`` throws away every compiled function: 0.15 s
    for each seed of each program.
    """
    random.seed(seed)
    np.random.seed(seed)
    if LEGACY:
        tf.random.set_seed(seed)


def assemble(plan: ModelPlan) -> Any:
    """The Keras model; raises what Keras raises."""
    if plan["kind"] == "sequential":
        return _sequential(plan)
    return _functional(plan)


def _sequential(plan: ModelPlan) -> Any:
    """Built once: ``add`` builds the whole model anew for every layer."""
    return keras.Sequential([*map(_input, plan["inputs"][:1]), *map(make, plan["layers"])])


def _functional(plan: ModelPlan) -> Any:
    inputs = [_input(entry) for entry in plan["inputs"]]
    outputs, told = called_on(plan, inputs), inputs[: len(inputs) - plan["left_out"]]
    return keras.Model(told if len(told) != 1 else told[0], outputs if len(outputs) > 1 else outputs[0])


def called_on(plan: ModelPlan, inputs: Sequence[Any]) -> list[Any]:
    """What the calls of a functional plan make of inputs: of symbols, or of tensors that are there."""
    layers: dict[int, Any] = {}
    results: list[list[Any]] = []

    def tensor(source: list[int]) -> Any:
        node, index = source
        return inputs[-1 - node] if node < 0 else results[node][index]

    for node in plan["nodes"]:
        if node["layer"] not in layers:
            layers[node["layer"]] = make(plan["layers"][node["layer"]])
        layer = layers[node["layer"]]
        given = [tensor(source) for source in node["inputs"]]
        arguments = dict(node["arguments"])
        if node["state"]:
            arguments["initial_state"] = [tensor(source) for source in node["state"]]
        result = layer(given, **arguments) if node["listed"] or len(given) > 1 else layer(given[0], **arguments)
        results.append(list(result) if isinstance(result, (list, tuple)) else [result])
    return [tensor(source) for source in plan["outputs"]]


def _input(plan: InputPlan) -> Any:
    name = plan["name"] or None
    return keras.Input(tuple(plan["shape"]), batch_size=plan["batch_size"], dtype=plan["dtype"], name=name)


def make(plan: LayerPlan) -> Any:
    """One layer, with the layers it wraps."""
    arguments: dict[str, Any] = {name: _as_python(value) for name, value in plan["arguments"].items()}
    if plan["kind"] == "Operation":
        return partial(called, arguments["name"], arguments["values"])
    if arguments.get("mask_value") == "nan":  # JSON has no such number
        arguments["mask_value"] = float("nan")
    inner = [make(one) for one in plan["inner"]]
    if plan["kind"] == "Sequential":
        return keras.Sequential(inner)
    if plan["kind"] == "InputLayer" and LEGACY and "shape" in arguments:
        arguments["input_shape"] = arguments.pop("shape")
    if plan["kind"] in _CELLS and inner:
        arguments[_CELLS[plan["kind"]]] = inner[0] if len(inner) == 1 and plan["kind"] == "RNN" else inner
    else:
        arguments |= dict(zip(_WRAPPED, inner, strict=False))
    return getattr(keras.layers, plan["kind"])(**arguments)


def _as_python(value: Any) -> Any:
    """Keras wants shapes as tuples."""
    return tuple(_as_python(item) for item in value) if isinstance(value, list) else value


def loss_of(name: str, training: TrainingPlan) -> Any:
    """The loss object of a name, ``from_logits`` where the program says so; the program's own as a function."""
    own, from_logits = training["own_loss"], training["from_logits"]
    if name == OWN_LOSS and own is not None:
        return lambda truth, guess: called_on(own, (truth, guess))[0]
    if from_logits and "crossentropy" in name:
        return getattr(keras.losses, _CLASSES[name])(from_logits=True)
    return name


_CLASSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}


def optimizer_of(training: TrainingPlan) -> Any:
    config = dict(training["optimizer_arguments"])
    if LEGACY:  # ``get`` gives Keras 2's older optimizers, which are other classes
        known = {name.lower(): name for name in dir(keras.optimizers)}
        return getattr(keras.optimizers, known[training["optimizer"]])(**config)
    return keras.optimizers.get({"class_name": training["optimizer"], "config": config})


def compile_model(model: Any, training: TrainingPlan, eager: bool = False) -> None:
    losses = [loss_of(name, training) for name in training["loss"]] or ["mean_squared_error"]
    model.compile(
        loss=losses if len(losses) > 1 else losses[0],
        optimizer=optimizer_of(training),
        run_eagerly=eager,
    )
