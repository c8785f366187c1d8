"""What XMem asks of the code graph. Where XMem's own query fails on Neo4j 5, ours does not."""

from typing import Any

from outgraph_xmem.code_graph.names import part_of
from outgraph_xmem.graph_client import GraphClient

DEPTH_MAX = 10
"""Most steps along calls that are followed."""

ANCESTORS_MAX = 5
"""Most steps along inheritance."""

_SYMBOL = "(s:Symbol {org_id: $org_id, repo: $repo, symbol_name: $symbol_name})"
_FILE = "(f:File {org_id: $org_id, repo: $repo, file_path: $file_path})"
_ANNOTATIONS = """
WHERE a.org_id = $org_id AND ($status IS NULL OR $status = '' OR a.status = $status)
RETURN a.annotation_id AS id, a.content AS content, a.annotation_type AS annotation_type,
       a.severity AS severity, a.author_name AS author_name, a.status AS status,
       a.created_at AS created_at
ORDER BY a.created_at DESC"""
_FOUND = """
RETURN DISTINCT o.symbol_name AS symbol_name, o.file_path AS file_path,
       o.symbol_type AS symbol_type, o.summary AS summary, length(path) AS distance
ORDER BY distance, symbol_name, file_path"""
_DETAILS = f"""
MATCH {_SYMBOL}
RETURN s.symbol_name AS symbol_name, s.symbol_type AS symbol_type, s.file_path AS file_path,
       s.summary AS summary, s.signature AS signature, s.docstring AS docstring,
       s.start_line AS start_line, s.end_line AS end_line, s.parent_class AS parent_class,
       s.is_public AS is_public, s.is_entrypoint AS is_entrypoint,
       s.complexity_bucket AS complexity_bucket, s.line_count AS line_count,
       s.language AS language, s.imports AS imports
ORDER BY s.indexed_at DESC LIMIT 1"""
_RELATIVES = f"""
MATCH {_SYMBOL}-[:INHERITS*1..{ANCESTORS_MAX}]->(o:Symbol)
RETURN DISTINCT o.symbol_name AS name, o.file_path AS file, 'parent' AS relation
UNION
MATCH {_SYMBOL}<-[:INHERITS*1..{ANCESTORS_MAX}]-(o:Symbol)
RETURN DISTINCT o.symbol_name AS name, o.file_path AS file, 'child' AS relation"""
_STATS = """
MATCH (r:Repository {org_id: $org_id, repo_name: $repo})
RETURN COUNT { MATCH (n:Directory {org_id: $org_id, repo: $repo}) } AS directories,
       COUNT { MATCH (n:File {org_id: $org_id, repo: $repo}) } AS files,
       COUNT { MATCH (n:Symbol {org_id: $org_id, repo: $repo}) } AS symbols"""


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
        """Who calls the symbol, in at most so many steps, the nearest first: one for each
        ``distance`` at which it does."""
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
        """``name`` and ``file`` of what the class inherits from (``relation``: ``parent``), and of
        what inherits from it (``child``)."""
        return self._about(_RELATIVES, org_id, repo, symbol_name=symbol_name)

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

    def get_symbol_details(self, org_id: str, repo: str, symbol_name: str) -> dict[str, Any] | None:
        """What there is to know of the latest version of a symbol of that name; None when there is
        none."""
        found = self._about(_DETAILS, org_id, repo, symbol_name=symbol_name)
        return found[0] if found else None

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
        self, org_id: str, repo: str, symbol_name: str, depth: int = 2
    ) -> dict[str, Any]:
        """Who would notice a change of the symbol: its ``callers``, whose number is the
        ``total_impact``; with its ``callees``, ``inheritance`` and ``annotations``."""
        callers = self.get_callers(org_id, repo, symbol_name, depth)
        return {
            "symbol": symbol_name,
            "callers": callers,
            "callees": self.get_callees(org_id, repo, symbol_name, depth),
            "inheritance": self.get_inheritance_chain(org_id, repo, symbol_name),
            "annotations": self.get_annotations_for_symbol(org_id, repo, symbol_name),
            "total_impact": len(callers),
        }

    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        """How many ``directories``, ``files`` and ``symbols`` (all versions) there are."""
        found = self._about(_STATS, org_id, repo)
        return found[0] if found else {"directories": 0, "files": 0, "symbols": 0}

    def _about(self, query: str, org_id: str, repo: str, **parameters: Any) -> list[dict[str, Any]]:
        part = part_of(org_id, repo)
        return self._read(query, part, org_id=org_id, repo=repo, **parameters)


def _steps(depth: int) -> int:
    """Into a query's text: Neo4j takes no parameter there."""
    return max(1, min(int(depth), DEPTH_MAX))
