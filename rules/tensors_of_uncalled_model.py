"""`model.input` or `model.output` of a Sequential that no Keras tensor has gone through."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Const,
    Edit,
    Facts,
    Finding,
    Fix,
    LibraryCall,
    Rule,
    Safety,
    Severity,
    Tagged,
    call_refused,
)

rule = Rule(
    code="LST117",
    name="tensors-of-uncalled-model",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
)

NAMED = {"input": "inputs[0]", "output": "outputs[0]"}


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name != "Sequential.undefined" or call.call.span.path != facts.source.path:
        return
    name, built = _text(call, "name"), call.arguments.get("built")
    stands = isinstance(built, Const) and built.value is True
    other = NAMED.get(name)
    why = "was never called on a Keras tensor" if stands else "has no input shape yet"
    yield Finding(
        call.call.span,
        f"a `Sequential` that {why} has no `{name}`: AttributeError",
        Confidence.HIGH,
        label="AttributeError",
        help=f"read `.{other}`, which a model has as soon as it is built"
        if stands
        else "put an `Input` first and read `.inputs[0]`, `.outputs[0]`; or call the model on an `Input` of your own",
        fix=Fix(f"read {other}", Safety.SAFE, (Edit(call.call.callee, str(other)),)) if stands and other else None,
        experiment=_experiment(name, stands),
    )


def _experiment(name: str, stands: bool) -> Tagged:
    plural = name if name.endswith("s") else f"{name}s"
    cure = f"`.{plural}[0]`" if stands else f"an `Input` and `.{plural}[0]`"
    return call_refused("attribute", (name, "shaped" if stands else "unshaped"), (plural, "shaped"), cure)


def _text(call: LibraryCall, name: str) -> str:
    value = call.arguments.get(name)
    return str(value.value) if isinstance(value, Const) else ""
