"""What each write of the code graph V1 changes."""

from datetime import datetime
from typing import Any

from outgraph import delete_node, delete_nodes, nodes, update_nodes

from outgraph_xmem.code_store_v1 import refs
from outgraph_xmem.code_store_v1.labels import (
    CALLS,
    CONTAINS_DIR,
    CONTAINS_FILE,
    DEFINES,
    HAS_SCAN,
    IMPORTS,
)
from outgraph_xmem.code_store_v1.rows import Row, properties_of, with_vectors
from outgraph_xmem.graph_changes import GraphChanges, Node, node_ref

_NOTHING: dict[str, Any] = {}

CALL_ENDS = ("org_id", "repo", "caller_name", "caller_file", "callee_name", "callee_file")
IMPORT_ENDS = ("org_id", "repo", "importer_file", "imported_file")
"""Of a row of an edge; the rest of it are the edge's properties."""


def upsert_repository(graph: GraphChanges, node: Node, row: Row, now: datetime) -> None:
    graph.merge_node(node, properties_of(row, node, now))


def upsert_directory(
    graph: GraphChanges, node: Node, repository: Node, row: Row, now: datetime
) -> None:
    graph.merge_node(repository, _NOTHING)
    graph.merge_node(node, properties_of(row, node, now))
    graph.merge_edge(CONTAINS_DIR, repository, node)


def upsert_file(graph: GraphChanges, row: Row, now: datetime) -> None:
    repository = refs.repository(row["org_id"], row["repo"])
    file = file_of(row)
    graph.merge_node(repository, _NOTHING)
    graph.merge_node(file, properties_of(row, file, now))
    graph.merge_edge(CONTAINS_FILE, repository, file)


def upsert_symbol(graph: GraphChanges, row: Row, now: datetime) -> None:
    """For a symbol whose file is there."""
    symbol = symbol_of(row)
    graph.merge_node(symbol, properties_of(row, symbol, now))
    graph.merge_edge(DEFINES, file_of(row), symbol)


def add_call(graph: GraphChanges, row: Row) -> None:
    org_id, repo = row["org_id"], row["repo"]
    caller = refs.symbol(org_id, repo, row["caller_file"], row["caller_name"])
    callee = refs.symbol(org_id, repo, row["callee_file"], row["callee_name"])
    graph.merge_edge(CALLS, caller, callee, _but(CALL_ENDS, row))


def add_import(graph: GraphChanges, row: Row) -> None:
    org_id, repo = row["org_id"], row["repo"]
    importer = refs.file(org_id, repo, row["importer_file"])
    imported = refs.file(org_id, repo, row["imported_file"])
    graph.merge_edge(IMPORTS, importer, imported, _but(IMPORT_ENDS, row))


def start_scan(graph: GraphChanges, scan: Node, repository: Node, row: Row) -> None:
    graph.merge_node(scan, row)
    graph.merge_edge(HAS_SCAN, repository, scan)


def update(graph: GraphChanges, node: Node, row: Row) -> None:
    """Nothing happens to a node that is not there."""
    graph.add(update_nodes(nodes(node.label, dict(node.key)), set=with_vectors(row)))


def delete(graph: GraphChanges, node: Node) -> None:
    graph.add(delete_node(node_ref(node)))


def delete_where(graph: GraphChanges, label: str, **where: str) -> None:
    graph.add(delete_nodes(nodes(label, where)))


def file_of(row: Row) -> Node:
    """The file that a row of a file or symbol names."""
    return refs.file(row["org_id"], row["repo"], row["file_path"])


def symbol_of(row: Row) -> Node:
    return refs.symbol(row["org_id"], row["repo"], row["file_path"], row["symbol_name"])


def _but(names: tuple[str, ...], row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
