"""§3: source text and the state of scans, in MongoDB alone."""

import hashlib
import time
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from pymongo import MongoClient, UpdateOne

_BULK = 500
_PHASES = ("not_started", "pending", "running", "failed", "complete")
_UNENRICHED = {"summary_source": {"$ne": "llm"}}

Pair = tuple[str, str]


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _id_of(*parts: str) -> str:
    return hashlib.sha256(":".join(parts).encode()).hexdigest()


class CodeStore:
    def __init__(self, uri: str = "mongodb://localhost:27017", database: str = "xmem") -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(uri)
        self._db = self._client[database]
        self.symbols = self._db["raw_symbols"]
        self.files = self._db["raw_files"]
        self.scan_runs = self._db["scan_runs"]
        self.scanner_jobs = self._db["scanner_jobs"]
        self.scanner_user_repos = self._db["scanner_user_repos"]
        self.scanner_index_visibility = self._db["scanner_index_visibility"]
        self.scanner_community_stars = self._db["scanner_community_stars"]
        for holder, names, unique in (
            (self.symbols, "org_id repo file_path symbol_name", True),
            (self.symbols, "org_id repo content_hash", False),
            (self.files, "org_id repo file_path", True),
            (self.scan_runs, "org_id repo", True),
            (self.scanner_jobs, "job_id", True),
            (self.scanner_user_repos, "username github_org repo", True),
            (self.scanner_user_repos, "username", False),
            (self.scanner_index_visibility, "org_id repo", True),
            (self.scanner_community_stars, "username org_id repo", True),
            (self.scanner_community_stars, "org_id repo", False),
        ):
            holder.create_index([(name, 1) for name in names.split()], unique=unique)
        self.scanner_jobs.create_index([("username", 1), ("updated_at", -1)])

    def close(self) -> None:
        self._client.close()

    # Symbols and files

    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        symbol_type: str,
        language: str,
        raw_code: str,
        signature: str = "",
        docstring: str = "",
        summary: str = "",
        summary_source: str = "ast",
        start_line: int = 0,
        end_line: int = 0,
        line_count: int = 0,
        parent_class: str | None = None,
        is_public: bool = True,
        is_entrypoint: bool = False,
        complexity_bucket: str = "medium",
        content_hash: str = "",
        commit_sha: str = "",
    ) -> str:
        given = {name: value for name, value in locals().items() if name != "self"}
        return _put(self.symbols, _id_of(org_id, repo, file_path, symbol_name), given)

    def upsert_symbols_bulk(self, org_id: str, repo: str, symbols: list[dict[str, Any]]) -> int:
        puts = []
        for each in symbols:
            id = _id_of(org_id, repo, each["file_path"], each["symbol_name"])
            fields = {**each, "org_id": org_id, "repo": repo, "indexed_at": _now()}
            puts.append(UpdateOne({"_id": id}, {"$set": fields}, upsert=True))
        total = 0
        while puts:
            done = self.symbols.bulk_write(puts[:_BULK], ordered=False)
            del puts[:_BULK]
            total += done.upserted_count + done.modified_count
        return total

    def upsert_file(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        language: str,
        raw_content: str,
        summary: str = "",
        summary_source: str = "ast",
        total_lines: int = 0,
        content_hash: str = "",
        commit_sha: str = "",
    ) -> str:
        given = {name: value for name, value in locals().items() if name != "self"}
        return _put(self.files, _id_of(org_id, repo, file_path), given)

    def get_symbol_code(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        return _field(self.symbols, _id_of(org_id, repo, file_path, symbol_name), "raw_code")

    def get_symbol_hash(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        return _field(self.symbols, _id_of(org_id, repo, file_path, symbol_name), "content_hash")

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        found = self.symbols.find({"org_id": org_id, "repo": repo, "file_path": file_path})
        return {each["symbol_name"]: each["content_hash"] for each in found}

    def get_file_content(self, org_id: str, repo: str, file_path: str) -> str | None:
        return _field(self.files, _id_of(org_id, repo, file_path), "raw_content")

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        return _field(self.files, _id_of(org_id, repo, file_path), "content_hash")

    def delete_symbols_for_file(self, org_id: str, repo: str, file_path: str) -> int:
        where = {"org_id": org_id, "repo": repo, "file_path": file_path}
        return self.symbols.delete_many(where).deleted_count

    def delete_symbol(self, org_id: str, repo: str, file_path: str, symbol_name: str) -> bool:
        id = _id_of(org_id, repo, file_path, symbol_name)
        return self.symbols.delete_one({"_id": id}).deleted_count > 0

    def delete_file(self, org_id: str, repo: str, file_path: str) -> bool:
        id = _id_of(org_id, repo, file_path)
        return self.files.delete_one({"_id": id}).deleted_count > 0

    # Scans

    def get_last_scan(self, org_id: str, repo: str) -> dict[str, Any] | None:
        return self.scan_runs.find_one({"org_id": org_id, "repo": repo})

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        found = self.get_last_scan(org_id, repo)
        return found.get("last_commit_sha") if found else None

    def start_scan(self, org_id: str, repo: str, commit_sha: str) -> None:
        where = {"org_id": org_id, "repo": repo}
        running = {"status": "running", "started_at": _now(), "error": None}
        fields = {**where, **running, "current_commit_sha": commit_sha}
        self.scan_runs.update_one(where, {"$set": fields}, upsert=True)

    def complete_scan(
        self,
        org_id: str,
        repo: str,
        commit_sha: str,
        stats: dict[str, int],
        duration_seconds: float,
    ) -> None:
        completed = {"last_commit_sha": commit_sha, "completed_at": _now(), "status": "completed"}
        self.scan_runs.update_one(
            {"org_id": org_id, "repo": repo},
            {"$set": {**completed, "stats": stats, "duration_seconds": duration_seconds}},
        )

    def fail_scan(self, org_id: str, repo: str, error: str) -> None:
        self.scan_runs.update_one(
            {"org_id": org_id, "repo": repo},
            {"$set": {"status": "failed", "failed_at": _now(), "error": error}},
        )

    # Enrichment

    def get_unenriched_symbols(
        self, org_id: str, repo: str, limit: int = 100, prioritize_public: bool = True
    ) -> list[dict[str, Any]]:
        order = (
            [("is_entrypoint", -1), ("is_public", -1), ("line_count", -1)]
            if prioritize_public
            else [("indexed_at", 1)]
        )
        where = {"org_id": org_id, "repo": repo, **_UNENRICHED}
        return list(self.symbols.find(where).sort(order).limit(limit))

    def get_unenriched_files(self, org_id: str, repo: str, limit: int = 50) -> list[dict[str, Any]]:
        where = {"org_id": org_id, "repo": repo, **_UNENRICHED}
        return list(self.files.find(where).sort("total_lines", -1).limit(limit))

    def update_symbol_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        return self._summarise(self.symbols, doc_id, summary, summary_source)

    def update_file_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        return self._summarise(self.files, doc_id, summary, summary_source)

    def _summarise(self, collection: Any, id: str, summary: str, source: str) -> bool:
        fields = {"summary": summary, "summary_source": source, "enriched_at": _now()}
        return collection.update_one({"_id": id}, {"$set": fields}).modified_count > 0

    def count_unenriched(self, org_id: str, repo: str) -> dict[str, int]:
        return self._counted({"org_id": org_id, "repo": repo, **_UNENRICHED})

    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        return self._counted({"org_id": org_id, "repo": repo})

    def _counted(self, where: dict[str, Any]) -> dict[str, int]:
        return {
            "symbols": self.symbols.count_documents(where),
            "files": self.files.count_documents(where),
        }

    # The dashboard

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
        fields = {name: value for name, value in locals().items() if name != "self"}
        for name in ("phase1_result", "phase2_result"):
            if fields[name] is None:
                del fields[name]
        fields["updated_at"] = _now()
        self.scanner_jobs.update_one({"job_id": job_id}, {"$set": fields}, upsert=True)

    def get_scanner_job(self, job_id: str) -> dict[str, Any] | None:
        return self.scanner_jobs.find_one({"job_id": job_id})

    def list_scanner_jobs_for_user(self, username: str) -> list[dict[str, Any]]:
        return list(self.scanner_jobs.find({"username": username}).sort("updated_at", -1))

    def list_scanner_jobs_for_org_repo(
        self, org_id: str, repo: str, limit: int = 30
    ) -> list[dict[str, Any]]:
        found = self.scanner_jobs.find({"org": org_id, "repo": repo})
        return list(found.sort("updated_at", -1).limit(limit))

    def user_has_completed_scanner_job(self, username: str, org_id: str, repo: str) -> bool:
        job = self.get_scanner_job(f"{username}:{org_id}:{repo}") if username.strip() else None
        return bool(job and job["phase1_status"] == "complete")

    def upsert_user_repo_entry(
        self,
        username: str,
        github_org: str,
        repo: str,
        branch: str,
        last_seen_commit: str | None = None,
    ) -> None:
        key = {"username": username, "github_org": github_org, "repo": repo}
        fields = {**key, "branch": branch, "updated_at": _now()}
        if last_seen_commit:
            fields["last_seen_commit"] = last_seen_commit
        put = {"$set": fields, "$setOnInsert": {"created_at": _now()}}
        self.scanner_user_repos.update_one(key, put, upsert=True)

    def list_user_repos_for_user(self, username: str) -> list[dict[str, Any]]:
        return list(self.scanner_user_repos.find({"username": username}).sort("updated_at", -1))

    def set_scanner_index_visibility(
        self, org_id: str, repo: str, share_index_publicly: bool, set_by_username: str
    ) -> None:
        where = {"org_id": org_id, "repo": repo}
        said = {"share_index_publicly": share_index_publicly, "updated_at": _now()}
        put = {"$set": {**where, **said, "updated_by_username": set_by_username}}
        self.scanner_index_visibility.update_one(where, put, upsert=True)

    def get_scanner_index_visibility(self, org_id: str, repo: str) -> bool:
        found = self.scanner_index_visibility.find_one({"org_id": org_id, "repo": repo})
        return bool(found["share_index_publicly"]) if found else True

    def get_scanner_index_visibility_batch(self, pairs: list[Pair]) -> dict[Pair, bool]:
        return {pair: self.get_scanner_index_visibility(*pair) for pair in pairs}

    def list_public_scanner_indexes(self, limit: int = 200) -> list[dict[str, Any]]:
        found = self.scanner_index_visibility.find(
            {"share_index_publicly": True}, {"org_id": 1, "repo": 1, "updated_at": 1}
        )
        return list(found.sort("updated_at", -1).limit(limit))

    def set_community_star(self, username: str, org_id: str, repo: str, starred: bool) -> int:
        star = {"username": username, "org_id": org_id, "repo": repo}
        if username.strip() and starred:
            put = {"$set": {**star, "created_at": _now()}}
            self.scanner_community_stars.update_one(star, put, upsert=True)
        elif username.strip():
            self.scanner_community_stars.delete_one(star)
        return self.get_community_star_count(org_id, repo)

    def get_community_star_count(self, org_id: str, repo: str) -> int:
        return self.scanner_community_stars.count_documents({"org_id": org_id, "repo": repo})

    def get_community_star_counts_batch(self, pairs: list[Pair]) -> dict[Pair, int]:
        return {pair: self.get_community_star_count(*pair) for pair in pairs}

    def user_starred_community_repos_batch(self, username: str, pairs: list[Pair]) -> set[Pair]:
        found = self.scanner_community_stars.find({"username": username})
        return {(each["org_id"], each["repo"]) for each in found if username.strip()} & set(pairs)

    def list_completed_scan_pairs(self, max_docs: int = 8000) -> list[dict[str, Any]]:
        found = self.scan_runs.find(
            {"status": "completed"}, {"org_id": 1, "repo": 1, "completed_at": 1}
        )
        return list(found.sort("completed_at", -1).limit(max_docs))

    def get_catalog_repo_snapshot(self, username: str, org_id: str, repo: str) -> dict[str, Any]:
        answer = {
            "status": "ok",
            "share_index_publicly": self.get_scanner_index_visibility(org_id, repo),
        }
        job = own = self.get_scanner_job(f"{username}:{org_id}:{repo}")
        if own is None:
            jobs = self.list_scanner_jobs_for_org_repo(org_id, repo)
            jobs.sort(key=_progress, reverse=True)
            job = jobs[0] if jobs else None
        if job is None:
            return {**answer, **_progress_of_scan(self.get_last_scan(org_id, repo))}
        answer |= {name: job[name] for name in ("phase1_status", "phase2_status", "error")}
        answer["source"] = "user_job" if own else "catalog"
        if own:
            answer["elapsed_seconds"] = round(time.time() - own["started_at"], 1)
        if (job.get("phase1_result") or {}).get("stats"):
            answer["stats"] = job["phase1_result"]["stats"]
        if job.get("phase2_result") is not None:
            answer["phase2_stats"] = job["phase2_result"]
        return answer

    def list_community_catalog_page(
        self,
        username: str,
        q: str = "",
        sort: str = "stars",
        limit: int = 50,
        offset: int = 0,
        max_scan_pool: int = 5000,
    ) -> tuple[list[dict[str, Any]], int]:
        completed = {
            (each["org_id"], each["repo"]): each["completed_at"]
            for each in self.list_completed_scan_pairs(max_scan_pool)
        }
        for each in self.list_public_scanner_indexes(max_scan_pool):
            pair = (each["org_id"], each["repo"])
            done = {"org": pair[0], "repo": pair[1], "phase1_status": "complete"}
            if pair not in completed and self.scanner_jobs.find_one(done):
                completed[pair] = each["updated_at"]
        items = [
            {
                "org": org,
                "repo": repo,
                "star_count": self.get_community_star_count(org, repo),
                "starred_by_me": bool(
                    self.user_starred_community_repos_batch(username, [(org, repo)])
                ),
                "completed_at": at,
            }
            for (org, repo), at in completed.items()
            if self.get_scanner_index_visibility(org, repo)
            and q.strip().lower() in f"{org}/{repo}".lower()
        ]
        if sort == "recent":
            items.sort(key=lambda item: item["completed_at"], reverse=True)
        else:
            items.sort(
                key=lambda item: (item["star_count"], f"{item['org']}/{item['repo']}"), reverse=True
            )
        return items[offset : offset + limit], len(items)

    def delete_repo(self, org_id: str, repo: str) -> dict[str, int]:
        where = {"org_id": org_id, "repo": repo}
        counted = {
            "symbols_deleted": self.symbols.delete_many(where).deleted_count,
            "files_deleted": self.files.delete_many(where).deleted_count,
        }
        for holder in (self.scan_runs, self.scanner_index_visibility, self.scanner_community_stars):
            holder.delete_many(where)
        return counted


def _put(collection: Any, id: str, given: dict[str, Any]) -> str:
    fields = {"$set": {**given, "indexed_at": _now()}}
    collection.update_one({"_id": id}, fields, upsert=True)
    return id


def _field(collection: Any, id: str, name: str) -> Any:
    found = collection.find_one({"_id": id})
    return found[name] if found else None


def _progress(job: dict[str, Any]) -> tuple[int, int, datetime]:
    ranks = [_PHASES.index(job[name]) for name in ("phase1_status", "phase2_status")]
    return ranks[0], ranks[1], job["updated_at"]


def _progress_of_scan(scan: dict[str, Any] | None) -> dict[str, Any]:
    completed = scan is not None and scan["status"] == "completed"
    phase = "complete" if completed else "not_started"
    answer = {"phase1_status": phase, "phase2_status": phase}
    if completed and scan["stats"]:
        answer["stats"] = scan["stats"]
    return {**answer, "source": "scan_runs" if completed else "none"}


def collections_of(store: CodeStore) -> Iterable[Any]:
    """Every collection of a store, of this one or of one that takes its place."""
    return (
        store.symbols,
        store.files,
        store.scan_runs,
        store.scanner_jobs,
        store.scanner_user_repos,
        store.scanner_index_visibility,
        store.scanner_community_stars,
    )
