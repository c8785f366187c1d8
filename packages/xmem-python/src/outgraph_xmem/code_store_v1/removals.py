"""The deletes."""

from outgraph_xmem.code_store_v1 import changes, refs
from outgraph_xmem.code_store_v1.counted import Counted
from outgraph_xmem.code_store_v1.known_files import known_files
from outgraph_xmem.code_store_v1.labels import FILE, KEYS, SYMBOL
from outgraph_xmem.code_store_v1.pending import gone
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.unit import all_or_nothing


class Removals(Counted):
    @all_or_nothing
    def delete_symbol(self, org_id: str, repo: str, file_path: str, symbol_name: str) -> None:
        """Deletes the symbol's node with its edges."""
        node = refs.symbol(org_id, repo, file_path, symbol_name)
        told = [gone(SYMBOL, **dict(node.key))]
        self._write(
            "symbol_deleted", [(org_id, repo)], lambda graph: changes.delete(graph, node), told
        )

    @all_or_nothing
    def delete_file(self, org_id: str, repo: str, file_path: str) -> None:
        """Deletes the file's node and those of its symbols, with their edges."""
        file = refs.file(org_id, repo, file_path)

        def change(graph: GraphChanges) -> None:
            changes.delete_where(graph, SYMBOL, **dict(file.key))
            changes.delete(graph, file)

        def forget() -> None:
            known.forget((org_id, repo, file_path))

        known = known_files()
        # First: a unit that then fails costs a look at the graph, never a wrong answer.
        forget()
        told = [gone(label, **dict(file.key)) for label in (SYMBOL, FILE)]
        self._write("file_deleted", [(org_id, repo)], change, told, forget)

    @all_or_nothing
    def delete_repository(self, org_id: str, repo: str) -> int:
        """Deletes every node of the repository, its scans included; returns how many.

        Waits until what this process wrote about it is in the graph, counts there, then appends:
        what others write meanwhile may be deleted without being counted. Inside a unit of work what
        the unit has made and deleted counts, too.

        :raises outgraph_xmem.NotInGraphYet: when the relay does not follow in time, and Neo4j's own
            errors when it does not answer; nothing was written.
        """
        count = self._count_of_repository(org_id, repo)

        def change(graph: GraphChanges) -> None:
            for label in KEYS:
                changes.delete_where(graph, label, org_id=org_id, repo=repo)

        def forget() -> None:
            known.forget_all(org_id, repo)

        known = known_files()
        forget()
        told = [gone(label, org_id=org_id, repo=repo) for label in KEYS]
        self._write("repository_deleted", [(org_id, repo)], change, told, forget)
        return count
