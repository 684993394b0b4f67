"""Encodings as Python finds them; what cannot be read says where and why."""

from __future__ import annotations

import codecs

import pytest

from lstmlint.text.reading import LARGEST, Unreadable, newline_of, read
from lstmlint.text.source import Position, SourceFile


def text(path: str, data: bytes) -> SourceFile:
    found = read(path, data)
    assert isinstance(found, SourceFile), found
    return found


def problem(path: str, data: bytes) -> Unreadable:
    found = read(path, data)
    assert isinstance(found, Unreadable), found
    return found


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("é = 1\r\n".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "é = 1\r\n".encode(), "utf-8-sig"),
        ("# -*- coding: latin-1 -*-\né = 1\r\n".encode("latin-1"), "iso-8859-1"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\nя = 1\n".encode("cp1251"), "cp1251"),
    ],
)
def test_declared_encodings_are_read_and_written_back(data: bytes, encoding: str) -> None:
    source = text("t.py", data)
    assert source.encoding == encoding
    assert source.text.encode(source.encoding) == data
    assert " = 1" in source.text


def test_latin_1_without_declaration_points_at_the_byte() -> None:
    found = problem("t.py", "import keras\nx = 'caf\xe9'\n".encode("latin-1"))
    assert found.position == Position(2, 9)
    assert "0xe9" in found.message
    assert "UTF-8" in found.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("import keras".encode("utf-16"), "UTF-16"),
        ("import keras".encode("utf-32"), "UTF-32"),
        (b"keras\0\0\x01", "binary"),
        (b"# coding: nonsense\nimport keras\n", "nonsense"),
        (b"# coding: rot13\nimport keras\n", "rot13"),
        (b"x = 1\n" * (LARGEST // 6 + 1), "1 MB"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, words: str) -> None:
    assert words in problem("t.py", data).message


@pytest.mark.parametrize(
    ("sample", "newline"), [("a\nb\r\nc\r\n", "\r\n"), ("a", "\n"), ("a\rb\r", "\r"), ("a\nb\n", "\n")]
)
def test_the_newline_of_most_lines(sample: str, newline: str) -> None:
    assert newline_of(sample) == newline
