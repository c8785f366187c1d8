package outgraph

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
)

// Any message will do for a typed event: here ones that are at hand.
var dayBegan = DefineEvent(func(day *graphv1.Date) []Mutation {
	return []Mutation{MergeNode{Node: Node{"Day", Props{"n": day.GetEpochDays()}}}}
})

func TestATypedEventCarriesItsMessageItsFullNameAndWhatItProjectsTo(t *testing.T) {
	event := dayBegan.Of(&graphv1.Date{EpochDays: 7}).At(time.Unix(9, 0))

	messages, err := ToEvents([]Event{event})
	if err != nil {
		t.Fatal(err)
	}
	got, unpacked := messages[0], new(graphv1.Date)
	want, _ := ToMutation(MergeNode{Node: Node{"Day", Props{"n": 7}}})
	if got.GetType() != "outgraph.graph.v1.Date" || got.GetOccurredAt().GetSeconds() != 9 ||
		len(got.GetMutations()) != 1 || !proto.Equal(got.GetMutations()[0], want) {
		t.Errorf("%v", got)
	}
	if err := got.GetPayload().UnmarshalTo(unpacked); err != nil || unpacked.GetEpochDays() != 7 {
		t.Errorf("%v %v", unpacked, err)
	}
	if dayBegan.Name != "outgraph.graph.v1.Date" {
		t.Errorf("named %s", dayBegan.Name)
	}
}

func TestATypedEventWithMapsIsTheSameEveryTime(t *testing.T) {
	merged := DefineEvent(func(*graphv1.MergeNode) []Mutation { return nil })
	message := &graphv1.MergeNode{Set: map[string]*graphv1.Value{}}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		message.Set[name] = integer(1)
	}
	first := merged.Of(message)
	for range 50 {
		if !proto.Equal(merged.Of(message).Payload, first.Payload) {
			t.Fatal("two payloads of one message differ")
		}
	}
}

func TestATypedEventThatCannotBeEncodedIsRefusedWhereItIsAppended(t *testing.T) {
	named := DefineEvent(func(*graphv1.NodeRef) []Mutation { return nil })

	_, err := ToEvents([]Event{named.Of(&graphv1.NodeRef{Label: "\xff"})})

	var failed *Error
	if !errors.Is(err, ErrInvalidArgument) || !errors.As(err, &failed) || failed.Violations[0].Field != "events[0].payload" {
		t.Errorf("%v", err)
	}
}
