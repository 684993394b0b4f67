"""What the user is told when the tool cannot do what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import takewhile


class UsageError(Exception):
    """A bad option, a bad configuration, a path that does not exist: exit code 2. Caught in one place, cli.py."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean `select`?)``, or nothing where no known word is near."""
    near = get_close_matches(word, list(known), n=5, cutoff=0.75)
    if not near:
        return ""
    # Codes are equally near to each other by letters; the one of the same family is meant.
    best = max(near, key=lambda other: _shared(word, other))
    return f" (did you mean `{best}`?)"


def _shared(one: str, other: str) -> int:
    """How many characters two words begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
