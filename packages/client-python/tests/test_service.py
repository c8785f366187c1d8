"""The clients against the append service itself."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import bson
import pymongo
import pytest
from blocking import BlockingClient
from bson.codec_options import CodecOptions
from mongo_faces import given, mongodb_uri

import outgraph as og
from outgraph.digest import content_digest

pytestmark = pytest.mark.servers


@pytest.fixture(params=["threads", "asyncio"])
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    url = given("OUTGRAPH_APPEND_URL")
    if request.param == "threads":
        with og.OutgraphClient(url, source="test") as client:
            yield client
    else:
        blocking = BlockingClient(url, source="test")
        yield blocking
        blocking.stop()


@pytest.fixture(scope="module")
def db() -> Iterator[Any]:
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(mongodb_uri())
    options: CodecOptions[Any] = CodecOptions(uuid_representation=4)
    db = client.get_database(given("OUTGRAPH_DATABASE"), codec_options=options)
    if "files" not in db.list_collection_names():
        db.create_collection("files")
    yield db
    client.close()


def happened(**set: Any) -> og.Event:
    key = {"id": uuid.uuid4().hex}
    return og.event("test.v1.Happened", [og.merge_node(og.node("PyService", key), set=set)])


def test_documents_and_entry_are_there_and_a_repeat_gets_the_first_answer(
    client: Any, db: Any
) -> None:
    id, path = og.new_entry_id(), uuid.uuid4().hex
    events = [happened(big=2**62)]
    writes = [
        og.insert_one("files", {"_id": path, "n": bson.Int64(1), "tags": [{"k": 1}, {"k": 2}]}),
        og.update_one(
            "files",
            {"_id": path},
            {"$inc": {"tags.$[t].k": 1}},
            array_filters=[{"t.k": 2}],
            expected_matches=1,
        ),
        og.replace_one("files", {"_id": f"{path}/2"}, {"a": 1}, upsert=True),
        og.update_many("files", {"_id": path}, [{"$set": {"m": "$n"}}], hint={"_id": 1}),
        og.delete_one("files", {"_id": f"{path}/2"}, expected_matches=1),
        og.insert_one("files", og.extended_json('{"path": "x"}')),
    ]

    first = client.append(events, writes=writes, id=id)
    again = client.append(events, writes=writes, id=id)

    document = db.files.find_one({"_id": path})
    assert document == {"_id": path, "n": 1, "m": 1, "tags": [{"k": 1}, {"k": 3}]}
    assert [result.inserted for result in first.documents] == [1, 0, 1, 0, 0, 1]
    assert [result.matched for result in first.documents] == [0, 1, 0, 1, 0, 0]
    assert first.documents[2].id == f"{path}/2"
    assert isinstance(first.documents[5].id, bson.ObjectId)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.documents == first.documents
    stored = db.outbox.find_one({"_id": uuid.UUID(id)})
    assert stored["digest"] == content_digest(events, writes)


def test_refusals_are_their_classes_and_nothing_is_written(client: Any, db: Any) -> None:
    path = uuid.uuid4().hex
    write = og.insert_one("files", {"_id": path})
    id = client.append(happened(), writes=write).entry_id

    with pytest.raises(og.AlreadyExistsError):
        client.append(happened(), id=id)
    with pytest.raises(og.AlreadyExistsError):
        client.append(happened(), writes=write)
    with pytest.raises(og.FailedPreconditionError):
        missing = og.delete_one("files", {"_id": "nowhere"}, expected_matches=1)
        other = og.insert_one("files", {"_id": f"{path}/2"})
        client.append(happened(), writes=[other, missing])
    with pytest.raises(og.InvalidArgumentError) as invalid:
        client.append(og.event("test.v1.Bad", [og.delete_node(og.node("A B", {"id": 1}))]))
    field = "entry.events[0].mutations[0].delete_node.node.label"
    assert [each.field for each in invalid.value.field_violations] == [field]
    with pytest.raises(og.NotFoundError):
        client.append(happened(), writes=og.insert_one(f"nowhere{path}", {}))
    with pytest.raises(og.NotFoundError):
        client.get_entry(og.new_entry_id())
    with pytest.raises(og.ResourceExhaustedError):
        client.append([happened(text="x" * 2**20) for _ in range(20)])
    with pytest.raises(og.PermissionDeniedError):
        client.append(happened(), writes=og.delete_many("outbox", {}))

    assert db.files.count_documents({"_id": {"$regex": f"^{path}"}}) == 1


def test_callers_side_by_side_have_each_their_own_result(client: Any, db: Any) -> None:
    taken = uuid.uuid4().hex
    client.append(happened(), writes=og.insert_one("files", {"_id": taken}))

    def call(n: int) -> og.Appended:
        id = taken if n % 8 == 0 else uuid.uuid4().hex
        result: og.Appended = client.append(happened(), writes=og.insert_one("files", {"_id": id}))
        return result

    with ThreadPoolExecutor(32) as threads:
        errors = [future.exception() for future in [threads.submit(call, n) for n in range(64)]]

    assert [isinstance(error, og.AlreadyExistsError) for error in errors] == [
        n % 8 == 0 for n in range(64)
    ]
    assert sum(error is None for error in errors) == 56


def test_an_entry_is_read_back_as_it_was_given(client: Any) -> None:
    event = happened(n=1, x=1.0, text="ß")
    id = client.append(event, partition="p").entry_id

    stored = client.get_entry(id)

    assert (stored.entry.id, stored.entry.source, stored.entry.partition) == (id, "test", "p")
    assert list(stored.entry.events) == [event]
    assert stored.at[0] > 1_700_000_000


def test_a_service_that_is_not_there_is_unavailable() -> None:
    with (
        og.OutgraphClient("http://127.0.0.1:1", source="test", timeout_seconds=1) as away,
        pytest.raises(og.UnavailableError) as unavailable,
    ):
        away.append(happened())

    assert unavailable.value.attempts > 1
    assert unavailable.value.entry_id is not None


def test_a_lost_reply_writes_nothing_twice(db: Any) -> None:
    # A proxy loses the reply to the first request that names this path.
    url, path = given("OUTGRAPH_LOSING_URL"), given("OUTGRAPH_LOSING_TEXT")
    with og.OutgraphClient(url, source="test") as client:
        made = client.append(happened(), writes=og.insert_one("files", {"_id": path}))

    assert db.files.count_documents({"_id": path}) == 1
    assert db.outbox.count_documents({"_id": uuid.UUID(made.entry_id)}) == 1
