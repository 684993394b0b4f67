"""Many files: pre-filter, cache, a process pool where it pays, and what a run came to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from lstmlint.cache import Cache, key_of
from lstmlint.diagnostic import Diagnostic
from lstmlint.discover import Target, mentions_keras
from lstmlint.engine import Lint, Linted, lint_for
from lstmlint.registry import Crash, Registry
from lstmlint.target import project_target
from lstmlint.text.reading import Unreadable, read_bytes
from lstmlint.text.sources import Sources

#: Below this many files that mention Keras, starting processes costs more than it saves.
POOL_FROM = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to, as reports need it: ``files`` looked at, problems ``fixed``."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Sources
    registry: Registry
    silenced: tuple[Diagnostic, ...] = ()
    files: int = 0
    fixed: int = 0
    unsafe_fixes: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """How to go through the files. ``keep`` asks for sources, facts and claims with each result: no cache, no pool."""

    jobs: int = 0
    cache: bool = True
    ignore_noqa: bool = False
    keep: bool = False
    cache_dir: str | None = None


def lint_all(targets: Iterable[Target], work: Work) -> Iterator[Linted]:
    """Each file's result, in the order given."""
    waiting: list[tuple[Target, Linted | str]] = [_prepared(target, work) for target in targets]
    open_targets = [target for target, found in waiting if isinstance(found, str)]
    results = iter(_linted(open_targets, work))
    for target, found in waiting:
        if isinstance(found, Linted):
            yield found
            continue
        linted = next(results)
        if found:
            _cache(target, work).put(found, linted)
        yield linted
    for folder in {_cache(target, work).folder for target, found in waiting if isinstance(found, str) and found}:
        Cache(folder).trim()


def _prepared(target: Target, work: Work) -> tuple[Target, Linted | str]:
    """The result at once, where no parsing is needed or the cache has it; else the key to remember it by."""
    try:
        data = read_bytes(target.path)
    except OSError as error:
        return target, _refused(target, work, error.strerror or str(error))
    if not mentions_keras(data):
        return target, _lint(target, work).file(target.path, data, target.named) if target.named else Linted(
            target.path
        )
    if work.keep or not work.cache:
        return target, ""
    keras = target.settings.keras if target.settings.keras != "auto" else str(project_target(_folder(target)))
    key = key_of(target.path, data, target.settings, keras, work.ignore_noqa)
    known = _cache(target, work).get(key)
    return target, known or key


def _folder(target: Target) -> Path:
    return Path(target.path).resolve().parent


def _refused(target: Target, work: Work, why: str) -> Linted:
    return _lint(target, work).unreadable(Unreadable(target.path, f"file cannot be read: {why}"))


def _lint(target: Target, work: Work) -> Lint:
    return lint_for(target.settings, work.ignore_noqa)


def _cache(target: Target, work: Work) -> Cache:
    return Cache(Path(work.cache_dir or target.settings.cache_dir or Path(target.settings.root) / ".lstmlint_cache"))


def _linted(targets: Sequence[Target], work: Work) -> Iterator[Linted]:
    jobs = min(work.jobs or os.cpu_count() or 1, len(targets))
    if work.keep or jobs < 2 or len(targets) < POOL_FROM:
        return (lint_one(target, work) for target in targets)
    return _pooled(targets, work, jobs)


def lint_one(target: Target, work: Work) -> Linted:
    try:
        data = read_bytes(target.path)
    except OSError as error:
        return _refused(target, work, error.strerror or str(error))
    linted = _lint(target, work).file(target.path, data, target.named)
    return linted if work.keep else linted.plain()


def _pooled(targets: Sequence[Target], work: Work, jobs: int) -> Iterator[Linted]:
    _warm(targets)
    with ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(lint_one, target, work) for target in targets]
        for target, future in zip(targets, futures, strict=True):
            yield _result(target, future, work)


def _warm(targets: Sequence[Target]) -> None:
    """Import and load before the processes fork, so that they need not."""
    lint_for(targets[0].settings)
    try:
        import lstmlint.interpreter.run
        import lstmlint.syntax  # noqa: F401
    except ImportError:  # reported by the workers, file by file
        return


def _result(target: Target, future: Future[Linted], work: Work) -> Linted:
    try:
        return future.result()
    except BrokenProcessPool:
        return _alone(target, work)


def _alone(target: Target, work: Work) -> Linted:
    """A worker died, taking the others' results along: each file again in a process of its own, to find the culprit."""
    try:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(lint_one, target, work).result()
    except BrokenProcessPool:
        return Linted(target.path, crashes=(Crash(target.path, "the process that linted it died", ""),))


class Clock:
    """Seconds since it was made, for ``-v``."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._start
