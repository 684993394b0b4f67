"""One result of the worker as a trial: the numbers and words that reports show."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.verify.client import Message
from lstmlint.verify.schema import Plan
from lstmlint.verify.verdict import Trial

#: Outputs nearer to each other than this part of their size are equal; floats sum to within 1e-6 or so.
EQUAL = 1e-5


def trial_of(plan: Plan, result: Message) -> Trial:
    error = result.get("error")
    losses = result.get("losses") or []
    return Trial(
        plan["programs"][result["program"]]["name"],
        result["seed"],
        result.get("last", losses[-1] if losses else None),
        result.get("evaluated"),
        tuple((epoch, loss) for epoch, loss in result.get("curve", enumerate(losses, 1)) if loss is not None),
        tuple(result.get("answers", ())),
        tuple(result.get("targets", ())),
        f"{error['type']}: {error['message']}" if error else None,
        error["stage"] if error else None,
        _said(result),
        _part(result),
    )


def _said(result: Message) -> str:
    """What is not a loss, in words."""
    if "said" in result or "moved" in result:
        return str(result["said"]) if "said" in result else far(result)
    return f"{result['right']} of {result['of']} right" if "right" in result else ""


def _part(result: Message) -> float | None:
    """How much of the values is right, or how far the outputs moved, 1 at most."""
    if "right" in result:
        return float(result["right"] / max(result["of"], 1))
    return min(moved(result), 1.0) if "moved" in result and "said" not in result else None


def far(result: Message) -> str:
    """How far what was looked at moved: the outputs, or a loss."""
    part, is_loss = moved(result), result.get("what") == "loss"
    if part <= EQUAL:
        return "the loss is equal" if is_loss else "the outputs are equal"
    size = f"{part:.1%}" if part < 2 else f"{part:.0f} times their size"
    return f"{'the loss differs' if is_loss else 'the outputs differ'} by {size}"


def best_cure(trials: Sequence[Trial]) -> tuple[float, ...]:
    """The last losses of the cure that came lowest."""
    by_name: dict[str, list[float]] = {}
    for trial in trials:
        if trial.last is not None:
            by_name.setdefault(trial.program, []).append(trial.last)
    return tuple(min(by_name.values(), key=max, default=()))


def moved(result: Message) -> float:
    """How far outputs moved, as a part of their size."""
    return float(result["moved"] / max(result["scale"], 1e-9))
