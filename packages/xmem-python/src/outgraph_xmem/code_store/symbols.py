"""Symbols of the scanned files."""

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import UpdateOne

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.enriching import UNENRICHED, enrich_again, summarise
from outgraph_xmem.code_store.ids import symbol_id
from outgraph_xmem.unit import all_or_nothing


class Symbols(Collections):
    @all_or_nothing
    def upsert_symbol(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, **fields: Any
    ) -> str:
        """Sets in the symbol's document whatever is given, by any name, such as ``raw_code``; the
        rest stays. The symbol is one to enrich again, unless ``summary_source`` is given.
        ``content_hash`` is that of the symbol's source, by which a scan sees whether it changed:
        what the graph's ``upsert_symbol`` calls ``signature_hash``.

        :returns: the document's id, the SHA-256 of ``org_id:repo:file_path:symbol_name``.
        """
        id, changes = _changes(org_id, repo, file_path, symbol_name, fields)
        self._upsert("raw_symbols", {"_id": id}, changes)
        return id

    @all_or_nothing
    def upsert_symbols_bulk(
        self, org_id: str, repo: str, symbols: Iterable[Mapping[str, Any]]
    ) -> int:
        """As ``upsert_symbol`` for each mapping, which has a ``file_path``, a ``symbol_name`` and
        the fields, in one call. Returns how many documents were made or changed."""
        changed = [
            _changes(org_id, repo, each["file_path"], each["symbol_name"], each) for each in symbols
        ]
        if not changed:
            return 0
        updates = [UpdateOne({"_id": id}, changes, upsert=True) for id, changes in changed]
        done = self.symbols.bulk_write(updates, ordered=False)
        return int(done.upserted_count + done.modified_count)

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
        self, org_id: str, repo: str, limit: int = 50
    ) -> list[dict[str, Any]]:
        """Symbols without a model's summary, in the order of files and names."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        order = [("file_path", 1), ("symbol_name", 1)]
        return list(self.symbols.find(wanted).sort(order).limit(limit))

    def count_unenriched(self, org_id: str, repo: str) -> int:
        """How many symbols have no model's summary."""
        return int(self.symbols.count_documents({"org_id": org_id, "repo": repo, **UNENRICHED}))

    @all_or_nothing
    def update_symbol_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        """Sets the summary of the document with that id (``_id``, as ``upsert_symbol`` returns it);
        with ``"llm"`` the symbol is enriched. True when it is there."""
        return summarise(self.symbols, doc_id, summary, summary_source)


def _changes(
    org_id: str, repo: str, file_path: str, symbol_name: str, fields: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The document's id, and what changes in it."""
    named = {"org_id": org_id, "repo": repo, "file_path": file_path, "symbol_name": symbol_name}
    return symbol_id(org_id, repo, file_path, symbol_name), enrich_again(named, fields)
