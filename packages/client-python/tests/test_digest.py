"""The digest compares what was said, not how."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import outgraph as og
from outgraph.append.v1.outbox_service_pb2 import AppendRequest
from outgraph.canonical import canonical_bytes
from outgraph.digest import content_digest
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.graph.v1.mutation_pb2 import NodeRef

NODE = og.node("A", {"id": 1})


def happened(set: og.Properties, type: str = "t.v1.Happened") -> og.Event:
    return og.event(type, [og.merge_node(NODE, set=set)])


@given(st.dictionaries(st.text(max_size=4), st.integers(0, 9), min_size=1, max_size=12))
def test_keys_stand_in_the_order_of_their_utf8_bytes(key: dict[str, int]) -> None:
    ordered = sorted(key, key=lambda name: name.encode("utf8"))
    one_by_one = b"".join(
        canonical_bytes(NodeRef(key=og.to_properties({name: key[name]}))) for name in ordered
    )

    assert canonical_bytes(NodeRef(key=og.to_properties(key))) == one_by_one


def test_when_it_happened_does_not_matter_what_happened_does() -> None:
    moment = datetime(2026, 1, 2, tzinfo=timezone.utc)
    mutations = [og.merge_node(NODE, set={"a": 1})]
    first = content_digest([happened({"a": 1})])

    assert content_digest([og.event("t.v1.Happened", mutations, occurred_at=moment)]) == first
    assert content_digest([happened({"a": 1.0})]) != first
    assert content_digest([happened({"a": 1}, "t.v1.Other")]) != first
    assert content_digest([happened({"a": 1})], [og.delete_one("a", {})]) != first


def test_what_a_newer_version_added_does_not_count() -> None:
    event = happened({"a": 1})
    newer = type(event).FromString(event.SerializeToString() + b"\xa2\x06\x00")  # field 100

    assert content_digest([newer]) == content_digest([event])


def test_taking_the_digest_leaves_the_events_as_they_are() -> None:
    event = og.event("t.v1.Happened", occurred_at=datetime(2026, 1, 2, tzinfo=timezone.utc))

    content_digest([event])

    assert event.HasField("occurred_at")


@pytest.mark.parametrize("extra", ["id", "source", "partition"])
def test_only_writes_and_events_count(extra: str) -> None:
    request = AppendRequest(entry=Entry(events=[happened({})], **{extra: "x"}))

    assert content_digest(request.entry.events) == content_digest([happened({})])
