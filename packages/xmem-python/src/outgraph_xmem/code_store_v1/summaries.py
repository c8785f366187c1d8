"""The enricher's writes: summaries and their vectors."""

from collections.abc import Sequence
from typing import Any

from outgraph import Vector

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.labels import SUMMARY_EMBEDDING
from outgraph_xmem.graph_changes import GraphChanges, Node
from outgraph_xmem.unit import all_or_nothing


class Summaries(Base):
    """Each changes one node; nothing happens where it is not in the graph."""

    @all_or_nothing
    def update_symbol_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        summary: str,
        summary_source: str,
        summary_embedding: Sequence[float],
    ) -> None:
        """Sets summary, source, vector and time.

        :param symbol_name: the qualified one.
        """
        node = refs.symbol(org_id, repo, file_path, symbol_name)
        self._summarise(org_id, repo, node, summary, summary_source, summary_embedding)

    @all_or_nothing
    def update_file_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        summary: str,
        summary_source: str,
        summary_embedding: Sequence[float],
    ) -> None:
        """Sets summary, source, vector and time. The vector is one of 32-bit floats, whatever it is
        given as: XMem's procedure makes it so here, and only here."""
        node = refs.file(org_id, repo, file_path)
        vector = Vector([float(each) for each in summary_embedding])
        self._summarise(org_id, repo, node, summary, summary_source, vector)

    @all_or_nothing
    def update_directory_summary(
        self, org_id: str, repo: str, dir_path: str, summary: str, summary_source: str
    ) -> None:
        """Sets summary and source."""
        node = refs.directory(org_id, repo, dir_path)
        self._update(org_id, repo, node, {"summary": summary, "summary_source": summary_source})

    def _summarise(
        self,
        org_id: str,
        repo: str,
        node: Node,
        summary: str,
        source: str,
        embedding: Sequence[float] | Vector,
    ) -> None:
        row = {
            "summary": summary,
            "summary_source": source,
            SUMMARY_EMBEDDING: embedding,
            "indexed_at": self._now(),
        }
        self._update(org_id, repo, node, row)

    def _update(self, org_id: str, repo: str, node: Node, row: dict[str, Any]) -> None:
        def change(graph: GraphChanges) -> None:
            changes.update(graph, node, row)

        self._write("summary", [(org_id, repo)], change)
