"""What each write of the code graph V1 changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outgraph import Vector, delete_node, delete_nodes, nodes, update_nodes

from outgraph_xmem.code_store_v1 import refs
from outgraph_xmem.code_store_v1.labels import (
    CALLS,
    CODE_EMBEDDING,
    CONTAINS_DIR,
    CONTAINS_FILE,
    DEFINES,
    HAS_SCAN,
    IMPORTS,
    SUMMARY_EMBEDDING,
)
from outgraph_xmem.graph_changes import GraphChanges, Node, node_ref

Row = Mapping[str, Any]


def upsert_repository(graph: GraphChanges, org_id: str, repo: str, now: datetime) -> None:
    graph.merge_node(refs.repository(org_id, repo), {"indexed_at": now})


def upsert_directory(graph: GraphChanges, org_id: str, repo: str, path: str, row: Row) -> None:
    made = refs.directory(org_id, repo, path)
    graph.merge_node(made, row)
    graph.merge_edge(CONTAINS_DIR, refs.repository(org_id, repo), made)


def upsert_file(graph: GraphChanges, org_id: str, repo: str, path: str, row: Row) -> None:
    made, folder = refs.file(org_id, repo, path), refs.folder_of(org_id, repo, path)
    graph.merge_node(made, with_vectors(row))
    graph.merge_node(folder, {})
    graph.merge_edge(CONTAINS_FILE, folder, made)


def upsert_symbol(
    graph: GraphChanges, org_id: str, repo: str, path: str, name: str, row: Row
) -> None:
    """For a symbol whose file is there."""
    made = refs.symbol(org_id, repo, path, name)
    graph.merge_node(made, with_vectors(row))
    graph.merge_edge(DEFINES, refs.file(org_id, repo, path), made)


def update(graph: GraphChanges, node: Node, row: Row) -> None:
    """Nothing happens to a node that is not there."""
    graph.add(update_nodes(nodes(node.label, dict(node.key)), set=with_vectors(row)))


def delete(graph: GraphChanges, node: Node) -> None:
    graph.add(delete_node(node_ref(node)))


def delete_where(graph: GraphChanges, label: str, **where: str) -> None:
    graph.add(delete_nodes(nodes(label, where)))


def add_call(graph: GraphChanges, caller: Node, callee: Node, row: Row) -> None:
    graph.merge_edge(CALLS, caller, callee, row)


def add_import(graph: GraphChanges, importer: Node, imported: Node, row: Row) -> None:
    graph.merge_edge(IMPORTS, importer, imported, row)


def start_scan(graph: GraphChanges, org_id: str, repo: str, scan_id: str, row: Row) -> None:
    made = refs.scan(scan_id)
    graph.merge_node(made, {"org_id": org_id, "repo": repo, **row})
    graph.merge_edge(HAS_SCAN, refs.repository(org_id, repo), made)


def with_vectors(row: Row) -> dict[str, Any]:
    """The row with its embeddings as vectors, which an index of Neo4j takes: as a list of floats
    one would be twice as large."""
    return {
        name: vector(value) if name in (SUMMARY_EMBEDDING, CODE_EMBEDDING) else value
        for name, value in row.items()
    }


def vector(components: Sequence[float] | None) -> Vector | None:
    """None, which removes the property, also for an embedding without components."""
    return None if components is None or len(components) == 0 else Vector(components)
