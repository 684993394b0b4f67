"""Whether Keras has a name, and takes an argument. In the worker.

Only what ``validate.py`` lets through is called: layers, optimizers and four methods of a model.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from lstmlint.verify.arrays import arrays
from lstmlint.verify.assemble import assemble, compile_model, seed_all
from lstmlint.verify.backend import keras
from lstmlint.verify.schema import ProgramPlan

#: What an argument is given: its value does not matter where Keras does not take it.
_VALUES: dict[str, Any] = {
    "batch_input_shape": (1, 2, 3),
    "batch_shape": (1, 2, 3),
    "metrics": "accuracy",
    "learning_rate": 0.1,
    "padding": "valid",
    "recurrent_activation": "sigmoid",
    **dict.fromkeys(("rate", "dropout", "recurrent_dropout"), 0.1),
}
#: By the end of its name.
_VALUES_OF = {"_initializer": "zeros", "_regularizer": None, "_constraint": None}


def ask(program: ProgramPlan) -> None:
    """Raises what Keras raises."""
    name, *arguments = program["lookup"]
    seed_all(0)
    model = assemble(program["model"])
    found = _named(name, model)
    for argument in arguments:
        _call(found, name, {argument: _value(argument)} if argument else {}, model, program)


def _value(argument: str) -> Any:
    of_kind = (value for end, value in _VALUES_OF.items() if argument.endswith(end))
    return _VALUES[argument] if argument in _VALUES else next(of_kind, 1)


def _named(name: str, model: Any) -> Any:
    first, *rest = name.split(".")
    owners = {"Model": model, "Layer": model.layers[0], "Optimizer": keras.optimizers.get("adam")}
    found, path = (owners[first], "") if first in owners else (keras, "keras")
    for part in rest:
        path = path and f"{path}.{part}"
        bound = not path or hasattr(found, part)
        module = path.replace("keras", keras.__name__, 1)
        found = getattr(found, part) if bound else importlib.import_module(module)  # not every package binds them
    return found


def _call(found: Any, name: str, given: dict[str, Any], model: Any, program: ProgramPlan) -> None:
    x, y = arrays(program, 0)
    compile_model(model, program["training"], eager=True)
    match name:
        case "Model.fit" | "Model.evaluate":
            found(x[0], y[0], verbose=0, **given)
        case "Model.predict":
            found(x[0], verbose=0, **given)
        case "Model.compile":
            found(loss="mean_squared_error", **given)
        case "keras.Input":
            found(**given)
        case _:
            found(**{**_required(found), **given})


def _required(kind: Any) -> dict[str, Any]:
    """A value for each argument that a class cannot do without: sizes of 1, and a layer to wrap."""
    needed = [p for p in inspect.signature(kind.__init__).parameters.values() if p.default is p.empty]
    names = [p.name for p in needed if p.name != "self" and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return {name: keras.layers.LSTM(1) if name == "layer" else 1 for name in names}
