"""What both writers promise of a unit of work as a with-block, on a real replica set."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pymongo
import pytest
from mongo_faces import AsyncFace, Face, face_of, mongodb_uri, outbox_database

import outgraph as og
from outgraph.writer import (
    AlreadyCommitted,
    EntryInvalid,
    IdExpired,
    OutcomeUnknown,
    TransactionGaveUp,
)

pytestmark = pytest.mark.servers

COMMIT_FAULTS: dict[str, dict[str, Any]] = {
    "an error without a label": {"errorCode": 8000},
    "a lost connection": {"closeConnection": True},
    "not yet with a majority": {"writeConcernError": {"code": 64, "errmsg": "waiting"}},
}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with outbox_database() as name:
        yield name


@pytest.fixture
def stored(database: str) -> Iterator[Any]:
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(mongodb_uri())
    for name in ("orders", "outbox"):
        client[database][name].delete_many({})
    yield client[database]
    client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
    client.close()


@pytest.fixture(params=["pymongo", "async"])
def face(request: pytest.FixtureRequest, database: str, stored: Any) -> Iterator[Face]:
    made = face_of(request.param, database, appName="failing-block")
    yield made
    made.close()


def placed(order: str) -> og.Event:
    return og.event("shop.v1.OrderPlaced", [og.merge_node(og.node("Order", {"id": order}))])


def place(
    face: Face, order: str, *, error: Exception | None = None, partition: Any = None, **options: Any
) -> str:
    """Writes one order and its event in a block, which then ends or raises."""

    def finish(unit: Any) -> None:
        unit.add(placed(order))
        unit.partition = partition
        if error is not None:
            raise error

    async def awaited() -> str:
        async with face.writer.unit_of_work(**options) as unit:
            await face.orders.insert_one({"_id": order}, session=unit.session)
            finish(unit)
        return str(unit.entry_id)

    if isinstance(face, AsyncFace):
        return str(face.thread.run(awaited()))
    with face.writer.unit_of_work(**options) as unit:
        face.orders.insert_one({"_id": order}, session=unit.session)
        finish(unit)
    return str(unit.entry_id)


def counts(stored: Any) -> tuple[int, int]:
    return stored.orders.count_documents({}), stored.outbox.count_documents({})


def fail(stored: Any, times: int, command: str, **data: Any) -> None:
    data = {"appName": "failing-block", "failCommands": [command], **data}
    admin = stored.client.admin
    admin.command({"configureFailPoint": "failCommand", "mode": {"times": times}, "data": data})


def test_documents_and_events_commit_when_the_block_ends(face: Face, stored: Any) -> None:
    id = place(face, "o1", partition="p")

    assert counts(stored) == (1, 1)
    entry = stored.outbox.find_one()
    assert (str(entry["_id"].as_uuid()), entry["partition"]) == (id, "p")


def test_a_block_that_raises_leaves_neither_and_its_error_stands(face: Face, stored: Any) -> None:
    with pytest.raises(KeyError, match="mine"):
        place(face, "o1", error=KeyError("mine"))

    assert counts(stored) == (0, 0)


def test_a_block_without_an_event_is_refused(face: Face, stored: Any) -> None:
    async def nothing() -> None:
        async with face.writer.unit_of_work() as unit:
            await face.orders.insert_one({"_id": "o1"}, session=unit.session)

    with pytest.raises(EntryInvalid):
        if isinstance(face, AsyncFace):
            face.thread.run(nothing())
        with face.writer.unit_of_work() as unit:
            face.orders.insert_one({"_id": "o1"}, session=unit.session)

    assert counts(stored) == (0, 0)


def test_a_known_id_is_refused_before_the_body_runs(face: Face, stored: Any) -> None:
    id = place(face, "o1", id=og.new_entry_id())

    with pytest.raises(AlreadyCommitted) as refused:
        place(face, "o2", id=og.entry_id(id), error=AssertionError("the body ran"))

    assert refused.value.first.entry_id == id
    assert counts(stored) == (1, 1)


def test_an_id_below_the_purge_horizon_is_refused(face: Face, stored: Any) -> None:
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    put = {"$set": {"horizon": later}}
    before = stored.outbox_meta.find_one_and_update({"_id": "purge"}, put)

    try:
        with pytest.raises(IdExpired):
            place(face, "o1", id=og.new_entry_id())
    finally:
        stored.outbox_meta.replace_one({"_id": "purge"}, before)

    assert counts(stored) == (0, 0)


def test_of_two_overlapping_blocks_with_one_id_one_commits(face: Face, stored: Any) -> None:
    id = og.new_entry_id()

    async def both() -> None:
        async with face.writer.unit_of_work(id=id) as unit:
            await face.orders.insert_one({"_id": "o1"}, session=unit.session)
            async with face.writer.unit_of_work(id=id) as other:
                other.add(placed("o2"))
            unit.add(placed("o1"))

    with pytest.raises(AlreadyCommitted):
        if isinstance(face, AsyncFace):
            face.thread.run(both())
        with face.writer.unit_of_work(id=id) as unit:
            face.orders.insert_one({"_id": "o1"}, session=unit.session)
            with face.writer.unit_of_work(id=id) as other:
                other.add(placed("o2"))
            unit.add(placed("o1"))

    assert counts(stored) == (0, 1)


def test_a_conflict_is_given_up_at_once_and_nothing_is_written(face: Face, stored: Any) -> None:
    with stored.client.start_session() as other, other.start_transaction():
        stored.orders.insert_one({"_id": "o1"}, session=other)

        with pytest.raises(TransactionGaveUp) as gave_up:
            place(face, "o1")
        other.abort_transaction()

    assert (gave_up.value.reason, gave_up.value.attempts) == ("conflict", 1)
    assert counts(stored) == (0, 0)


@pytest.mark.parametrize("fault", COMMIT_FAULTS)
@pytest.mark.parametrize("given", [True, False])
def test_a_commit_that_fails_takes_effect_once(
    face: Face, stored: Any, fault: str, given: bool
) -> None:
    fail(stored, 2, "commitTransaction", **COMMIT_FAULTS[fault])

    place(face, "o1", id=og.new_entry_id() if given else None)

    assert counts(stored) == (1, 1)


def test_a_commit_that_was_done_and_never_answered_is_found(face: Face, stored: Any) -> None:
    concern = {"code": 64, "errmsg": "waiting"}
    fail(stored, 1_000, "commitTransaction", writeConcernError=concern)

    place(face, "o1", timeout_seconds=0.5)

    assert counts(stored) == (1, 1)


def test_a_commit_that_nobody_can_tell_of_is_unknown(face: Face, stored: Any) -> None:
    fail(stored, 1_000, "commitTransaction", closeConnection=True)

    with pytest.raises(OutcomeUnknown):
        place(face, "o1", timeout_seconds=0.5)

    # Its transaction is still open on the server, and would be in the way of the next test.
    stored.client.admin.command("killAllSessions", [])
