"""The code graph V1 is what its writes mean in Cypher, and reads see what was written before."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

import pytest
from code_stores import edges_in, entry_count, newest_mutations
from conftest import nodes_in
from neo4j import Driver
from outgraph.writer import EntryTooLarge

from outgraph_xmem import (
    CodeGraphClient,
    CodeStoreV1,
    Connection,
    GraphChangesPending,
    RepositoryMissing,
    UnitFailed,
    unit,
)
from outgraph_xmem.code_store_v1.known_files import known_files

pytestmark = pytest.mark.servers

DIMENSION = 8
ONE = [1.0, *[0.0] * 7]
TWO = [0.0, 1.0, *[0.0] * 6]

Repo = tuple[str, str]


@dataclass(frozen=True)
class Embedding:
    summary_vector: list[float] = field(default_factory=lambda: ONE)
    code_vector: list[float] = field(default_factory=lambda: TWO)


@pytest.fixture
def repo() -> Repo:
    """That no other test has: what a process knows of files outlives the emptied graph."""
    return "org", f"repo-{uuid.uuid4()}"


@pytest.fixture
def v1(graph: Driver, neo4j_address: tuple[str, str, str]) -> Iterator[CodeStoreV1]:
    made = CodeStoreV1(*neo4j_address, embedding_dimension=DIMENSION)
    yield made
    made.close()


@pytest.fixture
def away(graph: Driver) -> Iterator[CodeStoreV1]:
    """Its Neo4j is not there."""
    made = CodeStoreV1("bolt://127.0.0.1:1", "neo4j", "none")
    yield made
    made.close()


def file_row(repo: Repo, path: str = "a.py", **more: Any) -> dict[str, Any]:
    return {"org_id": repo[0], "repo": repo[1], "file_path": path, **more}


def symbol_row(repo: Repo, name: str, path: str = "a.py", **more: Any) -> dict[str, Any]:
    return {**file_row(repo, path), "qualified_name": name, **more}


def upsert_file(v1: CodeStoreV1, repo: Repo, path: str = "a.py", hash: str = "h1") -> None:
    v1.upsert_file(*repo, path, "python", "text", "", "ast", ONE, 3, 0, [], hash, "c1")


def names_of(driver: Driver, label: str, name: str) -> list[str]:
    return sorted(each[name] for each in nodes_in(driver, label))


class TestWrites:
    def test_the_tree_of_a_repository(self, v1: CodeStoreV1, graph: Driver, repo: Repo) -> None:
        began = datetime.now(timezone.utc)
        v1.upsert_repository(*repo, branch="dev")
        v1.upsert_directory(*repo, "src/", ["python"], 1, 2, "Sources.")
        v1.upsert_directory(*repo, "src/")
        upsert_file(v1, repo)
        symbol = {"qualified_name": "K.f", "raw_code": "def f(): ...", "content_hash": "h2"}
        v1.upsert_symbol(*repo, "a.py", symbol, Embedding(), "c1")
        v1.barrier()

        [repository] = nodes_in(graph, "RepositoryV1")
        assert (repository["branch"], repository["scanner_version"]) == ("dev", "1.0.0-alpha")
        assert repository["indexed_at"].to_native() >= began
        [directory] = nodes_in(graph, "DirectoryV1")
        assert (directory["summary"], directory["languages"], directory["symbol_count"]) == (
            *("", []),
            0,
        )
        [file] = nodes_in(graph, "FileV1")
        assert (file["language"], file["total_lines"], file["content_hash"]) == ("python", 3, "h1")
        [found] = nodes_in(graph, "SymbolV1")
        assert (found["symbol_name"], found["symbol_type"]) == ("f", "function")
        assert (found["summary_embedding"], found["code_embedding"]) == (ONE, TWO)
        assert "parent_class" not in found and "labels" not in found
        for type in ("CONTAINS_DIR", "CONTAINS_FILE", "DEFINES"):
            assert edges_in(graph, type) == [{}]

    def test_a_row_sets_all_and_removes_what_it_lacks(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        v1.upsert_files_batch([file_row(repo, summary="x", symbol_names=["f"], other=1)])
        v1.upsert_files_batch([file_row(repo, language="go")])
        v1.barrier()

        [file] = nodes_in(graph, "FileV1")
        assert file.keys() == {
            *("org_id", "repo", "file_path", "language", "indexed_at", "scanner_version"),
        }

    def test_a_symbol_without_its_file_is_nothing(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        v1.upsert_symbols_batch([symbol_row(repo, "f"), symbol_row(repo, "g", "b.py")])
        upsert_file(v1, repo)
        v1.upsert_symbols_batch([symbol_row(repo, "f"), symbol_row(repo, "g", "b.py")])
        v1.upsert_symbols_batch([])
        v1.barrier()

        assert names_of(graph, "SymbolV1", "qualified_name") == ["f"]

    def test_a_file_that_was_deleted_is_not_there_any_more(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        for path in ("a.py", "b.py"):
            upsert_file(v1, repo, path)
            v1.upsert_symbols_batch([symbol_row(repo, "f", path)])
        v1.delete_file(*repo, "a.py")
        v1.upsert_symbols_batch([symbol_row(repo, name, "a.py") for name in "fg"])
        v1.upsert_symbols_batch([symbol_row(repo, "g", "b.py")])
        v1.delete_symbol(*repo, "b.py", "f")
        v1.barrier()

        assert names_of(graph, "FileV1", "file_path") == ["b.py"]
        assert names_of(graph, "SymbolV1", "qualified_name") == ["g"]

    def test_a_file_of_another_process_is_looked_for(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        upsert_file(v1, repo)
        known_files().forget_all(*repo)
        v1.upsert_symbols_batch([symbol_row(repo, "f")])
        v1.barrier()

        assert names_of(graph, "SymbolV1", "qualified_name") == ["f"]

    def test_edges_stand_between_what_is_there(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        for path in ("a.py", "b.py"):
            upsert_file(v1, repo, path)
        v1.upsert_symbols_batch([symbol_row(repo, name) for name in "fg"])
        v1.add_calls_edge(*repo, "a.py", "f", "a.py", "g", is_ambiguous=True)
        v1.add_calls_edge(*repo, "a.py", "f", "a.py", "nobody")
        more = {"caller_file": "a.py", "caller_qname": "g", "callee_file": "a.py"}
        whose = {"org_id": repo[0], "repo": repo[1]}
        v1.add_calls_edges_batch([{**whose, **more, "callee_qname": "f", "is_direct": None}])
        v1.add_imports_edge(*repo, "a.py", "b.py", "symbol")
        v1.add_imports_edges_batch([{**whose, "importer_file": "b.py", "imported_file": "a.py"}])
        v1.barrier()

        calls = sorted(edges_in(graph, "CALLS"), key=str)
        assert calls == [
            {"is_direct": True, "is_ambiguous": False},
            {"is_direct": True, "is_ambiguous": True},
        ]
        imports = sorted(each["import_type"] for each in edges_in(graph, "IMPORTS"))
        assert imports == ["module", "symbol"]

    def test_a_summary_needs_its_node(self, v1: CodeStoreV1, graph: Driver, repo: Repo) -> None:
        upsert_file(v1, repo)
        v1.upsert_symbols_batch([symbol_row(repo, "f", raw_code="…")])
        v1.upsert_directory(*repo, "src/")
        v1.update_symbol_summary(*repo, "a.py", "f", "It does.", "llm", TWO)
        v1.update_symbol_summary(*repo, "a.py", "nobody", "It does.", "llm", TWO)
        v1.update_file_summary(*repo, "a.py", "It holds.", "llm", TWO)
        v1.update_directory_summary(*repo, "src/", "Sources.", "llm")
        v1.update_directory_summary(*repo, "elsewhere/", "Sources.", "llm")
        v1.barrier()

        [symbol] = nodes_in(graph, "SymbolV1")
        assert (symbol["summary"], symbol["summary_embedding"], symbol["raw_code"]) == (
            *("It does.", TWO),
            "…",
        )
        [file] = nodes_in(graph, "FileV1")
        assert (file["summary_source"], file["summary_embedding"]) == ("llm", TWO)
        assert [each["summary"] for each in nodes_in(graph, "DirectoryV1")] == ["Sources."]


class TestScans:
    def test_a_scan_needs_its_repository(self, v1: CodeStoreV1, graph: Driver, repo: Repo) -> None:
        with pytest.raises(RepositoryMissing):
            v1.start_scan(*repo, "c1")
        v1.upsert_repository(*repo)
        first, second = v1.start_scan(*repo, "c1"), v1.start_scan(*repo, "c2")
        assert v1.get_last_commit_sha(*repo) is None
        v1.complete_scan(*repo, first, "c1", {"files": 3}, 1)
        v1.fail_scan(*repo, second, "no")

        assert v1.get_last_commit_sha(*repo) == "c1"
        scans = {each["scan_id"]: each for each in nodes_in(graph, "ScanV1")}
        assert (scans[first]["scan_status"], scans[first]["stats"]) == ("complete", '{"files": 3}')
        assert scans[second]["error_message"] == "no"
        assert edges_in(graph, "HAS_SCAN") == [{}, {}]

    def test_a_unit_sees_the_repository_that_it_made_and_deleted(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        with unit():
            v1.upsert_repository(*repo)
            v1.start_scan(*repo, "c1")
            v1.upsert_files_batch([file_row(repo), file_row(repo, "b.py")])
            v1.upsert_symbols_batch([symbol_row(repo, "f"), symbol_row(repo, "g", "b.py")])
            v1.delete_file(*repo, "b.py")
            v1.upsert_symbols_batch([symbol_row(repo, "h", "b.py")])
        v1.barrier()
        assert names_of(graph, "SymbolV1", "qualified_name") == ["f"]

        with unit():
            v1.upsert_files_batch([file_row(repo, "c.py")])
            # The repository, the scan, the files and the symbol.
            assert v1.delete_repository(*repo) == 5
            v1.upsert_files_batch([file_row(repo, "d.py")])
        v1.barrier()
        assert names_of(graph, "FileV1", "file_path") == ["d.py"]
        with pytest.raises(UnitFailed), unit():
            v1.delete_repository(*repo)
            with pytest.raises(RepositoryMissing):
                v1.start_scan(*repo, "c2")


class TestDeletedRepositories:
    def test_the_number_is_that_of_all_its_nodes(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo, neo4j_address: tuple[str, str, str]
    ) -> None:
        older = CodeGraphClient(*neo4j_address)
        older.upsert_file(*repo, "a.py")
        upsert_file(v1, repo)
        upsert_file(v1, ("org", "other"))
        v1.upsert_symbols_batch([symbol_row(repo, "f")])

        # Repository, file and symbol, and the older graph's directory and file.
        assert v1.delete_repository(*repo) == 5
        assert v1.delete_repository(*repo) == 0
        assert v1.get_file_hash(*repo, "a.py") is None
        assert v1.get_file_hash("org", "other", "a.py") == "h1"

    def test_in_a_unit_that_changed_the_older_graph_it_is_refused(
        self, v1: CodeStoreV1, repo: Repo, neo4j_address: tuple[str, str, str]
    ) -> None:
        with pytest.raises(GraphChangesPending), unit():
            CodeGraphClient(*neo4j_address).upsert_file(*repo, "a.py")
            v1.delete_repository(*repo)


class TestReads:
    def test_each_sees_what_was_written_right_before(self, v1: CodeStoreV1, repo: Repo) -> None:
        for number in range(5):
            upsert_file(v1, repo, hash=f"h{number}")
            assert v1.get_file_hash(*repo, "a.py") == f"h{number}"
        row = symbol_row(repo, "f", raw_code="def f(): ...", content_hash="h1")
        v1.upsert_symbols_batch([row])
        assert v1.get_file_symbol_hashes(*repo, "a.py") == {"f": "h1"}
        assert v1.get_symbol_code(*repo, "a.py", "f") == "def f(): ..."
        assert v1.get_file_content(*repo, "a.py") == "text"
        assert v1.get_file_content(*repo, "nowhere") is None

    def test_pages_of_a_raw_session_end(self, v1: CodeStoreV1, repo: Repo) -> None:
        upsert_file(v1, repo)
        rows = [symbol_row(repo, f"f{number}", summary_source="ast") for number in range(5)]
        v1.upsert_symbols_batch(rows)
        page = (
            "MATCH (s:SymbolV1 {repo: $repo}) WHERE s.summary_source <> 'llm' "
            "RETURN s.qualified_name AS name LIMIT 2"
        )
        enriched: list[str] = []
        while True:
            with v1._session() as session:
                found = [each["name"] for each in session.run(page, repo=repo[1])]
            if not found:
                break
            for name in found:
                v1.update_symbol_summary(*repo, "a.py", name, "It does.", "llm", ONE)
            enriched += found

        assert sorted(enriched) == [f"f{number}" for number in range(5)]

    def test_in_a_unit_that_changed_the_graph_they_are_refused(
        self, v1: CodeStoreV1, repo: Repo
    ) -> None:
        with unit():
            assert v1.get_file_hash(*repo, "a.py") is None
            upsert_file(v1, repo)
            with pytest.raises(GraphChangesPending):
                v1.get_file_hash(*repo, "a.py")


class TestSchema:
    def test_the_relay_makes_no_constraint_beside_ours(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        v1.setup_schema()
        v1.setup_schema()
        v1.upsert_repository(*repo)
        v1.upsert_directory(*repo, "src/")
        upsert_file(v1, repo)
        v1.upsert_symbols_batch([symbol_row(repo, "f")])
        v1.start_scan(*repo, "c1")
        v1.barrier()

        found = graph.execute_query("SHOW CONSTRAINTS YIELD labelsOrTypes AS labels").records
        ours = sorted(label for each in found for label in each["labels"] if label.endswith("V1"))
        assert ours == ["DirectoryV1", "FileV1", "RepositoryV1", "ScanV1", "SymbolV1"]
        kinds = graph.execute_query("SHOW INDEXES YIELD name, type RETURN type, name").records
        named = [(each["type"], each["name"]) for each in kinds if each["name"].endswith("_idx")]
        assert sorted(type for type, _ in named) == ["FULLTEXT"] * 2 + ["VECTOR"] * 3

    def test_vector_and_fulltext_indexes_take_what_is_written(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        v1.setup_schema()
        upsert_file(v1, repo)
        rows = [
            symbol_row(repo, "f", summary_embedding=ONE, code_embedding=TWO, raw_code="needle"),
            symbol_row(repo, "g", summary_embedding=TWO, code_embedding=ONE, raw_code="hay"),
        ]
        v1.upsert_symbols_batch(rows)
        v1.update_symbol_summary(*repo, "a.py", "g", "It does.", "llm", ONE)
        v1.barrier()
        graph.execute_query("CALL db.awaitIndexes(60)")

        nearest = graph.execute_query(
            "CALL db.index.vector.queryNodes($index, 5, $vector) YIELD node, score "
            "WHERE node.repo = $repo AND score > 0.99 RETURN node.qualified_name AS name",
            index="symbol_summary_vec_idx",
            vector=ONE,
            repo=repo[1],
        )
        assert sorted(each["name"] for each in nearest.records) == ["f", "g"]
        text = graph.execute_query(
            "CALL db.index.fulltext.queryNodes('symbol_fulltext_idx', 'needle') YIELD node "
            "WHERE node.repo = $repo RETURN node.qualified_name AS name",
            repo=repo[1],
        )
        assert [each["name"] for each in text.records] == ["f"]


class TestBatches:
    def rows(self, repo: Repo, count: int, source: int) -> list[dict[str, Any]]:
        embeddings: dict[str, Any] = {
            "summary_embedding": [0.5] * 1_536,
            "code_embedding": [0.25] * 1_536,
        }
        return [
            symbol_row(repo, f"f{number:03}", raw_code="x" * source, **embeddings)
            for number in range(count)
        ]

    def test_two_hundred_symbols_with_source_and_vectors_are_one_entry(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        upsert_file(v1, repo)
        entries = entry_count()

        v1.upsert_symbols_batch(self.rows(repo, 200, source=4_000))

        assert entry_count() == entries + 1
        v1.barrier()
        assert len(nodes_in(graph, "SymbolV1")) == len(edges_in(graph, "DEFINES")) == 200

    def test_more_than_an_entry_holds_are_several_in_their_order(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        upsert_file(v1, repo)
        entries = entry_count()

        v1.upsert_symbols_batch(self.rows(repo, 200, source=80_000))

        made = entry_count() - entries
        assert made == 3
        order = [
            mutation.merge_node.node.key["qualified_name"].string_value
            for part in newest_mutations(made)
            for mutation in part
            if mutation.HasField("merge_node")
        ]
        assert order == [f"f{number:03}" for number in range(200)]
        v1.barrier()
        assert len(nodes_in(graph, "SymbolV1")) == 200

    def test_a_unit_is_one_entry_and_no_larger(self, v1: CodeStoreV1, repo: Repo) -> None:
        entries = entry_count()

        with pytest.raises(EntryTooLarge), unit():
            v1.upsert_files_batch(
                [file_row(repo, f"{n}.py", raw_content="x" * 5_000_000) for n in "ab"]
            )

        assert entry_count() == entries


class TestNeo4jAway:
    def test_a_scan_writes_on(self, away: CodeStoreV1, graph: Driver, repo: Repo) -> None:
        away.upsert_repository(*repo)
        upsert_file(away, repo)
        away.upsert_symbols_batch([symbol_row(repo, "f")])
        away.update_symbol_summary(*repo, "a.py", "f", "It does.", "llm", ONE)
        away.barrier()

        assert names_of(graph, "SymbolV1", "summary") == ["It does."]

    def test_what_depends_on_the_graph_says_so_and_writes_nothing(
        self,
        away: CodeStoreV1,
        connection: Connection,
        repo: Repo,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        entries = entry_count()
        brief = replace(connection.options, read_timeout_seconds=0.2)
        monkeypatch.setattr(connection, "options", brief)
        for ask in (
            lambda: away.start_scan(*repo, "c1"),
            lambda: away.delete_repository(*repo),
            lambda: away.upsert_symbols_batch([symbol_row(repo, "f")]),
            lambda: away.get_file_hash(*repo, "a.py"),
        ):
            with pytest.raises(Exception, match="connect"):
                ask()

        assert entry_count() == entries
