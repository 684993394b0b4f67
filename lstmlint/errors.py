"""What the user is told when the tool cannot do what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class UsageError(Exception):
    """A bad option, a bad configuration, a path that does not exist: exit code 2. Caught in one place, cli.py."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean `select`?)``, or nothing where no known word is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean `{near[0]}`?)" if near else ""
