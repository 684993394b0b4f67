"""A series is turned around before windows are cut from it, so they hold the future of their targets."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Facts,
    Finding,
    Label,
    Made,
    Node,
    Rule,
    Run,
    Severity,
    Tagged,
    Window,
    called_here,
    comes_from,
    differ,
    is_reversal,
    labels_in,
    operations,
    recurrent_layers,
    single_x,
    sorted_by_time,
    step_maker,
    window_of,
)

rule = Rule(code="LST313", name="time-runs-backwards", severity=Severity.WARNING, since="0.1.0")

JOINS = frozenset({"Concatenate", "Add", "Average", "Multiply", "Maximum"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    window = window_of(x) if x is not None and run.trains and recurrent_layers(run.model) else None
    if window is None or not differ(window.length, 1):
        return
    turned = [made for made in operations(window.series) if is_reversal(made, facts)]
    # Twice turned is as before; a file in falling order has to be turned once.
    if len(turned) > 1 or any(made.span.path != facts.source.path for made in turned):
        return
    order = sorted_by_time(turned[0].sources[0] if turned else window.series, facts)
    if not turned and order is not None and order[1] is False:
        yield finding(order[0], window, None, "which `ascending=False` puts in falling order", facts)
    asked = asked_forwards(turned[0], run, facts) if turned else None
    if turned and (asked is not None or (order is not None and order[1])):
        what = "which the model is asked about as it is" if asked is not None else "which was in rising order"
        yield finding(turned[0], window, asked, f"{what}, is turned around", facts)


@rule.on(Node)
def joined(node: Node, facts: Facts) -> Iterator[Finding]:
    """What ``go_backwards`` gives begins with the last step: it must be turned before it meets a forward layer."""
    if node.layer.kind not in JOINS or any(tensor.shape is None or len(tensor.shape) != 3 for tensor in node.inputs):
        return
    readers = [reader for reader in map(step_maker, node.producers) if reader is not None]
    back = [one.layer for one in readers if one.layer.config.flag("go_backwards") is True]
    ahead = [one.layer for one in readers if one.layer.config.flag("go_backwards") is False]
    place = called_here(back[0], facts) if len(back) == 1 and ahead and len(readers) == len(node.inputs) else None
    if place is not None and node.span is not None and node.span.path == facts.source.path:
        yield Finding(
            node.span,
            f"`{node.layer.text}` joins steps in opposite order: `go_backwards=True` gives the last step first, and "
            f"`{ahead[0].text}` the first",
            Confidence.HIGH,
            label="step by step",
            help="wrap the forward layer in `Bidirectional`, which turns its backward half around; or turn it with "
            "`ops.flip(..., axis=1)` before",
            labels=(Label(place, "the last step comes first"),),
        )


def asked_forwards(turned: Made, run: Run, facts: Facts) -> Window | None:
    """Windows of the same series, not turned around, that the same model is asked about."""
    for other in facts.runs_of(run.model):
        x = single_x(other)
        window = window_of(x) if x is not None and not other.trains else None
        if window is None or not comes_from(window.series, turned.sources[0]):
            continue
        if not any(is_reversal(made, facts) for made in operations(window.series)):
            return window
    return None


def finding(made: Made, window: Window, asked: Window | None, what: str, facts: Facts) -> Finding:
    places = [(window.made.span, "windows of the turned series")]
    places += [(asked.made.span, "asked about windows as they are")] if asked is not None else []
    return Finding(
        made.span,
        f"the series, {what}, before windows of {window.length} steps are cut for training: each window holds later "
        "steps than its target",
        Confidence.HIGH,
        label="time runs backwards from here",
        help="cut the windows from the series as it is",
        labels=labels_in(facts.source.path, places),
        experiment=Tagged(
            Claim.SCRAMBLES,
            "targets",
            (window.length, window.length, "backwards"),
            (window.length, window.length, "forwards"),
            "the series as it is",
        ),
    )
