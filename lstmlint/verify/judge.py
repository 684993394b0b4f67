"""Evidence against claim: confirmed, refuted, or inconclusive and why.

Refuted needs evidence as much as confirmed does: whatever is not clear either way is inconclusive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lstmlint.api import Claim, Experiment, Facts, Finding, Lookup, Rule, Tagged
from lstmlint.verify.client import Evidence, Message, VerifierUnavailable, Worker
from lstmlint.verify.judge_once import NOTHING, Found, becomes_nan, landed, own_function, results_of
from lstmlint.verify.plan import make_plan, on_keras_2
from lstmlint.verify.schema import OF_FUNCTIONS, Plan
from lstmlint.verify.sizes import Unplannable
from lstmlint.verify.trials import EQUAL, best_cure, far, moved, trial_of
from lstmlint.verify.verdict import Event as Event
from lstmlint.verify.verdict import Trial as Trial
from lstmlint.verify.verdict import Verdict as Verdict

#: Measured in the loss of the best constant answer: a cured program must come below this part of the floor,
#: and one that stays above this part of it has not passed it.
WELL_BELOW, AT_FLOOR = 0.75, 0.98
#: Outputs that moved by this part of their size have moved.
MOVED = 1e-3

Progress = Callable[[Event], None]


def verify_findings(
    findings: Sequence[tuple[Finding, Rule, Facts]],
    *,
    seeds: int = 2,
    first_seed: int = 0,
    timeout: float = 60.0,
    progress: Progress | None = None,
    worker: Worker | None = None,
) -> list[Verdict | None]:
    """A verdict for each finding, None for those without an experiment. One worker serves them all.

    ``seeds`` is how many, from ``first_seed`` on; ``timeout`` is for each finding, in seconds. ``worker`` may have
    been started before, so that TensorFlow is imported while linting goes on. Raises VerifierUnavailable where
    TensorFlow cannot be imported.
    """
    own = worker or Worker()
    session = _Session(
        own, range(first_seed, first_seed + seeds), timeout, len(findings), progress or (lambda event: None)
    )
    try:
        return [session.verified(index, finding, facts) for index, (finding, _, facts) in enumerate(findings)]
    finally:
        if worker is None:
            own.stop()


@dataclass(slots=True)
class _Session:
    """One run over many findings. Two findings that ask for the same programs share their evidence."""

    worker: Worker
    seeds: range
    timeout: float
    count: int
    tell: Progress
    known: dict[str, Evidence] = field(default_factory=dict)
    without_legacy: bool = False

    def verified(self, index: int, finding: Finding, facts: Facts) -> Verdict | None:
        if finding.experiment is None:
            return None
        verdict = self._verdict(index, finding.experiment, facts)
        self.tell(Event("judged", index, self.count, verdict=verdict))
        return verdict

    def _verdict(self, index: int, experiment: Experiment | Lookup | Tagged, facts: Facts) -> Verdict:
        try:
            plan = make_plan(experiment, facts, index, self.seeds)
        except Unplannable as why:
            return Verdict("inconclusive", experiment.claim.value, reason=str(why))
        self.tell(Event("planned", index, self.count))
        if facts.keras == 2 and not self.without_legacy:
            try:
                return judge(on_keras_2(plan), self._evidence(index, plan, 2))
            except VerifierUnavailable:
                self.without_legacy = True  # Keras 3 is asked instead, and its word is doubted
        return judge(plan, self._evidence(index, plan, 3))

    def _evidence(self, index: int, plan: Plan, keras: int) -> Evidence:
        question = json.dumps([keras, plan["claim"], plan["probe"], plan["seeds"], plan["programs"]])
        if question not in self.known:
            worker = self.worker.of(keras)
            self.known[question] = worker.run(plan, self.timeout, lambda message: self._hear(index, plan, message))
        return self.known[question]

    def _hear(self, index: int, plan: Plan, message: Message) -> None:
        name = plan["programs"][message["program"]]["name"]
        numbers = (message["seed"], message["epoch"], message["epochs"], message["loss"])
        self.tell(Event("training", index, self.count, name, *numbers))


def judge(plan: Plan, evidence: Evidence) -> Verdict:
    """Compare the evidence with the plan's claim."""
    trials = tuple(trial_of(plan, result) for result in evidence.results)
    if evidence.failure:
        found = Found("inconclusive", evidence.failure)
    elif not trials:
        found = Found("inconclusive", "the worker gave no evidence")
    else:
        found = _JUDGES[plan["claim"]](plan, evidence.results)
    written = tuple(trial for trial in trials if trial.program == plan["programs"][0]["name"])
    cured = best_cure(trials[len(written) :])
    return Verdict(
        found.verdict,
        plan["claim"],
        tuple(dict.fromkeys(trial.seed for trial in trials)),
        tuple(trial.last for trial in written if trial.last is not None),
        cured,
        found.floor if found.floor is not None else plan["floor"],
        next((trial.error for trial in written if trial.error), None),
        evidence.seconds,
        found.reason,
        trials,
        tuple(plan["notes"]),
    )


