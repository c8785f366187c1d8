"""Scans, as nodes beside the repository's."""

from uuid import uuid4

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.labels import SCAN
from outgraph_xmem.code_store_v1.pending import Told
from outgraph_xmem.errors import XmemError
from outgraph_xmem.graph_changes import GraphChanges


class RepositoryMissing(XmemError, LookupError):
    """The repository is not in the graph. Nothing was written."""


class Scans(Base):
    def start_scan(
        self,
        org_id: str,
        repo: str,
        branch: str = "main",
        commit_sha: str = "",
        scan_type: str = "full",
    ) -> str:
        """Makes a scan's node at the repository's, and returns its id.

        Waits first until what this process wrote is in the graph. A repository that was written in
        the same unit of work is there, too.

        :raises RepositoryMissing: when it is not in the graph.
        """
        if not self._is_there(refs.repository(org_id, repo), org_id, repo):
            raise RepositoryMissing(f"{org_id}/{repo} is not in the graph: upsert_repository first")
        scan_id = str(uuid4())
        row = {
            "status": "running",
            "branch": branch,
            "commit_sha": commit_sha,
            "scan_type": scan_type,
            "started_at": self._now(),
        }
        key = frozenset({("scan_id", scan_id), ("org_id", org_id), ("repo", repo)})
        self._write(
            "code_v1.scan_started",
            org_id,
            repo,
            lambda graph: changes.start_scan(graph, org_id, repo, scan_id, row),
            [Told(True, SCAN, key)],
        )
        return scan_id

    def complete_scan(
        self, org_id: str, repo: str, scan_id: str, commit_sha: str = "", **counts: int
    ) -> None:
        """Marks the scan as completed, and the commit as the repository's last one scanned.

        :param counts: kept at the scan's node under their own names, such as ``files=12``.
        """
        now = self._now()
        row = {**counts, "status": "completed", "commit_sha": commit_sha, "completed_at": now}
        last = {"last_commit_sha": commit_sha, "last_scanned_at": now}

        def change(graph: GraphChanges) -> None:
            changes.update(graph, refs.scan(scan_id), row)
            changes.update(graph, refs.repository(org_id, repo), last)

        self._write("code_v1.scan_completed", org_id, repo, change)

    def fail_scan(self, org_id: str, repo: str, scan_id: str, error: str = "") -> None:
        """Marks the scan as failed; the repository's last commit stays as it was."""
        row = {"status": "failed", "error": error, "completed_at": self._now()}
        self._write(
            "code_v1.scan_failed",
            org_id,
            repo,
            lambda graph: changes.update(graph, refs.scan(scan_id), row),
        )
