"""Files of the scanned repositories."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.enriching import UNENRICHED, enrich_again, summarise
from outgraph_xmem.code_store.ids import file_id
from outgraph_xmem.unit import all_or_nothing


class Files(Collections):
    @all_or_nothing
    def upsert_file(self, org_id: str, repo: str, file_path: str, **fields: Any) -> str:
        """Sets in the file's document whatever is given, by any name, such as ``raw_content`` or
        ``summary``; the rest stays. The file is one to enrich again, unless ``summary_source`` is
        given. ``content_hash`` is what the next scan compares by, so it must not commit before what
        it stands for: call this in the unit of work that writes the file's symbols and graph.

        :returns: the document's id, the SHA-256 of ``org_id:repo:file_path``.
        """
        id = file_id(org_id, repo, file_path)
        named = {"org_id": org_id, "repo": repo, "file_path": file_path}
        self.files.update_one({"_id": id}, enrich_again(named, fields), upsert=True)
        return id

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The content hash that the file was last indexed with; None for a file that was not."""
        found = self.files.find_one({"_id": file_id(org_id, repo, file_path)}, {"content_hash": 1})
        hash: str | None = found.get("content_hash") if found else None
        return hash

    @all_or_nothing
    def delete_file(self, org_id: str, repo: str, file_path: str) -> bool:
        """Deletes the file's document, not its symbols'. True when there was one."""
        deleted = self.files.delete_one({"_id": file_id(org_id, repo, file_path)})
        return bool(deleted.deleted_count)

    def get_unenriched_files(self, org_id: str, repo: str, limit: int = 50) -> list[dict[str, Any]]:
        """Files without a model's summary, in the order of their paths."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        return list(self.files.find(wanted).sort("file_path", 1).limit(limit))

    @all_or_nothing
    def update_file_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        """Sets the summary of the document with that id (``_id``, as ``upsert_file`` returns it);
        with ``"llm"`` the file is enriched. True when it is there."""
        return summarise(self.files, doc_id, summary, summary_source)
