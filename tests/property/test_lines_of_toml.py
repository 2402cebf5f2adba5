"""Every setting of a TOML text is found on the line that it stands on, however the text is written."""

import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fatigue_model.bounds import escaped
from simulations.lines import line_of, lines_of

KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.sampled_from(["a b", "#", "a.b", "a/b", "~", "[x]", "=", 'say "hi"', "ü", "it's", "]]", "{"]),
)
WORDS = st.sampled_from(
    ["", "plain", "# no comment", "[no.header]", "a = 1", '"', "'", '"""', "\\", "]", "}", ",", "two\nlines", "x\n\n[t]\n"]
)
PLAIN = st.one_of(
    st.integers(-9, 9), st.booleans(), WORDS, st.sampled_from([1.5, float("inf"), "2026-01-05"]), st.lists(st.integers(0, 9), max_size=3)
)
TREES = st.recursive(
    st.dictionaries(KEYS, PLAIN, max_size=4),
    lambda inner: st.dictionaries(KEYS, st.one_of(PLAIN, inner, st.lists(inner, min_size=1, max_size=3)), max_size=4),
    max_leaves=12,
)


class Writer:
    """Writes a tree as TOML in one of many styles, and notes on which line each key and item begins."""

    def __init__(self, choose: st.DrawFn) -> None:
        self.choose, self.text = choose, ""
        self.lines: dict[str, int] = {}

    def pick(self, *styles: str) -> str:
        return self.choose(st.sampled_from(styles))

    def note(self, pointer: str) -> None:
        self.lines.setdefault(pointer, self.text.count("\n") + 1)

    def key(self, name: str) -> str:
        bare = bool(name) and name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        styles = ["bare"] * bare + ["basic"] + ["literal"] * ("'" not in name)
        return {"bare": name, "basic": json.dumps(name, ensure_ascii=False), "literal": f"'{name}'"}[self.pick(*styles)]

    def table(self, tree: dict[str, Any], pointer: str, header: str) -> None:
        nested = {
            name: each
            for name, each in tree.items()
            if isinstance(each, dict) or (isinstance(each, list) and each and isinstance(each[0], dict))
        }
        later = {name for name in nested if self.pick("header", "here") == "header"}
        for name, each in tree.items():
            if name not in later:
                self.text += self.pick("", "\n", "# [x]\n", "  ", "# a = '''\n")
                self.pair(name, each, pointer, dotted=True)
                self.text += self.pick("\n", " # ]\n", "\r\n")
        for name in later:
            inner, whole = f"{pointer}/{escaped(name)}", f"{header}.{self.key(name)}".lstrip(".")
            if isinstance(tree[name], dict):
                self.note(inner)
                self.text += f"[ {whole} ] # {name!r}\n".replace("\\n", "")
                self.table(tree[name], inner, whole)
            else:
                for place, item in enumerate(tree[name]):
                    self.note(inner)
                    self.note(f"{inner}/{place}")
                    self.text += f"[[{whole}]]\n"
                    self.table(item, f"{inner}/{place}", whole)

    def pair(self, name: str, value: Any, pointer: str, dotted: bool = False) -> None:
        inner = f"{pointer}/{escaped(name)}"
        self.note(inner)
        self.text += self.key(name)
        if dotted and isinstance(value, dict) and len(value) == 1 and self.pick("dotted", "inline") == "dotted":
            self.text += self.pick(".", " . ")
            ((last, only),) = value.items()
            self.pair(last, only, inner)
            return
        self.text += self.pick("=", " = ")
        self.value(value, inner)

    def value(self, value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            self.text += "{"
            for place, (name, each) in enumerate(value.items()):
                self.text += ", " if place else " "
                self.pair(name, each, pointer)
            self.text += "}"
        elif isinstance(value, list):
            self.text += "["
            for place, each in enumerate(value):
                self.text += self.pick("", " ", "\n", ' # ], "\n  ')
                self.note(f"{pointer}/{place}")
                self.value(each, f"{pointer}/{place}")
                self.text += self.pick(",", "\n,")
            self.text += "]"
        else:
            self.text += self.string(value) if isinstance(value, str) else json.dumps(value).replace("Infinity", "inf")

    def string(self, value: str) -> str:
        """Multi-line strings too, where what is in them would look like a comment, a key or a header."""
        styles = ["basic", "long"] + ["literal"] * ("'" not in value and "\n" not in value) + ["long literal"] * ("'" not in value)
        body = value.replace("\\", "\\\\").replace('"', '\\"')
        return {
            "basic": json.dumps(value),
            "literal": f"'{value}'",
            "long": f'"""\n{body}"""',
            "long literal": f"'''\n{value}'''",
        }[self.pick(*styles)]


@st.composite
def written(draw: st.DrawFn) -> tuple[str, dict[str, int], dict[str, Any]]:
    tree, writer = draw(TREES), Writer(draw)
    writer.table(tree, "", "")
    return writer.text, writer.lines, tree


@given(written())
def test_every_key_and_item_is_on_its_line(case: tuple[str, dict[str, int], dict[str, Any]]) -> None:
    text, lines, tree = case
    assert tomllib.loads(text) == tree
    assert lines_of(text) == lines


@given(written())
def test_what_is_missing_is_said_of_the_table_around_it(case: tuple[str, dict[str, int], dict[str, Any]]) -> None:
    text, lines, _ = case
    found = lines_of(text)
    for pointer, line in lines.items():
        assert line_of(found, f"{pointer}/surely missing/deeper") == line
    assert line_of(found, "/surely missing") == line_of(found, "") == 1


def test_a_table_that_only_its_parts_name_stands_where_the_first_does() -> None:
    text = '[a.b]\nx = 1\n[a.c]\n[[d]]\nv = """\n[e]\n"""\n[[d]]\nw = [\n 1,\n 2]\n[d.f]\ng.h = 1\n[a]\n'
    assert lines_of(text) == {
        "/a/b": 1, "/a/b/x": 2, "/a/c": 3, "/d": 4, "/d/0": 4, "/d/0/v": 5, "/d/1": 8, "/d/1/w": 9, "/d/1/w/0": 10,
        "/d/1/w/1": 11, "/d/1/f": 12, "/d/1/f/g": 13, "/d/1/f/g/h": 13, "/a": 14,
    }  # fmt: skip
