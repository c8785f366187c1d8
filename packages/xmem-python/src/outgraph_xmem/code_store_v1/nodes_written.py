"""The writes of nodes: repositories, directories, files and symbols."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.known_files import known_files
from outgraph_xmem.code_store_v1.parts import parts, size_of
from outgraph_xmem.code_store_v1.pending import made
from outgraph_xmem.code_store_v1.rows import directory_row, file_row, symbol_row
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import current_unit


class NodesWritten(Base):
    def upsert_repository(self, org_id: str, repo: str) -> None:
        """Makes the repository's node unless it is there."""
        now = self._now()
        self._write(
            "code_v1.repository",
            org_id,
            repo,
            lambda graph: changes.upsert_repository(graph, org_id, repo, now),
            [made(refs.repository(org_id, repo))],
        )

    def upsert_directory(
        self,
        org_id: str,
        repo: str,
        dir_path: str,
        summary: str = "",
        languages: Sequence[str] | None = None,
        file_count: int = 0,
        total_symbols: int = 0,
    ) -> None:
        """Sets the directory's node, and ties it to the repository where that is there."""
        row = directory_row(
            summary=summary,
            languages=languages,
            file_count=file_count,
            total_symbols=total_symbols,
            indexed_at=self._now(),
        )
        self._write(
            "code_v1.directory",
            org_id,
            repo,
            lambda graph: changes.upsert_directory(graph, org_id, repo, dir_path, row),
            [made(refs.directory(org_id, repo, dir_path))],
        )

    def upsert_file(self, org_id: str, repo: str, file_path: str, **properties: Any) -> None:
        """Sets the file's node and ties it to its folder's, which is made unless it is there.

        :param properties: by keyword, as ``rows.file_row`` lists them with their defaults.
        """
        self.upsert_files_batch(org_id, repo, [{"file_path": file_path, **properties}])

    def upsert_files_batch(
        self, org_id: str, repo: str, files: Iterable[Mapping[str, Any]]
    ) -> None:
        """As ``upsert_file`` for each mapping, which has a ``file_path`` and the properties.

        One entry, so the graph gets them together, unless that would be larger than an entry may be
        (8 MiB): then several, in their order. A unit of work is always one entry.

        :raises TypeError: for a property that files do not have; nothing was written.
        :raises outgraph.writer.EntryTooLarge: for a single file, or a unit, that is larger.
        """
        now = self._now()
        rows: list[tuple[str, dict[str, Any]]] = []
        for file_path, properties in (_named(each, "file_path") for each in files):
            rows.append((file_path, file_row(**properties, indexed_at=now)))
        for part in parts(rows, lambda row: size_of(refs.file(org_id, repo, row[0]), row[1])):
            self._write_files(org_id, repo, part)

    def upsert_symbol(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, **properties: Any
    ) -> None:
        """Sets the symbol's node and ties it to its file's. Nothing happens when the file is not in
        the graph.

        :param properties: by keyword, as ``rows.symbol_row`` lists them with their defaults.
        """
        row = {"file_path": file_path, "symbol_name": symbol_name, **properties}
        self.upsert_symbols_batch(org_id, repo, [row])

    def upsert_symbols_batch(
        self, org_id: str, repo: str, symbols: Iterable[Mapping[str, Any]]
    ) -> None:
        """As ``upsert_symbol`` for each mapping, which has a ``file_path``, a ``symbol_name`` and
        the properties; in as many entries as ``upsert_files_batch`` says.

        Whether a file is in the graph is known of those that this process wrote. Of others Neo4j is
        asked, after the read barrier: see ``KnownFiles``.

        :raises TypeError: for a property that symbols do not have; nothing was written.
        :raises outgraph.writer.EntryTooLarge: for a single symbol, or a unit, that is larger.
        """
        now = self._now()
        rows: list[tuple[str, str, dict[str, Any]]] = []
        for file_path, properties in (_named(each, "file_path") for each in symbols):
            name = properties.pop("symbol_name")
            rows.append((file_path, name, symbol_row(**properties, indexed_at=now)))
        there = self._files_there(org_id, repo, {file_path for file_path, _, _ in rows})
        rows = [row for row in rows if row[0] in there]
        for part in parts(
            rows, lambda row: size_of(refs.symbol(org_id, repo, row[0], row[1]), row[2])
        ):
            self._write_symbols(org_id, repo, part)

    def _write_files(self, org_id: str, repo: str, rows: list[tuple[str, dict[str, Any]]]) -> None:
        def change(graph: GraphChanges) -> None:
            for file_path, row in rows:
                changes.upsert_file(graph, org_id, repo, file_path, row)

        paths = [file_path for file_path, _ in rows]
        told = [made(refs.file(org_id, repo, each)) for each in paths]
        told += [made(refs.folder_of(org_id, repo, each)) for each in paths]
        self._write("code_v1.files", org_id, repo, change, told)
        if current_unit() is None:
            known_files().add(org_id, repo, paths)

    def _write_symbols(
        self, org_id: str, repo: str, rows: list[tuple[str, str, dict[str, Any]]]
    ) -> None:
        def change(graph: GraphChanges) -> None:
            for file_path, name, row in rows:
                changes.upsert_symbol(graph, org_id, repo, file_path, name, row)

        told = [made(refs.symbol(org_id, repo, file_path, name)) for file_path, name, _ in rows]
        self._write("code_v1.symbols", org_id, repo, change, told)


def _named(row: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    properties = dict(row)
    return properties.pop(name), properties
