"""The code store."""

from typing import Any

from outgraph_xmem.code_store.catalog import Catalog
from outgraph_xmem.code_store.enriching import UNENRICHED
from outgraph_xmem.code_store.files import Files
from outgraph_xmem.code_store.indexes import make_indexes
from outgraph_xmem.code_store.symbols import Symbols
from outgraph_xmem.connection import connected
from outgraph_xmem.unit import all_or_nothing


class CodeStore(Files, Symbols, Catalog):
    """Symbols, files, scans and what the dashboard keeps, as documents.

    Outside a unit of work each method is a plain write, done when it returns. Inside
    (``with outgraph_xmem.unit():``) it joins the unit's transaction, with the graph's changes; the
    unit's reads see it at once, everybody else when the unit has committed.

    Safe for all threads. Makes its collections and 11 indexes at once, unless they are there. The
    client is that of Outgraph's connection.

    :param uri: where the documents are: the deployment that holds Outgraph's outbox.
    :param database: which database they are in; need not be the outbox's.
    :raises outgraph_xmem.NotConfigured: when nobody said where the outbox is.
    :raises outgraph_xmem.OtherDeployment: when it is elsewhere.
    """

    def __init__(self, uri: str = "mongodb://localhost:27017", database: str = "xmem") -> None:
        super().__init__(connected().documents(uri, database))
        make_indexes(self._database)

    def count_unenriched(self, org_id: str, repo: str) -> dict[str, int]:
        """How many ``symbols`` and ``files`` have no model's summary."""
        return self._counted({"org_id": org_id, "repo": repo, **UNENRICHED})

    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        """How many ``symbols`` and ``files`` there are."""
        return self._counted({"org_id": org_id, "repo": repo})

    @all_or_nothing
    def delete_repo(self, org_id: str, repo: str) -> dict[str, int]:
        """Deletes a repository's symbols, files, scan, visibility and stars; its jobs, and its
        entries among users' repositories, stay. Returns ``symbols_deleted`` and ``files_deleted``.
        Several statements: inside a unit of work all of them or none."""
        whose = {"org_id": org_id, "repo": repo}
        symbols, files = (
            int(holder.delete_many(whose).deleted_count) for holder in (self.symbols, self.files)
        )
        self.scan_runs.delete_one(whose)
        self.scanner_index_visibility.delete_one(whose)
        self.scanner_community_stars.delete_many(whose)
        return {"symbols_deleted": symbols, "files_deleted": files}

    def close(self) -> None:
        """Does nothing: the connection is the process', and others use it."""

    def _counted(self, wanted: dict[str, Any]) -> dict[str, int]:
        holders = {"symbols": self.symbols, "files": self.files}
        return {name: int(each.count_documents(wanted)) for name, each in holders.items()}
