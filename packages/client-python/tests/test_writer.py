"""What both in-transaction writers promise, on a real replica set."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import bson
import pymongo
import pytest
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from mongo_faces import AsyncFace, Face, face_of, mongodb_uri, outbox_database
from opentelemetry import trace
from pymongo.errors import DuplicateKeyError

import outgraph as og
from outgraph.digest import content_digest
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.graph.v1.mutation_pb2 import Mutation
from outgraph.writer import (
    AlreadyAppended,
    AlreadyCommitted,
    AsyncOutboxWriter,
    EntryInvalid,
    EntryTooLarge,
    IdExpired,
    IdReused,
    MutationUnsupported,
    NoTransaction,
    OutboxUnusable,
    OutboxWriter,
    OutcomeUnknown,
    TransactionGaveUp,
    open_writer,
)
from outgraph.writer.prepare import SUPPORTED_MUTATIONS

pytestmark = pytest.mark.servers

UUIDS: CodecOptions[Any] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with outbox_database() as name:
        yield name


@pytest.fixture
def stored(database: str) -> Iterator[Any]:
    """The database as it is stored, emptied of what other tests left."""
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(mongodb_uri())
    db = client.get_database(database, codec_options=UUIDS)
    for name in ("orders", "outbox", "outbox_acks", "outbox_parked"):
        db[name].delete_many({})
    set_horizon(db, datetime(1969, 12, 31, tzinfo=timezone.utc))
    yield db
    client.close()


@pytest.fixture(params=["pymongo", "async"])
def face(request: pytest.FixtureRequest, database: str, stored: Any) -> Iterator[Face]:
    made = face_of(request.param, database, appName="failing")
    yield made
    made.close()


def set_horizon(db: Any, horizon: datetime) -> None:
    db.outbox_meta.update_one({"_id": "purge"}, {"$set": {"horizon": horizon}})


def placed(order: str, **more: Any) -> og.Event:
    return og.event(
        "shop.v1.OrderPlaced", [og.merge_node(og.node("Order", {"id": order}), set=more)]
    )


def inserts(face: Face, order: str) -> Callable[[Any], Any]:
    """Work that writes one document."""
    return lambda unit: face.orders.insert_one({"_id": order}, session=unit.session)


def counts(stored: Any) -> tuple[int, int]:
    return stored.orders.count_documents({}), stored.outbox.count_documents({})


def begin(face: Face) -> Any:
    session = face.session()
    started = session.start_transaction()
    if isinstance(face, AsyncFace):
        face.run(started)
    return session


class TestAppend:
    def test_documents_and_entry_commit_together(self, face: Face, stored: Any) -> None:
        session = begin(face)
        face.run(face.orders.insert_one({"_id": "o1"}, session=session))
        made = face.run(face.writer.append(session, placed("o1")))
        assert counts(stored) == (0, 0)

        face.run(session.commit_transaction())

        assert counts(stored) == (1, 1)
        assert stored.outbox.find_one()["_id"] == UUID(made.entry_id)

    def test_the_document_is_as_everybody_stores_it(self, face: Face, stored: Any) -> None:
        id = og.new_entry_id()
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        events = [placed("o1"), placed("o2")]
        session = begin(face)
        append = face.writer.append(session, events, id=id, partition="p", trace=trace)
        face.run(append)
        face.run(session.commit_transaction())

        raw = stored.outbox.with_options(UUIDS.with_options(document_class=bson.SON)).find_one()
        entry = Entry.FromString(raw["body"])

        names = ["_id", "at", "v", "source", "partition", "types", "body", "digest", "trace"]
        assert list(raw) == names
        assert raw["_id"] == UUID(id)
        assert raw["at"].time > 1_700_000_000
        assert (raw["v"], raw["source"], raw["partition"]) == (1, "shop", "p")
        assert raw["types"] == ["shop.v1.OrderPlaced"]
        assert raw["digest"] == content_digest(events)
        assert raw["trace"] == trace
        assert (entry.id, entry.source, entry.partition) == (id, "shop", "p")
        assert content_digest(entry.events) == raw["digest"]
        assert all(event.HasField("occurred_at") for event in entry.events)
        assert not events[0].HasField("occurred_at")

    def test_an_aborted_transaction_leaves_neither(self, face: Face, stored: Any) -> None:
        session = begin(face)
        face.run(face.orders.insert_one({"_id": "o1"}, session=session))
        face.run(face.writer.append(session, placed("o1")))

        face.run(session.abort_transaction())

        assert counts(stored) == (0, 0)

    def test_without_a_transaction_nothing_is_appended(self, face: Face, stored: Any) -> None:
        with pytest.raises(NoTransaction):
            face.run(face.writer.append(face.session(), placed("o1")))

        assert counts(stored) == (0, 0)

    def test_a_second_append_is_refused_and_the_first_stands(self, face: Face, stored: Any) -> None:
        session = begin(face)
        first = face.run(face.writer.append(session, placed("o1")))
        with pytest.raises(AlreadyAppended, match="transact"):
            face.run(face.writer.append(session, placed("o2")))
        face.run(session.commit_transaction())

        assert [each["_id"] for each in stored.outbox.find()] == [UUID(first.entry_id)]

    def test_the_next_transaction_of_a_session_has_its_own_entry(
        self, face: Face, stored: Any
    ) -> None:
        session = begin(face)
        face.run(face.writer.append(session, placed("o1")))
        face.run(session.commit_transaction())
        started = session.start_transaction()
        if isinstance(face, AsyncFace):
            face.run(started)
        face.run(face.writer.append(session, placed("o2")))
        face.run(session.commit_transaction())

        assert counts(stored) == (0, 2)

    def test_what_the_contract_forbids_is_refused_with_its_path(
        self, face: Face, stored: Any
    ) -> None:
        session = begin(face)
        bad = og.event("shop.v1.Bad", [og.delete_node(og.node("A B", {"id": 1}))])
        with pytest.raises(EntryInvalid) as refused:
            face.run(face.writer.append(session, bad))
        path = "events[0].mutations[0].delete_node.node.label"
        assert [each.field for each in refused.value.field_violations] == [path]
        assert isinstance(refused.value, og.InvalidArgumentError)
        newer = Mutation.FromString(b"\xa2\x06\x00")  # field 100
        with pytest.raises(MutationUnsupported) as unknown:
            face.run(face.writer.append(session, og.event("shop.v1.Newer", [newer])))
        assert unknown.value.violations[0].field == "events[0].mutations[0]"

        face.run(face.writer.append(session, placed("o1")))
        face.run(session.commit_transaction())
        assert counts(stored) == (0, 1)

    def test_an_entry_beyond_8_mib_is_refused(self, face: Face) -> None:
        session = begin(face)
        with pytest.raises(EntryTooLarge):
            face.run(face.writer.append(session, placed("o1", text="x" * 8 * 2**20)))
        face.run(face.writer.append(session, placed("o1", text="x" * (8 * 2**20 - 1_000))))
        face.run(session.commit_transaction())

    def test_a_known_id_is_told_from_a_new_one_and_refused(self, face: Face) -> None:
        id = og.new_entry_id()
        face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))

        for events, error in ((placed("o1"), AlreadyCommitted), (placed("o2"), IdReused)):
            session = begin(face)
            with pytest.raises(error):
                face.run(face.writer.append(session, events, id=id))
            face.run(session.abort_transaction())

    def test_an_id_at_or_below_the_purge_horizon_is_refused(self, face: Face, stored: Any) -> None:
        moment = datetime(2026, 1, 2, 3, 4, 5, 678_000, timezone.utc)
        set_horizon(stored, moment)
        session = begin(face)
        with pytest.raises(IdExpired):
            face.run(face.writer.append(session, placed("o1"), id=og.entry_id_for(moment, "x")))
        later = og.entry_id_for(moment + timedelta(milliseconds=1), "x")
        face.run(session.abort_transaction())
        session = begin(face)
        face.run(face.writer.append(session, placed("o1"), id=later))
        face.run(session.abort_transaction())


class TestTransact:
    def test_events_of_the_work_are_appended_once_in_order(self, face: Face, stored: Any) -> None:
        def work(unit: Any) -> Any:
            unit.add(placed("o1"))
            unit.add(placed("o2"), placed("o3"))
            return face.orders.insert_one({"_id": "o1"}, session=unit.session)

        made = face.run(face.writer.transact(work))

        assert (made.replayed, made.result.inserted_id) == (False, "o1")
        entry = Entry.FromString(stored.outbox.find_one()["body"])
        orders = [
            event.mutations[0].merge_node.node.key["id"].string_value for event in entry.events
        ]
        assert (entry.id, orders) == (made.entry_id, ["o1", "o2", "o3"])
        assert counts(stored) == (1, 1)

    def test_a_repeat_returns_the_first_outcome_though_its_documents_would_now_fail(
        self, face: Face, stored: Any
    ) -> None:
        id = og.entry_id_for(datetime.now(timezone.utc), "job 1")

        runs = [
            face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))
            for _ in range(2)
        ]

        assert [run.replayed for run in runs] == [False, True]
        assert [run.entry_id for run in runs] == [id, id]
        assert runs[1].result is None
        assert counts(stored) == (1, 1)

    def test_a_known_id_with_other_events_is_refused_before_the_work(self, face: Face) -> None:
        id = og.new_entry_id()
        face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))
        worked: list[Any] = []

        with pytest.raises(IdReused):
            face.run(face.writer.transact(worked.append, id=id, events=placed("o2")))
        with pytest.raises(IdReused):
            face.run(face.writer.transact(worked.append, id=id, events=placed("o1", n=1)))

        assert worked == []

    def test_an_expired_id_is_refused_before_the_work(self, face: Face, stored: Any) -> None:
        moment = datetime(2026, 1, 2, tzinfo=timezone.utc)
        set_horizon(stored, moment)

        with pytest.raises(IdExpired):
            id = og.entry_id_for(moment, "x")
            face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))

        assert counts(stored) == (0, 0)

    def test_what_the_work_raises_comes_out_and_nothing_is_written(
        self, face: Face, stored: Any
    ) -> None:
        stored.orders.insert_one({"_id": "o1"})

        for id in (None, og.new_entry_id()):
            with pytest.raises(DuplicateKeyError):
                face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))
        with pytest.raises(ZeroDivisionError):
            face.run(face.writer.transact(lambda unit: 1 / 0, events=placed("o1")))

        assert counts(stored) == (1, 0)

    def test_a_unit_of_work_has_one_entry_and_not_none(self, face: Face, stored: Any) -> None:
        with pytest.raises(EntryInvalid):
            face.run(face.writer.transact(inserts(face, "o1")))
        with pytest.raises(AlreadyAppended):
            append = face.writer.append
            work = lambda unit: append(unit.session, placed("o2"))  # noqa: E731
            face.run(face.writer.transact(work, events=placed("o1")))
        with pytest.raises(TypeError, match="up front"):
            face.run(face.writer.transact(lambda unit: unit.add(placed("o2")), events=placed("o1")))

        assert counts(stored) == (0, 0)

    def test_of_calls_with_one_id_that_run_at_once_exactly_one_writes(
        self, face: Face, stored: Any
    ) -> None:
        id = og.new_entry_id()

        def call(n: int) -> Any:
            return face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))

        with ThreadPoolExecutor(8) as threads:
            runs = list(threads.map(call, range(8)))

        assert sorted(run.replayed for run in runs) == [False] + [True] * 7
        assert counts(stored) == (1, 1)

    def test_conflicts_are_waited_for(self, face: Face, stored: Any) -> None:
        stored.orders.insert_one({"_id": "o1", "n": 0})

        def count(unit: Any) -> Any:
            change = {"$inc": {"n": 1}}
            return face.orders.update_one({"_id": "o1"}, change, session=unit.session)

        def call(n: int) -> Any:
            return face.run(face.writer.transact(count, events=placed("o1", n=n)))

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(call, range(6)))

        assert stored.orders.find_one()["n"] == 6
        assert stored.outbox.count_documents({}) == 6

    def test_a_conflict_that_outlasts_the_time_is_given_up(self, face: Face, stored: Any) -> None:
        stored.orders.insert_one({"_id": "o1", "n": 0})
        with stored.client.start_session() as other, other.start_transaction():
            stored.orders.update_one({"_id": "o1"}, {"$inc": {"n": 1}}, session=other)

            def count(unit: Any) -> Any:
                change = {"$inc": {"n": 1}}
                return face.orders.update_one({"_id": "o1"}, change, session=unit.session)

            with pytest.raises(TransactionGaveUp) as gave_up:
                transact = face.writer.transact(count, events=placed("o1"), timeout_seconds=1)
                face.run(transact)

        assert (gave_up.value.reason, gave_up.value.code) == ("conflict", "ABORTED")
        assert gave_up.value.attempts > 1
        assert stored.outbox.count_documents({}) == 0

    def test_work_that_outlasts_the_time_is_given_up(self, face: Face, stored: Any) -> None:
        def work(unit: Any) -> Any:
            slow = {"$where": "sleep(2000) || true"}
            return face.orders.find_one(slow, session=unit.session)

        stored.orders.insert_one({"_id": "o1"})

        with pytest.raises(TransactionGaveUp) as gave_up:
            transact = face.writer.transact(work, events=placed("o1"), timeout_seconds=0.3)
            face.run(transact)

        assert gave_up.value.reason in ("deadline", "unavailable")
        assert stored.outbox.count_documents({}) == 0


@contextmanager
def failing(stored: Any, mode: Any, **data: Any) -> Iterator[None]:
    """Lets commands of the client under test fail."""
    admin = stored.client.admin
    data = {"appName": "failing", **data}
    admin.command({"configureFailPoint": "failCommand", "mode": mode, "data": data})
    try:
        yield
    finally:
        admin.command({"configureFailPoint": "failCommand", "mode": "off"})


COMMIT_FAULTS: dict[str, dict[str, Any]] = {
    "aborted for its age": {"errorCode": 290},
    "an error without a label": {"errorCode": 8000},
    "a step-down": {"errorCode": 189},
    "a lost connection": {"closeConnection": True},
    "told that it aborted": {"errorCode": 251, "errorLabels": ["TransientTransactionError"]},
    "not yet with a majority": {"writeConcernError": {"code": 64, "errmsg": "waiting"}},
}


class TestTrace:
    def test_an_entry_keeps_the_trace_of_its_callers_span(self, stored: Any) -> None:
        flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        span = trace.NonRecordingSpan(trace.SpanContext(7, 7, is_remote=False, trace_flags=flags))
        given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        writer = open_writer(stored, source="shop")

        with trace.use_span(span):
            writer.transact(lambda unit: None, events=placed("o1"))
            writer.transact(lambda unit: None, events=placed("o2"), trace=given)

        kept = [each["trace"] for each in stored.outbox.find(sort=[("at", 1)])]
        assert kept == [f"00-{7:032x}-{7:016x}-01", given]


class TestFaults:
    @pytest.mark.parametrize("fault", COMMIT_FAULTS)
    @pytest.mark.parametrize("given", [True, False])
    def test_a_commit_that_fails_takes_effect_once(
        self, face: Face, stored: Any, fault: str, given: bool
    ) -> None:
        id = og.new_entry_id() if given else None
        with failing(
            stored, {"times": 2}, failCommands=["commitTransaction"], **COMMIT_FAULTS[fault]
        ):
            made = face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))

        assert not made.replayed
        assert counts(stored) == (1, 1)

    @pytest.mark.parametrize("given", [True, False])
    def test_an_id_is_looked_for_once_an_attempt_has_failed(
        self, face: Face, stored: Any, given: bool
    ) -> None:
        # It committed, and the server says that it did not: what no server should do.
        lie = {
            "failCommands": ["commitTransaction"],
            "writeConcernError": {"code": 8000, "errmsg": "-"},
            "errorLabels": ["TransientTransactionError"],
        }
        id = og.new_entry_id() if given else None
        with failing(stored, {"times": 1}, **lie):
            made = face.run(face.writer.transact(inserts(face, "o1"), id=id, events=placed("o1")))

        assert made.replayed == given
        assert counts(stored) == (1, 1)

    def test_a_failure_after_another_call_with_the_id_succeeded_is_a_repeat(
        self, face: Face, stored: Any
    ) -> None:
        id = og.new_entry_id()

        def overtaken(unit: Any) -> Any:
            other = open_writer(stored, source="shop")
            other.transact(lambda unit: None, id=id, events=placed("o1"))
            return 1 / 0

        made = face.run(face.writer.transact(overtaken, id=id, events=placed("o1")))

        assert made.replayed
        assert counts(stored) == (0, 1)

    @pytest.mark.parametrize("command", ["insert", "find"])
    def test_a_command_that_fails_for_a_while_is_tried_again(
        self, face: Face, stored: Any, command: str
    ) -> None:
        with failing(stored, {"times": 2}, failCommands=[command], closeConnection=True):
            face.run(
                face.writer.transact(inserts(face, "o1"), id=og.new_entry_id(), events=placed("o1"))
            )

        assert counts(stored) == (1, 1)

    def test_a_commit_that_stays_undecided_is_no_failure_and_a_repeat_decides_it(
        self, face: Face, stored: Any
    ) -> None:
        id = og.new_entry_id()

        def call(timeout_seconds: float) -> Any:
            return face.run(
                face.writer.transact(
                    inserts(face, "o1"),
                    id=id,
                    events=placed("o1"),
                    timeout_seconds=timeout_seconds,
                )
            )

        fails = {"failCommands": ["commitTransaction"], "errorCode": 290}
        with failing(stored, "alwaysOn", **fails), pytest.raises(OutcomeUnknown) as unknown:
            call(2)

        assert unknown.value.entry_id == id
        assert isinstance(unknown.value, og.DeadlineExceededError)
        # The driver gives up a session whose last command had no answer in time. What it left open
        # is in the way then until the server ends it, after a minute and a half at the latest.
        call(150)
        assert counts(stored) == (1, 1)

    def test_a_final_error_is_not_claimed_when_nobody_can_look_for_an_earlier_success(
        self, face: Face, stored: Any
    ) -> None:
        stored.orders.insert_one({"_id": "o1"})
        id = og.new_entry_id()

        def work(unit: Any) -> Any:
            # From here on, no read succeeds.
            stored.client.admin.command(
                {
                    "configureFailPoint": "failCommand",
                    "mode": "alwaysOn",
                    "data": {"appName": "failing", "failCommands": ["find"], "errorCode": 13},
                }
            )
            return face.orders.insert_one({"_id": "o1"}, session=unit.session)

        with failing(stored, "off", failCommands=["find"]), pytest.raises(OutcomeUnknown):
            face.run(face.writer.transact(work, id=id, events=placed("o1")))

    @pytest.mark.parametrize("kind", ["pymongo", "async"])
    def test_a_database_that_is_away_is_given_up_with_nothing_written(self, kind: str) -> None:
        away = face_of(kind, "any", "mongodb://127.0.0.1:1/?directConnection=true")
        writer = OutboxWriter if kind == "pymongo" else AsyncOutboxWriter
        try:
            with pytest.raises(TransactionGaveUp) as gave_up:
                made: Any = writer(away.db, source="shop")
                work = lambda unit: away.orders.insert_one({}, session=unit.session)  # noqa: E731
                away.run(made.transact(work, events=placed("o1"), timeout_seconds=0.3))
        finally:
            away.close()

        assert (gave_up.value.reason, gave_up.value.code) == ("unavailable", "UNAVAILABLE")


class TestProgress:
    def test_each_state_is_told_by_what_is_stored(self, face: Face, stored: Any) -> None:
        states = ["applied", "skipped", "parked", "blocked", "pending"]
        ids = {
            state: face.run(face.writer.transact(lambda unit: None, events=placed(state))).entry_id
            for state in states
        }
        at = {state: stored.outbox.find_one({"_id": UUID(ids[state])})["at"] for state in states}
        acked = datetime(2026, 1, 2, tzinfo=timezone.utc)
        apply(stored, 1, [ids["applied"]], at["applied"], bookmark="b", ackedAt=acked)
        skip = {"reason": "said so", "by": "me", "at": acked}
        ack(stored, f"skip/{ids['skipped']}", [ids["skipped"]], at["skipped"], skipped=skip)
        for state in ("parked", "blocked", "applied"):
            park: dict[str, Any] = {"kind": "parked", "error": "no such end", "conflicts": []}
            if state == "blocked":
                park = {"kind": "blocked", "conflicts": [UUID(ids["parked"])]}
            stored.outbox_parked.insert_one({"_id": UUID(ids[state]), **park, "at": at[state]})
        set_horizon(stored, og.entry_id_time(ids["pending"]))
        gone = og.entry_id_for(acked, "gone")
        unseen = og.entry_id_for(datetime.now(timezone.utc) + timedelta(hours=1), "not yet")

        waited = face.run(
            face.writer.wait_applied([*ids.values(), gone, unseen], timeout_seconds=0.1)
        )

        assert [(entry.state, entry.reason) for entry in waited.entries] == [
            ("applied", None),
            ("skipped", "said so"),
            ("parked", "no such end"),
            ("blocked", f"waits behind {ids['parked']}"),
            ("pending", None),
            ("not_found", None),
            ("not_found", None),
        ]
        assert waited.entries[0].acked_at == acked
        assert waited.bookmarks == ("b",)

    def test_waiting_ends_when_the_entry_is_applied(self, face: Face, stored: Any) -> None:
        id = face.run(face.writer.transact(lambda unit: None, events=placed("o1"))).entry_id
        at = stored.outbox.find_one()["at"]
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(lambda: face.run(face.writer.wait_applied(id)))
            apply(stored, 1, [id], at)

            assert waiting.result().entries[0].state == "applied"

    def test_an_entry_that_nobody_has_seen_may_yet_come(self, face: Face, stored: Any) -> None:
        id = og.new_entry_id()
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(lambda: face.run(face.writer.wait_applied(id)))
            open_writer(stored, source="shop").transact(
                lambda unit: None, id=id, events=placed("o1")
            )
            apply(stored, 1, [id], stored.outbox.find_one()["at"])

            assert waiting.result().entries[0].state == "applied"

    def test_an_ack_does_not_count_until_a_graph_that_was_put_back_has_its_batch_again(
        self, face: Face, stored: Any
    ) -> None:
        id = face.run(face.writer.transact(lambda unit: None, events=placed("o1"))).entry_id
        apply(stored, 7, [id], stored.outbox.find_one()["at"], bookmark="b")
        states = []
        for after in (6, 7, None):
            put_back = {"_id": "reapplying", "epoch": 1, "after": after}
            if after is None:
                del put_back["after"]
            stored.outbox_meta.replace_one({"_id": "reapplying"}, put_back, upsert=True)
            waited = face.run(face.writer.wait_applied(id, timeout_seconds=0.05))
            states.append((waited.entries[0].state, waited.bookmarks))

        assert states == [("pending", ()), ("applied", ("b",)), ("applied", ("b",))]

    def test_a_look_that_fails_for_what_may_pass_is_repeated(self, face: Face, stored: Any) -> None:
        id = face.run(face.writer.transact(lambda unit: None, events=placed("o1"))).entry_id
        apply(stored, 1, [id], stored.outbox.find_one()["at"])
        # The driver itself repeats a read once.
        with failing(stored, {"times": 3}, failCommands=["find"], errorCode=134):
            waited = face.run(face.writer.wait_applied(id))

        assert waited.entries[0].state == "applied"


def apply(stored: Any, batch: int, ids: list[str], at: Any, **more: Any) -> None:
    """Acks as the relay does."""
    rest = {"lane": 0, "batch": batch, "epoch": 1, "ackedAt": datetime.now(timezone.utc), **more}
    ack(stored, f"0/{batch}", ids, at, **rest)


def ack(stored: Any, name: str, ids: list[str], at: Any, **more: Any) -> None:
    entries = [UUID(id) for id in ids]
    document = {"_id": name, "entries": entries, "at": {"min": at, "max": at}, **more}
    stored.outbox_acks.insert_one(document)


def test_a_database_without_an_outbox_is_refused_with_what_makes_one() -> None:
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(mongodb_uri())
    try:
        with pytest.raises(OutboxUnusable, match="outgraph-outbox setup") as unusable:
            open_writer(client["python_nothing_here"], source="shop")
    finally:
        client.close()
    assert unusable.value.reason == "not_set_up"


def test_the_writer_takes_what_the_relay_of_this_repository_applies() -> None:
    steps = Path(__file__).resolve().parents[2] / "graph-plan/src/steps.ts"
    text = steps.read_text(encoding="utf8")
    listed = re.search(r"SUPPORTED_MUTATIONS.*?\(\[(.*?)\]\)", text, re.S)
    assert listed is not None
    names = re.findall(r'"(\w+)"', listed[1])

    assert {re.sub("[A-Z]", lambda big: f"_{big[0].lower()}", name) for name in names} == set(
        SUPPORTED_MUTATIONS
    )
