"""What an experiment showed, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.diagnostic import Diagnostic
from lstmlint.report.json import plain_value
from lstmlint.report.line import Line

VERDICT_STYLE = {"confirmed": "bold green", "refuted": "bold yellow", "inconclusive": "bold magenta"}


def evidence_lines(diagnostic: Diagnostic) -> Iterator[Line]:
    """Nothing where no experiment was made."""
    if diagnostic.verdict is None:
        return
    found: dict[str, Any] = plain_value(diagnostic.verdict)
    verdict = str(found.get("verdict"))
    yield (("verify:", "bold"), (" ", ""), (verdict, VERDICT_STYLE.get(verdict, "")), (_circumstances(found), "dim"))
    yield from ((("  ", ""), (text, "")) for text in details(found))


def _circumstances(found: Mapping[str, Any]) -> str:
    seeds = found.get("seeds") or []
    parts = [f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"] if seeds else []
    if isinstance(found.get("seconds"), (int, float)):
        parts.append(f"{found['seconds']:.1f} s")
    return f"  ({', '.join(parts)})" if parts else ""


def details(found: Mapping[str, Any]) -> Iterator[str]:
    """As written, cured, floor, reason: each where there is something to say."""
    if found.get("claim"):
        yield f"claim       {sentence(found['claim'])}"
    if found.get("error"):
        yield f"as written  {first_line(str(found['error']))}"
    for key, name in (("as_written", "as written"), ("cured", "cured")):
        yield from (f"{name:<11} {text}" for text in _measured(found.get(key)))
    if found.get("floor") is not None:
        yield f"floor       {found['floor']:.4g}"
    if found.get("reason"):
        yield f"reason      {sentence(found['reason'])}"


def first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]


def sentence(value: Any) -> str:
    return " ".join(str(value).split())


def _measured(value: Any) -> Iterator[str]:
    """A side of an experiment, whatever it is made of: numbers a seed, named numbers, or several cures."""
    match value:
        case None | [] | {}:
            return
        case list() if any(isinstance(item, (dict, list)) for item in value):
            for item in value:
                yield from _measured(item)
        case _:
            yield number_text(value)


def number_text(value: Any) -> str:
    match value:
        case bool() | None:
            return str(value)
        case float():
            return f"{value:.4g}"
        case list() if len(value) > 6:
            return f"{number_text(value[0])} … {number_text(value[-1])}"
        case list():
            return ", ".join(number_text(item) for item in value)
        case dict():
            return ", ".join(
                f"{key.replace('_', ' ')} {number_text(item)}" for key, item in value.items() if item is not None
            )
        case _:
            return sentence(value)
