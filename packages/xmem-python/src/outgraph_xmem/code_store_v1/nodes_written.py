"""The writes of nodes: repositories, directories, files and symbols."""

from collections.abc import Sequence
from typing import Any

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.known_files import Path, known_files
from outgraph_xmem.code_store_v1.parts import parts, size_of
from outgraph_xmem.code_store_v1.pending import made
from outgraph_xmem.code_store_v1.rows import Row, with_vectors
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import all_or_nothing


class NodesWritten(Base):
    """A node's properties are what the caller gives, by any name; ``summary_embedding`` and
    ``code_embedding`` become vectors. What is not given stays, and a None removes."""

    @all_or_nothing
    def upsert_repository(self, org_id: str, repo: str, **properties: Any) -> None:
        """Sets properties of the repository's node."""
        node, now = refs.repository(org_id, repo), self._now()

        def change(graph: GraphChanges) -> None:
            changes.upsert_repository(graph, node, properties, now)

        self._write("repository", [(org_id, repo)], change, [made(node)])

    @all_or_nothing
    def upsert_directory(self, org_id: str, repo: str, dir_path: str, **properties: Any) -> None:
        """Sets properties of the directory's node, and ties it to the repository's, which is made
        unless it is there."""
        repository, node = refs.repository(org_id, repo), refs.directory(org_id, repo, dir_path)
        now = self._now()

        def change(graph: GraphChanges) -> None:
            changes.upsert_directory(graph, node, repository, properties, now)

        self._write("directory", [(org_id, repo)], change, [made(repository), made(node)])

    @all_or_nothing
    def upsert_file(self, org_id: str, repo: str, file_path: str, **properties: Any) -> None:
        """Sets properties of the file's node, and ties it to the repository's, which is made unless
        it is there."""
        named = {"org_id": org_id, "repo": repo, "file_path": file_path}
        self.upsert_files_batch([{**properties, **named}])

    @all_or_nothing
    def upsert_files_batch(self, rows: Sequence[Row]) -> None:
        """As ``upsert_file`` for each row, which has ``org_id``, ``repo``, ``file_path`` and the
        properties by name.

        One entry, so the graph gets them together, unless that would be larger than an entry may be
        (8 MiB): then several, in their order. A unit of work is always one entry.

        :raises KeyError: for a row without ``org_id``, ``repo`` or ``file_path``; nothing was
            written.
        :raises outgraph.writer.EntryTooLarge: for a single file, or a unit, that is larger.
        """
        for part in parts(rows, lambda row: size_of(changes.file_of(row), with_vectors(row))):
            self._write_files(part)

    @all_or_nothing
    def upsert_symbol(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, **properties: Any
    ) -> None:
        """Sets properties of the symbol's node and ties it to its file's. Nothing happens when the
        file is not in the graph.

        :param symbol_name: unlike that of any other symbol of the file.
        """
        named = {"org_id": org_id, "repo": repo, "file_path": file_path, "symbol_name": symbol_name}
        self.upsert_symbols_batch([{**properties, **named}])

    @all_or_nothing
    def upsert_symbols_batch(self, rows: Sequence[Row]) -> None:
        """As ``upsert_symbol`` for each row, which has ``org_id``, ``repo``, ``file_path``,
        ``symbol_name`` and the properties by name; in as many entries as ``upsert_files_batch``
        says.

        Whether a file is in the graph is known of those that this process wrote. Of others Neo4j is
        asked, after the read barrier: see ``KnownFiles``.

        :raises KeyError: for a row without the parts of its key; nothing was written.
        :raises outgraph.writer.EntryTooLarge: for a single symbol, or a unit, that is larger.
        """
        there = self._files_there({_path_of(row) for row in rows})
        found = [row for row in rows if _path_of(row) in there]
        for part in parts(found, lambda row: size_of(changes.symbol_of(row), with_vectors(row))):
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
