"""What the methods that return a count or a flag ask, before they write."""

from outgraph_xmem.code_graph.names import FAMILY, KEYS, part_of
from outgraph_xmem.code_graph.pending_paths import (
    LABELS,
    CannotCount,
    Id,
    RepositoryTopology,
    id_of,
)
from outgraph_xmem.errors import GraphChangesPending
from outgraph_xmem.graph_client import GraphClient
from outgraph_xmem.unit import Unit, current_unit

PATHS_COUNTED_MAX = 1_000_000
"""Most paths that are counted: with calls in a circle there are more than anybody can count."""

_PATHS = f"""
MATCH (:Repository {{org_id: $org_id, repo_name: $repo}})-[*]->(n)
WITH n LIMIT {PATHS_COUNTED_MAX}
RETURN count(n) AS paths"""
_OUT = "elementId(a) AS id, COLLECT { MATCH (a)-[e]->(b) RETURN [type(e), elementId(b)] } AS out"


class CodeGraphCounts(GraphClient):
    """Each asks Neo4j after the read barrier, and reckons in what the thread's unit has changed."""

    def _has_annotation(self, annotation_id: str) -> bool:
        unit = current_unit()
        if unit is not None and annotation_id in unit.notes.get(FAMILY, ()):
            return True
        query = "MATCH (a:Annotation {annotation_id: $id}) RETURN a.annotation_id LIMIT 1"
        return bool(self._count(query, id=annotation_id))

    def _count_paths(self, org_id: str, repo: str) -> int:
        """In the graph, with what the thread's unit of work has changed."""
        unit = current_unit()
        if unit is not None and unit.changes(FAMILY):
            return self._count_paths_in(unit, org_id, repo)
        (counted,) = self._count(_PATHS, part_of(org_id, repo), org_id=org_id, repo=repo)
        paths: int = counted["paths"]
        return paths

    def _count_paths_in(self, unit: Unit, org_id: str, repo: str) -> int:
        topology = self._topology(org_id, repo)
        try:
            for mutation in unit.graph.mutations():
                topology.apply(mutation)
        except CannotCount as error:
            raise GraphChangesPending(
                f"the unit {unit.name!r} has changed the graph in a way that the paths from a "
                f"repository cannot be counted with ({error}): delete it first, or after the unit"
            ) from error
        return topology.paths(PATHS_COUNTED_MAX)

    def _topology(self, org_id: str, repo: str) -> RepositoryTopology:
        part = part_of(org_id, repo)
        ids: dict[str, Id] = {}
        out: dict[str, list[list[str]]] = {}
        for label in LABELS:
            of, which, *_ = KEYS[label]
            key = ", ".join(f".{name}" for name in KEYS[label])
            match = f"(a:{label} {{{of}: $org_id, {which}: $repo}})"
            asked = f"MATCH {match} RETURN a {{{key}}} AS key, {_OUT}"
            for each in self._count(asked, part, org_id=org_id, repo=repo):
                ids[each["id"]], out[each["id"]] = id_of(label, each["key"]), each["out"]
        # What they lead to outside of the repository, if anything, and on from there.
        while elsewhere := {end for ends in out.values() for _, end in ends} - ids.keys():
            ids.update((id, (id,)) for id in elsewhere)
            asked = f"MATCH (a) WHERE elementId(a) IN $ids RETURN {_OUT}"
            found = self._count(asked, part, ids=sorted(elsewhere))
            out.update((each["id"], each["out"]) for each in found)
        topology = RepositoryTopology(org_id, repo)
        for id, ends in out.items():
            topology.add(ids[id], ((type, ids[end]) for type, end in ends))
        return topology
