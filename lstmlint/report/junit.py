"""``junit``: one test suite a file, one failed test a finding."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lstmlint.diagnostic import Diagnostic
from lstmlint.report.line import Line, plain
from lstmlint.run import Outcome
from lstmlint.text.sources import Sources


def render(outcome: Outcome) -> Iterator[Line]:
    count = str(len(outcome.diagnostics))
    suites = Element("testsuites", name="lstmlint", tests=count or "0", failures=count, errors="0")
    for path, found in groupby(outcome.diagnostics, key=lambda diagnostic: diagnostic.path):
        _suite(suites, path, list(found), outcome.sources)
    if not outcome.diagnostics:
        suite = SubElement(suites, "testsuite", name="lstmlint", tests="1", failures="0", errors="0")
        SubElement(suite, "testcase", name="No problems found", classname="lstmlint")
    indent(suites)
    yield plain('<?xml version="1.0" encoding="utf-8"?>')
    yield plain(_xml_text(tostring(suites, encoding="unicode")))


def _suite(suites: Element, path: str, found: list[Diagnostic], sources: Sources) -> None:
    count = str(len(found))
    suite = SubElement(suites, "testsuite", name=path, tests=count, failures=count, errors="0", package="org.lstmlint")
    for diagnostic in found:
        place = sources.start(diagnostic.span)
        case = SubElement(
            suite,
            "testcase",
            name=f"org.lstmlint.{diagnostic.code}",
            classname=PurePath(path).with_suffix("").as_posix(),
            line=str(place.row),
            column=str(place.column),
        )
        failure = SubElement(case, "failure", message=diagnostic.message, type=diagnostic.severity.value)
        cell = "" if place.cell is None else f"cell {place.cell}, "
        failure.text = f"{cell}line {place.row}, col {place.column}, {diagnostic.message}"


def _xml_text(text: str) -> str:
    """XML 1.0 has no control characters, not even escaped ones."""
    return "".join(char for char in text if char in "\n\t" or ord(char) >= 32)
