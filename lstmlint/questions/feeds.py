"""Which data meets which input of a model, and how the two disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, same
from lstmlint.interpreter.values import Array, Tensor, Value, history
from lstmlint.keras_model.graph import Model, Node, Problem, Shape, array_shape_text, shape_text
from lstmlint.keras_model.layers import Called, LayerInput, calls_on, refusing_call
from lstmlint.keras_model.training import Run
from lstmlint.questions.models import ONE, PREDICTING, argument_of, equal, made_at
from lstmlint.text.source import Span

#: Data whose shapes are known, whole or by the batch; Keras 3 holds either against the input in the same way.
_WITH_SHAPES = frozenset({"array", "dataset", "generator", "sequence"})
#: Layers that give something else where the steps are others.
_COUNT_STEPS = frozenset({"Flatten", "Reshape", "Permute"})


class Feed(Enum):
    """How data disagrees with an input."""

    RANK = "another number of axes"
    FEATURES = "another size of an axis that weights depend on"
    STEPS = "another number of steps"
    SWAPPED = "the two axes the other way round"


@dataclass(frozen=True, slots=True, eq=False)
class Fed:
    """An array given for an input it does not match; ``shape`` is the input's, ``how`` the kind of mismatch.

    ``open`` says that the model has been asked in the same way with another number of steps before: TensorFlow then
    traces it with their number left open, and nothing is checked (measured on Keras 3.15 and tf_keras 2.21).
    """

    run: Run
    index: int
    tensor: Tensor
    shape: tuple[Dim | None, ...]
    array: Array
    how: Feed
    keras: int
    open: bool = False

    @property
    def dims(self) -> tuple[Dim, ...]:
        return self.array.shape or ()

    @property
    def one_short(self) -> bool:
        """Whether the data could be one sample without its batch axis."""
        pairs = zip(self.shape[1:], self.dims, strict=False)
        return len(self.dims) == len(self.shape) - 1 and not any(a is not None and differ(a, b) for a, b in pairs)

    @property
    def predicts(self) -> bool:
        return self.run.method in PREDICTING

    @property
    def sure(self) -> bool:
        """Whether the data's shape is known in numbers."""
        return all(dim.known for dim in self.dims[1:])

    @property
    def raises(self) -> bool:
        """A wrong number of steps alone is silent in a Keras 3 Sequential, unless a layer there counts on it.

        A last axis of 1 is left out of the check, so that single tokens are taken for a sequence of them.
        """
        silent = self.open or (self.keras == 3 and self.run.model.kind == "sequential")
        taken = silent or single_tokens(self.dims)
        if self.how is not Feed.STEPS or not taken:
            return True
        model, given = self.run.model, Tensor((None, *self.dims[1:]), self.tensor.dtype)
        inputs = (*model.inputs[: self.index], given, *model.inputs[self.index + 1 :])
        again = calls_on(model, LayerInput(inputs, len(inputs) > 1))
        return any(node.layer.kind in _COUNT_STEPS and _differs(node, called) for node, called in again)

    @property
    def unbatched(self) -> bool:
        """Whether single samples come out of a dataset, so that Keras takes the steps of each for samples."""
        return self.run.data_kind == "dataset" and self.one_short and self.how in (Feed.RANK, Feed.STEPS)

    @property
    def places(self) -> Iterator[tuple[Span, str]]:
        """Where the shape was declared and where the data was made, with a few words on each."""
        declared, made = made_at(self.tensor), made_at(self.array)
        if declared is not None:
            yield declared, f"declares {shape_text(self.shape)}"
        if made is not None and made not in self.run.call.span:
            words = "makes" if self.run.data_kind == "array" else "comes in batches of"
            yield made, f"{words} {array_shape_text(self.dims)}"

    @property
    def name(self) -> str:
        """The data as written in the call, where that is short."""
        site = argument_of(self.run, "x")
        short = site is not None and len(site.text) <= 40 and len(self.run.x) == 1
        return f"`{site.text}`" if site is not None and short else "the data"


def _differs(node: Node, called: Called) -> bool:
    return [tensor.shape for tensor in node.outputs] != [tensor.shape for tensor in called.outputs]


def misfed(facts: Facts, sure: bool = True) -> Iterator[Fed]:
    """Data that does not match the model's declared input, each way of a model once.

    Not ``sure``: also where the steps are named by different symbols, which may be equal in the end.
    """
    told = set()
    for run in facts.checked_runs:
        for fed in misfed_by(run, facts, sure):
            key = (run.model.identity, fed.index, fed.how, tuple(map(str, fed.dims[1:])))
            if key not in told:
                told.add(key)
                yield fed


def counts_no_rows(run: Run, facts: Facts) -> bool:
    """``train_on_batch`` and ``test_on_batch`` of Keras 3 (3.15.1); tf_keras 2.21 counts the rows of x and y there."""
    return run.method.endswith("_on_batch") and facts.keras == 3


def steps_for_rows(run: Run, facts: Facts) -> bool:
    """Whether a call that counts no rows is given data whose steps Keras takes for samples."""
    return counts_no_rows(run, facts) and any(fed.how is Feed.STEPS for fed in misfed_by(run, facts))


