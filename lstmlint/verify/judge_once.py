"""What evidence says that a single run gives: where values land, numbers that are none, functions asked alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lstmlint.verify.client import Message
from lstmlint.verify.schema import Plan

#: A loss below this is 0: cross-entropies clip at 1e-7.
NOTHING = 1e-5


@dataclass(frozen=True, slots=True)
class Found:
    verdict: str
    reason: str
    floor: float | None = None


def results_of(results: Sequence[Message], cured: bool) -> list[Message]:
    return [result for result in results if (result["program"] > 0) is cured]


def own_function(result: Message) -> Found:
    """A function of the program's own that cannot tell whose outputs are whose, or never looks at some of them."""
    match result:
        case {"unread": int(still)}:
            return Found("confirmed" if still else "refuted", f"it {result['said']}")
        case {"matched": float(right), "mixed": float(mixed)}:
            alike = abs(right - mixed) <= NOTHING * max(abs(right), 1.0)
            return Found("confirmed" if alike else "refuted", f"it is {result['said']}")
    return Found("inconclusive", f"what it makes of perfect outputs is not clear: {result['said']}")


def landed(plan: Plan, results: Sequence[Message]) -> Found:
    """Values land where they should not as written, and all where they should in the cured program."""
    written, cured = results_of(results, False)[0], results_of(results, True)[0]
    if written["right"] == written["of"]:
        return Found("refuted", f"all {written['of']} values are where they belong")
    if cured["right"] < cured["of"]:
        return Found("inconclusive", "values land in the wrong place in the cured program as well")
    wrong, name = written["of"] - written["right"], plan["programs"][1]["name"]
    reason = f"{written['example']}; wrong in {wrong} of {written['of']} places as written, in none with {name}"
    return Found("confirmed", reason)


def becomes_nan(plan: Plan, results: Sequence[Message]) -> Found:
    """The loss is no number as written, and one in a cured program."""
    written, cured = results_of(results, False)[0], results_of(results, True)
    if written["error"] is not None:
        return Found("inconclusive", f"Keras refuses it: {written['error']['message']:.160}")
    if not written["losses"]:
        return Found("inconclusive", "no loss is known")
    if not written["nan"]:
        return Found("refuted", f"{written['said']}, a number, as written")
    passing = next((one for one in cured if one["error"] is None and one["losses"] and not one["nan"]), None)
    if passing is None:
        return Found("inconclusive", "the cured program has no loss that is a number either")
    name = plan["programs"][passing["program"]]["name"]
    return Found("confirmed", f"{written['said']} as written; {passing['said']} with {name}")
