"""Values of which every ticket brings some: frozen as all others, and made in a third of the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True)
def value(cls: type[Class]) -> type[Class]:
    """A dataclass that the type checker knows to be frozen. One that is frozen at run time too is filled through `object.__setattr__`,
    field by field: of twenty fields that took longer than most rules and costs do."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
