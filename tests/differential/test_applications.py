"""The networks of ``keras.applications`` give the shapes we say: two of them, in a long run all."""

from __future__ import annotations

import os

import pytest

from lstmlint.keras_model.applications import FEATURES
from tests.unit.interpreter.following import model_of

keras = pytest.importorskip("keras")

LONG = int(os.environ.get("LSTMLINT_EXAMPLES", "400")) > 1_000
NAMES = sorted(FEATURES) if LONG else ["MobileNet", "VGG16"]
CALLS = ("weights=None", "weights=None, include_top=False", "weights=None, include_top=False, pooling='max'")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("call", CALLS)
def test_shapes_are_as_keras_has_them(name: str, call: str) -> None:
    real = eval(f"keras.applications.{name}({call})", {"keras": keras})
    ours = model_of(f"import keras\nmodel = keras.applications.{name}({call})\n")
    assert [None if dim is None else dim.value for dim in ours.input_shape or ()] == list(real.input_shape)
    assert [None if dim is None else dim.value for dim in ours.output_shape or ()] == list(real.output_shape)
    keras.backend.clear_session()
