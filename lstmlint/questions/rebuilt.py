"""Which layers of a model that a loop makes anew were made before the loop, and keep what they have learned."""

from __future__ import annotations

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Unknown
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.keras_model.training import LibraryCall, Loop
from lstmlint.questions.owners import ids_of
from lstmlint.questions.weights import learning
from lstmlint.text.source import Span


def layers_kept(model: Model, loop: Loop, facts: Facts) -> tuple[Layer, ...]:
    """The layers with weights that each turn's model takes over as the last one left them.

    All of them, or nothing: where a model has new layers beside the old ones, they may be meant to be what they are.
    """
    layers = tuple(learning(model))
    if not model.complete or model.opaque or any(isinstance(one, Unknown) for one in facts.handled):
        return ()
    free = not any(ids_of(layer) & ids_of(one) for layer in layers for one in facts.handled)
    return layers if free and all(_made_before(layer, loop, facts) for layer in layers) else ()


def _made_before(layer: Layer, loop: Loop, facts: Facts) -> bool:
    """Whether a layer was made before a loop, and no layer like it is made in one of its turns."""
    if layer.call is None or layer.own is not None or layer.config.has("trainable"):
        return False
    calls = list(facts.calls_at(layer.call.span))
    return bool(calls) and not any(is_inside(call, layer.call.span, loop) for call in calls)


def is_inside(call: LibraryCall, span: Span, loop: Loop) -> bool:
    return span in loop.span or any(one.span == loop.span for one in call.loops)
