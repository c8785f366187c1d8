"""What the indexer asks the graph."""

from outgraph_xmem.code_store_v1.base import Base, part_of

_FILE = "{org_id: $org_id, repo: $repo, file_path: $file_path}"


class Reads(Base):
    """Each waits first until what this process wrote about the repository is in the graph
    (``consistency``). A read inside a unit of work that has changed the graph is refused
    (``GraphChangesPending``): it could not see that."""

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        """The commit of the scan that was completed last."""
        return self._one(
            "MATCH (s:ScanV1 {org_id: $org_id, repo: $repo, status: 'completed'}) "
            "RETURN s.commit_sha AS found ORDER BY s.completed_at DESC LIMIT 1",
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

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        """Content hashes by the names of the file's symbols."""
        found = self._read(
            f"MATCH (s:SymbolV1 {_FILE}) "
            "RETURN s.symbol_name AS name, coalesce(s.content_hash, '') AS hash",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return {each["name"]: each["hash"] for each in found}

    def _one(self, query: str, *, org_id: str, repo: str, **parameters: str) -> str | None:
        part = part_of(org_id, repo)
        found = self._read(query, part, org_id=org_id, repo=repo, **parameters)
        value: str | None = found[0]["found"] if found else None
        return value
