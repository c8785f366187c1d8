"""A unit of work commits documents and graph together, once, or not at all."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import given
from outgraph import EntryId, new_entry_id
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.writer import AlreadyCommitted, TransactionGaveUp

import outgraph_xmem
from outgraph_xmem import (
    CodeGraphClient,
    Connection,
    Neo4jClient,
    NotConfigured,
    NotInGraphYet,
    Options,
    OtherDeployment,
    Unit,
    UnitFailed,
    UnitOfAnotherThread,
    UnitTooLong,
    current_unit,
    run_unit,
    unit,
)

pytestmark = pytest.mark.servers

R = ("org", "repo")
NOWHERE = ("bolt://127.0.0.1:1", "neo4j", "none")


@pytest.fixture
def elsewhere(outbox_elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """This process is connected to an outbox that no relay carries from."""
    uri = given("OUTGRAPH_MONGODB_URI")
    made = Connection(Options(uri, outbox_elsewhere, read_timeout_seconds=0.3, timeout_seconds=5))
    monkeypatch.setattr("outgraph_xmem.connection._connection", made)
    for name in ("outbox", "files"):
        made.client[outbox_elsewhere][name].delete_many({})
    yield made
    made.close()


@pytest.fixture
def files(elsewhere: Connection) -> Any:
    """A collection of documents."""
    return elsewhere.documents(elsewhere.options.mongodb_uri, elsewhere.options.database).files


@pytest.fixture
def graph_away(elsewhere: Connection) -> Iterator[CodeGraphClient]:
    """Its Neo4j is not there."""
    made = CodeGraphClient(*NOWHERE)
    made.connect()
    yield made
    made.close()


def entries(connection: Connection) -> list[dict[str, Any]]:
    stored = connection.client[connection.options.database].outbox
    return list(stored.find(sort=[("at", 1)]))


def kinds(entry: dict[str, Any]) -> list[str | None]:
    (event,) = Entry.FromString(entry["body"]).events
    return [mutation.WhichOneof("kind") for mutation in event.mutations]


class TestTogether:
    def test_documents_and_graph_are_one_entry(
        self, elsewhere: Connection, files: Any, graph_away: CodeGraphClient
    ) -> None:
        with unit("index file") as joined:
            files.insert_one({"_id": "a.py"}, session=joined.session)
            graph_away.upsert_file(*R, "a.py")
            graph_away.upsert_file(*R, "a.py", summary="x")
            assert files.find_one(session=joined.session) == {"_id": "a.py"}
            assert files.find_one() is None
            assert current_unit() is joined

        assert current_unit() is None
        assert files.find_one() == {"_id": "a.py"}
        (entry,) = entries(elsewhere)
        assert kinds(entry) == ["merge_node"] * 3 + ["merge_edge"] * 2
        assert entry["types"] == ["xmem.index_file"]
        assert entry["partition"] == "code/org/repo"
        assert str(entry["_id"].as_uuid()) == joined.entry_id

    def test_an_error_leaves_neither(
        self, elsewhere: Connection, files: Any, graph_away: CodeGraphClient
    ) -> None:
        with pytest.raises(KeyError), unit() as joined:
            files.insert_one({"_id": "a.py"}, session=joined.session)
            graph_away.upsert_file(*R, "a.py")
            raise KeyError("mine")

        assert files.find_one() is None
        assert entries(elsewhere) == []

    def test_an_inner_unit_joins_the_outer_one(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        with unit("outer") as outer:
            with unit("inner") as inner:
                graph_away.upsert_repository(*R)
            assert inner is outer
            run_unit(lambda joined: graph_away.upsert_repository("org", "other"))
            assert entries(elsewhere) == []

        (entry,) = entries(elsewhere)
        assert kinds(entry) == ["merge_node"] * 2
        assert "partition" not in entry

    def test_an_inner_error_that_is_dropped_stops_the_outer_unit(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        with pytest.raises(UnitFailed, match="mine"), unit() as outer:
            graph_away.upsert_repository(*R)
            try:
                with unit() as inner:
                    raise KeyError("mine")
            except KeyError:
                assert inner is outer

        assert entries(elsewhere) == []

    def test_outside_of_a_unit_each_write_is_one(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        graph_away.upsert_repository(*R)
        graph_away.upsert_repository(*R)

        assert [entry["types"] for entry in entries(elsewhere)] == [["xmem.upsert_repository"]] * 2

    def test_a_unit_in_which_nothing_happens_writes_nothing(self, elsewhere: Connection) -> None:
        with unit():
            pass
        assert run_unit(lambda joined: 7) == 7

        assert entries(elsewhere) == []

    def test_what_is_to_be_done_after_the_commit_is_done_then_or_never(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        done: list[tuple[str, int]] = []

        def write(joined: Unit, name: str) -> None:
            graph_away.upsert_repository(*R)
            joined.after_commit(lambda: done.append((name, len(entries(elsewhere)))))

        with unit() as joined:
            write(joined, "first")
            run_unit(lambda inner: write(inner, "inner"))
            assert done == []
        with pytest.raises(KeyError), unit() as joined:
            write(joined, "never")
            raise KeyError("mine")
        run_unit(lambda joined: write(joined, "second"))

        assert done == [("first", 1), ("inner", 1), ("second", 2)]

    def test_documents_alone_commit_too(self, elsewhere: Connection, files: Any) -> None:
        with unit() as joined:
            files.insert_one({"_id": "a.py"}, session=joined.session)

        assert files.find_one() == {"_id": "a.py"}

    def test_threads_have_units_of_their_own(
        self, elsewhere: Connection, files: Any, graph_away: CodeGraphClient
    ) -> None:
        together = threading.Barrier(4)

        def index(i: int) -> None:
            with unit() as joined:
                files.insert_one({"_id": i}, session=joined.session)
                together.wait(60)
                graph_away.upsert_file(*R, f"{i}.py")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(index, range(4)))

        assert files.count_documents({}) == 4
        assert [len(kinds(entry)) for entry in entries(elsewhere)] == [5] * 4


class TestIds:
    def test_a_known_id_is_refused_before_the_body_runs(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        id = new_entry_id()
        ran: list[int] = []

        def again(joined: Unit) -> None:
            ran.append(1)

        with unit(id=id):
            graph_away.upsert_repository(*R)
        with pytest.raises(AlreadyCommitted), unit(id=id):
            ran.append(1)
        with pytest.raises(AlreadyCommitted):
            run_unit(again, id=id)

        assert ran == []
        assert len(entries(elsewhere)) == 1

    def test_a_unit_without_changes_makes_its_id_known(self, elsewhere: Connection) -> None:
        id = new_entry_id()
        with unit(id=id):
            pass

        with pytest.raises(AlreadyCommitted):
            run_unit(lambda joined: None, id=id)

    def test_an_inner_unit_has_no_id_of_its_own(self, elsewhere: Connection) -> None:
        with unit("outer"), pytest.raises(ValueError, match="'outer' has one entry"):
            run_unit(lambda joined: None, id=EntryId("x"))


class TestConflicts:
    def test_work_is_run_again(self, elsewhere: Connection, files: Any) -> None:
        files.insert_one({"_id": "a.py", "n": 0})
        tried: list[int] = []
        session = elsewhere.client.start_session()
        session.start_transaction()
        files.update_one({"_id": "a.py"}, {"$inc": {"n": 1}}, session=session)

        def count(joined: Unit) -> None:
            tried.append(1)
            try:
                files.update_one({"_id": "a.py"}, {"$inc": {"n": 1}}, session=joined.session)
            finally:
                if len(tried) == 1:
                    session.commit_transaction()

        run_unit(count)
        session.end_session()

        assert len(tried) > 1
        assert files.find_one() == {"_id": "a.py", "n": 2}
        assert len(entries(elsewhere)) == 1

    def test_a_block_is_given_up(
        self, elsewhere: Connection, files: Any, graph_away: CodeGraphClient
    ) -> None:
        with elsewhere.client.start_session() as session, session.start_transaction():
            files.insert_one({"_id": "a.py"}, session=session)
            with pytest.raises(TransactionGaveUp, match="nothing was written"), unit() as joined:
                graph_away.upsert_file(*R, "a.py")
                files.insert_one({"_id": "a.py"}, session=joined.session)

        assert entries(elsewhere) == []


class TestLimits:
    @pytest.mark.parametrize("dropped", [False, True])
    def test_a_unit_does_not_span_a_model_call(
        self, elsewhere: Connection, graph_away: CodeGraphClient, dropped: bool
    ) -> None:
        def call() -> None:
            try:
                graph_away.upsert_repository(*R)
            except UnitTooLong:
                if not dropped:
                    raise

        saying = r"'enrich' .* must not span a model call"
        with pytest.raises(UnitTooLong, match=saying), unit("enrich"):
            graph_away.upsert_repository(*R)
            elsewhere.unit_seconds_max = 0  # a model was called meanwhile
            call()

        assert entries(elsewhere) == []

    def test_it_is_half_of_what_the_server_grants(self, elsewhere: Connection) -> None:
        name = "transactionLifetimeLimitSeconds"
        granted = elsewhere.client.admin.command({"getParameter": 1, name: 1})[name]

        assert elsewhere.unit_seconds_max == granted / 2

    def test_a_unit_is_not_used_by_two_threads(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        with unit("mine"), ThreadPoolExecutor(1) as pool:
            context = contextvars.copy_context()
            used = pool.submit(lambda: context.run(graph_away.upsert_repository, *R))
            with pytest.raises(UnitOfAnotherThread, match="'mine' belongs to another thread"):
                used.result()

    def test_a_unit_is_not_used_after_its_end(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        with unit("mine"):
            context = contextvars.copy_context()

        with pytest.raises(UnitOfAnotherThread, match="'mine' has ended"):
            context.run(graph_away.upsert_repository, *R)


class TestNeo4jAway:
    def test_writes_return_when_they_have_committed(
        self, elsewhere: Connection, graph_away: CodeGraphClient
    ) -> None:
        temporal = Neo4jClient(*NOWHERE)
        temporal.connect()

        graph_away.upsert_symbol(*R, "a/b.py", "f", "function")
        temporal.create_event("ann", "03-15", {"event_name": "Run"})

        assert len(entries(elsewhere)) == 2
        temporal.close()

    @pytest.mark.parametrize("behind", [False, True])
    def test_what_must_be_counted_raises_and_writes_nothing(
        self, elsewhere: Connection, graph_away: CodeGraphClient, behind: bool
    ) -> None:
        temporal = Neo4jClient(*NOWHERE)
        temporal.connect()
        if behind:
            temporal.create_event("ann", "03-15", {"event_name": "Run"})
            graph_away.upsert_repository(*R)
        before = len(entries(elsewhere))
        expected = NotInGraphYet if behind else Exception

        calls: list[Callable[[], object]] = [
            lambda: temporal.delete_event("ann", "03-15"),
            lambda: temporal.clear_user_events("ann"),
            lambda: temporal.search_events_by_name("Run", "ann"),
            lambda: graph_away.update_annotation_status("x", "resolved"),
            lambda: graph_away.delete_repository(*R),
        ]
        for call in calls:
            with pytest.raises(expected):
                call()

        assert len(entries(elsewhere)) == before
        temporal.close()

    def test_a_count_that_fails_stops_its_unit(self, elsewhere: Connection) -> None:
        temporal = Neo4jClient(*NOWHERE)
        temporal.connect()

        with pytest.raises(UnitFailed), unit("move"):
            try:
                temporal.delete_event("ann", "03-15")
            except Exception as error:
                dropped = error
            temporal.create_event("ann", "03-16", {"event_name": "Run"})

        assert dropped is not None
        assert entries(elsewhere) == []
        temporal.close()


class TestConnecting:
    def test_one_process_has_one_connection(self, elsewhere: Connection) -> None:
        options = elsewhere.options

        def connect(database: str) -> Connection:
            limits = {"timeout_seconds": 5.0, "read_timeout_seconds": 0.3}
            return outgraph_xmem.connect(options.mongodb_uri, database, source=None, **limits)

        assert connect(options.database) is elsewhere
        with pytest.raises(NotConfigured, match="disconnect"):
            connect("other")

    def test_documents_lie_where_the_outbox_lies(self, elsewhere: Connection) -> None:
        uri = elsewhere.options.mongodb_uri
        other_name = uri.replace("127.0.0.1", "localhost")

        assert elsewhere.documents(uri, "db").client is elsewhere.client
        assert elsewhere.documents(other_name, "db").client is elsewhere.client

    def test_documents_elsewhere_are_refused(
        self, elsewhere: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("outgraph_xmem.deployment.ASK_SECONDS", 0.3)

        with pytest.raises(OtherDeployment, match=r"127\.0\.0\.1:1 does not say") as refused:
            elsewhere.documents("mongodb://user:secret@127.0.0.1:1", "db")

        assert "secret" not in str(refused.value)

    def test_a_client_that_is_not_connected_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="CodeGraphClient is not connected"):
            _ = CodeGraphClient(*NOWHERE).driver
