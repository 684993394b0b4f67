"""The closed list of changes that turn the program as written into a cured one, on plain data."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from lstmlint.api import Change, Layer
from lstmlint.verify.rebuild import place
from lstmlint.verify.rewire import dropped, followed, inserted
from lstmlint.verify.schema import ArrayPlan, DataPlan, InputPlan, LayerPlan, ModelPlan, Plain, ProgramPlan
from lstmlint.verify.sizes import Unplannable

RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})

#: Layers of a functional model that answer for each step as they do for a sample.
_STEP_BY_STEP = RECURRENT | {"Bidirectional", "TimeDistributed", "Dense", "Dropout", "Activation", "LayerNormalization"}

Step = Callable[[ProgramPlan, Change], ProgramPlan]


def apply_change(program: ProgramPlan, change: Change) -> ProgramPlan:
    """The program with one change made; raises Unplannable where it does not apply."""
    if change.kind not in CHANGES:
        raise Unplannable(f"no change called {change.kind}")
    return CHANGES[change.kind](program, change)


def up_to(layer: Layer, program: ProgramPlan) -> Iterator[ProgramPlan]:
    """The program with the layers before one of a sequential model, if there are any."""
    at = place(layer.call.span if layer.call else None)
    layers = program["model"]["layers"]
    before = list(itertools.takewhile(lambda item: not at or item["at"] != at, layers))
    if program["model"]["kind"] == "sequential" and 0 < len(before) < len(layers):
        yield {**_with_layers(program, before), "name": f"the layers before {layer.text}"[:200]}


def applies_to_arguments(change: Change) -> bool:
    return change.kind in ("layer-argument", "drop-argument")


def _layer_argument(program: ProgramPlan, change: Change) -> ProgramPlan:
    return _at_target(program, change, lambda layer: _with(layer, {change.name: _json(change.value)}))


def _drop_argument(program: ProgramPlan, change: Change) -> ProgramPlan:
    def drop(layer: LayerPlan) -> LayerPlan:
        kept = {name: value for name, value in layer["arguments"].items() if name != change.name}
        return {**layer, "arguments": kept}

    return _at_target(program, change, drop)


def _drop_layer(program: ProgramPlan, change: Change) -> ProgramPlan:
    if program["model"]["kind"] == "functional":
        return {**program, "model": dropped(program["model"], _layer_at(program, change))}
    layers, index = _sequential(program, change)
    return _with_layers(program, [*layers[:index], *layers[index + 1 :]])


def _insert_layer(program: ProgramPlan, change: Change) -> ProgramPlan:
    new = _new_layer(change)
    if program["model"]["kind"] == "functional":
        return {**program, "model": inserted(program["model"], _layer_at(program, change), new)}
    layers, index = _sequential(program, change)
    return _with_layers(program, [*layers[:index], new, *layers[index:]])


def _follow_layer(program: ProgramPlan, change: Change) -> ProgramPlan:
    if program["model"]["kind"] != "functional":
        raise Unplannable("a layer is put behind another in a functional model only")
    return {**program, "model": followed(program["model"], _layer_at(program, change), _new_layer(change))}


def _new_layer(change: Change) -> LayerPlan:
    arguments = {name: _json(value) for name, value in dict(change.value or {}).items()}
    return {"kind": change.name, "arguments": arguments, "inner": [], "at": []}


def _training(program: ProgramPlan, change: Change) -> ProgramPlan:
    name, value = change.name, change.value
    if name == "shuffle":
        name, value = "order", "shuffled" if value else "ordered"
    if name == "loss":
        value = [value] if isinstance(value, str) else list(value)
    if name not in program["training"]:
        raise Unplannable(f"training has no {name}")
    return {**program, "training": {**program["training"], name: value}}  # type: ignore[misc]


def _merge_samples(program: ProgramPlan, change: Change) -> ProgramPlan:
    """(n, steps, features) -> (1, n * steps, features), every step answered: the sequence the samples were cut from."""
    model = program["model"]
    strange = next((layer["kind"] for layer in model["layers"] if layer["kind"] not in _STEP_BY_STEP), None)
    if model["kind"] != "sequential" and strange is not None:
        raise Unplannable(f"a {strange} does not go step by step through merged samples")
    if any(len(array["shape"]) > 1 and array["shape"][1] != 1 for array in program["data"]["x"]):
        raise Unplannable("only samples of one step are merged")
    layers = [_returning(layer) for layer in model["layers"]]
    inputs = [_whole_sequence(entry) for entry in model["inputs"]]
    steps: list[Any] = [*program["data"]["steps"], ["merge"]]
    merged: ModelPlan = {**model, "layers": layers, "inputs": inputs}
    return {**program, "model": merged, "data": {**program["data"], "steps": steps}}


def _returning(layer: LayerPlan) -> LayerPlan:
    if layer["kind"] == "Bidirectional":
        return {**layer, "inner": [_returning(inner) for inner in layer["inner"]]}
    return _with(layer, {"return_sequences": True}) if layer["kind"] in RECURRENT else layer


def _whole_sequence(entry: InputPlan) -> InputPlan:
    if len(entry["shape"]) < 2:
        raise Unplannable("samples without a step axis cannot be merged")
    return {**entry, "shape": [None, *entry["shape"][1:]], "batch_size": None}


def _make_stateful(program: ProgramPlan, change: Change) -> ProgramPlan:
    """State carried from sample to sample: batches of one, in order, reset after each epoch."""
    model = program["model"]
    layers = [_stateful(layer) for layer in model["layers"]]
    inputs: list[InputPlan] = [{**entry, "batch_size": 1} for entry in model["inputs"]]
    cured: ModelPlan = {**model, "layers": layers, "inputs": inputs}
    training = {**program["training"], "batch_size": 1, "order": "ordered", "resets": "epoch"}
    return {**program, "model": cured, "training": training}  # type: ignore[typeddict-item]


def _stateful(layer: LayerPlan) -> LayerPlan:
    if layer["kind"] == "Bidirectional":
        return {**layer, "inner": [_stateful(inner) for inner in layer["inner"]]}
    return _with(layer, {"stateful": True}) if layer["kind"] in RECURRENT else layer


def _input_shape(program: ProgramPlan, change: Change) -> ProgramPlan:
    inputs = program["model"]["inputs"]
    batch = _divisor(program) if change.name == "batch_size" else None
    kept = inputs[0]["batch_size"] if inputs else None
    shape = list(change.value) if change.value is not None else (inputs[0]["shape"] if inputs else [])
    new: InputPlan = {
        "shape": shape,
        "batch_size": batch or kept,
        "dtype": inputs[0]["dtype"] if inputs else "float32",
        "name": inputs[0]["name"] if inputs else "",
    }
    training = {**program["training"], "batch_size": batch or program["training"]["batch_size"]}
    cured: ModelPlan = {**program["model"], "inputs": [new, *inputs[1:]]}
    return {**program, "model": cured, "training": training}  # type: ignore[typeddict-item]


def _divisor(program: ProgramPlan) -> int:
    """The largest batch size, at most the program's own, that leaves no rest of the samples."""
    x, most = program["data"]["x"], program["training"]["batch_size"]
    samples = x[0]["shape"][0] if x and x[0]["shape"] else most
    return next((size for size in range(min(most, samples), 1, -1) if samples % size == 0), 1)


