"""What documents are in the graph, and the smallest difference between two states of one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from outgraph.canonical import canonical_bytes
from outgraph.graph.v1.mutation_pb2 import EdgeRef, Mutation, NodeRef
from outgraph.graph.v1.value_pb2 import Value
from outgraph.mutations import AbsentEnds, delete_edge, delete_node, merge_edge, merge_node
from outgraph.value import Properties, to_properties


@dataclass(frozen=True)
class ProjectedNode:
    """A node that a document stands for, or needs."""

    node: NodeRef
    owner: Literal["own", "shared"]
    """``own``: this document's alone; it goes when the document does. ``shared``: a hub that others
    need too, such as a tag; a diff never deletes it."""
    set: Properties = field(default_factory=dict)
    labels: Sequence[str] = ()
    """Extra labels."""


@dataclass(frozen=True)
class ProjectedEdge:
    """An edge that a document stands for. It goes when the document does."""

    edge: EdgeRef
    set: Properties = field(default_factory=dict)
    absent_ends: AbsentEnds | None = None


@dataclass(frozen=True)
class Projection:
    """What a document is in the graph."""

    nodes: Sequence[ProjectedNode] = ()
    edges: Sequence[ProjectedEdge] = ()


def projection_diff(before: Projection | None, after: Projection | None) -> list[Mutation]:
    """The smallest mutations that turn ``project(before)`` into ``project(after)``, in an order
    that is safe to apply. None stands for no document: before it was inserted, or after it was
    deleted.

    Only what both name is compared; what others wrote to the same nodes stays. An own node that is
    no longer projected is deleted with all its edges, those of others included; a shared one stays,
    and so do its properties.

    :raises ValueError: when a projection names a node or an edge twice.
    """
    was, now = before or Projection(), after or Projection()
    was_nodes, now_nodes = _by_id(was.nodes, _node_id), _by_id(now.nodes, _node_id)
    was_edges, now_edges = _by_id(was.edges, _edge_id), _by_id(now.edges, _edge_id)
    gone = {id: one for id, one in was_nodes.items() if one.owner == "own" and id not in now_nodes}

    def goes_with_an_end(one: ProjectedEdge) -> bool:
        ends = (getattr(one.edge, "from"), one.edge.to)
        return any(canonical_bytes(end) in gone for end in ends)

    mutations = [
        delete_edge(one.edge)
        for id, one in was_edges.items()
        if id not in now_edges and not goes_with_an_end(one)
    ]
    mutations += [delete_node(one.node) for one in gone.values()]
    for id, node in now_nodes.items():
        mutations += _node_merge(was_nodes.get(id), node)
    for id, edge in now_edges.items():
        mutations += _edge_merge(None if goes_with_an_end(edge) else was_edges.get(id), edge)
    return mutations


def _node_merge(before: ProjectedNode | None, after: ProjectedNode) -> list[Mutation]:
    set, unset = _changed(before.set if before else {}, after.set)
    had = before.labels if before else ()
    add = [label for label in dict.fromkeys(after.labels) if label not in had]
    remove = [label for label in dict.fromkeys(had) if label not in after.labels]
    if before and not (set or unset or add or remove):
        return []
    changes = merge_node(after.node, set=set, unset=unset, add_labels=add, remove_labels=remove)
    return [changes]


def _edge_merge(before: ProjectedEdge | None, after: ProjectedEdge) -> list[Mutation]:
    set, unset = _changed(before.set if before else {}, after.set)
    if before and not (set or unset):
        return []
    return [merge_edge(after.edge, set=set, unset=unset, absent_ends=after.absent_ends)]


def _changed(before: Properties, after: Properties) -> tuple[dict[str, Value], list[str]]:
    """What to set and unset. Values are compared by their bytes, so that NaN equals itself and -0
    is not 0."""
    was, now = _present(before), _present(after)
    set = {
        name: value
        for name, value in now.items()
        if name not in was or canonical_bytes(was[name]) != canonical_bytes(value)
    }
    # In one order, so that a repeat is the same.
    return set, sorted((name for name in was if name not in now), key=lambda name: name.encode())


def _present(properties: Properties) -> Mapping[str, Value]:
    """The properties that a node or edge has then: a null is none."""
    values = to_properties(properties).items()
    return {name: value for name, value in values if value.WhichOneof("kind") != "null_value"}


def _node_id(one: ProjectedNode) -> bytes:
    return canonical_bytes(one.node)


def _edge_id(one: ProjectedEdge) -> bytes:
    if not (one.edge.HasField("from") and one.edge.HasField("to")):
        raise ValueError("an edge of a projection lacks an end")
    return canonical_bytes(one.edge)


T = TypeVar("T")


def _by_id(items: Iterable[T], id_of: Callable[[T], bytes]) -> dict[bytes, T]:
    found: dict[bytes, T] = {}
    for item in items:
        id = id_of(item)
        if id in found:
            raise ValueError("a projection names a node or an edge twice")
        found[id] = item
    return found
