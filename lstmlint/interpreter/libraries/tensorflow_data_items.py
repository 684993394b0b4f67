"""``dataset[i]``, which no dataset of TensorFlow has: it is written down, and nothing comes of it."""

from __future__ import annotations

from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.recording import record_call
from lstmlint.interpreter.values import Unknown, Value


@method("Dataset", "__getitem__", "key")
def item(call: Call) -> Value:
    result = Unknown("an item of a dataset", call.made(call.receiver))
    if not call.machine.guarded:
        record_call(call.machine, call.name, "__getitem__", call.site, call.arguments, result, call.receiver, {})
    return result
