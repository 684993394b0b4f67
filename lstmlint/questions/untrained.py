"""Training loops of the program's own: which models and layers take part in the loss, and are never trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Const,
    Mapped,
    Reference,
    Sequence,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.training import LibraryCall
from lstmlint.questions.models import has_weights
from lstmlint.questions.owners import ids_of, inside, is_as_made, steps_by_itself
from lstmlint.text.source import Span

#: Values looked at on the way back from a loss.
_MOST_VALUES = 4000
#: The last word of what no gradient goes through.
_STOPS = frozenset(
    {
        *("numpy", "tolist", "item", "stop_gradient", "argmax", "argmin", "argsort", "one_hot", "categorical"),
        *("round", "sign", "floor", "ceil", "equal", "not_equal", "greater", "less", "logical_not", "shape", "size"),
    }
)
#: Calls by which anything may be trained, or get its weights from elsewhere.
_ANYTHING = ("minimize", "get_updates")
_LOADS = ("restore", "restore_or_initialize", "load_weights", "load_own_variables")
_GRADIENTS = ("keras.backend.gradients", "tensorflow.gradients", "GradientTape.jacobian")
#: What a program calls something that is random, or another one's copy, on purpose.
_MEANT = ("random", "frozen", "freeze", "fixed", "reservoir", "pretrain", "teacher")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A model or layer called on data, on the way from a loss back: where, and on what."""

    owner: Layer | Reference
    span: Span
    given: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """``owner`` works on what those with the gradient of ``call`` make, or they on what it makes."""

    call: LibraryCall
    taken: tuple[Layer | Reference, ...]
    owner: Layer | Reference
    step: Step


def left_untrained(facts: Facts) -> Iterator[LeftOut]:
    """The models and layers that a loss goes through whose weights no step of the program's training reaches."""
    gradients = list(facts.calls_to("GradientTape.gradient"))
    if not gradients or facts.notes or not _all_known(gradients, facts):
        return
    applied = [call.order for call in facts.calls if call.name.endswith((".apply_gradients", ".apply"))]
    told = set[int]()
    for call in gradients:
        taken = tuple(_owners_in(call.arguments["sources"]))
        alone = bool(facts.alone) and call.order > facts.alone[0]
        if not taken or alone or not any(order > call.order for order in applied):
            continue
        for step in _left_by(call, taken, facts):
            if id(step.owner) not in told:
                told.add(id(step.owner))
                yield LeftOut(call, taken, step.owner, step)


def _all_known(gradients: list[LibraryCall], facts: Facts) -> bool:
    """Whether it is known of all weights that the program trains or reads whose they are, and none are loaded first."""
    if any(isinstance(owner, Unknown) for owner in facts.handled):
        return False
    if any(call.name.endswith(_ANYTHING) or call.name in _GRADIENTS for call in facts.calls):
        return False
    loads = (call for call in facts.calls if call.name.endswith(_LOADS))
    if any(call.loops or call.order < gradients[-1].order for call in loads):
        return False
    return all(_is_known(call.arguments["sources"]) for call in gradients)


def _is_known(sources: Value) -> bool:
    match sources:
        case Sequence(items=tuple() as items) | Choice(options=items):
            return all(map(_is_known, items))
        case Sequence(element=element):
            return element is not None and _is_known(element)
        case Mapped(items=pairs, open=False):
            return all(_is_known(value) for _, value in pairs)
        case Reference(kind="variable") | Array():
            return True
        case _:
            return False


def _owners_in(sources: Value) -> Iterator[Layer | Reference]:
    match sources:
        case Sequence(items=tuple() as items) | Choice(options=items):
            for item in items:
                yield from _owners_in(item)
        case Sequence(element=element) if element is not None:
            yield from _owners_in(element)
        case Mapped(items=pairs):
            for _, value in pairs:
                yield from _owners_in(value)
        case Reference(kind="variable", fields={"owner": owner}):
            yield owner


def _left_by(call: LibraryCall, taken: tuple[Layer | Reference, ...], facts: Facts) -> Iterator[Step]:
    """What the target goes through beside those that are trained, before or behind them."""
    trained = set[int]().union(*map(ids_of, taken))
    steps = list(_steps_back(call.arguments["target"]))
    own = [step for step in steps if trained & ids_of(step.owner)]
    before = {id(step.owner) for one in own for value in one.given for step in _steps_back(value)}
    for step in steps:
        if trained & ids_of(step.owner) or not _under(step, call, facts) or not _certain(step.owner, facts):
            continue
        behind = (one for value in step.given for one in _steps_back(value))
        if id(step.owner) in before or any(trained & ids_of(one.owner) for one in behind):
            yield step


