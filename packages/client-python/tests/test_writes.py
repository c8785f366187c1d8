"""Document writes say what MongoDB's methods of these names would do."""

import subprocess
import sys
from datetime import datetime

import bson
import pytest
from google.protobuf.json_format import MessageToDict

import outgraph as og
from outgraph.answers import write_results
from outgraph.append.v1.document_pb2 import Document, DocumentResult, DocumentWrite
from outgraph.append.v1.outbox_service_pb2 import Receipt

OID = bson.ObjectId("65a000000000000000000001")


def decoded(document: Document) -> dict[str, object]:
    result: dict[str, object] = bson.decode(document.bson)
    return result


def test_a_document_keeps_every_bson_type() -> None:
    document = {"_id": OID, "n": bson.Int64(1), "at": datetime(2026, 1, 2), "d": bson.Regex("a")}

    assert decoded(og.insert_one("files", document).insert_one.document) == document


def test_ready_documents_stay_as_they_are() -> None:
    raw = bson.encode({"a": 1})

    assert og.insert_one("files", raw).insert_one.document.bson == raw
    ready = og.extended_json('{"a": 1}')
    assert og.insert_one("files", ready).insert_one.document == ready


def test_an_update_has_every_option() -> None:
    write = og.update_many(
        "files",
        {"a": 1},
        {"$set": {"b.$[x]": 2}},
        expected_matches=0,
        upsert=True,
        array_filters=[{"x": 1}],
        collation={"locale": "de"},
        hint={"a": 1},
        database="other",
    )

    assert (write.database, write.collection, write.expected_matches) == ("other", "files", 0)
    update = write.update_many
    assert decoded(update.filter) == {"a": 1}
    assert decoded(update.operators) == {"$set": {"b.$[x]": 2}}
    assert update.upsert
    assert [decoded(each) for each in update.array_filters] == [{"x": 1}]
    assert decoded(update.collation) == {"locale": "de"}
    assert decoded(update.hint.keys) == {"a": 1}
    assert og.violations_of(write) == []


@pytest.mark.parametrize(
    ("write", "operation"),
    [
        (og.insert_one("c", {}), "insert_one"),
        (og.replace_one("c", {}, {}, expected_matches=1, hint="i"), "replace_one"),
        (og.update_one("c", {}, [{"$set": {"a": 1}}], expected_matches=1), "update_one"),
        (og.update_many("c", {}, {"$set": {"a": 1}}), "update_many"),
        (og.delete_one("c", {}, expected_matches=1), "delete_one"),
        (og.delete_many("c", {}, collation={"locale": "de"}, hint={"a": -1}), "delete_many"),
    ],
)
def test_each_builder_makes_its_operation(write: DocumentWrite, operation: str) -> None:
    assert write.WhichOneof("operation") == operation
    assert og.violations_of(write) == []
    assert write.HasField("expected_matches") == ("expectedMatches" in MessageToDict(write))


def test_a_pipeline_is_an_update_too_and_an_empty_one_is_refused() -> None:
    write = og.update_one("c", {}, [{"$set": {"a": 1}}, {"$unset": "b"}])

    assert [decoded(stage) for stage in write.update_one.pipeline.stages] == [
        {"$set": {"a": 1}},
        {"$unset": "b"},
    ]
    empty = og.violations_of(og.update_one("c", {}, []))
    assert [each.rule for each in empty] == ["repeated.min_items"]


def test_the_id_that_was_inserted_comes_back() -> None:
    result = DocumentResult(inserted=1, id=Document(bson=bson.encode({"_id": OID})))

    assert write_results(Receipt(documents=[result, DocumentResult(matched=2)])) == (
        og.WriteResult(1, 0, 0, 0, OID),
        og.WriteResult(0, 2, 0, 0),
    )


WITHOUT_BSON = """
import sys
sys.modules["bson"] = None
import outgraph as og
from outgraph.append.v1.document_pb2 import Document
from outgraph.documents import id_of
assert og.insert_one("c", og.extended_json("{}"))
assert id_of(Document(bson=b"raw")) == b"raw"
try:
    og.insert_one("c", {})
except ModuleNotFoundError as error:
    assert "outgraph-client[mongodb]" in str(error)
else:
    raise AssertionError
"""


def test_without_bson_the_client_still_works_and_names_what_is_missing() -> None:
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    subprocess.run([sys.executable, "-c", WITHOUT_BSON], check=True, env=environment)
