package examples

import (
	"encoding/json"
	"os"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"

	shopv1 "example.com/examples/gen/shop/v1"
	xmemv1 "example.com/examples/gen/xmem/v1"
	"example.com/examples/shop"
	"example.com/examples/xmem"
)

// A golden case is what one event, or one change of a document, comes to in every language.
type golden struct {
	Name          string
	Type          string
	Event         json.RawMessage
	Document      string
	Before, After json.RawMessage
	Mutations     []json.RawMessage
}

func TestTheGoldenMutationsAreMade(t *testing.T) {
	for _, file := range []string{"../golden/shop.json", "../golden/xmem.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []golden
		if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
			t.Fatal(len(cases), err)
		}
		for _, each := range cases {
			t.Run(each.Name, each.holds)
		}
	}
}

func (g golden) holds(t *testing.T) {
	got := g.made(t)
	if len(got) != len(g.Mutations) {
		t.Fatalf("%d mutations, not %d: %v", len(got), len(g.Mutations), got)
	}
	for i, text := range g.Mutations {
		if want := read(t, text, new(graphv1.Mutation)); !proto.Equal(got[i], want) {
			t.Errorf("%d:\n got %v\nwant %v", i, got[i], want)
		}
	}
}

// made is what Go makes of a case.
func (g golden) made(t *testing.T) []*graphv1.Mutation {
	t.Helper()
	var event outgraph.Event
	switch g.Type + g.Document {
	case shop.OrderPlaced.Name:
		event = packed(t, shop.OrderPlaced, read(t, g.Event, new(shopv1.OrderPlaced)))
	case shop.OrderShipped.Name:
		event = packed(t, shop.OrderShipped, read(t, g.Event, new(shopv1.OrderShipped)))
	case xmem.MemoryEventRecorded.Name:
		event = packed(t, xmem.MemoryEventRecorded, read(t, g.Event, new(xmemv1.MemoryEventRecorded)))
	case xmem.MemoryEventRemoved.Name:
		event = packed(t, xmem.MemoryEventRemoved, read(t, g.Event, new(xmemv1.MemoryEventRemoved)))
	case xmem.SymbolIndexed.Name:
		event = packed(t, xmem.SymbolIndexed, read(t, g.Event, new(xmemv1.SymbolIndexed)))
	case xmem.CallFound.Name:
		event = packed(t, xmem.CallFound, read(t, g.Event, new(xmemv1.CallFound)))
	case xmem.FileRemoved.Name:
		event = packed(t, xmem.FileRemoved, read(t, g.Event, new(xmemv1.FileRemoved)))
	case "shop.v1.Product":
		event.Mutations = diff(t, g, shop.ProjectProduct, func() *shopv1.Product { return new(shopv1.Product) })
	case "xmem.v1.SourceFile":
		event.Mutations = diff(t, g, xmem.ProjectFile, func() *xmemv1.SourceFile { return new(xmemv1.SourceFile) })
	default:
		t.Fatalf("neither an event nor a document: %s%s", g.Type, g.Document)
	}
	messages, err := outgraph.ToEvents([]outgraph.Event{event})
	if err != nil {
		t.Fatal(err)
	}
	return messages[0].GetMutations()
}

func diff[M proto.Message](t *testing.T, g golden, project func(M) *outgraph.Projection, empty func() M) []outgraph.Mutation {
	t.Helper()
	side := func(text json.RawMessage) *outgraph.Projection {
		if string(text) == "null" {
			return nil
		}
		return project(read(t, text, empty()))
	}
	mutations, err := outgraph.ProjectionDiff(side(g.Before), side(g.After))
	if err != nil {
		t.Fatal(err)
	}
	return mutations
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

func read[M proto.Message](t *testing.T, text json.RawMessage, message M) M {
	t.Helper()
	if err := protojson.Unmarshal(text, message); err != nil {
		t.Fatal(err)
	}
	return message
}
