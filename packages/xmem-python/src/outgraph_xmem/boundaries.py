"""The scanner's own boundaries as units of work: what belongs together commits together.

A unit is one MongoDB transaction, and must end within half of its lifetime (30 s by default): ask
models and vector stores before it, never in it.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from outgraph import delete_nodes, nodes

from outgraph_xmem.code_graph import CodeGraphClient
from outgraph_xmem.code_graph.names import FAMILY, part_of
from outgraph_xmem.code_store import CodeStore
from outgraph_xmem.unit import Unit, run_unit, unit

NAMED_MAX = 20
"""How many of the things that did not commit are named in a failed scan's error."""


def begin_scan(
    store: CodeStore,
    graph: CodeGraphClient,
    org_id: str,
    repo: str,
    *,
    commit_sha: str,
    leak_compatible: bool = True,
) -> "Scan":
    """Marks the repository's scan as running and makes its node, together; returns the scan.

    :param commit_sha: what is scanned.
    :param leak_compatible: True leaves the nodes of deleted files and symbols in the graph, as XMem
        does; False deletes them with their edges, and the older versions of a symbol that changed.
    """

    def begin(_unit: Unit) -> None:
        store.start_scan(org_id, repo, commit_sha)
        graph.upsert_repository(org_id, repo)

    run_unit(begin, name="scan_begun")
    return Scan(store, org_id, repo, leak_compatible=leak_compatible)


class Scan:
    """A scan that has begun. Its boundaries may be used by several threads at once.

    Each with-block is a unit of work: all that its body writes with the store and the graph client
    commits when it ends, and nothing when it raises. What did not commit is remembered: then the
    scan fails at its end, and the next one looks at the same commits again.
    """

    def __init__(
        self, store: CodeStore, org_id: str, repo: str, *, leak_compatible: bool = True
    ) -> None:
        self._store = store
        self._org_id = org_id
        self._repo = repo
        self._leak_compatible = leak_compatible
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._failed: dict[str, BaseException] = {}

    @property
    def failed(self) -> dict[str, BaseException]:
        """What did not commit, such as ``file src/app.py``, and why."""
        with self._lock:
            return dict(self._failed)

    @contextmanager
    def file(self, file_path: str) -> Iterator[None]:
        """One file: its document with the new content hash, its symbols' documents, and their
        nodes. A file that fails keeps its old hash, or none, so no later scan skips it."""
        with self._boundary(f"file {file_path}"), unit("file_indexed"):
            yield

    def symbol_changed(self, file_path: str, symbol_name: str) -> None:
        """To be called in ``file`` before the new version of a symbol is written: the nodes of its
        other versions go, unless the scan is leak-compatible. (The content hash is part of a
        symbol's key in the graph, so every version is a node.)"""
        if not self._leak_compatible:
            with unit("symbol_changed") as joined:
                self._delete_nodes(joined, "Symbol", file_path=file_path, symbol_name=symbol_name)

    def delete_symbol(self, file_path: str, symbol_name: str) -> None:
        """One deleted symbol: its document; and its nodes, unless the scan is leak-compatible. In
        ``file`` it belongs to the file's unit."""

        def delete(joined: Unit) -> None:
            self._store.delete_symbol(self._org_id, self._repo, file_path, symbol_name)
            if not self._leak_compatible:
                self._delete_nodes(joined, "Symbol", file_path=file_path, symbol_name=symbol_name)

        with self._boundary(f"symbol {symbol_name} of {file_path}"):
            run_unit(delete, name="symbol_deleted")

    def delete_file(self, file_path: str) -> None:
        """One deleted file: its document and its symbols'; and their nodes, unless the scan is
        leak-compatible."""

        def delete(joined: Unit) -> None:
            self._store.delete_symbols_for_file(self._org_id, self._repo, file_path)
            self._store.delete_file(self._org_id, self._repo, file_path)
            if not self._leak_compatible:
                self._delete_nodes(joined, "Symbol", file_path=file_path)
                self._delete_nodes(joined, "File", file_path=file_path)

        with self._boundary(f"file {file_path}"):
            run_unit(delete, name="file_deleted")

    @contextmanager
    def directory_index(self) -> Iterator[None]:
        """The directories' nodes, all of the block or none."""
        with self._boundary("directory index", mends=False), unit("directories_indexed"):
            yield

    @contextmanager
    def edges(self) -> Iterator[None]:
        """Call and import edges, all of the block or none. One entry holds some ten thousand."""
        with self._boundary("edges", mends=False), unit("edges_added"):
            yield

    def complete(self, commit_sha: str, stats: Mapping[str, Any] | None = None) -> bool:
        """Ends the scan: the next one is incremental from ``commit_sha``.

        False when something of this scan did not commit: the scan then counts as failed, with the
        names, and the next one starts from where this one did.
        """
        failed = sorted(self.failed)
        if failed:
            more = f" and {len(failed) - NAMED_MAX} more" if len(failed) > NAMED_MAX else ""
            self.fail(f"not written: {', '.join(failed[:NAMED_MAX])}{more}")
            return False
        seconds = time.monotonic() - self._began
        self._store.complete_scan(
            self._org_id, self._repo, commit_sha, stats=dict(stats or {}), duration_seconds=seconds
        )
        return True

    def fail(self, error: str) -> None:
        """Ends the scan as failed: the next one starts from where this one did."""
        self._store.fail_scan(self._org_id, self._repo, error)

    @contextmanager
    def _boundary(self, what: str, *, mends: bool = True) -> Iterator[None]:
        """:param mends: whether a repeat that goes well makes up for what failed."""
        try:
            yield
        except BaseException as error:
            with self._lock:
                self._failed[what] = error
            raise
        if mends:
            with self._lock:
                self._failed.pop(what, None)

    def _delete_nodes(self, joined: Unit, label: str, **where: str) -> None:
        joined.about(FAMILY, part_of(self._org_id, self._repo))
        whose = {"org_id": self._org_id, "repo": self._repo, **where}
        joined.graph.add(delete_nodes(nodes(label, whose)))


@contextmanager
def symbol_enrichment() -> Iterator[None]:
    """One symbol's summary, in its document and in the graph. The document's ``summary_source`` is
    the enricher's cursor: it moves if and only if the graph gets the summary."""
    with unit("symbol_enriched"):
        yield


@contextmanager
def file_enrichment() -> Iterator[None]:
    """One file's summary, as ``symbol_enrichment``."""
    with unit("file_enriched"):
        yield
