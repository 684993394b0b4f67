"""``lstmlint check`` and ``lstmlint verify``: lint, then fix, prove, write or report what was asked for."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lstmlint import baseline
from lstmlint.commands.changing import Changing, add_ignores, fix_all
from lstmlint.commands.options import Options, configuration, parse_check
from lstmlint.commands.proving import prover
from lstmlint.commands.standard_input import check_stdin
from lstmlint.commands.verifying import start_verifier
from lstmlint.diagnostic import Diagnostic, at_least
from lstmlint.discover import Target, discover
from lstmlint.engine import Linted
from lstmlint.errors import UsageError
from lstmlint.registry import Crash, Registry, ineffective, load_for
from lstmlint.report.formats import Output, parse_outputs, report
from lstmlint.report.summary import counted
from lstmlint.run import Clock, Outcome, Work, lint_all
from lstmlint.settings import Settings, shown
from lstmlint.text.sources import Sources

_PLEASE = "please report it, with the file that shows it"
#: Crashes with one message that are told; a broken installation would fill the screen.
_MOST_ALIKE = 2
_PLACE = re.compile(r"(?P<path>.+):(?P<row>\d+)$")


@dataclass(frozen=True, slots=True)
class Check:
    """One run: what was asked, and the settings of the current folder, which decide about output and exit code."""

    options: Options
    settings: Settings
    outputs: tuple[Output, ...]

    @property
    def unsafe(self) -> bool:
        return _given(self.options.unsafe_fixes, self.settings.unsafe_fixes)

    @property
    def fixes(self) -> bool:
        return _given(self.options.fix, self.settings.fix) or self.options.diff or self.options.interactive

    @property
    def work(self) -> Work:
        options = self.options
        keep = options.verify or options.report is not None
        return Work(options.jobs, options.cache, options.ignore_noqa, keep, options.cache_dir)


def _given(flag: bool | None, otherwise: bool) -> bool:
    return otherwise if flag is None else flag


def check(words: Sequence[str]) -> int:
    return run(parse_check(words))


def verify(words: Sequence[str]) -> int:
    """Exit code 1 where something was confirmed, 0 where nothing was."""
    options = parse_check(words, "verify")
    asked = [_asked(path) for path in options.paths]
    rows = {os.path.abspath(path): row for path, row in asked if row is not None}
    output_format = options.output_format or "evidence"
    paths = tuple(path for path, _ in asked)
    return run(replace(options, paths=paths, verify=True, output_format=output_format), rows, proves=True)


def _asked(path: str) -> tuple[str, int | None]:
    """``train.py:14`` -> the file and the row; a file that is really called so wins."""
    match = _PLACE.match(path)
    if match is None or os.path.exists(path):
        return path, None
    return match["path"], int(match["row"])


def run(options: Options, rows: dict[str, int] | None = None, proves: bool = False) -> int:
    found = configuration(options)
    settings = found.settings_for(Path.cwd())
    _warn_about(settings)
    if options.show_settings:
        return _show_settings(settings)
    this = Check(options, settings, parse_outputs(_format(options, settings), options.output_file))
    if options.paths == ("-",):
        return check_stdin(options, found, lambda linted: _finished(this, linted))
    targets = list(discover(options.paths or (".",), found))
    for path in found.distrusted:
        _note(f"custom rules of {path} are code from outside the current folder: not run unless `--config` names it")
    if options.show_files:
        return _show_files(targets)
    if not targets:
        _note("no Python files or notebooks found")
    if options.add_ignore is not None:
        return _add_ignores(this, targets)
    return _checked(this, targets, rows or {}, proves)


def _format(options: Options, settings: Settings) -> str:
    return options.output_format or os.environ.get("LSTMLINT_OUTPUT_FORMAT") or settings.output_format


def _checked(this: Check, targets: Sequence[Target], rows: dict[str, int], proves: bool) -> int:
    clock, fixed = Clock(), 0
    if this.options.verify:
        linted, fixed = _verified(this, targets, rows)
    elif this.fixes:
        linted, fixed = fix_all(targets, _changing(this), this.work)
    else:
        linted = list(lint_all(targets, this.work))
    if this.options.verbose:
        _note(f"looked at {counted(len(targets), 'file')} in {clock.seconds:.2f} s")
    if this.options.diff:
        return _told_diff(this, linted, fixed)
    return _finished(this, linted, fixed, proves)


def _changing(this: Check) -> Changing:
    return Changing(not this.options.diff, this.unsafe, this.options.interactive, this.options.color)


def _verified(this: Check, targets: Sequence[Target], rows: dict[str, int]) -> tuple[list[Linted], int]:
    """The results with verdicts, and how many problems are fixed: unsafe ones where the fix is proven."""
    if this.options.interactive:
        raise UsageError("`--verify` decides about each fix itself: leave `--interactive` out")
    verifier, fixed = start_verifier(this.settings.verify, this.options.quiet), 0
    try:
        if this.fixes:
            choose = prover(verifier, targets, this.work.ignore_noqa).choose
            linted, fixed = fix_all(targets, replace(_changing(this), unsafe=True, choose=choose), this.work)
        else:
            linted = list(lint_all(targets, this.work))
        return verifier.verified([_only_row(one, rows) for one in linted]), fixed
    finally:
        verifier.worker.stop()


def _only_row(linted: Linted, rows: dict[str, int]) -> Linted:
    row = rows.get(os.path.abspath(linted.path))
    if row is None:
        return linted
    kept = tuple(one for one in linted.diagnostics if one.span.start.row <= row <= one.span.end.row)
    return replace(linted, diagnostics=kept)


def _told_diff(this: Check, linted: Sequence[Linted], fixed: int) -> int:
    crashed = _tell_crashes(load_for(this.settings), linted, this.options.verbose)
    if not this.options.quiet:
        _note(f"would fix {counted(fixed, 'problem')}" if fixed else "nothing to fix")
    if crashed:
        return 2
    return int(fixed > 0 and not this.options.exit_zero)


def _add_ignores(this: Check, targets: Sequence[Target]) -> int:
    count = add_ignores(targets, this.options.add_ignore or "", this.work)
    _note(f"wrote {counted(count, 'comment')}")
    return 0


def _finished(this: Check, linted: Sequence[Linted], fixed: int = 0, proves: bool = False) -> int:
    """Baseline, report, exit code."""
    options, settings = this.options, this.settings
    sources = Sources(one.source for one in linted if one.source is not None)
    diagnostics = tuple(_once(linted))
    crashed = _tell_crashes(load_for(settings), linted, options.verbose)
    if options.write_baseline is not None:
        return _write_baseline(options.write_baseline, diagnostics, sources)
    left = _sifted(this, diagnostics, linted, sources)
    silenced = tuple(diagnostic for one in linted for diagnostic in one.silenced)
    outcome = Outcome(left, sources, load_for(settings), silenced, len(linted), fixed, this.unsafe)
    report(outcome, this.outputs, options.color, options.quiet, options.statistics)
    if options.report is not None:
        _write_page(options.report, outcome, linted)
    return 2 if crashed else _exit_code(this, left, proves)


def _once(linted: Iterable[Linted]) -> Iterator[Diagnostic]:
    """A module's finding once, however many programs import it."""
    told = set()
    for diagnostic in (diagnostic for one in linted for diagnostic in one.diagnostics):
        if (diagnostic.code, diagnostic.span) not in told:
            told.add((diagnostic.code, diagnostic.span))
            yield diagnostic


