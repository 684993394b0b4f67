"""Whether anything that a loss of the program's own makes of the outputs leads a gradient back to them."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.own_losses import GUESS, TRUTH
from lstmlint.interpreter.values import Array, Const, Library, Mapped, Sequence, Size, Slice, Tensor, Value
from lstmlint.keras_model.graph import EITHER, Node
from lstmlint.questions.own_losses import nodes_behind

#: Functions that lead no gradient back, measured on TensorFlow 2.21 through GradientTape: it is None.
_STEPS = frozenset(
    {
        *("round", "rint", "floor", "ceil", "trunc", "floor_divide", "floordiv", "one_hot"),
        *("argmax", "argmin", "argsort", "any", "all", "reduce_any", "reduce_all", "count_nonzero"),
        *("equal", "not_equal", "greater", "greater_equal", "less", "less_equal"),
        *("logical_and", "logical_or", "logical_xor", "logical_not", "stop_gradient"),
    }
)
#: The gradient is 0 everywhere: Keras trains on, and no weight moves.
_FLAT = frozenset({"sign"})
#: What these give has nothing to do with the numbers in the tensor.
_FORMS = frozenset({"ones_like", "zeros_like", "shape", "shape_n"})
_HOMES = (
    "keras.ops",
    "keras.backend",
    "tensorflow",
    "tensorflow.math",
    "tensorflow.nn",
    "tensorflow.experimental.numpy",
)
_NO_REALS = ("bool", "int", "uint")
#: Functions that make a tensor of fixed numbers.
_FIXED = frozenset(
    {"tensorflow.constant", "tensorflow.convert_to_tensor", "keras.ops.convert_to_tensor", "keras.ops.array"}
    | {"keras.backend.constant", "keras.ops.cast", "keras.backend.cast", "tensorflow.cast"}
)
#: Arguments that no gradient goes through.
_SETTINGS = frozenset({"dtype", "name", "axis", "keepdims", "axes", "perm", "depth", "num_classes"})


def gradient_stops(result: Tensor | None, facts: Facts) -> tuple[tuple[Node, ...], bool]:
    """The steps that the outputs go through first, where none leads a gradient back and no other way does.

    With them, whether the gradient is zero, which TensorFlow does not call missing. No step where any way from the
    result to the outputs is open, or not known.
    """
    reached = list(nodes_behind(result, past=lambda node: not _stops(node)))
    passed = [node for node in reached if not _stops(node)]
    ends = [one for node in passed for one in node.inputs if one.node is None]
    if any(end.name != TRUTH for end in ends) or not all(_is_followed(node, facts) for node in passed):
        return (), False
    stops = [node for node in nodes_behind(result) if _stops(node) and _reads_outputs(node)]
    first = (node for node in stops if not any(one in stops for one in nodes_behind(*node.inputs)))
    return tuple(first), _is_zero(result)


def _is_zero(result: Tensor | None) -> bool:
    """Whether some way back is stopped by nothing but a gradient of 0."""
    passed = (node for node in nodes_behind(result, past=_is_flat_or_open) if _is_flat_or_open(node))
    return any(one.node is None and one.name == GUESS for node in passed for one in node.inputs)


def _is_flat_or_open(node: Node) -> bool:
    return not _stops(node) or node.layer.kind.rpartition(".")[2] in _FLAT


def _reads_outputs(node: Node) -> bool:
    if node.layer.kind.rpartition(".")[2] in _FORMS:
        return False
    given = [*node.inputs, *(one for inner in nodes_behind(*node.inputs) for one in inner.inputs)]
    return any(one.node is None and one.name == GUESS for one in given)


def _stops(node: Node) -> bool:
    kind, dtype = node.layer.kind, node.outputs[0].dtype or ""
    if kind.startswith("operator "):
        return kind in ("operator ==", "operator //")
    home, _, name = kind.rpartition(".")
    if home not in _HOMES:
        return False
    return name in _STEPS | _FLAT | _FORMS or (name == "cast" and dtype.startswith(_NO_REALS))


def _is_followed(node: Node, facts: Facts) -> bool:
    """Whether all that goes into a step is known: its tensors, and beside them only fixed numbers."""
    if node.layer is EITHER or node.layer.kind == "GetItem":
        return True
    made = node.layer.made
    if node.layer.kind.startswith("operator ") and made is not None:
        return all(map(_is_fixed, _leaves(made.sources, node)))
    calls = facts.calls_at(node.span) if node.span is not None else iter(())
    call = next((one for one in calls if any(found.node is node for found in _tensors(one.result))), None)
    given = () if call is None else tuple(value for name, value in call.arguments.items() if name not in _SETTINGS)
    return call is not None and all(map(_is_fixed, _leaves(given, node)))


def _tensors(result: Value) -> Iterator[Tensor]:
    items = result.items or () if isinstance(result, Sequence) else (result,)
    return (item for item in items if isinstance(item, Tensor))


def _leaves(values: tuple[Value, ...], node: Node) -> Iterator[Value]:
    """What stands in the arguments of a step, but for the tensors that its node knows."""
    for value in values:
        match value:
            case Sequence(items=tuple() as items):
                yield from _leaves(items, node)
            case Mapped(items=items, open=False):
                yield from _leaves(tuple(item for _, item in items), node)
            case Tensor() if any(value is one for one in node.inputs):
                pass
            case _:
                yield value


def _is_fixed(value: Value) -> bool:
    """A number, or what is made of numbers: nothing that training changes."""
    match value:
        case Const() | Size() | Library() | Slice():
            return True
        case Array(flavour="tensor", made=made):
            return made is not None and made.operation in _FIXED and all(map(_is_fixed, made.sources))
        case Array():
            return True
        case Sequence(items=tuple() as items):
            return all(map(_is_fixed, items))
        case _:
            return False
