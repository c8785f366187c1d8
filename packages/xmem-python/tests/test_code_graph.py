"""The code graph client does what XMem's does, and returns what that returns."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from conftest import nodes_in
from neo4j import Driver
from neo4j.time import DateTime
from outgraph import delete_edges, edges, nodes

from outgraph_xmem import CodeGraphClient, GraphChangesPending, unit
from outgraph_xmem.code_graph.names import folder_of, folders_above

pytestmark = pytest.mark.servers

R = ("org", "repo")


@pytest.fixture
def client(neo4j_address: tuple[str, str, str], graph: Driver) -> Iterator[CodeGraphClient]:
    made = CodeGraphClient(*neo4j_address, consistency="own_writes")
    made.connect()
    yield made
    made.close()


def edges_in(graph: Driver, type: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Each with the last part of the name of its ends."""
    name = "coalesce({0}.symbol_name, {0}.file_path, {0}.dir_path, {0}.repo_name, {0}.content)"
    found = graph.execute_query(
        f"MATCH (a)-[r:{type}]->(b) RETURN {name.format('a')} AS a, {name.format('b')} AS b, "
        "properties(r) AS p ORDER BY a, b"
    )
    return [(each["a"], each["b"], each["p"]) for each in found.records]


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("path", "folders"),
    [("a.py", ["/"]), ("a/b.py", ["a/"]), ("a/b/c.py", ["a/b/", "a/"]), ("/a/b.py", ["/a/", "/"])],
)
def test_a_file_lies_in_folders(path: str, folders: list[str]) -> None:
    assert [folder_of(path), *folders_above(folder_of(path))] == folders


def test_a_symbol_is_made_with_all_that_it_lies_in(client: CodeGraphClient, graph: Driver) -> None:
    client.upsert_symbol(*R, "a/b/c.py", "f", "function", language="python", signature_hash="h1")
    client.barrier()

    assert nodes_in(graph, "Repository") == [{"org_id": "org", "repo_name": "repo"}]
    assert edges_in(graph, "CONTAINS_DIR") == [("a/", "a/b/", {}), ("repo", "a/", {})]
    assert edges_in(graph, "CONTAINS_FILE") == [("a/b/", "a/b/c.py", {})]
    assert edges_in(graph, "DEFINES") == [("a/b/c.py", "f", {})]
    symbol = only(nodes_in(graph, "Symbol"))
    stamp = symbol.pop("indexed_at")
    assert isinstance(stamp, DateTime) and stamp.utcoffset() is not None
    assert symbol == {
        "org_id": "org",
        "repo": "repo",
        "file_path": "a/b/c.py",
        "symbol_name": "f",
        "signature_hash": "h1",
        "symbol_type": "function",
        "summary": "",
        "signature": "",
        "docstring": "",
        "start_line": 0,
        "end_line": 0,
        "commit_sha": "",
        "branch": "main",
        "imports": [],
        "is_public": True,
        "is_entrypoint": False,
        "complexity_bucket": "medium",
        "line_count": 0,
        "language": "python",
    }


@pytest.mark.parametrize("in_unit", [False, True])
def test_the_last_writer_wins_and_defaults_overwrite(
    client: CodeGraphClient, graph: Driver, in_unit: bool
) -> None:
    def calls() -> None:
        client.upsert_directory(*R, "a/", summary="folder", languages=["python"], file_count=3)
        client.upsert_file(*R, "a/b.py", summary="file", symbol_names=["f"], total_lines=9)
        client.upsert_symbol(*R, "a/b.py", "f", "function", parent_class="C", language="python")
        client.upsert_symbol(*R, "a/b.py", "f", "function", language="python")
        client.upsert_file(*R, "a/b.py", summary="repaired")

    if in_unit:
        with unit("scan"):
            calls()
    else:
        calls()
    client.barrier()

    directory = only(nodes_in(graph, "Directory"))
    assert (directory["summary"], directory["languages"], directory["file_count"]) == ("", [], 0)
    file = only(nodes_in(graph, "File"))
    assert (file["summary"], file["language"], file["symbol_names"]) == ("repaired", "", [])
    assert "parent_class" not in only(nodes_in(graph, "Symbol"))


