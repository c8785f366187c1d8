"""The code graph V1 is what its writes mean in Cypher, and reads see what was written before."""

import math
import uuid
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

import pytest
from code_stores import edges_in, entry_count, newest_mutations
from conftest import nodes_in
from neo4j import Driver
from neo4j.exceptions import ClientError
from outgraph import InvalidValue
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


@dataclass(frozen=True)
class Vectors:
    summary_vector: list[float]
    code_vector: list[float]


def upsert_file(v1: CodeStoreV1, repo: Repo, path: str = "a.py", hash: str = "h1") -> None:
    v1.upsert_file(*repo, path, "python", "text", "It holds.", "ast", ONE, 3, 1, ["f"], hash, "c1")


def names_of(driver: Driver, label: str, name: str) -> list[str]:
    return sorted(each[name] for each in nodes_in(driver, label))


class TestWrites:
    def test_the_tree_of_a_repository(self, v1: CodeStoreV1, graph: Driver, repo: Repo) -> None:
        began = datetime.now(timezone.utc)
        v1.upsert_repository(*repo, branch="dev")
        v1.upsert_directory(*repo, "src/", ["python"], 2, 3, "Sources.")
        upsert_file(v1, repo)
        symbol = {"qualified_name": "K.f", "raw_code": "…", "content_hash": "h2"}
        v1.upsert_symbol(*repo, "a.py", symbol, Vectors(ONE, TWO), "c1")
        v1.barrier()

        whose = {"org_id": repo[0], "repo": repo[1], "scanner_version": "1.0.0-alpha"}
        [repository] = nodes_in(graph, "RepositoryV1")
        assert repository.pop("indexed_at").to_native() >= began
        assert repository == {**whose, "branch": "dev"}
        [directory] = nodes_in(graph, "DirectoryV1")
        del directory["indexed_at"]
        assert directory == {
            **{**whose, "dir_path": "src/", "languages": ["python"], "summary": "Sources."},
            **{"file_count": 2, "symbol_count": 3},
        }
        [file] = nodes_in(graph, "FileV1")
        del file["indexed_at"]
        assert file == {
            **{**whose, "file_path": "a.py", "language": "python", "raw_content": "text"},
            **{"summary": "It holds.", "summary_source": "ast", "summary_embedding": ONE},
            **{"total_lines": 3, "symbol_count": 1, "symbol_names": ["f"]},
            **{"content_hash": "h1", "commit_sha": "c1"},
        }
        [found] = nodes_in(graph, "SymbolV1")
        del found["indexed_at"]
        assert found == {
            **{**whose, "file_path": "a.py", "qualified_name": "K.f", "symbol_name": "f"},
            **{"symbol_type": "function", "language": "", "signature": "", "docstring": ""},
            **{"summary": "", "summary_source": "ast", "raw_code": "…", "content_hash": "h2"},
            **{"signature_hash": "", "start_line": 0, "end_line": 0, "line_count": 0},
            **{"is_public": True, "is_entrypoint": False, "complexity_bucket": "low"},
            **{"commit_sha": "c1", "summary_embedding": ONE, "code_embedding": TWO},
        }
        for type in ("CONTAINS_DIR", "CONTAINS_FILE", "DEFINES"):
            assert edges_in(graph, type) == [{}]

    def test_what_a_row_lacks_is_removed_and_what_no_file_has_is_not_written(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        upsert_file(v1, repo)
        v1.upsert_files_batch([file_row(repo, language="go", summary=None, anything=1)])
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

    def test_a_file_is_known_when_its_unit_has_committed_and_not_before(
        self, v1: CodeStoreV1, away: CodeStoreV1, repo: Repo
    ) -> None:
        a, b = (*repo, "a.py"), (*repo, "b.py")
        with unit():
            v1.upsert_files_batch([file_row(repo), file_row(repo, "b.py")])
            assert known_files().of([a, b]) == set()
        assert known_files().of([a, b]) == {a, b}
        # Nobody asks Neo4j, which is not there.
        away.upsert_symbols_batch([symbol_row(repo, "f")])
        with unit():
            v1.delete_file(*a)
            v1.upsert_files_batch([file_row(repo, "c.py")])
        assert known_files().of([a, b]) == {b}

    def test_a_unit_that_rolls_back_leaves_no_file_known(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        with pytest.raises(KeyError), unit():
            upsert_file(v1, repo)
            raise KeyError("mine")
        assert known_files().of([(*repo, "a.py")]) == set()

        v1.upsert_symbols_batch([symbol_row(repo, "f")])
        v1.barrier()
        assert nodes_in(graph, "SymbolV1") == []

    def test_a_file_upserted_while_another_thread_deletes_it_is_asked_for(
        self, v1: CodeStoreV1, repo: Repo
    ) -> None:
        with ThreadPoolExecutor(1) as other, unit():
            v1.delete_file(*repo, "a.py")
            other.submit(upsert_file, v1, repo).result()

        assert known_files().of([(*repo, "a.py")]) == set()

    def test_edges_stand_between_what_is_there(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        for path in ("a.py", "b.py"):
            upsert_file(v1, repo, path)
        v1.upsert_symbols_batch([symbol_row(repo, name) for name in "fg"])
        v1.add_calls_edge(*repo, "a.py", "f", "a.py", "g", is_direct=False)
        v1.add_calls_edge(*repo, "a.py", "f", "a.py", "nobody")
        ends = {"caller_qname": "g", "caller_file": "a.py", "callee_file": "a.py"}
        whose = {"org_id": repo[0], "repo": repo[1]}
        v1.add_calls_edges_batch([{**whose, **ends, "callee_qname": "f", "is_ambiguous": True}])
        v1.add_imports_edge(*repo, "a.py", "b.py", "symbol")
        v1.add_imports_edges_batch([{**whose, "importer_file": "b.py", "imported_file": "a.py"}])
        v1.barrier()

        assert sorted(edges_in(graph, "CALLS"), key=str) == [
            {"is_direct": False, "is_ambiguous": False},
            {"is_direct": True, "is_ambiguous": True},
        ]
        assert sorted(edges_in(graph, "IMPORTS"), key=str) == [
            {"import_type": "module"},
            {"import_type": "symbol"},
        ]

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
        v1.complete_scan(*repo, first, "c1", {"files": 3}, 1.5)
        v1.fail_scan(*repo, second, "no")

        assert v1.get_last_commit_sha(*repo) == "c1"
        scans = {each["scan_id"]: each for each in nodes_in(graph, "ScanV1")}
        assert scans[first].keys() == {
            *("org_id", "repo", "scan_id", "commit_sha", "scan_status", "scanner_version"),
            *("started_at", "finished_at", "duration_seconds", "stats"),
        }
        assert (scans[first]["scan_status"], scans[first]["stats"]) == ("complete", '{"files": 3}')
        assert scans[second].keys() - scans[first].keys() == {"error_message"}
        assert (scans[second]["scan_status"], scans[second]["error_message"]) == ("failed", "no")
        assert edges_in(graph, "HAS_SCAN") == [{}, {}]

    def test_what_a_write_depends_on_is_waited_for_whatever_reads_do(
        self, graph: Driver, neo4j_address: tuple[str, str, str], repo: Repo
    ) -> None:
        eventual = CodeStoreV1(*neo4j_address, consistency="eventual")
        for number in range(10):
            each = (repo[0], f"{repo[1]}-{number}")
            eventual.upsert_repository(*each)
            eventual.start_scan(*each, "c1")
            # The repository and its scan.
            assert eventual.delete_repository(*each) == 2
        eventual.close()

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
        self, v1: CodeStoreV1, graph: Driver, repo: Repo
    ) -> None:
        upsert_file(v1, repo)
        upsert_file(v1, ("org", "other"))
        v1.upsert_symbols_batch([symbol_row(repo, "f")])

        # Repository, file and symbol.
        assert v1.delete_repository(*repo) == 3
        assert v1.delete_repository(*repo) == 0
        assert v1.get_file_hash(*repo, "a.py") is None
        assert v1.get_file_hash("org", "other", "a.py") == "h1"

    def test_the_older_graph_stays(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo, neo4j_address: tuple[str, str, str]
    ) -> None:
        with unit():
            CodeGraphClient(*neo4j_address).upsert_file(*repo, "a.py")
            assert v1.delete_repository(*repo) == 0
        v1.barrier()

        assert len(nodes_in(graph, "File")) == 1


class TestReads:
    def test_each_sees_what_was_written_right_before(self, v1: CodeStoreV1, repo: Repo) -> None:
        for number in range(5):
            upsert_file(v1, repo, hash=f"h{number}")
            assert v1.get_file_hash(*repo, "a.py") == f"h{number}"
        row = symbol_row(repo, "f", raw_code="def f(): ...", content_hash="h1")
        v1.upsert_symbols_batch([row])
        assert v1.get_file_symbol_hashes(*repo, "a.py") == {"f": "h1"}
        assert v1.get_symbol_code(*repo, "a.py", "f") == "def f(): ..."
        assert v1.get_symbol_code(*repo, "a.py", "nobody") is None
        assert v1.get_file_content(*repo, "a.py") == "text"
        assert v1.get_file_content(*repo, "b.py") is None
        v1.upsert_directory(*repo, "src/", file_count=2, summary="Sources.")
        assert v1.get_repo_directories(*repo) == [
            {"dir_path": "src/", "summary": "Sources.", "file_count": 2}
        ]

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
            with pytest.raises(GraphChangesPending):
                v1._session()


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
        named = {each["name"] for each in kinds if each["type"] in ("FULLTEXT", "VECTOR")}
        assert named == {
            *("symbol_summary_vec_idx", "symbol_code_vec_idx", "file_summary_vec_idx"),
            *("symbol_fulltext_idx", "file_fulltext_idx"),
        }

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
        graph.execute_query("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")

        nearest = v1.vector_search_symbols(ONE, "summary", *repo)
        assert sorted(each["qualified_name"] for each in nearest) == ["f", "g"]
        [source] = v1.vector_search_symbols(TWO, "code", repo[0], repo[1], top_k=1)
        assert source.keys() == {
            *("qualified_name", "symbol_type", "signature", "docstring", "summary"),
            *("file_path", "repo", "score"),
        }
        assert (source["qualified_name"], round(source["score"], 3)) == ("f", 1.0)
        [file] = v1.vector_search_files(ONE, *repo)
        assert file.keys() == {"file_path", "language", "summary", "repo", "score"}
        found = v1.fulltext_search_symbols("(needle)? && !", *repo)
        assert [each["qualified_name"] for each in found] == ["f"]
        assert v1.fulltext_search_symbols(" ?! ", *repo) == []
        assert v1.fulltext_search_symbols("needle", "another org") == []
        with pytest.raises(ValueError, match="lane"):
            v1.vector_search_symbols(ONE, "other", *repo)


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

        v1.upsert_symbols_batch(self.rows(repo, 200, source=45_000))

        made = entry_count() - entries
        assert made == 2
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


class TestVectors:
    EXACT = (0.5, -1.0, 2.0**-140)
    NOT_EXACT: tuple[list[float], ...] = (
        [0.1],
        [1e300],
        [2.0**-200, 1.0],
        [math.inf],
        [0.5] * 4_097,
    )

    @pytest.mark.parametrize("components", [*NOT_EXACT, list(EXACT)])
    def test_none_loses_anything_but_a_files_summary(
        self, v1: CodeStoreV1, graph: Driver, repo: Repo, components: list[float]
    ) -> None:
        upsert_file(v1, repo)
        row = symbol_row(repo, "f", summary_embedding=components, code_embedding=ONE)
        v1.upsert_symbols_batch([row])
        v1.barrier()

        [symbol] = nodes_in(graph, "SymbolV1")
        assert symbol["summary_embedding"] == components

    @pytest.mark.parametrize(
        ("components", "stored"), [(EXACT, list(EXACT)), ([0.1], [array("f", [0.1])[0]])]
    )
    def test_a_files_summary_has_32_bits(
        self,
        v1: CodeStoreV1,
        graph: Driver,
        repo: Repo,
        components: list[float],
        stored: list[float],
    ) -> None:
        upsert_file(v1, repo)
        v1.update_file_summary(*repo, "a.py", "It holds.", "llm", components)
        v1.barrier()

        [file] = nodes_in(graph, "FileV1")
        assert file["summary_embedding"] == stored

    @pytest.mark.parametrize("components", [[1e300], [math.inf], [math.nan], [], [0.5] * 4_097])
    def test_what_32_bits_cannot_hold_is_refused_there_and_nothing_is_written(
        self, v1: CodeStoreV1, repo: Repo, components: list[float]
    ) -> None:
        entries = entry_count()

        with pytest.raises(InvalidValue, match="summary_embedding: a vector has"), unit():
            upsert_file(v1, repo)
            v1.update_file_summary(*repo, "a.py", "It holds.", "llm", components)

        assert entry_count() == entries


class TestDatabase:
    def test_reads_and_schema_go_to_the_one_that_is_named(
        self, graph: Driver, repo: Repo, neo4j_address: tuple[str, str, str]
    ) -> None:
        """Neo4j's community edition has one for users, and ``system``, which answers no reads."""
        there = CodeStoreV1(*neo4j_address, database="neo4j", embedding_dimension=DIMENSION)
        upsert_file(there, repo)
        there.setup_schema()
        assert there.get_file_hash(*repo, "a.py") == "h1"
        with there._session() as session:
            assert session.run("CALL db.info() YIELD name RETURN name").single(strict=True)[0] == (
                "neo4j"
            )
        there.close()

        elsewhere = CodeStoreV1(*neo4j_address, database="nowhere", embedding_dimension=DIMENSION)
        asked: list[Callable[[], object]] = [
            lambda: elsewhere.get_file_hash(*repo, "a.py"),
            lambda: elsewhere.delete_repository(*repo),
            lambda: elsewhere.start_scan(*repo, "c1"),
            elsewhere.setup_schema,
        ]
        for ask in asked:
            with pytest.raises(ClientError, match="nowhere"):
                ask()
        elsewhere.close()

    def test_a_vector_is_no_longer_than_an_index_takes(
        self, neo4j_address: tuple[str, str, str]
    ) -> None:
        with pytest.raises(ValueError, match="4097"):
            CodeStoreV1(*neo4j_address, None, 4_097)


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
