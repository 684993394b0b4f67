"""The small programs whose models are followed in the unit tests, run by Keras: the models have the shapes we say."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from lstmlint.keras_model.graph import Model, Shape
from tests.unit.interpreter.following import HEAD, follow
from tests.unit.interpreter.test_models import programs

keras = pytest.importorskip("keras")

#: Programs with these need something that is not there, or leave something behind.
_NOT_RUN = ("import somewhere", "os.environ", "sys.argv[", "# beside it:", ".save(")


def _runnable() -> Iterator[Any]:
    for name, program, _ in programs():
        if not any(words in program for words in _NOT_RUN):
            yield pytest.param(program, id=name)


@pytest.mark.parametrize("program", list(_runnable()))
def test_keras_builds_these_shapes(program: str) -> None:
    warnings.simplefilter("ignore")
    keras.backend.clear_session()  # the names that Keras gives begin anew
    names: dict[str, Any] = {}
    exec(HEAD + program, names)  # our own programs
    for model in follow(program).models:
        built = names.get(model.name or "")
        if built is not None and model.complete:
            assert _agree(model, built, "inputs"), model.name
            assert _agree(model, built, "outputs"), model.name


def _agree(model: Model, built: Any, side: str) -> bool:
    """Subclassed models have no tensors of their own in Keras."""
    real = getattr(built, side, None) or ()
    ours = getattr(model, side)
    return not real or (
        len(ours) == len(real) and all(_same(a.shape, b.shape) for a, b in zip(ours, real, strict=True))
    )


def _same(ours: Shape, real: tuple[int | None, ...]) -> bool:
    pairs = zip(ours, real, strict=False)
    return len(ours) == len(real) and all(
        real == (None if dim is None else dim.value) or (dim is not None and not dim.known) for dim, real in pairs
    )
