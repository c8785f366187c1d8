"""Every golden vector is read, written and refused as it says."""

import base64
from datetime import datetime
from typing import Any

import pytest
from golden import named, vectors
from google.protobuf import json_format
from google.protobuf.message import Message

from outgraph.append.v1.outbox_service_pb2 import AppendRequest
from outgraph.canonical import canonical_bytes
from outgraph.check import MUTATIONS, unsupported_mutations, violations_of
from outgraph.digest import content_digest
from outgraph.entry_id import entry_id_for
from outgraph.graph.v1.mutation_pb2 import Mutation
from outgraph.graph.v1.value_pb2 import Value

KINDS: dict[str, type[Message]] = {
    "values": Value,
    "mutations": Mutation,
    "requests": AppendRequest,
}

# protobuf's Python writes the greatest float as 3.4028235e+38, and refuses that as too large.
UNREADABLE_WHEN_WRITTEN = {"float vector"}


def rows(*names: str) -> list[Any]:
    return [
        pytest.param(name, row, id=f"{name}: {title}")
        for name in names
        for title, row in zip(named(name), vectors(name), strict=True)
    ]


@pytest.mark.parametrize(("kind", "row"), rows("values", "mutations", "requests"))
def test_a_vector_is_read_and_written(kind: str, row: dict[str, Any]) -> None:
    raw = base64.b64decode(row["bytes"])

    message = KINDS[kind].FromString(raw)

    assert canonical_bytes(message) == raw
    if row["json"] is not None:
        assert canonical_bytes(json_format.ParseDict(row["json"], KINDS[kind]())) == raw
        if row["name"] not in UNREADABLE_WHEN_WRITTEN:
            written = json_format.MessageToDict(message)
            assert canonical_bytes(json_format.ParseDict(written, KINDS[kind]())) == raw
    assert violations_of(message) == []


@pytest.mark.parametrize(("_kind", "row"), rows("requests"))
def test_a_request_has_its_digest(_kind: str, row: dict[str, Any]) -> None:
    request = AppendRequest.FromString(base64.b64decode(row["bytes"]))

    assert content_digest(request.entry.events, request.writes).hex() == row["digest"]


@pytest.mark.parametrize(("_kind", "row"), rows("refusals"))
def test_a_refusal_names_what_it_says(_kind: str, row: dict[str, Any]) -> None:
    request = AppendRequest.FromString(base64.b64decode(row["bytes"]))

    if row["code"] == "UNIMPLEMENTED":
        found = unsupported_mutations(request.entry, MUTATIONS)
        refused = [f"entry.{violation.field} {violation.rule}" for violation in found]
    else:
        found = violations_of(request)
        refused = [f"{violation.field} {violation.rule}" for violation in found]

    assert sorted(refused) == sorted(row["violations"])


@pytest.mark.parametrize(("_kind", "row"), rows("ids"))
def test_an_id_is_made_of_its_time_and_text(_kind: str, row: dict[str, Any]) -> None:
    time = datetime.fromisoformat(row["time"].replace("Z", "+00:00"))

    assert entry_id_for(time, row["text"]) == row["id"]
