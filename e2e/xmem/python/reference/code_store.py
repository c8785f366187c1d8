"""§3: source text and the state of scans, in MongoDB alone. What the surface does not name passes
through: documents keep the fields that callers give them."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from pymongo import MongoClient, UpdateOne

_UNENRICHED = {"summary_source": {"$ne": "llm"}}


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _id_of(*parts: str) -> str:
    return hashlib.sha256(":".join(parts).encode()).hexdigest()


class CodeStore:
    def __init__(self, uri: str, database: str) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(uri)
        self._db = self._client[database]
        self.symbols = self._db["raw_symbols"]
        self.files = self._db["raw_files"]
        self.scan_runs = self._db["scan_runs"]
        self.scanner_jobs = self._db["scanner_jobs"]
        self.user_repos = self._db["user_repos"]
        self.scanner_indexes = self._db["scanner_indexes"]
        self.community_stars = self._db["community_stars"]
        self.scan_runs.create_index([("org_id", 1), ("repo", 1)], unique=True)

    def close(self) -> None:
        self._client.close()

    # Symbols and files

    def upsert_symbol(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, **fields: Any
    ) -> str:
        named = _named(org_id, repo, file_path, symbol_name)
        id = _id_of(*named.values())
        self.symbols.update_one({"_id": id}, _put(named, fields), upsert=True)
        return id

    def upsert_symbols_bulk(self, org_id: str, repo: str, symbols: list[dict[str, Any]]) -> int:
        if not symbols:
            return 0
        puts = []
        for each in symbols:
            named = _named(org_id, repo, each["file_path"], each["symbol_name"])
            id = _id_of(*named.values())
            puts.append(UpdateOne({"_id": id}, _put(named, each), upsert=True))
        done = self.symbols.bulk_write(puts, ordered=False)
        return done.upserted_count + done.modified_count

    def upsert_file(self, org_id: str, repo: str, file_path: str, **fields: Any) -> str:
        named = {"org_id": org_id, "repo": repo, "file_path": file_path}
        id = _id_of(*named.values())
        self.files.update_one({"_id": id}, _put(named, fields), upsert=True)
        return id

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        found = self.symbols.find(
            {"org_id": org_id, "repo": repo, "file_path": file_path},
            {"symbol_name": 1, "content_hash": 1},
        )
        return {each["symbol_name"]: each.get("content_hash", "") for each in found}

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        found = self.files.find_one({"_id": _id_of(org_id, repo, file_path)}, {"content_hash": 1})
        return found.get("content_hash") if found else None

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

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        found = self.scan_runs.find_one({"org_id": org_id, "repo": repo})
        return found.get("last_commit_sha") if found else None

    def start_scan(self, org_id: str, repo: str, commit_sha: str = "", **fields: Any) -> None:
        running = {"commit_sha": commit_sha, "status": "running", "started_at": _now()}
        where = {"org_id": org_id, "repo": repo}
        self.scan_runs.update_one(
            where, {"$set": {**fields, **where, **running}, "$unset": {"error": ""}}, upsert=True
        )

    def complete_scan(self, org_id: str, repo: str, commit_sha: str = "", **fields: Any) -> None:
        completed = {"last_commit_sha": commit_sha, "completed_at": _now()}
        self.scan_runs.update_one(
            {"org_id": org_id, "repo": repo},
            {"$set": {**fields, **completed, "status": "completed"}},
        )

    def fail_scan(self, org_id: str, repo: str, error: str = "", **fields: Any) -> None:
        self.scan_runs.update_one(
            {"org_id": org_id, "repo": repo},
            {"$set": {**fields, "status": "failed", "failed_at": _now(), "error": error}},
        )

    # Enrichment

    def get_unenriched_symbols(
        self, org_id: str, repo: str, limit: int = 50
    ) -> list[dict[str, Any]]:
        where = {"org_id": org_id, "repo": repo, **_UNENRICHED}
        order = [("file_path", 1), ("symbol_name", 1)]
        return list(self.symbols.find(where).sort(order).limit(limit))

    def get_unenriched_files(self, org_id: str, repo: str, limit: int = 50) -> list[dict[str, Any]]:
        where = {"org_id": org_id, "repo": repo, **_UNENRICHED}
        return list(self.files.find(where).sort("file_path", 1).limit(limit))

    def update_symbol_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        return self._summarise(self.symbols, doc_id, summary, summary_source)

    def update_file_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        return self._summarise(self.files, doc_id, summary, summary_source)

    def _summarise(self, collection: Any, id: str, summary: str, source: str) -> bool:
        fields = {"summary": summary, "summary_source": source, "enriched_at": _now()}
        return collection.update_one({"_id": id}, {"$set": fields}).modified_count > 0

    def count_unenriched(self, org_id: str, repo: str) -> int:
        return self.symbols.count_documents({"org_id": org_id, "repo": repo, **_UNENRICHED})

    # The dashboard

    def upsert_scanner_job(self, job_id: str, **fields: Any) -> None:
        self._set(self.scanner_jobs, {"job_id": job_id}, fields)

    def upsert_user_repo_entry(self, user_id: str, org_id: str, repo: str, **fields: Any) -> None:
        self._set(self.user_repos, {"user_id": user_id, "org_id": org_id, "repo": repo}, fields)

    def set_scanner_index_visibility(
        self, org_id: str, repo: str, visibility: Any, **fields: Any
    ) -> None:
        where = {"org_id": org_id, "repo": repo}
        self._set(self.scanner_indexes, where, {**fields, "visibility": visibility})

    def set_community_star(self, user_id: str, org_id: str, repo: str, starred: bool = True) -> int:
        star = {"user_id": user_id, "org_id": org_id, "repo": repo}
        if starred:
            self._set(self.community_stars, star, {})
        else:
            self.community_stars.delete_one(star)
        return self.community_stars.count_documents({"org_id": org_id, "repo": repo})

    def delete_repo(self, org_id: str, repo: str) -> int:
        where = {"org_id": org_id, "repo": repo}
        return sum(
            collection.delete_many(where).deleted_count
            for collection in collections_of(self)
            if collection.name != "scanner_jobs"
        )

    def _set(self, collection: Any, key: dict[str, str], fields: dict[str, Any]) -> None:
        put = {"$set": {**fields, **key, "updated_at": _now()}}
        collection.update_one(key, put, upsert=True)


def _named(org_id: str, repo: str, file_path: str, symbol_name: str) -> dict[str, str]:
    return {"org_id": org_id, "repo": repo, "file_path": file_path, "symbol_name": symbol_name}


def _put(named: dict[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is written anew has no model's summary yet, unless the caller says so."""
    return {"$set": {"summary_source": "", **fields, **named, "indexed_at": _now()}}


def collections_of(store: CodeStore) -> Iterable[Any]:
    """Every collection of a store, of this one or of one that takes its place."""
    return (
        store.symbols,
        store.files,
        store.scan_runs,
        store.scanner_jobs,
        store.user_repos,
        store.scanner_indexes,
        store.community_stars,
    )
