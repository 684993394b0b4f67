"""A generator of windows is given targets that do not follow their windows."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    GENERATOR,
    WINDOWS,
    Claim,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Severity,
    Tagged,
    dim_of,
    is_none,
    made_here,
    shift_of,
)

rule = Rule(code="LST311", name="dataset-targets-misaligned", severity=Severity.WARNING, since="0.1.0")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name not in (GENERATOR, WINDOWS) or call.call.span.path != facts.source.path or call.conditional:
        return
    data, targets = call.arguments.get("data"), call.arguments.get("targets")
    length = dim_of(call.arguments.get("length" if call.name == GENERATOR else "sequence_length"))
    rate = dim_of(call.arguments.get("sampling_rate"))
    if data is None or targets is None or is_none(targets) or length is None or rate != Dim(1):
        return
    shift = shift_of(data, targets)
    if shift is None or not shift.held:
        return
    row = shift.rows + length if call.name == GENERATOR else shift.rows
    if not row.known or not length.known or length.constant < 2 or row.constant < 0:
        return
    # Without a shift the target is the window's own first step: what an autoencoder of windows would not ask either.
    if row.constant < length.constant:
        yield inside(call, length.constant, row.constant, facts)
    elif call.name == GENERATOR and row.constant == 2 * length.constant:
        yield far(call, length.constant, facts)


def inside(call: LibraryCall, length: int, row: int, facts: Facts) -> Finding:
    which = "the first" if row == 0 else "the last" if row == length - 1 else f"number {row + 1}"
    name = call.name.rpartition(".")[2]
    return Finding(
        call.call.span,
        f"`{name}` gives each window of {length} steps a target that the window holds: {which} of its own steps",
        Confidence.HIGH,
        label="the target stands in the window",
        help=(
            f"give `{name}` the targets from row {length} on, `targets=data[{length}:]`: its targets belong to the "
            "windows that begin at the same place"
            if call.name == WINDOWS
            else f"give `{name}` data and targets of the same rows: it takes the target from behind each window itself"
        ),
        labels=labels(call, facts),
        experiment=asked(name, length, row),
    )


def far(call: LibraryCall, length: int, facts: Facts) -> Finding:
    return Finding(
        call.call.span,
        f"the targets were moved by {length} rows before, and `TimeseriesGenerator` takes the target from behind each "
        f"window itself: it lies {length + 1} steps ahead, not one",
        Confidence.MEDIUM,
        label="moved twice",
        help="give it data and targets of the same rows",
        labels=labels(call, facts),
        experiment=asked("TimeseriesGenerator", length, 2 * length),
        notes=(f"assumes that the next step is wanted, not the one {length + 1} steps ahead",),
    )


def asked(name: str, length: int, row: int) -> Tagged:
    """Keras's own generator on numbered rows, with the targets as they are and as they should be."""
    behind = "targets behind the windows"
    return Tagged(Claim.SCRAMBLES, "generator", (name, length, row), (name, length, length), behind)


def labels(call: LibraryCall, facts: Facts) -> tuple[Label, ...]:
    place = made_here(call.arguments["targets"], facts)
    return (Label(place, "the targets"),) if place is not None and place not in call.call.span else ()
