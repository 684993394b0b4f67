"""Commands that GitHub or pre-commit would find on the PATH, made for one test."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORECAST = ROOT / "fixtures" / "projects" / "forecast"


def command(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def lstmlint(folder: Path) -> None:
    """This checkout's command, as an installation would put it there."""
    command(folder, "lstmlint", f'exec {shlex.quote(sys.executable)} -m lstmlint "$@"')


def bash(script: str, cwd: Path, shims: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run as GitHub runs ``shell: bash``."""
    environment = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "GITHUB_WORKSPACE"}}
    environment |= {"PATH": f"{shims}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), **variables}
    arguments = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(arguments, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
