"""Symbols of the scanned files."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from outgraph_xmem.code_store.collections import Collections, field_of
from outgraph_xmem.code_store.enriching import UNENRICHED, summarise
from outgraph_xmem.code_store.ids import symbol_id
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing

_PUBLIC_FIRST = [("is_entrypoint", -1), ("is_public", -1), ("line_count", -1)]
_OLDEST_FIRST = [("indexed_at", 1)]


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
        """Sets all of the symbol's document, defaults included: so it is one to enrich again,
        unless ``summary_source`` says ``"llm"``. ``content_hash`` is that of the symbol's source,
        by which a scan sees whether it changed: what the graph's ``upsert_symbol`` calls
        ``signature_hash``.

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
        self._upsert("raw_symbols", {"_id": id}, {"$set": fields})
        return id

    @all_or_nothing
    def upsert_symbols_bulk(
        self, org_id: str, repo: str, symbols: Sequence[Mapping[str, Any]]
    ) -> int:
        """Sets, for each mapping, what it has, by any name, in the document of its ``file_path``
        and ``symbol_name``, in one call; the rest of a document stays. Returns how many documents
        were made or changed.

        :raises pymongo.errors.BulkWriteError: for what MongoDB refuses.
        """
        if not symbols:
            return 0
        updates = [_update(org_id, repo, each) for each in symbols]
        done = self.symbols.bulk_write(updates, ordered=False)
        return int(done.upserted_count + done.modified_count)

    def get_symbol_code(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        """The symbol's source as it was last indexed; None for one that was not."""
        id = symbol_id(org_id, repo, file_path, symbol_name)
        return field_of(self.symbols, id, "raw_code")

    def get_symbol_hash(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        """The content hash that the symbol was last indexed with; None for one that was not."""
        id = symbol_id(org_id, repo, file_path, symbol_name)
        return field_of(self.symbols, id, "content_hash")

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        """Content hashes by the names of the file's symbols."""
        whose = {"org_id": org_id, "repo": repo, "file_path": file_path}
        found = self._find_all("raw_symbols", whose, {"symbol_name": 1, "content_hash": 1})
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
        """Symbols without a model's summary: entry points first, then public ones, the longest
        first; else those that were indexed first."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        order = _PUBLIC_FIRST if prioritize_public else _OLDEST_FIRST
        return list(self.symbols.find(wanted).sort(order).limit(limit))

    @all_or_nothing
    def update_symbol_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        """Sets the summary of the document with that id (``_id``, as ``upsert_symbol`` returns it);
        with ``"llm"`` the symbol is enriched. True when it is there."""
        return summarise(self.symbols, doc_id, summary, summary_source)


def _update(org_id: str, repo: str, symbol: Mapping[str, Any]) -> UpdateOne:
    id = symbol_id(org_id, repo, symbol["file_path"], symbol["symbol_name"])
    fields = {**symbol, "org_id": org_id, "repo": repo, "indexed_at": now()}
    return UpdateOne({"_id": id}, {"$set": fields}, upsert=True)
