// Package shop has the shop's typed events and documents, and what they are in the graph.
package shop

import (
	outgraph "github.com/outgraph/outgraph-go"

	shopv1 "example.com/examples/gen/shop/v1"
)

// OrderPlaced is an order, who placed it and what is in it; each product counts how often it was sold.
var OrderPlaced = outgraph.DefineEvent(func(event *shopv1.OrderPlaced) []outgraph.Mutation {
	order := node("Order", "id", event.GetOrderId())
	var cents int64
	for _, line := range event.GetLines() {
		cents += line.GetCents()
	}
	set := outgraph.Props{"cents": cents}
	if at := event.GetPlacedAt(); at != nil {
		set["placed_at"] = at.AsTime()
	}
	placed := outgraph.Edge{Type: "PLACED", From: node("Customer", "id", event.GetCustomerId()), To: order}
	mutations := []outgraph.Mutation{outgraph.MergeNode{Node: order, Set: set}, outgraph.MergeEdge{Edge: placed}}
	for _, line := range event.GetLines() {
		product := node("Product", "sku", line.GetSku())
		mutations = append(mutations,
			outgraph.MergeEdge{
				Edge: outgraph.Edge{Type: "CONTAINS", From: order, To: product},
				Set:  outgraph.Props{"quantity": line.GetQuantity()},
			},
			outgraph.Accumulate{On: product, Add: outgraph.Props{"sold": line.GetQuantity()}})
	}
	return mutations
})

// OrderShipped is an order that is on its way.
var OrderShipped = outgraph.DefineEvent(func(event *shopv1.OrderShipped) []outgraph.Mutation {
	return []outgraph.Mutation{outgraph.MergeNode{
		Node:      node("Order", "id", event.GetOrderId()),
		Set:       outgraph.Props{"tracking": event.GetTracking(), "parcels": 1},
		AddLabels: []string{"Shipped"},
	}}
})

func node(label, key, value string) outgraph.Node {
	return outgraph.Node{Label: label, Key: outgraph.Props{key: value}}
}
