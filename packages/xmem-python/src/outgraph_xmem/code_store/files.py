"""Files of the scanned repositories."""

from typing import Any

from outgraph_xmem.code_store.collections import Collections, field_of
from outgraph_xmem.code_store.enriching import UNENRICHED, summarise
from outgraph_xmem.code_store.ids import file_id
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing


class Files(Collections):
    @all_or_nothing
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
        """Sets all of the file's document, defaults included: so it is one to enrich again, unless
        ``summary_source`` says ``"llm"``. ``content_hash`` is what the next scan compares by, so it
        must not commit before what it stands for: call this in the unit of work that writes the
        file's symbols and graph.

        :returns: the document's id, the SHA-256 of ``org_id:repo:file_path``.
        """
        id = file_id(org_id, repo, file_path)
        fields = {
            "org_id": org_id,
            "repo": repo,
            "file_path": file_path,
            "language": language,
            "raw_content": raw_content,
            "summary": summary,
            "summary_source": summary_source,
            "total_lines": total_lines,
            "content_hash": content_hash,
            "commit_sha": commit_sha,
            "indexed_at": now(),
        }
        self.files.update_one({"_id": id}, {"$set": fields}, upsert=True)
        return id

    def get_file_content(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The file's text as it was last indexed; None for a file that was not."""
        return field_of(self.files, file_id(org_id, repo, file_path), "raw_content")

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The content hash that the file was last indexed with; None for a file that was not."""
        return field_of(self.files, file_id(org_id, repo, file_path), "content_hash")

    @all_or_nothing
    def delete_file(self, org_id: str, repo: str, file_path: str) -> bool:
        """Deletes the file's document, not its symbols'. True when there was one."""
        deleted = self.files.delete_one({"_id": file_id(org_id, repo, file_path)})
        return bool(deleted.deleted_count)

    def get_unenriched_files(self, org_id: str, repo: str, limit: int = 50) -> list[dict[str, Any]]:
        """Files without a model's summary, the longest first."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        return list(self.files.find(wanted).sort("total_lines", -1).limit(limit))

    @all_or_nothing
    def update_file_summary(self, doc_id: str, summary: str, summary_source: str = "llm") -> bool:
        """Sets the summary of the document with that id (``_id``, as ``upsert_file`` returns it);
        with ``"llm"`` the file is enriched. True when it is there."""
        return summarise(self.files, doc_id, summary, summary_source)
