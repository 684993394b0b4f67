"""The first question, from facts to verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asked import FLOOR, asked

from lstmlint.verify.client import Worker
from lstmlint.verify.judge import Event, Verdict, verify_findings


@pytest.fixture(scope="module")
def heard() -> list[Event]:
    return []


@pytest.fixture(scope="module")
def verdict(worker: Worker, heard: list[Event]) -> Verdict:
    (found,) = verify_findings([asked()], worker=worker, progress=heard.append)
    assert found is not None
    return found


def answers(verdict: Verdict, program: str) -> list[tuple[float, ...]]:
    return [trial.answers for trial in verdict.trials if trial.program == program]


def test_confirmed(verdict: Verdict) -> None:
    assert (verdict.verdict, verdict.claim, verdict.seeds) == ("confirmed", "cannot learn", (0, 1))
    assert verdict.floor == pytest.approx(FLOOR, abs=1e-6)


def test_losses_are_those_that_fit_gives(verdict: Verdict) -> None:
    """The numbers of 300 epochs of ``fit``, measured on Keras 3.15.1."""
    assert verdict.as_written == pytest.approx((0.499, 0.489), abs=2e-3)
    assert verdict.cured == pytest.approx((0.103, 0.084), abs=2e-3)
    merged = [trial.last for trial in verdict.trials if trial.program.startswith("one sequence")]
    assert merged == pytest.approx([0.192, 0.192], abs=2e-3)


def test_classes(verdict: Verdict) -> None:
    assert all(first == second for first, second in answers(verdict, "as written"))
    assert answers(verdict, "one sequence of 2 steps") == [(1, 2), (1, 2)]
    assert answers(verdict, "stateful, batch of 1") == [(1, 2), (1, 2)]


def test_progress_tells_each_program(verdict: Verdict, heard: list[Event]) -> None:
    training = [event for event in heard if event.kind == "training"]
    assert {event.program for event in training} == {"as written", "one sequence of 2 steps", "stateful, batch of 1"}
    assert training[-1].epoch == training[-1].epochs == 300
    assert (heard[0].kind, heard[-1].kind, heard[-1].verdict) == ("planned", "judged", verdict)


def test_json_fields(verdict: Verdict) -> None:
    names = ["verdict", "claim", "seeds", "as_written", "cured", "floor", "error", "seconds", "reason"]
    assert list(verdict.fields()) == names


def test_twin_with_equal_targets_is_refuted(worker: Worker) -> None:
    """The same claim on two samples whose targets agree: the model as written learns them."""
    (found,) = verify_findings([asked(y=[[0, 1, 0], [0, 1, 0]], epochs=600)], worker=worker)
    assert found is not None
    assert found.verdict == "refuted"


def test_the_same_seeds_give_the_same_numbers(worker: Worker, verdict: Verdict) -> None:
    (again,) = verify_findings([asked()], worker=worker)
    assert again is not None
    assert (again.as_written, again.cured) == (verdict.as_written, verdict.cured)


def test_two_findings_on_one_program_share_the_evidence(worker: Worker) -> None:
    """Another rule with another task asks for the same training: it is not done twice."""
    finding, rule, facts = asked()
    experiment = replace(finding.experiment, task="previous-sample", floor=None)
    heard: list[Event] = []
    both = [(finding, rule, facts), (replace(finding, experiment=experiment), rule, facts)]
    one, two = verify_findings(both, worker=worker, progress=heard.append)
    assert one is not None
    assert two is not None
    assert (one.verdict, two.verdict, one.as_written) == ("confirmed", "confirmed", two.as_written)
    assert {event.index for event in heard if event.kind == "training"} == {0}