def _all_inputs(program: ProgramPlan, change: Change) -> ProgramPlan:
    """Every Input that the outputs come from among the model's inputs, with data for each."""
    model, data = program["model"], program["data"]
    rows = data["x"][0]["shape"][0] if data["x"] and data["x"][0]["shape"] else 8
    left = model["inputs"][len(model["inputs"]) - model["left_out"] :]
    x = [*data["x"], *(_for_input(entry, rows) for entry in left)]
    return {**program, "model": {**model, "left_out": 0}, "data": _with_arrays(data, "x", x)}


def _for_input(entry: InputPlan, rows: int) -> ArrayPlan:
    shape = [entry["batch_size"] or rows, *(size or 6 for size in entry["shape"])]
    return {"shape": shape, "dtype": entry["dtype"], "values": None, "low": 0.0, "high": 1.0, "classes": None}


def _drop_input_axis(program: ProgramPlan, change: Change) -> ProgramPlan:
    """An input's shape without its first axis: ``value`` is the input's number."""
    inputs, index = list(program["model"]["inputs"]), int(change.value or 0)
    if index >= len(inputs) or len(inputs[index]["shape"]) < 2:
        raise Unplannable("the shape of the input is not written down in the model")
    inputs[index] = {**inputs[index], "shape": inputs[index]["shape"][1:]}
    cured: ProgramPlan = {**program, "model": {**program["model"], "inputs": inputs}}
    x = program["data"]["x"]
    if index >= len(x) or len(x[index]["shape"]) <= len(inputs[index]["shape"]) + 1:
        return cured  # the program's own data have the right axes
    shape = [x[index]["shape"][0], *(size or 1 for size in inputs[index]["shape"])]
    fitting: list[ArrayPlan] = [*x[:index], {**x[index], "shape": shape, "values": None}, *x[index + 1 :]]
    return {**cured, "data": _with_arrays(program["data"], "x", fitting)}


def _data_shape(part: str) -> Step:
    def step(program: ProgramPlan, change: Change) -> ProgramPlan:
        data = program["data"]
        samples = data["x"][0]["shape"][0] if data["x"] and data["x"][0]["shape"] else 8
        shape = [samples if size == "n" else int(size) for size in change.value]
        old: ArrayPlan = (data["x"] if part == "x" else data["y"])[0]
        new: ArrayPlan = {**old, "shape": shape, "values": None}
        rest = (data["x"] if part == "x" else data["y"])[1:]
        return {**program, "data": _with_arrays(data, part, [new, *rest])}

    return step


