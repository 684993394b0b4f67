"""`K.set_value` and its kin of the old backend are given variables of Keras 3, which they cannot set."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Reference,
    Rule,
    Sequence,
    Severity,
    Tagged,
    Value,
    call_refused,
    own_weight,
)

rule = Rule(
    code="LST512",
    name="backend-sets-variable",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
)
_BACKEND = "tensorflow.keras.backend."
#: What sets one variable.
_ONE = ("set_value", "update", "update_add", "update_sub")
_SEVERAL = "batch_set_value"


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    written = call.written.removeprefix(_BACKEND)
    if written not in _ONE or written == call.written or call.call.span.path != facts.source.path:
        return
    site = call.call.positional(0) or call.call.keyword("x")
    if site is None or site.star:
        return
    rate = any(one.name == "Optimizer.learning_rate" for one in facts.calls_at(site.value))
    if rate or _is_variable(_first(call, "x")):
        which = "learning rate" if rate else "weight"
        assign = "assign" + written.removeprefix("set_value").removeprefix("update")
        yield _finding(
            call,
            f"`{site.text}`, a variable of Keras 3",
            f"write `{site.text}.{assign}(...)`" + (f" or `{site.text} = ...`" if rate else ""),
            call_refused("variable", (which, written), (which, assign), f"`{assign}`"),
        )


@rule.on(LibraryCall)
def check_several(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """Pairs of a variable and its value."""
    if call.written != _BACKEND + _SEVERAL or call.call.span.path != facts.source.path:
        return
    if any(_is_variable(pair.items[0]) for pair in _pairs(call) if pair.items):
        advice = "assign one by one: `for variable, value in ...: variable.assign(value)`"
        experiment = call_refused("variable", ("weight", _SEVERAL), ("weight", "assign"), "`assign`")
        yield _finding(call, "variables of Keras 3", advice, experiment)


def _finding(call: LibraryCall, what: str, advice: str, experiment: Tagged) -> Finding:
    return Finding(
        call.call.span,
        f"`{call.call.callee_text}` cannot set {what}: crashes on Keras 3 (AttributeError), works on Keras 2",
        Confidence.HIGH,
        label="AttributeError",
        help=advice,
        experiment=experiment,
    )


def _pairs(call: LibraryCall) -> Iterator[Sequence]:
    listed = _first(call, "tuples")
    if isinstance(listed, Sequence):
        pairs = listed.items if listed.items is not None else (listed.element,)
        yield from (pair for pair in pairs if isinstance(pair, Sequence))


def _first(call: LibraryCall, name: str) -> Value | None:
    """The tables do not know the function: what it is given is numbered, or has its keyword."""
    return call.arguments.get("argument 1", call.arguments.get(name))


def _is_variable(value: Value | None) -> bool:
    return own_weight(value) is not None or (isinstance(value, Reference) and value.kind == "variable")
