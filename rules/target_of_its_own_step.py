"""Each step is asked for the very thing it is given: a decoder or language model whose targets were not moved on."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    copied_input,
    first_fit,
    made_here,
    takes_tokens,
    written_at,
)

rule = Rule(
    code="LST329",
    name="target-of-its-own-step",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a model that may copy learns fast: what it lacks shows when it has to write by itself",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or first_fit(run, facts) is not run:
        return
    index = copied_input(run, facts)
    alone = len(run.model.inputs) == 1
    # One input that is to come out again is an autoencoder, unless it is words that are predicted one by one.
    if index is None or (alone and not takes_tokens(run.model)):
        return
    name = facts.name_of(run.x[index])
    what = f"`{name}`" if name and not alone else "the input" if alone else f"input {index + 1}"
    cut = getattr(getattr(run.y[0], "made", None), "operation", None) == "index"
    span = (made_here(run.y[0], facts) if cut else written_at(run.y[0], facts)) or run.call.span
    yield Finding(
        span,
        f"the target of each step is what {what} holds at that step: the model only has to copy it, and learns nothing"
        " about what comes next",
        Confidence.HIGH,
        label="the same at each step",
        help="move the targets on by one step: give the model all steps but the last, and ask for all but the first",
        labels=tuple(label for label in _labels(run, index, facts) if label.span != span),
    )


def _labels(run: Run, index: int, facts: Facts) -> Iterator[Label]:
    given, asked = (written_at(one, facts) or made_here(one, facts) for one in (run.x[index], run.y[0]))
    both = ((given, "is given and asked for"),) if given == asked else ((given, "is given"), (asked, "is asked for"))
    for place, text in both:
        if place is not None and place not in run.call.span:
            yield Label(place, text)
    yield Label(run.call.span, "trained on both")
