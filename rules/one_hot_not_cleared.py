"""The one-hot input of a decoder that works step by step keeps the choices of all earlier steps."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Const,
    Dim,
    Facts,
    Finding,
    Label,
    Made,
    Model,
    Rule,
    Run,
    Severity,
    Slice,
    Span,
    Value,
    made_at,
    predicted,
)

rule = Rule(
    code="LST336",
    name="one-hot-not-cleared",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the program's own loop writes the input of the next step, and its code is not run",
)
_ZEROS = ("numpy.zeros", "numpy.zeros_like")
#: Calls that do not write into what they are given.
_ONLY_READ = ("numpy.argmax", "numpy.array", "Model.", "Layer.", "tensorflow.", "keras.", "builtins.", "list.")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.trains or not run.loops or len(run.again) != len(run.x) or not keeps_what_it_read(run.model):
        return
    for first, second in zip(run.x, run.again, strict=True):
        writes = list(written_since(second, first))
        zeros = made_from(first)
        if not is_one_step(first) or not writes or not all(map(sets_a_choice, writes)) or zeros is None:
            continue
        if seen_by_others(run, (first, *(write.sources[0] for write in writes), second), facts):
            continue
        place, made = place_of(writes[0], run), made_at(zeros)
        if place.path != facts.source.path:
            return
        name = facts.name_of(zeros)
        yield Finding(
            place,
            f"from its second turn on the loop gives `{run.call.callee_text}` every choice that it has made so far: "
            f"{f'`{name}`' if name else 'the array'} is made once, and no turn takes the 1 of the turn before out",
            Confidence.HIGH,
            label="the 1 before stays",
            help="make the array anew in each turn, `np.zeros(...)`, or clear it before the new 1 is set",
            labels=tuple(labels(made, run, place)),
        )
        return


def keeps_what_it_read(model: Model) -> bool:
    """Whether a model has read the earlier steps already: it is given their state, or keeps it itself."""
    states = [state for node in model.nodes if node.layer.recurrent for state in node.state]
    return model.stateful is True or any(state is given for state in states for given in model.inputs)


def is_one_step(value: Value) -> bool:
    """``(1, 1, tokens)``: there is one place for the choice of a turn."""
    shape = value.shape if isinstance(value, Array) else None
    return shape is not None and len(shape) == 3 and shape[:2] == (Dim(1), Dim(1))


def written_since(value: Value, before: Value) -> Iterator[Made]:
    """What was written into an array since it was another; nothing where it is not the same array any more."""
    writes: list[Made] = []
    while value is not before:
        made: Made | None = getattr(value, "made", None)
        if made is None or made.operation != "filled" or len(writes) > 50:
            return
        writes.append(made)
        value = made.sources[0]
    yield from writes


def sets_a_choice(made: Made) -> bool:
    """``x[0, 0, chosen] = 1``, where the model chose."""
    _, written, *keys = made.sources
    if not isinstance(written, Const) or not written.value or not isinstance(written.value, int | float):
        return False
    fixed = all(isinstance(key, Const | Slice) for key in keys[:-1])
    return len(keys) > 1 and fixed and not isinstance(keys[-1], Const | Slice) and predicted(keys[-1])


def made_from(value: Value) -> Value | None:
    """The zeros that were written into."""
    made: Made | None = getattr(value, "made", None)
    while made is not None and made.operation == "filled":
        value = made.sources[0]
        made = getattr(value, "made", None)
    return value if made is not None and made.operation in _ZEROS else None


def seen_by_others(run: Run, arrays: tuple[Value, ...], facts: Facts) -> bool:
    """Whether something that is not followed is given the array in the loop, and may clear it."""
    calls = (call for call in facts.calls if not call.name.startswith(_ONLY_READ))
    given = (value for call in calls if call.call.span in run.loops[-1].span for value in call.arguments.values())
    return any(value is array for value in given for array in arrays)


def place_of(write: Made, run: Run) -> Span:
    """Where the 1 is set, if that stands in the loop; else the call."""
    inside = write.written is not None and write.written in run.loops[-1].span
    return write.written if write.written is not None and inside else run.call.span


def labels(made: Span | None, run: Run, place: Span) -> Iterator[Label]:
    for span, text in ((made, "made once"), (run.call.span, "is given all of them")):
        if span is not None and span.path == place.path and span != place:
            yield Label(span, text)
