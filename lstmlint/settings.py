"""Settings: what a configuration file and the command line may say, with types and defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from lstmlint.api import Confidence, Severity
from lstmlint.errors import UsageError, did_you_mean

#: ruff's list, so that nobody is surprised.
DEFAULT_EXCLUDE = (
    *(
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".git-rewrite",
        ".hg",
        ".ipynb_checkpoints",
        ".lstmlint_cache",
        ".mypy_cache",
    ),
    *(".nox", ".pants.d", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode"),
    *("__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv"),
)


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """``[tool.lstmlint.verify]``: ``timeout`` in seconds for each finding; ``seed`` is the first of the seeds."""

    timeout: float = 60.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides what is reported.

    ``root`` is the folder of the configuration file (globs and the baseline count from there), ``origin`` the file. The
    ``cli_`` selectors are kept apart, for ``--select`` replaces what the file selects and ``--ignore`` only adds.
    ``rules_left_out`` where the file brings custom rules that are not trusted: it may name codes that nobody has.
    """

    root: str = "."
    origin: str | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    cli_select: tuple[str, ...] = ()
    cli_ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    min_confidence: Confidence = Confidence.MEDIUM
    fail_on: Severity = Severity.WARNING
    preview: bool = False
    keras: str = "auto"
    include: tuple[str, ...] = ("*.py", "*.ipynb")
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    output_format: str = "full"
    fix: bool = False
    unsafe_fixes: bool = False
    baseline: str | None = None
    require_reason: bool = False
    custom_rules: tuple[str, ...] = ()
    rules_left_out: bool = False
    cache_dir: str | None = None
    severity: tuple[tuple[str, Severity], ...] = ()
    verify: VerifySettings = VerifySettings()


Converter = Callable[[str, Any], Any]


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"`{key}` must be true or false, not {value!r}")
    return value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UsageError(f"`{key}` must be a text, not {value!r}")
    return value


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"`{key}` must be a list of texts, not {value!r}")
    return tuple(value)


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise UsageError(f"`{key}` must be a positive number, not {value!r}")
    return float(value)


def _seed(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"`{key}` must be a whole number from 0, not {value!r}")
    return value


def _keras(key: str, value: Any) -> str:
    if str(value) not in {"auto", "2", "3"}:
        raise UsageError(f"`{key}` must be auto, 2 or 3, not {value!r}")
    return str(value)


def _confidence(key: str, value: Any) -> Confidence:
    return Confidence(_one_of(key, value, tuple(member.value for member in Confidence)))


def _severity(key: str, value: Any) -> Severity:
    return Severity(_one_of(key, value, tuple(member.value for member in Severity)))


def _one_of(key: str, value: Any, words: tuple[str, ...]) -> str:
    if value not in words:
        raise UsageError(f"`{key}` must be one of {', '.join(words)}, not {value!r}{did_you_mean(str(value), words)}")
    return str(value)


def _selectors_by_glob(key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((glob, _texts(f"{key}.{glob}", codes)) for glob, codes in _mapping(key, value).items())


def _severities(key: str, value: Any) -> tuple[tuple[str, Severity], ...]:
    return tuple((code, _severity(f"{key}.{code}", word)) for code, word in _mapping(key, value).items())


def _mapping(key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"`{key}` must be a table, not {value!r}")
    return value


def _verify(key: str, value: Any) -> VerifySettings:
    converters: dict[str, Converter] = {"timeout": _number, "seed": _seed}
    return replace(VerifySettings(), **_converted(_mapping(key, value), converters, f"{key}."))


#: What may stand in a configuration file, by its key there.
KEYS: Mapping[str, Converter] = {
    "select": _texts,
    "extend-select": _texts,
    "ignore": _texts,
    "per-file-ignores": _selectors_by_glob,
    "min-confidence": _confidence,
    "fail-on": _severity,
    "preview": _flag,
    "keras": _keras,
    "include": _texts,
    "exclude": _texts,
    "extend-exclude": _texts,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "output-format": _text,
    "fix": _flag,
    "unsafe-fixes": _flag,
    "baseline": _text,
    "require-reason": _flag,
    "custom-rules": _texts,
    "cache-dir": _text,
    "severity": _severities,
    "verify": _verify,
}


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with the keys of a configuration table laid over them. Raises UsageError, naming key and cure."""
    return replace(settings, **_converted(values, KEYS, ""))


def _converted(values: Mapping[str, Any], converters: Mapping[str, Converter], prefix: str) -> dict[str, Any]:
    converted = {}
    for key, value in values.items():
        if key not in converters:
            raise UsageError(f"unknown key `{prefix}{key}`{did_you_mean(key, converters)}")
        converted[key.replace("-", "_")] = converters[key](f"{prefix}{key}", value)
    return converted


def shown(settings: Settings) -> list[tuple[str, str]]:
    """Every setting as a line of ``--show-settings``."""
    names = [field.name for field in fields(settings)]
    return [(name.replace("_", "-"), _shown(getattr(settings, name))) for name in names]


def _shown(value: Any) -> str:
    match value:
        case Confidence() | Severity():
            return f'"{value.value}"'
        case VerifySettings():
            return f"{{ timeout = {value.timeout:g}, seed = {value.seed} }}"
        case tuple():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case bool():
            return str(value).lower()
        case None:
            return "none"
        case _:
            return f'"{value}"'
