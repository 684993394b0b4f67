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
    array_shape_text,
    misfed,
    one_hot_rows,
    samples_as_steps,
    shape_text,
    takes_tokens,
    written_shape,
)

rule = Rule(code="LST104", name="data-disagrees-with-input", severity=Severity.ERROR, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for fed in misfed(facts):
        features = fed.how is Feed.FEATURES and not samples_as_steps(fed)
        if features or _rank_of_a_table(fed) or _rank_of_tokens(fed):
            yield _finding(fed, facts)


def _rank_of_a_table(fed: Fed) -> bool:
    tokens = takes_tokens(fed.run.model, fed.index)
    return fed.how is Feed.RANK and len(fed.shape) == 2 and not tokens and not (fed.one_short and fed.predicts)


def _rank_of_tokens(fed: Fed) -> bool:
    """More axes than ids have; one-hot rows are another rule's."""
    tokens = takes_tokens(fed.run.model, fed.index)
    more = fed.how is Feed.RANK and tokens and len(fed.dims) > len(fed.shape)
    return more and not one_hot_rows(fed.array)


def _finding(fed: Fed, facts: Facts) -> Finding:
    run, found = fed.run, array_shape_text(fed.dims)
    return Finding(
        run.call.span,
        f"{fed.name} is {found}, but the model takes {shape_text(fed.shape)}",
        Confidence.HIGH if fed.sure else Confidence.MEDIUM,
        label=_label(fed),
        help=_help(fed),
        labels=tuple(Label(place, text) for place, text in fed.places),
        fix=_fix(fed, facts),
        experiment=Experiment(Claim.RAISES, run.model, run),
    )


def _help(fed: Fed) -> str:
    if _rank_of_tokens(fed):
        return "an `Embedding` takes one id a step, not a vector of numbers: give the ids alone"
    if fed.run.trains:
        return f"declare {_wanted(fed)}, the shape of the data without its samples, or change the data"
    return f"bring the data into the shape that the model is made for, {shape_text(fed.shape)}"


def _label(fed: Fed) -> str:
    if len(fed.dims) != len(fed.shape):
        return f"gives {len(fed.dims)} axes for {len(fed.shape)}"
    return f"gives {fed.dims[-1]} features for {fed.shape[-1]}"


def _wanted(fed: Fed) -> str:
    return f"({', '.join(str(dim) for dim in fed.dims[1:])}{',' if len(fed.dims) == 2 else ''})"


def _fix(fed: Fed, facts: Facts) -> Fix | None:
    """Safe, since Keras refuses the data today: a shape written in numbers is set to that of known data."""
    site = written_shape(fed.tensor, facts)
    numbers = [str(dim) for dim in fed.shape[1:]]
    if site is None or fed.run.method != "fit" or not fed.sure or _rank_of_tokens(fed):
        return None
    if "".join(site.text.split()).rstrip(",)") != "(" + ",".join(numbers):
        return None
    return Fix(f"declare {_wanted(fed)}", Safety.SAFE, (Edit(site.value, _wanted(fed)),))
