"""``lstmlint rule``: one rule's page in the terminal, or the table of all rules."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lstmlint.api import Rule
from lstmlint.commands.options import ArgumentParser, Options, configuration
from lstmlint.errors import UsageError
from lstmlint.registry import FAMILIES, Registry, claim, load_for, page
from lstmlint.report.line import SEVERITY_STYLE, Line, plain, wants_colour, write_lines
from lstmlint.report.urls import rule_url


def rule(words: Sequence[str]) -> int:
    given = _parser().parse_args(list(words))
    registry = load_for(configuration(Options()).settings_for(Path.cwd()))
    if given.rule is not None:
        _explain(registry, registry.rule(given.rule), given)
    elif given.output_format == "json":
        print(json.dumps([_as_object(registry, one) for one in registry.rules], indent=2, ensure_ascii=False))
    elif given.all:
        for one in registry.rules:
            _explain(registry, one, given)
    else:
        write_lines(_table(registry), colour=wants_colour(given.color, sys.stdout))
    return 2 if registry.crashes else 0


def _parser() -> argparse.ArgumentParser:
    parser = ArgumentParser(prog="lstmlint rule", allow_abbrev=False)
    parser.add_argument("rule", nargs="?", metavar="CODE|NAME")
    parser.add_argument("--all", action="store_true", help="the pages of all rules")
    parser.add_argument("--output-format", choices=["text", "json"], default="text")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    return parser


def _explain(registry: Registry, one: Rule, given: argparse.Namespace) -> None:
    if given.output_format == "json":
        print(json.dumps(_as_object(registry, one), indent=2, ensure_ascii=False))
        return
    text = page(registry, one)
    if not text:
        raise UsageError(f"{one.code} {one.name} has no page")
    if wants_colour(given.color, sys.stdout):
        _rendered(text, one)
    else:
        print(text, end="" if text.endswith("\n") else "\n")


def _rendered(text: str, one: Rule) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True)
    console.print(Markdown(text, code_theme="ansi_dark"), width=min(console.width, 100))
    console.print(f"\n{_facts(one)}\n", style="dim", highlight=False)


def _facts(one: Rule) -> str:
    target = "" if len(one.keras) == 2 else f", Keras {min(one.keras)} only"
    return f"{one.code} {one.name}: {one.severity.value}, {_tier(one)} since {one.since}{target}"


def _tier(one: Rule) -> str:
    return "preview" if one.preview else "stable"


def _as_object(registry: Registry, one: Rule) -> dict[str, object]:
    text = page(registry, one)
    return {
        "code": one.code,
        "name": one.name,
        "family": FAMILIES.get(one.code[:4], "custom"),
        "severity": one.severity.value,
        "tier": _tier(one),
        "since": one.since,
        "keras": sorted(one.keras),
        "summary": claim(one, text),
        "explanation": text,
        "url": rule_url(one.name),
    }


def _table(registry: Registry) -> Iterator[Line]:
    wide = max(len(one.name) for one in registry.rules)
    family = ""
    for one in registry.rules:
        if one.code[:4] != family:
            family = one.code[:4]
            yield ((f"{family}xx  {FAMILIES.get(family, 'custom')}", "bold underline"),)
        preview = "  preview" if one.preview else ""
        severity = (f"{one.severity.value:<8}", SEVERITY_STYLE[one.severity.value])
        yield ((f"  {one.code}  ", "bold"), (f"{one.name:<{wide}}  ", ""), severity, (preview, "dim"))
    yield plain("")
    yield plain("`lstmlint rule CODE` explains one.")
