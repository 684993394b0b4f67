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
    comes_from,
    differ,
    is_none,
    operations,
    recurrent_layers,
    single_x,
    window_of,
)

rule = Rule(
    code="LST313",
    name="time-runs-backwards",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a series can be learned in both directions",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    window = window_of(x) if x is not None and run.trains and recurrent_layers(run.model) else None
    if window is None or not differ(window.length, 1):
        return
    turned = [made for made in operations(window.series) if is_reversal(made)]
    # Twice turned is as before; a file in falling order has to be turned once.
    if len(turned) != 1 or turned[0].span.path != facts.source.path:
        return
    asked = asked_forwards(turned[0], run, facts)
    if asked is not None or rising(turned[0]):
        yield finding(turned[0], window, asked, facts)


def asked_forwards(turned: Made, run: Run, facts: Facts) -> Window | None:
    """Windows of the same series, not turned around, that the same model is asked about."""
    for other in facts.runs_of(run.model):
        x = single_x(other)
        window = window_of(x) if x is not None and not other.trains else None
        if window is None or not comes_from(window.series, turned.sources[0]):
            continue
        if not any(is_reversal(made) for made in operations(window.series)):
            return window
    return None


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


def finding(made: Made, window: Window, asked: Window | None, facts: Facts) -> Finding:
    places = [(window.made.span, "windows of the turned series")]
    places += [(asked.made.span, "asked about windows as they are")] if asked is not None else []
    what = "which the model is asked about as it is" if asked is not None else "which was in rising order"
    return Finding(
        made.span,
        f"the series, {what}, is turned around before windows of {window.length} steps are cut for training: each "
        "window holds later steps than its target",
        Confidence.HIGH,
        label="time runs backwards from here",
        help="cut the windows from the series as it is",
        labels=tuple(Label(span, text) for span, text in places if span.path == facts.source.path),
    )
