"""``re``: the texts that it gives are not known, only that they are texts."""

from __future__ import annotations

from lstmlint.interpreter.dims import unknown_dim
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.values import Const, Reference, Sequence, Unknown, Value


@function("re.compile", "pattern, flags=0")
def compiled(call: Call) -> Value:
    return Reference("re.Pattern", {"pattern": call["pattern"]}, call.made())


@function("re.sub", "pattern, repl, string, count=0, flags=0")
@method("re.Pattern", "sub", "repl, string, count=0")
def substituted(call: Call) -> Value:
    return Unknown("a text", call.made(call["string"]), text=True)


@function("re.split", "pattern, string, *args, **kwargs")
@method("re.Pattern", "split", "string, *args, **kwargs")
def split(call: Call) -> Value:
    word = Unknown("a part of a text", call.made(call["string"]), text=True)
    return call.machine.new_list(Sequence("list", None, unknown_dim(), word, word.made))


@function("re.findall", "pattern, string, flags=0")
def found_all(call: Call) -> Value:
    return _found(call, call["pattern"])


@method("re.Pattern", "findall", "string, *args")
def pattern_found_all(call: Call) -> Value:
    return _found(call, call.receiver.fields["pattern"])


def _found(call: Call, pattern: Value) -> Value:
    """Texts; tuples of texts where the pattern has several groups."""
    plain = isinstance(pattern, Const) and isinstance(pattern.value, str) and "(" not in pattern.value
    word = Unknown("a part of a text", call.made(call["string"]), text=plain)
    return call.machine.new_list(Sequence("list", None, unknown_dim(), word, word.made))


@function("re.escape", "pattern")
def escaped(call: Call) -> Value:
    return Unknown("a text", call.made(call["pattern"]), text=True)