def _labels(program: ProgramPlan, change: Change) -> ProgramPlan:
    """Labels below ``value``, in the shape of the program's own."""
    y: list[ArrayPlan] = [{**array, "values": None, "classes": int(change.value)} for array in program["data"]["y"]]
    return {**program, "data": _with_arrays(program["data"], "y", y)}


def _with_arrays(data: DataPlan, part: str, arrays: list[ArrayPlan]) -> DataPlan:
    return {**data, "x": arrays} if part == "x" else {**data, "y": arrays}


def _reshape(part: str) -> Step:
    def step(program: ProgramPlan, change: Change) -> ProgramPlan:
        steps: list[Any] = [*program["data"]["steps"], [f"reshape-{part}", *change.value]]
        return {**program, "data": {**program["data"], "steps": steps}}

    return step


def _data_steps(program: ProgramPlan, change: Change) -> ProgramPlan:
    steps = [list(step) for step in change.value or ()]
    return {**program, "data": {**program["data"], "steps": steps}}


def _handed(program: ProgramPlan, change: Change) -> ProgramPlan:
    """One part handed to Keras in another way; without a value as an array by itself, or not at all."""
    kept = [step for step in program["data"]["steps"] if step[:2] != ["hand", change.name]]
    steps = [*kept, *([["hand", change.name, *change.value]] if change.value else [])]
    return {**program, "data": {**program["data"], "steps": steps}}


CHANGES: dict[str, Step] = {
    "handed": _handed,
    "layer-argument": _layer_argument,
    "drop-argument": _drop_argument,
    "drop-layer": _drop_layer,
    "insert-layer": _insert_layer,
    "follow-layer": _follow_layer,
    "training": _training,
    "merge-samples": _merge_samples,
    "make-stateful": _make_stateful,
    "input-shape": _input_shape,
    "all-inputs": _all_inputs,
    "drop-input-axis": _drop_input_axis,
    "x-shape": _data_shape("x"),
    "y-shape": _data_shape("y"),
    "labels": _labels,
    "reshape-x": _reshape("x"),
    "reshape-y": _reshape("y"),
    "data-steps": _data_steps,
}


def _with(layer: LayerPlan, arguments: dict[str, Plain]) -> LayerPlan:
    return {**layer, "arguments": {**layer["arguments"], **arguments}}


def _json(value: Any) -> Plain:
    return [_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def _with_layers(program: ProgramPlan, layers: list[LayerPlan]) -> ProgramPlan:
    return {**program, "model": {**program["model"], "layers": layers}}


def _sequential(program: ProgramPlan, change: Change) -> tuple[list[LayerPlan], int]:
    """The layers of a sequential model and the place of the target, the end where there is none."""
    if program["model"]["kind"] != "sequential":
        raise Unplannable(f"{change.kind} works on sequential models only")
    layers = program["model"]["layers"]
    return layers, len(layers) if change.target is None else _layer_at(program, change)


def _layer_at(program: ProgramPlan, change: Change) -> int:
    where = place(change.target)
    found = next((index for index, layer in enumerate(program["model"]["layers"]) if layer["at"] == where), None)
    if found is None or not where:
        raise Unplannable(f"{change.kind}: no layer of the model stands there")
    return found


def _at_target(program: ProgramPlan, change: Change, edit: Callable[[LayerPlan], LayerPlan]) -> ProgramPlan:
    where, layers = place(change.target), program["model"]["layers"]

    def walk(layer: LayerPlan) -> LayerPlan:
        if layer["at"] == where:
            return edit(layer)
        return {**layer, "inner": [walk(inner) for inner in layer["inner"]]}

    there = [number for number, layer in enumerate(layers) if where and _is_at(layer, where)]
    if not there:
        raise Unplannable(f"{change.kind}: no layer of the model stands there")
    meant = _meant(change, layers, there)
    return _with_layers(program, [walk(layer) if n in meant else layer for n, layer in enumerate(layers)])


def _is_at(layer: LayerPlan, where: list[int]) -> bool:
    return layer["at"] == where or any(_is_at(inner, where) for inner in layer["inner"])


def _meant(change: Change, layers: list[LayerPlan], numbers: list[int]) -> list[int]:
    """Which of the layers that a loop makes at one place a change is about: sequences end with the last of them."""
    if change.name != "return_sequences" or len(numbers) == 1:
        return numbers
    if not change.value:
        return numbers[-1:]
    ends = not any(_is_recurrent(layer) for layer in layers[numbers[-1] + 1 :])
    return numbers[:-1] if ends else numbers


def _is_recurrent(layer: LayerPlan) -> bool:
    return layer["kind"] in RECURRENT or any(map(_is_recurrent, layer["inner"]))
