"""Whether a model that answers ever got the weights that another one like it has learned."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.keras_model.graph import Layer, Model, all_layers
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.models import has_weights

#: Calls by which weights may come from elsewhere, to a model or to layers that are not told apart.
_ELSEWHERE = ("load_weights", "restore", "apply_gradients", "assign", "clone_model")


def untrained_twin(run: Run, facts: Facts) -> tuple[Run, LibraryCall | None] | None:
    """The training of a model with the same layers, where the one that answers has nothing of it.

    The second is the call that copied the weights before they were learned.
    """
    model = run.model
    kinds = list(learning(model))
    if not model.complete or model.opaque or not any(layer.recurrent for layer in kinds):
        return None
    training = next((one for one in facts.runs if one.trains and is_twin(one, run, kinds)), None)
    if training is None or training.order > run.order or any(gets_weights(run, training, facts)):
        return None
    copies = (call for call in facts.calls_to("Model.set_weights") if is_model(call.receiver, model))
    return training, next(copies, None)


def is_twin(training: Run, run: Run, kinds: list[Layer]) -> bool:
    """Whether another model is trained that has the same layers, none of them the same object."""
    own = {id(layer) for layer in kinds}
    others = list(learning(training.model))
    alike = [described(layer) for layer in others] == [described(layer) for layer in kinds]
    return alike and not any(id(layer) in own for layer in others)


def learning(model: Model) -> Iterator[Layer]:
    return (layer for layer in all_layers(model) if has_weights(layer) and layer.model is None)


def described(layer: Layer) -> tuple[object, ...]:
    return layer.kind, layer.core.kind, layer.units, layer.returns_sequences


def gets_weights(run: Run, training: Run, facts: Facts) -> Iterator[bool]:
    """What may give a model its weights: training, a copy after the other was trained, or something not followed."""
    model = run.model
    yield any(one.trains and model.identity in one.identities for one in facts.runs)
    for call in facts.calls:
        own = call.name == "Model.set_weights" and is_model(call.receiver, model)
        passed = any(is_model(value, model) for value in call.arguments.values())
        other = call.name.endswith("set_weights") and not call.name.startswith("Model.")
        yield (own and call.order > training.order) or passed or other or call.name.endswith(_ELSEWHERE)


def is_model(value: object, model: Model) -> bool:
    return value is not None and id(value) == model.identity
