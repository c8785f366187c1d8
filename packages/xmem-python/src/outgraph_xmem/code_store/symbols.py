"""Symbols of the scanned files."""

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import UpdateOne

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.enriching import UNENRICHED, summarise
from outgraph_xmem.code_store.ids import symbol_id
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing

_MOST_WANTED = [("is_entrypoint", -1), ("is_public", -1), ("line_count", -1)]
_OLDEST = [("indexed_at", 1)]


class Symbols(Collections):
    @all_or_nothing
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
        """Sets the symbol's document, defaults included; by default it is one to enrich again.

        :param content_hash: of the symbol's source, by which a scan sees whether it changed; what
            the graph's ``upsert_symbol`` calls ``signature_hash``.
        :returns: the document's id, the SHA-256 of ``org_id:repo:file_path:symbol_name``.
        """
        id = symbol_id(org_id, repo, file_path, symbol_name)
        fields = {
            "org_id": org_id,
            "repo": repo,
            "file_path": file_path,
            "symbol_name": symbol_name,
            "symbol_type": symbol_type,
            "language": language,
            "raw_code": raw_code,
            "signature": signature,
            "docstring": docstring,
            "summary": summary,
            "summary_source": summary_source,
            "start_line": start_line,
            "end_line": end_line,
            "line_count": line_count,
            "parent_class": parent_class,
            "is_public": is_public,
            "is_entrypoint": is_entrypoint,
            "complexity_bucket": complexity_bucket,
            "content_hash": content_hash,
            "commit_sha": commit_sha,
            "indexed_at": now(),
        }
        self.symbols.update_one({"_id": id}, {"$set": fields}, upsert=True)
        return id

    @all_or_nothing
    def upsert_symbols_bulk(
        self, org_id: str, repo: str, symbols: Iterable[Mapping[str, Any]]
    ) -> int:
        """Sets many documents in one call, each from a mapping with at least ``file_path`` and
        ``symbol_name``; only the fields that are given. Returns how many were made or changed."""
        whose = {"org_id": org_id, "repo": repo, "indexed_at": now()}
        updates = [
            UpdateOne(
                {"_id": symbol_id(org_id, repo, each["file_path"], each["symbol_name"])},
                {"$set": {**each, **whose}},
                upsert=True,
            )
            for each in symbols
        ]
        if not updates:
            return 0
        done = self.symbols.bulk_write(updates, ordered=False)
        return int(done.upserted_count + done.modified_count)

    def get_symbol_code(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        return self._field_of_symbol(org_id, repo, file_path, symbol_name, "raw_code")

    def get_symbol_hash(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        return self._field_of_symbol(org_id, repo, file_path, symbol_name, "content_hash")

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        """Content hashes by the names of the file's symbols."""
        found = self.symbols.find(
            {"org_id": org_id, "repo": repo, "file_path": file_path},
            {"symbol_name": 1, "content_hash": 1},
        )
        return {each["symbol_name"]: each.get("content_hash", "") for each in found}

    @all_or_nothing
    def delete_symbol(self, org_id: str, repo: str, file_path: str, symbol_name: str) -> bool:
        """True when there was one."""
        deleted = self.symbols.delete_one({"_id": symbol_id(org_id, repo, file_path, symbol_name)})
        return bool(deleted.deleted_count)

    @all_or_nothing
    def delete_symbols_for_file(self, org_id: str, repo: str, file_path: str) -> int:
        """How many there were."""
        whose = {"org_id": org_id, "repo": repo, "file_path": file_path}
        return int(self.symbols.delete_many(whose).deleted_count)

    def get_unenriched_symbols(
        self, org_id: str, repo: str, limit: int = 100, prioritize_public: bool = True
    ) -> list[dict[str, Any]]:
        """Symbols without a model's summary: entry points, public and long ones first, or else
        those that were indexed first."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        order = _MOST_WANTED if prioritize_public else _OLDEST
        return list(self.symbols.find(wanted).sort(order).limit(limit))

    @all_or_nothing
    def update_symbol_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        """Sets the summary of the document with that id; with ``"llm"`` the symbol is enriched.
        True when it is there."""
        return summarise(self.symbols, doc_id, summary, summary_source)

    def _field_of_symbol(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, field: str
    ) -> str | None:
        id = symbol_id(org_id, repo, file_path, symbol_name)
        found = self.symbols.find_one({"_id": id}, {field: 1})
        value: str | None = found.get(field) if found else None
        return value
