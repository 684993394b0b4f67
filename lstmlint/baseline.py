"""The baseline: findings that were there before lstmlint came, kept in a file that is committed.

An entry is a path, a code, a hash of the flagged code without whitespace, and an ordinal among equals. It survives
moved lines and no longer counts once the flagged code is edited.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from lstmlint.diagnostic import Diagnostic, span_hash
from lstmlint.engine import relative
from lstmlint.errors import UsageError
from lstmlint.text.sources import Sources

DEFAULT_NAME = ".lstmlint-baseline.json"
_VERSION = 1

#: Path counted from the baseline's folder, code, hash, ordinal from 1.
Entry: TypeAlias = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Sifted:
    """``new`` are the diagnostics that the baseline does not know, ``known`` counts the others.

    ``gone`` counts entries about linted files that nothing matches any more.
    """

    new: tuple[Diagnostic, ...]
    known: int
    gone: int


def sift(diagnostics: Iterable[Diagnostic], path: Path, linted: Iterable[str], sources: Sources) -> Sifted:
    """Raises UsageError where the file is missing or is no baseline."""
    entries = read(path)
    pairs = list(_entries(diagnostics, path, sources))
    new = tuple(diagnostic for diagnostic, entry in pairs if entry not in entries)
    here = {relative(file, str(path.parent)) for file in linted}
    matched = {entry for _, entry in pairs} & entries
    gone = sum(entry[0] in here for entry in entries - matched)
    return Sifted(new, len(pairs) - len(new), gone)


def read(path: Path) -> frozenset[Entry]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return frozenset((e["path"], e["code"], e["hash"], e["ordinal"]) for e in document["entries"])
    except FileNotFoundError:
        raise UsageError(f"no baseline {path}; write one with `--write-baseline`") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a baseline: {error}") from None


def write(diagnostics: Iterable[Diagnostic], path: Path, sources: Sources) -> int:
    """Write a baseline of all diagnostics, one entry a line, sorted; gives their number."""
    entries = sorted(entry for _, entry in _entries(diagnostics, path, sources))
    keys = ("path", "code", "hash", "ordinal")
    lines = ",\n".join(json.dumps(dict(zip(keys, entry, strict=True)), ensure_ascii=False) for entry in entries)
    body = f"\n{lines}\n" if lines else ""
    path.write_text(f'{{"version": {_VERSION}, "entries": [{body}]}}\n', encoding="utf-8")
    return len(entries)


def _entries(diagnostics: Iterable[Diagnostic], path: Path, sources: Sources) -> Iterator[tuple[Diagnostic, Entry]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for diagnostic in diagnostics:
        file = relative(diagnostic.path, str(path.parent))
        key = (file, diagnostic.code, span_hash(sources[diagnostic.path], diagnostic.span))
        seen[key] += 1
        yield diagnostic, (*key, seen[key])
