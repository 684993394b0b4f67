"""Each kind of claim on a program that makes the mistake (confirmed) and on its twin that does not (refuted)."""

from __future__ import annotations

from typing import Any

import pytest
from handmade import array, call, case, compiled, layer, run, sequential, shaped

from lstmlint.api import Change, Claim, Cure, Layer
from lstmlint.interpreter.dims import symbol_dim
from lstmlint.interpreter.values import Unknown
from lstmlint.keras_model.training import Reset
from lstmlint.verify.client import Worker
from lstmlint.verify.evidence import evidence_text
from lstmlint.verify.judge import Verdict, verify_findings

Case = tuple[Any, Any, Any]
MERGED = Cure("one sequence", (Change("merge-samples"),))
STATEFUL = Cure("stateful", (Change("make-stateful"),))


def verdict_on(worker: Worker, given: Case) -> Verdict:
    (verdict,) = verify_findings([given], worker=worker)
    assert verdict is not None
    return verdict


def returning(target: Layer) -> Cure:
    assert target.call is not None
    change = Change("layer-argument", target.call.span, "return_sequences", True)
    return Cure("every step returned", (change,))


# Raises


def stacked(**first: Any) -> Case:
    bottom = layer("LSTM", 8, **first)
    model = sequential(
        (None, 10, 1), bottom, layer("LSTM", 4), layer("Dense", 1), compiled=compiled("mean_squared_error")
    )
    rows = symbol_dim("rows")
    return case(Claim.RAISES, model, run(model, shaped(rows, 10, 1), shaped(rows, 1), epochs=50), returning(bottom))


def test_crash_while_building(worker: Worker) -> None:
    verdict = verdict_on(worker, stacked())
    assert verdict.verdict == "confirmed"
    assert verdict.error is not None
    assert "expected ndim=3, found ndim=2" in verdict.error
    assert verdict.trials[0].stage == "build"
    assert verdict.trials[1].error is None
    assert verdict.trials[1].last is not None


def test_no_crash(worker: Worker) -> None:
    assert verdict_on(worker, stacked(return_sequences=True)).verdict == "refuted"


def features(wanted: int, given: int) -> Case:
    model = sequential((None, 10, wanted), layer("GRU", 4), layer("Dense", 1), compiled=compiled("mean_squared_error"))
    ran = run(model, shaped(40, 10, given), shaped(40, 1), batch_size=16)
    return case(Claim.RAISES, model, ran, Cure("3 features", (Change("input-shape", value=(10, 3)),)))


def test_crash_while_training(worker: Worker) -> None:
    verdict = verdict_on(worker, features(2, 3))
    assert (verdict.verdict, verdict.trials[0].stage) == ("confirmed", "fit")
    assert verdict_on(worker, features(3, 3)).verdict == "refuted"


def predicting(batch: int) -> Case:
    recurrent = layer("LSTM", 4, stateful=True)
    model = sequential((batch, 5, 1), recurrent, layer("Dense", 1))
    ran = run(model, shaped(32, 5, 1), method="predict", batch_size=32)
    return case(Claim.RAISES, model, ran, Cure("its own batch size", (Change("training", None, "batch_size", batch),)))


def test_predict_with_another_batch_size(worker: Worker) -> None:
    assert verdict_on(worker, predicting(4)).verdict == "confirmed"
    assert verdict_on(worker, predicting(32)).verdict == "refuted"


def without_batch_size(batch: int | None) -> Case:
    recurrent = layer("LSTM", 4, stateful=True)
    model = sequential((batch, 5, 1), recurrent, layer("Dense", 1), compiled=compiled("mean_squared_error"))
    cure = Cure("a fixed batch size", (Change("input-shape", None, "batch_size"),))
    return case(Claim.RAISES, model, run(model, shaped(16, 5, 1), shaped(16, 1), batch_size=8, shuffle=False), cure)


def test_stateful_without_batch_size(worker: Worker) -> None:
    assert verdict_on(worker, without_batch_size(None)).verdict == "confirmed"
    assert verdict_on(worker, without_batch_size(8)).verdict == "refuted"


def test_removed_argument(worker: Worker) -> None:
    old = layer("LSTM", 4, batch_input_shape=(1, 5, 1))
    assert old.call is not None
    model = sequential((1, 5, 1), old, layer("Dense", 1), compiled=compiled("mean_squared_error"))
    ran = run(model, shaped(3, 5, 1), shaped(3, 1), batch_size=1)
    drop = Change("drop-argument", old.call.span, "batch_input_shape")
    verdict = verdict_on(
        worker, case(Claim.RAISES, model, ran, Cure("an Input", (drop, Change("input-shape", value=(5, 1)))))
    )
    assert verdict.verdict == "confirmed"
    assert "batch_input_shape" in str(verdict.error)


