"""Configuration files: the nearest ``lstmlint.toml`` or ``[tool.lstmlint]`` wins, unmerged but for ``extend``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lstmlint.errors import UsageError
from lstmlint.settings import Settings, with_values

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Nearer names first: a ``lstmlint.toml`` beside a ``pyproject.toml`` wins.
NAMES = ("lstmlint.toml", ".lstmlint.toml", "pyproject.toml")

Override = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Which settings hold for which file.

    ``explicit`` is the file of ``--config``, ``isolated`` reads none; ``override`` lays the command line on top.
    ``distrusted`` are the files whose custom rules are left out: rules are code, and linting somebody's folder from
    outside must not run theirs. A file that governs the working directory, or that is named, may bring rules.
    """

    override: Override
    explicit: Path | None = None
    isolated: bool = False
    distrusted: list[str] = field(default_factory=list, repr=False)
    _seen: dict[Path, Settings] = field(default_factory=dict, repr=False)

    def settings_for(self, folder: Path) -> Settings:
        """The settings of the files of a folder. Raises UsageError for a file that cannot be used."""
        if folder not in self._seen:
            self._seen[folder] = self._resolved(folder)
        return self._seen[folder]

    def _resolved(self, folder: Path) -> Settings:
        if self.isolated:
            return self.override(Settings(root=str(Path.cwd())))
        if self.explicit is not None:
            return self.override(load(self.explicit))
        found = self._here(folder)
        if found is not None:
            return found
        if folder.parent == folder:
            return self.override(Settings(root=str(Path.cwd())))
        return self.settings_for(folder.parent)

    def _here(self, folder: Path) -> Settings | None:
        for name in NAMES:
            path = folder / name
            if path.is_file() and table_of(path) is not None:
                return self.override(self._trusted(load(path), folder.resolve()))
        return None

    def _trusted(self, settings: Settings, folder: Path) -> Settings:
        here = Path.cwd().resolve()
        if not settings.custom_rules or folder in (here, *here.parents):
            return settings
        self.distrusted.append(settings.origin or str(folder))
        return replace(settings, custom_rules=(), rules_left_out=True)


def table_of(path: Path) -> Mapping[str, Any] | None:
    """The lstmlint table of a TOML file; None where a pyproject.toml has none."""
    document = _document(path)
    if path.name != "pyproject.toml":
        return document
    tool = document.get("tool")
    table = tool.get("lstmlint") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _document(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return document
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None


def load(path: Path, behind: tuple[Path, ...] = ()) -> Settings:
    """The settings of one file, those of the file it extends beneath. Raises UsageError."""
    path = path.resolve()
    if path in behind:
        raise UsageError(f"{path}: `extend` goes round in a circle")
    values = dict(table_of(path) or {})
    beneath = _extended(path, values.pop("extend", None), (*behind, path))
    try:
        settings = with_values(beneath, values)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    return replace(settings, root=str(path.parent), origin=str(path))


def _extended(path: Path, extend: Any, behind: tuple[Path, ...]) -> Settings:
    if extend is None:
        return Settings()
    if not isinstance(extend, str):
        raise UsageError(f"{path}: `extend` must be a text, not {extend!r}")
    return load(path.parent / Path(extend).expanduser(), behind)


def inline(text: str) -> Mapping[str, Any]:
    """The table of ``--config 'key = value'``. Raises UsageError."""
    try:
        table: Mapping[str, Any] = tomllib.loads(text)
        return table
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"--config: `{text}` is neither a file nor `key = value`: {error}") from None
