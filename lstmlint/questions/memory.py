"""Whether a program counts on samples that remember those before them."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import same
from lstmlint.interpreter.values import Array
from lstmlint.keras_model.training import Run
from lstmlint.questions.state import looks_back_further, made_here, resets_that_may, single_x, single_y
from lstmlint.text.source import Span

#: What is written for the order's sake only.
ORDERED = "`shuffle=False` keeps the samples in order"


def counts_on_memory(run: Run, x: Array, facts: Facts) -> Iterator[tuple[Span, str, str]]:
    """What in the program only makes sense where samples remember the samples before: a place, what is seen there,
    and what it says about the program."""
    y, argument = single_y(run), run.call.keyword("shuffle")
    if y is not None and looks_back_further(y, x):
        place = made_here(y, facts) or run.call.span
        yield place, "made from earlier samples as well", "the targets depend on earlier samples"
    for reset in resets_that_may(facts, run.model):
        if not reset.conditional and (reset.model is not None or reset.layer is not None):
            yield reset.call.span, "there is no state to reset", "the program resets its state"
    if argument is not None and run.shuffle is False and run.data_kind == "array":
        yield argument.span, "keeps the samples in order", ORDERED


def says_enough(x: Array) -> bool:
    """Whether a sample has several numbers, whose contents are not known."""
    return x.elements is None and x.shape is not None and not same(x.shape[-1], 1)


def needs_memory(run: Run, facts: Facts) -> bool:
    """Whether the answers are known to need the samples before: a wide row may say all there is to know."""
    x = single_x(run)
    if x is None:
        return False
    words = {words for _, _, words in counts_on_memory(run, x, facts)}
    return bool(words - {ORDERED}) or (ORDERED in words and not says_enough(x))
