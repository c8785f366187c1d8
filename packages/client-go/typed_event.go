package outgraph

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// An EventType is a type of event: a protobuf message of your own, and what such an event changes in
// the graph. [DefineEvent] makes one.
type EventType[M proto.Message] struct {
	// Name is the full name of the message.
	Name string
	// Project says what an event of this type changes.
	Project func(event M) []Mutation
}

// DefineEvent ties a protobuf message to its projection, so that every writer of such an event changes
// the graph in the same way. The message's full name becomes the event's type.
//
// The projection must be pure: no clock, no random numbers, no look at anything but the event, and no
// order of a Go map; the same event then always gives the same mutations, and a repeated append equal
// content.
func DefineEvent[M proto.Message](project func(event M) []Mutation) EventType[M] {
	var none M
	return EventType[M]{string(none.ProtoReflect().Descriptor().FullName()), project}
}

// Of returns an event of this type, ready to append, with its message as it is now for other
// consumers. A message that cannot be encoded is refused where the event is appended.
func (t EventType[M]) Of(event M) Event {
	made := Event{Type: t.Name, Mutations: t.Project(event), Payload: new(anypb.Any)}
	// In one order of its maps, so that a repeat has equal content.
	made.refusal = anypb.MarshalFrom(made.Payload, event, proto.MarshalOptions{Deterministic: true})
	return made
}

// At returns the event with the time when it happened, by your clock.
func (e Event) At(occurred time.Time) Event {
	e.OccurredAt = occurred
	return e
}
