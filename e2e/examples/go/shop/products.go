package shop

import (
	outgraph "github.com/outgraph/outgraph-go"

	shopv1 "example.com/examples/gen/shop/v1"
)

// ProjectProduct says what a product is in the graph: a node of its own, and tags that it shares with
// others. Nil stands for no product.
func ProjectProduct(document *shopv1.Product) *outgraph.Projection {
	if document == nil {
		return nil
	}
	product := node("Product", "sku", document.GetSku())
	own := outgraph.ProjectedNode{
		Node:  product,
		Owner: outgraph.Own,
		Set:   outgraph.Props{"name": document.GetName(), "weight_kg": document.WeightKg},
	}
	if document.GetDiscontinued() {
		own.Labels = []string{"Discontinued"}
	}
	projection := &outgraph.Projection{Nodes: []outgraph.ProjectedNode{own}}
	for _, name := range document.GetTags() {
		tag := node("Tag", "name", name)
		projection.Nodes = append(projection.Nodes, outgraph.ProjectedNode{Node: tag, Owner: outgraph.Shared})
		projection.Edges = append(projection.Edges, outgraph.ProjectedEdge{
			Edge: outgraph.Edge{Type: "TAGGED", From: product, To: tag},
		})
	}
	return projection
}
