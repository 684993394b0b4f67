"""`[make()] * n`: a list that holds one model n times, whose "members" are trained and asked one after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Loop,
    Made,
    Reference,
    Rule,
    Run,
    Sequence,
    Severity,
    Value,
    ancestors,
)

rule = Rule(
    code="LST343",
    name="members-are-one-model",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="one model trains well under several names",
)

#: What puts a model back to where it started, or may.
ANEW = ("set_weights", "load_weights", "clone_model", "from_config", "load_model")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.conditional or run.turn > 1 or not any(by_turn(loop, run) for loop in run.loops):
        return
    if any(call.name.rpartition(".")[2] in ANEW for call in facts.calls) or run.call.span.path != facts.source.path:
        return
    for one in facts.runs_of(run.model):
        listed = asked_each(one, run)
        if listed is not None and listed.span.path == facts.source.path:
            yield finding(run, one, listed)
            return


def asked_each(one: Run, run: Run) -> Made | None:
    """The list whose members are asked in another loop, once they are trained; a call may draw other dropout."""
    if one.trains or one.method == "call" or one.order < run.order:
        return None
    loops = (loop for loop in one.loops if run.call.span not in loop.span)
    return next((made for loop in loops if (made := many_times(loop, one))), None)


def by_turn(loop: Loop, run: Run) -> bool:
    """Whether each turn of a loop has the model from what it runs over, be it counted or beside other things."""
    if not isinstance(loop.over, Sequence):
        return False
    turns = loop.over.items if loop.over.items is not None else (loop.over.element,)
    return bool(turns) and all(is_it(one, run) or beside(one, run) for one in turns)


def beside(value: Value | None, run: Run) -> bool:
    return isinstance(value, Sequence) and any(is_it(item, run) for item in value.items or ())


def many_times(loop: Loop, run: Run) -> Made | None:
    """Where a list of nothing but this model was multiplied, if the loop runs over such a list as it was made."""
    for value in islice(ancestors(loop.over), 8) if loop.over is not None else ():
        made = getattr(value, "made", None)
        if not isinstance(value, Sequence) or made is None or made.operation != "arithmetic":
            continue
        held = value.items if value.items is not None else (value.element,)
        if held and all(is_it(one, run) for one in held) and any(holds_one(one, run) for one in made.sources):
            return made if value.items is None or len(value.items) > 1 else None
    return None


def holds_one(value: Value, run: Run) -> bool:
    content = value.fields.get("content") if isinstance(value, Reference) else value
    return isinstance(content, Sequence) and [is_it(item, run) for item in content.items or ()] == [True]


def is_it(value: Value | None, run: Run) -> bool:
    return isinstance(value, Reference) and id(value) == run.model.identity


def finding(run: Run, asked: Run, listed: Made) -> Finding:
    return Finding(
        listed.span,
        "a list multiplied holds the same model at each place: what is trained as one member after another is one "
        "model, and all members give the same answers",
        Confidence.HIGH,
        label="one model, many times",
        help="make a model for each: `[make_model() for _ in range(size)]`",
        labels=(
            Label(run.call.span, "trains the one model on"),
            Label(asked.call.span, "asks the one model again and again"),
        ),
    )
