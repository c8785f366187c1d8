"""XMem's ``CodeGraphClient``."""

import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from outgraph import delete_node, delete_nodes, merge_edges, nodes, update_nodes

from outgraph_xmem.code_graph import names, upserts
from outgraph_xmem.code_graph.counts import CodeGraphCounts
from outgraph_xmem.code_graph.names import FAMILY, KEYS, part_of
from outgraph_xmem.code_graph.reads import CodeGraphReads
from outgraph_xmem.graph_changes import GraphChanges, node_ref
from outgraph_xmem.graph_client import Consistency, Embedding
from outgraph_xmem.unit import Unit, all_or_nothing, run_unit


class CodeGraphClient(CodeGraphReads, CodeGraphCounts):
    """The code graph of XMem's scanner, enricher and weaver.

    A write returns when it has committed to the outbox; Neo4j follows, in the order of the calls.
    Reads show what is in Neo4j; with ``consistency="own_writes"`` they wait for what this process
    wrote before. The methods that return a count or a flag always do, and inside a unit take the
    unit's own changes into account.

    :param embedding_fn: has its place as in XMem's client; no method of this one needs it.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        *,
        embedding_fn: Embedding | None = None,
        consistency: Consistency = "eventual",
    ) -> None:
        super().__init__(
            uri,
            username,
            password,
            family=FAMILY,
            embedding_fn=embedding_fn,
            consistency=consistency,
        )

    def setup(self) -> None:
        """Makes the five uniqueness constraints, unless they are there, whatever their names. Talks
        to Neo4j at once; not part of any unit."""
        with self.driver.session() as session:
            for label, key in KEYS.items():
                # In this order they are the ones that the relay makes, too.
                properties = ", ".join(f"n.{name}" for name in sorted(key))
                session.run(
                    f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) "
                    f"REQUIRE ({properties}) IS UNIQUE"
                ).consume()

    @all_or_nothing
    def upsert_repository(self, org_id: str, repo_name: str) -> None:
        """The repository's node, unless it is there."""

        def upsert(graph: GraphChanges) -> None:
            upserts.upsert_repository(graph, org_id, repo_name)

        _write("upsert_repository", org_id, repo_name, upsert)

    @all_or_nothing
    def upsert_directory(
        self,
        org_id: str,
        repo: str,
        dir_path: str,
        summary: str = "",
        languages: list[str] | None = None,
        file_count: int = 0,
        total_symbols: int = 0,
    ) -> None:
        """Sets all of the directory, defaults included, and all directories above to defaults."""
        properties = upserts.directory_properties(
            _now(), summary, languages, file_count, total_symbols
        )

        def upsert(graph: GraphChanges) -> None:
            upserts.upsert_directory(graph, org_id, repo, dir_path, properties)

        _write("upsert_directory", org_id, repo, upsert)

    @all_or_nothing
    def upsert_file(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        language: str = "",
        summary: str = "",
        symbol_count: int = 0,
        symbol_names: list[str] | None = None,
        total_lines: int = 0,
        commit_sha: str = "",
    ) -> None:
        """Sets all of the file, defaults included, and all directories that it lies in to
        defaults."""
        properties = upserts.file_properties(
            _now(), language, summary, symbol_count, symbol_names, total_lines, commit_sha
        )

        def upsert(graph: GraphChanges) -> None:
            upserts.upsert_file(graph, org_id, repo, file_path, properties)

        _write("upsert_file", org_id, repo, upsert)

    @all_or_nothing
    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        symbol_type: str,
        summary: str = "",
        signature: str = "",
        docstring: str = "",
        start_line: int = 0,
        end_line: int = 0,
        commit_sha: str = "",
        branch: str = "main",
        parent_class: str | None = None,
        imports: list[str] | None = None,
        signature_hash: str = "",
        is_public: bool = True,
        is_entrypoint: bool = False,
        complexity_bucket: str = "medium",
        line_count: int = 0,
        language: str = "",
    ) -> None:
        """Sets all of this version of the symbol, defaults included; a ``parent_class`` of None
        removes it. Its file keeps nothing but the language, and all directories above nothing."""
        properties = {
            "symbol_type": symbol_type,
            "summary": summary,
            "signature": signature,
            "docstring": docstring,
            "start_line": start_line,
            "end_line": end_line,
            "commit_sha": commit_sha,
            "branch": branch,
            "parent_class": parent_class,
            "imports": list(imports or ()),
            "is_public": is_public,
            "is_entrypoint": is_entrypoint,
            "complexity_bucket": complexity_bucket,
            "line_count": line_count,
            "language": language,
            "indexed_at": _now(),
        }

        def upsert(graph: GraphChanges) -> None:
            upserts.upsert_symbol(
                graph, org_id, repo, file_path, symbol_name, signature_hash, properties
            )

        _write("upsert_symbol", org_id, repo, upsert)

    @all_or_nothing
    def add_calls_edge(
        self,
        org_id: str,
        repo: str,
        caller_name: str,
        caller_file: str,
        callee_name: str,
        callee_file: str,
        call_count: int = 1,
        is_direct: bool = True,
    ) -> None:
        """From every version of the caller to every version of the callee; nothing where there is
        none."""
        caller, callee = (caller_file, caller_name), (callee_file, callee_name)
        called = {"call_count": call_count, "is_direct": is_direct}
        _tie("add_calls_edge", "CALLS", org_id, repo, caller, callee, called)

    @all_or_nothing
    def add_imports_edge(
        self,
        org_id: str,
        repo: str,
        importer_file: str,
        imported_file: str,
        import_type: str = "direct",
    ) -> None:
        """From file to file; nothing where one is not there."""
        importer = names.file(org_id, repo, importer_file)
        imported = names.file(org_id, repo, imported_file)

        def add(graph: GraphChanges) -> None:
            graph.merge_edge("IMPORTS", importer, imported, {"import_type": import_type})

        _write("add_imports_edge", org_id, repo, add)

    @all_or_nothing
    def add_inherits_edge(
        self,
        org_id: str,
        repo: str,
        child_name: str,
        child_file: str,
        parent_name: str,
        parent_file: str,
    ) -> None:
        """As ``add_calls_edge``."""
        child, parent = (child_file, child_name), (parent_file, parent_name)
        _tie("add_inherits_edge", "INHERITS", org_id, repo, child, parent, {})

    @all_or_nothing
    def add_implements_edge(
        self,
        org_id: str,
        repo: str,
        implementor_name: str,
        implementor_file: str,
        interface_name: str,
        interface_file: str,
    ) -> None:
        """As ``add_calls_edge``."""
        implementor, interface = (
            (implementor_file, implementor_name),
            (interface_file, interface_name),
        )
        _tie("add_implements_edge", "IMPLEMENTS", org_id, repo, implementor, interface, {})

    @all_or_nothing
    def create_annotation(
        self,
        org_id: str,
        content: str,
        annotation_type: str = "explanation",
        severity: str | None = None,
        author_id: str | None = None,
        author_name: str | None = None,
        repo: str | None = None,
        target_file: str | None = None,
        target_symbol: str | None = None,
        status: str = "active",
    ) -> str:
        """One more annotation, tied to every version of a symbol or to a file, where they are
        there. Returns its id, a UUID that is made here."""
        annotation_id = str(uuid.uuid4())
        annotation = names.annotation(annotation_id)
        properties = {
            "org_id": org_id,
            "repo": repo,
            "content": content,
            "annotation_type": annotation_type,
            "severity": severity,
            "author_id": author_id,
            "author_name": author_name,
            "status": status,
            "created_at": _now(),
        }

        def create(unit: Unit) -> None:
            unit.about(FAMILY, part_of(org_id, repo) if repo else "")
            unit.notes.setdefault(FAMILY, []).append(annotation_id)
            given = {name: value for name, value in properties.items() if value is not None}
            unit.graph.merge_node(annotation, given)
            if not (repo and target_file):
                return
            if target_symbol:
                this = nodes("Annotation", {"annotation_id": annotation_id})
                targets = names.versions(org_id, repo, target_file, target_symbol)
                unit.graph.add(merge_edges("ANNOTATES", this, targets, set={"relevance": "direct"}))
            else:
                unit.graph.merge_edge(
                    "ANNOTATES", annotation, names.file(org_id, repo, target_file)
                )

        run_unit(create, name="create_annotation")
        return annotation_id

    @all_or_nothing
    def update_annotation_status(
        self, annotation_id: str, status: str, resolved_by: str | None = None
    ) -> bool:
        """Sets the status; ``resolved`` also stamps the time, and who did it. Returns whether the
        annotation is there, by a look in Neo4j right before.

        :raises NotInGraphYet, neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError: when that
            cannot be told in time; nothing was written.
        """
        properties: dict[str, Any] = {"status": status}
        if status == "resolved":
            properties["resolved_at"] = _now()
            if resolved_by:
                properties["resolved_by"] = resolved_by
        this = nodes("Annotation", {"annotation_id": annotation_id})

        def update(unit: Unit) -> None:
            unit.about(FAMILY)
            unit.graph.add(update_nodes(this, set=properties))

        found = self._has_annotation(annotation_id)
        run_unit(update, name="update_annotation_status")
        return found

    @all_or_nothing
    def delete_repository(self, org_id: str, repo: str) -> int:
        """Deletes the repository with all directories, files and symbols of it; annotations stay.

        Returns how many paths lead from the repository, which is what XMem counts: one for each
        node, and more for each further way along calls and imports. Counted in Neo4j right before,
        up to ``PATHS_COUNTED_MAX``; inside a unit, in the graph as the unit leaves it, for which
        the repository's nodes and edges are fetched.

        :raises GraphChangesPending: in a unit with changes of one's own making (``Unit.graph``)
            that cannot be counted with; what this package writes can.
        :raises NotInGraphYet, neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError: when it
            cannot be counted in time; nothing was written.
        """

        def delete(unit: Unit) -> None:
            unit.about(FAMILY, part_of(org_id, repo))
            for label in ("Symbol", "File", "Directory"):
                unit.graph.add(delete_nodes(nodes(label, {"org_id": org_id, "repo": repo})))
            unit.graph.add(delete_node(node_ref(names.repository(org_id, repo))))

        paths = self._count_paths(org_id, repo)
        run_unit(delete, name="delete_repository")
        return paths


def _write(name: str, org_id: str, repo: str, change: Callable[[GraphChanges], None]) -> None:
    def write(unit: Unit) -> None:
        unit.about(FAMILY, part_of(org_id, repo))
        change(unit.graph)

    run_unit(write, name=name)


def _tie(
    name: str,
    type: str,
    org_id: str,
    repo: str,
    start: tuple[str, str],
    end: tuple[str, str],
    properties: dict[str, Any],
) -> None:
    """:param start: the file and name of a symbol."""
    a, b = names.versions(org_id, repo, *start), names.versions(org_id, repo, *end)
    tied = merge_edges(type, a, b, set=properties)
    _write(name, org_id, repo, lambda graph: graph.add(tied))


def _now() -> datetime:
    return datetime.now(timezone.utc)
