"""The rows that nodes and edges are made by, and the properties that come of them."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from outgraph import InvalidValue, Vector

from outgraph_xmem.code_store_v1.labels import CODE_EMBEDDING, DIMENSION_MAX, SUMMARY_EMBEDDING
from outgraph_xmem.graph_changes import Node

Row = Mapping[str, Any]


def properties_of(row: Row, node: Node, now: datetime) -> dict[str, Any]:
    """All that the row says beside the node's key, and when."""
    key = dict(node.key)
    given = {name: value for name, value in row.items() if name not in key}
    return {**with_vectors(given), "indexed_at": now}


def with_vectors(row: Row) -> dict[str, Any]:
    """The row with its embeddings as vectors, where 32 bits hold every component, as they do of
    what models give: half as large. Any other, one that is not finite or that is too long for an
    index included, stays the list of 64-bit floats that XMem stores. An index of Neo4j takes both.
    """
    return {
        name: _vector(value) if name in (SUMMARY_EMBEDDING, CODE_EMBEDDING) else value
        for name, value in row.items()
    }


def rounded_vector(name: str, components: Sequence[float]) -> Vector:
    """A vector of 32-bit floats, whatever precision is lost.

    :raises outgraph.InvalidValue: for what is none then: no component, more than an index takes, or
        one that is not finite in 32 bits.
    """
    packed = array("f", [float(each) for each in components])
    if not 1 <= len(packed) <= DIMENSION_MAX or not all(map(isfinite, packed)):
        raise InvalidValue(
            name, f"a vector has 1 to {DIMENSION_MAX} components, each finite as a 32-bit float"
        )
    return Vector(packed)


def _vector(components: Any) -> Vector | list[float] | None:
    if components is None or isinstance(components, Vector):
        return components
    floats = [float(each) for each in components]
    packed = array("f", floats)
    exact = packed.tolist() == floats and all(map(isfinite, packed))
    return Vector(packed) if exact and 1 <= len(packed) <= DIMENSION_MAX else floats
