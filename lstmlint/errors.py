"""What the user is told when the tool cannot do what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from os.path import commonprefix


class UsageError(Exception):
    """A bad option, a bad configuration, a path that does not exist: exit code 2. Caught in one place, cli.py."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean `select`?)``, or nothing where no known word is near."""
    near = get_close_matches(word, list(known), n=5, cutoff=0.6)
    if not near:
        return ""
    # Codes are equally near to each other by letters; the one of the same family is meant.
    best = max(near, key=lambda other: len(commonprefix([word, other])))
    return f" (did you mean `{best}`?)"
