"""Methods of lists and tuples: what they do to the list, and give."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim, least, unknown_dim
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.loops import distinct
from lstmlint.interpreter.machine import ITEMS_FOR_A_STEP, MOST
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.unordered import are_texts, unordered_texts
from lstmlint.interpreter.values import Const, Made, Reference, Sequence, Size, Unknown, Value
from lstmlint.keras_model.graph import dim_of


def _change(call: Call, content: Sequence) -> Value:
    kept = _of_length(content, call.receiver.fields.get(MOST), at_front=call.name.endswith("left"))
    call.machine.memory.put(call.receiver.fields, "content", kept)
    return Const(None)


def _content(call: Call) -> Sequence:
    content = call.receiver.fields.get("content")
    return (
        content if isinstance(content, Sequence) else Sequence("list", None, unknown_dim(), Unknown("a list not known"))
    )


def _of_length(content: Sequence, most: Value | None, at_front: bool = False) -> Sequence:
    """What a deque keeps of items. Until it is full, nobody knows how many turns of a loop have filled it."""
    limit = dim_of(most)
    if limit is None or (isinstance(most, Const) and most.value is None):
        return content
    if least(content.length - limit) < 0:
        return Sequence("list", None, unknown_dim(), element_of(content), content.made)
    count, items = limit.value, content.items
    if items is None or count is None:
        return Sequence("list", None, limit, element_of(content), content.made)
    kept = items[:count] if at_front else items[len(items) - count :]
    return Sequence("list", kept, limit, content.element, content.made)


@function("collections.deque", "iterable=None, maxlen=None", raw=True)
def deque(call: Call) -> Value:
    made, most = call.made(call["iterable"], call["maxlen"]), call["maxlen"]
    given = Sequence("list", (), Dim(0)) if call.is_none("iterable") else spread(call.machine, call["iterable"])
    if not call.is_none("maxlen") and dim_of(most) is None:
        return Unknown("a deque whose length is not known", made)
    new = call.machine.new_list(_of_length(Sequence("list", given.items, given.length, given.element, made), most))
    call.machine.memory.put(new.fields, MOST, most)
    return new


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


@method("list", "appendleft", "item", raw=True)
def append_left(call: Call) -> Value:
    content, item = _content(call), call["item"]
    if content.items is not None and len(content.items) < 4096:
        return _change(call, Sequence("list", (item, *content.items), content.length + 1, None, content.made))
    grown = Sequence("list", None, content.length + 1, join_all([element_of(content), item]), content.made)
    return _change(call, grown)


@method("list", "popleft", "", raw=True)
def pop_left(call: Call) -> Value:
    content = _content(call)
    element = content.items[0] if content.items else element_of(content)
    left = content.items[1:] if content.items else None
    _change(call, Sequence("list", left, content.length - 1, None if left else element, content.made))
    return element or call.unknown("an item")


@method("list", "extendleft rotate", "*args", raw=True)
def mix(call: Call) -> Value:
    content, given = _content(call), call.items("args") or ()
    more = spread(call.machine, given[0]) if call.name.endswith("extendleft") and given else None
    element = join_all([element_of(content), element_of(more) if more is not None else None])
    length = content.length if more is None else content.length + more.length
    return _change(call, Sequence("list", None, length, element, content.made))


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
    made = call.made(content) if unordered_texts(content) else content.made
    return _change(call, Sequence("list", None, content.length, element_of(content), made))


@method("list", "copy", "")
def copy_list(call: Call) -> Value:
    return call.machine.new_list(call.receiver)


@method("list tuple", "index count", "*args")
def position(call: Call) -> Value:
    texts = isinstance(call.receiver, Sequence) and are_texts(call.receiver)
    return Size(unknown_dim(), call.made(call.receiver) if texts and call.name == "list.index" else None)


@function("random.shuffle", "items, *args", raw=True)
def shuffle(call: Call) -> Value:
    value = call["items"]
    if isinstance(value, Reference) and value.kind == "list":
        content = spread(call.machine, value)
        made = Made("random.shuffle", call.site.span, (content,))
        shuffled = Sequence("list", None, content.length, element_of(content), made)
        call.machine.memory.put(value.fields, "content", shuffled)
    return Const(None)


@method(
    "set", "add update discard remove clear pop difference_update intersection_update", "item=None, *args", raw=True
)
def change_set(call: Call) -> Value:
    """How many distinct items a set has after a change is known where all of them are constants."""
    content, item = spread(call.machine, call.receiver), call["item"]
    more = {"set.add": (item,), "set.update": spread(call.machine, item).items}.get(call.name)
    if content.items is not None and more is not None:
        grown = distinct(replace(content, items=(*content.items, *more)))
        if grown is not None:
            call.machine.step(len(content.items) // ITEMS_FOR_A_STEP)
            call.machine.memory.put(call.receiver.fields, "content", grown)
            return Const(None)
    new = element_of(spread(call.machine, item)) if call.name.endswith("update") else item
    element = join_all([element_of(content), new]) if call.name in ("set.add", "set.update") else element_of(content)
    changed = Sequence("set", None, unknown_dim(), element, content.made)
    call.machine.memory.put(call.receiver.fields, "content", changed)
    return element or call.unknown("an item of a set") if call.name == "set.pop" else Const(None)


@method("set", "union intersection difference symmetric_difference copy", "*args")
def combine_sets(call: Call) -> Value:
    others = [element_of(spread(call.machine, value)) for value in call.items("args") or ()]
    element = join_all([element_of(spread(call.machine, call.receiver)), *others])
    return Reference("set", {"content": Sequence("set", None, unknown_dim(), element, call.made())}, call.made())
