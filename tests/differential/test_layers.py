"""Our layer table against the installed Keras, on generated layers, arguments and input shapes.

``LSTMLINT_EXAMPLES`` sets how many calls are compared over all families (default 600).
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Config, Layer, Model, Node
from lstmlint.keras_model.layers import (
    LayerInput,
    call_layer,
    make_layer,
)
from lstmlint.text.source import Position, Span
from tests.differential import layers_recurrent, layers_shaping, layers_unknown, layers_windows
from tests.differential.layers_both import (
    Case,
    Spec,
    abstract_shape,
    agree,
    keras_layer,
    layer_of,
    ours,
    plain_shape,
)
from tests.differential.layers_cases import FAMILIES, cases
from tests.differential.layers_draw import Family

keras = pytest.importorskip("keras")
np = pytest.importorskip("numpy")

EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "400"))
KERAS_2_FAMILIES = (
    *(layers_recurrent.recurrent, layers_recurrent.bidirectional, layers_recurrent.rnn),
    *(layers_recurrent.time_distributed, layers_shaping.flatten, layers_shaping.concatenate),
    layers_windows.global_pooling,
)


def examples(count: int) -> settings:
    return settings(
        max_examples=max(count, 5),
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(autouse=True)
def _quiet() -> None:
    warnings.simplefilter("ignore")


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """Once: clearing walks through all objects of the process, seconds where all tests share one."""
    yield
    keras.backend.clear_session()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_agrees_with_keras_3(family: Family) -> None:
    @examples(EXAMPLES // len(FAMILIES))
    @given(cases((family,)))
    def compare(case: Case) -> None:
        agree(case, keras, 3)

    compare()


@pytest.mark.parametrize("family", KERAS_2_FAMILIES, ids=lambda family: family.__name__)
def test_agrees_with_keras_2(family: Family) -> None:
    tf_keras = pytest.importorskip("tf_keras")

    @examples(EXAMPLES // 20)
    @given(cases((family,)))
    def compare(case: Case) -> None:
        # Of these we say nothing: names the program may have registered, mixed dtypes, cells run on more axes.
        assume(not any(word in repr(case.spec) for word in ("softmaxx", "dtype")))
        assume(case.spec.kind != "RNN" or len(case.shapes[0]) <= 3)
        assume("unknown" not in ours(case, 2).shapes)
        agree(case, tf_keras, 2)

    compare()


@examples(EXAMPLES)
@given(cases(), st.lists(st.booleans(), max_size=12))
def test_less_knowledge_never_contradicts(case: Case, hidden: list[bool]) -> None:
    """With sizes as symbols and arguments unknown we refuse no call that runs, and every shape we give holds."""
    known = ours(case, 3)
    veil = layers_unknown.Veil(iter(hidden))
    layer, called = layers_unknown.call_veiled(case, veil)
    if layers_unknown.refuses(layer, called):
        assert known.stage != "ok", f"{case}: {layer.problem or called.problem}"
    elif known.stage == "ok" and not known.fails_later and len(called.outputs) == len(known.shapes):
        for tensor, shape in zip(called.outputs, known.shapes, strict=True):
            assert layers_unknown.fits(tensor.shape, shape, veil.values), f"{case}: {tensor.shape} is not {shape}"


@examples(EXAMPLES)
@given(cases(), st.lists(st.booleans(), max_size=6))
def test_unknown_ranks_are_accepted(case: Case, hidden: list[bool]) -> None:
    """Every layer takes a tensor of unknown rank, and what it then says of the output holds."""
    known = ours(case, 3)
    veil = layers_unknown.Veil(iter(hidden))
    layer, called = layers_unknown.call_veiled(case, veil, ranks_known=False)
    if known.stage != "ok":
        return
    assert not layers_unknown.refuses(layer, called), f"{case}: {called.problem}"
    if len(called.outputs) == len(known.shapes) and not known.fails_later:
        for tensor, shape in zip(called.outputs, known.shapes, strict=True):
            batchless = None if tensor.shape is None else tensor.shape[1:]
            assert layers_unknown.fits(batchless, shape[1:], veil.values), f"{case}: {tensor.shape} is not {shape}"


# What Keras builds and then fails to train


def trains(case: Case, states: tuple[int, ...] = ()) -> bool:
    """Whether one real training step on zeros runs."""
    tensors = [keras.Input(shape[1:], batch_size=shape[0]) for shape in case.shapes]
    given = [keras.Input((width,)) for width in states]
    layer = keras_layer(case.spec, keras)
    arguments = {"initial_state": given} if given else {}
    outputs = keras.tree.flatten(layer(tensors if case.listed else tensors[0], **arguments))
    model = keras.Model([*tensors, *given], keras.layers.Dense(1)(outputs[0]))
    model.compile("sgd", "mse")
    data = [np.zeros((4, *(3 if size is None else size for size in tensor.shape[1:]))) for tensor in model.inputs]
    try:
        model.train_on_batch(data, np.zeros((4, *(3 if s is None else s for s in model.output_shape[1:]))))
    except Exception:
        return False
    return True


def said_to_fail(case: Case, states: tuple[int, ...] = ()) -> bool:
    layer = layer_of(case.spec, 3)
    tensors = tuple(Tensor(abstract_shape(shape), case.dtype) for shape in case.shapes)
    given = tuple(Tensor(abstract_shape((None, width))) for width in states)
    called = call_layer(layer, LayerInput(tensors, case.listed, given))
    assert called.problem is None or called.problem.stage == "train"
    return called.problem is not None


WRAPPED = [Spec(kind, (4,)) for kind in ("LSTM", "GRU", "SimpleRNN")]
STATEFUL_CALLS = [
    *((spec, widths) for spec in WRAPPED for widths in ((4,), (4, 4), (4, 4, 4), (5,), (5, 5), (4, 5))),
    *((Spec("Bidirectional", (spec,)), (4,) * count) for spec in WRAPPED for count in (1, 2, 3, 4, 5)),
    *((Spec("Bidirectional", (WRAPPED[0],)), widths) for widths in ((4, 4, 5, 5), (5, 4, 4, 4))),
    *((Spec("Bidirectional", (WRAPPED[1],)), widths) for widths in ((4, 5), (4, 5, 4, 5))),
]


@pytest.mark.parametrize(("spec", "widths"), STATEFUL_CALLS, ids=str)
def test_wrong_states_fail_when_we_say_so(spec: Spec, widths: tuple[int, ...]) -> None:
    case = Case(spec, ((None, 3, 2),))
    assert said_to_fail(case, widths) != trains(case, widths)


LATE = [
    Case(Spec("TimeDistributed", (Spec("RepeatVector", (2,)),)), ((None, 3, 5, 4),)),
    Case(Spec("TimeDistributed", (Spec("SpatialDropout1D", (0.2,)),)), ((None, 3, 4),)),
    Case(Spec("TimeDistributed", (Spec("LSTM", (2,)),)), ((None, 3, 6, 4, 2),)),
    Case(Spec("RNN", (Spec("GRUCell", (3,)),)), ((None, 4, 5, 6),)),
    Case(Spec("RNN", (Spec("GRUCell", (3,)),)), ((4, 7),)),
    Case(Spec("Attention"), ((None, 4, 3), (None, 5, 2)), listed=True),
    Case(Spec("Attention"), ((None, 4, 3), (None, 5, 2), (None, 6, 3)), listed=True),
    *(
        Case(Spec("Bidirectional", (WRAPPED[0], mode), {"backward_layer": backward}), ((None, 3, 2),))
        for mode in ("concat", "sum")
        for backward in (Spec("LSTM", (5,), {"go_backwards": True}),)
    ),
]
EARLY = [
    Case(Spec("Attention"), ((None, 4, 3), (None, 5, 3)), listed=True),
    Case(Spec("Concatenate", (), {"axis": 3}), ((None, 4),), listed=True),
    Case(Spec("LSTM", (4,), {"unroll": True}), ((None, None, 2),)),
    Case(
        Spec("Bidirectional", (WRAPPED[0], "sum"), {"backward_layer": Spec("LSTM", (1,), {"go_backwards": True})}),
        ((None, 3, 2),),
    ),
]


@pytest.mark.parametrize("case", [*LATE, *EARLY], ids=lambda case: f"{case.spec}")
def test_other_layers_fail_when_we_say_so(case: Case) -> None:
    assert said_to_fail(case) == (case in LATE)
    assert trains(case) == (case in EARLY)


# A model as a layer


def sequence_model(kind: str) -> tuple[Model, Any]:
    """``LSTM(4)`` then ``Dense(2)`` over five steps of three, as we have it and as Keras has it."""
    source = Tensor(abstract_shape((None, 5, 3)), "float32")
    lstm, dense = layer_of(Spec("LSTM", (4,)), 3), layer_of(Spec("Dense", (2,)), 3)
    first = call_layer(lstm, LayerInput((source,))).outputs
    last = call_layer(dense, LayerInput(first)).outputs
    nodes = (Node(lstm, (source,), first), Node(dense, first, last))
    nowhere = Span("model.py", Position(1, 1), Position(1, 1))
    model = Model(kind, 1, None, None, nowhere, (lstm, dense), nodes, (source,), last, complete=True)
    layers = keras.layers.LSTM(4), keras.layers.Dense(2)
    tensor = keras.Input((5, 3))
    functional = keras.Model(tensor, layers[1](layers[0](tensor)))
    return model, functional if kind == "functional" else keras.Sequential([keras.Input((5, 3)), *layers])


SHAPES = [
    (None, 5, 3),
    (8, 5, 3),
    (None, 6, 3),
    (None, 5, 2),
    (None, 3),
    (None, None, 3),
    (None, 5, 3, 1),
    (None, 5, None),
]


@pytest.mark.parametrize("kind", ["functional", "sequential"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_model_as_layer(shape: tuple[int | None, ...], kind: str) -> None:
    model, real = sequence_model(kind)
    layer = Layer("Functional", Config({}), model=model)
    called = call_layer(layer, LayerInput((Tensor(abstract_shape(shape), "float32"),)))
    try:
        given = real(keras.Input(batch_shape=shape)).shape
    except ValueError:
        assert called.problem
    else:
        assert not called.problem
        assert plain_shape(called.outputs[0].shape) == given


@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_model_inside_time_distributed(kind: str) -> None:
    model, real = sequence_model(kind)
    inner = Layer("Functional", Config({}), model=model)
    outer = make_layer("TimeDistributed", [inner], {}, keras=3)
    called = call_layer(outer, LayerInput((Tensor(abstract_shape((None, 7, 5, 3)), "float32"),)))
    given = keras.layers.TimeDistributed(real)(keras.Input((7, 5, 3))).shape
    assert plain_shape(called.outputs[0].shape) == given
    assert not called.problem
