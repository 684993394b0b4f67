"""``shapes --statistics``: how much of the models and the data is known, and why the rest is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lstmlint.api import Facts, Run
from lstmlint.engine import Studied
from lstmlint.questions.unranked import Origin, has_rank, rank_lost
from lstmlint.report.line import Line, plain
from lstmlint.text.source import Span

_MOST_REASONS = 40
#: Where in a file it stands tells files apart, not reasons.
_POSITION = re.compile(r"^line \d+: ")


def statistics_lines(studied: Sequence[Studied]) -> Iterator[Line]:
    known = [one.facts for one in studied if one.facts is not None]
    yield plain(f"{len(studied)} files that mention Keras, {len(studied) - len(known)} not read")
    yield from _problems(studied)
    yield from _models(known)
    yield from _fits(known)
    yield from _ranked(Counter(note.why for facts in known for note in facts.notes), "what could not be followed")


def _problems(studied: Sequence[Studied]) -> Iterator[Line]:
    yield from _ranked(Counter(_POSITION.sub("", one.problem) for one in studied if one.problem), "files not read")


def _models(known: Sequence[Facts]) -> Iterator[Line]:
    for kind in ("sequential", "functional", "subclassed"):
        models = [model for facts in known for model in facts.models if model.kind == kind]
        complete = sum(model.complete for model in models)
        yield plain(f"{kind:<12} {len(models):>5} models, {complete:>5} complete{_share(complete, len(models))}")
    models = [model for facts in known for model in facts.models]
    loaded = sum(model.kind == "loaded" for model in models)
    yield plain(f"{'loaded':<12} {loaded:>5} models, from files or from models that are not known")
    built = (model for model in models if model.kind != "loaded" and not model.complete)
    yield from _ranked(Counter(model.reason or "?" for model in built), "why models are incomplete")


def _fits(known: Sequence[Facts]) -> Iterator[Line]:
    fits = [run for facts in known for run in facts.runs if run.trains]
    ranked = sum(_rank_known(run) for run in fits)
    yield plain(
        f"{'training':<12} {len(fits):>5} calls,  {ranked:>5} with the rank of x and y known{_share(ranked, len(fits))}"
    )
    yield from _places(fits)
    yield from _elsewhere(fits, ranked)
    reasons = Counter(rank_lost(value).why for run in fits for value in (*run.x, *run.y) if not has_rank(value))
    yield from _ranked(reasons, "why data are not known")


def _places(fits: Sequence[Run]) -> Iterator[Line]:
    """A call that several callers and turns of loops reach counts once, as known where it is known each time."""
    known: dict[Span, bool] = {}
    for run in fits:
        known[run.call.span] = known.get(run.call.span, True) and _rank_known(run)
    everywhere = sum(known.values())
    if len(known) < len(fits):
        yield plain(f"{'':<12} {len(known):>5} places, {everywhere:>5} of them known{_share(everywhere, len(known))}")


def _rank_known(run: Run) -> bool:
    return bool(run.x) and all(has_rank(value) for value in (*run.x, *run.y))


def _elsewhere(fits: Sequence[Run], ranked: int) -> Iterator[Line]:
    """Of the rest, those whose file does not say it; and the share among the calls whose file does."""
    origins = Counter(_origin(run) for run in fits if not _rank_known(run))
    unsaid = {origin: origins[origin] for origin in (Origin.CALLER, Origin.FILE) if origins[origin]}
    for origin, count in unsaid.items():
        yield plain(f"{'':<12} {count:>5} of the rest get x or y from {origin.value}")
    if unsaid:
        told = len(fits) - sum(unsaid.values())
        yield plain(f"{'':<12} {told:>5} without these,  {ranked:>5} of them known{_share(ranked, told)}")


def _origin(run: Run) -> Origin:
    """Whose doing it is that a run's data are not known; the program's as soon as one of them is its."""
    origins = {rank_lost(value).origin for value in (*run.x, *run.y) if not has_rank(value)}
    return next((o for o in (Origin.PROGRAM, Origin.CALLER, Origin.FILE) if o in origins), Origin.PROGRAM)


def _share(part: int, whole: int) -> str:
    return f" ({part / whole:.0%})" if whole else ""


def _ranked(reasons: Counter[str], title: str) -> Iterator[Line]:
    if reasons:
        yield ((f"\n{title}", "bold"),)
    for reason, count in reasons.most_common(_MOST_REASONS):
        yield plain(f"  {count:>5}  {reason}")
