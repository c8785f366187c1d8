"""What Python makes of the examples' events and documents is what the golden files say."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import outgraph as og
import pytest
from google.protobuf.json_format import ParseDict
from outgraph.graph.v1.mutation_pb2 import Mutation

import shop_events
import xmem_events
from shop.v1.shop_pb2 import Product
from shop_products import project_product
from xmem.v1.xmem_pb2 import SourceFile
from xmem_files import project_file

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
CASES: list[dict[str, Any]] = [
    case
    for name in ("shop", "xmem")
    for case in json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf8"))
]
EVENTS: list[og.EventType[Any]] = [
    value
    for module in (shop_events, xmem_events)
    for value in vars(module).values()
    if isinstance(value, og.EventType)
]
TYPES = {event_type.message.DESCRIPTOR.full_name: event_type for event_type in EVENTS}
DOCUMENTS: dict[str, Callable[[Any], og.Projection]] = {
    "shop.v1.Product": lambda json: project_product(ParseDict(json, Product())),
    "xmem.v1.SourceFile": lambda json: project_file(ParseDict(json, SourceFile())),
}


def mutations_of(case: dict[str, Any]) -> Sequence[Mutation]:
    if "event" in case:
        event_type = TYPES[case["type"]]
        event = event_type.of(ParseDict(case["event"], event_type.message()))
        assert event.type == case["type"]
        unpacked = event_type.message()
        assert event.payload.Unpack(unpacked)
        assert unpacked == ParseDict(case["event"], event_type.message())
        return event.mutations
    project = DOCUMENTS[case["document"]]
    before, after = (
        None if case[side] is None else project(case[side]) for side in ("before", "after")
    )
    return og.projection_diff(before, after)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_golden_mutations_are_made(case: dict[str, Any]) -> None:
    assert list(mutations_of(case)) == [ParseDict(each, Mutation()) for each in case["mutations"]]


def test_every_event_has_a_golden_case() -> None:
    assert {case["type"] for case in CASES if "event" in case} == set(TYPES)
