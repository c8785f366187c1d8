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
    IMPORT_TYPE,
    IMPORTS,
)
from outgraph_xmem.code_store_v1.rows import (
    FILE_PROPERTIES,
    SYMBOL_PROPERTIES,
    Row,
    stamped,
    with_vectors,
    written,
)
from outgraph_xmem.graph_changes import GraphChanges, Node, node_ref

_NOTHING: dict[str, Any] = {}


def upsert_repository(graph: GraphChanges, node: Node, properties: Row, now: datetime) -> None:
    graph.merge_node(node, stamped(properties, now))


def upsert_directory(
    graph: GraphChanges, node: Node, repository: Node, properties: Row, now: datetime
) -> None:
    graph.merge_node(repository, _NOTHING)
    graph.merge_node(node, stamped(properties, now))
    graph.merge_edge(CONTAINS_DIR, repository, node)


def upsert_file(graph: GraphChanges, row: Row, now: datetime) -> None:
    repository = refs.repository(row["org_id"], row["repo"])
    file = file_of(row)
    graph.merge_node(repository, _NOTHING)
    graph.merge_node(file, stamped(written(row, FILE_PROPERTIES), now))
    graph.merge_edge(CONTAINS_FILE, repository, file)


def upsert_symbol(graph: GraphChanges, row: Row, now: datetime) -> None:
    """For a symbol whose file is there."""
    symbol = symbol_of(row)
    graph.merge_node(symbol, stamped(written(row, SYMBOL_PROPERTIES), now))
    graph.merge_edge(DEFINES, file_of(row), symbol)


def add_call(graph: GraphChanges, row: Row) -> None:
    org_id, repo = row["org_id"], row["repo"]
    caller = refs.symbol(org_id, repo, row["caller_file"], row["caller_qname"])
    callee = refs.symbol(org_id, repo, row["callee_file"], row["callee_qname"])
    called = {
        "is_direct": _given(row, "is_direct", True),
        "is_ambiguous": _given(row, "is_ambiguous", False),
    }
    graph.merge_edge(CALLS, caller, callee, called)


def add_import(graph: GraphChanges, row: Row) -> None:
    org_id, repo = row["org_id"], row["repo"]
    importer = refs.file(org_id, repo, row["importer_file"])
    imported = refs.file(org_id, repo, row["imported_file"])
    how = {"import_type": _given(row, "import_type", IMPORT_TYPE)}
    graph.merge_edge(IMPORTS, importer, imported, how)


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
    return refs.symbol(row["org_id"], row["repo"], row["file_path"], row["qualified_name"])


def _given(row: Row, name: str, default: Any) -> Any:
    """A None is none."""
    value = row.get(name)
    return default if value is None else value
