"""What rules about targets and losses ask of a model's end: its last activation, the values it meets, its mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Library, Made, Reference, Sequence, Size, Table, Value
from lstmlint.keras_model.graph import Layer, Model, Node, all_layers
from lstmlint.keras_model.losses import SPARSE, STRICT
from lstmlint.keras_model.training import Run
from lstmlint.questions.aims import loss_of
from lstmlint.questions.bounds import TIGHT
from lstmlint.questions.columns import assigned_column
from lstmlint.questions.feeds import counts_no_rows, takes_tokens
from lstmlint.questions.kept import one_hot
from lstmlint.questions.provenance import ancestors
from lstmlint.text.source import Span

#: Layers that move or keep the values they are given.
_MOVERS = frozenset({"Reshape", "Flatten", "Permute", "RepeatVector", "Identity", "Cropping1D"})
_ACTIVATION_LAYERS = {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu"}
#: Data sets whose targets are classes, more than two.
_CODES = ("sklearn.preprocessing.LabelEncoder.", "pandas.Categorical.codes")
_LABELLED = (
    *(f"keras.datasets.{name}." for name in ("mnist", "fashion_mnist", "cifar10", "cifar100", "reuters")),
    *(f"sklearn.datasets.load_{name}" for name in ("iris", "wine", "digits")),
)
#: What leaves the rows and columns of targets what they are, or some of the rows.
_PARTS = frozenset({"attribute", "index", "Array.astype", "Table.to_numpy", "sklearn.model_selection.train_test_split"})


def activation_of(layer: Layer) -> str | None:
    """Keras's name of the function that a layer applies last, ``linear`` for none, None where that is not known."""
    if layer.kind in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[layer.kind]
    if layer.kind == "TimeDistributed" and layer.inner:
        return activation_of(layer.inner[0])
    plain = layer.kind in ("Dense", "Activation") or layer.kind.startswith("Conv")
    return named_activation(layer) if plain else None


def named_activation(layer: Layer) -> str | None:
    """The same of a layer that has such an argument."""
    match layer.config["activation"]:
        case Const(value=None):
            return "linear"
        case Const(value=str() as name):
            return name.lower()
        case Library(name=name) if name.startswith(("keras.activations.", "tensorflow.nn.", "keras.ops.")):
            return name.rsplit(".", 1)[1]
        case _:
            return None


def activated(model: Model) -> Iterator[Node | None]:
    """For each output, the layer call whose activation its values have; None where that cannot be told."""
    for output in model.outputs:
        node: Node | None = output.node
        while node is not None and _moves(node.layer) and node.input is not None:
            before: Node | None = node.input.node
            node = before
        yield node if node is not None and activation_of(node.layer) is not None else None


def _moves(layer: Layer) -> bool:
    """Whether a layer passes values on as they are; ``Activation("linear")`` is often there for its dtype only."""
    return layer.kind in _MOVERS or (layer.kind == "Activation" and activation_of(layer) == "linear")


def logits_are_found(model: Model, index: int) -> bool:
    """Whether Keras sees through the activation of an output, and takes what was before it for the logits.

    It does for Dense and Activation themselves, and not behind TimeDistributed or a Reshape (measured on 3.15).
    """
    node = model.outputs[index].node if index < len(model.outputs) else None
    return node is None or node.layer.kind in ("Dense", "Activation", "Softmax")


def loss_of_output(run: Run, index: int) -> str | None:
    """The loss of an output by Keras's name, None where it is not known."""
    return loss_of(run, index)


def stretches_rows(run: Run, facts: Facts) -> bool:
    """Whether one sample is held against several: calls that count no rows, and losses that refuse nothing."""
    losses = (loss_of(run, index) or "" for index in range(len(run.model.outputs)))
    return counts_no_rows(run, facts) and not any(loss == SPARSE or loss in STRICT for loss in losses)


def first_fit(run: Run, facts: Facts) -> Run | None:
    """The first training of a run's model."""
    return next((one for one in facts.runs_of(run.model) if one.trains), None)


def trained_first(run: Run, facts: Facts) -> bool:
    """Whether a run is the first that trains a recurrent model."""
    return run.trains and any(layer.recurrent for layer in all_layers(run.model)) and first_fit(run, facts) is run


