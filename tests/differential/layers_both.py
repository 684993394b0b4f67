"""One layer call, made once by our table and once by the installed Keras."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Const, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers import LayerInput, call_layer, make_layer

PlainShape = Any


@dataclass(frozen=True)
class Spec:
    """A constructor call in plain values; arguments may be specs themselves."""

    kind: str
    positional: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        words = [repr(value) for value in self.positional] + [f"{k}={v!r}" for k, v in self.keywords.items()]
        return f"{self.kind}({', '.join(words)})"


@dataclass(frozen=True)
class Case:
    """A layer called on inputs; ``listed`` passes them as a list."""

    spec: Spec
    shapes: tuple[PlainShape, ...]
    listed: bool = False
    dtype: str = "float32"


@dataclass(frozen=True)
class Verdict:
    """``stage`` is ``make``, ``call`` or ``ok``; then the shapes and dtypes given."""

    stage: str
    shapes: tuple[PlainShape, ...] = ()
    dtypes: tuple[str | None, ...] = ()
    listed: bool = False
    message: str = field(default="", compare=False)
    #: Whether Keras is said to fail at the first training step, not before.
    fails_later: bool = field(default=False, compare=False)


def abstract(value: Any, keras: int) -> Value:
    """A plain value as the interpreter has it."""
    match value:
        case Spec():
            return layer_of(value, keras)
        case list() | tuple():
            items = tuple(abstract(item, keras) for item in value)
            return Sequence("list" if isinstance(value, list) else "tuple", items, Dim(len(items)))
        case _:
            return Const(value)


def layer_of(spec: Spec, keras: int) -> Layer:
    positional = [abstract(value, keras) for value in spec.positional]
    keywords = {name: abstract(value, keras) for name, value in spec.keywords.items()}
    return make_layer(spec.kind, positional, keywords, keras=keras)


def refused_inside(layer: Layer) -> bool:
    """Whether the constructor of the layer or of one inside it raises."""
    made = layer.problem is not None and layer.problem.stage == "make"
    return made or any(refused_inside(inner) for inner in layer.inner)


def ours(case: Case, keras: int) -> Verdict:
    layer = layer_of(case.spec, keras)
    if refused_inside(layer):
        return Verdict("make", message=str(layer.problem))
    tensors = tuple(Tensor(abstract_shape(shape), case.dtype) for shape in case.shapes)
    called = call_layer(layer, LayerInput(tensors, listed=case.listed))
    if called.problem is not None and called.problem.stage != "train":
        return Verdict(called.problem.stage, message=str(called.problem))
    shapes = tuple(plain_shape(tensor.shape) for tensor in called.outputs)
    dtypes = tuple(None if tensor.shape is None else tensor.dtype for tensor in called.outputs)
    later = called.problem is not None
    return Verdict("ok", shapes, dtypes, called.listed, str(called.problem), later)


def abstract_shape(shape: PlainShape) -> tuple[Dim | None, ...]:
    return tuple(None if size is None else Dim(size) for size in shape)


def plain_shape(shape: tuple[Dim | None, ...] | None) -> Any:
    if shape is None:
        return "unknown"
    return tuple(None if dim is None else dim.value if dim.known else f"?{dim}" for dim in shape)


def theirs(case: Case, library: Any) -> Verdict:
    """What the installed Keras (``keras`` or ``tf_keras``) does."""
    try:
        layer = keras_layer(case.spec, library)
    except Exception as error:
        return Verdict("make", message=f"{type(error).__name__}: {error}")
    tensors = [library.Input(batch_shape=shape, dtype=case.dtype) for shape in case.shapes]
    try:
        outputs = layer(tensors) if case.listed else layer(*tensors)
    except Exception as error:
        return Verdict("call", message=f"{type(error).__name__}: {error}")
    listed = isinstance(outputs, list | tuple)
    every = list(outputs) if listed else [outputs]
    shapes = tuple("unknown" if isinstance(output, list) else tuple(output.shape) for output in every)
    dtypes = tuple(None if isinstance(output, list) else dtype_name(output.dtype) for output in every)
    return Verdict("ok", shapes, dtypes, listed)


def dtype_name(dtype: Any) -> str:
    return dtype if isinstance(dtype, str) else dtype.name


def keras_layer(spec: Spec, library: Any) -> Any:
    positional = [concrete(value, library) for value in spec.positional]
    keywords = {name: concrete(value, library) for name, value in spec.keywords.items()}
    return getattr(library.layers, spec.kind)(*positional, **keywords)


def concrete(value: Any, library: Any) -> Any:
    match value:
        case Spec():
            return keras_layer(value, library)
        case list():
            return [concrete(item, library) for item in value]
        case _:
            return value


def same(mine: Verdict, real: Verdict, keras: int = 3) -> bool:
    """Equal, but for the shapes of a layer that we know to fail in training: ours are what it would give if right.

    Of Keras 2 only what it refuses and the shapes it gives are compared.
    """
    if keras == 2:
        return (mine.stage == "ok") == (real.stage == "ok") and mine.shapes == real.shapes
    return mine.stage == real.stage if mine.fails_later else mine == real


def agree(case: Case, library: Any, keras: int) -> None:
    """Fails where we and Keras disagree: on raising, on when, or on a shape."""
    mine, real = ours(case, keras), theirs(case, library)
    assert same(mine, real, keras), f"\n{case}\n  ours:  {mine} {mine.message}\n  keras: {real} {real.message}"