def _raises(plan: Plan, results: Sequence[Message]) -> Found:
    """Keras refuses the program as written and takes the cured one: the change between them is the cause."""
    written, cured = results_of(results, False)[0], results_of(results, True)
    error = written["error"]
    if error is None and plan["doubt"]:
        return Found("inconclusive", f"Keras runs it {plan['doubt']}")
    if error is None and plan["probe"] == "lookup":
        return Found("refuted", "the installed Keras has it")
    if error is None and plan["probe"] == "calls":
        return Found("refuted", "the installed Keras takes the call")
    if error is None:
        return Found("refuted", "Keras runs the program as written")
    if not cured:
        return Found("inconclusive", "Keras refuses it, and there is no cured program to compare")
    passing = [result for result in cured if result["error"] is None]
    if passing:
        name = plan["programs"][passing[0]["program"]]["name"]
        without = name if name.startswith("without ") else f"with {name}"
        return Found("confirmed", f"{error['type']} at {error['stage']} as written, none {without}")
    return Found("inconclusive", f"the cured program is refused as well: {cured[0]['error']['message']:.160}")


def _cannot_learn(plan: Plan, results: Sequence[Message]) -> Found:
    """As written never below the floor, cured well below it, for every seed."""
    written, cured = results_of(results, False), results_of(results, True)
    floor = _floor(plan, written)
    if not floor:
        return Found("inconclusive", "no floor is known for this loss and these targets")
    if _lost(written):
        return Found("inconclusive", "the loss as written is not a number", floor)
    reached = max(max(result["evaluated"], result["last"]) for result in written)
    if reached < WELL_BELOW * floor:
        return Found("refuted", f"as written it comes down to {reached:.3f}, below the floor of {floor:.3f}", floor)
    if min(result["evaluated"] for result in written) < AT_FLOOR * floor:
        return Found("inconclusive", "as written it passes the floor a little", floor)
    if floor == plan["floor"] and not _agrees(floor, written):
        return Found("inconclusive", "the data as planned allow less than the floor", floor)
    below = [name for name, losses in _by_cure(plan, cured).items() if max(losses) < WELL_BELOW * floor]
    if not below:
        return Found("inconclusive", "no cured program came well below the floor", floor)
    reason = f"as written it stays at the floor of {floor:.3f}; {' and '.join(below)}: below"
    return Found("confirmed", f"{_task(plan)}{reason}", floor)


def _task(plan: Plan) -> str:
    """What is shown holds for a task that needs memory: whether the program's own does, its data alone can tell."""
    needs_memory = plan["programs"][0]["data"]["task"] == "previous-sample"
    return "where the answer depends on the sample before, " if needs_memory else ""


def _lost(results: Sequence[Message]) -> bool:
    return any(result["last"] is None or result["evaluated"] is None for result in results)


def _floor(plan: Plan, written: Sequence[Message]) -> float | None:
    """The rule's own where the data are the program's; else what equal samples with different targets allow, else the
    best constant answer's loss."""
    own = all(array["values"] is not None for array in plan["programs"][0]["data"]["y"])
    if plan["floor"] is not None and own:
        return plan["floor"]
    floors = [result["floor"] or result["constant"] for result in written]
    return None if None in floors else float(min(floors))


def _agrees(floor: float, written: Sequence[Message]) -> bool:
    """Whether the data, looked at by the worker, allow no less than the floor that the rule has worked out."""
    return all(result["floor"] is None or result["floor"] > AT_FLOOR * floor for result in written)


def _by_cure(plan: Plan, cured: Sequence[Message]) -> dict[str, list[float]]:
    """Each cure's losses, infinite where one is not a number: the last of training and the evaluated one, the worse."""
    losses: dict[str, list[float]] = {}
    for result in cured:
        numbers = (result["last"], result["evaluated"])
        worse = float("inf") if None in numbers else max(numbers)
        losses.setdefault(plan["programs"][result["program"]]["name"], []).append(worse)
    return losses


