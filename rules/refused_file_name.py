"""A model or its weights are saved under a file name that Keras 3 refuses."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Const,
    Facts,
    Finding,
    LibraryCall,
    Rule,
    Severity,
    Value,
    ends_otherwise,
    file_name,
)

rule = Rule(
    code="LST509",
    name="refused-file-name",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
    untestable="the verifier saves nothing",
)

WEIGHTS, CHECKPOINT, WHOLE = (".weights.h5",), (".keras", ".h5"), (".keras", ".h5", ".hdf5")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    wanted = _wanted(call)
    site = call.call.keyword("filepath") or call.call.positional(0) if wanted else None
    name = file_name(call.arguments.get("filepath"), site) if site is not None else None
    if (
        site is None
        or name is None
        or not ends_otherwise(name, wanted)
        or name.startswith("hf://")
        or call.call.span.path != facts.source.path
    ):
        return
    words = " or ".join(f"`{end}`" for end in wanted[:2])
    yield Finding(
        site.span,
        f"`{call.name.rpartition('.')[2]}` takes only names that end in {words}, not {_written(call, site.text, name)}:"
        " crashes on Keras 3 (ValueError), works on Keras 2",
        Confidence.HIGH,
        label="refused",
        help=f"end the name in `{wanted[0]}`, here and where it is loaded",
    )


def _wanted(call: LibraryCall) -> tuple[str, ...]:
    """The ends that Keras takes; none where that cannot be told."""
    match call.name:
        case "Model.save_weights":
            return WEIGHTS
        case "Model.save" if not call.arguments.get("kwargs") or _plain(call.arguments["kwargs"]):
            return WHOLE
        case "keras.callbacks.ModelCheckpoint":
            only = call.arguments.get("save_weights_only", Const(False))
            return () if not isinstance(only, Const) else WEIGHTS if only.value else CHECKPOINT
        case _:
            return ()


def _plain(value: Value) -> bool:
    return not getattr(value, "items", None) and not getattr(value, "open", False)


def _written(call: LibraryCall, text: str, end: str) -> str:
    """The name itself, where a variable stands for it, or what it ends with."""
    given = call.arguments.get("filepath")
    if isinstance(given, Const):
        return repr(given.value)
    return f"`{text}`, which ends in {end!r}" if text.isidentifier() else f"`{text}`"
