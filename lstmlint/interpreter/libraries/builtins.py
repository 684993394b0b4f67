"""Python's own functions."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.calls import super_of
from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.keys import some_of
from lstmlint.interpreter.libraries.python_texts import file_of
from lstmlint.interpreter.library import CONSTANTS, Call, function
from lstmlint.interpreter.loops import distinct, numbers
from lstmlint.interpreter.old_names import OLD, is_optimizer
from lstmlint.interpreter.operators import from_dim, to_int, truth
from lstmlint.interpreter.special import call_special
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.texts import letters
from lstmlint.interpreter.values import (
    Array,
    Class,
    Const,
    Library,
    Made,
    Mapped,
    Reference,
    Sequence,
    Size,
    Slice,
    Table,
    Unknown,
    Value,
    constants,
)
from lstmlint.keras_model.graph import Layer, dim_of
from lstmlint.keras_model.layers import LAYERS

CONSTANTS["builtins.True"] = Const(True)
CONSTANTS["builtins.False"] = Const(False)
CONSTANTS["builtins.None"] = Const(None)
CONSTANTS["builtins.object"] = Library("builtins.object", "object")


@function("builtins.len", "value")
def length(call: Call) -> Value:
    """``len(value)``; of something not known, a size that bears the text of the call."""
    value = call["value"]
    match value:
        case Sequence(length=size) | Table(rows=size):
            return from_dim(size, call.made(value))
        case Array(shape=tuple() as shape) if shape:
            return from_dim(shape[0], call.made(value))
        case Array(shape=()):
            return Unknown("numpy refuses: len of an array without axes", call.made(value))
        case Mapped(open=False, items=items):
            return Const(len(items), call.made(value))
        case Mapped(length=Dim() as size):
            return from_dim(size, call.made(value))
        case Const(value=(str() | bytes()) as text):
            return Const(len(text), call.made(value))
        case Reference(kind="object"):
            own = call_special(call.machine, value, "__len__", (), call.site.span)
            return own if own is not None else Size(unknown_dim(), call.made(value))
        case _:
            name = call.site.text if len(call.site.text) <= 24 else "?"
            if isinstance(value, Unknown) and value.text:
                return from_dim(letters(value, name), call.made(value))
            return Size(symbol_dim(name, key=("len", value)), call.made(value))


@function("builtins.range builtins.xrange", "*args")
def make_range(call: Call) -> Value:
    dims = [
        dim_of(to_int(value, call.made()) if isinstance(value, (Array, Unknown)) else value)
        for value in call.items("args") or ()
    ]
    marks = [unknown_dim() if dim is None else dim for dim in dims]
    match marks:
        case [stop]:
            return numbers(Dim(0), stop, Dim(1), call.made())
        case [start, stop]:
            return numbers(start, stop, Dim(1), call.made())
        case [start, stop, step]:
            return numbers(start, stop, step, call.made())
        case _:
            return call.unknown("range of unknown bounds")


@function("builtins.slice", "*args")
def make_slice(call: Call) -> Value:
    """``slice(stop)`` or ``slice(start, stop, step)``."""
    given, none = call.items("args") or (), Const(None)
    if len(given) == 1:
        return Slice(none, given[0], none)
    parts = (*given, none, none)[:3]
    return Slice(*parts) if len(given) in (2, 3) else call.unknown("a slice")


@function("builtins.int", "value=0, base=10")
def integer(call: Call) -> Value:
    return to_int(call["value"], call.made(call["value"]))


@function("builtins.float", "value=0.0")
def floating(call: Call) -> Value:
    match call["value"]:
        case Const(value=(int() | float() | str()) as value):
            try:
                return Const(float(value), call.made())
            except (ValueError, OverflowError):
                return call.unknown("a float that Python refuses")
        case value:
            # A scalar of unknown value: arithmetic with it keeps the shape of an array.
            return Array((), "float64", made=call.made(value))


@function("builtins.str builtins.repr builtins.format", "value=''")
def text(call: Call) -> Value:
    match call["value"]:
        case Const(value=(str() | int() | float() | None) as value):
            return Const(str(value), call.made())
        case value:
            return Unknown("a text", call.made(value), text=True)


@function("builtins.bool", "value=False")
def boolean(call: Call) -> Value:
    known = truth(call["value"])
    return call.unknown("a condition") if known is None else Const(known)


def _spread_argument(call: Call, name: str) -> Sequence:
    return spread(call.machine, call[name], call.site.span)


@function("builtins.list builtins.sorted", "value=(), *args, **kwargs")
def make_list(call: Call) -> Value:
    found = _spread_argument(call, "value")
    made = call.made(call["value"])
    if call.name == "builtins.sorted":
        return call.machine.new_list(_sorted(found, made))
    return call.machine.new_list(Sequence("list", found.items, found.length, found.element, made, found.turns))


def _sorted(found: Sequence, made: Made) -> Sequence:
    known = constants(found.items)
    if known is not None:
        try:
            ordered = tuple(Const(value, made) for value in sorted(known))
            return Sequence("list", ordered, found.length, None, made)
        except TypeError:
            pass
    return Sequence("list", None, found.length, element_of(found), made)


@function("builtins.tuple", "value=()")
def make_tuple(call: Call) -> Value:
    found = _spread_argument(call, "value")
    return Sequence("tuple", found.items, found.length, found.element, call.made(call["value"]))


@function("builtins.set builtins.frozenset", "value=()")
def make_set(call: Call) -> Value:
    made = _distinct(call)
    return made if call.name.endswith("frozenset") else Reference("set", {"content": made}, made.made)


def _distinct(call: Call) -> Sequence:
    found, text = _spread_argument(call, "value"), call.text("value")
    if text is not None:
        found = Sequence("list", tuple(Const(character) for character in dict.fromkeys(text)), Dim(0))
    known = distinct(replace(found, made=call.made()))
    if known is not None:
        return known
    name = call.site.text if len(call.site.text) <= 24 else "?"
    size = symbol_dim(name, key=("set", call["value"]))
    return Sequence("set", None, size, element_of(found), call.made(call["value"]))


@function("builtins.dict collections.OrderedDict", "value=(), **kwargs")
def make_dict(call: Call) -> Value:
    keywords = tuple((Const(key), value) for key, value in call.arguments.items() if key not in ("value", "kwargs"))
    given = call["value"]
    if isinstance(given, Mapped):
        return call.machine.new_dict(
            Mapped((*given.items, *keywords), given.open, given.default, given.length, call.made(), given.key)
        )
    pairs = _pairs(spread(call.machine, given))
    if pairs is None:
        found = spread(call.machine, given)
        key, default = pair_of(element_of(found))
        return call.machine.new_dict(Mapped(keywords, True, default, found.length, call.made(), some_of(key)))
    return call.machine.new_dict(Mapped((*pairs, *keywords), made=call.made()))


def pair_of(item: Value | None) -> tuple[Value | None, Value | None]:
    """A key and its value, where an item is two things."""
    items = item.items if isinstance(item, Sequence) else None
    return (items[0], items[1]) if items is not None and len(items) == 2 else (None, None)


def _pairs(found: Sequence) -> tuple[tuple[Const, Value], ...] | None:
    if found.items is None:
        return None
    pairs = []
    for item in found.items:
        if not isinstance(item, Sequence) or item.items is None or len(item.items) != 2:
            return None
        key, value = item.items
        if not isinstance(key, Const):
            return None
        pairs.append((key, value))
    return tuple({(type(k.value).__name__, k.value): (k, v) for k, v in pairs}.values())


@function("collections.Counter", "*args, **kwargs")
def open_dict(call: Call) -> Value:
    """How often each item occurs."""
    often = Size(unknown_dim(), call.made())
    return call.machine.new_dict(Mapped((), True, often, None, call.made(*(call.items("args") or ()))))


@function("collections.defaultdict", "factory=None, *args, **kwargs", raw=True)
def default_dict(call: Call) -> Value:
    content = Mapped((), bool(call.items("args")), None, None, call.made())
    return Reference("dict", {"content": content, "factory": call["factory"]}, content.made)


@function("builtins.max builtins.min", "*args, **kwargs")
def extreme(call: Call) -> Value:
    values = call.items("args") or ()
    if len(values) == 1:
        values = spread(call.machine, values[0]).items or ()
    known = constants(values)
    if known and all(isinstance(v, (int, float)) for v in known) and "key" not in call.arguments:
        pick = max if call.name.endswith("max") else min
        return Const(pick(known))
    lone = (call.items("args") or (None,))[0]
    name = call.site.text if len(call.site.text) <= 24 else "?"
    return Size(symbol_dim(name, key=(call.name, lone)), call.made(*(call.items("args") or ())))


@function("builtins.sum", "value, start=0")
def total(call: Call) -> Value:
    items = _spread_argument(call, "value").items
    if items is not None and all(dim_of(item) is not None for item in items):
        dim = Dim(0)
        for item in items:
            dim = dim + (dim_of(item) or 0)
        return from_dim(dim)
    return call.unknown("a sum")


@function("builtins.abs", "value")
def absolute(call: Call) -> Value:
    match call["value"]:
        case Const(value=(int() | float()) as value):
            return Const(abs(value))
        case Array() as value:
            return Array(value.shape, value.dtype, low=0.0, flavour=value.flavour, made=call.made(value))
        case value:
            return value


@function("builtins.round", "value, digits=None")
def rounded(call: Call) -> Value:
    match call["value"]:
        case Const(value=(int() | float()) as value) if call.is_none("digits"):
            return Const(round(value)) if value == value and abs(value) < 1e18 else call.unknown("a number")
        case value:
            return to_int(value, call.made()) if call.is_none("digits") else call.unknown("a number")


@function(
    "builtins.print builtins.delattr builtins.exec builtins.eval builtins.vars builtins.id builtins.hash builtins.help"
)
def opaque(call: Call) -> Value:
    return Const(None) if call.name == "builtins.print" else call.unknown(f"what {call.name[9:]} gives")


@function("sys.exit builtins.exit builtins.quit os._exit")
def ends(call: Call) -> Value:
    return call.unknown("the program ends here")


@function("builtins.hasattr", "owner, name")
def has_attribute(call: Call) -> Value:
    """Known for what Keras's recurrent layers have and no other of its layers, and for an optimizer's learning rate."""
    owner = call["owner"]
    if isinstance(owner, Layer) and owner.kind in LAYERS and owner.own is None:
        name = call.text("name")
        if name == "reset_states" or (owner.keras == 3 and name in ("reset_state", "stateful")):
            return Const(owner.recurrent)
    if is_optimizer(owner) and call.text("name") in (OLD, "learning_rate"):
        return Const(call.machine.keras == 2 or call.text("name") != OLD)
    return call.unknown("a condition")


@function("builtins.isinstance builtins.issubclass builtins.callable")
def condition(call: Call) -> Value:
    return call.unknown("a condition")


@function("builtins.getattr", "owner, name, default=None", raw=True)
def get_attribute(call: Call) -> Value:
    from lstmlint.interpreter.attributes import class_member, keras_base, read_attribute

    name = call.text("name")
    if name is None:
        return call.unknown("an attribute by a name that is not known")
    owner = call["owner"]
    match owner:
        case Reference(kind="object", type=Class() as own, fields=fields) if "default" in call.given:
            if name not in fields and class_member(own, name) is None and keras_base(own) is None:
                return call["default"]
    return read_attribute(call.machine, owner, name, call.site.span)


@function("builtins.super", "*args", raw=True)
def make_super(call: Call) -> Value:
    return super_of(call.machine)


@function("builtins.open io.open codecs.open", "file, mode='r', *args, **kwargs")
def open_file(call: Call) -> Value:
    return file_of(call, call["file"])


@function("builtins.type", "value, *args")
def type_of(call: Call) -> Value:
    return Library("builtins.type", "type")
