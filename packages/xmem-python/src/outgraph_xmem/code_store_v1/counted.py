"""How many nodes a repository has."""

from collections.abc import Iterator
from typing import Any

from outgraph_xmem.code_store_v1 import pending
from outgraph_xmem.code_store_v1.base import Base, part_of
from outgraph_xmem.code_store_v1.labels import KEYS
from outgraph_xmem.code_store_v1.pending import Told


class Counted(Base):
    def _count_of_repository(self, org_id: str, repo: str) -> int:
        """In the graph, with what the thread's unit of work makes and deletes."""
        told = self._told()
        if not told:
            return sum(self._count_of_label(label, org_id, repo) for label in KEYS)
        whose = frozenset({("org_id", org_id), ("repo", repo)})
        there = pending.after(self._nodes(org_id, repo), told)
        return sum(whose <= node.key for node in there)

    def _count_of_label(self, label: str, org_id: str, repo: str) -> int:
        [found] = self._of_label(label, "count(n) AS count", org_id, repo)
        return int(found["count"])

    def _nodes(self, org_id: str, repo: str) -> Iterator[Told]:
        for label, names in KEYS.items():
            key = ", ".join(f".{name}" for name in names)
            for found in self._of_label(label, f"n {{{key}}} AS key", org_id, repo):
                yield Told(True, label, frozenset(found["key"].items()))

    def _of_label(self, label: str, what: str, org_id: str, repo: str) -> list[dict[str, Any]]:
        cypher = f"MATCH (n:{label} {{org_id: $org_id, repo: $repo}}) RETURN {what}"
        return self._count(cypher, part_of(org_id, repo), org_id=org_id, repo=repo)
