"""Every "after" of the guide runs as it stands, and does what the guide says of it."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from code_stores import edges_in, entry_count
from conftest import given, nodes_in
from neo4j import Driver

from outgraph_xmem import CodeGraphClient, CodeStore, Connection
from outgraph_xmem.boundaries import Scan

GUIDE = (Path(__file__).resolve().parents[1] / "GUIDE.md").read_text(encoding="utf8")
R = ("acme", "shop")


def sections() -> dict[str, tuple[list[str], list[str]]]:
    """By the sites that a heading names: code before, and after. ``set up`` is what comes first."""
    found = {}
    for part in re.split(r"^##+ ", GUIDE, flags=re.M):
        heading, _, text = part.partition("\n")
        before, after = (
            re.findall(rf"```{kind}\n(.*?)```", text, re.S) for kind in ("py", "python")
        )
        if before or after:
            sites = heading.partition(":")[0] if heading.startswith("D") else "set up"
            found[sites] = (before, after)
    return found


def test_each_site_has_a_before_and_an_after() -> None:
    told = sections()
    assert all(map(len, told.pop("set up")[1:]))

    sites = [site for heading in told for site in heading.split(", ")]
    assert sites == [f"D{number}" for number in range(1, 14)]
    assert all(len(before) == len(after) == 1 for before, after in told.values())


def test_each_after_is_run_here() -> None:
    here = Path(__file__).read_text(encoding="utf8")
    assert {site for site in sections() if f'after("{site}"' not in here} == {"set up"}


@dataclass
class Symbol:
    name: str
    hash: str = "h1"
    kind: Any = "function"

    @property
    def code(self) -> str:
        return f"def {self.name}(): ..."

    @property
    def row(self) -> dict[str, Any]:
        return {"qualified_name": self.name, "symbol_name": self.name, "content_hash": self.hash}


@dataclass
class File:
    path: str
    hash: str
    symbols: list[Symbol]

    @property
    def text(self) -> str:
        return "\n".join(each.code for each in self.symbols)

    @property
    def row(self) -> dict[str, Any]:
        return {"file_path": self.path, "raw_content": self.text, "content_hash": self.hash}


@dataclass
class Outside:
    """The caller's own: a model, a vector store."""

    vectors: list[Any] = field(default_factory=list)

    def add(self, vector: Any) -> None:
        self.vectors.append(vector)

    def add_annotation(self, id: str, text: str) -> None:
        self.vectors.append((id, text))

    def summarise(self, document: dict[str, Any]) -> str:
        return f"About {document.get('symbol_name', document['file_path'])}."

    def embed(self, text: str) -> list[float]:
        return [float(len(text)), 1.0]


