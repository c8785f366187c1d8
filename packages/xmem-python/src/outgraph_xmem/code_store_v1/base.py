"""What all of CodeStoreV1 is built on."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

from outgraph_xmem.code_store_v1 import pending, refs
from outgraph_xmem.code_store_v1.known_files import known_files
from outgraph_xmem.code_store_v1.labels import KEYS
from outgraph_xmem.code_store_v1.pending import Told
from outgraph_xmem.graph_changes import GraphChanges, Node
from outgraph_xmem.graph_client import GraphClient
from outgraph_xmem.unit import current_unit, run_unit

FAMILY = "code_v1"


class Base(GraphClient):
    """Writes in a unit of work, and what a unit knows of the graph before it has committed."""

    def _write(
        self,
        name: str,
        org_id: str,
        repo: str,
        change: Callable[[GraphChanges], None],
        told: Iterable[Told] = (),
    ) -> None:
        """Adds the changes to the thread's unit of work, else commits them at once.

        :param told: what they make and delete, for reads of the same unit.
        """

        def work(unit: Any) -> None:
            change(unit.graph)
            unit.about(self._family, part_of(org_id, repo))
            unit.notes.setdefault(self._family, []).extend(told)

        run_unit(work, name=name)

    def _told(self) -> list[Told]:
        """What the thread's unit of work has made and deleted."""
        unit = current_unit()
        return [] if unit is None else unit.notes.get(self._family, [])

    def _is_there(self, node: Node, org_id: str, repo: str) -> bool:
        """In the graph, after the barrier, or in the thread's unit of work."""
        told = pending.is_there(self._told(), node)
        if told is not None:
            return told
        key = ", ".join(f"{name}: ${name}" for name, _ in node.key)
        cypher = f"MATCH (n:{node.label} {{{key}}}) RETURN count(n) AS count"
        [found] = self._look(cypher, part_of(org_id, repo), **dict(node.key))
        return bool(found["count"])

    def _files_there(self, org_id: str, repo: str, file_paths: set[str]) -> set[str]:
        """Those of the files that are in the graph, or in the thread's unit of work. Neo4j is asked
        about those only that neither the unit nor this process' earlier writes tell of."""
        there = known_files().of(org_id, repo, file_paths)
        unknown = set()
        told = self._told()
        for path in file_paths if told else file_paths - there:
            answer = pending.is_there(told, refs.file(org_id, repo, path))
            if answer is None and path not in there:
                unknown.add(path)
            elif answer is False:
                there.discard(path)
            else:
                there.add(path)
        if unknown:
            there |= self._files_in_graph(org_id, repo, unknown)
        return there

    def _files_in_graph(self, org_id: str, repo: str, file_paths: set[str]) -> set[str]:
        found = self._look(
            "UNWIND $paths AS path "
            "MATCH (f:FileV1 {org_id: $org_id, repo: $repo, file_path: path}) RETURN path",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
            paths=sorted(file_paths),
        )
        return {each["path"] for each in found}

    def _count_of_repository(self, org_id: str, repo: str) -> int:
        """How many nodes it has in the graph, with what the thread's unit makes and deletes."""
        told = self._told()
        if told:
            whose = frozenset({("org_id", org_id), ("repo", repo)})
            there = pending.after(self._nodes_of_repository(org_id, repo), told)
            return sum(whose <= node.key for node in there)
        return sum(
            found["count"]
            for label in KEYS
            for found in self._look_for_repository(label, "count(n) AS count", org_id, repo)
        )

    def _nodes_of_repository(self, org_id: str, repo: str) -> Iterator[Told]:
        for label, names in KEYS.items():
            key = ", ".join(f".{name}" for name in sorted({*names, "org_id", "repo"}))
            for found in self._look_for_repository(label, f"n {{{key}}} AS key", org_id, repo):
                yield Told(True, label, frozenset(found["key"].items()))

    def _look_for_repository(
        self, label: str, what: str, org_id: str, repo: str
    ) -> list[dict[str, Any]]:
        cypher = f"MATCH (n:{label} {{org_id: $org_id, repo: $repo}}) RETURN {what}"
        return self._look(cypher, part_of(org_id, repo), org_id=org_id, repo=repo)

    def _look(self, cypher: str, part: str, **parameters: Any) -> list[dict[str, Any]]:
        """Asks the graph, for what a write depends on: unlike a caller's read also inside a unit,
        which then adds what it knows itself."""
        if self._consistency == "eventual":
            return self._ask(cypher, (), parameters)
        return self._count(cypher, part, **parameters)

    @staticmethod
    def _now() -> datetime:
        return datetime.now(timezone.utc)


def part_of(org_id: str, repo: str) -> str:
    """What order is kept for, and what reads wait for."""
    return f"{org_id}/{repo}"
