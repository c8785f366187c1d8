package outgraph

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

// An Event is one typed fact, and what it changes in the graph.
type Event struct {
	// Type is the name of its type, such as "shop.v1.OrderPlaced".
	Type string
	// Mutations are what it changes, in order. None is allowed: the event is then for other
	// consumers alone.
	Mutations []Mutation
	// OccurredAt is when it happened, by your clock. Default now. A repeated append is not compared
	// by it.
	OccurredAt time.Time
	// Payload is the typed event itself, for other consumers.
	Payload *anypb.Any

	refusal error // why the payload could not be made
}

// ToEvents returns the protobuf form of events. It fails with [ErrInvalidArgument], naming every
// property whose value Neo4j cannot store, such as `events[0].mutations[2].merge_node.set["size"]`.
func ToEvents(events []Event) ([]*entryv1.Event, error) {
	e := new(encoder)
	messages := e.events("events", events)
	return messages, e.err()
}

func (e *encoder) events(path string, events []Event) []*entryv1.Event {
	messages := make([]*entryv1.Event, len(events))
	for i, event := range events {
		at := fmt.Sprintf("%s[%d]", path, i)
		occurred := event.OccurredAt
		if occurred.IsZero() {
			occurred = time.Now()
		}
		message := &entryv1.Event{
			Type:       e.name(at+".type", event.Type),
			OccurredAt: timestamppb.New(occurred),
			Payload:    event.Payload,
		}
		if event.refusal != nil {
			e.refuse(at+".payload", "%v", event.refusal)
		}
		for j, mutation := range event.Mutations {
			where := fmt.Sprintf("%s.mutations[%d]", at, j)
			if mutation == nil {
				e.refuse(where, "no mutation")
				continue
			}
			message.Mutations = append(message.Mutations, mutation.mutation(e, where))
		}
		messages[i] = message
	}
	return messages
}
