"""Write the outputs and the table of rules in README.md anew, from the program itself: ``python docs/readme.py``.

A ``console`` block holds ``$ lstmlint ...`` lines, each followed by what it prints. An output that says the same as
before but for times and the last digits of losses is left as it is. With ``--check`` nothing is written; exit 1 where
something is out of step.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
#: Training gives the same losses on one machine; another processor or TensorFlow rounds otherwise.
TOLERANCE = 0.03

_BLOCK = re.compile(r"(?P<open>^```console\n)(?P<body>.*?)(?P<close>^```$)", re.MULTILINE | re.DOTALL)
_RULES = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- /rules -->)", re.DOTALL)
_SECONDS = re.compile(r"\(\d+\.\d s\)")
_CURVE = re.compile(r"[▁-█]+")
#: Samples that are told apart by nothing get one answer, whichever it is.
_ALIKE = re.compile(r"predicts (\d) \1 for")
#: Up to a full stop or colon that is no part of code.
_CLAUSE = re.compile(r"(?:`[^`]*`|[^`.:]|[.:](?=\S))*")
_DECIMAL = re.compile(r"\d+\.\d+")


def main() -> int:
    old = README.read_text(encoding="utf-8")
    new = renewed(old)
    if "--check" in sys.argv[1:]:
        return int(new != old)
    README.write_text(new, encoding="utf-8")
    return 0


def renewed(text: str) -> str:
    """The README with fresh outputs and a fresh table."""
    text = _RULES.sub(lambda _: rules_table(), text)
    return _BLOCK.sub(lambda match: match["open"] + _rerun(match["body"]) + match["close"], text)


def consoles(text: str) -> Iterator[tuple[str, str]]:
    """Each command of the ``console`` blocks, and the output that the text gives it."""
    for match in _BLOCK.finditer(text):
        for part in re.split(r"^\$ ", match["body"], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def _rerun(body: str) -> str:
    def fresh(command: str, shown: str) -> str:
        printed = run(command)
        return shown if same(printed, shown.rstrip("\n")) else f"{printed}\n\n"

    parts = "".join(f"$ {command}\n{fresh(command, shown)}" for command, shown in consoles(f"```console\n{body}```"))
    return parts.rstrip("\n") + "\n"


def run(command: str) -> str:
    """What ``lstmlint ...`` prints, run from the top of the repository. Raises where it could not run."""
    program, *arguments = shlex.split(command)
    if program != "lstmlint":
        raise ValueError(f"not a command of ours: {command}")
    done = started(arguments)
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{command}: exit {done.returncode}\n{done.stderr}")
    return done.stdout.rstrip("\n")


def started(arguments: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """This checkout's lstmlint, run in a folder."""
    command = [sys.executable, "-m", "lstmlint", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, encoding="utf-8", check=False
    )


def environment() -> dict[str, str]:
    """No colours, no workspace of a CI job, UTF-8."""
    dropped = {"FORCE_COLOR", "NO_COLOR", "GITHUB_WORKSPACE", "LSTMLINT_OUTPUT_FORMAT"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TF_CPP_MIN_LOG_LEVEL": "3"}


def same(one: str, other: str) -> bool:
    """Whether two outputs differ in times, in the drawing of losses and in their last digits only."""
    return _bare(one) == _bare(other) and all(
        abs(a - b) <= TOLERANCE for a, b in zip(_decimals(one), _decimals(other), strict=True)
    )


def _bare(text: str) -> str:
    text = _CURVE.sub("~", _SECONDS.sub("(#)", text))
    return _DECIMAL.sub("#", _ALIKE.sub("predicts ? ? for", text))


def _decimals(text: str) -> list[float]:
    return [float(word) for word in _DECIMAL.findall(_SECONDS.sub("", text))]


def rules_table() -> str:
    """One table of all rules in families, with the first sentence of each rule's page."""
    rules = json.loads(run("lstmlint rule --output-format json"))
    return "\n" + "\n".join(
        line
        for family, group in groupby(rules, key=lambda one: str(one["family"]))
        for line in _family(family, [*group])
    )


def _family(family: str, rules: list[dict[str, str]]) -> Iterator[str]:
    yield f"**{rules[0]['code'][:4]}xx: {family}**\n"
    yield "| Code | Name | Severity | |\n|---|---|---|---|"
    for one in rules:
        page = f"rules/{one['name'].replace('-', '_')}.md"
        yield f"| {one['code']} | [{one['name']}]({page}) | {one['severity']} | {_sentence(one['summary'])} |"
    yield ""


def _sentence(summary: str) -> str:
    match = _CLAUSE.match(summary)
    first = match[0].replace("|", "\\|") if match else ""
    bare = re.sub(r"^(?:Finds|Reports) ", "", first)
    return bare[:1].upper() + bare[1:]


if __name__ == "__main__":
    sys.exit(main())
