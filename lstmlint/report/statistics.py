"""``--statistics``: how often each rule was broken."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from lstmlint.diagnostic import Diagnostic
from lstmlint.report.line import SEVERITY_STYLE, Line, plain
from lstmlint.run import Outcome


def render(outcome: Outcome) -> Iterator[Line]:
    counts = _counts(outcome)
    wide = max((len(str(count)) for _, count, _ in counts), default=1)
    for diagnostic, count, fixable in counts:
        star = f"[{'*' if fixable == count else '-' if fixable else ' '}]"
        code = (diagnostic.code, SEVERITY_STYLE[diagnostic.severity.value])
        yield ((f"{count:>{wide}}  ", "bold"), code, (f"  {star} ", "cyan"), (diagnostic.name, ""))


def render_json(outcome: Outcome) -> Iterator[Line]:
    rows = [
        {"code": first.code, "name": first.name, "count": count, "fixable": fixable}
        for first, count, fixable in _counts(outcome)
    ]
    yield plain(json.dumps(rows, indent=2))


def _counts(outcome: Outcome) -> list[tuple[Diagnostic, int, int]]:
    """For each code the first finding, how many there are, how many can be fixed; the most frequent first."""
    counts = Counter(diagnostic.code for diagnostic in outcome.diagnostics)
    fixable = Counter(diagnostic.code for diagnostic in outcome.diagnostics if diagnostic.fixable(outcome.unsafe_fixes))
    first = {diagnostic.code: diagnostic for diagnostic in reversed(outcome.diagnostics)}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(first[code], count, fixable[code]) for code, count in ranked]
