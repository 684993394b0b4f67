"""A stateful model goes through the same data several times and its state is never reset between."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    RESETS,
    Claim,
    Confidence,
    Dim,
    Experiment,
    Facts,
    Finding,
    Label,
    Loop,
    Rule,
    Run,
    Severity,
    called_here,
    long_pass,
    passes,
    receiver_text,
    resets_between_epochs,
    resets_that_may,
    stateful_layers,
    unseen_callbacks,
)

rule = Rule(code="LST205", name="stateful-never-reset", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.method != "fit" or not stateful_layers(run.model) or unseen_callbacks(run):
        return
    # Where a reset was meant, reset-not-called has more to say.
    if any(one.method in RESETS for one in facts.uncalled):
        return
    found = passes(run, facts)
    if found is not None and not any(resets_between(run, facts)):
        yield finding(run, facts, *found)


def resets_between(run: Run, facts: Facts) -> Iterator[bool]:
    """Resets between two passes: in a callback, in a loop around the fit, or of something that is not known."""
    yield resets_between_epochs(run, facts)
    for reset in resets_that_may(facts, run.model):
        shared = any(loop.span == around.span for loop in run.loops for around in reset.loops)
        nobody = reset.model is None and reset.layer is None
        yield shared or nobody


def finding(run: Run, facts: Facts, loop: Loop | None, turns: Dim) -> Finding:
    name = receiver_text(run.call.callee_text)
    place = called_here(stateful_layers(run.model)[0], facts)
    epochs = f"{turns} epochs in one `fit`" if loop is None else f"`fit` in a loop of {turns} turns"
    reset = f"`{name}.reset_states()`" if facts.keras == 2 else f"`reset_state()` of each stateful layer of `{name}`"
    return Finding(
        run.call.span,
        f"{epochs} on a stateful model and no reset between them: each pass over the data starts from the state that "
        "the one before has left",
        Confidence.HIGH,
        label=f"{turns} passes over the same data",
        help=f"train with `epochs=1` in a loop and call {reset} after each turn, or in a callback's `on_epoch_end`",
        labels=(Label(place, "keeps its state until it is reset"),) if place else (),
        severity=Severity.INFO if long_pass(run) else None,
        experiment=Experiment(Claim.STATE_MATTERS, run.model, run, probe="passes"),
    )
