"""What the indexer and the retrieval ask the graph."""

from typing import Any

from outgraph_xmem.code_store_v1.base import Base, part_of

_FILE = "{org_id: $org_id, repo: $repo, file_path: $file_path}"


class Reads(Base):
    """Each waits first until what this process wrote about the repository is in the graph
    (``consistency``). A read inside a unit of work that has changed the graph is refused
    (``GraphChangesPending``): it could not see that."""

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        """The commit of the scan that was completed last."""
        return self._one(
            "MATCH (s:ScanV1 {org_id: $org_id, repo: $repo, scan_status: 'complete'}) "
            "RETURN s.commit_sha AS found ORDER BY s.finished_at DESC LIMIT 1",
            org_id=org_id,
            repo=repo,
        )

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The content hash that the file was last indexed with; None for a file that was not."""
        return self._one(
            f"MATCH (f:FileV1 {_FILE}) RETURN f.content_hash AS found",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )

    def get_file_content(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The file's text as it was last indexed; None for a file that was not."""
        return self._one(
            f"MATCH (f:FileV1 {_FILE}) RETURN f.raw_content AS found",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )

    def get_symbol_code(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        """The symbol's source as it was last indexed; None for one that was not.

        :param symbol_name: the qualified one.
        """
        return self._one(
            f"MATCH (s:SymbolV1 {_FILE}) WHERE s.qualified_name = $symbol_name "
            "RETURN s.raw_code AS found",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
        )

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        """Content hashes by the qualified names of the file's symbols."""
        found = self._read(
            f"MATCH (s:SymbolV1 {_FILE}) RETURN s.qualified_name AS name, s.content_hash AS hash",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return {each["name"]: each["hash"] for each in found}

    def get_repo_directories(self, org_id: str, repo: str | None = None) -> list[dict[str, Any]]:
        """``dir_path``, ``summary`` and ``file_count`` of each directory, in the order of paths;
        without a repository, of all the organisation's."""
        return self._read(
            "MATCH (d:DirectoryV1 {org_id: $org_id}) WHERE $repo IS NULL OR d.repo = $repo "
            "RETURN d.dir_path AS dir_path, d.summary AS summary, d.file_count AS file_count "
            "ORDER BY d.dir_path",
            "" if repo is None else part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
        )

    def _one(self, query: str, *, org_id: str, repo: str, **parameters: str) -> str | None:
        part = part_of(org_id, repo)
        found = self._read(query, part, org_id=org_id, repo=repo, **parameters)
        value: str | None = found[0]["found"] if found else None
        return value
