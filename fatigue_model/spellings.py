"""What a simple pattern can match, spelled out: by that a phrase is looked for only where one of its words is."""

from __future__ import annotations

from itertools import zip_longest

ANY = "*"  # stands for a word that may be any
_LOOKING = ("(?!", "(?=", "(?<!", "(?<=")


def split(pattern: str, at: str) -> list[str]:
    """The parts of a pattern between the bars or spaces that are inside no bracket and may not be left out."""
    found, depth = [""], 0
    for each, after in zip_longest(pattern, pattern[1:]):
        depth += (each == "(") - (each == ")")
        if each == at and not depth and after != "?":
            found.append("")
        else:
            found[-1] += each
    return found


def spellings(pattern: str) -> list[str]:
    """All texts that a pattern of letters, groups, options and looks around matches; `ANY` for each wildcard."""
    return _spelled(pattern, 0)[0]


def _spelled(pattern: str, at: int) -> tuple[list[str], int]:
    """The spellings from `at` up to the end of its group, and where that is."""
    done, now = list[str](), [""]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            done, now, at = done + now, [""], at + 1
            continue
        forms, at = _atom(pattern, at)
        forms, at = _repeated(forms, pattern, at)
        now = list(dict.fromkeys(head + tail for head in now for tail in forms))
    return done + now, at


def _atom(pattern: str, at: int) -> tuple[list[str], int]:
    """The spellings of one letter, wildcard, set or group."""
    looking = next((each for each in _LOOKING if pattern.startswith(each, at)), None)
    if looking is not None:
        return [""], _spelled(pattern, at + len(looking))[1] + 1
    if pattern[at] == "(":
        forms, end = _spelled(pattern, at + len("(?:"))
        return forms, end + 1
    if pattern[at] == "\\":
        kind = pattern[at + 1]
        return ["" if kind == "b" else ANY if kind in "wd" else kind], at + 2
    if pattern[at] == "[":
        end = pattern.index("]", at)
        letters = pattern[at + 1 : end]
        return [ANY] if "\\" in letters else list(letters), end + 1
    return ["" if pattern[at] == "$" else pattern[at]], at + 1


def _repeated(forms: list[str], pattern: str, at: int) -> tuple[list[str], int]:
    """The spellings with what may be left out, and where the pattern goes on."""
    sign = pattern[at : at + 1]
    if not sign or sign not in "?*+{":
        return forms, at
    end = pattern.index("}", at) if sign == "{" else at
    optional = sign in "?*" or pattern.startswith("{0", at)
    return ([*forms, ""] if optional else forms), end + 1 + (pattern[end + 1 : end + 2] == "?")
