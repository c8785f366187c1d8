"""What the dashboard keeps beside the scans: jobs, whose repository it is, who may see it."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.enriching import UNENRICHED
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing


class Dashboard(Collections):
    @all_or_nothing
    def upsert_scanner_job(
        self,
        job_id: str,
        username: str,
        org: str,
        repo: str,
        branch: str,
        url: str,
        phase1_status: str,
        phase2_status: str,
        started_at: float,
        error: str | None = None,
        phase1_result: dict[str, Any] | None = None,
        phase2_result: dict[str, Any] | None = None,
    ) -> None:
        """Sets a job's document; a phase without a result keeps the one that it had."""
        fields = {
            "job_id": job_id,
            "username": username,
            "org": org,
            "repo": repo,
            "branch": branch,
            "url": url,
            "phase1_status": phase1_status,
            "phase2_status": phase2_status,
            "started_at": started_at,
            "error": error,
            "updated_at": now(),
        }
        results = {"phase1_result": phase1_result, "phase2_result": phase2_result}
        fields |= {name: result for name, result in results.items() if result is not None}
        self.scanner_jobs.update_one({"job_id": job_id}, {"$set": fields}, upsert=True)

    @all_or_nothing
    def upsert_user_repo_entry(
        self,
        username: str,
        github_org: str,
        repo: str,
        branch: str,
        last_seen_commit: str | None = None,
    ) -> None:
        """Lists a repository among a user's; without a commit the one that it had stays."""
        key = {"username": username, "github_org": github_org, "repo": repo}
        stamp = now()
        fields: dict[str, Any] = {**key, "branch": branch, "updated_at": stamp}
        if last_seen_commit:
            fields["last_seen_commit"] = last_seen_commit
        changes = {"$set": fields, "$setOnInsert": {"created_at": stamp}}
        self.scanner_user_repos.update_one(key, changes, upsert=True)

    @all_or_nothing
    def set_scanner_index_visibility(
        self, org_id: str, repo: str, share_index_publicly: bool, set_by_username: str
    ) -> None:
        """Says whether everybody may see a repository's index."""
        key = {"org_id": org_id, "repo": repo}
        fields = {
            **key,
            "share_index_publicly": share_index_publicly,
            "updated_by_username": set_by_username,
            "updated_at": now(),
        }
        self.scanner_index_visibility.update_one(key, {"$set": fields}, upsert=True)

    def get_scanner_index_visibility(self, org_id: str, repo: str) -> bool:
        """Whether everybody may see it; yes, unless somebody said otherwise."""
        found = self.scanner_index_visibility.find_one({"org_id": org_id, "repo": repo})
        return True if found is None else bool(found.get("share_index_publicly", True))

    @all_or_nothing
    def set_community_star(self, username: str, org_id: str, repo: str, starred: bool) -> int:
        """Gives a user's star to a repository, or takes it away; for a blank name neither. Returns
        how many stars it has then."""
        star = {"username": username, "org_id": org_id, "repo": repo}
        if username and username.strip():
            if starred:
                given = {**star, "created_at": now()}
                self.scanner_community_stars.update_one(star, {"$set": given}, upsert=True)
            else:
                self.scanner_community_stars.delete_one(star)
        whose = {"org_id": org_id, "repo": repo}
        return int(self.scanner_community_stars.count_documents(whose))

    def count_unenriched(self, org_id: str, repo: str) -> dict[str, int]:
        """How many ``symbols`` and ``files`` have no model's summary."""
        return self._counted(org_id, repo, UNENRICHED)

    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        """How many ``symbols`` and ``files`` there are."""
        return self._counted(org_id, repo, {})

    @all_or_nothing
    def delete_repo(self, org_id: str, repo: str) -> dict[str, int]:
        """Deletes a repository's symbols, files, scan, visibility and stars; its jobs and users'
        entries stay. Returns ``symbols_deleted`` and ``files_deleted``. Several statements: inside
        a unit of work all of them or none."""
        whose = {"org_id": org_id, "repo": repo}
        symbols = self.symbols.delete_many(whose).deleted_count
        files = self.files.delete_many(whose).deleted_count
        self.scan_runs.delete_one(whose)
        self.scanner_index_visibility.delete_one(whose)
        self.scanner_community_stars.delete_many(whose)
        return {"symbols_deleted": int(symbols), "files_deleted": int(files)}

    def _counted(self, org_id: str, repo: str, more: dict[str, Any]) -> dict[str, int]:
        wanted = {"org_id": org_id, "repo": repo, **more}
        return {
            "symbols": int(self.symbols.count_documents(wanted)),
            "files": int(self.files.count_documents(wanted)),
        }
