"""Which Keras a file is written for: 2 where it or its project says so, else 3."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lstmlint.text.source import SourceFile

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: What only a Keras 2 program says; TensorFlow's inner copy of Keras never became Keras 3. Module paths that only
#: Keras 2 had do not decide: old code is run on Keras 3, too.
_LEGACY = re.compile(
    r"^[ \t\"]*(?:import|from)[ \t]+(?:tf_keras|tensorflow\.python\.keras)\b"
    r"|TF_USE_LEGACY_KERAS[\"'\]\s]*=\s*[\"']?(?:1|True|true)"
    r"|^[ \t\"]*%tensorflow_version[ \t]+[12]\.",
    re.MULTILINE,
)
_INSTALLED = re.compile(r"^[ \t\"]*[!%][ \t]*(?:python -m )?pip3?[ \t]+install[ \t]+(?P<what>.+)$", re.MULTILINE)
#: A requirement and its first bound: ``keras<3``, ``tensorflow-gpu == 1.15.2``, ``keras = "^2.4"``, ``- keras=2.3``.
_PIN = re.compile(
    r"(?<![\w.-])(?P<name>tf[-_]keras|keras|tensorflow(?:-(?:gpu|cpu|macos|intel))?)(?:\[[\w,-]*\])?[\"']?\s*[=:]?\s*[\"']?\s*"
    r"(?P<bound>===?|~=|<=?|\^|~|=|>=?)?\s*(?P<major>\d+)(?:\.(?P<minor>\d+))?(?P<rest>[^\n;#\"']*)",
    re.IGNORECASE,
)
_UPPER = re.compile(r"(?P<bound><=?)\s*(?P<major>\d+)(?:\.(?P<minor>\d+))?")
_LEGACY_NAME = re.compile(r"(?<![\w.-])tf[-_]keras(?![\w])", re.IGNORECASE)

#: TensorFlow 2.16 is the first that brings Keras 3; https://blog.tensorflow.org/2024/03/whats-new-in-tensorflow-216.html
_FIRST_TENSORFLOW = (2, 16)
_FILES = (
    *("requirements*.txt", "requirements/*.txt", "pyproject.toml", "setup.py", "setup.cfg"),
    *("Pipfile", "environment*.y*ml"),
)
_TOPS = (".git", "pyproject.toml", "setup.py", "setup.cfg")


def keras_target(source: SourceFile, raw: str, wanted: str) -> int:
    """2 or 3: ``wanted`` where it is not ``auto``, else from the file's text as written, else from its project."""
    if wanted != "auto":
        return int(wanted)
    if _LEGACY.search(raw) or any(speaks_of_keras_2(match["what"]) for match in _INSTALLED.finditer(raw)):
        return 2
    return project_target(Path(source.path).resolve().parent)


@cache
def project_target(folder: Path) -> int:
    """What the requirements of the project around a folder ask for; 3 where they do not say."""
    for place in (folder, *folder.parents):
        for text in _requirements(place):
            if speaks_of_keras_2(text):
                return 2
            if _PIN.search(text):
                return 3
        if any((place / name).exists() for name in _TOPS):
            break
    return 3


def _requirements(folder: Path) -> Iterator[str]:
    for glob in _FILES:
        for path in sorted(folder.glob(glob)):
            try:
                text = path.read_text(encoding="utf-8", errors="replace")[:200_000]
            except OSError:
                continue
            yield _always_installed(text) if path.name == "pyproject.toml" else text


def _always_installed(text: str) -> str:
    """The dependencies of a pyproject.toml without its extras and groups: an optional tf_keras decides nothing."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ""
    listed = _table(data.get("project")).get("dependencies")
    poetry = _table(_table(_table(data.get("tool")).get("poetry")).get("dependencies"))
    plain = map(str, listed) if isinstance(listed, list) else ()
    return "\n".join([*plain, *(f"{name} = {bound!r}" for name, bound in poetry.items())])


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def speaks_of_keras_2(requirements: str) -> bool:
    """Whether a list of requirements pins Keras or TensorFlow below what brings Keras 3, or asks for tf_keras."""
    text = re.sub(r"#[^\n]*", "", requirements)
    return _LEGACY_NAME.search(text) is not None or any(_pins_keras_2(match) for match in _PIN.finditer(text))


def _pins_keras_2(match: re.Match[str]) -> bool:
    first = (3, 0) if match["name"].lower() == "keras" else _FIRST_TENSORFLOW
    bound = match["bound"] or ""
    if bound.startswith(">"):
        upper = _UPPER.search(match["rest"])
        return upper is not None and _below(upper, first)
    return _below(match, first)


def _below(match: re.Match[str], first: tuple[int, int]) -> bool:
    version = (int(match["major"]), int(match["minor"] or 0))
    if match["bound"] == "<":
        return version <= first
    # `~=2.4` and `^2.4` allow every later 2.x; for TensorFlow that reaches 2.16, so the bound decides nothing.
    open_ended = match["bound"] in {"~=", "^"} and match["name"].lower() != "keras"
    return version < first and not (open_ended and version[0] == first[0] and "." not in match["rest"])
