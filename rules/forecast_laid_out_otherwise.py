"""A forecast of several columns and steps is laid out in another order than the targets were flattened in."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
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
    laid_out_otherwise,
    order_of_axes,
)

rule = Rule(code="LST338", name="forecast-laid-out-otherwise", severity=Severity.WARNING, since="0.1.0")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    found, span = laid_out_otherwise(call, facts), call.call.span
    order = order_of_axes(found.flattened, found.axes) if found is not None else None
    if found is None or order is None or span.path != facts.source.path:
        return
    before, after = _text(found.flattened), _text(found.axes)
    swap = f", then `.transpose(0, {', '.join(str(axis + 1) for axis in order)})` where they are wanted in that order"
    swapped = swap if len(order) == len(found.flattened) else ""
    made = found.made.span
    yield Finding(
        span,
        f"the forecast is laid out as ({after}), and the targets of each sample were put in a row from ({before}): its "
        "numbers land in other steps and columns",
        Confidence.HIGH,
        label=f"({after})",
        help=f"lay it out as the targets were, `.reshape(-1, {before})`{swapped}",
        labels=(Label(made, f"the targets of a sample were ({before})"),) if made.path == span.path else (),
        experiment=Tagged(
            Claim.SCRAMBLES,
            "axes",
            (found.flattened, order, "reshape"),
            (found.flattened, order, "transpose"),
            "transpose",
        ),
    )


def _text(axes: tuple[Dim, ...]) -> str:
    return ", ".join(map(str, axes))
