"""Reading the fixtures of the rules: which file belongs to which rule, and what should be found in it.

``# error: [LST101]`` at the end of a line says that a finding starts on that line; ``# known-miss: [LST101]`` that one
should and does not yet, ``# known-alarm: [LST101]`` that one does and should not. ``# keras: 2`` on the first line
sets the version spoken of; ``# no-run: why`` on a line keeps a file from being run on Keras.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lstmlint.api import Rule, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.engine import Lint, Linted, interpreted
from lstmlint.fixes import fix_file
from lstmlint.registry import OWN, Registry, load
from lstmlint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "fixtures" / "rules"

_MARK = re.compile(r"#\s*(?P<kind>error|known-miss|known-alarm):\s*\[(?P<codes>[A-Z0-9, ]+)\]")
_KERAS = re.compile(r"\A# keras: (?P<version>[23])\b")
_NO_RUN = re.compile(r"^# no-run\b", re.MULTILINE)

#: ``(row, code)`` with how often.
Marks = Counter[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Fixture:
    """One program under ``fixtures/rules/<rule_name>/``."""

    rule: Rule
    path: Path
    text: str

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def is_bad(self) -> bool:
        return self.path.name.startswith("bad")

    @property
    def is_fixed(self) -> bool:
        return self.path.name.endswith((".fixed.py", ".unsafe.py"))

    @property
    def keras(self) -> int:
        found = _KERAS.match(self.text)
        return int(found["version"]) if found else 3

    @property
    def runs(self) -> bool:
        return not _NO_RUN.search(self.text)

    def marks(self, kind: str) -> Marks:
        return marks(self.text, kind)

    def fixed(self, kind: str) -> Path:
        """``bad.py`` -> ``bad.fixed.py``."""
        return self.path.with_suffix(f".{kind}.py")


def marks(text: str, kind: str) -> Marks:
    rows = enumerate(text.splitlines(), 1)
    found = ((row, match["codes"]) for row, line in rows for match in _MARK.finditer(line) if match["kind"] == kind)
    return Counter((row, code.strip()) for row, codes in found for code in codes.split(","))


def without_marks(text: str) -> str:
    return re.sub(r"[ \t]*#\s*(?:error|known-miss|known-alarm):\s*\[[A-Z0-9, ]+\][^\n]*", "", text)


@cache
def registry() -> Registry:
    return load(())


def rules() -> tuple[Rule, ...]:
    """The rules that ask facts: lstmlint's words about its own comments have tests of their own."""
    return tuple(rule for rule in registry().rules if rule not in OWN)


def folder(rule: Rule) -> Path:
    return FIXTURES / rule.name.replace("-", "_")


def page(rule: Rule) -> Path:
    return ROOT / "rules" / f"{rule.name.replace('-', '_')}.md"


def fixtures(prefix: str = "") -> Iterator[Fixture]:
    """The fixtures of all rules whose name begins so, the results of fixes left out."""
    for rule in rules():
        for path in sorted(folder(rule).glob(f"{prefix}*.py")):
            fixture = Fixture(rule, path, path.read_text(encoding="utf-8"))
            if not fixture.is_fixed:
                yield fixture


def lint(text: str, keras: int = 3, path: str = "program.py", preview: Rule | None = None) -> Linted:
    """A program through all rules as they are by default; ``preview`` is a rule that is asked even while in preview."""
    settings = Settings(keras=str(keras), preview=bool(preview and preview.preview))
    return Lint(settings, registry(), interpreted).file(path, text.encode(), named=True)


def found(linted: Linted, preview: Rule | None = None) -> list[Diagnostic]:
    """What was found, without what other rules in preview say."""
    hidden = {rule.code for rule in rules() if rule.preview and rule is not preview}
    return [diagnostic for diagnostic in linted.diagnostics if diagnostic.code not in hidden]


def places(diagnostics: Iterable[Diagnostic]) -> Marks:
    return Counter((diagnostic.span.start.row, diagnostic.code) for diagnostic in diagnostics)


def fix(text: str, rule: Rule, unsafe: bool, keras: int = 3) -> tuple[str, Linted]:
    """The program after the fixes of one rule, and what is left."""
    settings = Settings(keras=str(keras), preview=rule.preview, cli_select=(rule.code,))
    done = fix_file("program.py", text.encode(), Lint(settings, registry(), interpreted), unsafe)
    return done.data.decode(), done.linted


def raises(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether anything found says that Keras raises."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
