"""Whether a model that answers ever got the weights that another one like it has learned."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Made
from lstmlint.keras_model.graph import Layer, Model, all_layers
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.models import PREDICTING, has_weights
from lstmlint.questions.names import path_in, same_path
from lstmlint.questions.provenance import made_by

#: Calls by which weights may come from elsewhere, to a model or to layers that are not told apart.
_ELSEWHERE = ("load_weights", "restore", "apply_gradients", "assign", "clone_model")
#: Data that only show the shapes.
_MADE_UP = (
    *("numpy.zeros", "numpy.ones", "tensorflow.zeros", "tensorflow.ones", "keras.ops.zeros", "keras.ops.ones"),
    *("tensorflow.random.normal", "tensorflow.random.uniform", "numpy.random.rand", "numpy.random.random"),
)


def own_weight(value: object) -> Made | None:
    """Where a weight of a layer of the program's own was made."""
    made = value.made if isinstance(value, Array) else None
    return made if made is not None and made.operation == "OwnLayer.add_weight" else None


def untrained_twin(run: Run, facts: Facts) -> tuple[Run, LibraryCall | None] | None:
    """The training of a model with the same layers, where the one that answers has nothing of it.

    The second is the call that copied the weights before they were learned.
    """
    model = run.model
    kinds = list(learning(model))
    nested = any(layer.model is not None for layer in all_layers(model))
    if not model.complete or model.opaque or nested or not any(layer.recurrent for layer in kinds):
        return None
    learned = {id(layer) for one in facts.runs if one.trains for layer in all_layers(one.model)}
    if any(id(layer) in learned for layer in kinds):
        return None
    trainings = (one for one in facts.runs if one.trains and facts.together(one.order, run.order))
    training = next((one for one in trainings if is_twin(one, run, kinds)), None)
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


def weighted_layer(layer: Layer) -> Layer:
    """The layer whose weights these are: TimeDistributed has those of the very layer that it is given.

    Bidirectional makes two layers of its own from what it is given (Keras 3.15.1).
    """
    while layer.kind == "TimeDistributed" and layer.inner:
        layer = layer.inner[0]
    return layer


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


def learned_weights(run: Run, facts: Facts) -> tuple[Run, LibraryCall] | None:
    """The training of a model with the same layers, and the call that brought what it had learned to the model asked.

    By ``set_weights`` on the whole model or on a recurrent layer, or by a file that the trained model wrote.
    """
    kinds = list(learning(run.model))
    if any(one.trains and run.model.identity in one.identities for one in facts.runs):
        return None
    for training in facts.runs:
        if training.trains and training.order < run.order and is_twin(training, run, kinds):
            brought = (call for call in facts.calls if training.order < call.order < run.order)
            call = next((call for call in brought if _brings(call, training.model, run.model, facts)), None)
            if call is not None:
                return training, call
    return None


def _brings(call: LibraryCall, source: Model, target: Model, facts: Facts) -> bool:
    """Whether a call gives a model, or a recurrent layer of it, the weights of the same in another model."""
    if call.conditional:
        return False
    if call.name == "Model.load_weights":
        return is_model(call.receiver, target) and _wrote(call, source, facts)
    made = getattr(call.arguments.get("weights"), "made", None)
    giver = made.sources[0] if made is not None and made.operation.endswith(".get_weights") and made.sources else None
    if call.name == "Model.set_weights":
        return is_model(call.receiver, target) and is_model(giver, source)
    pairs = zip(learning(source), learning(target), strict=True)
    return call.name == "Layer.set_weights" and any(
        mine is giver and own is call.receiver and own.recurrent for mine, own in pairs
    )


def _wrote(load: LibraryCall, source: Model, facts: Facts) -> bool:
    """Whether the last to write the file that is loaded was this model."""
    saves = [call for call in facts.calls_to("Model.save_weights", "Model.save") if call.order < load.order]
    same_file = [call for call in saves if same_path(path_in(call), path_in(load))]
    return bool(same_file) and is_model(same_file[-1].receiver, source)


def handed_on(model: Model, facts: Facts) -> bool:
    """Whether a model is given to a function that is not followed, and not Keras's own: it may do anything with it."""
    calls = (call for call in facts.calls if not call.name.startswith(("keras.", "tensorflow.")))
    return any(is_model(value, model) for call in calls for value in call.arguments.values())


def is_model(value: object, model: Model) -> bool:
    return value is not None and id(value) == model.identity


def answers(run: Run) -> bool:
    """Whether a model is asked for something: calling it on zeros only builds it."""
    made_up = any(made_by(value, *_MADE_UP) is not None and not made_by(value, "filled") for value in run.x)
    return run.method in PREDICTING and not (run.method == "call" and made_up)


def begins_like_a_trained_one(run: Run, facts: Facts) -> bool:
    """Whether a model starts from an Input of one that is trained by then: layers made anew on the way.

    A decoder has Inputs of its own for the states beside it.
    """
    before = (one for one in facts.runs if one.trains and one.order < run.order)
    starts = {id(tensor) for one in before for tensor in one.model.inputs}
    return run.model.kind == "functional" and any(id(tensor) in starts for tensor in run.model.inputs)


def loaded_for_nothing(run: Run, fresh: list[Layer], facts: Facts) -> Model | None:
    """A model that is loaded after one with these layers, under its name or as the only other one, and never asked."""
    used = {run.model.identity for run in facts.runs}
    calls = (call for call in facts.calls if call.name.endswith("load_model"))
    loads = {call.call.span for call in calls if facts.together(call.order, run.order)}
    own = [model for model in facts.models if model.span not in loads]
    old = [model for model in own if any(layer in fresh for layer in all_layers(model))]
    for model in facts.models:
        before = [one for one in old if one.span < model.span and (one.name == model.name or len(own) == 1)]
        if model.span in loads and model.identity not in used and before:
            return model
    return None
