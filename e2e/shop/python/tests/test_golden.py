"""What Python makes of the shop's events and products is what the golden file says."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import outgraph as og
import pytest
from google.protobuf.json_format import ParseDict
from outgraph.graph.v1.mutation_pb2 import Mutation

from shop.v1.shop_pb2 import Product
from shop_events import order_placed, order_shipped
from shop_products import project_product

GOLDEN = Path(__file__).resolve().parents[2] / "golden/shop.json"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf8"))
TYPES: dict[str, og.EventType[Any]] = {
    "shop.v1.OrderPlaced": order_placed,
    "shop.v1.OrderShipped": order_shipped,
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
    before, after = (
        None if case[side] is None else project_product(ParseDict(case[side], Product()))
        for side in ("before", "after")
    )
    return og.projection_diff(before, after)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_golden_mutations_are_made(case: dict[str, Any]) -> None:
    assert list(mutations_of(case)) == [ParseDict(each, Mutation()) for each in case["mutations"]]
