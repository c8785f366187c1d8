"""What XMem asks of the code graph. Where XMem's own query fails on Neo4j 5, ours does not."""

from typing import Any

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

DEPTH_MAX = 10
"""Most steps along calls or inheritance that are followed."""

_SYMBOL = "(s:Symbol {org_id: $org_id, repo: $repo, symbol_name: $symbol_name})"
_FILE = "(f:File {org_id: $org_id, repo: $repo, file_path: $file_path})"
_ANNOTATIONS = """
WHERE a.org_id = $org_id AND ($status IS NULL OR $status = '' OR a.status = $status)
RETURN a.annotation_id AS id, a.content AS content, a.annotation_type AS annotation_type,
       a.severity AS severity, a.author_name AS author_name, a.status AS status,
       a.created_at AS created_at
ORDER BY a.created_at DESC"""
_FOUND = """
RETURN o.symbol_name AS symbol_name, o.file_path AS file_path, o.symbol_type AS symbol_type,
       min(length(path)) AS depth
ORDER BY depth, file_path, symbol_name"""
_DETAILS = f"""
MATCH {_SYMBOL}
WHERE $file_path IS NULL OR s.file_path = $file_path
RETURN properties(s) AS symbol,
       COLLECT {{ MATCH (s)-[:CALLS]->(o:Symbol) RETURN DISTINCT o.symbol_name }} AS calls,
       COLLECT {{ MATCH (s)<-[:CALLS]-(o:Symbol) RETURN DISTINCT o.symbol_name }} AS called_by
ORDER BY s.indexed_at DESC LIMIT 1"""
_STATS = """
MATCH (r:Repository {org_id: $org_id, repo_name: $repo})
RETURN COUNT { MATCH (n:Directory {org_id: $org_id, repo: $repo}) } AS directories,
       COUNT { MATCH (n:File {org_id: $org_id, repo: $repo}) } AS files,
       COUNT { MATCH (n:Symbol {org_id: $org_id, repo: $repo}) } AS symbols"""
_PATHS = f"""
MATCH (:Repository {{org_id: $org_id, repo_name: $repo}})-[*]->(n)
WITH n LIMIT {PATHS_COUNTED_MAX}
RETURN count(n) AS paths"""
_OUT = "elementId(a) AS id, COLLECT { MATCH (a)-[e]->(b) RETURN [type(e), elementId(b)] } AS out"


