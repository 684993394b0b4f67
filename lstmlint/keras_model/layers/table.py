"""How a layer is described: its arguments, what it requires of its input, what it gives.

One file a Keras layer family beside this one; each layer is one ``@layer(...)`` on the function that mirrors Keras's
``compute_output_shape``, with ``requires`` for ``input_spec`` and ``validate`` for the constructor. Importing the
package fills the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lstmlint.interpreter.values import Const, Tensor, Value
from lstmlint.keras_model.graph import Layer, Problem, Shape


@dataclass(frozen=True, slots=True, eq=False)
class LayerInput:
    """What a layer is called on. ``listed`` says that the program passed a list or tuple of tensors.

    A tensor's shape is None where its rank is unknown: then ``requires`` accepts, and ``output_shape`` says what is
    sure whatever the input is.
    """

    tensors: tuple[Tensor, ...]
    listed: bool = False
    state: tuple[Tensor, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)

    @property
    def shape(self) -> Shape | None:
        """Of the first input."""
        return self.tensors[0].shape if self.tensors else None

    @property
    def shapes(self) -> tuple[Shape | None, ...]:
        return tuple(tensor.shape for tensor in self.tensors)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Several outputs (return_state, a model with two heads): their shapes in order."""

    shapes: tuple[Shape | None, ...]


#: One shape, several, or None where not even the rank can be told.
Given: TypeAlias = Shape | Outputs | None
OutputShape: TypeAlias = Callable[[Layer, LayerInput], Given]
Requires: TypeAlias = Callable[[Layer, LayerInput], Problem | None]
Validate: TypeAlias = Callable[[Layer], Problem | None]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constructor argument; ``required`` where it has no default."""

    name: str
    default: Value | None = None
    keyword_only: bool = False

    @property
    def required(self) -> bool:
        return self.default is None


@dataclass(frozen=True, slots=True, eq=False)
class LayerType:
    """A row of the table. ``keras`` names the versions that have the layer."""

    name: str
    parameters: tuple[Parameter, ...]
    output_shape: OutputShape
    requires: Requires | None = None
    validate: Validate | None = None
    keras: frozenset[int] = frozenset({2, 3})
    #: The dtype it gives: None for the input's own; ``lookup`` and ``bins`` for indices in output_mode ``int``.
    dtype: str | None = "float32"
    #: Keras 2's parameters, where they differ.
    keras2: tuple[Parameter, ...] | None = None
    #: Keywords that Keras's base layer takes: False for the few whose constructor has no ``**kwargs``.
    takes_base_keywords: bool = True

    def parameters_for(self, keras: int) -> tuple[Parameter, ...]:
        return self.keras2 if keras == 2 and self.keras2 is not None else self.parameters


LAYERS: dict[str, LayerType] = {}


def layer(
    name: str,
    signature: str = "",
    *,
    requires: Requires | None = None,
    validate: Validate | None = None,
    keras: frozenset[int] = frozenset({2, 3}),
    dtype: str | None = "float32",
    keras2: str | None = None,
    takes_base_keywords: bool = True,
) -> Callable[[OutputShape], OutputShape]:
    """Register a layer.

    ``signature`` is Keras 3's own, as Python would write it (``units, activation='tanh'``), ``keras2`` that of Keras 2
    where it differs.
    """
    older = None if keras2 is None else parse_signature(keras2)

    def register(output_shape: OutputShape) -> OutputShape:
        if name in LAYERS:
            raise ValueError(f"layer {name} defined twice")
        LAYERS[name] = LayerType(
            name, parse_signature(signature), output_shape, requires, validate, keras, dtype, older, takes_base_keywords
        )
        return output_shape

    return register


def parse_signature(signature: str) -> tuple[Parameter, ...]:
    """``units, activation='tanh', *, seed=None`` as parameters. Only our own table is read so, and only literals."""
    import ast

    arguments = ast.parse(f"def f({signature}): ...").body[0].args  # type: ignore[attr-defined]
    plain = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(plain) - len(arguments.defaults)) + arguments.defaults
    rows = [(a.arg, d, False) for a, d in zip(plain, defaults, strict=True)]
    rows += [(a.arg, d, True) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return tuple(Parameter(name, None if d is None else _literal(d), keyword) for name, d, keyword in rows)


def _literal(node: object) -> Value:
    import ast

    from lstmlint.interpreter.dims import Dim
    from lstmlint.interpreter.values import Sequence

    def read(value: object) -> Value:
        if isinstance(value, tuple):
            return Sequence("tuple", tuple(read(item) for item in value), Dim(len(value)))
        return Const(value)

    return read(ast.literal_eval(node))  # type: ignore[arg-type]
