"""A history is asked for a metric under a name that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Const, Edit, Facts, Finding, Fix, LibraryCall, Mapped, Rule, Safety, Severity

rule = Rule(
    code="LST507",
    name="history-key",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="what `compile` is given decides the names, no training does",
)

#: How one metric is called when it is given by its short and its long name.
TWINS = {"acc": "accuracy", "mse": "mean_squared_error", "mae": "mean_absolute_error"}


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    key, known = call.arguments.get("key"), call.arguments.get("known")
    if call.name != "History.history" or not isinstance(key, Const) or not isinstance(key.value, str):
        return
    if not isinstance(known, Mapped) or known.open or known.get(key.value) is not None:
        return
    names = [str(name.value) for name, _ in known.items]
    place = key.made.span if key.made is not None else call.call.span
    twin = next((name for name in names if name in twins(key.value)), None)
    yield Finding(
        call.call.span,
        f"the history has no key {key.value!r}: it has {', '.join(map(repr, names))}; KeyError",
        Confidence.HIGH,
        label="KeyError",
        help=f"read `[{twin!r}]`" if twin else "read one of these",
        fix=Fix(f"read {twin!r}", Safety.SAFE, (Edit(place, f"'{twin}'"),)) if twin and key.made is not None else None,
    )


def twins(key: str) -> set[str]:
    """The other name of a metric, `val_` kept."""
    prefix, name = ("val_", key[4:]) if key.startswith("val_") else ("", key)
    pairs = [*TWINS.items(), *((long, short) for short, long in TWINS.items())]
    return {prefix + other for one, other in pairs if one == name}
