package shop

import (
	"encoding/json"
	"os"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"

	shopv1 "example.com/shop/gen/shop/v1"
)

// A golden case is what one event, or one change of a product, comes to in every language.
type golden struct {
	Name          string
	Type          string
	Event         json.RawMessage
	Before, After json.RawMessage
	Mutations     []json.RawMessage
}

func TestTheGoldenMutationsAreMade(t *testing.T) {
	text, err := os.ReadFile("../golden/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
		t.Fatal(len(cases), err)
	}
	for _, each := range cases {
		t.Run(each.Name, func(t *testing.T) {
			got := each.made(t)
			if len(got) != len(each.Mutations) {
				t.Fatalf("%d mutations, not %d: %v", len(got), len(each.Mutations), got)
			}
			for i, text := range each.Mutations {
				if want := read(t, text, new(graphv1.Mutation)); !proto.Equal(got[i], want) {
					t.Errorf("%d:\n got %v\nwant %v", i, got[i], want)
				}
			}
		})
	}
}

// made is what Go makes of a case.
func (g golden) made(t *testing.T) []*graphv1.Mutation {
	t.Helper()
	var event outgraph.Event
	switch g.Type {
	case OrderPlaced.Name:
		event = packed(t, OrderPlaced, read(t, g.Event, new(shopv1.OrderPlaced)))
	case OrderShipped.Name:
		event = packed(t, OrderShipped, read(t, g.Event, new(shopv1.OrderShipped)))
	case "":
		mutations, err := outgraph.ProjectionDiff(ProjectProduct(product(t, g.Before)), ProjectProduct(product(t, g.After)))
		if err != nil {
			t.Fatal(err)
		}
		event.Mutations = mutations
	default:
		t.Fatalf("an event of type %s", g.Type)
	}
	messages, err := outgraph.ToEvents([]outgraph.Event{event})
	if err != nil {
		t.Fatal(err)
	}
	return messages[0].GetMutations()
}

func packed[M proto.Message](t *testing.T, eventType outgraph.EventType[M], message M) outgraph.Event {
	t.Helper()
	event := eventType.Of(message)
	unpacked, err := event.Payload.UnmarshalNew()
	if err != nil || !proto.Equal(unpacked, message) || event.Type != eventType.Name {
		t.Errorf("%s: %v %v", event.Type, unpacked, err)
	}
	return event
}

func product(t *testing.T, text json.RawMessage) *shopv1.Product {
	t.Helper()
	if string(text) == "null" {
		return nil
	}
	return read(t, text, new(shopv1.Product))
}

func read[M proto.Message](t *testing.T, text json.RawMessage, message M) M {
	t.Helper()
	if err := protojson.Unmarshal(text, message); err != nil {
		t.Fatal(err)
	}
	return message
}
