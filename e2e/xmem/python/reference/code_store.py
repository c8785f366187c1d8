"""§3: source text and the state of scans, in MongoDB alone."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from pymongo import MongoClient, UpdateOne

_UNENRICHED = {"summary_source": {"$ne": "llm"}}


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
        self._ensure_indexes()

    def _ensure_indexes(self) -> None:
        file = [("org_id", 1), ("repo", 1), ("file_path", 1)]
        repo = [("org_id", 1), ("repo", 1)]
        self.symbols.create_index([*file, ("symbol_name", 1)], unique=True)
        self.symbols.create_index([*repo, ("content_hash", 1)])
        self.files.create_index(file, unique=True)
        self.scan_runs.create_index(repo, unique=True)
        self.scanner_jobs.create_index([("job_id", 1)], unique=True)
        self.scanner_jobs.create_index([("username", 1), ("updated_at", -1)])
        self.scanner_user_repos.create_index(
            [("username", 1), ("github_org", 1), ("repo", 1)], unique=True
        )
        self.scanner_user_repos.create_index([("username", 1)])
        self.scanner_index_visibility.create_index(repo, unique=True)
        self.scanner_community_stars.create_index([("username", 1), *repo], unique=True)
        self.scanner_community_stars.create_index(repo)

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
        fields = {name: value for name, value in locals().items() if name != "self"}
        return self._put(self.symbols, _id_of(org_id, repo, file_path, symbol_name), fields)

    def upsert_symbols_bulk(self, org_id: str, repo: str, symbols: list[dict[str, Any]]) -> int:
        if not symbols:
            return 0
        named = {"org_id": org_id, "repo": repo}
        puts = [
            UpdateOne(
                {"_id": _id_of(org_id, repo, each["file_path"], each["symbol_name"])},
                {"$set": {**each, **named, "indexed_at": _now()}},
                upsert=True,
            )
            for each in symbols
        ]
        done = self.symbols.bulk_write(puts, ordered=False)
        return done.upserted_count + done.modified_count

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
        fields = {name: value for name, value in locals().items() if name != "self"}
        return self._put(self.files, _id_of(org_id, repo, file_path), fields)

    def _put(self, collection: Any, id: str, fields: dict[str, Any]) -> str:
        collection.update_one({"_id": id}, {"$set": {**fields, "indexed_at": _now()}}, upsert=True)
        return id

    def get_symbol_code(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        found = self.symbols.find_one({"_id": _id_of(org_id, repo, file_path, symbol_name)})
        return found["raw_code"] if found else None

    def get_symbol_hash(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        found = self.symbols.find_one({"_id": _id_of(org_id, repo, file_path, symbol_name)})
        return found["content_hash"] if found else None

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        found = self.symbols.find(
            {"org_id": org_id, "repo": repo, "file_path": file_path},
            {"symbol_name": 1, "content_hash": 1},
        )
        return {each["symbol_name"]: each["content_hash"] for each in found}

    def get_file_content(self, org_id: str, repo: str, file_path: str) -> str | None:
        found = self.files.find_one({"_id": _id_of(org_id, repo, file_path)})
        return found["raw_content"] if found else None

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        found = self.files.find_one({"_id": _id_of(org_id, repo, file_path)}, {"content_hash": 1})
        return found["content_hash"] if found else None

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
        self.scan_runs.update_one(
            {"org_id": org_id, "repo": repo},
            {
                "$set": {
                    "org_id": org_id,
                    "repo": repo,
                    "current_commit_sha": commit_sha,
                    "status": "running",
                    "started_at": _now(),
                    "error": None,
                }
            },
            upsert=True,
        )

    def complete_scan(
        self,
        org_id: str,
        repo: str,
        commit_sha: str,
        stats: dict[str, int],
        duration_seconds: float,
    ) -> None:
        self.scan_runs.update_one(
            {"org_id": org_id, "repo": repo},
            {
                "$set": {
                    "last_commit_sha": commit_sha,
                    "status": "completed",
                    "completed_at": _now(),
                    "duration_seconds": duration_seconds,
                    "stats": stats,
                }
            },
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
        where = {"org_id": org_id, "repo": repo, **_UNENRICHED}
        return {
            "symbols": self.symbols.count_documents(where),
            "files": self.files.count_documents(where),
        }

    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        where = {"org_id": org_id, "repo": repo}
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
        optional = ("phase1_result", "phase2_result")
        fields = {
            name: value
            for name, value in locals().items()
            if name not in ("self", "optional") and not (name in optional and value is None)
        }
        self.scanner_jobs.update_one(
            {"job_id": job_id}, {"$set": {**fields, "updated_at": _now()}}, upsert=True
        )

    def upsert_user_repo_entry(
        self,
        username: str,
        github_org: str,
        repo: str,
        branch: str,
        last_seen_commit: str | None = None,
    ) -> None:
        key = {"username": username, "github_org": github_org, "repo": repo}
        fields: dict[str, Any] = {**key, "branch": branch, "updated_at": _now()}
        if last_seen_commit:
            fields["last_seen_commit"] = last_seen_commit
        self.scanner_user_repos.update_one(
            key, {"$set": fields, "$setOnInsert": {"created_at": _now()}}, upsert=True
        )

    def set_scanner_index_visibility(
        self, org_id: str, repo: str, share_index_publicly: bool, set_by_username: str
    ) -> None:
        key = {"org_id": org_id, "repo": repo}
        fields = {
            **key,
            "share_index_publicly": share_index_publicly,
            "updated_at": _now(),
            "updated_by_username": set_by_username,
        }
        self.scanner_index_visibility.update_one(key, {"$set": fields}, upsert=True)

    def get_scanner_index_visibility(self, org_id: str, repo: str) -> bool:
        found = self.scanner_index_visibility.find_one({"org_id": org_id, "repo": repo})
        return True if found is None else bool(found.get("share_index_publicly", True))

    def set_community_star(self, username: str, org_id: str, repo: str, starred: bool) -> int:
        if username and username.strip():
            star = {"username": username, "org_id": org_id, "repo": repo}
            if starred:
                self.scanner_community_stars.update_one(
                    star, {"$set": {**star, "created_at": _now()}}, upsert=True
                )
            else:
                self.scanner_community_stars.delete_one(star)
        return self.scanner_community_stars.count_documents({"org_id": org_id, "repo": repo})

    def delete_repo(self, org_id: str, repo: str) -> dict[str, int]:
        where = {"org_id": org_id, "repo": repo}
        symbols = self.symbols.delete_many(where).deleted_count
        files = self.files.delete_many(where).deleted_count
        self.scan_runs.delete_one(where)
        self.scanner_index_visibility.delete_one(where)
        self.scanner_community_stars.delete_many(where)
        return {"symbols_deleted": symbols, "files_deleted": files}


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
