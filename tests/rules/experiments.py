"""Which rules put their findings to an experiment: ``python -m tests.rules.experiments`` prints the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.api import Experiment, Finding, Rule
from tests.rules.fixtures import Fixture, fixtures, folder, lint, rules


@dataclass(frozen=True, slots=True)
class Tested:
    """``claims`` counts what the experiments of a rule's bad programs show; ``without`` its findings that have none."""

    rule: Rule
    claims: Counter[str]
    without: int

    @property
    def line(self) -> str:
        shown = ", ".join(f"{claim} {count}" for claim, count in self.claims.most_common())
        return f"{self.rule.code}  {self.rule.name:<38} {shown or self.rule.untestable}" + (
            f"; {self.without} without" if self.claims and self.without else ""
        )


def findings(fixture: Fixture) -> Iterator[Finding]:
    """What a rule finds in one of its own programs."""
    linted = lint(fixture.text, fixture.keras, fixture.path.name, fixture.rule)
    return (finding for _, finding, rule in linted.claims if rule.code == fixture.rule.code)


def experiments_of(rule: Rule) -> Tested:
    bad = [one for one in fixtures("bad") if one.path.parent == folder(rule) and not one.is_fixed]
    found = [finding for fixture in bad for finding in findings(fixture)]
    claims = Counter(_shown(finding) for finding in found if finding.experiment is not None)
    return Tested(rule, claims, sum(finding.experiment is None for finding in found))


def _shown(finding: Finding) -> str:
    experiment = finding.experiment
    return experiment.claim.value if isinstance(experiment, Experiment) else "Keras is asked"


def main() -> None:
    table = [experiments_of(rule) for rule in rules()]
    print("\n".join(one.line for one in table))
    count = sum(bool(one.claims) for one in table)
    print(f"{count} rules with an experiment, {len(table) - count} that say why they have none")


if __name__ == "__main__":
    main()
