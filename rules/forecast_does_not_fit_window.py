"""A forecast is joined to a window, or to other rows, whose shape it does not fit."""

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
    Severity,
    array_shape_text,
    made_at,
    put_beyond,
    unfit,
)

rule = Rule(
    code="LST337",
    name="forecast-does-not-fit-window",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="the forecast is the program's own loop, and its code is not run",
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    found = unfit(call, facts)
    span = call.call.span
    if found is None or span.path != facts.source.path:
        return
    forecast, rows = (array_shape_text(array.shape) for array in (found.forecast, found.rows))
    what = "the window" if found.rolling else "what is"
    places = ((found.run.call.span, "predicts"), (made_at(found.rows), rows))
    yield Finding(
        span,
        f"`{call.call.callee_text}` joins the forecast, {forecast}, to {what}, {rows}: {found.why}, which raises",
        Confidence.HIGH,
        label=f"{forecast} beside {rows}",
        help=_help(found.width, found.as_row, found.forecast),
        labels=tuple(Label(place, text) for place, text in places if place and place not in span),
    )


@rule.on(LibraryCall)
def beyond(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """`np.insert` at a position that the window does not reach."""
    found = put_beyond(call, facts)
    span = call.call.span
    if found is None or span.path != facts.source.path:
        return
    rows = array_shape_text(found.rows.shape)
    what = "the window" if found.rolling else "what is"
    missing = (found.place - found.size).value
    other = f", or cut windows that are {missing} longer" if found.rolling and missing and missing > 0 else ""
    places = ((found.run.call.span, "predicts"), (made_at(found.rows), rows))
    yield Finding(
        span,
        f"`{call.call.callee_text}` puts the forecast at position {found.place} of {what}, {rows}, whose last is"
        f" {found.size}: that raises",
        Confidence.HIGH,
        label=f"no position {found.place}",
        help=f"put it at the end, which is position {found.size}" + other,
        labels=tuple(Label(place, text) for place, text in places if place and place not in span),
    )


def _help(width: tuple[int, int] | None, as_row: tuple[Dim, ...] | None, forecast: Array) -> str:
    if width is not None:
        features, count = width
        numbers = "1 number" if count == 1 else f"{count} numbers"
        return (
            f"a row holds {features} features and the forecast {numbers}: join it to the known values of the others"
            f" first, or let the model predict all of them: `Dense({features})`"
        )
    if as_row is not None and as_row != forecast.shape:
        return f"bring the forecast to the axes of a row first: `.reshape({array_shape_text(as_row)})`"
    if as_row is not None:
        return f"join it along the steps: `axis={len(as_row) - 2}`"
    return "bring both to the same shape beside the axis along which they are joined"
