"""Every rule with an experiment on its own fixtures: what the rule says is never refuted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lstmlint.engine import lint_for
from lstmlint.settings import Settings
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import verify_findings

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
LINT = lint_for(Settings(keras="3"))


def first_bad() -> Iterator[Path]:
    """One fixture a rule, so that it stays short."""
    for folder in sorted(FIXTURES.iterdir()):
        bad = [path for path in sorted(folder.glob("bad*.py")) if not path.name.endswith((".fixed.py", ".unsafe.py"))]
        yield from bad[:1]


def test_no_finding_of_a_fixture_is_refuted(worker: Worker) -> None:
    asked, places = [], []
    for path in first_bad():
        linted = LINT.file(str(path), path.read_bytes(), True)
        for one, finding, rule in linted.claims:
            if linted.facts is not None and finding.experiment is not None and one.path == str(path):
                asked.append((finding, rule, linted.facts))
                places.append(f"{rule.code} {path.parent.name}/{path.name}")
    verdicts = verify_findings(asked, worker=worker, seeds=1)
    told = [(place, verdict) for place, verdict in zip(places, verdicts, strict=True) if verdict is not None]
    assert [(place, verdict.reason) for place, verdict in told if verdict.verdict == "refuted"] == []
    confirmed = {place for place, verdict in told if verdict.verdict == "confirmed"}
    assert len(confirmed) >= 0.85 * len({place for place, _ in told}), sorted({place for place, _ in told} - confirmed)