class CodeGraphReads(GraphClient):
    """Reads of the code graph."""

    def get_annotations_for_symbol(
        self, org_id: str, repo: str, symbol_name: str, status: str | None = "active"
    ) -> list[dict[str, Any]]:
        """Of all versions of all symbols with that name, the newest first; without a status,
        all."""
        return self._about(
            f"MATCH (a:Annotation)-[:ANNOTATES]->{_SYMBOL} {_ANNOTATIONS}",
            org_id,
            repo,
            symbol_name=symbol_name,
            status=status,
        )

    def get_annotations_for_file(
        self, org_id: str, repo: str, file_path: str, status: str | None = "active"
    ) -> list[dict[str, Any]]:
        """Of the file itself, the newest first; without a status, all."""
        return self._about(
            f"MATCH (a:Annotation)-[:ANNOTATES]->{_FILE} {_ANNOTATIONS}",
            org_id,
            repo,
            file_path=file_path,
            status=status,
        )

    def get_callers(
        self, org_id: str, repo: str, symbol_name: str, depth: int = 1
    ) -> list[dict[str, Any]]:
        """Who calls the symbol, in at most so many steps, the nearest first."""
        path = f"path = {_SYMBOL}<-[:CALLS*1..{_steps(depth)}]-(o:Symbol)"
        return self._about(f"MATCH {path} {_FOUND}", org_id, repo, symbol_name=symbol_name)

    def get_callees(
        self, org_id: str, repo: str, symbol_name: str, depth: int = 1
    ) -> list[dict[str, Any]]:
        """Whom the symbol calls, as ``get_callers``."""
        path = f"path = {_SYMBOL}-[:CALLS*1..{_steps(depth)}]->(o:Symbol)"
        return self._about(f"MATCH {path} {_FOUND}", org_id, repo, symbol_name=symbol_name)

    def get_inheritance_chain(
        self, org_id: str, repo: str, symbol_name: str
    ) -> list[dict[str, Any]]:
        """What the class inherits from or implements, the nearest first."""
        path = f"path = {_SYMBOL}-[:INHERITS|IMPLEMENTS*1..{DEPTH_MAX}]->(o:Symbol)"
        return self._about(f"MATCH {path} {_FOUND}", org_id, repo, symbol_name=symbol_name)

    def get_file_imports(self, org_id: str, repo: str, file_path: str) -> dict[str, list[str]]:
        """Paths of the files that this one ``imports``, and that it is ``imported_by``."""
        found = self._about(
            f"""MATCH {_FILE}
            RETURN COLLECT {{ MATCH (f)-[:IMPORTS]->(o:File) RETURN DISTINCT o.file_path }}
                     AS imports,
                   COLLECT {{ MATCH (f)<-[:IMPORTS]-(o:File) RETURN DISTINCT o.file_path }}
                     AS imported_by""",
            org_id,
            repo,
            file_path=file_path,
        )
        return found[0] if found else {"imports": [], "imported_by": []}

    def get_symbol_details(
        self, org_id: str, repo: str, symbol_name: str, file_path: str | None = None
    ) -> dict[str, Any] | None:
        """The properties of the symbol's latest version, and the names of whom it ``calls`` and is
        ``called_by``; None when there is none."""
        found = self._about(_DETAILS, org_id, repo, symbol_name=symbol_name, file_path=file_path)
        if not found:
            return None
        latest = found[0]
        return {**latest["symbol"], "calls": latest["calls"], "called_by": latest["called_by"]}

    def get_file_symbols(self, org_id: str, repo: str, file_path: str) -> list[dict[str, Any]]:
        """All versions of the file's symbols, by line."""
        return self._about(
            f"""MATCH {_FILE}-[:DEFINES]->(s:Symbol)
            RETURN s.symbol_name AS symbol_name, s.symbol_type AS symbol_type,
                   s.summary AS summary, s.signature AS signature, s.is_public AS is_public
            ORDER BY s.start_line""",
            org_id,
            repo,
            file_path=file_path,
        )

    def impact_analysis(
        self, org_id: str, repo: str, symbol_name: str, depth: int = 3
    ) -> dict[str, Any]:
        """Who would notice a change of the symbol: its ``callers``, what ``inherits`` from it, the
        ``files`` of both, and its ``annotations``."""
        callers = self.get_callers(org_id, repo, symbol_name, depth)
        path = f"path = {_SYMBOL}<-[:INHERITS|IMPLEMENTS*1..{_steps(depth)}]-(o:Symbol)"
        heirs = self._about(f"MATCH {path} {_FOUND}", org_id, repo, symbol_name=symbol_name)
        return {
            "symbol_name": symbol_name,
            "callers": callers,
            "inherits": heirs,
            "files": sorted({each["file_path"] for each in (*callers, *heirs)}),
            "annotations": self.get_annotations_for_symbol(org_id, repo, symbol_name),
        }

    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        """How many ``directories``, ``files`` and ``symbols`` (all versions) there are."""
        found = self._about(_STATS, org_id, repo)
        return found[0] if found else {"directories": 0, "files": 0, "symbols": 0}

    def _about(self, query: str, org_id: str, repo: str, **parameters: Any) -> list[dict[str, Any]]:
        part = part_of(org_id, repo)
        return self._read(query, part, org_id=org_id, repo=repo, **parameters)

    def _has_annotation(self, annotation_id: str) -> bool:
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


def _steps(depth: int) -> int:
    """Into a query's text: Neo4j takes no parameter there."""
    return max(1, min(int(depth), DEPTH_MAX))
