"""What the dashboard keeps beside the scans: jobs, whose repository it is, who may see it."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing


class Dashboard(Collections):
    """Each sets the fields that are given, by any name; the others stay."""

    @all_or_nothing
    def upsert_scanner_job(self, job_id: str, **fields: Any) -> None:
        """Sets fields of a job, such as ``status`` and ``error``."""
        self._set(self.scanner_jobs, {"job_id": job_id}, fields)

    @all_or_nothing
    def upsert_user_repo_entry(self, user_id: str, org_id: str, repo: str, **fields: Any) -> None:
        """Lists a repository among a user's."""
        self._set(self.user_repos, {"user_id": user_id, "org_id": org_id, "repo": repo}, fields)

    @all_or_nothing
    def set_scanner_index_visibility(
        self, org_id: str, repo: str, visibility: Any, **fields: Any
    ) -> None:
        """Says who may see a repository's index, such as ``"private"`` or True."""
        whose = {"org_id": org_id, "repo": repo}
        self._set(self.scanner_indexes, whose, {**fields, "visibility": visibility})

    @all_or_nothing
    def set_community_star(self, user_id: str, org_id: str, repo: str, starred: bool = True) -> int:
        """Gives a user's star to a repository, or takes it away. Returns how many it has then: they
        are counted, never kept as a number, so no repeat adds one."""
        whose = {"org_id": org_id, "repo": repo}
        star = {"user_id": user_id, **whose}
        if starred:
            self._set(self.community_stars, star, {})
        else:
            self.community_stars.delete_one(star)
        return int(self.community_stars.count_documents(whose))

    @all_or_nothing
    def delete_repo(self, org_id: str, repo: str) -> int:
        """Deletes a repository's symbols, files, scan, visibility, stars and entries among users'
        repositories; its jobs stay as history. Returns how many documents that were. Several
        statements: inside a unit of work all of them or none."""
        whose = {"org_id": org_id, "repo": repo}
        holders = (
            *(self.symbols, self.files, self.scan_runs),
            *(self.scanner_indexes, self.community_stars, self.user_repos),
        )
        return sum(int(holder.delete_many(whose).deleted_count) for holder in holders)

    def _set(self, collection: Any, key: dict[str, str], fields: dict[str, Any]) -> None:
        changes = {"$set": {**fields, **key, "updated_at": now()}}
        collection.update_one(key, changes, upsert=True)
