"""A layer of the program's own that defines ``__call__`` itself: Keras's is not there to run ``build`` and ``call``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst.matchers as m

from lstmlint.interpreter.recording import record_call
from lstmlint.interpreter.values import Function, Reference, Unknown, Value
from lstmlint.text.edits import CallSite

if TYPE_CHECKING:
    from lstmlint.interpreter.machine import Machine

#: The call that is written down where such a method is given symbolic tensors; its span is the whole method.
REPLACED = "OwnLayer.__call__ replaced"
_ON = m.Call(func=m.Name("super")) | m.Attribute(attr=m.Name("__call__"))


def look(machine: Machine, owner: Reference, method: Value | None, given: tuple[Value, ...]) -> None:
    """Write down where ``__call__`` stands, unless it hands on to Keras's own."""
    from lstmlint.interpreter.tensors import is_symbolic

    ours = isinstance(method, Function) and method.span.path == machine.parsed.source.path
    if not isinstance(method, Function) or not ours or machine.traced or not any(map(is_symbolic, given)):
        return
    if m.findall(method.node.body, _ON) or _is_known(machine, owner):
        return
    place = machine.span(method.node.name)
    site = CallSite(method.span, place, machine.parsed.text(method.node.name), "", (), method.span.end)
    record_call(machine, REPLACED, owner_name(owner), site, dict(owner.fields), Unknown("a layer's output"), owner, {})


def _is_known(machine: Machine, owner: Reference) -> bool:
    return any(call.receiver is owner for call in machine.record.calls if call.name == REPLACED)


def owner_name(owner: Reference) -> str:
    return str(getattr(owner.type, "name", "layer"))