@pytest.mark.parametrize("in_unit", [False, True])
def test_calls_tie_every_version_and_the_absent_stay_absent(
    client: CodeGraphClient, graph: Driver, in_unit: bool
) -> None:
    def calls() -> None:
        for version in ("h1", "h2"):
            client.upsert_symbol(*R, "a.py", "f", "function", signature_hash=version)
            client.upsert_symbol(*R, "b.py", "g", "function", signature_hash=version)
        client.add_calls_edge(*R, "f", "a.py", "g", "b.py", call_count=2)
        client.add_calls_edge(*R, "f", "a.py", "nobody", "b.py")
        client.add_calls_edge(*R, "late", "a.py", "g", "b.py")
        client.add_inherits_edge(*R, "f", "a.py", "g", "b.py")
        client.add_implements_edge(*R, "g", "b.py", "f", "a.py")
        client.add_imports_edge(*R, "a.py", "b.py")
        client.add_imports_edge(*R, "a.py", "late.py")
        client.upsert_symbol(*R, "late.py", "late", "function")

    if in_unit:
        with unit("scan"):
            calls()
    else:
        calls()
    client.barrier()

    called = {"call_count": 2, "is_direct": True}
    assert edges_in(graph, "CALLS") == [("f", "g", called)] * 4
    assert edges_in(graph, "INHERITS") == [("f", "g", {})] * 4
    assert edges_in(graph, "IMPLEMENTS") == [("g", "f", {})] * 4
    assert edges_in(graph, "IMPORTS") == [("a.py", "b.py", {"import_type": "direct"})]
    assert graph.execute_query("MATCH (n:OutgraphStub) RETURN n").records == []


def test_annotations_are_tied_found_and_resolved(client: CodeGraphClient, graph: Driver) -> None:
    for version in ("h1", "h2"):
        client.upsert_symbol(*R, "a.py", "f", "function", signature_hash=version)
    client.create_annotation("org", "nowhere")
    of_file = client.create_annotation("org", "file", repo="repo", target_file="a.py")
    target = {"repo": "repo", "target_file": "a.py", "target_symbol": "f"}
    of_symbol = client.create_annotation("org", "symbol", severity="high", **target)

    assert UUID(of_file).version == 4
    direct = {"relevance": "direct"}
    client.barrier()
    tied = edges_in(graph, "ANNOTATES")
    assert tied == [("file", "a.py", {}), ("symbol", "f", direct), ("symbol", "f", direct)]
    assert len(nodes_in(graph, "Annotation")) == 3
    (found,) = client.get_annotations_for_file(*R, "a.py")
    assert (found["id"], found["status"], found["severity"]) == (of_file, "active", None)
    assert isinstance(found["created_at"], DateTime)
    assert {each["id"] for each in client.get_annotations_for_symbol(*R, "f")} == {of_symbol}

    assert client.update_annotation_status(of_file, "resolved", "ann") is True
    assert client.update_annotation_status(str(UUID(int=0)), "resolved") is False
    assert client.get_annotations_for_file(*R, "a.py") == []
    (resolved,) = [each for each in nodes_in(graph, "Annotation") if each["content"] == "file"]
    assert resolved["resolved_by"] == "ann" and isinstance(resolved["resolved_at"], DateTime)

    with unit():
        new = client.create_annotation("org", "new")
        assert client.update_annotation_status(new, "dismissed") is True


def test_a_deleted_repository_is_gone_and_its_paths_are_counted(
    client: CodeGraphClient, graph: Driver
) -> None:
    client.upsert_symbol(*R, "a/b.py", "f", "function")
    client.upsert_symbol(*R, "a/b.py", "g", "function")
    client.add_calls_edge(*R, "f", "a/b.py", "g", "a/b.py")
    client.upsert_symbol("org", "other", "a/b.py", "f", "function")
    client.create_annotation("org", "stays", repo="repo", target_file="a/b.py")

    # A directory, a file, two symbols, and g once more, as called by f.
    assert client.delete_repository(*R) == 5
    assert client.delete_repository(*R) == 0

    client.barrier()
    assert len(nodes_in(graph, "Annotation")) == 1
    for label in ("Directory", "File", "Symbol"):
        assert only(nodes_in(graph, label))["repo"] == "other"


def test_in_a_unit_a_deleted_repository_is_counted_with_what_the_unit_did(
    client: CodeGraphClient, graph: Driver
) -> None:
    client.upsert_symbol(*R, "a/b.py", "f", "function", signature_hash="h1")
    client.upsert_symbol(*R, "a/b.py", "g", "function")

    with unit():
        client.upsert_symbol(*R, "a/b.py", "f", "function", signature_hash="h2")
        client.add_calls_edge(*R, "f", "a/b.py", "g", "a/b.py")
        client.create_annotation("org", "x", repo="repo", target_file="a/b.py", target_symbol="g")
        # A directory, a file, three versions of symbols, and g once more from both of f.
        assert client.delete_repository(*R) == 7
        assert client.delete_repository(*R) == 0
        client.upsert_file(*R, "c.py")
        assert client.delete_repository(*R) == 2
        client.upsert_file(*R, "d.py")

    client.barrier()
    assert only(nodes_in(graph, "File"))["file_path"] == "d.py"
    assert nodes_in(graph, "Symbol") == []


