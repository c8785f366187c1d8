"""What all of CodeStoreV1 is built on."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timezone

from neo4j import Driver

from outgraph_xmem.code_store_v1 import pending, refs
from outgraph_xmem.code_store_v1.known_files import Path, known_files
from outgraph_xmem.code_store_v1.pending import Told
from outgraph_xmem.graph_changes import GraphChanges, Node
from outgraph_xmem.graph_client import GraphClient
from outgraph_xmem.unit import Unit, current_unit, run_unit

FAMILY = "code_v1"


class Base(GraphClient):
    """Writes in a unit of work, and what a unit knows of the graph before it has committed."""

    @property
    def driver(self) -> Driver:
        """The Neo4j driver, made when it is first wanted."""
        self.connect()
        return super().driver

    def _write(
        self,
        name: str,
        repositories: Iterable[tuple[str, str]],
        change: Callable[[GraphChanges], None],
        told: Iterable[Told] = (),
        then: Callable[[], None] | None = None,
    ) -> None:
        """Adds the changes to the thread's unit of work, else commits them at once.

        :param told: what they make and delete, for what the same unit asks later.
        :param then: called when they have committed, with all of the unit.
        """
        parts = [part_of(*each) for each in dict.fromkeys(repositories)]

        def work(unit: Unit) -> None:
            change(unit.graph)
            for part in parts:
                unit.about(self._family, part)
            unit.notes.setdefault(self._family, []).extend(told)
            if then is not None:
                unit.after_commit(then)

        run_unit(work, name=f"code_v1.{name}")

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
        [found] = self._count(cypher, part_of(org_id, repo), **dict(node.key))
        return bool(found["count"])

    def _files_there(self, files: set[Path]) -> set[Path]:
        """Those of the files that are in the graph, or in the thread's unit of work. Neo4j is asked
        about those only that neither the unit nor this process' earlier writes tell of."""
        told = self._told()
        answers = {each: pending.is_there(told, refs.file(*each)) for each in files}
        open_ones = {each for each, answer in answers.items() if answer is None}
        there = {each for each, answer in answers.items() if answer}
        known = known_files().of(open_ones)
        unknown: dict[tuple[str, str], list[str]] = defaultdict(list)
        for org_id, repo, file_path in open_ones - known:
            unknown[org_id, repo].append(file_path)
        for (org_id, repo), file_paths in unknown.items():
            there |= self._files_in_graph(org_id, repo, file_paths)
        return there | known

    def _files_in_graph(self, org_id: str, repo: str, file_paths: list[str]) -> set[Path]:
        found = self._count(
            "UNWIND $paths AS path "
            "MATCH (f:FileV1 {org_id: $org_id, repo: $repo, file_path: path}) RETURN path",
            part_of(org_id, repo),
            org_id=org_id,
            repo=repo,
            paths=file_paths,
        )
        return {(org_id, repo, each["path"]) for each in found}

    @staticmethod
    def _now() -> datetime:
        return datetime.now(timezone.utc)


def part_of(org_id: str, repo: str) -> str:
    """What order is kept for, and what reads wait for."""
    return f"{org_id}/{repo}"
