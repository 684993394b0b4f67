"""What is inside a model, a layer or an object of the program's: the layers and models whose weights it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.interpreter.attributes import class_member, keras_base
from lstmlint.interpreter.values import Choice, Const, Function, Mapped, Method, Reference, Sequence, Tensor, Unknown
from lstmlint.keras_model.graph import Layer, Model

#: Values looked at inside one owner.
_MOST_VALUES = 3000
#: What gives a layer weights that are not drawn, or keeps those that are.
_GIVEN = ("trainable", "weights")
#: What a program gives an object of its own for where it brings the weights along, or wants them random in its own way.
_STARTS = ("embeddings_initializer", "recurrent_initializer")


def inside(owner: Any) -> Iterator[Any]:
    """The layers and models in an owner, itself among them, and values that are not known: through all it holds."""
    waiting, seen = [owner], set[int]()
    while waiting and len(seen) < _MOST_VALUES:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, Layer | Model | Unknown) or is_owner(current):
            yield current
        waiting.extend(_held(current))


def _held(value: Any) -> tuple[Any, ...]:
    match value:
        case Layer(inner=inner, own=own, model=model):
            return (*inner, own, model)
        case Model(layers=layers):
            return layers
        case tuple():
            return value
        case Reference(kind="object" | "Model" | "list" | "dict" | "set", fields=fields):
            return tuple(fields.values())
        case Sequence(items=tuple() as items) | Choice(options=items):
            return items
        case Sequence(element=element):
            return (element,)
        case Mapped(items=pairs, default=default):
            return (*(item for _, item in pairs), default)
        case Tensor(node=node) if node is not None:
            return (node.layer, *node.inputs, *node.state)
        case Function(receiver=receiver) | Method(receiver=receiver):
            return (receiver,)
        case _:
            return ()


def is_owner(value: Any) -> bool:
    """Whether a value is a model or a layer of the program's own class."""
    if not isinstance(value, Reference):
        return False
    return value.kind == "Model" or (value.kind == "object" and keras_base(value.type) in ("Model", "OwnLayer"))


def ids_of(owner: Any) -> set[int]:
    """What tells whether two owners share weights: the identities of the layers and models inside."""
    parts = (one for one in inside(owner) if not isinstance(one, Unknown))
    return {part.identity if isinstance(part, Model) else id(part) for part in parts}


def is_as_made(owner: Any) -> bool:
    """Whether all that is inside is known, and starts from weights that Keras draws, which may change."""
    return all(map(_drawn, inside(owner)))


def _drawn(part: Any) -> bool:
    match part:
        case Unknown():
            return False
        case Layer(config=config):
            return all(map(_plain, map(config.__getitem__, _STARTS))) and not any(map(config.has, _GIVEN))
        case Model(kind=kind):
            return kind != "loaded"
        case Reference(fields=fields):
            return fields.get("flavour") != "loaded" and not fields.get("loaded")
        case _:
            return True


def _plain(initializer: Any) -> bool:
    """Whether weights start from what Keras has a name for; an argument that a layer does not have is not known."""
    return isinstance(initializer, Const) or (isinstance(initializer, Unknown) and initializer.made is None)


def steps_by_itself(model: Any) -> bool:
    """Whether a model of the program's own class says what a step of its training is."""
    return isinstance(model, Reference) and isinstance(class_member(model.type, "train_step"), Function)
