"""What the dashboard shows of repositories, of all that the store keeps of them."""

from datetime import datetime
from typing import Any

from outgraph_xmem.code_store.community import Community, Pair
from outgraph_xmem.code_store.jobs import Jobs, job_id
from outgraph_xmem.code_store.scans import Scans
from outgraph_xmem.code_store.snapshots import furthest, snapshot_of_job, snapshot_of_scan

_PAIRS_TOGETHER = 100
"""Most that one query names."""


class Catalog(Jobs, Community, Scans):
    def get_catalog_repo_snapshot(self, username: str, org_id: str, repo: str) -> dict[str, Any]:
        """How far a repository is, by the user's own job, else by anybody's that is furthest, else
        by its scan; ``source`` says by which."""
        share = self.get_scanner_index_visibility(org_id, repo)
        own = self.get_scanner_job(job_id(username, org_id, repo))
        if own is not None:
            return snapshot_of_job(own, share, own=True)
        best = furthest(self.list_scanner_jobs_for_org_repo(org_id, repo))
        if best is not None:
            return snapshot_of_job(best, share, own=False)
        return snapshot_of_scan(self.get_last_scan(org_id, repo), share)

    def list_community_catalog_page(
        self,
        username: str,
        q: str = "",
        sort: str = "stars",
        limit: int = 50,
        offset: int = 0,
        max_scan_pool: int = 5_000,
    ) -> tuple[list[dict[str, Any]], int]:
        """A page of the public repositories that a scan or a job has completed, and how many there
        are: ``org``, ``repo``, ``star_count``, ``starred_by_me`` and ``completed_at`` of each.

        :param q: a part of ``org/repo``, in any case of letters.
        :param sort: ``recent``, else by stars.
        :param max_scan_pool: most scans, and most public repositories, that are looked at.
        """
        completed = self._completed(max_scan_pool)
        shared = self.get_scanner_index_visibility_batch(list(completed))
        wanted = (q or "").strip().lower()
        pairs = [pair for pair in completed if shared[pair] and wanted in "/".join(pair).lower()]
        stars = self.get_community_star_counts_batch(pairs)
        mine = self.user_starred_community_repos_batch(username, pairs)
        items: list[dict[str, Any]] = [
            {
                "org": pair[0],
                "repo": pair[1],
                "star_count": stars[pair],
                "starred_by_me": pair in mine,
                "completed_at": completed[pair],
            }
            for pair in pairs
        ]
        items.sort(key=_recent if sort == "recent" else _starred, reverse=True)
        return items[offset : offset + limit], len(items)

    def _completed(self, max_scan_pool: int) -> dict[Pair, datetime | None]:
        """When they were: those of scans, then those that were made public and have a job."""
        scans = self.list_completed_scan_pairs(max_scan_pool)
        completed = _by_pair(scans, "completed_at")
        public = _by_pair(self.list_public_scanner_indexes(max_scan_pool), "updated_at")
        others = [pair for pair in public if pair not in completed]
        for first in range(0, len(others), _PAIRS_TOGETHER):
            some = others[first : first + _PAIRS_TOGETHER]
            done = [{"org": org, "repo": repo, "phase1_status": "complete"} for org, repo in some]
            for job in self.scanner_jobs.find({"$or": done}, {"org": 1, "repo": 1}):
                pair = (job["org"], job["repo"])
                completed.setdefault(pair, public[pair])
        return completed


def _by_pair(documents: list[dict[str, Any]], stamp: str) -> dict[Pair, datetime | None]:
    """The first of each pair."""
    found: dict[Pair, datetime | None] = {}
    for each in documents:
        pair = (each.get("org_id"), each.get("repo"))
        if pair[0] and pair[1]:
            found.setdefault((pair[0], pair[1]), each.get(stamp))
    return found


def _recent(item: dict[str, Any]) -> datetime:
    return item["completed_at"] or datetime.min


def _starred(item: dict[str, Any]) -> tuple[int, str]:
    return item["star_count"], f"{item['org']}/{item['repo']}"
