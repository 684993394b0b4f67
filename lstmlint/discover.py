"""Paths -> the files to lint: folders are walked, .gitignore and excludes respected."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pathspec import GitIgnoreSpec

from lstmlint.config import Configuration
from lstmlint.errors import UsageError
from lstmlint.settings import Settings

#: Only files that say one of these are parsed.
_MENTION = re.compile(rb"keras|LSTM|GRU|RNN|\A\xff\xfe|\A\xfe\xff", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A file to lint, as the user will see it written; ``named`` says that the command line names it itself."""

    path: str
    settings: Settings
    named: bool = False


def discover(paths: Iterable[str], configuration: Configuration) -> Iterator[Target]:
    """Each file once, folders in alphabetical order. Raises UsageError for a path that does not exist."""
    walker, seen = _Walker(configuration), set()
    for path in paths:
        for target in walker.targets(path):
            key = os.path.abspath(target.path)
            if key not in seen:
                seen.add(key)
                yield target


def mentions_keras(data: bytes) -> bool:
    return _MENTION.search(data) is not None


def _spec(patterns: Iterable[str]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)


@dataclass(frozen=True, slots=True)
class _Walker:
    configuration: Configuration
    _ignores: dict[Path, tuple[tuple[Path, GitIgnoreSpec], ...]] = field(default_factory=dict)
    _excludes: dict[tuple[str, ...], GitIgnoreSpec] = field(default_factory=dict)

    def targets(self, path: str) -> Iterator[Target]:
        if os.path.isdir(path):
            yield from self._walk(path)
        elif os.path.lexists(path):
            settings = self.configuration.settings_for(Path(path).resolve().parent)
            if not (settings.force_exclude and self._left_out_above(Path(path), settings)):
                yield Target(path, settings, named=True)
        else:
            raise UsageError(f"no such file or folder: {path}")

    def _walk(self, top: str) -> Iterator[Target]:
        for folder, folders, names in os.walk(top):
            absolute = Path(folder).resolve()
            settings = self.configuration.settings_for(absolute)
            folders[:] = sorted(name for name in folders if not self._left_out(absolute / name, settings, folder=True))
            for name in sorted(names):
                if self._wanted(absolute / name, settings):
                    yield Target(_shown(folder, name), settings)

    def _wanted(self, path: Path, settings: Settings) -> bool:
        included = any(path.match(glob) for glob in settings.include)
        return included and not self._left_out(path, settings) and path.is_file()

    def _left_out_above(self, path: Path, settings: Settings) -> bool:
        """For a file named by hand with --force-exclude: it, or any folder above it up to the root, is left out."""
        absolute, root = path.resolve(), Path(settings.root).resolve()
        above = [parent for parent in absolute.parents if root in parent.parents]
        return self._left_out(absolute, settings) or any(self._left_out(p, settings, folder=True) for p in above)

    def _left_out(self, path: Path, settings: Settings, folder: bool = False) -> bool:
        if self._excluded(path, settings, folder):
            return True
        return settings.respect_gitignore and self._ignored(path, folder)

    def _excluded(self, path: Path, settings: Settings, folder: bool) -> bool:
        patterns = settings.exclude + settings.extend_exclude
        if patterns not in self._excludes:
            self._excludes[patterns] = _spec(patterns)
        return self._excludes[patterns].match_file(_relative(path, Path(settings.root), folder))

    def _ignored(self, path: Path, folder: bool) -> bool:
        """As git decides: the last pattern that matches wins, files further down come later."""
        ignored = False
        for base, spec in self._gitignores(path.parent):
            result = spec.check_file(_relative(path, base, folder))
            ignored = ignored if result.include is None else result.include
        return ignored

    def _gitignores(self, folder: Path) -> tuple[tuple[Path, GitIgnoreSpec], ...]:
        """The .gitignore files that speak for a folder, from the repository's top down."""
        if folder not in self._ignores:
            top = (folder / ".git").exists() or folder.parent == folder
            above = () if top else self._gitignores(folder.parent)
            self._ignores[folder] = above + tuple(_gitignore(folder))
        return self._ignores[folder]


def _gitignore(folder: Path) -> Iterator[tuple[Path, GitIgnoreSpec]]:
    for name in (".gitignore", ".git/info/exclude"):
        try:
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        yield folder, _spec(lines)


def _relative(path: Path, base: Path, folder: bool) -> str:
    try:
        relative = path.relative_to(base).as_posix()
    except ValueError:
        relative = PurePath(path.name).as_posix()
    return f"{relative}/" if folder else relative


def _shown(folder: str, name: str) -> str:
    path = os.path.normpath(os.path.join(folder, name))
    return PurePath(path).as_posix()