def _something_else(plan: Plan, results: Sequence[Message]) -> Found:
    """The loss compares targets with outputs they do not belong to: seen without a cure; a cure must mend it."""
    if plan["probe"] in OF_FUNCTIONS:
        return own_function(results_of(results, False)[0])
    written, cured = results_of(results, False)[0]["pairs"], [result["pairs"] for result in results_of(results, True)]
    if written is None:
        return Found("inconclusive", "the pairs that this loss compares cannot be read off it")
    lowest = written["lowest"]
    if _one_to_one(written):
        return Found(
            "refuted", "the loss compares each output with one target, and each target with one output", lowest
        )
    if cured and not any(pairs is not None and _one_to_one(pairs) for pairs in cured):
        return Found("inconclusive", "no cured program compares one output with one target", lowest)
    return Found("confirmed", _pairs_text(written), lowest)


def _one_to_one(pairs: dict[str, Any]) -> bool:
    return bool(pairs["most_outputs"] == pairs["most_targets"] == 1)


def _pairs_text(pairs: dict[str, Any]) -> str:
    words = []
    if pairs["most_outputs"] > 1:
        words.append(f"each target is held against {pairs['most_outputs']} outputs")
    if pairs["most_targets"] > 1:
        words.append(f"each output against {pairs['most_targets']} targets")
    lowest = pairs["lowest"]
    tail = f"; no outputs come below a loss of {lowest:.3g}" if lowest is not None and lowest > NOTHING else ""
    return " and ".join(words) + tail


def _state_matters(plan: Plan, results: Sequence[Message]) -> Found:
    written, cured = _moves(results_of(results, False)), _moves(results_of(results, True))
    what = _COMPARED[plan["probe"]]
    if max(written) < EQUAL:
        return Found("refuted", f"the outputs are equal {what}")
    if min(written) < MOVED:
        return Found("inconclusive", f"the outputs hardly differ {what}")
    if cured and min(cured) > EQUAL:
        return Found("inconclusive", f"the cured program's outputs differ {what} as well")
    return Found("confirmed", f"{far(min(results_of(results, False), key=moved))} {what}")


def _state_does_not_matter(plan: Plan, results: Sequence[Message]) -> Found:
    written, cured = _moves(results_of(results, False)), _moves(results_of(results, True))
    what = _COMPARED[plan["probe"]]
    if min(written) > MOVED:
        return Found("refuted", f"{far(min(results_of(results, False), key=moved))} {what}")
    if max(written) > EQUAL:
        return Found("inconclusive", f"the outputs differ a little {what}")
    if cured and max(cured) < MOVED:
        return Found("inconclusive", "the cured program's outputs are equal as well")
    return Found("confirmed", f"the outputs are equal {what}")


_COMPARED = {
    "reset": "before and after a reset",
    "order": "for ordered and shuffled batches",
    "passes": "from one pass over the data to the next",
    "start": "from where the program leaves the state and from zeros",
    "batches": "whether a batch follows another or starts from zeros",
    "padding": "when the vector that stands for the padding is another",
    "placed": "when the padding stands in front instead of behind",
    "memory": "with other weights from step to step",
    "neighbours": "when the other samples of the batch are others",
}


def _moves(results: Sequence[Message]) -> list[float]:
    """For each seed."""
    return [moved(result) for result in results]


def _cannot_reach(plan: Plan, results: Sequence[Message]) -> Found:
    """No answer within the range of the outputs comes near the targets, and the cured program's range holds them."""
    written, cured = results_of(results, False), results_of(results, True)
    floor = min(result["lowest"] for result in written)
    if max(_moves(written)) < EQUAL:
        return Found("refuted", f"the targets are within reach: {written[0]['said']}")
    if min(_moves(written)) < MOVED:
        return Found("inconclusive", "hardly any target is out of reach", floor)
    if cured and min(_moves(cured)) > EQUAL:
        return Found("inconclusive", "the cured program does not reach them either", floor)
    below = "" if plan["probe"] == "free" else f"; no answer comes below a loss of {floor:.3g}"
    return Found("confirmed", f"{written[0]['said']}{below}", floor)


_JUDGES: dict[str, Callable[[Plan, Sequence[Message]], Found]] = {
    Claim.RAISES.value: _raises,
    Claim.CANNOT_LEARN.value: _cannot_learn,
    Claim.TRAINS_SOMETHING_ELSE.value: _something_else,
    Claim.STATE_MATTERS.value: _state_matters,
    Claim.STATE_DOES_NOT_MATTER.value: _state_does_not_matter,
    Claim.PADDING_COUNTS.value: _state_matters,
    Claim.MIXES_SAMPLES.value: _state_matters,
    Claim.REMEMBERS_NOTHING.value: _state_does_not_matter,
    Claim.CANNOT_REACH.value: _cannot_reach,
    Claim.SCRAMBLES.value: landed,
    Claim.LEAKS.value: landed,
    Claim.BECOMES_NAN.value: becomes_nan,
}
