"""A training loop of the program's own takes the gradient of some of the models only that the loss goes through."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    LeftOut,
    LibraryCall,
    Rule,
    Severity,
    left_untrained,
    name_of_owner,
)

rule = Rule(
    code="LST416",
    name="model-left-untrained",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the program's own loop trains, and its code is not run",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    found = [left for left in left_untrained(facts) if left.call.call.span.path == facts.source.path]
    for call in dict.fromkeys(left.call for left in found):
        yield _finding(call, [left for left in found if left.call is call], facts)


def _finding(call: LibraryCall, found: list[LeftOut], facts: Facts) -> Finding:
    names = list(dict.fromkeys(f"`{name_of_owner(left, facts)}`" for left in found))
    several = len(names) > 1
    verb, what = ("are", "they keep") if several else ("is", "it keeps")
    first = found[0].step.span
    return Finding(
        call.call.span,
        f"{_listed(names)} {verb} never trained: the loss goes through {'them' if several else 'it'}, and no gradient "
        f"is ever taken of {'their' if several else 'its'} weights, so {what} those that were drawn at the start",
        Confidence.MEDIUM,
        label=f"without the weights of {_listed(names)}",
        help=f"add {_listed([f'{name[:-1]}.trainable_variables`' for name in names])} to the list that the gradient "
        "is taken of, and apply the gradients to the same list",
        labels=(Label(first, "works here, and does not learn"),) if first.path == call.call.span.path else (),
        notes=("assumes that the program means to train it: what is meant to stay as it is gets `trainable = False`",),
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
