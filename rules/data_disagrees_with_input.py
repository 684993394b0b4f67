"""The data given to a model has other features than its input declares."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Edit,
    Experiment,
    Facts,
    Fed,
    Feed,
    Finding,
    Fix,
    Label,
    Rule,
    Safety,
    Severity,
    argument_of,
    array_shape_text,
    made_at,
    misfed,
    shape_text,
    takes_tokens,
    written_shape,
)

rule = Rule(code="LST104", name="data-disagrees-with-input", severity=Severity.ERROR, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for fed in misfed(facts):
        rank_of_a_table = fed.how is Feed.RANK and len(fed.shape) == 2 and not takes_tokens(fed.run.model, fed.tensor)
        if fed.how is Feed.FEATURES or (rank_of_a_table and fed.run.method != "predict"):
            yield _finding(fed, facts)


def _finding(fed: Fed, facts: Facts) -> Finding:
    run, found = fed.run, array_shape_text(fed.dims)
    return Finding(
        run.call.span,
        f"{_name(fed)} is {found}, but the model takes {shape_text(fed.shape)}",
        Confidence.HIGH if all(dim.known for dim in fed.dims[1:]) else Confidence.MEDIUM,
        label=_label(fed),
        help=f"declare {_wanted(fed)}, the shape of the data without its samples, or change the data",
        labels=tuple(_labels(fed)),
        fix=_fix(fed, facts),
        experiment=Experiment(Claim.RAISES, run.model, run),
    )


def _name(fed: Fed) -> str:
    site = argument_of(fed.run, "x")
    short = site is not None and len(site.text) <= 40 and len(fed.run.x) == 1
    return f"`{site.text}`" if short and site is not None else "the data"


def _label(fed: Fed) -> str:
    if len(fed.dims) != len(fed.shape):
        return f"gives {len(fed.dims)} axes for {len(fed.shape)}"
    return f"gives {fed.dims[-1]} features for {fed.shape[-1]}"


def _wanted(fed: Fed) -> str:
    return f"({', '.join(str(dim) for dim in fed.dims[1:])}{',' if len(fed.dims) == 2 else ''})"


def _labels(fed: Fed) -> Iterator[Label]:
    declared, made = made_at(fed.tensor), made_at(fed.array)
    if declared is not None:
        yield Label(declared, f"declares {shape_text(fed.shape)}")
    if made is not None and made not in fed.run.call.span:
        yield Label(made, f"makes {array_shape_text(fed.dims)}")


def _fix(fed: Fed, facts: Facts) -> Fix | None:
    """Safe, since Keras refuses the data today: a shape written in numbers is set to that of known data."""
    site = written_shape(fed.tensor, facts)
    numbers = [str(dim) for dim in fed.shape[1:]]
    if site is None or fed.run.method != "fit" or not all(dim.known for dim in fed.dims[1:]):
        return None
    if "".join(site.text.split()).rstrip(",)") != "(" + ",".join(numbers):
        return None
    return Fix(f"declare {_wanted(fed)}", Safety.SAFE, (Edit(site.value, _wanted(fed)),))
