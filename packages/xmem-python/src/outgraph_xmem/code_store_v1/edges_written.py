"""The writes of edges between symbols and between files."""

from collections.abc import Callable, Sequence
from typing import Any

from outgraph_xmem.code_store_v1 import changes
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.parts import parts
from outgraph_xmem.code_store_v1.rows import Row
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import all_or_nothing

EDGES_MAX = 5_000
"""Most edges in one entry; more go into several. A unit of work is always one entry."""


class EdgesWritten(Base):
    """An edge's properties are what the caller gives, by any name."""

    @all_or_nothing
    def add_calls_edge(
        self,
        org_id: str,
        repo: str,
        caller_name: str,
        caller_file: str,
        callee_name: str,
        callee_file: str,
        **properties: Any,
    ) -> None:
        """One edge from the caller to the callee, with these properties; nothing when one of them
        is not in the graph."""
        ends = (org_id, repo, caller_name, caller_file, callee_name, callee_file)
        row = {**properties, **dict(zip(changes.CALL_ENDS, ends, strict=True))}
        self.add_calls_edges_batch([row])

    @all_or_nothing
    def add_calls_edges_batch(self, rows: Sequence[Row]) -> None:
        """As ``add_calls_edge`` for each row, which has its parameters by name."""
        self._add("calls", rows, changes.add_call)

    @all_or_nothing
    def add_imports_edge(
        self, org_id: str, repo: str, importer_file: str, imported_file: str, **properties: Any
    ) -> None:
        """One edge from the importing file to the imported one; nothing when one of them is not in
        the graph."""
        ends = (org_id, repo, importer_file, imported_file)
        row = {**properties, **dict(zip(changes.IMPORT_ENDS, ends, strict=True))}
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
