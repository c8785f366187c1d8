"""How far a repository is, as the dashboard shows it."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

_PHASES = ("not_started", "pending", "running", "failed", "complete")
"""In the order in which a phase goes through them; an unknown one counts as the first."""

Document = Mapping[str, Any]


def furthest(jobs: Sequence[Document]) -> Document | None:
    """The job that is furthest: by phase 1, then phase 2, then time."""
    return max(jobs, key=_how_far, default=None)


def snapshot_of_job(job: Document, share: bool, *, own: bool) -> dict[str, Any]:
    """:param own: whether it is the user's own, of which the time since its start is told, too."""
    shown = {
        "status": "ok",
        "source": "user_job" if own else "catalog",
        "phase1_status": job.get("phase1_status", "not_started"),
        "phase2_status": job.get("phase2_status", "not_started"),
        "error": job.get("error"),
        "share_index_publicly": share,
    }
    if own:
        present = time.time()
        shown["elapsed_seconds"] = round(present - float(job.get("started_at", present)), 1)
    first, second = job.get("phase1_result"), job.get("phase2_result")
    if isinstance(first, dict) and first.get("stats"):
        shown["stats"] = first["stats"]
    if isinstance(second, dict):
        shown["phase2_stats"] = second
    return shown


def snapshot_of_scan(scan: Document | None, share: bool) -> dict[str, Any]:
    completed = scan is not None and scan.get("status") == "completed"
    phase = "complete" if completed else "not_started"
    shown: dict[str, Any] = {
        "status": "ok",
        "source": "scan_runs" if completed else "none",
        "phase1_status": phase,
        "phase2_status": phase,
        "share_index_publicly": share,
    }
    stats = scan.get("stats") if completed and scan is not None else None
    if isinstance(stats, dict) and stats:
        shown["stats"] = stats
    return shown


def _how_far(job: Document) -> tuple[int, int, datetime]:
    at = job.get("updated_at") or datetime.min
    return _rank(job.get("phase1_status")), _rank(job.get("phase2_status")), at


def _rank(status: Any) -> int:
    phase = str(status or "").lower()
    return _PHASES.index(phase) if phase in _PHASES else 0
