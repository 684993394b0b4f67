"""Methods of lists and tuples: what they do to the list, and give."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.loops import spread
from lstmlint.interpreter.values import Const, Made, Reference, Sequence, Size, Unknown, Value


def _change(call: Call, content: Sequence) -> Value:
    call.machine.memory.put(call.receiver.fields, "content", content)
    return Const(None)


def _content(call: Call) -> Sequence:
    content = call.receiver.fields.get("content")
    return (
        content if isinstance(content, Sequence) else Sequence("list", None, unknown_dim(), Unknown("a list not known"))
    )


@method("list", "append", "item", raw=True)
def append(call: Call) -> Value:
    content, item = _content(call), call["item"]
    if content.items is not None and len(content.items) < 4096:
        grown = Sequence("list", (*content.items, item), content.length + 1, None, content.made)
    else:
        grown = Sequence("list", None, content.length + 1, join_all([element_of(content), item]), content.made)
    return _change(call, grown)


@method("list", "extend", "items", raw=True)
def extend(call: Call) -> Value:
    content, more = _content(call), spread(call.machine, call["items"])
    if content.items is not None and more.items is not None and len(content.items) + len(more.items) <= 4096:
        items = content.items + more.items
        return _change(call, Sequence("list", items, Dim(len(items)), None, content.made))
    element = join_all([element_of(content), element_of(more)])
    return _change(call, Sequence("list", None, content.length + more.length, element, content.made))


@method("list", "insert", "index, item", raw=True)
def insert(call: Call) -> Value:
    content, item, index = _content(call), call["item"], call.integer("index")
    if content.items is not None and index is not None:
        items = list(content.items)
        items.insert(index, item)
        return _change(call, Sequence("list", tuple(items), Dim(len(items)), None, content.made))
    return _change(
        call, Sequence("list", None, content.length + 1, join_all([element_of(content), item]), content.made)
    )


@method("list", "pop", "index=-1", raw=True)
def pop(call: Call) -> Value:
    content, index = _content(call), call.integer("index")
    if content.items and index is not None and -len(content.items) <= index < len(content.items):
        items = list(content.items)
        taken = items.pop(index)
        _change(call, Sequence("list", tuple(items), Dim(len(items)), None, content.made))
        return taken
    element = element_of(content)
    _change(call, Sequence("list", None, content.length - 1, element, content.made))
    return element or call.unknown("an item")


@method("list", "remove clear", "*args", raw=True)
def shrink(call: Call) -> Value:
    content = _content(call)
    if call.name.endswith("clear"):
        return _change(call, Sequence("list", (), Dim(0)))
    return _change(call, Sequence("list", None, content.length - 1, element_of(content), content.made))


@method("list", "sort reverse", "*args, **kwargs", raw=True)
def reorder(call: Call) -> Value:
    content = _content(call)
    if call.name.endswith("reverse") and content.items is not None:
        return _change(call, Sequence("list", content.items[::-1], content.length, None, content.made))
    return _change(call, Sequence("list", None, content.length, element_of(content), content.made))


@method("list", "copy", "")
def copy_list(call: Call) -> Value:
    return call.machine.new_list(call.receiver)


@method("list tuple", "index count", "*args")
def position(call: Call) -> Value:
    return Size(unknown_dim())


@function("random.shuffle", "items, *args", raw=True)
def shuffle(call: Call) -> Value:
    value = call["items"]
    if isinstance(value, Reference) and value.kind == "list":
        content = value.fields["content"]
        made = Made("random.shuffle", call.site.span, (content,))
        shuffled = Sequence("list", None, content.length, element_of(content), made)
        call.machine.memory.put(value.fields, "content", shuffled)
    return Const(None)
