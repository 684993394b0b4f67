"""Losses that a training loop of the program's own computes: the same question as ``compile`` and ``fit`` would ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Reference, Tensor
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.losses import ELEMENTWISE, SPARSE, STRICT, canonical_loss
from lstmlint.keras_model.training import Compile, LibraryCall, Run

_MODULE = "keras.losses."


def by_hand(facts: Facts) -> Iterator[Run]:
    """Each ``loss(y, model(x))`` as one training step on a batch, whose model is compiled with that loss.

    A layer that is called on data stands for a model of that layer.
    """
    for call in facts.calls:
        loss, guess = _loss(call), call.arguments.get("y_pred")
        found = _answered(guess, facts) if loss is not None and isinstance(guess, Array) else None
        if loss is None or found is None or not isinstance(guess, Array) or guess.shape is None:
            continue
        model, x = found
        compiled = Compile(call.call, {}, (loss,), _from_logits(call), order=call.order)
        yield Run(
            method="train_on_batch",
            model=replace(model, compiled=compiled),
            call=call.call,
            arguments={},
            x=x,
            y=(call.arguments.get("y_true"),),
            outputs=(replace(model.outputs[0], shape=guess.shape),),
            data_kind="by hand",
            loops=call.loops,
            conditional=call.conditional,
            order=call.order,
        )


def _loss(call: LibraryCall) -> str | None:
    """The loss by Keras's name; a loss object's class says it, unless the object reduces nothing."""
    if not call.name.startswith(_MODULE):
        return None
    name = canonical_loss(call.name.removeprefix(_MODULE).removesuffix(".__call__").removesuffix(".call"))
    return name if name in ELEMENTWISE | STRICT | {SPARSE} else None


def _from_logits(call: LibraryCall) -> bool | None:
    """``from_logits=`` of the object or of the call itself, None where that is not known."""
    fields = call.receiver.fields if isinstance(call.receiver, Reference) else {**call.arguments, **call.unexpected}
    flag = fields.get("from_logits", Const(False))
    if call.arguments.get("args") is not None and getattr(call.arguments["args"], "items", None):
        return None
    return bool(flag.value) if isinstance(flag, Const) else None


def _answered(guess: Array, facts: Facts) -> tuple[Model, tuple[Array, ...]] | None:
    """The model with one output, or the layer, that gave an array just now, and what it was given."""
    made: Made | None = guess.made
    if made is None:
        return None
    for run in facts.runs:
        if run.method == "call" and run.call.span == made.span and len(run.model.outputs) == 1:
            return run.model, tuple(value for value in run.x if isinstance(value, Array))
    for call in facts.calls:
        if isinstance(call.receiver, Layer) and call.call.span == made.span and call.result is guess:
            return _alone(call.receiver, guess), ()
    return None


def _alone(layer: Layer, guess: Array) -> Model:
    """A layer as a model of its own: what goes in is not known, what comes out is."""
    node = Node(layer, (), (), span=guess.made.span if guess.made is not None else None)
    output = Tensor(guess.shape, guess.dtype, node, made=guess.made)
    whole = replace(node, outputs=(output,))
    end = replace(output, node=whole)
    site = layer.call
    span = guess.made.span if guess.made is not None else None
    assert span is not None
    return Model("layer", id(layer), None, site, span, (layer,), (whole,), (), (end,), complete=False, reason="a layer")
