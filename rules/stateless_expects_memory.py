"""One step a sample goes into a stateless model by a program that counts on memory between samples."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    ORDERED,
    Array,
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Span,
    array_shape_text,
    called_here,
    copied_from,
    counts_on_memory,
    learned_from,
    made_here,
    recurrent_layers,
    remembers_nothing,
    same,
    says_enough,
    single_x,
    steps_of,
)

rule = Rule(code="LST202", name="stateless-expects-memory", severity=Severity.WARNING, since="0.1.0")

CURES = (Cure("one sequence", (Change("merge-samples"),)), Cure("stateful", (Change("make-stateful"),)))


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x, steps = single_x(run), steps_of(run)
    if not run.trains or not remembers_nothing(run.model) or x is None or x.shape is None or steps is None:
        return
    if not same(steps, 1) or same(x.shape[0], 1):
        return
    evidence = next(counts_on_memory(run, x, facts), None)
    if evidence is not None:
        yield finding(run, x, facts, *evidence)


def finding(run: Run, x: Array, facts: Facts, seen: Span, label: str, words: str) -> Finding:
    layer = recurrent_layers(run.model)[0]
    kind, place = layer.core.kind, made_here(x, facts)
    made = (Label(place, f"{array_shape_text(x.shape)}: one step a sample"),) if place else ()
    return Finding(
        called_here(layer, facts) or run.call.span,
        f"`{facts.name_of(x) or 'x'}` {array_shape_text(x.shape)} has one step a sample and {words}, but a stateless "
        f"`{kind}` forgets after each sample: it never sees two steps together",
        Confidence.MEDIUM if words == ORDERED else Confidence.HIGH,
        label="starts every sample from zeros",
        help=(
            "put the steps that belong together on the time axis, (samples, steps, features), with "
            "`return_sequences=True` where each step has a target; or make the layer `stateful=True` with batches of 1 "
            "and reset its state after each epoch"
        ),
        labels=(*made, Label(seen, label)),
        # A wide row may say all there is to know; one number a step does not.
        severity=Severity.INFO if words == ORDERED and says_enough(x) else None,
        notes=("assumes that `shuffle=False` is there because the order matters",) if words == ORDERED else (),
        experiment=Experiment(Claim.CANNOT_LEARN, run.model, run, CURES, task="previous-sample"),
    )


@rule.on(Run)
def step_by_step(run: Run, facts: Facts) -> Iterator[Finding]:
    """A model that learned from whole sequences is asked one step at a time."""
    found = learned_from(run, facts)
    if found is None or run.call.span.path != facts.source.path:
        return
    training, steps = found
    layer = recurrent_layers(run.model)[0]
    places = ((training.call.span, f"learns from {steps} steps"), (called_here(layer, facts), "keeps no state"))
    yield Finding(
        run.call.span,
        f"`{run.call.callee_text}` is given one step at each turn, and a stateless `{layer.core.kind}` starts every "
        f"call from zeros: it learned from sequences of {steps} steps",
        Confidence.HIGH,
        label="has forgotten the steps before",
        help=(
            "give it all the steps so far at each turn; or build the same layers with `stateful=True` for a batch of "
            "1, copy the weights with `set_weights`, and give that model one step at a time"
        ),
        labels=tuple(Label(place, text) for place, text in places if place is not None),
    )


@rule.on(Run)
def copied(run: Run, facts: Facts) -> Iterator[Finding]:
    """The copy of a trained model that is to go on step by step keeps no state."""
    found = copied_from(run, facts)
    if found is None or run.call.span.path != facts.source.path:
        return
    training, steps, brought = found
    layer = recurrent_layers(run.model)[0]
    places = (
        (training.call.span, f"learns from {steps} steps"),
        (brought.call.span, "takes the weights over"),
        (called_here(layer, facts), "keeps no state"),
    )
    yield Finding(
        run.call.span,
        f"`{run.call.callee_text}` is given its own last answer at each turn, one step, and a stateless "
        f"`{layer.core.kind}` starts every call from zeros: its weights come from a model that learned from sequences "
        f"of {steps} steps",
        Confidence.HIGH,
        label="has forgotten the steps before",
        help=(
            "build the recurrent layers of the copy with `stateful=True` for a batch of 1, and reset their states "
            "before each new sequence; or give the trained model all the steps so far"
        ),
        labels=tuple(Label(place, text) for place, text in places if place is not None),
        untestable="the verifier asks a model about whole data sets, not in a loop",
    )
