"""What each upsert changes. All of them set every property, defaults included, and reset what they
lie in to defaults: the file, its directory and all above."""

from datetime import datetime
from typing import Any

from outgraph_xmem.code_graph import names
from outgraph_xmem.graph_changes import GraphChanges

_NOTHING: dict[str, Any] = {}


def upsert_repository(graph: GraphChanges, org_id: str, repo: str) -> None:
    graph.merge_node(names.repository(org_id, repo), _NOTHING)


def upsert_directory(
    graph: GraphChanges, org_id: str, repo: str, dir_path: str, properties: dict[str, Any]
) -> None:
    upsert_repository(graph, org_id, repo)
    made = names.directory(org_id, repo, dir_path)
    graph.merge_node(made, properties)
    for above in names.folders_above(dir_path):
        parent = names.directory(org_id, repo, above)
        graph.merge_node(parent, directory_properties(properties["indexed_at"]))
        graph.merge_edge("CONTAINS_DIR", parent, made)
        made = parent
    graph.merge_edge("CONTAINS_DIR", names.repository(org_id, repo), made)


def upsert_file(
    graph: GraphChanges, org_id: str, repo: str, file_path: str, properties: dict[str, Any]
) -> None:
    folder = names.folder_of(file_path)
    defaults = directory_properties(properties["indexed_at"])
    upsert_directory(graph, org_id, repo, folder, defaults)
    made = names.file(org_id, repo, file_path)
    graph.merge_node(made, properties)
    graph.merge_edge("CONTAINS_FILE", names.directory(org_id, repo, folder), made)


def upsert_symbol(
    graph: GraphChanges,
    org_id: str,
    repo: str,
    file_path: str,
    symbol_name: str,
    signature_hash: str,
    properties: dict[str, Any],
) -> None:
    file = file_properties(properties["indexed_at"], language=properties["language"])
    upsert_file(graph, org_id, repo, file_path, file)
    made = names.symbol(org_id, repo, file_path, symbol_name, signature_hash)
    graph.merge_node(made, properties)
    graph.merge_edge("DEFINES", names.file(org_id, repo, file_path), made)


def directory_properties(
    indexed_at: datetime,
    summary: str = "",
    languages: list[str] | None = None,
    file_count: int = 0,
    total_symbols: int = 0,
) -> dict[str, Any]:
    return {
        "summary": summary,
        "languages": list(languages or ()),
        "file_count": file_count,
        "total_symbols": total_symbols,
        "indexed_at": indexed_at,
    }


def file_properties(
    indexed_at: datetime,
    language: str = "",
    summary: str = "",
    symbol_count: int = 0,
    symbol_names: list[str] | None = None,
    total_lines: int = 0,
    commit_sha: str = "",
) -> dict[str, Any]:
    return {
        "language": language,
        "summary": summary,
        "symbol_count": symbol_count,
        "symbol_names": list(symbol_names or ()),
        "total_lines": total_lines,
        "commit_sha": commit_sha,
        "indexed_at": indexed_at,
    }