def test_a_cure_that_crashes_as_well_proves_nothing(worker: Worker) -> None:
    _, _, facts = stacked()
    bottom = facts.models[0].layers[1]
    useless = case(Claim.RAISES, facts.models[0], next(facts.runs), returning(bottom))
    verdict = verdict_on(worker, useless)
    assert verdict.verdict == "inconclusive"
    assert "refused as well" in verdict.reason


def test_without_a_cure_the_layers_before_are_the_control(worker: Worker) -> None:
    _, _, facts = stacked()
    verdict = verdict_on(worker, case(Claim.RAISES, facts.models[0], next(facts.runs)))
    assert (verdict.verdict, verdict.trials[1].program) == ("confirmed", "the layers before LSTM(...)")


def test_without_a_cure_data_as_the_model_asks_are_the_control(worker: Worker) -> None:
    _, _, facts = features(2, 3)
    verdict = verdict_on(worker, case(Claim.RAISES, facts.models[0], next(facts.runs)))
    assert (verdict.verdict, verdict.trials[1].program) == ("confirmed", "data as the model asks")


def test_data_that_nobody_knows(worker: Worker) -> None:
    """A crash while building is a crash whatever the data; that nothing crashes without them is no proof."""

    def fed_from_elsewhere(**first: Any) -> Case:
        bottom = layer("LSTM", 8, **first)
        model = sequential((None, 10, 1), bottom, layer("LSTM", 4), compiled=compiled("mean_squared_error"))
        return case(Claim.RAISES, model, run(model, Unknown("a generator")), returning(bottom))

    assert verdict_on(worker, fed_from_elsewhere()).verdict == "confirmed"
    assert verdict_on(worker, fed_from_elsewhere(return_sequences=True)).verdict == "inconclusive"


# Trains something else


def targets(*shape: int, every_step: bool = False, units: int = 1, loss: str = "mean_squared_error") -> Case:
    top = layer("LSTM", 6, return_sequences=every_step)
    model = sequential((None, 7, 2), top, layer("Dense", units), compiled=compiled(loss))
    assert top.call is not None
    last_only = Change("layer-argument", top.call.span, "return_sequences", False)
    cure = Cure("one answer for one target", (last_only, Change("y-shape", value=("n", units))))
    ran = run(model, shaped(8, 7, 2), shaped(8, *shape), batch_size=8)
    return case(Claim.TRAINS_SOMETHING_ELSE, model, ran, cure)


BROADCAST = {
    "every step against one target": (targets(1, every_step=True), "7 outputs"),
    "every step against the batch": (targets(every_step=True), "outputs"),
    "one output against 3 targets": (targets(3), "3 targets"),
    "mean absolute error": (targets(3, loss="mean_absolute_error"), "3 targets"),
    "huber": (targets(7, every_step=False, loss="huber"), "7 targets"),
}


@pytest.mark.parametrize(("given", "words"), BROADCAST.values(), ids=BROADCAST.keys())
def test_broadcast_loss(worker: Worker, given: Case, words: str) -> None:
    verdict = verdict_on(worker, given)
    assert verdict.verdict == "confirmed", verdict.reason
    assert words in verdict.reason


def test_broadcast_loss_without_a_cure(worker: Worker) -> None:
    finding, _, _ = targets(3)
    assert finding.experiment is not None
    run_alone = case(Claim.TRAINS_SOMETHING_ELSE, finding.experiment.model, finding.experiment.run)
    assert verdict_on(worker, run_alone).verdict == "confirmed"


MATCHING = {
    "one against one": targets(1),
    "without the last axis": targets(),
    "every step against every step": targets(7, 1, every_step=True),
    "every step without the last axis": targets(7, every_step=True),
    "three against three": targets(3, units=3),
}


@pytest.mark.parametrize("given", MATCHING.values(), ids=MATCHING.keys())
def test_loss_that_fits(worker: Worker, given: Case) -> None:
    assert verdict_on(worker, given).verdict == "refuted"


# State


def memory(stateful: bool, claim: Claim, probe: str, *cures: Cure, **ran: Any) -> Case:
    batch, ran = 4 if stateful else None, {"shuffle": True, "epochs": 3, **ran}
    recurrent = layer("LSTM", 6, stateful=stateful)
    model = sequential((batch, 3, 2), recurrent, layer("Dense", 1), compiled=compiled("mean_squared_error"))
    return case(claim, model, run(model, shaped(16, 3, 2), shaped(16, 1), batch_size=4, **ran), *cures, probe=probe)


def test_reset_does_nothing(worker: Worker) -> None:
    claim = Claim.STATE_DOES_NOT_MATTER
    assert verdict_on(worker, memory(False, claim, "reset", STATEFUL)).verdict == "confirmed"
    assert verdict_on(worker, memory(True, claim, "reset", STATEFUL)).verdict == "refuted"


def test_shuffled_batches(worker: Worker) -> None:
    ordered = Cure("ordered", (Change("training", None, "shuffle", False),))
    claim = Claim.STATE_MATTERS
    assert verdict_on(worker, memory(True, claim, "order", ordered)).verdict == "confirmed"
    assert verdict_on(worker, memory(False, claim, "order", ordered)).verdict == "refuted"
    assert verdict_on(worker, memory(True, claim, "order", ordered, shuffle=False)).verdict == "refuted"


