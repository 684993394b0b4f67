"""Methods of text, and files read as text."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.texts import A_WORD
from lstmlint.interpreter.values import Const, Reference, Sequence, Size, Unknown, Value, constants

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


#: Followed as texts, but not computed.
_OTHERS = (
    "rsplit partition rpartition rfind index isdigit isalpha isupper islower isspace isalnum translate encode decode "
    "ljust rjust center casefold"
)


@method("str", " ".join([*sorted(_PLAIN), *_OTHERS.split()]), "*args, **kwargs")
def text_method(call: Call) -> Value:
    """A text's method with known arguments; the result of others is not known."""
    name = call.name.split(".", 1)[1]
    if isinstance(call.receiver, Unknown):
        return _unknown_text(call, name)
    receiver = call.receiver.value
    arguments = [_plain(value) for value in call.items("args") or ()]
    others = {k: v for k, v in call.arguments.items() if k not in ("args", "kwargs")}
    if name == "zfill" or name not in _PLAIN or others or any(a is None for a in arguments) or len(receiver) > 2000:
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
    given = [value for key, value in call.arguments.items() if key not in ("args", "kwargs")]
    word = Unknown(A_WORD, call.made(call.receiver, *(call.items("args") or ()), *given), text=True)
    match name:
        case "split" | "rsplit" | "splitlines":
            return call.machine.new_list(Sequence("list", None, unknown_dim(), word, word.made))
        case "partition" | "rpartition":
            return Sequence("tuple", (word, word, word), Dim(3), None, word.made)
        case "find" | "rfind" | "index" | "count":
            return Size(unknown_dim(), word.made)
        case _ if name.startswith(("is", "starts", "ends")):
            return call.unknown("a condition on a text")
        case "encode":
            return call.unknown("a text as bytes")
        case _:
            return Unknown("a text", word.made, text=True)


@function("builtins.input", "prompt=''")
def typed(call: Call) -> Value:
    return Unknown("what input gives", call.made(), text=True)


def file_of(call: Call, path: Value) -> Reference:
    """An open file: of texts, or of bytes where the ``mode`` says so or is not known."""
    mode = call.text("mode")
    return Reference("file" if mode is not None and "b" not in mode else "binary_file", {}, call.made(path))


@function("io.StringIO StringIO.StringIO", "initial_value='', newline=None")
def text_as_file(call: Call) -> Value:
    """A text to be read like a file."""
    return Reference("file", {"unread": call["initial_value"]}, call.made(call["initial_value"]))


@method("file", "read readline", "*args")
def read(call: Call) -> Value:
    """What stands in a text that is read whole, for the first time."""
    unread = call.receiver.fields.get("unread")
    text = Unknown("the text of a file", call.made(call.receiver), text=True)
    if unread is None:
        return text
    call.machine.memory.put(call.receiver.fields, "unread", text)
    whole = call.name.endswith("read") and not call.items("args")
    return unread if whole else text


@method("binary_file", "read readline", "*args")
def read_bytes(call: Call) -> Value:
    """A sequence of numbers, until it is decoded."""
    return Reference("file_bytes", {}, call.made(call.receiver))


@method("file_bytes", "decode", "*args, **kwargs")
def decode(call: Call) -> Value:
    return Unknown("the text of a file", call.made(call.receiver), text=True)


@method("file", "readlines", "*args")
@method("binary_file", "readlines", "*args")
def readlines(call: Call) -> Value:
    return call.machine.new_list(spread(call.machine, call.receiver))
