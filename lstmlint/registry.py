"""All rules: found by looking into the package, selected by code, prefix, name or ALL."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import ModuleType

from lstmlint.api import Rule, Severity
from lstmlint.errors import UsageError, did_you_mean
from lstmlint.settings import Settings

#: What lstmlint says about files and comments without asking any fact.
INVALID_SYNTAX = Rule("LST000", "invalid-syntax", Severity.WARNING, since="0.1.0")
UNREADABLE_FILE = Rule("LST001", "unreadable-file", Severity.WARNING, since="0.1.0")
UNUSED_SUPPRESSION = Rule("LST900", "unused-suppression", Severity.WARNING, since="0.1.0")
UNKNOWN_CODE = Rule("LST901", "unknown-code", Severity.WARNING, since="0.1.0")
MISSING_REASON = Rule("LST902", "missing-reason", Severity.WARNING, since="0.1.0")
OWN = (INVALID_SYNTAX, UNREADABLE_FILE, UNUSED_SUPPRESSION, UNKNOWN_CODE, MISSING_REASON)

#: On where nothing is selected: all but the opinions.
OFF_BY_DEFAULT = "LST7"
FAMILIES = {
    "LST0": "the file itself",
    "LST1": "shapes",
    "LST2": "state",
    "LST3": "data",
    "LST4": "targets and loss",
    "LST5": "Keras API",
    "LST6": "speed",
    "LST7": "opinions",
    "LST9": "lstmlint itself",
}


@dataclass(frozen=True, slots=True)
class Crash:
    """Something of lstmlint or of a custom rule that raised: ``where`` names the code and the file."""

    where: str
    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The rules sorted by code, and the rule files that could not be loaded."""

    rules: tuple[Rule, ...]
    crashes: tuple[Crash, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()

    def find(self, word: str) -> Rule | None:
        """A rule by its code or its name."""
        return next((rule for rule in self.rules if word.upper() == rule.code or word.lower() == rule.name), None)

    def rule(self, word: str) -> Rule:
        """A rule by its code or name. Raises UsageError with the nearest one."""
        found = self.find(word)
        if found is None:
            raise UsageError(f"unknown rule `{word}`{did_you_mean(word, self.words())}")
        return found

    def words(self) -> Iterator[str]:
        for rule in self.rules:
            yield rule.code
            yield rule.name

    def knows(self, selector: str) -> bool:
        return any(_strength(selector, rule) for rule in self.rules)

    def check_selectors(self, selectors: Iterable[str], where: str) -> None:
        """Raises UsageError where a selector means no rule at all."""
        for selector in selectors:
            if not self.knows(selector) and selector.upper() not in FAMILIES:
                raise UsageError(f"unknown rule `{selector}` in `{where}`{did_you_mean(selector, self.words())}")


def _strength(selector: str, rule: Rule) -> int:
    """How exactly a selector means a rule: 0 not at all; a longer prefix is stronger, code or name strongest."""
    word = selector.upper()
    if word == "ALL":
        return 1
    if word == rule.code or selector.lower() == rule.name:
        return 10
    return 1 + len(word) if word and rule.code.startswith(word) else 0


def _strongest(selectors: Iterable[str], rule: Rule) -> int:
    return max((_strength(selector, rule) for selector in selectors), default=0)


def selects(selectors: Iterable[str], rule: Rule) -> bool:
    return _strongest(selectors, rule) > 0


def enabled(registry: Registry, settings: Settings) -> frozenset[str]:
    """The codes that are on. The more exact selector wins; where both are equal, ``ignore`` does."""
    of_the_file = () if settings.rules_left_out else ("select", "extend_select", "ignore")
    for where in (*of_the_file, "cli_select", "cli_ignore"):
        registry.check_selectors(getattr(settings, where), where.removeprefix("cli_").replace("_", "-"))
    return frozenset(rule.code for rule in registry.rules if _is_on(rule, settings))


def _is_on(rule: Rule, settings: Settings) -> bool:
    if settings.cli_select:
        chosen, against = settings.cli_select + settings.extend_select, settings.cli_ignore
    else:
        chosen = (settings.select or _default(rule)) + settings.extend_select
        against = settings.ignore + settings.cli_ignore
    if rule.preview and not settings.preview:
        return False
    if rule is MISSING_REASON and settings.require_reason:
        return _strongest(against, rule) < 10
    return _strongest(chosen, rule) > _strongest(against, rule)


def _default(rule: Rule) -> tuple[str, ...]:
    off = rule.code.startswith(OFF_BY_DEFAULT) or rule is MISSING_REASON
    return () if off else ("LST", *((rule.code,) if not rule.code.startswith("LST") else ()))


def ineffective(registry: Registry, settings: Settings) -> Iterator[str]:
    """Preview rules that are selected by their own code or name while preview is off."""
    for selector in (*settings.select, *settings.extend_select, *settings.cli_select):
        rule = registry.find(selector)
        if rule is not None and rule.preview and not settings.preview:
            yield selector


def load_for(settings: Settings) -> Registry:
    """The rules for settings; folders of custom rules count from the configuration file."""
    return load(tuple(str(Path(settings.root) / folder) for folder in settings.custom_rules))


@lru_cache(maxsize=8)
def load(custom: tuple[str, ...] = ()) -> Registry:
    """Import every rule module. Raises UsageError for a code or name defined twice."""
    rules, crashes, pages = list(OWN), [], []
    for module in (*_builtin(), *_custom(custom)):
        if isinstance(module, Crash):
            crashes.append(module)
            continue
        rule = getattr(module, "rule", None)
        if isinstance(rule, Rule):
            rules.append(rule)
            pages.append((rule.code, str(Path(module.__file__ or "").with_suffix(".md"))))
    _check_unique(rules)
    return Registry(tuple(sorted(rules, key=lambda rule: rule.code)), tuple(crashes), tuple(pages))


def _check_unique(rules: list[Rule]) -> None:
    seen: set[str] = set()
    for word in (word for rule in rules for word in (rule.code, rule.name)):
        if word in seen:
            raise UsageError(f"rule `{word}` is defined twice")
        seen.add(word)


def _builtin() -> Iterator[ModuleType | Crash]:
    package = rules_package()
    for info in pkgutil.iter_modules(package.__path__):
        yield _imported(f"{package.__name__}.{info.name}", info.name)


def _imported(name: str, label: str) -> ModuleType | Crash:
    try:
        return importlib.import_module(name)
    except Exception as error:
        return Crash(f"rule {label}", f"{type(error).__name__}: {error}", traceback.format_exc())


def _custom(folders: tuple[str, ...]) -> Iterator[ModuleType | Crash]:
    for folder in folders:
        if not Path(folder).is_dir():
            raise UsageError(f"`custom-rules`: no folder {folder}")
        for path in sorted(Path(folder).glob("[!_]*.py")):
            yield _custom_module(path)


def _custom_module(path: Path) -> ModuleType | Crash:
    name = f"lstmlint_custom_rules.{path.stem}"
    try:
        return _executed(name, path)
    except Exception as error:
        return Crash(f"custom rule {path}", f"{type(error).__name__}: {error}", traceback.format_exc())


def rules_package() -> ModuleType:
    """``lstmlint.rules``; where that is not installed, the folder ``rules`` beside ``lstmlint`` under that name."""
    try:
        return importlib.import_module("lstmlint.rules")
    except ModuleNotFoundError as error:
        if error.name != "lstmlint.rules":
            raise
    folder = Path(__file__).resolve().parent.parent / "rules"
    return _executed("lstmlint.rules", folder / "__init__.py", [str(folder)])


def _executed(name: str, path: Path, search: list[str] | None = None) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise UsageError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def page(registry: Registry, rule: Rule) -> str:
    """The rule's Markdown, empty where it has none."""
    own = dict(registry.pages).get(rule.code)
    if own is not None:
        return Path(own).read_text(encoding="utf-8") if Path(own).is_file() else ""
    file = resources.files(rules_package().__name__) / f"{rule.name.replace('-', '_')}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def claim(rule: Rule, text: str) -> str:
    """The first sentence of the page under *What it does*, for tables."""
    paragraphs = [part.strip() for part in text.split("\n\n")]
    for index, paragraph in enumerate(paragraphs):
        if paragraph.lower().endswith("what it does") and index + 1 < len(paragraphs):
            return " ".join(paragraphs[index + 1].split())
    return rule.name.replace("-", " ")
