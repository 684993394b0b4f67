"""Python's dates and times: which day it is is not known, what their parts are is."""

from __future__ import annotations

from lstmlint.interpreter.dims import symbol_dim, unknown_dim
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Array, Made, Reference, Size, Unknown, Value

_MAKERS = "today fromordinal fromtimestamp fromisoformat utcnow strptime combine"
_DATES = ("datetime.date", "datetime.datetime")


@function(
    " ".join([*_DATES, *(f"{name}.{maker}" for name in _DATES for maker in _MAKERS.split())]),
    "*args, **kwargs",
)
def date(call: Call) -> Value:
    return Reference("datetime", {}, call.made(*(call.items("args") or ())))


@method("datetime", "isoformat strftime ctime __str__", "*args, **kwargs")
def as_text(call: Call) -> Value:
    return Unknown("a date as text", call.made(call.receiver), text=True)


@method("datetime", "toordinal weekday isoweekday", "")
def as_number(call: Call) -> Value:
    return Size(symbol_dim("day", 0), call.made(call.receiver))


@method("datetime", "timestamp", "")
def timestamp(call: Call) -> Value:
    return Array((), "float64", made=call.made(call.receiver))


@method("datetime", "date time replace astimezone", "*args, **kwargs")
def same_day(call: Call) -> Value:
    return Reference("datetime", {}, call.made(call.receiver))


@attribute("datetime", "year month day hour minute second microsecond")
def part(machine: Machine, value: Value) -> Value:
    made = getattr(value, "made", None)
    return Size(unknown_dim(), made if isinstance(made, Made) else None)
