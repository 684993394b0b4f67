"""A verdict as text: what ``lstmlint verify`` prints under a finding.

The same verdict gives the same lines; times are left to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.verify.verdict import Trial, Verdict

_BARS = "▁▂▃▄▅▆▇█"
#: Characters of a loss curve, answers shown, characters of a message.
_WIDTH, _ANSWERS, _MESSAGE = 24, 4, 200


def evidence_text(verdict: Verdict) -> str:
    """Several lines, without a newline at the end: the verdict, then a line for each program and seed."""
    return "\n".join(evidence_lines(verdict))


def evidence_lines(verdict: Verdict) -> Iterator[str]:
    reason = f": {verdict.reason}" if verdict.reason else ""
    yield f"{verdict.verdict}{reason}"
    programs = list(dict.fromkeys(trial.program for trial in verdict.trials))
    width = max(map(len, programs), default=0)
    high = max((loss for trial in verdict.trials for _, loss in trial.curve), default=0.0)
    for program in programs:
        trials = [trial for trial in verdict.trials if trial.program == program]
        for trial in trials:
            yield f"  {program:<{width}}  {_trial_text(trial, high, len(trials) > 1)}".rstrip()
    if verdict.floor is not None and any(trial.curve for trial in verdict.trials):
        yield f"  {'floor':<{width}}  loss {verdict.floor:.3f}"
    if verdict.notes:
        yield f"  planned with: {'; '.join(verdict.notes)}"


def _trial_text(trial: Trial, high: float, several: bool) -> str:
    if trial.error:
        return f"{_short(trial.error)} (at {trial.stage})"
    if trial.said:
        return f"seed {trial.seed}  {trial.said}" if several else trial.said
    if not trial.curve:
        return "runs" if trial.last is None else f"loss {trial.last:.3f}"
    parts = [
        f"seed {trial.seed}",
        f"loss {trial.curve[0][1]:.3f} → {_number(trial.last)}",
        curve_text(trial.curve, high),
    ]
    parts.append(f"in {trial.curve[-1][0]} epochs")
    if trial.answers:
        parts.append(f"predicts {_answers(trial.answers)} for {_answers(trial.targets)}")
    return "  ".join(parts)


def curve_text(curve: Sequence[tuple[int, float]], high: float, width: int = _WIDTH) -> str:
    """A loss curve as a row of bars from 0 to ``high``, the epochs spread evenly over ``width`` characters."""
    last = curve[-1][0]
    columns = min(width, len(curve))
    ends = [1 + (last - 1) * index / max(columns - 1, 1) for index in range(columns)]
    nearest = (min(curve, key=lambda point, end=end: abs(point[0] - end))[1] for end in ends)  # type: ignore[misc]
    return "".join(_BARS[_level(loss, high)] for loss in nearest)


def _level(loss: float, high: float) -> int:
    part = loss / high if high > 0 else 0.0
    return max(0, min(len(_BARS) - 1, round(part * (len(_BARS) - 1))))


def _number(loss: float | None) -> str:
    return "not a number" if loss is None else f"{loss:.3f}"


def _answers(answers: Sequence[float]) -> str:
    shown = " ".join(f"{answer:g}" for answer in answers[:_ANSWERS])
    return f"{shown} …" if len(answers) > _ANSWERS else shown


def _short(text: str) -> str:
    return text if len(text) <= _MESSAGE else f"{text[: _MESSAGE - 1]}…"
