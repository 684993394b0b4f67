"""A generator of windows is given targets that do not follow their windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.api import (
    GENERATOR,
    WINDOWS,
    Claim,
    Confidence,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Severity,
    Shift,
    Slice,
    Tagged,
    Value,
    dim_of,
    history,
    is_none,
    made_here,
    shift_of,
)

rule = Rule(code="LST311", name="dataset-targets-misaligned", severity=Severity.WARNING, since="0.1.0")
_AT_THE_END = "assumes that the answer is wanted at the window's end"


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name not in (GENERATOR, WINDOWS) or call.call.span.path != facts.source.path or call.conditional:
        return
    data, targets = call.arguments.get("data"), call.arguments.get("targets")
    length = _number(call, "length" if call.name == GENERATOR else "sequence_length")
    rate = _number(call, "sampling_rate")
    if data is None or targets is None or is_none(targets) or length is None or not rate or length < 2:
        return
    shift = shift_of(data, targets)
    row = (shift.rows + length if call.name == GENERATOR else shift.rows).value if shift is not None else None
    if shift is None or row is None or row < 0:
        return
    steps = -(-length // rate) if call.name == GENERATOR else length
    if not shift.held:
        # A column of a table as it was read: none of its rows was moved on before.
        if call.name == WINDOWS and steps > 1 and row == 0 and any(one.result is shift.of for one in facts.calls):
            yield replace(
                inside(call, Steps(steps, rate), row, facts), confidence=Confidence.MEDIUM, notes=(_AT_THE_END,)
            )
        return
    # Without a shift the target is the window's own first step: what an autoencoder of windows would not ask either.
    if steps > 1 and row <= (steps - 1) * rate:
        yield inside(call, Steps(steps, rate), row, facts)
    elif call.name == GENERATOR and rate == 1 and (row == 2 * length or (row == length + 1 and by_one(targets, shift))):
        yield far(call, length, row - length, facts)


def by_one(targets: Value, shift: Shift) -> bool:
    """Whether the one row is written as such: ``ahead - 1`` would be that of a target two steps ahead."""
    steps = [*history(targets), *([shift.moved.made] if shift.moved is not None else ())]
    keys = [key for made in steps for key in made.sources[1:2] if made.operation in ("index", "Series.shift")]
    starts = [key.start if isinstance(key, Slice) else key for key in keys]
    ones = [start for start in starts if (dim := dim_of(start)) is not None and dim.value in (1, -1)]
    return bool(ones) and all(len(made.sources) < 2 for one in ones for made in history(one))


def _number(call: LibraryCall, name: str) -> int | None:
    dim = dim_of(call.arguments.get(name))
    return dim.value if dim is not None else None


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a window, and how many rows each is after the one before."""

    count: int
    rate: int

    @property
    def behind(self) -> int:
        """The first row behind the window, counted from its first step."""
        return (self.count - 1) * self.rate + 1

    def place(self, row: int) -> str:
        step, rest = divmod(row, self.rate)
        if rest:
            return f"between its own steps {step + 1} and {step + 2}"
        which = "the first" if row == 0 else "the last" if step == self.count - 1 else f"number {step + 1}"
        return f"{which} of its own steps"

    def __str__(self) -> str:
        return f"{self.count} steps" + (f", {self.rate} rows apart," if self.rate > 1 else "")


def inside(call: LibraryCall, steps: Steps, row: int, facts: Facts) -> Finding:
    name = call.name.rpartition(".")[2]
    told = f"(sequence_length - 1) * sampling_rate + 1 = {steps.behind}"
    return Finding(
        call.call.span,
        f"`{name}` gives each window of {steps} a target that lies in the window: {steps.place(row)}",
        Confidence.HIGH,
        label="the target stands in the window",
        help=(
            f"give `{name}` the targets from row {steps.behind if steps.rate == 1 else told} on, "
            f"`targets=data[{steps.behind}:]`: its targets belong to the windows that begin at the same place"
            if call.name == WINDOWS
            else f"give `{name}` data and targets of the same rows: it takes the target from behind each window itself"
        ),
        labels=labels(call, facts),
        experiment=asked(name, steps, row, steps.behind),
    )


def far(call: LibraryCall, length: int, moved: int, facts: Facts) -> Finding:
    rows = "one row" if moved == 1 else f"{moved} rows"
    return Finding(
        call.call.span,
        f"the targets were moved by {rows} before, and `TimeseriesGenerator` takes the target from behind each "
        f"window itself: it lies {moved + 1} steps ahead, not one",
        Confidence.MEDIUM,
        label="moved twice",
        help="give it data and targets of the same rows",
        labels=labels(call, facts),
        experiment=asked("TimeseriesGenerator", Steps(length, 1), length + moved, length),
        notes=(f"assumes that the next step is wanted, not the one {moved + 1} steps ahead",),
    )


def asked(name: str, steps: Steps, row: int, right: int) -> Tagged:
    """Keras's own generator on numbered rows, with the targets as they are and as they should be."""
    length = steps.behind if name == "TimeseriesGenerator" else steps.count
    written, cured = ((name, length, one, steps.rate) for one in (row, right))
    return Tagged(Claim.SCRAMBLES, "generator", written, cured, "targets behind the windows")


def labels(call: LibraryCall, facts: Facts) -> tuple[Label, ...]:
    place = made_here(call.arguments["targets"], facts)
    return (Label(place, "the targets"),) if place is not None and place not in call.call.span else ()
