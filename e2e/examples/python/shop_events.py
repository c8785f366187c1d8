"""The shop's events, and what they change in the graph."""

from datetime import timezone

import outgraph as og
from outgraph.graph.v1.mutation_pb2 import Mutation

from shop.v1.shop_pb2 import OrderPlaced, OrderShipped


def _project_placed(event: OrderPlaced) -> list[Mutation]:
    order = og.node("Order", {"id": event.order_id})
    set: dict[str, og.PropertyValue] = {"cents": sum(line.cents for line in event.lines)}
    if event.HasField("placed_at"):
        set["placed_at"] = event.placed_at.ToDatetime(timezone.utc)
    placed = og.edge("PLACED", og.node("Customer", {"id": event.customer_id}), order)
    mutations = [og.merge_node(order, set=set), og.merge_edge(placed)]
    for line in event.lines:
        product = og.node("Product", {"sku": line.sku})
        contains = og.edge("CONTAINS", order, product)
        mutations += [
            og.merge_edge(contains, set={"quantity": line.quantity}),
            og.accumulate(product, add={"sold": line.quantity}),
        ]
    return mutations


def _project_shipped(event: OrderShipped) -> list[Mutation]:
    order = og.node("Order", {"id": event.order_id})
    set: dict[str, og.PropertyValue] = {"tracking": event.tracking, "parcels": 1}
    return [og.merge_node(order, set=set, add_labels=["Shipped"])]


order_placed = og.define_event(OrderPlaced, _project_placed)
"""An order, who placed it and what is in it; each product counts how often it was sold."""

order_shipped = og.define_event(OrderShipped, _project_shipped)
"""An order that is on its way."""
