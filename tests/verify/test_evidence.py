"""The text under a finding, from verdicts made by hand."""

from __future__ import annotations

from lstmlint.verify.evidence import curve_text, evidence_text
from lstmlint.verify.verdict import Trial, Verdict


def falling(last: float, epochs: int = 300) -> tuple[tuple[int, float], ...]:
    return tuple((epoch, 0.7 + (last - 0.7) * (epoch - 1) / (epochs - 1)) for epoch in range(1, epochs + 1))


LEARNED = Verdict(
    "confirmed",
    "cannot learn",
    (0,),
    (0.499,),
    (0.1,),
    0.4621,
    None,
    2.0,
    "as written it stays at the floor of 0.462; stateful: below",
    (
        Trial("as written", 0, 0.499, 0.499, falling(0.499), (1, 1), (1, 2)),
        Trial("stateful", 0, 0.1, 0.1, falling(0.1), (1, 2), (1, 2)),
    ),
    ("n = 47",),
)


def test_losses() -> None:
    assert evidence_text(LEARNED).splitlines() == [
        "confirmed: as written it stays at the floor of 0.462; stateful: below",
        "  as written  seed 0  loss 0.700 → 0.499  ██████▇▇▇▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆  in 300 epochs  predicts 1 1 for 1 2",
        "  stateful    seed 0  loss 0.700 → 0.100  ██▇▇▇▇▆▆▆▆▅▅▅▅▄▄▄▄▃▃▃▃▂▂  in 300 epochs  predicts 1 2 for 1 2",
        "  floor       loss 0.462",
        "  planned with: n = 47",
    ]


def test_crash() -> None:
    trials = (
        Trial("as written", 0, error="ValueError: expected ndim=3, found ndim=2", stage="build"),
        Trial("every step returned", 0, 0.25, curve=()),
    )
    verdict = Verdict("confirmed", "raises", reason="ValueError at build; cured it runs", trials=trials)
    assert evidence_text(verdict).splitlines() == [
        "confirmed: ValueError at build; cured it runs",
        "  as written           ValueError: expected ndim=3, found ndim=2 (at build)",
        "  every step returned  loss 0.250",
    ]


def test_several_seeds_are_told_apart() -> None:
    differing = (Trial("as written", 3, said="the outputs differ by 57%"), Trial("as written", 4, said="by 49%"))
    assert evidence_text(Verdict("confirmed", "keeps_state", trials=(*differing, Trial("cured", 3, said="by 0%")))) == (
        "confirmed\n  as written  seed 3  the outputs differ by 57%\n  as written  seed 4  by 49%\n  cured       by 0%"
    )


def test_inconclusive_says_why() -> None:
    assert evidence_text(Verdict("inconclusive", "raises", reason="the model is not known whole")) == (
        "inconclusive: the model is not known whole"
    )


def test_curve() -> None:
    assert curve_text(((1, 1.0),), 1.0) == "█"
    assert curve_text(((1, 1.0), (2, 0.0)), 1.0) == "█▁"
    assert curve_text(falling(0.0), 0.0) == "▁" * 24
    assert len(curve_text(falling(0.0), 0.7, width=10)) == 10
