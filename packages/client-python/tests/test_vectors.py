"""Every golden vector is read, written and refused as it says."""

import base64
from datetime import datetime
from typing import Any

import pytest
from golden import named, note, vectors
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import error_details_pb2  # noqa: F401  the types of an error's details
from google.rpc.status_pb2 import Status

from outgraph.append.v1.outbox_service_pb2 import (
    AppendManyRequest,
    AppendManyResponse,
    AppendRequest,
    AppendResponse,
    GetEntryRequest,
    GetEntryResponse,
    WaitAppliedRequest,
    WaitAppliedResponse,
)
from outgraph.canonical import canonical_bytes
from outgraph.check import MUTATIONS, unsupported_mutations, violations_of
from outgraph.digest import content_digest
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.entry_id import entry_id_for
from outgraph.graph.v1.mutation_pb2 import Mutation
from outgraph.graph.v1.value_pb2 import Value

KINDS: dict[str, type[Message]] = {
    "values": Value,
    "mutations": Mutation,
    "entries": Entry,
    "requests": AppendRequest,
}

TYPES: dict[str, type[Message]] = {
    kind.DESCRIPTOR.full_name: kind
    for kind in (
        AppendManyRequest,
        AppendManyResponse,
        AppendRequest,
        AppendResponse,
        GetEntryRequest,
        GetEntryResponse,
        Status,
        WaitAppliedRequest,
        WaitAppliedResponse,
    )
}

# protobuf's Python writes the greatest float as 3.4028235e+38, and refuses that as too large.
UNREADABLE_WHEN_WRITTEN = {"float vector", "every value"}


def rows(*names: str) -> list[Any]:
    return [
        pytest.param(name, row, id=f"{name}: {title}")
        for name in names
        for title, row in zip(named(name), vectors(name), strict=True)
    ]


def type_of(kind: str, row: dict[str, Any]) -> type[Message]:
    return TYPES[row["type"]] if "type" in row else KINDS[kind]


@pytest.mark.parametrize(
    ("kind", "row"), rows("values", "mutations", "entries", "requests", "outcomes")
)
def test_a_vector_is_read_and_written(kind: str, row: dict[str, Any]) -> None:
    raw = base64.b64decode(row["bytes"])
    message_type = type_of(kind, row)

    message = message_type.FromString(raw)

    assert canonical_bytes(message) == raw
    assert violations_of(message) == []
    note(kind, row, "read")
    if row["json"] is not None:
        assert canonical_bytes(json_format.ParseDict(row["json"], message_type())) == raw
        if row["name"] not in UNREADABLE_WHEN_WRITTEN:
            written = json_format.MessageToDict(message)
            assert canonical_bytes(json_format.ParseDict(written, message_type())) == raw
        note(kind, row, "written")


@pytest.mark.parametrize(("kind", "row"), rows("requests"))
def test_a_request_has_its_digest(kind: str, row: dict[str, Any]) -> None:
    request = AppendRequest.FromString(base64.b64decode(row["bytes"]))

    assert content_digest(request.entry.events, request.writes).hex() == row["digest"]
    note(kind, row, "digested")


@pytest.mark.parametrize(("kind", "row"), rows("entries"))
def test_an_entry_has_its_digest_and_types(kind: str, row: dict[str, Any]) -> None:
    entry = Entry.FromString(base64.b64decode(row["bytes"]))

    assert content_digest(entry.events).hex() == row["digest"]
    assert list(dict.fromkeys(event.type for event in entry.events)) == row["types"]
    note(kind, row, "digested")


@pytest.mark.parametrize(("kind", "row"), rows("refusals"))
def test_a_refusal_names_what_it_says(kind: str, row: dict[str, Any]) -> None:
    request: Any = type_of(kind, row).FromString(base64.b64decode(row["bytes"]))

    if row["code"] == "UNIMPLEMENTED":
        found = unsupported_mutations(request.entry, MUTATIONS)
        refused = [f"entry.{violation.field} {violation.rule}" for violation in found]
    else:
        found = violations_of(request)
        refused = [f"{violation.field} {violation.rule}" for violation in found]

    assert sorted(refused) == sorted(row["violations"])
    note(kind, row, "refused")


@pytest.mark.parametrize(("kind", "row"), rows("ids"))
def test_an_id_is_made_of_its_time_and_text(kind: str, row: dict[str, Any]) -> None:
    time = datetime.fromisoformat(row["time"].replace("Z", "+00:00"))

    assert entry_id_for(time, row["text"]) == row["id"]
    note(kind, row, "made")
