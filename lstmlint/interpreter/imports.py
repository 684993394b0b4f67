"""Imports and names: one canonical name for every way that a library's function is imported."""

from __future__ import annotations

import libcst as cst

from lstmlint.facts import Import
from lstmlint.interpreter.library import CONSTANTS, FUNCTIONS
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.values import Library, Module, Unknown, Value
from lstmlint.keras_model.layers import ALIASES as LAYER_ALIASES
from lstmlint.keras_model.layers import LAYERS

#: The longest prefix that matches is replaced.
_PREFIXES = {
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tensorflow.compat.v1.keras": "keras",
    "tensorflow.compat.v2.keras": "keras",
    "tensorflow.contrib.keras": "keras",
    "tensorflow.contrib.keras.api.keras": "keras",
    "tensorflow._api.v2.keras": "keras",
    "tensorflow.compat.v1": "tensorflow",
    "tensorflow.compat.v2": "tensorflow",
    "tensorflow.losses": "keras.losses",
    "tensorflow.metrics": "keras.metrics",
    "tensorflow.optimizers": "keras.optimizers",
    "tensorflow.initializers": "keras.initializers",
    "tf_keras": "keras",
    "keras_core": "keras",
    "keras.src": "keras",
    "keras.api": "keras",
    "keras.engine.topology": "keras.layers",
    "keras.engine.training": "keras.models",
    "keras.engine": "keras.layers",
    "keras.legacy.layers": "keras.layers",
    "keras.layers.experimental.preprocessing": "keras.layers",
    "keras.layers.experimental": "keras.layers",
    "keras.optimizers.legacy": "keras.optimizers",
    "keras.optimizers.experimental": "keras.optimizers",
    "keras.utils.np_utils": "keras.utils",
    "keras.utils.data_utils": "keras.utils",
    "keras.utils.vis_utils": "keras.utils",
    "keras.utils.generic_utils": "keras.utils",
    "keras_preprocessing": "keras.preprocessing",
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.preprocessing.data": "sklearn.preprocessing",
    "pandas.core.frame": "pandas",
    "numpy.core": "numpy",
}
_WHOLE = {
    "keras.layers.Input": "keras.Input",
    "keras.models.Input": "keras.Input",
    "keras.layers.InputSpec": "keras.InputSpec",
    "keras.models.Model": "keras.Model",
    "keras.layers.Model": "keras.Model",
    "keras.models.Sequential": "keras.Sequential",
    "keras.models.Functional": "keras.Model",
    "keras.preprocessing.sequence.pad_sequences": "keras.utils.pad_sequences",
    "keras.preprocessing.sequence.skipgrams": "keras.preprocessing.sequence.skipgrams",
    "keras.preprocessing.timeseries_dataset_from_array": "keras.utils.timeseries_dataset_from_array",
    "keras.preprocessing.image_dataset_from_directory": "keras.utils.image_dataset_from_directory",
    "keras.preprocessing.text_dataset_from_directory": "keras.utils.text_dataset_from_directory",
    "keras.preprocessing.sequence.TimeseriesGenerator": "keras.preprocessing.sequence.TimeseriesGenerator",
    "keras.utils.Sequence": "keras.utils.PyDataset",
    "keras.layers.Layer": "keras.Layer",
    "keras.layers.core.Layer": "keras.Layer",
}
_FAMILIES = frozenset(
    [
        "core",
        "recurrent",
        "recurrent_v2",
        "embeddings",
        "convolutional",
        "pooling",
        "normalization",
        "wrappers",
        "merge",
        "noise",
        "local",
        "advanced_activations",
        "activation",
        "convolutional_recurrent",
        "cudnn_recurrent",
        "rnn",
        "reshaping",
        "regularization",
        "attention",
        "merging",
        "lstm",
        "gru",
        "bidirectional",
        "time_distributed",
        "normalization_v2",
        "legacy",
    ]
)
#: Libraries whose names may all be imported with a star and found again through the tables.
_KERAS_LOWER = frozenset(
    {"concatenate", "add", "multiply", "dot", "average", "maximum", "minimum", "subtract", "merge"}
)


def canonical(name: str) -> str:
    """``tensorflow.keras.layers.recurrent.LSTM`` -> ``keras.layers.LSTM``."""
    for _ in range(3):
        prefix = max((p for p in _PREFIXES if name == p or name.startswith(p + ".")), key=len, default=None)
        if prefix is None:
            break
        name = _PREFIXES[prefix] + name[len(prefix) :]
    if name.startswith("keras.layers."):
        parts = [part for part in name.split(".")[2:] if part not in _FAMILIES]
        last = parts[-1] if parts else ""
        name = ".".join(["keras.layers", *parts[:-1], LAYER_ALIASES.get(last, last)]).rstrip(".")
    return _WHOLE.get(name, name)


