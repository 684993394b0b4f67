"""What was found before: one JSON file for each linted file, named by a hash of everything the answer depends on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lstmlint import __version__
from lstmlint.engine import Linted
from lstmlint.registry import rules_package
from lstmlint.serial import packed, unpacked
from lstmlint.settings import Settings
from lstmlint.text.reading import read_bytes

#: Old entries are dropped once there are more than this.
MOST_ENTRIES = 5_000

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<source>[\w.]*)[ \t]+import|import[ \t]+(?P<names>[\w., \t]+))", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of results. A cache that cannot be written or read is no cache, never an error."""

    folder: Path

    def get(self, key: str) -> Linted | None:
        try:
            values = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            kept, silenced = (tuple(unpacked(item) for item in values[name]) for name in ("diagnostics", "silenced"))
            return Linted(values["path"], kept, silenced)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, linted: Linted) -> None:
        """Results with a crash in them are not kept: the next run shows the crash again."""
        if linted.crashes:
            return
        values = {
            "path": linted.path,
            "diagnostics": [packed(diagnostic) for diagnostic in linted.diagnostics],
            "silenced": [packed(diagnostic) for diagnostic in linted.silenced],
        }
        try:
            self._write(key, json.dumps(values))
        except OSError:
            return

    def _write(self, key: str, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        marker = self.folder / ".gitignore"
        if not marker.exists():
            marker.write_text("*\n", encoding="utf-8")
        half = self.folder / f"{key}.{os.getpid()}.tmp"
        half.write_text(text, encoding="utf-8")
        half.replace(self.folder / f"{key}.json")

    def trim(self) -> None:
        """Drop the oldest entries beyond ``MOST_ENTRIES``."""
        try:
            entries = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in entries[:-MOST_ENTRIES]:
                path.unlink()
        except OSError:
            return


def key_of(path: str, data: bytes, settings: Settings, keras: str, ignore_noqa: bool) -> str:
    """A hash of the file, of its sibling modules, of the settings and of lstmlint itself."""
    digest = hashlib.sha256()
    parts = (_tool_version(), repr(settings), keras, str(ignore_noqa), os.path.abspath(path), path)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    digest.update(data)
    for sibling in _siblings(Path(path).resolve().parent, data):
        digest.update(b"\0" + sibling)
    return digest.hexdigest()[:40]


@lru_cache(maxsize=1)
def _tool_version() -> str:
    """The version, and the state of the installed files: in a checkout they change while the version does not."""
    folders = [Path(__file__).parent, *(Path(place) for place in rules_package().__path__)]
    stats = (path.stat() for folder in folders for path in sorted(folder.rglob("*.py")))
    state = hash(tuple((stat.st_size, stat.st_mtime_ns) for stat in stats))
    return f"{__version__} {state}"


def _siblings(folder: Path, data: bytes) -> Iterator[bytes]:
    """The contents of the modules beside a file that it imports, and of those that they import."""
    waiting, seen = [(folder, data)], set[Path]()
    while waiting and len(seen) < 100:
        for path in _imported(*waiting.pop()):
            if path in seen:
                continue
            seen.add(path)
            try:
                content = read_bytes(str(path))
            except OSError:
                continue
            yield content
            waiting.append((path.parent, content))


def _imported(folder: Path, data: bytes) -> Iterator[Path]:
    for match in _IMPORT.finditer(data):
        base = folder.joinpath(*[".."] * max(len(match["dots"] or b"") - 1, 0))
        for name in (match["source"] or match["names"] or b"").decode("ascii", "ignore").split(","):
            module = base.joinpath(*name.split()[0].split(".")) if name.split() else base
            for path in (module.with_suffix(".py"), module / "__init__.py"):
                if path.is_file():
                    yield path
