"""Layers and models of one program come from both `keras` and `tensorflow.keras`."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, LibraryCall, Rule, Severity

rule = Rule(
    code="LST504",
    name="mixed-keras-packages",
    severity=Severity.INFO,
    since="0.1.0",
    untestable="whether the packages hold the same classes depends on how they were installed",
)

MODELS = frozenset({"keras.Input", "keras.Model", "keras.Sequential"})


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    first: dict[str, LibraryCall] = {}
    for call in facts.calls:
        package = package_of(call)
        if package is not None and call.call.span.path == facts.source.path:
            first.setdefault(package, call)
    if len(first) < 2:
        return
    one, other = sorted(first.values(), key=lambda call: call.order)[:2]
    serious = facts.keras == 2
    says = "Keras 2 has two sets of classes that refuse each other" if serious else "on Keras 3 they are the same"
    yield Finding(
        other.call.callee,
        f"`{other.call.callee_text}` comes from `{package_of(other)}` and `{one.call.callee_text}` from "
        f"`{package_of(one)}`: {says}",
        Confidence.HIGH,
        label=f"from {package_of(other)}",
        help=f"import everything from `{package_of(one)}`",
        labels=(Label(one.call.callee, f"from {package_of(one)}"),),
        severity=Severity.WARNING if serious else None,
    )


def package_of(call: LibraryCall) -> str | None:
    """``keras`` or ``tensorflow.keras``, for what becomes part of a model."""
    if call.name not in MODELS and not call.name.startswith("keras.layers."):
        return None
    if call.written.startswith("keras."):
        return "keras"
    return "tensorflow.keras" if call.written.startswith("tensorflow.keras.") else None