def _exit_code(this: Check, diagnostics: Iterable[Diagnostic], proves: bool) -> int:
    if this.options.exit_zero:
        return 0
    if proves:
        return int(any(one.verdict is not None and one.verdict.verdict == "confirmed" for one in diagnostics))
    return int(any(at_least(one.severity, this.settings.fail_on) for one in diagnostics))


def _sifted(
    this: Check, diagnostics: tuple[Diagnostic, ...], linted: Sequence[Linted], sources: Sources
) -> tuple[Diagnostic, ...]:
    if this.settings.baseline is None:
        return diagnostics
    path = Path(this.settings.root) / this.settings.baseline
    sifted = baseline.sift(diagnostics, path, [one.path for one in linted], sources)
    if sifted.known and not this.options.quiet:
        _note(f"{counted(sifted.known, 'problem')} known from {this.settings.baseline}")
    if sifted.gone and not this.options.quiet:
        entries = "1 baseline entry is" if sifted.gone == 1 else f"{sifted.gone} baseline entries are"
        _note(f"{entries} no longer needed; `--write-baseline` drops them")
    return sifted.new


def _write_baseline(file: str, diagnostics: tuple[Diagnostic, ...], sources: Sources) -> int:
    try:
        count = baseline.write(diagnostics, Path(file), sources)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None
    _note(f"wrote {counted(count, 'entry', 'entries')} to {file}")
    return 0


def _write_page(file: str, outcome: Outcome, linted: Sequence[Linted]) -> None:
    from lstmlint.report.html import page

    facts = [one.facts for one in linted if one.facts is not None]
    try:
        Path(file).write_text(page(outcome, facts), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None


def _tell_crashes(registry: Registry, linted: Iterable[Linted], verbose: bool) -> bool:
    crashes = [crash for one in linted for crash in one.crashes]
    told: Counter[str] = Counter()
    for crash in (*registry.crashes, *crashes):
        told[crash.error] += 1
        if told[crash.error] <= _MOST_ALIKE or verbose:
            _tell_crash(crash, verbose)
    more = sum(max(count - _MOST_ALIKE, 0) for count in told.values())
    if more and not verbose:
        _note(f"{counted(more, 'more crash', 'more crashes')} of the same kind; `-v` shows all, with tracebacks")
    return bool(crashes or registry.crashes)


def _tell_crash(crash: Crash, verbose: bool) -> None:
    print(f"lstmlint: error: {crash.where} crashed: {crash.error}; {_PLEASE}", file=sys.stderr)
    if verbose and crash.traceback:
        print(crash.traceback, file=sys.stderr)


def _warn_about(settings: Settings) -> None:
    for selector in ineffective(load_for(settings), settings):
        _note(f"`{selector}` is in preview: it runs only with `--preview`")


def _show_settings(settings: Settings) -> int:
    print(f"# from {settings.origin or 'the defaults'}")
    for key, value in shown(settings):
        print(f"{key} = {value}")
    return 0


def _show_files(targets: Iterable[Target]) -> int:
    for target in targets:
        print(target.path)
    return 0


def _note(text: str) -> None:
    print(f"lstmlint: {text}", file=sys.stderr)
