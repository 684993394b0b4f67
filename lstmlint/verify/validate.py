"""The strict check of a plan, made on both sides of the pipe: exactly the fields of ``schema.py``, with values within
bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import cast

from lstmlint.verify.known import known_layers
from lstmlint.verify.of_tensorflow import FUNCTIONS
from lstmlint.verify.schema import (
    CALLS,
    CARRY_CODE,
    CLAIMS,
    DTYPES,
    LOSSES,
    METHODS,
    MOST_ELEMENTS,
    MOST_INNER,
    MOST_LAYERS,
    MOST_STEPS,
    MOST_TAGS,
    OPERATIONS,
    OPTIMIZERS,
    ORDERS,
    OWN_LOSS,
    PROBES,
    RESETS,
    TASKS,
    WAYS,
    DataPlan,
    ModelPlan,
    Plan,
    ProgramPlan,
    TrainingPlan,
)


class PlanError(ValueError):
    """A plan that is not what this page describes: where, and why."""


Check = Callable[[object, str], None]


def check_plan(value: object) -> Plan:
    """The plan itself; raises PlanError for anything that is not one."""
    _plan(value, "plan")
    plan = cast(Plan, value)
    for index, program in enumerate(plan["programs"]):
        _references(program["model"], f"plan.programs[{index}].model")
        _own_loss(program["training"], f"plan.programs[{index}].training")
        _arrays(program["data"], f"plan.programs[{index}].data")
        _effort(program, f"plan.programs[{index}]")
    return plan


def _refuse(where: str, why: str) -> None:
    raise PlanError(f"{where}: {why}")


def _fields(checks: Mapping[str, Check]) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, dict) or value.keys() != checks.keys():
            raise PlanError(f"{where}: expected exactly {', '.join(checks)}")
        for name, field in checks.items():
            field(value[name], f"{where}.{name}")

    return check


def _many(item: Check, most: int, least: int = 0) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise PlanError(f"{where}: expected a list of {least} to {most}")
        for index, entry in enumerate(value):
            item(entry, f"{where}[{index}]")

    return check


def _one_of(*words: str) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, str) or value not in words:
            _refuse(where, f"{value!r:.40} is not known here")

    return check


def _whole(low: int, high: int) -> Check:
    def check(value: object, where: str) -> None:
        if type(value) is not int or not low <= value <= high:
            _refuse(where, f"expected a whole number from {low} to {high}")

    return check


def _maybe(inner: Check) -> Check:
    def check(value: object, where: str) -> None:
        if value is not None:
            inner(value, where)

    return check


def _number(value: object, where: str) -> None:
    if type(value) not in (int, float) or not math.isfinite(cast(float, value)):
        _refuse(where, "expected a finite number")


def _flag(value: object, where: str) -> None:
    if type(value) is not bool:
        _refuse(where, "expected true or false")


def _text(value: object, where: str) -> None:
    if not isinstance(value, str) or len(value) > 400:
        _refuse(where, "expected a short text")


def _plain(value: object, where: str, depth: int = 0) -> None:
    match value:
        case None | bool():
            return
        case int() | float():
            _number(value, where)
        case str():
            _text(value, where)
        case list() if depth < 4 and len(value) <= 64:
            for item in value:
                _plain(item, where, depth + 1)
        case _:
            _refuse(where, "expected a number, text, true, false, null or a list of them")


def _named(item: Check) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, dict) or len(value) > 64:
            raise PlanError(f"{where}: expected names with values")
        for name, entry in value.items():
            if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
                _refuse(where, f"{name!r:.40} is no argument")
            item(entry, f"{where}.{name}")

    return check


def _kind(value: object, where: str) -> None:
    if not isinstance(value, str) or value not in known_layers():
        _refuse(where, f"{value!r:.40} is not a layer that is built here")


def _layer(value: object, where: str) -> None:
    """Wrappers hold layers, a few deep at most."""
    if where.count(".inner") > 4:
        _refuse(where, "wrapped too deep")
    _layer_fields(value, where)
    if isinstance(value, dict) and value["kind"] == "Operation":
        _operation(value["arguments"], where)


_operation = _fields({"name": _one_of(*OPERATIONS), "values": _many(_plain, 64)})
_size = _whole(1, 2**31 - 1)
_source = _many(_whole(-64, MOST_LAYERS * 4), 2, 2)
_layer_fields = _fields(
    {
        "kind": _kind,
        "arguments": _named(_plain),
        "inner": _many(_layer, MOST_INNER),
        "at": _many(_whole(0, 10**7), 4),
    }
)
_model = _fields(
    {
        "kind": _one_of("sequential", "functional"),
        "inputs": _many(
            _fields(
                {
                    "shape": _many(_maybe(_size), 8),
                    "batch_size": _maybe(_size),
                    "dtype": _one_of(*DTYPES),
                    "name": _text,
                }
            ),
            16,
        ),
        "layers": _many(_layer, MOST_LAYERS),
        "nodes": _many(
            _fields(
                {
                    "layer": _whole(0, MOST_LAYERS),
                    "inputs": _many(_source, 64, 1),
                    "state": _many(_source, 8),
                    "listed": _flag,
                    "arguments": _named(_plain),
                }
            ),
            MOST_LAYERS * 4,
        ),
        "outputs": _many(_source, 16),
        "left_out": _whole(0, 16),
    }
)
_array = _fields(
    {
        "shape": _many(_whole(0, 2**31 - 1), 8),
        "dtype": _one_of(*DTYPES),
        "values": _maybe(_many(_number, 1_000_000)),
        "low": _number,
        "high": _number,
        "classes": _maybe(_size),
    }
)
_data = _fields(
    {
        "x": _many(_array, 16),
        "y": _many(_array, 16),
        "task": _one_of(*TASKS),
        "steps": _many(_many(_plain, 10, 1), 8),
    }
)
_training = _fields(
    {
        "method": _one_of(*METHODS),
        "loss": _many(_one_of(*LOSSES, OWN_LOSS), 16),
        "own_loss": _maybe(_model),
        "from_logits": _flag,
        "optimizer": _one_of(*OPTIMIZERS),
        "optimizer_arguments": _named(_number),
        "batch_size": _size,
        "epochs": _whole(1, 1_000_000),
        "order": _one_of(*ORDERS),
        "resets": _one_of(*RESETS),
    }
)
#: What may be called with an argument to see whether Keras takes it; other names are looked at only.
_CALLED = re.compile(
    r"Model\.(fit|evaluate|predict|compile)|Layer\.reset_states|keras\.Input|keras\.(layers|optimizers)\.(?P<kind>[A-Za-z]\w*)"
)
_NAMED = re.compile(r"(Model|Layer|Optimizer|keras)(\.[A-Za-z]\w*){0,5}")
_WORD = re.compile(r"([A-Za-z]\w*)?")


def _lookup(value: object, where: str) -> None:
    """Nothing, or a public name of Keras and an argument of it."""
    match value:
        case [] | [str()] | [str(), str()] if all(map(_NAMED.fullmatch, value[:1])) and all(
            map(_WORD.fullmatch, value[1:])
        ):
            called = _CALLED.fullmatch(value[0]) if len(value) == 2 else None
            if len(value) == 2 and (called is None or called["kind"] in CARRY_CODE):
                _refuse(where, f"{value[0]:.60} is not called")
        case _:
            _refuse(where, "expected a name of Keras and an argument")


def _tags(value: object, where: str) -> None:
    """Nothing, or a known way with numbers, lists of sizes and words."""
    match value:
        case []:
            return
        case ["function", name, *_] if name not in FUNCTIONS:
            _refuse(where, f"{name!r:.40} is not a function of TensorFlow that is called here")
        case [str() as way, *arguments] if way in (*WAYS, *CALLS) and len(arguments) <= 16:
            for argument in arguments:
                _tag_argument(argument, where)
        case _:
            _refuse(where, "expected a way that values are sent, and its arguments")


def _tag_argument(value: object, where: str) -> None:
    match value:
        case str():
            _text(value, where)
        case float():
            _number(value, where)
        case list() if len(value) <= 8 and math.prod(size for size in value if type(size) is int) <= MOST_TAGS:
            for size in value:
                _whole(0, MOST_TAGS)(size, where)
        case _:
            _whole(0, MOST_TAGS)(value, where)


_program = _fields(
    {"name": _text, "model": _model, "data": _data, "training": _training, "lookup": _lookup, "tags": _tags}
)
_plan = _fields(
    {
        "id": _whole(0, 10**9),
        "claim": _one_of(*CLAIMS),
        "probe": _one_of(*PROBES),
        "seeds": _many(_whole(0, 10**6), 16, 1),
        "floor": _maybe(_number),
        "programs": _many(_program, 8, 1),
        "doubt": _text,
        "notes": _many(_text, 64),
    }
)


def _references(model: ModelPlan, where: str) -> None:
    """Nodes use inputs that exist and nodes before them."""
    for index, node in enumerate(model["nodes"]):
        for source, _ in (*node["inputs"], *node["state"]):
            if not -len(model["inputs"]) <= source < index:
                _refuse(f"{where}.nodes[{index}]", f"no node {source} before it")
        if node["layer"] >= len(model["layers"]):
            _refuse(f"{where}.nodes[{index}]", f"no layer {node['layer']}")
    for source, _ in model["outputs"]:
        if not -len(model["inputs"]) <= source < len(model["nodes"]):
            _refuse(f"{where}.outputs", f"no node {source}")


def _own_loss(training: TrainingPlan, where: str) -> None:
    plan = training["own_loss"]
    if plan is None and OWN_LOSS in training["loss"]:
        _refuse(where, "a loss that is not described")
    if plan is not None:
        _references(plan, f"{where}.own_loss")
        if any(layer["kind"] != "Operation" for layer in plan["layers"]) or len(plan["inputs"]) != 2:
            _refuse(f"{where}.own_loss", "expected operations on targets and outputs")


def _arrays(data: DataPlan, where: str) -> None:
    for name, arrays in (("x", data["x"]), ("y", data["y"])):
        for index, array in enumerate(arrays):
            elements = math.prod(array["shape"])
            if elements > MOST_ELEMENTS:
                _refuse(f"{where}.{name}[{index}]", f"{elements} elements")
            if array["values"] is not None and len(array["values"]) != elements:
                _refuse(f"{where}.{name}[{index}]", f"{len(array['values'])} values for {elements} elements")


def _effort(program: ProgramPlan, where: str) -> None:
    samples = max((array["shape"][0] for array in program["data"]["x"] if array["shape"]), default=0)
    batches = -(-samples // program["training"]["batch_size"])
    if batches * program["training"]["epochs"] > MOST_STEPS:
        _refuse(where, f"{batches * program['training']['epochs']} training steps")
