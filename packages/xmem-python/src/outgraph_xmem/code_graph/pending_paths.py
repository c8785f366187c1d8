"""How many paths lead from a repository, once a unit of work has had its way with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from outgraph.graph.v1.mutation_pb2 import Mutation, NodeMatch, NodeRef

from outgraph_xmem.code_graph.names import KEYS

LABELS = ("Repository", "Directory", "File", "Symbol")
"""Of the nodes that belong to a repository."""

Id = tuple[str, ...]
"""A label and the values of its key; of a node that belongs to no repository, Neo4j's id."""

Edge = tuple[Id, str, Id, int]
"""From where, of which type, to where, and which of those that are alike."""


class CannotCount(Exception):
    """A change of the unit's that ties a repository to something else, or that names its nodes by
    more than their keys."""


class RepositoryTopology:
    """The nodes of a repository, and what each points to. ``apply`` the unit's changes in their
    order, as the relay will; then count."""

    def __init__(self, org_id: str, repo: str) -> None:
        self._start: Id = ("Repository", org_id, repo)
        self._whose = (org_id, repo)
        self._out: dict[Id, Counter[tuple[str, Id]]] = {}

    def add(self, id: Id, edges: Iterable[tuple[str, Id]]) -> None:
        """A node in the graph, and its edges by their types and ends."""
        self._out[id] = Counter(edges)

    def apply(self, mutation: Mutation) -> None:
        """:raises CannotCount:"""
        kind = mutation.WhichOneof("kind")
        if kind == "merge_node":
            made = self._named(mutation.merge_node.node)
            if made is not None:
                self._out.setdefault(made, Counter())
        elif kind == "merge_edge":
            edge = mutation.merge_edge.edge
            self._tie(edge.type, self._there(getattr(edge, "from")), edge.to)
        elif kind == "merge_edges":
            edges = mutation.merge_edges
            self._tie(edges.type, self._matching(getattr(edges, "from")), edges.to)
        elif kind == "delete_node":
            self._delete(self._there(mutation.delete_node.node))
        elif kind == "delete_nodes":
            self._delete(self._matching(mutation.delete_nodes.match))
        elif kind == "create_edge":
            if self._there(getattr(mutation.create_edge, "from")):
                raise CannotCount("it makes an edge that may be parallel to others")
        elif kind == "delete_edge":
            if self._there(getattr(mutation.delete_edge.edge, "from")):
                raise CannotCount("it deletes an edge")
        elif kind == "delete_edges" and getattr(mutation.delete_edges.match, "from").label in KEYS:
            raise CannotCount("it deletes edges")

    def paths(self, most: int) -> int:
        """How many lead from the repository, each edge once in a path; no more than ``most``."""
        count = 0
        walked: list[Edge] = []
        used: set[Edge] = set()
        ahead = [self._edges(self._start)]
        while ahead and count < most:
            edge = next(ahead[-1], None)
            if edge is None:
                ahead.pop()
                if walked:
                    used.discard(walked.pop())
            elif edge not in used:
                count += 1
                walked.append(edge)
                used.add(edge)
                ahead.append(self._edges(edge[2]))
        return count

    def _edges(self, start: Id) -> Iterator[Edge]:
        for (type, end), times in self._out.get(start, Counter()).items():
            for number in range(times):
                yield start, type, end, number

    def _tie(self, type: str, starts: Iterable[Id], to: NodeRef | NodeMatch) -> None:
        starts = list(starts)
        if not starts:
            return
        if to.label not in LABELS:
            raise CannotCount(f"it ties the repository to a {to.label}")
        ends = list(self._there(to) if isinstance(to, NodeRef) else self._matching(to))
        for start in starts:
            for end in ends:
                # As MERGE does: one that is there is enough.
                self._out[start].setdefault((type, end), 1)

    def _delete(self, ids: Iterable[Id]) -> None:
        gone = set(ids)
        for id in gone:
            del self._out[id]
        if gone:
            for edges in self._out.values():
                for edge in [edge for edge in edges if edge[1] in gone]:
                    del edges[edge]

    def _named(self, node: NodeRef) -> Id | None:
        """The node of the repository that is named; None for another."""
        if node.label not in LABELS:
            return None
        id = id_of(node.label, {name: value.string_value for name, value in node.key.items()})
        return id if id[1:3] == self._whose else None

    def _there(self, node: NodeRef) -> list[Id]:
        id = self._named(node)
        return [] if id is None or id not in self._out else [id]

    def _matching(self, match: NodeMatch) -> list[Id]:
        if match.label not in LABELS:
            return []
        key = KEYS[match.label]
        if not set(match.where) <= set(key):
            raise CannotCount(f"it names nodes by more than {', '.join(key)}")
        wanted = [
            (place, match.where[name].string_value)
            for place, name in enumerate(key, 1)
            if name in match.where
        ]
        return [
            id
            for id in self._out
            if id[0] == match.label and all(id[place] == value for place, value in wanted)
        ]


def id_of(label: str, key: Mapping[str, Any]) -> Id:
    return (label, *(key[name] for name in KEYS[label]))
