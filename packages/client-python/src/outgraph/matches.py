"""Builders for changes to everything that matches."""

from collections.abc import Iterable

from outgraph.graph.v1 import mutation_pb2 as pb
from outgraph.graph.v1.mutation_pb2 import EdgeMatch, Mutation, NodeMatch
from outgraph.value import Properties, to_properties


def nodes(label: str, where: Properties | None = None) -> NodeMatch:
    """Every node of a label whose properties equal the given ones."""
    return NodeMatch(label=label, where=to_properties(where or {}, "where"))


def edges(
    type: str,
    start: NodeMatch | None = None,
    end: NodeMatch | None = None,
    where: Properties | None = None,
) -> EdgeMatch:
    """Every edge of a type whose ends and properties match; an end that is left out is any."""
    return EdgeMatch(
        type=type, to=end, where=to_properties(where or {}, "where"), **{"from": start}
    )


def update_nodes(
    match: NodeMatch, *, set: Properties | None = None, unset: Iterable[str] = ()
) -> Mutation:
    """Changes every node that matches."""
    changes = pb.UpdateNodes(match=match, set=to_properties(set or {}), unset=unset)
    return Mutation(update_nodes=changes)


def delete_nodes(match: NodeMatch) -> Mutation:
    """Deletes every node that matches, with its edges."""
    return Mutation(delete_nodes=pb.DeleteNodes(match=match))


def merge_edges(
    type: str,
    start: NodeMatch,
    end: NodeMatch,
    *,
    key: Properties | None = None,
    set: Properties | None = None,
    unset: Iterable[str] = (),
    replace: bool = False,
) -> Mutation:
    """One edge between each pair of nodes that match; none when either side matches nothing."""
    return Mutation(
        merge_edges=pb.MergeEdges(
            type=type,
            to=end,
            key=to_properties(key or {}, "key"),
            set=to_properties(set or {}),
            unset=unset,
            replace=replace,
            **{"from": start},
        )
    )


def update_edges(
    match: EdgeMatch, *, set: Properties | None = None, unset: Iterable[str] = ()
) -> Mutation:
    """Changes every edge that matches."""
    changes = pb.UpdateEdges(match=match, set=to_properties(set or {}), unset=unset)
    return Mutation(update_edges=changes)


def delete_edges(match: EdgeMatch) -> Mutation:
    """Deletes every edge that matches."""
    return Mutation(delete_edges=pb.DeleteEdges(match=match))
