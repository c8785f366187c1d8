"""What a unit changes in the graph, folded as it comes in.

XMem's upserts overwrite each other: every symbol resets its file, its directory and all above to
defaults, which later calls repair. So most of what a unit says is overwritten by the unit itself,
and only what stands at its end is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from outgraph import Event
from outgraph.graph.v1.mutation_pb2 import ABSENT_ENDS_IF_PRESENT, EdgeRef, Mutation, NodeRef

from outgraph_xmem.properties import put_properties


class Node(NamedTuple):
    """Names a node: its label, and its key in one order."""

    label: str
    key: tuple[tuple[str, Any], ...]


class _Edge(NamedTuple):
    type: str
    start: Node
    end: Node


@dataclass
class _Segment:
    """Nodes first, then edges, then the rest in its order."""

    nodes: dict[Node, dict[str, Any]] = field(default_factory=dict)
    edges: dict[_Edge, dict[str, Any]] = field(default_factory=dict)
    looked_for: set[Node] = field(default_factory=set)
    """Ends of edges that this segment had not merged when the edge came."""
    rest: list[Mutation] = field(default_factory=list)


class GraphChanges:
    """Changes in order. What is merged again within a segment is one change, where the last value
    of each property wins; whatever looks at the graph ends the segment, so that it sees what it
    would have seen one by one."""

    def __init__(self) -> None:
        self._segments: list[_Segment] = [_Segment()]

    def merge_node(self, node: Node, properties: Mapping[str, Any]) -> None:
        """Makes the node unless it is there, and sets properties; a None removes one."""
        segment = self._open()
        known = segment.nodes.get(node)
        if known is not None:
            known.update(properties)
            return
        if node in segment.looked_for:
            # The edge before did not see it.
            segment = self._next()
        segment.nodes[node] = dict(properties)

    def merge_edge(
        self, type: str, start: Node, end: Node, properties: Mapping[str, Any] | None = None
    ) -> None:
        """Makes the edge unless it is there, and sets properties; nothing where an end is not
        there."""
        segment = self._open()
        for each in (start, end):
            if each not in segment.nodes:
                segment.looked_for.add(each)
        segment.edges.setdefault(_Edge(type, start, end), {}).update(properties or {})

    def add(self, *mutations: Mutation) -> None:
        """Any other changes: after all that came before, and before all that comes."""
        self._segments[-1].rest.extend(mutations)

    def __bool__(self) -> bool:
        first = self._segments[0]
        return len(self._segments) > 1 or bool(first.nodes or first.edges or first.rest)

    def has_node(self, node: Node) -> bool:
        """Whether a merge of the node is among them. Deletions by ``add`` are not looked at."""
        return any(node in segment.nodes for segment in self._segments)

    def mutations(self) -> list[Mutation]:
        """In order."""
        return list(self.event("xmem.changes").mutations)

    def event(self, type: str) -> Event:
        """All of it as one event.

        :raises outgraph.InvalidValue: for a value that no property can have.
        """
        made = Event(type=type)
        for segment in self._segments:
            for node, properties in segment.nodes.items():
                merge_node = made.mutations.add().merge_node
                _put_node(merge_node.node, node)
                put_properties(merge_node.set, properties)
            for edge, properties in segment.edges.items():
                merge_edge = made.mutations.add().merge_edge
                _put_edge(merge_edge.edge, edge)
                put_properties(merge_edge.set, properties)
                merge_edge.absent_ends = ABSENT_ENDS_IF_PRESENT
            made.mutations.extend(segment.rest)
        return made

    def _open(self) -> _Segment:
        segment = self._segments[-1]
        return self._next() if segment.rest else segment

    def _next(self) -> _Segment:
        self._segments.append(_Segment())
        return self._segments[-1]


def node_ref(node: Node) -> NodeRef:
    """The node's name as the builders of ``outgraph`` take it."""
    ref = NodeRef()
    _put_node(ref, node)
    return ref


def _put_node(ref: NodeRef, node: Node) -> None:
    ref.label = node.label
    put_properties(ref.key, dict(node.key))


def _put_edge(ref: EdgeRef, edge: _Edge) -> None:
    ref.type = edge.type
    _put_node(getattr(ref, "from"), edge.start)
    _put_node(ref.to, edge.end)


def node_of(label: str, names: Sequence[str], *values: Any) -> Node:
    """A node by its label, the names of its key and their values."""
    return Node(label, tuple(zip(names, values, strict=True)))
