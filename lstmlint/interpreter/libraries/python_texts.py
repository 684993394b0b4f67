"""Methods of text, and files read as text."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.loops import spread
from lstmlint.interpreter.values import Const, Sequence, Unknown, Value, constants

_PLAIN = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "replace",
        "title",
        "capitalize",
        "split",
        "startswith",
        "endswith",
        "join",
        "format",
        "find",
        "count",
        "zfill",
        "swapcase",
        "splitlines",
    ]
)


@method("str", " ".join(sorted(_PLAIN)), "*args, **kwargs")
def text_method(call: Call) -> Value:
    """A text's method with known arguments; the result of others is not known."""
    name, receiver = call.name.split(".", 1)[1], call.receiver.value
    arguments = [_plain(value) for value in call.items("args") or ()]
    others = {k: v for k, v in call.arguments.items() if k not in ("args", "kwargs")}
    if name == "zfill" or others or any(a is None for a in arguments) or len(receiver) > 2000:
        return _unknown_text(call, name)
    try:
        result = getattr(receiver, name)(*(a[0] for a in arguments if a is not None))
    except (TypeError, ValueError, IndexError, KeyError):
        return _unknown_text(call, name)
    if isinstance(result, list):
        return call.machine.new_list(Sequence("list", tuple(Const(r) for r in result), Dim(len(result))))
    return Const(result) if not isinstance(result, str) or len(result) < 10_000 else _unknown_text(call, name)


def _plain(value: Value) -> tuple[object] | None:
    match value:
        case Const(value=(str() | int() | None) as constant):
            return (constant,)
        case Sequence(items=items):
            known = constants(items)
            return (known,) if known is not None and all(isinstance(word, str) for word in known) else None
        case _:
            return None


def _unknown_text(call: Call, name: str) -> Value:
    if name in ("split", "splitlines"):
        return call.machine.new_list(Sequence("list", None, unknown_dim(), Unknown("a word of a text")))
    return call.unknown("a text")


@method("file", "read readline", "*args")
def read(call: Call) -> Value:
    return call.unknown("the text of a file")


@method("file", "readlines", "*args")
def readlines(call: Call) -> Value:
    return call.machine.new_list(spread(call.machine, call.receiver))
