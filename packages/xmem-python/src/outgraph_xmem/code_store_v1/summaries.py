"""The enricher's writes: summaries and their vectors."""

from collections.abc import Sequence
from typing import Any

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.labels import SUMMARY_EMBEDDING
from outgraph_xmem.graph_changes import Node


class Summaries(Base):
    """Each sets ``summary``, ``summary_source`` and ``enriched_at`` of one node, and the vector
    where one is given; nothing happens where the node is not in the graph."""

    def update_symbol_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        summary: str,
        summary_embedding: Sequence[float] | None = None,
        summary_source: str = "llm",
    ) -> None:
        node = refs.symbol(org_id, repo, file_path, symbol_name)
        self._summarise(org_id, repo, node, summary, summary_embedding, summary_source)

    def update_file_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        summary: str,
        summary_embedding: Sequence[float] | None = None,
        summary_source: str = "llm",
    ) -> None:
        node = refs.file(org_id, repo, file_path)
        self._summarise(org_id, repo, node, summary, summary_embedding, summary_source)

    def update_directory_summary(
        self,
        org_id: str,
        repo: str,
        dir_path: str,
        summary: str,
        summary_source: str = "llm",
    ) -> None:
        node = refs.directory(org_id, repo, dir_path)
        self._summarise(org_id, repo, node, summary, None, summary_source)

    def _summarise(
        self,
        org_id: str,
        repo: str,
        node: Node,
        summary: str,
        embedding: Sequence[float] | None,
        source: str,
    ) -> None:
        row: dict[str, Any] = {
            "summary": summary,
            "summary_source": source,
            "enriched_at": self._now(),
        }
        if embedding is not None and len(embedding) > 0:
            row[SUMMARY_EMBEDDING] = embedding
        self._write("code_v1.summary", org_id, repo, lambda graph: changes.update(graph, node, row))
