"""The dashboard's jobs, and whose repositories it lists."""

from collections.abc import Mapping
from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing


class Jobs(Collections):
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
        phase1_result: Mapping[str, Any] | None = None,
        phase2_result: Mapping[str, Any] | None = None,
    ) -> None:
        """Sets all of a job, ``error`` included; a result of None leaves the one that is there."""
        results = {"phase1_result": phase1_result, "phase2_result": phase2_result}
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
            "updated_at": now(),
            "error": error,
            **{name: result for name, result in results.items() if result is not None},
        }
        self.scanner_jobs.update_one({"job_id": job_id}, {"$set": fields}, upsert=True)

    def get_scanner_job(self, job_id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.scanner_jobs.find_one({"job_id": job_id})
        return found

    def list_scanner_jobs_for_user(self, username: str) -> list[dict[str, Any]]:
        """The latest first."""
        return list(self.scanner_jobs.find({"username": username}).sort("updated_at", -1))

    def list_scanner_jobs_for_org_repo(
        self, org_id: str, repo: str, limit: int = 30
    ) -> list[dict[str, Any]]:
        """Of all users, the latest first."""
        found = self.scanner_jobs.find({"org": org_id, "repo": repo})
        return list(found.sort("updated_at", -1).limit(limit))

    def user_has_completed_scanner_job(self, username: str, org_id: str, repo: str) -> bool:
        """Whether phase 1 of the user's job ``username:org_id:repo`` is complete."""
        if not (username and username.strip()):
            return False
        job = self.get_scanner_job(job_id(username, org_id, repo))
        return job is not None and job.get("phase1_status") == "complete"

    @all_or_nothing
    def upsert_user_repo_entry(
        self,
        username: str,
        github_org: str,
        repo: str,
        branch: str,
        last_seen_commit: str | None = None,
    ) -> None:
        """Lists a repository among a user's; without a commit, the last one seen stays."""
        key = {"username": username, "github_org": github_org, "repo": repo}
        present = now()
        fields = {**key, "branch": branch, "updated_at": present}
        if last_seen_commit:
            fields["last_seen_commit"] = last_seen_commit
        changes = {"$set": fields, "$setOnInsert": {"created_at": present}}
        self.scanner_user_repos.update_one(key, changes, upsert=True)

    def list_user_repos_for_user(self, username: str) -> list[dict[str, Any]]:
        """The latest first."""
        return list(self.scanner_user_repos.find({"username": username}).sort("updated_at", -1))


def job_id(username: str, org_id: str, repo: str) -> str:
    """The id that the dashboard gives a user's job for a repository."""
    return f"{username}:{org_id}:{repo}"
