"""What a sequence is made of: calls of the surface, some of them grouped into units."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Client: TypeAlias = Literal["temporal", "graph", "store", "v1"]


@dataclass(frozen=True)
class Made:
    """Stands for what an earlier call gave: the id of an annotation, a document, or a scan."""

    by: int
    """The number of that call."""


@dataclass(frozen=True)
class Call:
    client: Client
    method: str
    arguments: dict[str, Any]
    unordered: bool = False
    """Whether its answer is a list whose order means nothing."""
    counted: bool = False
    """Whether only the length of its answer is the same: any of several may have been taken."""

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.client}.{self.method}({arguments})"


@dataclass(frozen=True)
class Group:
    unit: bool
    calls: list[Call] = field(default_factory=list)


Sequence: TypeAlias = list[Group]


def calls_of(sequence: Sequence) -> list[Call]:
    return [call for group in sequence for call in group.calls]
