"""Where in a TOML text each setting stands: no TOML library that we have gives positions, so this walks the text itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from fatigue_model.bounds import escaped

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""\s*([A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')\s*""")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_PLAIN = re.compile(r"[^,\]}\n#]*")


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1 on, of every table, array, item and key of a TOML text, by JSON pointer; the text must be sound TOML.

    A table that only its parts name stands where the first of them stands.
    """
    return _Walk(text).lines


def line_of(lines: Mapping[str, int], pointer: str) -> int:
    """The line of a pointer; of what is not there, the line of the innermost table around it, and at last the first line."""
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer, 1)


class _Walk:
    """One pass through a text. Mutable: `at` is the next character."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.table = text.replace("\r\n", "\n"), 0, ""
        self.lines: dict[str, int] = {}
        self.items: dict[str, int] = {}  # how many tables each array of tables has so far
        self._counted_to, self._line = 0, 1
        while self._blank() < len(self.text):
            if self.text[self.at] == "[":
                self._header()
            else:
                self._pair(self.table)

    def _blank(self) -> int:
        """Past spaces, line ends and comments."""
        self.at = _BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.at

    def _here(self) -> int:
        self._line += self.text.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line

    def _note(self, pointer: str) -> None:
        self.lines.setdefault(pointer, self._here())

    def _key(self) -> list[str]:
        """A key, dotted or not, as its steps."""
        steps: list[str] = []
        while True:
            found = _KEY.match(self.text, self.at)
            assert found is not None, "the text must be sound TOML"
            steps += tomllib.loads(f"{found[1]} = 0")
            self.at = found.end()
            if self.text[self.at] != ".":
                return steps
            self.at += 1

    def _header(self) -> None:
        array = self.text.startswith("[[", self.at)
        line = self._here()
        self.at += 2 if array else 1
        *outer, last = self._key()
        self.at += 2 if array else 1
        pointer = ""
        for step in outer:
            pointer = self._item(f"{pointer}/{escaped(step)}")
            self.lines.setdefault(pointer, line)
        pointer = f"{pointer}/{escaped(last)}"
        if array:
            self.lines.setdefault(pointer, line)
            self.items[pointer] = self.items.get(pointer, -1) + 1
            pointer = self._item(pointer)
        self.lines[pointer], self.table = line, pointer

    def _item(self, pointer: str) -> str:
        """The table that a header's step means: of an array of tables the last one."""
        return f"{pointer}/{self.items[pointer]}" if pointer in self.items else pointer

    def _pair(self, pointer: str) -> None:
        line = self._here()
        for step in self._key():
            pointer = f"{pointer}/{escaped(step)}"
            self.lines.setdefault(pointer, line)
        self.at += 1  # the equals sign
        self._value(pointer)

    def _value(self, pointer: str) -> None:
        self._blank()
        opening = self.text[self.at]
        if opening in "[{":
            self.at += 1
            self._parts(pointer, "]" if opening == "[" else "}")
        else:
            pattern = _STRING if opening in "\"'" else _PLAIN
            self.at = pattern.match(self.text, self.at).end()  # type: ignore[union-attr]

    def _parts(self, pointer: str, closing: str) -> None:
        """The values of an array or the pairs of an inline table, and their end."""
        place = 0
        while self.text[self._blank()] != closing:
            if closing == "}":
                self._pair(pointer)
            else:
                self._note(f"{pointer}/{place}")
                self._value(f"{pointer}/{place}")
            place += 1
            if self.text[self._blank()] == ",":
                self.at += 1
        self.at += 1
