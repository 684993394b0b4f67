"""A rolling forecast writes its prediction into every column, or does not move the window on by a step."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Run,
    Sequence,
    Severity,
    Span,
    array_shape_text,
    dropped_again,
    given_again,
    inserted_over_columns,
    made_at,
    made_here,
    predicted,
    rolled_back,
    rolled_flat,
    stretched_over_columns,
)

rule = Rule(
    code="LST315",
    name="prediction-window-not-rolled",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the forecast is the program's own loop, and its code is not run",
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """``np.insert(window, at, prediction, axis=0)`` stretches one number over all columns of the new row."""
    window, columns = inserted_over_columns(call) or (None, None)
    if window is None or columns is None or not call.loops or call.call.span.path != facts.source.path:
        return
    if any(run.trains and comes_from_rows(run, columns) for run in facts.runs):
        yield finding(call.call.span, "", window, columns, facts)


@rule.on(Run)
def stretched(run: Run, facts: Facts) -> Iterator[Finding]:
    """``window[-1] = prediction`` does the same in place."""
    value, window = stretched_over_columns(run) or (None, None)
    place, columns = made_at(value), window.shape[-1] if window is not None and window.shape else None
    if window is None or columns is None or place is None or run.call.span.path != facts.source.path:
        return
    if any(one.trains and comes_from_rows(one, columns) for one in facts.runs_of(run.model)):
        yield finding(place, " of a step", window, columns, facts)


def comes_from_rows(run: Run, columns: Dim) -> bool:
    """Whether the model was trained on windows of that many columns."""
    return any(isinstance(x, Array) and x.shape is not None and x.shape[-1] == columns for x in run.x)


def finding(span: Span, where: str, window: Array, columns: Dim, facts: Facts) -> Finding:
    place, count = made_here(window, facts), f"{columns} columns" if columns.known else "columns"
    return Finding(
        span,
        f"one predicted number is written into all {count}{where} of the window "
        f"{array_shape_text(window.shape)}: from the second step on the model reads columns that hold something else",
        Confidence.HIGH,
        label=f"fills {count} with one value",
        help="insert a whole row: the prediction of every column, or the known values of the others",
        labels=(Label(place, "the window"),) if place is not None else (),
    )


@rule.on(Run)
def never_moved(run: Run, facts: Facts) -> Iterator[Finding]:
    """The same window is given at every turn, and what comes out is kept."""
    loop = run.loops[-1] if run.loops else None
    counted = loop is not None and isinstance(loop.over, Sequence) and loop.over.kind == "range"
    if loop is None or not counted or run.method not in ("predict", "predict_on_batch") or run.conditional:
        return
    if not given_again(run, loop) or run.model.stateful is not False or run.call.span.path != facts.source.path:
        return
    if any(one.trains and any(other.span == loop.span for other in one.loops) for one in facts.runs):
        return
    for call in facts.calls_to("list.append", "numpy.append", "numpy.concatenate", "numpy.vstack"):
        kept = any(isinstance(value, Array) and predicted(value) for value in call.arguments.values())
        if kept and call.call.span in loop.span and not call.conditional:
            yield Finding(
                run.call.span,
                "the window that is predicted from is the same at every turn of the loop: every step of the forecast "
                "is the first one again",
                Confidence.MEDIUM,
                label="the same window each time",
                help="drop the oldest step and append the prediction to the window before the next turn",
                labels=(Label(call.call.span, "gathers the forecast"),),
                notes=("assumes that nothing unseen changes the window in place",),
            )
            return


@rule.on(Run)
def newest_dropped(run: Run, facts: Facts) -> Iterator[Finding]:
    """``window.append(p)``, then ``window[:-1]``: what was put at the end is what is cut off."""
    cut, put = dropped_again(run, facts) or (None, None)
    if cut is not None and put is not None and run.call.span.path == facts.source.path:
        yield Finding(
            cut,
            "this cuts off the newest item of the window, the one just put at its end: every turn of the loop predicts "
            "from the same window",
            Confidence.HIGH,
            label="drops what was just added",
            help="drop the oldest item instead, the first one: `window[1:]`",
            labels=(Label(put, "put at the end"),) if put not in cut and cut not in put else (),
        )


@rule.on(Run)
def rolled(run: Run, facts: Facts) -> Iterator[Finding]:
    """``np.roll(window, 1)``, then ``window[-1] = prediction``; or several columns rolled without ``axis``."""
    here = run.call.span.path == facts.source.path
    back, flat = (rolled_back(run, facts), rolled_flat(run, facts)) if here else (None, None)
    if back is not None:
        by, end = (1, "last") if back.at_end else (-1, "first")
        what = f"rolled by {by}, the window moves the wrong way: the {end} value goes round to the other end and stays"
        advice = f"roll by {-by}: what goes round is what the prediction is written over"
        yield Finding(back.roll, what, Confidence.HIGH, label="rolls the wrong way", help=advice)
    elif flat is not None:
        shape, by = array_shape_text(flat.window.shape), flat.shift
        what = f"`np.roll` without `axis` moves the window {shape} as one long row of numbers, by {by}, not by a step"
        what, advice = f"{what}: the features change places", f"roll along the steps: `axis={flat.axis}`"
        yield Finding(flat.roll.call.span, what, Confidence.HIGH, label="rolls across the features", help=advice)
