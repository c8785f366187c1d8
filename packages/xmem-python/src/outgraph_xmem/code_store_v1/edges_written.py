"""The writes of edges between symbols and between files."""

from collections.abc import Iterable, Mapping
from typing import Any

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.parts import parts
from outgraph_xmem.graph_changes import GraphChanges

EDGES_MAX = 5_000
"""Most edges in one entry; more go into several. A unit of work is always one entry."""


class EdgesWritten(Base):
    def add_calls_edge(
        self,
        org_id: str,
        repo: str,
        caller_name: str,
        caller_file: str,
        callee_name: str,
        callee_file: str,
        call_count: int = 1,
        is_direct: bool = True,
    ) -> None:
        """One edge from the caller to the callee, with these properties; nothing when one of them
        is not in the graph."""
        call = {
            "caller_name": caller_name,
            "caller_file": caller_file,
            "callee_name": callee_name,
            "callee_file": callee_file,
            "call_count": call_count,
            "is_direct": is_direct,
        }
        self.add_calls_edges_batch(org_id, repo, [call])

    def add_calls_edges_batch(
        self, org_id: str, repo: str, edges: Iterable[Mapping[str, Any]]
    ) -> None:
        """As ``add_calls_edge`` for each mapping, which has its parameters by name."""
        for part in parts(edges, lambda _: 1, EDGES_MAX):
            self._add_calls(org_id, repo, part)

    def add_imports_edge(
        self,
        org_id: str,
        repo: str,
        importer_file: str,
        imported_file: str,
        import_type: str = "direct",
    ) -> None:
        """One edge from the importing file to the imported one; nothing when one of them is not in
        the graph."""
        found = {
            "importer_file": importer_file,
            "imported_file": imported_file,
            "import_type": import_type,
        }
        self.add_imports_edges_batch(org_id, repo, [found])

    def add_imports_edges_batch(
        self, org_id: str, repo: str, edges: Iterable[Mapping[str, Any]]
    ) -> None:
        """As ``add_imports_edge`` for each mapping, which has its parameters by name."""
        for part in parts(edges, lambda _: 1, EDGES_MAX):
            self._add_imports(org_id, repo, part)

    def _add_calls(self, org_id: str, repo: str, calls: list[Mapping[str, Any]]) -> None:
        def change(graph: GraphChanges) -> None:
            for call in calls:
                caller = refs.symbol(org_id, repo, call["caller_file"], call["caller_name"])
                callee = refs.symbol(org_id, repo, call["callee_file"], call["callee_name"])
                row = {
                    "call_count": call.get("call_count", 1),
                    "is_direct": call.get("is_direct", True),
                }
                changes.add_call(graph, caller, callee, row)

        self._write("code_v1.calls", org_id, repo, change)

    def _add_imports(self, org_id: str, repo: str, imports: list[Mapping[str, Any]]) -> None:
        def change(graph: GraphChanges) -> None:
            for each in imports:
                importer = refs.file(org_id, repo, each["importer_file"])
                imported = refs.file(org_id, repo, each["imported_file"])
                row = {"import_type": each.get("import_type", "direct")}
                changes.add_import(graph, importer, imported, row)

        self._write("code_v1.imports", org_id, repo, change)
