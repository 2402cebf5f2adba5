"""The scenarios that come with Respite, by name."""

from __future__ import annotations

from importlib.resources import files

SUFFIX = ".toml"


def shipped_names() -> list[str]:
    """Their names, sorted."""
    return sorted(each.name.removesuffix(SUFFIX) for each in (files("simulations") / "scenarios").iterdir() if each.name.endswith(SUFFIX))


def shipped(name: str) -> str | None:
    """The TOML text of one, named with or without its suffix; None where there is none of that name."""
    known = name.removesuffix(SUFFIX)
    return (files("simulations") / "scenarios" / f"{known}{SUFFIX}").read_text(encoding="utf-8") if known in shipped_names() else None
