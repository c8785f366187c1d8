"""What the store knows of a repository's scans: one document a repository, the latest scan's."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing


class Scans(Collections):
    """Each keeps whatever more it is given, by its name."""

    @all_or_nothing
    def start_scan(self, org_id: str, repo: str, commit_sha: str = "", **fields: Any) -> None:
        """Marks the repository's scan as running. ``last_commit_sha`` stays that of the last scan
        that was completed."""
        started = {"status": "running", "commit_sha": commit_sha, "started_at": now()}
        whose = {"org_id": org_id, "repo": repo}
        changes = {"$set": {**fields, **started, **whose}, "$unset": {"error": ""}}
        self.scan_runs.update_one(whose, changes, upsert=True)

    @all_or_nothing
    def complete_scan(self, org_id: str, repo: str, commit_sha: str = "", **fields: Any) -> None:
        """Marks it as completed: the next scan is incremental from ``commit_sha``. Nothing happens
        for a repository whose scan was never started."""
        completed = {"status": "completed", "last_commit_sha": commit_sha, "completed_at": now()}
        self._end(org_id, repo, {**fields, **completed})

    @all_or_nothing
    def fail_scan(self, org_id: str, repo: str, error: str = "", **fields: Any) -> None:
        """Marks it as failed; ``last_commit_sha`` stays as it was."""
        self._end(org_id, repo, {**fields, "status": "failed", "error": error, "failed_at": now()})

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        """The commit of the last completed scan."""
        scan = self.scan_runs.find_one({"org_id": org_id, "repo": repo}, {"last_commit_sha": 1})
        sha: str | None = scan.get("last_commit_sha") if scan else None
        return sha

    def _end(self, org_id: str, repo: str, ended: dict[str, Any]) -> None:
        self.scan_runs.update_one({"org_id": org_id, "repo": repo}, {"$set": ended})
