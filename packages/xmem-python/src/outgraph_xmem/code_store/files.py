"""Files of the scanned repositories."""

from collections.abc import Sequence
from typing import Any

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.enriching import UNENRICHED, summary_of
from outgraph_xmem.code_store.ids import file_id
from outgraph_xmem.code_store.now import now


class Files(Collections):
    def upsert_file(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        language: str = "",
        content_hash: str = "",
        raw_content: str = "",
        summary: str = "",
        symbol_count: int = 0,
        symbol_names: Sequence[str] | None = None,
        total_lines: int = 0,
        commit_sha: str = "",
        branch: str = "main",
        imports: Sequence[str] | None = None,
        summary_source: str = "ast",
        **more: Any,
    ) -> str:
        """Sets the file's document: each of these fields, defaults included, and whatever more is
        given. ``content_hash`` is what the next scan compares by, so it must not commit before what
        it stands for: call this in the unit of work that writes the file's symbols and graph.

        :returns: the document's id, the SHA-256 of ``org_id:repo:file_path``.
        """
        id = file_id(org_id, repo, file_path)
        fields = {
            "org_id": org_id,
            "repo": repo,
            "file_path": file_path,
            "language": language,
            "content_hash": content_hash,
            "raw_content": raw_content,
            "summary": summary,
            "summary_source": summary_source,
            "symbol_count": symbol_count,
            "symbol_names": list(symbol_names or ()),
            "total_lines": total_lines,
            "commit_sha": commit_sha,
            "branch": branch,
            "imports": list(imports or ()),
            "updated_at": now(),
            **more,
        }
        self.files.update_one({"_id": id}, {"$set": fields}, upsert=True)
        return id

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        """The content hash that the file was last indexed with; None for a file that was not."""
        found = self.files.find_one({"_id": file_id(org_id, repo, file_path)}, {"content_hash": 1})
        return found.get("content_hash") if found else None

    def delete_file(self, org_id: str, repo: str, file_path: str) -> bool:
        """Deletes the file's document, not its symbols'. True when there was one."""
        deleted = self.files.delete_one({"_id": file_id(org_id, repo, file_path)})
        return bool(deleted.deleted_count)

    def get_unenriched_files(self, org_id: str, repo: str, limit: int = 50) -> list[dict[str, Any]]:
        """Files without a model's summary, in the order of their paths."""
        wanted = {"org_id": org_id, "repo": repo, **UNENRICHED}
        return list(self.files.find(wanted).sort("file_path", 1).limit(limit))

    def update_file_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        summary: str,
        summary_source: str = "llm",
    ) -> bool:
        """Sets the summary; with ``"llm"`` the file is enriched. True when that changed it."""
        updated = self.files.update_one(
            {"_id": file_id(org_id, repo, file_path)}, summary_of(summary, summary_source)
        )
        return bool(updated.modified_count)
