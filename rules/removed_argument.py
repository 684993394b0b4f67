"""An argument that Keras 3 no longer takes."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    ArgumentSite,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    LibraryCall,
    Lookup,
    Removed,
    Rule,
    Safety,
    Severity,
    input_before,
    removed_argument,
    renamed_keyword,
)

rule = Rule(code="LST501", name="removed-argument", severity=Severity.ERROR, since="0.1.0", keras=frozenset({3}))


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.call.span.path != facts.source.path or "compat.v1" in call.written or ".legacy" in call.written:
        return
    for argument in call.call.arguments:
        removed = removed_argument(call.name, argument.name) if argument.name else None
        if removed is not None:
            yield finding(call, argument, removed, facts)


def finding(call: LibraryCall, argument: ArgumentSite, removed: Removed, facts: Facts) -> Finding:
    kind = call.name.rpartition(".")[2]
    # Keras 1 had other names, which the first Keras 2 still took.
    since = "an early Keras 2" if removed.early else "Keras 2"
    instead = f"write `{removed.instead}=`" if removed.instead else removed.help
    edits = tuple(cure(call, argument, removed, facts))
    return Finding(
        argument.span,
        f"`{kind}` has no argument `{argument.name}` in Keras 3: crashes on Keras 3, works on {since}",
        Confidence.HIGH,
        label="not taken any more",
        help=instead,
        fix=Fix(instead if not removed.harmless else f"drop `{argument.name}`", Safety.SAFE, edits) if edits else None,
        experiment=Lookup(call.name, argument.name or "", removed.instead or ""),
    )


def cure(call: LibraryCall, argument: ArgumentSite, removed: Removed, facts: Facts) -> Iterator[Edit]:
    name = argument.name or ""
    dropped = call.call.without_keyword(name)
    if removed.instead is not None:
        renamed = renamed_keyword(call.call, name, removed.instead)
        yield from (renamed,) if renamed else ()
    elif removed.harmless and dropped is not None:
        yield dropped
    elif name == "batch_input_shape" and dropped is not None:
        before = input_before(facts, call, f"batch_shape={argument.text}")
        yield from (*before, dropped) if before else ()
