"""Builders for what an event changes in the graph."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from outgraph.graph.v1 import mutation_pb2 as pb
from outgraph.graph.v1.mutation_pb2 import EdgeRef, Mutation, NodeRef
from outgraph.value import Properties, to_properties

AbsentEnds: TypeAlias = Literal["stub", "require", "if_present"]
"""What happens to an edge whose ends are not there: they are made and marked (``stub``, the
default), the entry cannot be applied (``require``), or nothing happens (``if_present``)."""

_ABSENT_ENDS: dict[AbsentEnds | None, pb.AbsentEnds] = {
    None: pb.ABSENT_ENDS_UNSPECIFIED,
    "stub": pb.ABSENT_ENDS_STUB,
    "require": pb.ABSENT_ENDS_REQUIRE,
    "if_present": pb.ABSENT_ENDS_IF_PRESENT,
}


def node(label: str, key: Properties) -> NodeRef:
    """Names a node by its key label and key properties."""
    return NodeRef(label=label, key=to_properties(key, f"{label}.key"))


def edge(type: str, start: NodeRef, end: NodeRef, key: Properties | None = None) -> EdgeRef:
    """Names an edge by its type and ends, and by key properties where parallel edges are told
    apart."""
    # `from` is a word of Python's own, so it cannot be written as a keyword.
    return EdgeRef(
        type=type, to=end, key=to_properties(key or {}, f"{type}.key"), **{"from": start}
    )


def merge_node(
    ref: NodeRef,
    *,
    set: Properties | None = None,
    unset: Iterable[str] = (),
    replace: bool = False,
    add_labels: Iterable[str] = (),
    remove_labels: Iterable[str] = (),
) -> Mutation:
    """Makes the node unless it is there, then changes it.

    :param set: properties to set; a None removes the property.
    :param replace: removes every property that is neither set here nor in the key.
    """
    return Mutation(
        merge_node=pb.MergeNode(
            node=ref,
            set=to_properties(set or {}),
            unset=unset,
            replace=replace,
            add_labels=add_labels,
            remove_labels=remove_labels,
        )
    )


def delete_node(ref: NodeRef) -> Mutation:
    """Deletes the node with its edges. Nothing happens when it is not there."""
    return Mutation(delete_node=pb.DeleteNode(node=ref))


def merge_edge(
    ref: EdgeRef,
    *,
    set: Properties | None = None,
    unset: Iterable[str] = (),
    replace: bool = False,
    absent_ends: AbsentEnds | None = None,
) -> Mutation:
    """Makes the edge unless it is there, then changes it; the parameters are as of merge_node."""
    return Mutation(
        merge_edge=pb.MergeEdge(
            edge=ref,
            set=to_properties(set or {}),
            unset=unset,
            replace=replace,
            absent_ends=_ABSENT_ENDS[absent_ends],
        )
    )


def create_edge(
    type: str,
    start: NodeRef,
    end: NodeRef,
    properties: Properties | None = None,
    *,
    absent_ends: AbsentEnds | None = None,
) -> Mutation:
    """Makes one more edge, parallel to those there. Repeating the entry does not repeat it."""
    return Mutation(
        create_edge=pb.CreateEdge(
            type=type,
            to=end,
            set=to_properties(properties or {}),
            absent_ends=_ABSENT_ENDS[absent_ends],
            **{"from": start},
        )
    )


def delete_edge(ref: EdgeRef) -> Mutation:
    """Deletes the edges of a type between two ends: with a key, only those that have it."""
    return Mutation(delete_edge=pb.DeleteEdge(edge=ref))


def accumulate(
    target: NodeRef | EdgeRef,
    *,
    add: Properties | None = None,
    append: Properties | None = None,
    absent_ends: AbsentEnds | None = None,
) -> Mutation:
    """Adds to numbers and appends to lists of a node or edge; a repeat of the entry adds nothing.

    :param add: numbers to add: ints stay integers.
    :param append: lists to append.
    """
    made = pb.Accumulate(
        add=to_properties(add or {}, "add"),
        append=to_properties(append or {}, "append"),
        absent_ends=_ABSENT_ENDS[absent_ends],
    )
    if isinstance(target, NodeRef):
        made.node.CopyFrom(target)
    else:
        made.edge.CopyFrom(target)
    return Mutation(accumulate=made)