def library(written: str) -> Value:
    """What a qualified name of a library stands for."""
    name = canonical(written)
    return CONSTANTS.get(name) or Library(name, written)


#: What a user's class can derive from, and the kind whose methods it then has.
KERAS_BASES = {
    "keras.Model": "Model",
    "keras.Sequential": "Model",
    "keras.Layer": "OwnLayer",
    "keras.callbacks.Callback": "Callback",
    "keras.metrics.Metric": "OwnMetric",
    "keras.utils.PyDataset": "PyDataset",
}


def is_known(name: str) -> bool:
    """Whether the tables know a canonical name, so that a star import of its module brings it."""
    head, _, last = name.rpartition(".")
    if head == "keras.layers" and (last in LAYERS or last in _KERAS_LOWER):
        return True
    return name in FUNCTIONS or name in CONSTANTS or name in KERAS_BASES


#: What these names are wherever a program runs that does not bind them itself: a magic, a cell that is gone or a star
#: import of a file that is not there has imported them.
HABITUAL = {"np": "numpy", "pd": "pandas", "tf": "tensorflow"}


def lookup_name(scope: Scope, name: str) -> Value | None:
    """A name's value: the program's own, else what a star import brought, a builtin, or what everybody calls so."""
    value = scope.lookup(name)
    if value is not None:
        return value
    module = scope.module
    for star in reversed(module.stars):
        found = canonical(f"{star}.{name}")
        if is_known(found):
            return CONSTANTS.get(found) or Library(found, f"{star}.{name}")
    builtin = f"builtins.{name}"
    if builtin in FUNCTIONS or builtin in CONSTANTS:
        return CONSTANTS.get(builtin) or Library(builtin, name)
    return Library(HABITUAL[name], HABITUAL[name]) if name in HABITUAL else None


def dotted(node: cst.CSTNode | None) -> str:
    match node:
        case cst.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr.value}"
        case cst.Name(value=name):
            return name
        case _:
            return ""


def import_modules(machine: Machine, node: cst.Import, scope: Scope) -> None:
    """``import a.b as c``."""
    for alias in node.names:
        name = dotted(alias.name)
        bound = dotted(alias.asname.name) if alias.asname else name.split(".")[0]
        target = name if alias.asname else name.split(".")[0]
        value = _own_module(machine, target, 0) or library(target)
        machine.memory.put(scope.home(bound), bound, value)
        _record(machine, name, bound, alias)


def import_from(machine: Machine, node: cst.ImportFrom, scope: Scope) -> None:
    """``from a import b as c``, ``from a import *``, relative ones included."""
    module, level = dotted(node.module), len(node.relative)
    if module == "__future__":
        return
    own = _own_module(machine, module, level) if module or level else None
    if isinstance(node.names, cst.ImportStar):
        _import_star(machine, module, own, scope)
        _record(machine, module, "*", node)
        return
    for alias in node.names:
        name = dotted(alias.name)
        bound = dotted(alias.asname.name) if alias.asname else name
        machine.memory.put(scope.home(bound), bound, _member(machine, module, level, own, name))
        _record(machine, f"{module}.{name}", bound, alias)


def _import_star(machine: Machine, module: str, own: Value | None, scope: Scope) -> None:
    if isinstance(own, Module):
        for name, value in list(own.scope.names.items()):
            machine.memory.put(scope.names, name, value)
        scope.module.stars.extend(own.scope.stars)
    else:
        scope.module.stars.append(module)


def _member(machine: Machine, module: str, level: int, own: Value | None, name: str) -> Value:
    if isinstance(own, Module):
        found = own.scope.names.get(name)
        if found is None:
            found = _own_module(machine, f"{module}.{name}" if module else name, level)
        return found if found is not None else Unknown(f"{name} is not in {module}")
    if level:
        inner = _own_module(machine, f"{module}.{name}" if module else name, level)
        return inner or Unknown(f"{name} comes from a module that was not found")
    return library(f"{module}.{name}")


def _own_module(machine: Machine, name: str, level: int) -> Value | None:
    """A module that lies beside the linted file, interpreted; None for a library."""
    return machine.siblings.load(machine, name, level) if machine.siblings is not None and (name or level) else None


def _record(machine: Machine, written: str, bound: str, node: cst.CSTNode) -> None:
    machine.record.imports.append(Import(canonical(written), written, bound, machine.span(node)))