class Caller:
    """Somebody whose code is the guide's."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._addresses = addresses
        self.names: dict[str, Any] = {
            **{"org_id": R[0], "repo": R[1], "head": "c1", "user_id": "ann"},
            **{"model": Outside(), "vectors": Outside(), "log": logging.getLogger("caller")},
            "files": [
                File("src/app.py", "f1", [Symbol("main"), Symbol("unused")]),
                File("src/lib.py", "f2", [Symbol("helper")]),
                File("src/gone.py", "f3", [Symbol("old")]),
            ],
        }
        self._run(sections()["set up"][1][0])

    def after(self, site: str, **replaced: str) -> None:
        """Runs the code of a site."""
        code = sections()[site][1][0]
        for old, new in replaced.items():
            assert old in code
            code = re.sub(rf"\b{old}=\w+", f"{old}={new}", code)
        self._run(code)

    def _run(self, code: str) -> None:
        for old, new in self._addresses.items():
            code = code.replace(old, new)
        exec(compile(code, "GUIDE.md", "exec"), self.names)

    def __getattr__(self, name: str) -> Any:
        return self.names[name]


@pytest.fixture
def caller(
    graph: Driver, connection: Connection, neo4j_address: tuple[str, str, str]
) -> Iterator[Caller]:
    uri, user, password = neo4j_address
    database = f"{connection.options.database}_guide"
    made = Caller(
        {
            "outgraph_xmem.connect(": "(",  # this process is connected already
            "mongodb://127.0.0.1:27017/?replicaSet=rs0": given("OUTGRAPH_MONGODB_URI"),
            '"xmem"': repr(database),
            '"bolt://127.0.0.1:7687", "neo4j", "password"': f"{uri!r}, {user!r}, {password!r}",
        }
    )
    yield made
    for name in ("code_graph", "v1", "temporal"):
        if name in made.names:
            made.names[name].close()
    connection.client.drop_database(database)


def symbols_in(graph: Driver, caller: Caller) -> set[tuple[str, str]]:
    """Names and hashes of the versions in the graph."""
    caller.code_graph.barrier()
    return {(each["symbol_name"], each["signature_hash"]) for each in nodes_in(graph, "Symbol")}


def refusing(*_: object, **__: object) -> Any:
    raise ConnectionError("no")


@pytest.mark.servers
class TestTheScanner:
    def test_a_running_scan_has_its_node(self, caller: Caller, graph: Driver) -> None:
        entries = entry_count()
        caller.after("D1")

        store: CodeStore = caller.code_store
        assert store.scan_runs.find_one()["status"] == "running"
        assert entry_count() == entries + 1
        caller.code_graph.barrier()
        assert len(nodes_in(graph, "Repository")) == 1

    def test_a_file_that_fails_is_not_skipped_later(
        self, caller: Caller, graph: Driver, caplog: pytest.LogCaptureFixture
    ) -> None:
        helper = caller.files[1].symbols[0]
        helper.kind = {"MongoDB": "takes this", "Neo4j": "does not"}
        caller.after("D1")
        entries = entry_count()
        caller.after("D2, D3")

        store: CodeStore = caller.code_store
        assert entry_count() == entries + 2
        assert symbols_in(graph, caller) == {("main", "h1"), ("unused", "h1"), ("old", "h1")}
        assert store.get_file_hash(*R, "src/lib.py") is None
        assert store.get_file_symbol_hashes(*R, "src/lib.py") == {}
        assert list(caller.scan.failed) == ["file src/lib.py"]
        assert "src/lib.py is not indexed" in caplog.text

        helper.kind = "function"
        caller.vectors.vectors.clear()
        caller.after("D2, D3")

        assert [file.path for file in caller.vectors.vectors] == ["src/lib.py"]
        assert ("helper", "h1") in symbols_in(graph, caller)
        assert store.get_file_hash(*R, "src/lib.py") == "f2"
        assert caller.scan.failed == {}

    def test_a_changed_symbol_has_one_version(self, caller: Caller, graph: Driver) -> None:
        caller.after("D1")
        caller.after("D2, D3")
        caller.names["files"] = [File("src/app.py", "f4", [Symbol("main", "h2")])]
        caller.after("D2, D3")

        assert symbols_in(graph, caller) == {("main", "h2"), ("helper", "h1"), ("old", "h1")}

    @pytest.mark.parametrize("leaks", [False, True])
    def test_nodes_go_with_their_documents(
        self, caller: Caller, graph: Driver, leaks: bool
    ) -> None:
        caller.after("D1", leak_compatible=str(leaks))
        caller.after("D2, D3")
        caller.after("D4, D5")

        store: CodeStore = caller.code_store
        left = {each["symbol_name"] for each in store.symbols.find()}
        assert left == {"main", "helper"}
        assert store.get_file_hash(*R, "src/gone.py") is None
        in_graph = {name for name, _ in symbols_in(graph, caller)}
        assert in_graph == (left | {"old", "unused"} if leaks else left)
        assert len(nodes_in(graph, "File")) == (3 if leaks else 2)

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_scan_is_complete_when_all_of_it_committed(
        self, caller: Caller, graph: Driver, fails: bool
    ) -> None:
        caller.after("D1")
        caller.after("D2, D3")
        scan: Scan = caller.scan
        if fails:
            with pytest.raises(ConnectionError), scan.file("src/bad.py"):
                refusing()
        caller.after("D6, D7, D8")

        store: CodeStore = caller.code_store
        assert caller.completed is not fails
        assert store.get_last_commit_sha(*R) == (None if fails else "c1")
        [run] = store.scan_runs.find()
        assert run["status"] == ("failed" if fails else "completed")
        assert ("src/bad.py" in (run["error"] or "")) is fails
        caller.code_graph.barrier()
        [directory] = nodes_in(graph, "Directory")
        assert directory["file_count"] == 3
        assert len(edges_in(graph, "CALLS")) == len(edges_in(graph, "IMPORTS")) == 1


@pytest.mark.servers
class TestTheEnricher:
    def test_the_cursor_moves_with_the_graph(
        self, caller: Caller, graph: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caller.after("D1")
        caller.after("D2, D3")
        with monkeypatch.context() as patched, pytest.raises(ConnectionError):
            patched.setattr(CodeGraphClient, "upsert_symbol", refusing)
            caller.after("D9, D10")
        store: CodeStore = caller.code_store
        assert store.count_unenriched(*R) == {"symbols": 4, "files": 3}

        caller.after("D9, D10")

        assert store.count_unenriched(*R) == {"symbols": 0, "files": 0}
        caller.code_graph.barrier()
        assert {each["summary"] for each in nodes_in(graph, "Symbol")} == {
            *("About main.", "About unused."),
            *("About helper.", "About old."),
        }
        assert all(each["summary"].startswith("About src/") for each in nodes_in(graph, "File"))


@pytest.mark.servers
class TestJobs:
    def test_job_and_scan_say_the_same(self, caller: Caller, graph: Driver) -> None:
        caller.after("D11")

        assert caller.scanned == "c1"
        [job] = caller.code_store.scanner_jobs.find()
        [scan] = nodes_in(graph, "ScanV1")
        assert job["phase1_status"] == scan["scan_status"] == "complete"
        assert scan["scan_id"] == caller.scan_id
        assert len(nodes_in(graph, "FileV1")) == 3
        assert len(edges_in(graph, "DEFINES")) == 4

    def test_a_job_that_cannot_begin_is_not_running(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("outgraph_xmem.CodeStoreV1.start_scan", refusing)
        with pytest.raises(ConnectionError):
            caller.after("D11")

        assert caller.code_store.scanner_jobs.find_one() is None


@pytest.mark.servers
class TestThePipelines:
    def test_an_annotation_and_its_edge_are_there(self, caller: Caller, graph: Driver) -> None:
        caller.after("D1")
        caller.after("D2, D3")
        caller.after("D12")
        caller.code_graph.barrier()

        [annotation] = nodes_in(graph, "Annotation")
        assert annotation["annotation_id"] == caller.annotation_id
        assert edges_in(graph, "ANNOTATES") == [{"relevance": "direct"}]
        assert caller.vectors.vectors[-1] == (caller.annotation_id, "called at start-up")

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_moved_event_is_moved_or_stays(
        self, caller: Caller, graph: Driver, monkeypatch: pytest.MonkeyPatch, fails: bool
    ) -> None:
        graph.execute_query(
            "CREATE (:User {user_id: 'ann'})-[:HAS_EVENT {event_name: 'Release'}]->"
            "(:Date {date: '03-14'}), (:Date {date: '03-15'})"
        )
        if fails:
            monkeypatch.setattr("outgraph_xmem.Neo4jClient.create_event", refusing)
            with pytest.raises(ConnectionError):
                caller.after("D13")
            found = caller.temporal.search_events_by_name("Release", "ann", top_k=10)
        else:
            caller.after("D13")
            found = caller.moved
            assert caller.deleted == 1

        assert [each["date"] for each in found] == ["03-14" if fails else "03-15"]
