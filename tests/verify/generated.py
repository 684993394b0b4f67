"""The verifier on generated programs: ``python -m tests.verify.generated FIRST COUNT`` prints a table of verdicts.

A program that raises when it is run has its findings put to their experiments; none may be refuted of those that say
that Keras raises. On one that runs through, claims of programs before it are forced; none may be confirmed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from lstmlint.api import Claim, Experiment
from lstmlint.verify.client import Worker
from lstmlint.verify.verdict import Verdict
from tests.differential import programs_state
from tests.differential.programs import program
from tests.differential.programs_real import Worker as Real
from tests.verify.forced import Case, forced, real, table, verdicts

#: Claims kept for the programs that come, and put to each of them.
_HELD = 4
#: One program in so many is about state.
_OF_STATE = 4


def text_of(seed: int) -> str:
    if seed % _OF_STATE:
        return program(seed)
    return programs_state.KINDS[seed // _OF_STATE % len(programs_state.KINDS)](random.Random(seed))


def judged(first: int, count: int, worker: Worker, ran: Real) -> Iterator[tuple[Case, Verdict]]:
    held: list[Case] = []
    for seed in range(first, first + count):
        text = text_of(seed)
        place, raised = f"{seed}", ran.run(text, graph=True)["raised"] is not None
        cases = [case for case in real(place, text) if raised == _says_raises(case)]
        if raised:
            held = [*held, *cases][-_HELD:]
        else:
            cases += list(forced(held, place, text))[:_HELD]
        yield from verdicts(cases, worker)


def _says_raises(case: Case) -> bool:
    experiment = case.asked[0].experiment
    return isinstance(experiment, Experiment) and experiment.claim is Claim.RAISES


def wrong(case: Case, verdict: Verdict) -> bool:
    return verdict.verdict == ("confirmed" if case.forced else "refuted")


def main(first: int, count: int) -> None:
    ran, found = Real(), []
    try:
        with Worker() as worker:
            for case, verdict in judged(first, count, worker, ran):
                found.append((case, verdict))
                if wrong(case, verdict):
                    kind = "forced" if case.forced else "real"
                    print(f"WRONG {kind} {case.asked[1].code} {case.place}: {verdict.reason}", flush=True)
    finally:
        ran.close()
    print("\n".join(table(found)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
