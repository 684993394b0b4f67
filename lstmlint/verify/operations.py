"""Operators and functions between tensors as plain data: which one of the closed list, and its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from lstmlint.interpreter.values import Const, Library, Sequence, Slice, Tensor, Value, keys_in
from lstmlint.keras_model.graph import Node
from lstmlint.verify.schema import JOINED, OPERATIONS, PAIRED, Plain
from lstmlint.verify.sizes import Sizes, Unplannable

#: A value as JSON has it; raises Unplannable where it is not known.
ReadPlain: TypeAlias = Callable[[str, Value], Plain]

_HOMES = frozenset({"ops", "backend", "activations", "tensorflow", "math", "nn", "linalg"})
#: What the libraries call the operations of the closed list.
_SAME = {
    **{name: name for name in OPERATIONS if name.isidentifier()},
    **{f"reduce_{name}": name for name in ("mean", "sum", "max", "min")},
    "concat": "concatenate",
    "permute_dimensions": "transpose",
    "softmax_v2": "softmax",
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "truediv": "/",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "clip_by_value": "clip",
}
#: Where the libraries name the same argument otherwise.
_ALSO = {**dict.fromkeys(("axes", "perm", "pattern", "dim", "concat_dim"), "axis"), "keep_dims": "keepdims"}
_SIDES = frozenset({"condition", "left", "right", "x", "y", "x1", "x2", "a", "b", "name"})
#: What some operations take beside the tensor, under the names that the libraries have for it.
_BESIDE = {
    "cast": (("dtype",),),
    "one_hot": (("num_classes", "depth"),),
    "clip": (("x_min", "min_value", "clip_value_min"), ("x_max", "max_value", "clip_value_max")),
}
_REDUCED = frozenset({"mean", "sum", "max", "min"})


def operation_of(node: Node, plain: ReadPlain, sizes: Sizes) -> dict[str, Plain]:
    """The arguments of an ``Operation``: its name, and its values; raises Unplannable for what is not in the list.

    ``[i]`` among the values stands for input number i.
    """
    kind, given = node.layer.kind, node.arguments
    if kind == "GetItem" and "key" in given:
        return {"name": "[...]", "values": [_key(one, plain) for one in keys_in(given["key"])]}
    home, _, short = kind.rpartition(".")
    name = kind.removeprefix("operator ") if kind.startswith("operator ") else _SAME.get(short, "")
    if not name or not (kind.startswith("operator ") or home.rpartition(".")[2] in _HOMES):
        raise Unplannable(f"{node.layer.text} is not a function that is called here")
    if name in PAIRED:
        return {"name": name, "values": list(_operands(node, plain))}
    rest = {_ALSO.get(key, key): value for key, value in given.items() if not _has_tensors(value) and key != "name"}
    return {"name": name, "values": list(_values(name, home, node, rest, plain, sizes))}


def _operands(node: Node, plain: ReadPlain) -> Iterator[Plain]:
    """Both sides, or what decides between them and both, in order."""
    made = node.layer.made
    sides = node.arguments.values() if node.layer.kind.startswith("operator ") else made.sources if made else ()
    if len(sides) != (3 if node.layer.kind.endswith(".where") else 2) or not node.arguments.keys() <= _SIDES:
        raise Unplannable(f"{node.layer.text} has arguments that are not known here")
    for value in sides:
        yield [node.inputs.index(value)] if isinstance(value, Tensor) else plain("number", value)


def _values(
    name: str, home: str, node: Node, rest: dict[str, Value], plain: ReadPlain, sizes: Sizes
) -> Iterator[Plain]:
    """What the operation is given beside its tensors, in the order that the worker takes it."""
    if name not in JOINED and len(node.inputs) != 1:
        raise Unplannable(f"{node.layer.text} has tensors that are not known here")
    if name == "reshape":
        yield _shape(node, sizes)
        return
    if name in _BESIDE:
        yield from _beside(_BESIDE[name], rest, plain)
    axis = rest.pop("axis", None)
    keep = rest.pop("keepdims", Const(False)) if name in _REDUCED else None
    if rest:
        raise Unplannable(f"{node.layer.text} has arguments that are not known here")
    if name in (*_REDUCED, "transpose", "squeeze", "expand_dims", "softmax", "argmax", *JOINED):
        yield plain("axis", axis) if axis is not None else _usual(name, home)
    elif axis is not None:
        raise Unplannable(f"{node.layer.text} has arguments that are not known here")
    if keep is not None:
        yield plain("keepdims", keep)


def _beside(wanted: tuple[tuple[str, ...], ...], rest: dict[str, Value], plain: ReadPlain) -> Iterator[Plain]:
    """Arguments that are taken in order, each under any of its names."""
    for names in wanted:
        given = next((rest.pop(name) for name in names if name in rest), None)
        if given is None:
            raise Unplannable(f"{names[0]} is not known")
        yield given.name.rpartition(".")[2] if isinstance(given, Library) else plain(names[0], given)


def _usual(name: str, home: str) -> Plain:
    """The axis where none is given: all of them, or the last; ``keras.ops`` joins along the first."""
    if name in ("softmax", "expand_dims") or (name == "concatenate" and home.endswith("backend")):
        return -1
    if name == "argmax" and not home.endswith("ops"):
        return -1 if home.endswith("backend") else 0
    return 0 if name in JOINED else None


def _shape(node: Node, sizes: Sizes) -> Plain:
    """The shape that came out, -1 for the one size that is not known."""
    shape = node.outputs[0].shape
    if shape is None or sum(dim is None for dim in shape) > 1:
        raise Unplannable("a shape inside the model is not known")
    return [-1 if dim is None else sizes.number(dim) for dim in shape]


def _key(key: Value, plain: ReadPlain) -> Plain:
    match key:
        case Slice(start=start, stop=stop, step=step):
            return [plain("a slice", end) for end in (start, stop, step)]
        case Const(value=value) if value is ...:
            return "..."
        case _:
            return plain("a key", key)


def _has_tensors(value: Value) -> bool:
    match value:
        case Tensor():
            return True
        case Sequence(items=tuple() as items):
            return any(map(_has_tensors, items))
        case _:
            return False
