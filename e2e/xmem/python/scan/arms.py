"""What the scanner writes with: the reference, which is the direct dual write, or Outgraph."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import reference
from scan.scanner import Arm
from sequences.arm import Servers


def direct_arm(servers: Servers) -> Arm:
    """As XMem is today: one statement after another, and no boundaries."""
    graph = reference.CodeGraphClient(*servers.neo4j)
    graph.connect()
    graph.setup()
    return Arm(reference.CodeStore(servers.mongodb_uri, servers.database), graph, DirectScan)


class DirectScan:
    def __init__(self, store: Any, graph: Any, org_id: str, repo: str, commit_sha: str) -> None:
        self._store = store
        self._names = {"org_id": org_id, "repo": repo}
        store.start_scan(**self._names, commit_sha=commit_sha)
        graph.upsert_repository(org_id, repo)

    def file(self, _file_path: str) -> AbstractContextManager[None]:
        return nullcontext()

    def directory_index(self) -> AbstractContextManager[None]:
        return nullcontext()

    def edges(self) -> AbstractContextManager[None]:
        return nullcontext()

    def symbol_changed(self, file_path: str, symbol_name: str) -> None:
        """The older version stays in the graph."""

    def delete_symbol(self, file_path: str, symbol_name: str) -> None:
        self._store.delete_symbol(**self._names, file_path=file_path, symbol_name=symbol_name)

    def delete_file(self, file_path: str) -> None:
        self._store.delete_symbols_for_file(**self._names, file_path=file_path)
        self._store.delete_file(**self._names, file_path=file_path)

    def complete(self, commit_sha: str, stats: dict[str, Any]) -> bool:
        """XMem's scan is completed, whatever it met on its way."""
        self._store.complete_scan(
            **self._names, commit_sha=commit_sha, stats=stats, duration_seconds=0.0
        )
        return True


def outgraph_arm(servers: Servers) -> Arm:
    """What XMem's scanner becomes: the same calls, between boundaries. Nothing leaks, so that
    documents and graph can be compared."""
    import outgraph_xmem
    from outgraph_xmem import CodeGraphClient, CodeStore
    from outgraph_xmem.boundaries import begin_scan

    outgraph_xmem.connect(servers.mongodb_uri, servers.database, source="scanner")
    graph = CodeGraphClient(*servers.neo4j)
    graph.connect()

    def begin(store: Any, graph: Any, org_id: str, repo: str, commit_sha: str) -> Any:
        return begin_scan(store, graph, org_id, repo, leak_compatible=False, commit_sha=commit_sha)

    return Arm(CodeStore(servers.mongodb_uri, servers.database), graph, begin)


ARMS = {"direct": direct_arm, "outgraph": outgraph_arm}
