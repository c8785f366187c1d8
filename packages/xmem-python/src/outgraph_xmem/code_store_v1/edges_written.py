"""The writes of edges between symbols and between files."""

from collections.abc import Callable, Sequence

from outgraph_xmem.code_store_v1 import changes
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.labels import IMPORT_TYPE
from outgraph_xmem.code_store_v1.parts import parts
from outgraph_xmem.code_store_v1.rows import Row
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import all_or_nothing

EDGES_MAX = 5_000
"""Most edges in one entry; more go into several. A unit of work is always one entry."""


class EdgesWritten(Base):
    @all_or_nothing
    def add_calls_edge(
        self,
        org_id: str,
        repo: str,
        caller_file: str,
        caller_qname: str,
        callee_file: str,
        callee_qname: str,
        is_direct: bool = True,
        is_ambiguous: bool = False,
    ) -> None:
        """One edge from the caller to the callee; nothing when one of them is not in the graph.

        :param is_ambiguous: other symbols bear the callee's name, too.
        """
        row = {
            "org_id": org_id,
            "repo": repo,
            "caller_file": caller_file,
            "caller_qname": caller_qname,
            "callee_file": callee_file,
            "callee_qname": callee_qname,
            "is_direct": is_direct,
            "is_ambiguous": is_ambiguous,
        }
        self.add_calls_edges_batch([row])

    @all_or_nothing
    def add_calls_edges_batch(self, rows: Sequence[Row]) -> None:
        """As ``add_calls_edge`` for each row, which has its parameters by name."""
        self._add("calls", rows, changes.add_call)

    @all_or_nothing
    def add_imports_edge(
        self,
        org_id: str,
        repo: str,
        importer_file: str,
        imported_file: str,
        import_type: str = IMPORT_TYPE,
    ) -> None:
        """One edge from the importing file to the imported one; nothing when one of them is not in
        the graph."""
        row = {
            "org_id": org_id,
            "repo": repo,
            "importer_file": importer_file,
            "imported_file": imported_file,
            "import_type": import_type,
        }
        self.add_imports_edges_batch([row])

    @all_or_nothing
    def add_imports_edges_batch(self, rows: Sequence[Row]) -> None:
        """As ``add_imports_edge`` for each row, which has its parameters by name."""
        self._add("imports", rows, changes.add_import)

    def _add(
        self, name: str, rows: Sequence[Row], add: Callable[[GraphChanges, Row], None]
    ) -> None:
        for part in parts(rows, lambda _: 1, EDGES_MAX):
            self._add_part(name, part, add)

    def _add_part(
        self, name: str, rows: list[Row], add: Callable[[GraphChanges, Row], None]
    ) -> None:
        def change(graph: GraphChanges) -> None:
            for row in rows:
                add(graph, row)

        self._write(name, [(row["org_id"], row["repo"]) for row in rows], change)
