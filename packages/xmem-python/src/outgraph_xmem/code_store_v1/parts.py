"""Cuts a batch that is larger than one entry may be."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from outgraph import Vector
from outgraph.limits import ENTRY_BYTES_MAX

from outgraph_xmem.graph_changes import Node

T = TypeVar("T")

PART_BYTES_MAX: Final = ENTRY_BYTES_MAX * 15 // 16
"""Most bytes of one part, as ``bytes_of`` has them."""

_FRAME_BYTES: Final = 24
"""What frames a property: tags, lengths, and the entry of the map."""


def parts(
    rows: Iterable[T], size: Callable[[T], int], bytes_max: int = PART_BYTES_MAX
) -> Iterator[list[T]]:
    """The rows in their order, in as few parts as ``bytes_max`` allows. A row that is larger by
    itself is a part, which the append may refuse."""
    part: list[T] = []
    total = 0
    for row in rows:
        bytes_of_row = size(row)
        if part and total + bytes_of_row > bytes_max:
            yield part
            part, total = [], 0
        part.append(row)
        total += bytes_of_row
    if part:
        yield part


def size_of(node: Node, properties: Mapping[str, Any]) -> int:
    """No less than what the node with its edges takes in an entry, and not much more. Its key
    stands there, and in the edge to what it lies in, beside the shorter one of that."""
    return _FRAME_BYTES * 8 + 4 * bytes_of(dict(node.key)) + bytes_of(properties)


def bytes_of(properties: Mapping[str, Any]) -> int:
    """No less than what the properties take in an entry, and not much more."""
    return sum(
        _FRAME_BYTES + len(name) + _bytes_of_value(value) for name, value in properties.items()
    )


def _bytes_of_value(value: Any) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf8", "surrogatepass"))
    if isinstance(value, (bytes, bytearray)):
        return len(value)
    if isinstance(value, Vector):
        return 4 * len(value.components)
    if isinstance(value, array):
        return 4 * len(value)
    if isinstance(value, (list, tuple)):
        return sum(_FRAME_BYTES + _bytes_of_value(each) for each in value)
    return _FRAME_BYTES
