"""`K.set_value` of the old backend is given a variable of Keras 3, which it cannot set."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Reference,
    Rule,
    Severity,
    Value,
)

rule = Rule(
    code="LST512",
    name="backend-sets-variable",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
    untestable="the verifier sets no variables",
)
_SET = "tensorflow.keras.backend.set_value"


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.written != _SET or call.call.span.path != facts.source.path:
        return
    site = call.call.positional(0) or call.call.keyword("x")
    if site is None or site.star:
        return
    rate = any(one.name == "Optimizer.learning_rate" for one in facts.calls_at(site.value))
    if rate or any(map(_is_variable, call.arguments.values())):
        yield Finding(
            call.call.span,
            f"`{call.call.callee_text}` cannot set `{site.text}`, a variable of Keras 3: crashes on Keras 3"
            " (AttributeError), works on Keras 2",
            Confidence.HIGH,
            label="AttributeError",
            help=f"write `{site.text}.assign(...)`" + (f" or `{site.text} = ...`" if rate else ""),
        )


def _is_variable(value: Value) -> bool:
    return isinstance(value, Reference) and value.kind == "variable"