def test_in_a_unit_paths_that_leave_the_repository_count(
    client: CodeGraphClient, graph: Driver
) -> None:
    client.upsert_file(*R, "a.py")
    client.barrier()
    graph.execute_query("MATCH (f:File) CREATE (f)-[:MINE]->(:Mine)-[:MINE]->(:Mine)")

    with unit():
        client.upsert_repository(*R)
        assert client.delete_repository(*R) == 4


def test_what_cannot_be_counted_with_stops_the_unit(client: CodeGraphClient, graph: Driver) -> None:
    client.upsert_file(*R, "a.py")

    with pytest.raises(GraphChangesPending, match="deletes edges"), unit() as mine:
        client.upsert_repository(*R)
        mine.graph.add(delete_edges(edges("IMPORTS", nodes("File", {"org_id": "org"}))))
        client.delete_repository(*R)

    client.barrier()
    assert len(nodes_in(graph, "File")) == 1


def test_questions_about_the_code_are_answered(client: CodeGraphClient) -> None:
    client.upsert_symbol(*R, "a.py", "f", "function", start_line=9, summary="first")
    client.upsert_symbol(*R, "a.py", "g", "function", start_line=1)
    client.upsert_symbol(*R, "b.py", "h", "class")
    client.add_calls_edge(*R, "f", "a.py", "g", "a.py")
    client.add_calls_edge(*R, "g", "a.py", "h", "b.py")
    client.add_calls_edge(*R, "h", "b.py", "f", "a.py")
    client.add_inherits_edge(*R, "f", "a.py", "h", "b.py")
    client.add_imports_edge(*R, "a.py", "b.py")

    near = client.get_callers(*R, "g", depth=2)
    assert [(each["symbol_name"], each["distance"]) for each in near] == [("f", 1), ("h", 2)]
    assert client.get_callees(*R, "f") == [
        {
            **{"symbol_name": "g", "file_path": "a.py", "symbol_type": "function"},
            **{"summary": "", "distance": 1},
        }
    ]
    assert client.get_inheritance_chain(*R, "f") == [
        {"name": "h", "file": "b.py", "relation": "parent"}
    ]
    assert client.get_inheritance_chain(*R, "h") == [
        {"name": "f", "file": "a.py", "relation": "child"}
    ]
    assert client.get_file_imports(*R, "a.py") == {"imports": ["b.py"], "imported_by": []}
    assert client.get_file_imports(*R, "c.py") == {"imports": [], "imported_by": []}
    details = client.get_symbol_details(*R, "f")
    assert details is not None
    assert (details["summary"], details["start_line"], details["imports"]) == ("first", 9, [])
    assert client.get_symbol_details(*R, "nobody") is None
    assert [each["symbol_name"] for each in client.get_file_symbols(*R, "a.py")] == ["g", "f"]
    impact = client.impact_analysis(*R, "h", depth=1)
    assert impact["symbol"] == "h"
    assert impact["total_impact"] == len(impact["callers"]) == 1
    assert [each["symbol_name"] for each in impact["callees"]] == ["f"]
    assert impact["inheritance"] == client.get_inheritance_chain(*R, "h")
    assert impact["annotations"] == []
    assert client.get_repo_stats(*R) == {"directories": 1, "files": 2, "symbols": 3}


def test_constraints_of_any_name_and_the_relays_live_together(
    client: CodeGraphClient, graph: Driver
) -> None:
    graph.execute_query(
        "CREATE CONSTRAINT theirs IF NOT EXISTS FOR (n:File) "
        "REQUIRE (n.org_id, n.repo, n.file_path) IS UNIQUE"
    )
    try:
        client.setup()
        made = constraints_in(graph)
        assert {"Repository", "Directory", "File", "Symbol", "Annotation"} <= set(made.values())

        client.upsert_symbol(*R, "a.py", "f", "function")
        client.upsert_file("org", "repo2", "a.py")
        client.create_annotation("org", "x")
        client.barrier()
        client.setup()

        assert len(nodes_in(graph, "File")) == 2
        # The relay has found those that it needs.
        assert constraints_in(graph) == made
    finally:
        graph.execute_query("DROP CONSTRAINT theirs IF EXISTS")


def constraints_in(graph: Driver) -> dict[str, str]:
    """The label of each, by its name."""
    shown = graph.execute_query("SHOW CONSTRAINTS YIELD name, labelsOrTypes AS labels")
    return {each["name"]: each["labels"][0] for each in shown.records}