def misfed_by(run: Run, facts: Facts, sure: bool = True) -> Iterator[Fed]:
    """A model that declares nothing takes what it was first trained on; there the steps are left open."""
    model = run.model
    inputs = model.inputs if model.declared else _first_trained(run, facts)
    refused = model.declared and model.problem is not None
    if model.opaque or refused or never_made(run.x) or run.data_kind not in _WITH_SHAPES or len(run.x) != len(inputs):
        return
    for index, (tensor, value) in enumerate(zip(inputs, run.x, strict=True)):
        if not isinstance(value, Array) or not value.shape or tensor.shape is None:
            continue
        how = _how(tensor.shape, value.shape, takes_tokens(model, index))
        if how is Feed.STEPS and single_tokens(value.shape) and len(inputs) > 1:
            continue  # a decoder is given its last token, with the states
        if how is None and not sure and len(value.shape) > 2:
            how = Feed.STEPS
        if how is not None and (model.declared or how is not Feed.STEPS):
            traced = how is Feed.STEPS and _traced_open(run, index, value, facts)
            yield Fed(run, index, tensor, tensor.shape, value, how, facts.keras, traced)


def _traced_open(run: Run, index: int, value: Array, facts: Facts) -> bool:
    """Whether the same method of the model was given another number of steps before."""
    before = (one for one in facts.runs_of(run.model) if one.order < run.order and one.method == run.method != "call")
    return any(_steps_differ(one.x[index], value) for one in before if index < len(one.x))


def _steps_differ(one: Value, other: Array) -> bool:
    mine, given = one.shape if isinstance(one, Array) else None, other.shape
    if mine is None or given is None or len(mine) != len(given):
        return False
    return differ(mine[1], given[1]) and all(map(same, mine[2:], given[2:]))


def refused_by_layer(run: Run, facts: Facts) -> tuple[Node, Problem] | None:
    """The layer call that fails on the axes that the data really have, where the model leaves them open."""
    model, shapes = run.model, [value.shape if isinstance(value, Array) else None for value in run.x]
    if (
        not model.declared
        or model.problem is not None
        or len(shapes) != len(model.inputs)
        or run.data_kind == "unknown"
    ):
        return None
    if not all(shapes) or any(fed.raises for fed in misfed_by(run, facts)):
        return None
    tensors = tuple(
        Tensor((None, *shape[1:]), tensor.dtype) for shape, tensor in zip(shapes, model.inputs, strict=True) if shape
    )
    return refusing_call(model, LayerInput(tensors, len(tensors) > 1))


def built_on_single_samples(node: Node, model: Model | None, facts: Facts) -> Run | None:
    """The run that gives samples without a batch axis to a model that declares nothing, where this layer is its first.

    The layer lacks just one axis of what a dataset gives.
    """
    run = next(facts.runs_of(model), None) if model is not None and not model.declared else None
    problem = node.problem
    if run is None or run.data_kind != "dataset" or any(node.producers) or problem is None:
        return None
    expected, found = (text.rpartition("ndim=")[2] for text in (problem.expected, problem.found))
    short = expected.isdigit() and found.isdigit() and int(expected) == int(found) + 1
    return run if short else None


def _first_trained(run: Run, facts: Facts) -> tuple[Tensor, ...]:
    """Inputs of the shapes that an earlier training gave."""
    first = next((one for one in facts.runs_of(run.model) if one.trains), None)
    if first is None or first is run or not all(isinstance(value, Array) and value.shape for value in first.x):
        return ()
    arrays = (value for value in first.x if isinstance(value, Array) and value.shape)
    return tuple(Tensor((None, *(array.shape or ())[1:]), array.dtype, made=array.made) for array in arrays)


def never_made(values: Iterable[Value]) -> bool:
    """Whether a library raises on the way to data: no run gets to see them."""
    return any(made.refused for value in values for made in history(value))


def single_tokens(dims: tuple[Dim, ...]) -> bool:
    """``(samples, 1)``: one token a sample."""
    return len(dims) == 2 and dims[1] == ONE


def takes_tokens(model: Model, index: int = 0) -> bool:
    """Whether an input goes into an Embedding, so that its second axis counts steps."""
    tensor = model.inputs[index] if index < len(model.inputs) else None
    return any(node.layer.kind == "Embedding" for node in model.nodes if tensor in node.inputs)


def _how(declared: Shape, given: tuple[Dim, ...], tokens: bool) -> Feed | None:
    """A last axis of 1 is added or dropped, as Keras does."""
    if len(given) == len(declared) + 1 and given[-1] == ONE:
        given = given[:-1]
    elif len(given) == len(declared) - 1 and declared[-1] == ONE:
        given = (*given, ONE)
    if len(given) != len(declared):
        # An unknown size that may be 1 may also be dropped.
        maybe = len(given) == len(declared) + 1 and not differ(given[-1], ONE)
        return None if maybe else Feed.RANK
    pairs = list(zip(declared, given, strict=True))[1:]
    wrong = [axis for axis, (a, b) in enumerate(pairs, 1) if a is not None and differ(a, b)]
    if len(pairs) == 2 and wrong and _swapped(pairs):
        return Feed.SWAPPED
    steps = {1} if len(pairs) > 1 or tokens else set[int]()
    return None if not wrong else Feed.STEPS if set(wrong) <= steps else Feed.FEATURES


def _swapped(pairs: list[tuple[Dim | None, Dim]]) -> bool:
    (steps, given_steps), (features, given_features) = pairs
    return steps is not None and features is not None and same(steps, given_features) and same(features, given_steps)


def samples_as_steps(fed: Fed) -> bool:
    """Whether the steps that an input declares are the number of samples of the data that it is trained on."""
    dims = fed.dims
    if fed.predicts or len(dims) < 2 or len(fed.shape) != len(dims) or dims[0] == ONE:
        return False
    return equal(fed.shape[1], dims[0]) and not same(*dims[:2])
