"""What the store knows of a repository's scans: one document a repository, the latest scan's."""

from collections.abc import Mapping
from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing


class Scans(Collections):
    @all_or_nothing
    def start_scan(self, org_id: str, repo: str, commit_sha: str) -> None:
        """Marks the repository's scan as running, at ``current_commit_sha``. ``last_commit_sha``
        stays that of the last scan that was completed."""
        whose = {"org_id": org_id, "repo": repo}
        started = {
            "current_commit_sha": commit_sha,
            "status": "running",
            "started_at": now(),
            "error": None,
        }
        self.scan_runs.update_one(whose, {"$set": {**whose, **started}}, upsert=True)

    @all_or_nothing
    def complete_scan(
        self,
        org_id: str,
        repo: str,
        commit_sha: str,
        stats: Mapping[str, Any],
        duration_seconds: float,
    ) -> None:
        """Marks it as completed: the next scan is incremental from ``commit_sha``. Nothing happens
        for a repository whose scan was never started."""
        completed = {
            "last_commit_sha": commit_sha,
            "status": "completed",
            "completed_at": now(),
            "duration_seconds": duration_seconds,
            "stats": stats,
        }
        self._end(org_id, repo, completed)

    @all_or_nothing
    def fail_scan(self, org_id: str, repo: str, error: str) -> None:
        """Marks it as failed; ``last_commit_sha`` stays as it was."""
        self._end(org_id, repo, {"status": "failed", "failed_at": now(), "error": error})

    def get_last_scan(self, org_id: str, repo: str) -> dict[str, Any] | None:
        """The document of the latest scan, whatever became of it."""
        found: dict[str, Any] | None = self.scan_runs.find_one({"org_id": org_id, "repo": repo})
        return found

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        """The commit of the last completed scan."""
        scan = self.get_last_scan(org_id, repo)
        sha: str | None = scan.get("last_commit_sha") if scan else None
        return sha

    def list_completed_scan_pairs(self, max_docs: int = 8_000) -> list[dict[str, Any]]:
        """``org_id``, ``repo`` and ``completed_at`` of the repositories whose latest scan is
        completed, the latest first."""
        found = self.scan_runs.find(
            {"status": "completed"}, {"org_id": 1, "repo": 1, "completed_at": 1}
        )
        return list(found.sort("completed_at", -1).limit(max_docs))

    def _end(self, org_id: str, repo: str, ended: dict[str, Any]) -> None:
        self.scan_runs.update_one({"org_id": org_id, "repo": repo}, {"$set": ended})
