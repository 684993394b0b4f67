"""The table of what libraries' functions, methods and attributes return; filled by the files in ``libraries/``.

Adding ``numpy.rot90`` is one function there::

    @function("numpy.rot90", "m, k=1, axes=(0, 1)")
    def rot90(call: Call) -> Value: ...

Names are canonical (``keras.layers.LSTM`` for every way to import it). A method is registered for the kind of its
receiver: ``Array``, ``Table``, ``list``, ``dict``, ``str``, ``Tensor``, or a library object's kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Unknown, Value
from lstmlint.keras_model.graph import dim_of, shape_of
from lstmlint.signatures import Signature, signature
from lstmlint.text.edits import CallSite

if TYPE_CHECKING:
    from lstmlint.interpreter.machine import Machine


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call of a library function with its arguments by name, defaults filled in.

    Lists and dicts among the arguments are given as they stand (Sequence, Mapped); ``machine`` is there for those that
    call back into the program (``map``, ``Lambda``) or change their receiver.
    """

    machine: Machine
    name: str
    site: CallSite
    arguments: Mapping[str, Value]
    given: frozenset[str] = frozenset()
    receiver: Any = None

    def __getitem__(self, name: str) -> Value:
        return self.arguments.get(name, Unknown(f"no argument {name}"))

    def made(self, *sources: Value) -> Made:
        return Made(self.name, self.site.span, sources)

    def unknown(self, why: str) -> Unknown:
        return Unknown(why, self.made())

    def is_none(self, name: str) -> bool:
        value = self.arguments.get(name)
        return value is None or (isinstance(value, Const) and value.value is None)

    def dim(self, name: str) -> Dim | None:
        return dim_of(self.arguments.get(name))

    def integer(self, name: str) -> int | None:
        """A known integer argument: an axis, say."""
        dim = self.dim(name)
        return None if dim is None else dim.value

    def number(self, name: str) -> float | None:
        match self.arguments.get(name):
            case Const(value=(int() | float()) as value):
                return float(value)
            case _:
                dim = self.dim(name)
                return None if dim is None or dim.value is None else float(dim.value)

    def flag(self, name: str) -> bool | None:
        match self.arguments.get(name):
            case Const(value=(bool() | int() | None) as value):
                return bool(value)
            case _:
                return None

    def text(self, name: str) -> str | None:
        match self.arguments.get(name):
            case Const(value=str() as value):
                return value
            case _:
                return None

    def shape(self, name: str) -> tuple[Dim, ...] | None:
        """A shape argument, an integer standing for one axis; None where it is not known."""
        value = self.arguments.get(name)
        single = dim_of(value)
        if single is not None:
            return (single,)
        if isinstance(value, Array) and value.rank == 1 and value.elements is not None:
            return tuple(Dim(e) for e in value.elements if isinstance(e, int))
        shape = shape_of(value)
        return None if shape is None or None in shape else shape  # type: ignore[return-value]

    def array(self, name: str) -> Array | None:
        """An argument as ``np.asarray`` would take it; None where it cannot be told."""
        value = self.arguments.get(name)
        return None if value is None else from_nested(value, getattr(value, "made", None))

    def items(self, name: str) -> tuple[Value, ...] | None:
        """The items of a list or tuple argument, where all are known."""
        value = self.arguments.get(name)
        return value.items if isinstance(value, Sequence) else None


Behaviour: TypeAlias = Callable[[Call], Value]
AttributeOf: TypeAlias = Callable[["Machine", Any], Value]


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    signature: Signature
    behave: Behaviour
    #: The receiver is changed: lists and dicts are given as references, not as they stand.
    raw: bool = False


FUNCTIONS: dict[str, Entry] = {}
METHODS: dict[tuple[str, str], Entry] = {}
ATTRIBUTES: dict[tuple[str, str], AttributeOf] = {}
#: Constants of libraries: ``numpy.newaxis``, ``numpy.pi``.
CONSTANTS: dict[str, Value] = {}


def function(names: str, parameters: str = "*args, **kwargs", *, raw: bool = False) -> Callable[[Behaviour], Behaviour]:
    """Register what the functions or classes of these qualified names (blank between) return."""

    def register(behave: Behaviour) -> Behaviour:
        for name in names.split():
            _once(FUNCTIONS, name)
            FUNCTIONS[name] = Entry(name, signature(parameters), behave, raw)
        return behave

    return register


def method(
    kinds: str, names: str, parameters: str = "*args, **kwargs", *, raw: bool = False
) -> Callable[[Behaviour], Behaviour]:
    """Register what methods of these names give on receivers of these kinds (blank between)."""

    def register(behave: Behaviour) -> Behaviour:
        for kind in kinds.split():
            for name in names.split():
                _once(METHODS, (kind, name))
                METHODS[kind, name] = Entry(f"{kind}.{name}", signature(parameters), behave, raw)
        return behave

    return register


def attribute(kinds: str, names: str) -> Callable[[AttributeOf], AttributeOf]:
    """Register what reading an attribute gives."""

    def register(read: AttributeOf) -> AttributeOf:
        for kind in kinds.split():
            for name in names.split():
                _once(ATTRIBUTES, (kind, name))
                ATTRIBUTES[kind, name] = read
        return read

    return register


def _once(table: Mapping[Any, Any], key: object) -> None:
    if key in table:
        raise ValueError(f"{key} defined twice")
