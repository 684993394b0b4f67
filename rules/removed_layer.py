"""A layer that Keras 3 no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    REMOVED_LAYERS,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    Import,
    Label,
    LibraryCall,
    Lookup,
    Rule,
    Safety,
    Severity,
    Span,
    renamed_method,
)

rule = Rule(code="LST503", name="removed-layer", severity=Severity.ERROR, since="0.1.0", keras=frozenset({3}))


@rule.on(Import)
def check_imports(one: Import, facts: Facts) -> Iterator[Finding]:
    kind = removed(one.name)
    if kind is None or ".compat.v1" in one.written:
        return
    uses = [call for call in facts.calls_to(one.name) if call.call.callee_text == one.bound]
    new, plain = REMOVED_LAYERS[kind].instead, one.bound == kind
    edits = [Edit(one.span, new), *(renamed_method(call.call, new) for call in uses)] if new and plain else []
    labels = tuple(Label(call.call.span, "made here") for call in uses[:3])
    yield finding(kind, one.span, labels, tuple(edits))


@rule.on(LibraryCall)
def check_calls(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """Layers read off a module: `layers.CuDNNLSTM(64)`."""
    kind = removed(call.name)
    if kind is None or "." not in call.call.callee_text or call.call.span.path != facts.source.path:
        return
    if ".compat.v1" not in call.written:
        new = REMOVED_LAYERS[kind].instead
        yield finding(kind, call.call.span, (), (renamed_method(call.call, new),) if new else ())


def removed(name: str) -> str | None:
    module, _, kind = name.rpartition(".")
    return kind if module == "keras.layers" and kind in REMOVED_LAYERS else None


def finding(kind: str, span: Span, labels: tuple[Label, ...], edits: tuple[Edit, ...]) -> Finding:
    found = REMOVED_LAYERS[kind]
    instead = f"use `{found.instead}`: it runs on cuDNN by itself where it can" if found.instead else found.help
    return Finding(
        span,
        f"`keras.layers` has no `{kind}` in Keras 3: crashes on Keras 3, works on Keras 2",
        Confidence.HIGH,
        label="not there any more",
        help=instead,
        labels=labels,
        fix=Fix(f"use `{found.instead}`", Safety.SAFE, edits) if edits else None,
        experiment=Lookup(f"keras.layers.{kind}", instead=f"keras.layers.{found.instead}" if found.instead else ""),
    )
