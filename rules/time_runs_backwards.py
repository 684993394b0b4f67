"""A series is turned around before windows are cut from it, so they hold the future of their targets."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Const,
    Facts,
    Finding,
    Label,
    Made,
    Rule,
    Run,
    Severity,
    Slice,
    Window,
    differ,
    is_none,
    operations,
    recurrent_layers,
    single_x,
    window_of,
)

rule = Rule(code="LST313", name="time-runs-backwards", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    window = window_of(x) if x is not None and run.trains and recurrent_layers(run.model) else None
    if window is None or not differ(window.length, 1):
        return
    turned = [made for made in operations(window.series) if is_reversal(made)]
    # Twice turned is as before; a file in falling order has to be turned once.
    if len(turned) == 1 and turned[0].span.path == facts.source.path and rising(turned[0]):
        yield finding(turned[0], window, facts)


def is_reversal(made: Made) -> bool:
    """``data[::-1]`` along the first axis."""
    key = made.sources[1] if made.operation == "index" and len(made.sources) > 1 else None
    step = key.step if isinstance(key, Slice) else None
    whole = isinstance(key, Slice) and is_none(key.start) and is_none(key.stop)
    return whole and isinstance(step, Const) and step.value == -1


def rising(made: Made) -> bool:
    """Whether the program itself has put the series in rising order before."""
    for one in operations(made.sources[0]):
        if one.operation.rpartition(".")[2] in (
            "sort_values",
            "sort_index",
            "arange",
            "linspace",
            "cumsum",
            "date_range",
        ):
            return True
    return False


def finding(made: Made, window: Window, facts: Facts) -> Finding:
    place = window.made.span
    return Finding(
        made.span,
        f"the series is turned around before windows of {window.length} steps are cut: each window "
        "holds later steps than its "
        "target",
        Confidence.HIGH,
        label="time runs backwards from here",
        help="cut the windows from the series as it is",
        labels=(Label(place, "windows of the turned series"),) if place.path == facts.source.path else (),
    )
