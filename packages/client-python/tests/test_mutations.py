"""The builders say what their names say."""

from datetime import datetime, timezone

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp

import outgraph as og
from outgraph.graph.v1.mutation_pb2 import Mutation

FILE = og.node("File", {"path": "a.ts"})
USER = og.node("User", {"id": 7})
FILE_JSON = {"label": "File", "key": {"path": {"stringValue": "a.ts"}}}
USER_JSON = {"label": "User", "key": {"id": {"int64Value": "7"}}}
OWNS = {"type": "OWNS", "from": USER_JSON, "to": FILE_JSON}


@pytest.mark.parametrize(
    ("mutation", "json"),
    [
        (
            og.merge_node(FILE, set={"n": 1}, unset=["old"], add_labels=["A"], remove_labels=["B"]),
            {
                "mergeNode": {
                    "node": FILE_JSON,
                    "set": {"n": {"int64Value": "1"}},
                    "unset": ["old"],
                    "addLabels": ["A"],
                    "removeLabels": ["B"],
                }
            },
        ),
        (og.merge_node(FILE, replace=True), {"mergeNode": {"node": FILE_JSON, "replace": True}}),
        (og.delete_node(FILE), {"deleteNode": {"node": FILE_JSON}}),
        (
            og.merge_edge(og.edge("OWNS", USER, FILE, {"k": True}), absent_ends="require"),
            {
                "mergeEdge": {
                    "edge": {**OWNS, "key": {"k": {"boolValue": True}}},
                    "absentEnds": "ABSENT_ENDS_REQUIRE",
                }
            },
        ),
        (
            og.create_edge("OWNS", USER, FILE, {"w": 0.5}),
            {"createEdge": {**OWNS, "set": {"w": {"doubleValue": 0.5}}}},
        ),
        (og.delete_edge(og.edge("OWNS", USER, FILE)), {"deleteEdge": {"edge": OWNS}}),
        (
            og.accumulate(USER, add={"files": 1}, append={"paths": ["a.ts"]}),
            {
                "accumulate": {
                    "node": USER_JSON,
                    "add": {"files": {"int64Value": "1"}},
                    "append": {"paths": {"listValue": {"strings": {"values": ["a.ts"]}}}},
                }
            },
        ),
        (
            og.accumulate(og.edge("OWNS", USER, FILE), add={"n": 1}, absent_ends="if_present"),
            {
                "accumulate": {
                    "edge": OWNS,
                    "add": {"n": {"int64Value": "1"}},
                    "absentEnds": "ABSENT_ENDS_IF_PRESENT",
                }
            },
        ),
        (
            og.update_nodes(og.nodes("File", {"lang": "ts"}), set={"seen": True}, unset=["x"]),
            {
                "updateNodes": {
                    "match": {"label": "File", "where": {"lang": {"stringValue": "ts"}}},
                    "set": {"seen": {"boolValue": True}},
                    "unset": ["x"],
                }
            },
        ),
        (og.delete_nodes(og.nodes("File")), {"deleteNodes": {"match": {"label": "File"}}}),
        (
            og.merge_edges("IN", og.nodes("File"), og.nodes("Repo"), key={"k": 1}, set={"n": 2}),
            {
                "mergeEdges": {
                    "type": "IN",
                    "from": {"label": "File"},
                    "to": {"label": "Repo"},
                    "key": {"k": {"int64Value": "1"}},
                    "set": {"n": {"int64Value": "2"}},
                }
            },
        ),
        (
            og.update_edges(og.edges("IN", og.nodes("File"), where={"n": 2}), unset=["n"]),
            {
                "updateEdges": {
                    "match": {
                        "type": "IN",
                        "from": {"label": "File"},
                        "where": {"n": {"int64Value": "2"}},
                    },
                    "unset": ["n"],
                }
            },
        ),
        (
            og.delete_edges(og.edges("IN", end=og.nodes("Repo"))),
            {"deleteEdges": {"match": {"type": "IN", "to": {"label": "Repo"}}}},
        ),
    ],
)
def test_a_builder_makes_its_mutation(mutation: Mutation, json: object) -> None:
    assert MessageToDict(mutation) == json
    assert og.violations_of(mutation) == []


def test_an_event_packs_its_payload() -> None:
    moment = datetime(2026, 1, 2, tzinfo=timezone.utc)
    packed = og.event("t.v1.E", payload=Timestamp(seconds=1), occurred_at=moment)

    assert packed.payload.type_url == "type.googleapis.com/google.protobuf.Timestamp"
    assert og.event("t.v1.E", payload=packed.payload).payload == packed.payload
    assert packed.occurred_at.ToDatetime(timezone.utc) == moment


def test_an_event_needs_the_zone_of_its_time() -> None:
    with pytest.raises(ValueError, match="zone"):
        og.event("t.v1.E", occurred_at=datetime(2026, 1, 2))
