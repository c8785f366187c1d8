"""The scanner's boundaries: what belongs together commits together."""

import uuid
from collections.abc import Iterator

import pytest
from code_stores import entry_count, store
from conftest import nodes_in
from neo4j import Driver

from outgraph_xmem import CodeGraphClient, CodeStore, UnitFailed
from outgraph_xmem.boundaries import Scan, begin_scan, file_enrichment, symbol_enrichment

pytestmark = pytest.mark.servers

__all__ = ["store"]

R = ("org", "repo")
PATH = "src/a.py"


@pytest.fixture
def client(graph: Driver, neo4j_address: tuple[str, str, str]) -> Iterator[CodeGraphClient]:
    made = CodeGraphClient(*neo4j_address)
    made.connect()
    yield made
    made.close()


class Disk(Exception):
    """Something that goes wrong in the middle of a file."""


def index(
    scan: Scan,
    store: CodeStore,
    client: CodeGraphClient,
    symbols: dict[str, str],
    fails_at: str = "",
) -> None:
    """Indexes a file with these symbols, by name and hash."""
    with scan.file(PATH):
        store.upsert_file(*R, PATH, "python", "…", content_hash=str(symbols))
        known = store.get_file_symbol_hashes(*R, PATH)
        for name, hash in symbols.items():
            if name in known:
                scan.symbol_changed(PATH, name)
            store.upsert_symbol(*R, PATH, name, "function", "python", "…", content_hash=hash)
            if name == fails_at:
                raise Disk
            client.upsert_symbol(*R, PATH, name, "function", signature_hash=hash)
        for name in known.keys() - symbols.keys():
            scan.delete_symbol(PATH, name)
        client.upsert_file(*R, PATH, symbol_count=len(symbols))


def in_graph(graph: Driver, client: CodeGraphClient) -> set[tuple[str, str]]:
    """Names and hashes of the versions of symbols in the graph."""
    client.barrier()
    return {(each["symbol_name"], each["signature_hash"]) for each in nodes_in(graph, "Symbol")}


class TestAFile:
    def test_one_that_failed_is_not_skipped_by_the_next_scan(
        self, store: CodeStore, client: CodeGraphClient, graph: Driver
    ) -> None:
        scan = begin_scan(store, client, *R, commit_sha="c1")
        with pytest.raises(Disk):
            index(scan, store, client, {"f": "1", "g": "1"}, fails_at="g")

        assert store.get_file_hash(*R, PATH) is None
        assert store.get_file_symbol_hashes(*R, PATH) == {}
        assert in_graph(graph, client) == set()
        assert list(scan.failed) == [f"file {PATH}"]
        assert scan.complete("c1") is False
        assert store.get_last_commit_sha(*R) is None
        assert PATH in store.scan_runs.find_one()["error"]

        again = begin_scan(store, client, *R, commit_sha="c1")
        index(again, store, client, {"f": "1", "g": "1"})

        assert again.complete("c1", {"files": 1}) is True
        assert store.get_last_commit_sha(*R) == "c1"
        assert in_graph(graph, client) == {("f", "1"), ("g", "1")}
        assert len(nodes_in(graph, "Repository")) == 1

    def test_a_repeat_that_goes_well_makes_up_for_it(
        self, store: CodeStore, client: CodeGraphClient
    ) -> None:
        scan = begin_scan(store, client, *R, commit_sha="c1")
        with pytest.raises(Disk):
            index(scan, store, client, {"f": "1"}, fails_at="f")
        index(scan, store, client, {"f": "1"})

        assert scan.complete("c1") is True

    def test_it_is_one_entry(self, store: CodeStore, client: CodeGraphClient) -> None:
        scan = begin_scan(store, client, *R, commit_sha="c1")
        entries = entry_count()

        index(scan, store, client, {str(number): "1" for number in range(20)})

        assert entry_count() == entries + 1


class TestWhatIsGone:
    @pytest.mark.parametrize("leaks", [True, False])
    def test_nodes_of_older_versions_and_deleted_symbols(
        self, store: CodeStore, client: CodeGraphClient, graph: Driver, leaks: bool
    ) -> None:
        for number, symbols in enumerate(({"f": "1", "g": "1"}, {"f": "2"})):
            scan = begin_scan(store, client, *R, commit_sha=f"c{number}", leak_compatible=leaks)
            index(scan, store, client, symbols)

        old = {("f", "1"), ("g", "1")} if leaks else set()
        assert in_graph(graph, client) == {("f", "2"), *old}
        assert store.get_file_symbol_hashes(*R, PATH) == {"f": "2"}

    @pytest.mark.parametrize("leaks", [True, False])
    def test_nodes_of_a_deleted_file(
        self, store: CodeStore, client: CodeGraphClient, graph: Driver, leaks: bool
    ) -> None:
        scan = begin_scan(store, client, *R, commit_sha="c1", leak_compatible=leaks)
        index(scan, store, client, {"f": "1"})
        scan.delete_file(PATH)

        assert in_graph(graph, client) == ({("f", "1")} if leaks else set())
        assert len(nodes_in(graph, "File")) == int(leaks)
        assert store.get_file_hash(*R, PATH) is None
        assert store.get_file_symbol_hashes(*R, PATH) == {}


class TestTheRest:
    def test_edges_are_all_there_or_none_and_the_scan_knows(
        self, store: CodeStore, client: CodeGraphClient, graph: Driver
    ) -> None:
        scan = begin_scan(store, client, *R, commit_sha="c1")
        index(scan, store, client, {"f": "1", "g": "1"})
        with scan.directory_index():
            client.upsert_directory(*R, "src/", "Sources.")
        with pytest.raises(UnitFailed), scan.edges():
            client.add_calls_edge(*R, "f", PATH, "g", PATH)
            # The caller drops the error, as XMem does.
            with pytest.raises(Exception, match="call_count"):
                client.add_calls_edge(*R, "g", PATH, "f", PATH, call_count=2**64)
        with scan.edges():
            client.add_calls_edge(*R, "g", PATH, "g", PATH)
        client.barrier()

        found = graph.execute_query("MATCH (a)-[:CALLS]->(b) RETURN a.symbol_name + b.symbol_name")
        assert [each[0] for each in found.records] == ["gg"]
        assert scan.complete("c1") is False

    def test_the_enrichers_cursor_moves_with_the_graph(
        self, store: CodeStore, client: CodeGraphClient, graph: Driver
    ) -> None:
        index(begin_scan(store, client, *R, commit_sha="c1"), store, client, {"f": "1"})
        [symbol] = store.get_unenriched_symbols(*R)
        [file] = store.get_unenriched_files(*R)
        text = f"It does {uuid.uuid4()}."

        with pytest.raises(Disk), symbol_enrichment():
            store.update_symbol_summary(symbol["_id"], text)
            raise Disk
        assert store.count_unenriched(*R) == {"symbols": 1, "files": 1}
        with symbol_enrichment():
            store.update_symbol_summary(symbol["_id"], text)
            client.upsert_symbol(*R, PATH, "f", "function", text, signature_hash="1")
        with file_enrichment():
            store.update_file_summary(file["_id"], text)
            client.upsert_file(*R, PATH, summary=text)
        client.barrier()

        assert store.count_unenriched(*R) == {"symbols": 0, "files": 0}
        summaries = [nodes_in(graph, label)[0]["summary"] for label in ("Symbol", "File")]
        assert summaries == [text, text]