def _steps_back(value: Value) -> Iterator[Step]:
    """The calls of models and layers that a gradient goes through on its way back from a value."""
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < _MOST_VALUES:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        step = _step_of(current)
        if step is not None:
            yield step
        waiting.extend(_behind(current))


def _step_of(value: Value) -> Step | None:
    made = getattr(value, "made", None)
    if isinstance(value, Tensor) and value.node is not None and value.node.span is not None:
        return Step(value.node.layer, value.node.span, (*value.node.inputs, *value.node.state))
    if made is None or not isinstance(made.receiver, Layer | Reference) or made.operation.startswith("Model.pred"):
        return None
    return Step(made.receiver, made.span, made.sources)


def _behind(value: Value) -> tuple[Value, ...]:
    """What a value was computed from; no gradient goes through numbers that are counted, compared or taken out."""
    if isinstance(value, Array) and value.dtype is not None and not value.dtype.startswith(("float", "bfloat")):
        return ()
    made = getattr(value, "made", None)
    sources: tuple[Value, ...] = () if made is None or _stops(made.operation) else made.sources
    match value:
        case Tensor(node=node) if node is not None:
            return (*node.inputs, *node.state)
        case Sequence(items=tuple() as items) | Choice(options=items):
            return (*items, *sources)
        case Sequence(element=element) if element is not None:
            return (element, *sources)
        case Mapped(items=pairs):
            return (*(item for _, item in pairs), *sources)
        case _:
            return sources


def _stops(operation: str) -> bool:
    return operation.startswith(("numpy.", "Model.pred")) or operation.rpartition(".")[2] in _STOPS


def _under(step: Step, call: LibraryCall, facts: Facts) -> bool:
    """Whether the tape watched the call, and the model was not only asked, as one that is trained elsewhere is."""
    begun = next((one.order for one in facts.calls_to("tensorflow.GradientTape") if one.result is call.receiver), None)
    if begun is None:
        return False
    calls = [one for one in facts.calls_at(step.span) if begun < one.order < call.order]
    asked = (one.arguments.get("training") for one in calls)
    return bool(calls) and not any(isinstance(flag, Const) and flag.value is False for flag in asked)


def _certain(owner: Layer | Reference, facts: Facts) -> bool:
    """Whether nothing trains a model or layer, or gives it weights, and the program does not mean to leave it so."""
    own = ids_of(owner)
    if not any(has_weights(one) for one in inside(owner) if isinstance(one, Layer)) or not is_as_made(owner):
        return False
    if any(own & ids_of(one) for one in facts.handled) or any(own & one for one in _fitted(facts)):
        return False
    set_anew = (call for call in facts.calls if call.name.endswith("set_weights"))
    if any(call.receiver is None or own & ids_of(call.receiver) for call in set_anew):
        return False
    return not any(word in name.lower() for name in _names_of(owner, facts) for word in _MEANT)


def _fitted(facts: Facts) -> Iterator[set[int]]:
    """What Keras trains: not what a class with a ``train_step`` of its own does, which is followed."""
    calls = list(facts.calls_to("Model.fit", "Model.fit_generator", "Model.train_on_batch", "Model.train_step"))
    followed = {id(call.receiver) for call in calls if steps_by_itself(call.receiver)}
    for run in facts.runs:
        if run.trains and not run.identities <= followed:
            yield {*run.identities, *(id(layer) for layer in run.model.layers)}
    yield from (ids_of(call.receiver) for call in calls if id(call.receiver) not in followed)


def name_of_owner(left: LeftOut, facts: Facts) -> str:
    """The user's name for what is left out: of the largest object that holds it and nothing that is trained."""
    trained = set[int]().union(*map(ids_of, left.taken))
    for one in facts.assigned:
        ids = ids_of(one.value) if isinstance(one.value, Reference) else set()
        if id(left.owner) in ids and not ids & trained:
            return one.name
    site = next((call.call for call in facts.calls_at(left.step.span)), None)
    return facts.name_of(left.owner) or (left.owner.kind if site is None else site.callee_text)


def _names_of(owner: Layer | Reference, facts: Facts) -> Iterator[str]:
    """Every name that the program has for what is, or holds, a model or layer, and that of its class."""
    for one in facts.assigned:
        if one.value is owner or (isinstance(one.value, Reference) and id(owner) in ids_of(one.value)):
            yield one.name
    yield str(owner.kind if isinstance(owner, Layer) else getattr(owner.type, "name", ""))
