"""Scans, as nodes beside the repository's."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.base import Base
from outgraph_xmem.code_store_v1.labels import SCANNER_VERSION
from outgraph_xmem.code_store_v1.pending import made
from outgraph_xmem.errors import XmemError
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import all_or_nothing


class RepositoryMissing(XmemError, LookupError):
    """The repository is not in the graph. Nothing was written."""


class Scans(Base):
    @all_or_nothing
    def start_scan(self, org_id: str, repo: str, commit_sha: str) -> str:
        """Makes a scan's node at the repository's, and returns its id.

        Waits first until what this process wrote about the repository is in the graph. One that was
        written in the same unit of work is there, too.

        :raises RepositoryMissing: when it is not in the graph.
        """
        repository = refs.repository(org_id, repo)
        if not self._is_there(repository, org_id, repo):
            raise RepositoryMissing(f"{org_id}/{repo} is not in the graph: upsert_repository first")
        scan = refs.scan(org_id, repo, str(uuid4()))
        row = {
            "commit_sha": commit_sha,
            "scan_status": "running",
            "started_at": self._now(),
            "scanner_version": SCANNER_VERSION,
        }

        def change(graph: GraphChanges) -> None:
            changes.start_scan(graph, scan, repository, row)

        self._write("scan_started", [(org_id, repo)], change, [made(scan)])
        return str(dict(scan.key)["scan_id"])

    @all_or_nothing
    def complete_scan(
        self,
        org_id: str,
        repo: str,
        scan_id: str,
        commit_sha: str,
        stats: Mapping[str, Any],
        duration_seconds: float,
    ) -> None:
        """Marks the scan as complete: ``get_last_commit_sha`` is its commit then. The numbers are
        kept as JSON."""
        row = {
            "scan_status": "complete",
            "commit_sha": commit_sha,
            "finished_at": self._now(),
            "duration_seconds": float(duration_seconds),
            "stats": json.dumps(stats or {}),
        }
        self._end(org_id, repo, scan_id, row)

    @all_or_nothing
    def fail_scan(self, org_id: str, repo: str, scan_id: str, error_message: str) -> None:
        """Marks the scan as failed."""
        row = {
            "scan_status": "failed",
            "finished_at": self._now(),
            "error_message": error_message,
        }
        self._end(org_id, repo, scan_id, row)

    def _end(self, org_id: str, repo: str, scan_id: str, row: dict[str, Any]) -> None:
        scan = refs.scan(org_id, repo, scan_id)
        self._write("scan_ended", [(org_id, repo)], lambda graph: changes.update(graph, scan, row))
