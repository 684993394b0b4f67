"""What is found hangs on what a program does, not on how it is written: fixtures in other ways of writing.

Each program is rewritten in one way, drawn by its name; in all of them where LSTMLINT_ALL is set. That Keras does with
the rewritten programs what lstmlint says is asked in test_against_keras.py.
"""

from __future__ import annotations

import ast
import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.rules.fixtures import Fixture, fixtures, found, lint, marks, places
from tests.rules.rewriting import SPLIT_LINES, WAYS, rewritten


def drawn(fixture: Fixture) -> Iterator[tuple[str, str]]:
    """Ways that apply, with what they make of the program: the first of a drawn order, or all."""
    ways = sorted(WAYS)
    random.Random(fixture.name).shuffle(ways)
    texts = ((way, rewritten(fixture.text, fixture.name, way)) for way in ways)
    applied = ((way, text) for way, text in texts if text is not None)
    yield from applied if os.environ.get("LSTMLINT_ALL") else itertools.islice(applied, 1)


@pytest.mark.parametrize("fixture", list(fixtures("bad")), ids=lambda fixture: fixture.name)
def test_found_however_it_is_written(fixture: Fixture) -> None:
    wanted = fixture.marks("error") + fixture.marks("known-alarm")
    for way, text in drawn(fixture):
        linted = lint(text, fixture.keras, fixture.path.name, fixture.rule)
        at = places(found(linted, fixture.rule))
        assert not linted.crashes, linted.crashes[0].traceback
        if way in SPLIT_LINES:
            assert codes(at) == codes(wanted), f"{way}\n{text}"
        else:
            assert at == marks(text, "error") + marks(text, "known-alarm"), f"{way}\n{text}"


@pytest.mark.parametrize("fixture", list(fixtures("good")), ids=lambda fixture: fixture.name)
def test_silent_however_it_is_written(fixture: Fixture) -> None:
    for way, text in drawn(fixture):
        linted = lint(text, fixture.keras, fixture.path.name, fixture.rule)
        assert not linted.crashes, linted.crashes[0].traceback
        at = places(found(linted, fixture.rule))
        assert codes(at) == codes(fixture.marks("error") + fixture.marks("known-alarm")), f"{way}\n{text}"


def codes(at: Counter[tuple[int, str]]) -> Counter[str]:
    return Counter(code for _, code in at.elements())


def test_rewritten_programs_are_programs() -> None:
    """A way that gives no Python, or the program as it was, would test nothing."""
    for way in WAYS:
        texts = ((one, rewritten(one.text, one.name, way)) for one in fixtures("bad"))
        one, text = next((one, text) for one, text in texts if text is not None)
        assert text != one.text
        ast.parse(text)