def test_never_reset(worker: Worker) -> None:
    reset = Cure("reset each epoch", (Change("training", None, "resets", "epoch"),))
    claim = Claim.STATE_MATTERS
    assert verdict_on(worker, memory(True, claim, "passes", reset, shuffle=False)).verdict == "confirmed"
    assert verdict_on(worker, memory(False, claim, "passes", reset, shuffle=False)).verdict == "refuted"


@pytest.mark.parametrize(
    ("probe", "ran", "reason"),
    [
        ("order", {"shuffle": None}, "whether the samples are shuffled is not known"),
        ("passes", {"epochs": 1}, "that the same data go through the model several times is not known"),
    ],
)
def test_what_the_program_does_not_tell(worker: Worker, probe: str, ran: dict[str, Any], reason: str) -> None:
    verdict = verdict_on(worker, memory(True, Claim.STATE_MATTERS, probe, **ran))
    assert (verdict.verdict, verdict.reason) == ("inconclusive", reason)


def one_step(stateful: bool) -> Case:
    recurrent = layer("LSTM", 6, stateful=stateful)
    model = sequential(
        (4 if stateful else None, 1, 2), recurrent, layer("Dense", 1), compiled=compiled("mean_squared_error")
    )
    ran = run(model, shaped(16, 1, 2), shaped(16, 1), batch_size=4)
    return case(Claim.REMEMBERS_NOTHING, model, ran, probe="memory")


def test_one_step_remembers_nothing_but_what_is_carried(worker: Worker) -> None:
    assert verdict_on(worker, one_step(stateful=False)).verdict == "confirmed"
    assert verdict_on(worker, one_step(stateful=True)).verdict == "refuted"


# Cannot learn, on generated data


def remembering(steps: int, width: int, loss: str, activation: str) -> Case:
    top = layer("LSTM", 24)
    model = sequential((None, 1, 2), top, layer("Dense", width, activation=activation), compiled=compiled(loss, "sgd"))
    n = symbol_dim("n")
    ran = run(model, shaped(n, steps, 2), shaped(n, width), batch_size=4, epochs=20, shuffle=False)
    reset = Reset(call(), model, None, "reset_states")
    return case(Claim.CANNOT_LEARN, model, ran, MERGED, events=[reset], task="previous-sample")


@pytest.mark.parametrize(
    ("width", "loss", "activation"),
    [
        (1, "mean_squared_error", "linear"),
        (3, "categorical_crossentropy", "softmax"),
        (2, "binary_crossentropy", "sigmoid"),
    ],
)
def test_memory_from_sample_to_sample(worker: Worker, width: int, loss: str, activation: str) -> None:
    verdict = verdict_on(worker, remembering(1, width, loss, activation))
    assert verdict.verdict == "confirmed", evidence_text(verdict)
    assert "n = 47" in verdict.notes
    assert verdict.reason.startswith("where the answer depends on the sample before, ")


def test_rows_that_may_say_all_there_is_to_know() -> None:
    """Nothing in the program counts on the samples before."""
    _, _, facts = remembering(1, 1, "mean_squared_error", "linear")
    unasked = case(Claim.CANNOT_LEARN, facts.models[0], next(facts.runs), MERGED, task="previous-sample")
    (verdict,) = verify_findings([unasked])
    assert verdict is not None
    assert (verdict.verdict, verdict.reason) == (
        "inconclusive",
        "whether an answer needs the samples before is not known",
    )


def test_a_task_without_memory_is_no_proof(worker: Worker) -> None:
    """The same claim where each target follows from its own sample."""
    _, _, facts = remembering(1, 1, "mean_squared_error", "linear")
    easy = case(Claim.CANNOT_LEARN, facts.models[0], next(facts.runs), MERGED, task="learnable")
    assert verdict_on(worker, easy).verdict == "refuted"


def test_softmax_on_one_unit(worker: Worker) -> None:
    def program(activation: str) -> Case:
        top = layer("Dense", 1, activation=activation)
        assert top.call is not None
        model = sequential((None, 4, 2), layer("LSTM", 8), top, compiled=compiled("binary_crossentropy"))
        y = array([[0], [1]] * 6)
        ran = run(model, shaped(12, 4, 2), y, batch_size=12, epochs=10)
        sigmoid = Cure("sigmoid", (Change("layer-argument", top.call.span, "activation", "sigmoid"),))
        return case(Claim.CANNOT_LEARN, model, ran, sigmoid)

    assert verdict_on(worker, program("softmax")).verdict == "confirmed"
    assert verdict_on(worker, program("sigmoid")).verdict == "refuted"


def test_findings_without_experiment_have_no_verdict(worker: Worker) -> None:
    from handmade import RULE, finding

    _, _, facts = stacked()
    assert verify_findings([(finding(None), RULE, facts)], worker=worker) == [None]
