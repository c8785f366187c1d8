"""What the dashboard keeps beside the scans: jobs, whose repository it is, who may see it."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.ids import document_id
from outgraph_xmem.code_store.now import now


class Dashboard(Collections):
    def upsert_scanner_job(self, job_id: str, **fields: Any) -> None:
        """Sets the given fields of a job (``status``, ``progress``, ``org_id``, ``repo``,
        ``user_id``, ``error``, …); the others stay."""
        self.scanner_jobs.update_one(
            {"_id": job_id}, _stamped(job_id=job_id, **fields), upsert=True
        )

    def upsert_user_repo_entry(self, user_id: str, org_id: str, repo: str, **fields: Any) -> None:
        """Lists a repository among a user's, and sets the given fields of that entry."""
        whose = {"user_id": user_id, "org_id": org_id, "repo": repo}
        self.user_repos.update_one(whose, _stamped(**fields), upsert=True)

    def set_scanner_index_visibility(
        self, org_id: str, repo: str, visibility: str, **fields: Any
    ) -> None:
        """Says who may see a repository's index, such as ``"private"`` or ``"community"``."""
        named = {"org_id": org_id, "repo": repo, "visibility": visibility}
        self.scanner_indexes.update_one(
            {"_id": document_id(org_id, repo)}, _stamped(**named, **fields), upsert=True
        )

    def set_community_star(self, user_id: str, org_id: str, repo: str, starred: bool = True) -> int:
        """Gives a user's star to a repository, or takes it away; returns how many it has then. They
        are counted, never kept as a number: so no repeat adds one."""
        star = {"_id": document_id(user_id, org_id, repo)}
        if starred:
            given = {"user_id": user_id, "org_id": org_id, "repo": repo}
            self.community_stars.update_one(star, {"$set": given}, upsert=True)
        else:
            self.community_stars.delete_one(star)
        return int(self.community_stars.count_documents({"org_id": org_id, "repo": repo}))

    def delete_repo(self, org_id: str, repo: str) -> int:
        """Deletes a repository's symbols, files, scan, visibility, stars and entries among users'
        repositories; its jobs stay as history. Returns how many documents that were. Several
        statements: inside a unit of work all of them or none."""
        whose = {"org_id": org_id, "repo": repo}
        holders = (
            self.symbols,
            self.files,
            self.scans,
            self.scanner_indexes,
            self.community_stars,
            self.user_repos,
        )
        return sum(int(holder.delete_many(whose).deleted_count) for holder in holders)


def _stamped(**fields: Any) -> dict[str, Any]:
    return {"$set": {**fields, "updated_at": now()}}
