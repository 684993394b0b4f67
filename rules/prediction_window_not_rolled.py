"""A rolling forecast writes its prediction into every column, or never moves the window."""

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
    Loop,
    Reference,
    Rule,
    Run,
    Sequence,
    Severity,
    Size,
    Slice,
    Span,
    Unknown,
    Value,
    alike,
    ancestors,
    array_shape_text,
    dropped_again,
    made_at,
    made_here,
    predicted,
    reads_list,
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
    if call.name != "numpy.insert" or not call.loops or call.call.span.path != facts.source.path:
        return
    window, value = call.arguments.get("arr"), call.arguments.get("values")
    axis = getattr(call.arguments.get("axis"), "value", None)
    if not isinstance(window, Array) or not isinstance(value, Array) or not predicted(value):
        return
    rank = window.rank or 0
    columns = window.shape[-1] if window.shape and rank in (2, 3) and axis in (-2, rank - 2) else None
    if columns is None or columns.value is None or columns.value < 2 or not one_number(value):
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


def one_number(value: Array) -> bool:
    return value.shape is not None and all(dim == Dim(1) for dim in value.shape)


def comes_from_rows(run: Run, columns: Dim) -> bool:
    """Whether the model was trained on windows of that many columns."""
    return any(isinstance(x, Array) and x.shape is not None and x.shape[-1] == columns for x in run.x)


def finding(span: Span, where: str, window: Array, columns: Dim, facts: Facts) -> Finding:
    place = made_here(window, facts)
    return Finding(
        span,
        f"one predicted number is written into all {columns} columns{where} of the window "
        f"{array_shape_text(window.shape)}: from the second step on the model reads columns that hold something else",
        Confidence.HIGH,
        label=f"fills {columns} columns with one value",
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
    pairs = list(zip(run.x, run.again, strict=False)) if len(run.again) == len(run.x) else []
    still = bool(pairs) and all(a is b or (alike(a, b) and unchangeable(a, loop)) for a, b in pairs)
    if not still or run.model.stateful is not False or run.call.span.path != facts.source.path:
        return
    if any(one.trains and any(other.span == loop.span for other in one.loops) for one in facts.runs):
        return
    for call in facts.calls_to("list.append", "numpy.append", "numpy.concatenate", "numpy.vstack"):
        kept = [value for value in call.arguments.values() if isinstance(value, Array) and predicted(value)]
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


def unchangeable(value: Value, loop: Loop) -> bool:
    """Whether the next turn makes the same of the same: no list that may have grown, no place that moves with it."""
    ends = [end for one in ancestors(value) if isinstance(one, Slice) for end in (one.start, one.stop, one.step)]
    moves = any(isinstance(one, Reference | Size | Unknown) for one in (*ancestors(value), *ends))
    return not moves and not reads_list(value, loop)
