"""The input that a first layer or an ``Input`` declares, against the installed Keras 3 and 2."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.keras_model.graph import Config
from lstmlint.keras_model.layers import declared_input, declared_problem, input_problem, input_tensor
from tests.differential.layers_both import Spec, abstract, keras_layer, layer_of, plain_shape

keras = pytest.importorskip("keras")

STEPS = {"input_shape": (5, 3)}
DECLARED = [
    *((3, Spec(kind, (4,), STEPS)) for kind in ("LSTM", "GRU", "Dense")),
    *((2, Spec(kind, (4,), STEPS)) for kind in ("LSTM", "GRU", "Dense")),
    *((version, Spec("LSTM", (4,), {"input_shape": [None, 3]})) for version in (2, 3)),
    *((version, Spec("Dense", (4,), {"input_dim": 3})) for version in (2, 3)),
    *((version, Spec("Dense", (4,), {"input_shape": 3})) for version in (2, 3)),
    *((version, Spec("Dense", (4,), {"input_shape": (3.5,)})) for version in (2, 3)),
    *((version, Spec("LSTM", (4,), {"input_shape": (-1, 3)})) for version in (2, 3)),
    *((version, Spec("LSTM", (4,), {"input_shape": ("a", 3)})) for version in (2, 3)),
    *((version, Spec("Embedding", (10, 4), {"input_length": 7})) for version in (2, 3)),
    *((version, Spec("Embedding", (10, 4))) for version in (2, 3)),
    *((version, Spec("Bidirectional", (Spec("LSTM", (4,)),), STEPS)) for version in (2, 3)),
    *((version, Spec("Bidirectional", (Spec("LSTM", (4,), STEPS),))) for version in (2, 3)),
    *((version, Spec("TimeDistributed", (Spec("Dense", (4,)),), STEPS)) for version in (2, 3)),
    (2, Spec("LSTM", (4,), {"batch_input_shape": (2, 5, 3), "stateful": True})),
    (2, Spec("LSTM", (4,), {"input_shape": (5, 3), "batch_size": 2})),
    (2, Spec("LSTM", (4,), {"input_dim": 3, "input_length": 5})),
    (2, Spec("LSTM", (4,), {"input_dim": 3})),
    (2, Spec("LSTM", (4,), {"batch_input_shape": 5})),
    (3, Spec("LSTM", (4,), {"batch_input_shape": (2, 5, 3)})),
]


def declared_by_keras(spec: Spec, library: Any) -> Any:
    """The input shape of a Sequential of one layer: None where it has none yet, the exception where it raises."""
    try:
        model = library.Sequential([keras_layer(spec, library)])
        return model.input_shape if model.built else None
    except (AttributeError, ValueError, TypeError) as error:
        return error


@pytest.mark.parametrize(("version", "spec"), DECLARED, ids=str)
def test_declared_input(version: int, spec: Spec) -> None:
    real = declared_by_keras(spec, keras if version == 3 else pytest.importorskip("tf_keras"))
    layer = layer_of(spec, version)
    if isinstance(real, Exception):
        assert layer.problem or declared_problem(layer), real
    else:
        assert not layer.problem
        assert not declared_problem(layer)
        assert plain_shape(declared_input(layer)) == (real or "unknown")


INPUTS = [
    *({"shape": (5, 3)}, {"shape": (None, 3), "batch_size": 2}, {"batch_shape": (2, 5, 3)}, {"shape": 10}, {}),
    *(
        {"shape": (10,)},
        {"shape": (5, -3)},
        {"shape": (5, 3), "batch_shape": (2, 5, 3)},
        {"shape": (2.5,)},
        {"shape": "ab"},
    ),
    *({"batch_shape": (2, 5), "batch_size": 2}, {"shape": (), "dtype": "int32"}, {"shape": [4], "name": "words"}),
]


@pytest.mark.parametrize("arguments", INPUTS, ids=str)
def test_input(arguments: dict[str, Any]) -> None:
    values = {name: abstract(value, 3) for name, value in arguments.items()}
    config = Config(values, frozenset(values))
    try:
        real = keras.Input(**arguments)
    except ValueError:
        assert input_problem(config)
        return
    assert not input_problem(config)
    tensor = input_tensor(config)
    assert (plain_shape(tensor.shape), tensor.dtype) == (real.shape, real.dtype)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("arguments", INPUTS, ids=str)
def test_input_layer(arguments: dict[str, Any], version: int) -> None:
    library = keras if version == 3 else pytest.importorskip("tf_keras")
    names = {"shape": "input_shape", "batch_shape": "batch_input_shape"} if version == 2 else {}
    spec = Spec("InputLayer", (), {names.get(name, name): value for name, value in arguments.items()})
    layer = layer_of(spec, version)
    try:
        real = keras_layer(spec, library)
    except (TypeError, ValueError):
        assert layer.problem
        return
    assert not layer.problem
    if arguments and not isinstance(arguments.get("shape"), int):
        assert plain_shape(declared_input(layer)) == tuple(real.output.shape)
