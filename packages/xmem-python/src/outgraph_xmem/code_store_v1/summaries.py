"""The enricher's writes: summaries and their vectors."""

from collections.abc import Sequence
from typing import Any

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.labels import SUMMARY_EMBEDDING
from outgraph_xmem.code_store_v1.rows import rounded_vector
from outgraph_xmem.graph_changes import GraphChanges, Node
from outgraph_xmem.unit import all_or_nothing


class Summaries(Base):
    """Each sets ``summary`` and ``summary_source`` of one node, and of a symbol or a file also
    ``indexed_at`` and the vector; nothing happens where the node is not in the graph."""

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
        """The vector is kept as it is given, in 64 bits where 32 are too few.

        :param symbol_name: the qualified one.
        """
        node = refs.symbol(org_id, repo, file_path, symbol_name)
        row = {SUMMARY_EMBEDDING: summary_embedding, "indexed_at": self._now()}
        self._summarise(org_id, repo, node, summary, summary_source, row)

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
        """The vector is one of 32-bit floats, whatever it is given as: XMem's procedure makes it so
        here, and only here.

        :raises outgraph.InvalidValue: for one that 32 bits cannot hold; nothing was written.
        """
        node = refs.file(org_id, repo, file_path)
        vector = rounded_vector(SUMMARY_EMBEDDING, summary_embedding)
        row = {SUMMARY_EMBEDDING: vector, "indexed_at": self._now()}
        self._summarise(org_id, repo, node, summary, summary_source, row)

    @all_or_nothing
    def update_directory_summary(
        self, org_id: str, repo: str, dir_path: str, summary: str, summary_source: str
    ) -> None:
        """A directory has no vector, and keeps the time at which it was indexed."""
        node = refs.directory(org_id, repo, dir_path)
        self._summarise(org_id, repo, node, summary, summary_source, {})

    def _summarise(
        self,
        org_id: str,
        repo: str,
        node: Node,
        summary: str,
        source: str,
        more: dict[str, Any],
    ) -> None:
        said = {"summary": summary, "summary_source": source}

        def change(graph: GraphChanges) -> None:
            changes.update(graph, node, {**said, **more})

        self._write("summary", [(org_id, repo)], change)