def one_class_a_row(run: Run, index: int) -> bool:
    """Whether the targets of an output certainly hold one class a sample, as a row with one 1."""
    value = run.y[index] if index < len(run.y) == len(run.model.outputs) else None
    return isinstance(value, Array) and one_hot(value) is not None


def columns_of_questions(run: Run, index: int) -> bool:
    """Whether the targets of an output are several columns of a table, named one by one: each a label of its own."""
    value: Value | None = run.y[index] if index < len(run.y) == len(run.model.outputs) else None
    for _ in range(12):
        made: Made | None = getattr(value, "made", None)
        if made is None or not made.sources:
            return False
        if isinstance(value, Table) and made.operation == "index" and len(made.sources) > 1:
            table, named = made.sources[:2]
            plain = getattr(getattr(table, "made", None), "operation", "").startswith("pandas.read_")
            return plain and isinstance(named, Sequence)
        if made.operation not in _PARTS:
            return False
        value = made.sources[0]
    return False


def arithmetic(facts: Facts) -> Iterator[Made]:
    """Every operation on arrays that led to a value the program names, or hands to a library, each once."""
    return steps_of_kind(facts, "arithmetic")


def steps_of_kind(facts: Facts, *operations: str) -> Iterator[Made]:
    """The same of other operations."""
    seen: set[int] = set()
    for start in _values(facts):
        for value in ancestors(start):
            made: Made | None = getattr(value, "made", None)
            if made is not None and made.operation in operations and id(made) not in seen:
                seen.add(id(made))
                yield made


def _values(facts: Facts) -> Iterator[Value]:
    for assigned in facts.assigned:
        yield assigned.value
    for call in facts.calls:
        yield from call.arguments.values()
        if call.receiver is not None:
            yield call.receiver


def predicted(value: Value) -> bool:
    """Whether a value comes out of a model."""
    made = (getattr(one, "made", None) for one in ancestors(value))
    return any(one is not None and one.operation.startswith("Model.") for one in made)


def _encoded(targets: Array) -> Made | None:
    """Where an encoder or a data set numbered the names of classes, as long as the numbers are what they were."""
    value: Value = targets
    for _ in range(8):
        made: Made | None = getattr(value, "made", None)
        if made is None or made.operation.startswith((*_CODES, *_LABELLED)):
            return made
        if made.operation not in (*TIGHT, "attribute") or not made.sources or made.operation == "literal":
            return None
        value = _assigned(made) or made.sources[0]
    return None


def _assigned(made: Made) -> Value | None:
    """What the program put into the column of a table that is read here."""
    match made.sources:
        case (Table() as table, Const(value=name)) if made.operation == "index":
            return assigned_column(table, name)
        case _:
            return None


def ids_from(targets: Value, run: Run, facts: Facts) -> Span | None:
    """Where the targets' ids come from: a LabelEncoder, or the same words that go into the model's Embedding."""
    if not isinstance(targets, Array):
        return None
    encoded = _encoded(targets)
    if encoded is not None:
        return encoded.span
    if not (targets.dtype or "").startswith(("int", "uint")):
        return None
    if len(run.x) != 1 or not takes_tokens(run.model):
        return None
    read = list(ancestors(run.x[0]))
    listed = _item_of_list(targets)
    if listed is not None and any(listed.sources[0] is value for value in read):
        return listed.span
    words = {id(value) for value in read if isinstance(value, Array) and value.shape != ()}
    for value in ancestors(targets):
        if id(value) in words and isinstance(value, Array) and (value.dtype or "").startswith("int"):
            return value.made.span if value.made is not None else None
    return None


def _item_of_list(targets: Array) -> Made | None:
    """Where each target was taken as it is out of a list of whole numbers."""
    value: Value | None = targets
    for _ in range(12):
        made: Made | None = getattr(value, "made", None)
        if isinstance(value, Size):
            taken = made is not None and made.operation == "index" and isinstance(made.sources[0], Reference)
            return made if taken else None
        if isinstance(value, Sequence):
            value = value.items[0] if value.items else value.element
        elif made is not None and made.sources and made.operation in (*TIGHT, "numpy.array", "numpy.asarray"):
            value = made.sources[0]
        else:
            return None
    return None
