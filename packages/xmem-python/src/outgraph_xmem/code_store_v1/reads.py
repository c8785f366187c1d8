"""What the indexer asks the graph."""

from outgraph_xmem.code_store_v1.base import Base, part_of


class Reads(Base):
    """Each waits first until what this process wrote about the repository is in the graph
    (``consistency``). A read inside a unit of work that has changed the graph is refused
    (``GraphChangesPending``): it could not see that."""

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        """The commit of the last completed scan."""
        found = self._read(
            "MATCH (r:RepositoryV1 {org_id: $org_id, repo: $repo}) RETURN r.last_commit_sha AS sha",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
        )
        return found[0]["sha"] if found else None

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The content hash that the file was last indexed with; None for a file that was not."""
        found = self._read(
            "MATCH (f:FileV1 {org_id: $org_id, repo: $repo, file_path: $file_path}) "
            "RETURN f.content_hash AS hash",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return found[0]["hash"] if found else None

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        """Content hashes by the names of the file's symbols."""
        found = self._read(
            "MATCH (s:SymbolV1 {org_id: $org_id, repo: $repo, file_path: $file_path}) "
            "RETURN s.symbol_name AS name, coalesce(s.content_hash, '') AS hash",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return {each["name"]: each["hash"] for each in found}
