"""The shop's documents in the graph."""

import outgraph as og

from shop.v1.shop_pb2 import Product


def project_product(document: Product) -> og.Projection:
    """What a product is in the graph: a node of its own, and tags that it shares with others."""
    product = og.node("Product", {"sku": document.sku})
    tags = [og.node("Tag", {"name": tag}) for tag in document.tags]
    weight = document.weight_kg if document.HasField("weight_kg") else None
    own = og.ProjectedNode(
        product,
        "own",
        set={"name": document.name, "weight_kg": weight},
        labels=["Discontinued"] if document.discontinued else [],
    )
    return og.Projection(
        nodes=[own, *(og.ProjectedNode(tag, "shared") for tag in tags)],
        edges=[og.ProjectedEdge(og.edge("TAGGED", product, tag)) for tag in tags],
    )
