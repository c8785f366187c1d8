"""Symbols of the scanned files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.enriching import UNENRICHED, summary_of
from outgraph_xmem.code_store.ids import symbol_id
from outgraph_xmem.code_store.now import now


class Symbols(Collections):
    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        symbol_type: str = "",
        raw_code: str = "",
        signature: str = "",
        docstring: str = "",
        start_line: int = 0,
        end_line: int = 0,
        content_hash: str = "",
        commit_sha: str = "",
        branch: str = "main",
        language: str = "",
        parent_class: str | None = None,
        imports: Sequence[str] | None = None,
        calls: Sequence[str] | None = None,
        summary: str = "",
        is_public: bool = True,
        is_entrypoint: bool = False,
        complexity_bucket: str = "medium",
        line_count: int = 0,
        summary_source: str = "ast",
        **more: Any,
    ) -> str:
        """Sets the symbol's document: each of these fields, defaults included, and whatever more is
        given. The default ``summary_source`` makes it one to enrich again.

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
            "raw_code": raw_code,
            "signature": signature,
            "docstring": docstring,
            "start_line": start_line,
            "end_line": end_line,
            "content_hash": content_hash,
            "commit_sha": commit_sha,
            "branch": branch,
            "language": language,
            "parent_class": parent_class,
            "imports": list(imports or ()),
            "calls": list(calls or ()),
            "summary": summary,
            "summary_source": summary_source,
            "is_public": is_public,
            "is_entrypoint": is_entrypoint,
            "complexity_bucket": complexity_bucket,
            "line_count": line_count,
            "updated_at": now(),
            **more,
        }
        self.symbols.update_one({"_id": id}, {"$set": fields}, upsert=True)
        return id

    def upsert_symbols_bulk(self, symbols: Iterable[Mapping[str, Any]]) -> int:
        """Sets many documents in one call, each from a mapping with at least ``org_id``, ``repo``,
        ``file_path`` and ``symbol_name``; only the fields that are given. Returns how many were
        made or changed."""
        stamp = now()
        updates = [
            UpdateOne({"_id": _id_of(each)}, {"$set": {**each, "updated_at": stamp}}, upsert=True)
            for each in symbols
        ]
        if not updates:
            return 0
        done = self.symbols.bulk_write(updates, ordered=False)
        return int(done.upserted_count + done.modified_count)

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        """Content hashes by the names of the file's symbols."""
        found = self.symbols.find(
            {"org_id": org_id, "repo": repo, "file_path": file_path},
            {"symbol_name": 1, "content_hash": 1},
        )
        return {each["symbol_name"]: each.get("content_hash", "") for each in found}

    def delete_symbol(self, org_id: str, repo: str, file_path: str, symbol_name: str) -> bool:
        """True when there was one."""
        deleted = self.symbols.delete_one({"_id": symbol_id(org_id, repo, file_path, symbol_name)})
        return bool(deleted.deleted_count)

    def delete_symbols_for_file(self, org_id: str, repo: str, file_path: str) -> int:
        """How many there were."""
        whose = {"org_id": org_id, "repo": repo, "file_path": file_path}
        return int(self.symbols.delete_many(whose).deleted_count)

    def get_unenriched_symbols(
        self, org_id: str, repo: str, limit: int = 50
    ) -> list[dict[str, Any]]:
        """Symbols without a model's summary, in the order of files and lines."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        order = [("file_path", 1), ("start_line", 1), ("_id", 1)]
        return list(self.symbols.find(wanted).sort(order).limit(limit))

    def count_unenriched(self, org_id: str, repo: str) -> int:
        """How many symbols have no model's summary."""
        return int(self.symbols.count_documents({"org_id": org_id, "repo": repo, **UNENRICHED}))

    def update_symbol_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        summary: str,
        summary_source: str = "llm",
    ) -> bool:
        """Sets the summary; with ``"llm"`` the symbol is enriched. True when that changed
        anything. It is visible to this process' next read when it returns, inside a unit of work
        too: so a loop over ``get_unenriched_symbols`` ends."""
        updated = self.symbols.update_one(
            {"_id": symbol_id(org_id, repo, file_path, symbol_name)},
            summary_of(summary, summary_source),
        )
        return bool(updated.modified_count)


def _id_of(symbol: Mapping[str, Any]) -> str:
    return symbol_id(symbol["org_id"], symbol["repo"], symbol["file_path"], symbol["symbol_name"])
