"""A stateful model built for one batch size is run with another."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Change,
    Claim,
    Confidence,
    Cure,
    Dim,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Rule,
    Run,
    Safety,
    Severity,
    batch_from,
    batch_of,
    differ,
    input_call,
    samples_of,
    stateful_layers,
)

rule = Rule(code="LST208", name="stateful-batch-size-differs", severity=Severity.ERROR, since="0.1.0")

BATCHED = frozenset({"fit", "evaluate", "predict"})
WHOLE = frozenset({"train_on_batch", "test_on_batch", "predict_on_batch", "call"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    wanted = batch_of(run.model)
    if wanted is None or not stateful_layers(run.model) or run.model.problem is not None:
        return
    found = first_batch(run)
    # Keras 2 sometimes predicts other batches without a word.
    if found is not None and differ(found, wanted) and not (run.method == "predict" and facts.keras == 2):
        yield finding(run, wanted, found, facts)


def first_batch(run: Run) -> Dim | None:
    """The size of the first batch: what is asked for, or all samples where they are fewer."""
    samples = samples_of(run)
    if run.method in WHOLE:
        return samples
    if run.data_kind == "dataset":
        return batch_from(run)
    if run.method not in BATCHED or run.data_kind != "array" or run.batch_size is None or samples is None:
        return None
    if samples.known and run.batch_size.known:
        return Dim(min(int(samples.constant * (1 - (run.validation_split or 0))), run.batch_size.constant))
    # A number of samples that nobody knows may be below one batch; data to train on hardly are.
    return run.batch_size if run.method == "fit" or not samples.anonymous else None


def finding(run: Run, wanted: Dim, found: Dim, facts: Facts) -> Finding:
    samples, place = samples_of(run), input_call(run.model)
    cut = batch_from(run) is not None
    known = cut or run.method in WHOLE or (samples is not None and samples.known)
    default = run.call.keyword("batch_size") is None and run.method in BATCHED and found == Dim(32) and not cut
    here = place is not None and place.span.path == facts.source.path
    edits = (run.call.with_keyword("batch_size", str(wanted)),)
    write = (
        f"cut the data into batches of {wanted}" if cut or run.method in WHOLE else f"write `batch_size={wanted}` here"
    )
    fixable = run.method in BATCHED and not cut and wanted.known and not run.call.has_star and divides(samples, wanted)
    return Finding(
        run.call.span,
        f"`{run.method}` feeds batches of {found}{' (its default)' if default else ''} to a stateful model that is "
        f"built for batches of {wanted}: Keras raises ValueError",
        Confidence.HIGH if known else Confidence.MEDIUM,
        label=f"batches of {found}",
        help=f"{write}; for other batches copy the weights to a model that is built for them",
        labels=(Label(place.span, f"built for batches of {wanted}"),) if place and here else (),
        notes=() if known else (f"assumes at least {found} samples",),
        fix=Fix("give the model's batch size", Safety.SAFE, edits) if fixable else None,
        experiment=Experiment(Claim.RAISES, run.model, run, cures(samples, wanted)),
    )


def divides(samples: Dim | None, wanted: Dim) -> bool:
    """Whether the model's batch size leaves no rest; a rest would be the next mistake."""
    if not wanted.constant:
        return False
    return samples is None or not samples.known or samples.constant % wanted.constant == 0


def cures(samples: Dim | None, wanted: Dim) -> tuple[Cure, ...]:
    """Nothing else where a rest would be left: that is refused as well, and the verifier takes data of its own."""
    return (Cure("the model's batch size", (cure(wanted),)),) if wanted.known and divides(samples, wanted) else ()


def cure(wanted: Dim) -> Change:
    return Change("training", name="batch_size", value=wanted.value)
