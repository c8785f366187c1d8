"""What the store knows of a repository's scans: one document a repository, the latest scan's."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.now import now


class Scans(Collections):
    def start_scan(
        self,
        org_id: str,
        repo: str,
        branch: str = "main",
        commit_sha: str = "",
        scan_type: str = "full",
    ) -> None:
        """Marks the repository's scan as running. ``last_commit_sha`` stays that of the last scan
        which was completed."""
        started = {
            "status": "running",
            "branch": branch,
            "commit_sha": commit_sha,
            "scan_type": scan_type,
            "started_at": now(),
            "completed_at": None,
            "error": None,
        }
        self.scans.update_one({"org_id": org_id, "repo": repo}, {"$set": started}, upsert=True)

    def complete_scan(
        self, org_id: str, repo: str, commit_sha: str, stats: dict[str, Any] | None = None
    ) -> None:
        """Marks it as completed: the next scan is incremental from ``commit_sha``. Nothing happens
        for a repository whose scan was never started."""
        completed = {
            "status": "completed",
            "last_commit_sha": commit_sha,
            "stats": stats or {},
            "completed_at": now(),
            "error": None,
        }
        self.scans.update_one({"org_id": org_id, "repo": repo}, {"$set": completed})

    def fail_scan(self, org_id: str, repo: str, error: str = "") -> None:
        """Marks it as failed; ``last_commit_sha`` stays as it was."""
        failed = {"status": "failed", "error": error, "completed_at": now()}
        self.scans.update_one({"org_id": org_id, "repo": repo}, {"$set": failed})

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        """The commit of the last completed scan."""
        scan = self.scans.find_one({"org_id": org_id, "repo": repo}, {"last_commit_sha": 1})
        return scan.get("last_commit_sha") if scan else None
