"""The verbs: ``check``, ``rule``, ``shapes``, ``verify``. Each gives its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from lstmlint import baseline
from lstmlint.diagnostic import Diagnostic, at_least
from lstmlint.discover import Target, discover
from lstmlint.engine import Linted
from lstmlint.errors import UsageError
from lstmlint.options import Options, configuration, parse_check
from lstmlint.registry import Crash, ineffective, load
from lstmlint.report.formats import parse_outputs, report
from lstmlint.run import Clock, Outcome, Work, lint_all
from lstmlint.settings import Settings, shown
from lstmlint.sources import Sources

ISSUES = "please report it with the file that shows it"


def check(words: Sequence[str]) -> int:
    options = parse_check(words)
    return run_check(options)


def run_check(options: Options) -> int:
    """Lint, and fix, verify or write what else was asked for."""
    clock, found = Clock(), configuration(options)
    settings = found.settings_for(Path.cwd())
    warn_about(settings)
    if options.show_settings:
        return show_settings(settings)
    targets = list(discover(options.paths or (".",), found))
    if options.show_files:
        return show_files(targets)
    if not targets:
        note("no Python files or notebooks found")
    linted = list(lint_all(targets, work_of(options)))
    note_if(options.verbose, f"looked at {len(targets)} files in {clock.seconds:.2f} s")
    return finish(options, settings, linted)


def finish(options: Options, settings: Settings, linted: Sequence[Linted], fixed: int = 0) -> int:
    """Baseline, report, exit code."""
    sources = Sources(one.source for one in linted if one.source is not None)
    diagnostics = tuple(diagnostic for one in linted for diagnostic in one.diagnostics)
    crashed = tell_crashes([crash for one in linted for crash in one.crashes], options.verbose)
    if options.write_baseline is not None:
        return _write_baseline(options.write_baseline, diagnostics, sources)
    outcome = Outcome(
        _sifted(diagnostics, settings, linted, sources, options.quiet),
        sources,
        tuple(diagnostic for one in linted for diagnostic in one.silenced),
        len(linted),
        fixed,
        _unsafe(options, settings),
        settings.custom_rules,
    )
    outputs = parse_outputs(_format(options, settings), options.output_file)
    report(outcome, outputs, options.color, options.quiet, options.statistics)
    return exit_code(outcome.diagnostics, crashed, options, settings)


def exit_code(diagnostics: Iterable[Diagnostic], crashed: bool, options: Options, settings: Settings) -> int:
    if crashed:
        return 2
    if options.exit_zero:
        return 0
    return int(any(at_least(diagnostic.severity, settings.fail_on) for diagnostic in diagnostics))


def work_of(options: Options) -> Work:
    return Work(options.jobs, options.cache, options.ignore_noqa, options.verify, options.cache_dir)


def _unsafe(options: Options, settings: Settings) -> bool:
    return settings.unsafe_fixes if options.unsafe_fixes is None else options.unsafe_fixes


def _format(options: Options, settings: Settings) -> str:
    return options.output_format or os.environ.get("LSTMLINT_OUTPUT_FORMAT") or settings.output_format


def _sifted(
    diagnostics: tuple[Diagnostic, ...], settings: Settings, linted: Sequence[Linted], sources: Sources, quiet: bool
) -> tuple[Diagnostic, ...]:
    if settings.baseline is None:
        return diagnostics
    path = Path(settings.root) / settings.baseline
    sifted = baseline.sift(diagnostics, path, [one.path for one in linted], sources)
    note_if(bool(sifted.known) and not quiet, f"{sifted.known} known from the baseline")
    note_if(bool(sifted.gone) and not quiet, f"{sifted.gone} baseline entries no longer needed")
    return sifted.new


def _write_baseline(file: str, diagnostics: tuple[Diagnostic, ...], sources: Sources) -> int:
    count = baseline.write(diagnostics, Path(file), sources)
    note(f"wrote {count} entries to {file}")
    return 0


def tell_crashes(crashes: Sequence[Crash], verbose: bool) -> bool:
    for crash in crashes:
        print(f"lstmlint: error: {crash.where} crashed: {crash.error}; {ISSUES}", file=sys.stderr)
        if verbose and crash.traceback:
            print(crash.traceback, file=sys.stderr)
    return bool(crashes)


def warn_about(settings: Settings) -> None:
    registry = load(settings.custom_rules)
    for selector in ineffective(registry, settings):
        note(f"`{selector}` is in preview: it runs only with `--preview`")


def show_settings(settings: Settings) -> int:
    print(f"# from {settings.origin or 'the defaults'}")
    for key, value in shown(settings):
        print(f"{key} = {value}")
    return 0


def show_files(targets: Iterable[Target]) -> int:
    for target in targets:
        print(target.path)
    return 0


def note(text: str) -> None:
    print(f"lstmlint: {text}", file=sys.stderr)


def note_if(condition: bool, text: str) -> None:
    if condition:
        note(text)


def rule(words: Sequence[str]) -> int:
    raise UsageError("not yet")


def shapes(words: Sequence[str]) -> int:
    raise UsageError("not yet")


def verify(words: Sequence[str]) -> int:
    raise UsageError("not yet")
