"""The writes of nodes: repositories, directories, files and symbols."""

from collections.abc import Sequence

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.known_files import Path, known_files
from outgraph_xmem.code_store_v1.parts import parts, size_of
from outgraph_xmem.code_store_v1.pending import made
from outgraph_xmem.code_store_v1.rows import (
    FILE_PROPERTIES,
    SYMBOL_PROPERTIES,
    Row,
    SymbolEmbedding,
    build_symbol_row,
    stamped,
    written,
)
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import all_or_nothing


class NodesWritten(Base):
    """Each sets all properties of its node, defaults included; ``summary_embedding`` and
    ``code_embedding`` become vectors, and a None removes."""

    @all_or_nothing
    def upsert_repository(self, org_id: str, repo: str, branch: str = "main") -> None:
        """Sets the branch of the repository's node."""
        node, now = refs.repository(org_id, repo), self._now()

        def change(graph: GraphChanges) -> None:
            changes.upsert_repository(graph, node, {"branch": branch}, now)

        self._write("repository", [(org_id, repo)], change, [made(node)])

    @all_or_nothing
    def upsert_directory(
        self,
        org_id: str,
        repo: str,
        dir_path: str,
        languages: Sequence[str] | None = None,
        file_count: int = 0,
        total_symbols: int = 0,
        summary: str = "",
    ) -> None:
        """Sets properties of the directory's node (``total_symbols`` as ``symbol_count``), and ties
        it to the repository's, which is made unless it is there."""
        repository, node = refs.repository(org_id, repo), refs.directory(org_id, repo, dir_path)
        now = self._now()
        properties = {
            "languages": list(languages or ()),
            "file_count": int(file_count),
            "symbol_count": int(total_symbols),
            "summary": summary,
        }

        def change(graph: GraphChanges) -> None:
            changes.upsert_directory(graph, node, repository, properties, now)

        self._write("directory", [(org_id, repo)], change, [made(repository), made(node)])

    @all_or_nothing
    def upsert_file(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        language: str,
        raw_content: str,
        summary: str,
        summary_source: str,
        summary_embedding: Sequence[float],
        total_lines: int,
        symbol_count: int,
        symbol_names: Sequence[str],
        content_hash: str,
        commit_sha: str,
    ) -> None:
        """Sets properties of the file's node, and ties it to the repository's, which is made unless
        it is there."""
        row = {
            "org_id": org_id,
            "repo": repo,
            "file_path": file_path,
            "language": language,
            "raw_content": raw_content,
            "summary": summary,
            "summary_source": summary_source,
            "summary_embedding": summary_embedding,
            "total_lines": int(total_lines),
            "symbol_count": int(symbol_count),
            "symbol_names": list(symbol_names or ()),
            "content_hash": content_hash,
            "commit_sha": commit_sha,
        }
        self.upsert_files_batch([row])

    @all_or_nothing
    def upsert_files_batch(self, rows: Sequence[Row]) -> None:
        """As ``upsert_file`` for each row, which has its parameters by name. One that is missing is
        removed from the node.

        One entry, so the graph gets them together, unless that would be larger than an entry may be
        (8 MiB): then several, in their order. A unit of work is always one entry.

        :raises KeyError: for a row without ``org_id``, ``repo`` or ``file_path``; nothing was
            written.
        :raises outgraph.writer.EntryTooLarge: for a single file, or a unit, that is larger.
        """
        for part in parts(rows, _size_of_file):
            self._write_files(part)

    @all_or_nothing
    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol: Row,
        embedding: SymbolEmbedding,
        commit_sha: str,
    ) -> None:
        """Sets properties of the symbol's node and ties it to its file's. Nothing happens when the
        file is not in the graph.

        :param symbol: as ``build_symbol_row`` takes it.
        """
        row = build_symbol_row(org_id, repo, file_path, symbol, embedding, commit_sha)
        self.upsert_symbols_batch([row])

    @all_or_nothing
    def upsert_symbols_batch(self, rows: Sequence[Row]) -> None:
        """As ``upsert_symbol`` for each row of ``build_symbol_row``, or one like it: a property
        that is missing is removed from the node. In as many entries as ``upsert_files_batch`` says.

        Whether a file is in the graph is known of those that this process wrote. Of others Neo4j is
        asked, after the read barrier: see ``KnownFiles``.

        :raises KeyError: for a row without the parts of its key; nothing was written.
        :raises outgraph.writer.EntryTooLarge: for a single symbol, or a unit, that is larger.
        """
        there = self._files_there({_path_of(row) for row in rows})
        found = [row for row in rows if _path_of(row) in there]
        for part in parts(found, _size_of_symbol):
            self._write_symbols(part)

    def _write_files(self, rows: list[Row]) -> None:
        now = self._now()

        def change(graph: GraphChanges) -> None:
            for row in rows:
                changes.upsert_file(graph, row, now)

        paths = [_path_of(row) for row in rows]
        repositories = [path[:2] for path in paths]
        told = [made(refs.file(*path)) for path in paths]
        told += [made(refs.repository(*each)) for each in dict.fromkeys(repositories)]
        known = known_files()
        since = known.now()
        self._write("files", repositories, change, told, lambda: known.add(paths, since))

    def _write_symbols(self, rows: list[Row]) -> None:
        now = self._now()

        def change(graph: GraphChanges) -> None:
            for row in rows:
                changes.upsert_symbol(graph, row, now)

        repositories = [_path_of(row)[:2] for row in rows]
        told = [made(changes.symbol_of(row)) for row in rows]
        self._write("symbols", repositories, change, told)


def _path_of(row: Row) -> Path:
    return row["org_id"], row["repo"], row["file_path"]


def _size_of_file(row: Row) -> int:
    return size_of(changes.file_of(row), stamped(written(row, FILE_PROPERTIES), Base._now()))


def _size_of_symbol(row: Row) -> int:
    return size_of(changes.symbol_of(row), stamped(written(row, SYMBOL_PROPERTIES), Base._now()))
