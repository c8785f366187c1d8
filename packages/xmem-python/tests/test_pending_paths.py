"""Paths from a repository are counted with what a unit of work has changed."""

from collections.abc import Callable

import pytest
from outgraph import (
    create_edge,
    delete_edges,
    delete_node,
    delete_nodes,
    edges,
    merge_edges,
    nodes,
    update_nodes,
)
from outgraph.graph.v1.mutation_pb2 import Mutation

from outgraph_xmem.code_graph import names, upserts
from outgraph_xmem.code_graph.pending_paths import CannotCount, Id, RepositoryTopology
from outgraph_xmem.graph_changes import GraphChanges, node_ref

R = ("o", "r")
F, G = (names.symbol(*R, "a.py", name, "1") for name in "fg")
VERSIONS_OF_F = names.versions(*R, "a.py", "f")
VERSIONS_OF_G = names.versions(*R, "a.py", "g")


def counted(change: Callable[[GraphChanges], None], most: int = 1_000) -> int:
    """From a repository of one file with f and g, after the change."""
    graph = GraphChanges()
    for symbol in (F, G):
        _, _, _, (_, name), _ = symbol.key
        upserts.upsert_symbol(graph, *R, "a.py", name, "1", {"indexed_at": "", "language": ""})
    change(graph)
    topology = RepositoryTopology(*R)
    for mutation in graph.mutations():
        topology.apply(mutation)
    return topology.paths(most)


@pytest.mark.parametrize(
    ("paths", "mutations"),
    [
        (4, []),
        (4, [update_nodes(VERSIONS_OF_F, set={"a": 1})]),
        # g once more, as called by f; however often it is said.
        (5, [merge_edges("CALLS", VERSIONS_OF_F, VERSIONS_OF_G)] * 2),
        # An edge is once in a path: f, and f again as called by itself.
        (5, [merge_edges("CALLS", VERSIONS_OF_F, VERSIONS_OF_F)]),
        (3, [delete_node(node_ref(F))]),
        (3, [merge_edges("CALLS", VERSIONS_OF_F, VERSIONS_OF_G), delete_nodes(VERSIONS_OF_F)]),
        (2, [delete_nodes(nodes("Symbol", {"org_id": "o", "repo": "r"}))]),
        (4, [delete_nodes(nodes("Symbol", {"org_id": "o", "repo": "other"}))]),
        (0, [delete_node(node_ref(names.repository(*R)))]),
        # Nothing is tied to what is not there.
        (4, [merge_edges("CALLS", VERSIONS_OF_F, names.versions(*R, "a.py", "nobody"))]),
        # What leads to the repository is on no path from it.
        (4, [merge_edges("ANNOTATES", nodes("Annotation", {"annotation_id": "a"}), VERSIONS_OF_F)]),
    ],
)
def test_paths_after_a_change(paths: int, mutations: list[Mutation]) -> None:
    assert counted(lambda graph: graph.add(*mutations)) == paths


def test_an_edge_of_a_deleted_node_does_not_come_back_with_it() -> None:
    def change(graph: GraphChanges) -> None:
        graph.add(delete_node(node_ref(F)))
        graph.merge_node(F, {})

    assert counted(change) == 3


def test_other_repositories_are_none_of_its_business() -> None:
    def change(graph: GraphChanges) -> None:
        other = names.file("o", "other", "a.py")
        graph.merge_node(other, {})
        graph.merge_edge("CONTAINS_FILE", names.repository("o", "other"), other)

    assert counted(change) == 4


def test_no_more_than_so_many_are_counted() -> None:
    called = [merge_edges("CALLS", both, both) for both in [nodes("Symbol", {"repo": "r"})]]

    assert counted(lambda graph: graph.add(*called), most=7) == 7


@pytest.mark.parametrize(
    ("mutation", "why"),
    [
        (create_edge("CALLS", node_ref(F), node_ref(G), {}), "parallel"),
        (delete_edges(edges("CALLS", VERSIONS_OF_F, VERSIONS_OF_G)), "deletes edges"),
        (delete_nodes(nodes("Symbol", {"summary": ""})), "more than"),
        (
            merge_edges("T", VERSIONS_OF_F, nodes("Mine", {"id": 1})),
            "ties the repository to a Mine",
        ),
    ],
)
def test_what_cannot_be_counted_with_is_said(mutation: Mutation, why: str) -> None:
    with pytest.raises(CannotCount, match=why):
        counted(lambda graph: graph.add(mutation))


def test_paths_go_on_outside_of_the_repository() -> None:
    topology = RepositoryTopology(*R)
    outside: Id = ("4:x:1",)
    topology.add(("Repository", *R), [("T", outside), ("T", outside)])
    topology.add(outside, [("T", ("4:x:2",))])

    # Twice to the first, as two edges lead there, and twice on.
    assert topology.paths(100) == 4
