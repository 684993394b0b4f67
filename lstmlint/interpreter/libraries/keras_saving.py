"""Models saved, loaded and cloned: what the program loads from where it saved a model is a copy of that one."""

from __future__ import annotations

from typing import Any

from lstmlint.interpreter.copies import copied_graph, copied_layers
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.models import flavour_of, is_model, new_model
from lstmlint.interpreter.values import Const, Reference, Value

_ARCHITECTURE = ("layers", "inputs", "outputs", "seen", "supposed")


@method("Model", "save export", "filepath, *args, **kwargs", raw=True)
def save(call: Call) -> Value:
    path = call.text("filepath")
    if path is not None:
        call.machine.memory.put(call.machine.saved, path, call.receiver)
    return Const(None)


@function("keras.models.save_model keras.saving.save_model", "model, filepath, *args, **kwargs", raw=True)
def save_model(call: Call) -> Value:
    path = call.text("filepath")
    if path is not None and is_model(call["model"]):
        call.machine.memory.put(call.machine.saved, path, call["model"])
    return Const(None)


@function("keras.models.load_model keras.saving.load_model", "filepath, *args, **kwargs")
def load_model(call: Call) -> Value:
    """Its weights and states are those of another run or of none: what the rules ask of training is not known."""
    saved = call.machine.saved.get(call.text("filepath"))
    return _copy(call, saved, "the model is loaded from a file", *_ARCHITECTURE, "compiled")


@method("Model", "to_json to_yaml get_config", "*args, **kwargs", raw=True)
def described(call: Call) -> Value:
    return Reference("a model's description", {"model": call.receiver}, call.made())


@function("keras.models.model_from_json keras.models.model_from_yaml", "config, *args, **kwargs", raw=True)
def from_description(call: Call) -> Value:
    match call["config"]:
        case Reference(kind="a model's description", fields={"model": model}):
            return _copy(call, model, "", *_ARCHITECTURE)
        case _:
            return _copy(call, None, "the model is loaded from a file", *_ARCHITECTURE)


@function("keras.models.clone_model", "model, input_tensors=None, clone_function=None", raw=True)
def clone_model(call: Call) -> Value:
    return _copy(call, call["model"], "a clone of a model that is not known", *_ARCHITECTURE)


def _copy(call: Call, model: Value | None, why: str, *names: str) -> Value:
    if not isinstance(model, Reference) or model.kind != "Model" or flavour_of(model) == "loaded":
        return new_model(call.machine, "loaded", call.site, why=why)
    fields: dict[str, Any] = {name: model.fields[name] for name in names if name in model.fields}
    if "layers" in fields:
        fields["layers"] = copied_layers(fields["layers"])
    if "outputs" in fields:
        fields["inputs"], fields["outputs"] = copied_graph(fields["inputs"], fields["outputs"])
    fields["loaded"] = not call.name.endswith("clone_model")
    return new_model(call.machine, flavour_of(model), call.site, **fields)
