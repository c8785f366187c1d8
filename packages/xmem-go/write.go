package xmem

import (
	"context"
	"errors"

	outgraph "github.com/outgraph/outgraph-go"
)

// CreateEvent adds an event to the user's day; user and day are made when they are not there. There
// may be any number of events on a day, also of one name.
//
// It returns when MongoDB has committed the change, whether or not Neo4j is there. Every error is
// an [*outgraph.Error]; see [outgraph.Client.Append].
func (s *Store) CreateEvent(ctx context.Context, userID string, date string, event Event) error {
	mutations := created(userID, date, propsOf(event, s.embedding(ctx, event)))
	return s.write(ctx, change{"create", userID, date, event.EventName, mutations})
}

// UpdateEvent sets the event's properties on every event of the user's day, whatever their names; on
// none when there are none. It returns and fails as [Store.CreateEvent] does.
func (s *Store) UpdateEvent(ctx context.Context, userID string, date string, event Event) error {
	mutations := updated(userID, date, propsOf(event, s.embedding(ctx, event)))
	return s.write(ctx, change{"update", userID, date, event.EventName, mutations})
}

// DeleteEvent deletes the events of a name on the user's day: "05-19_dentist"; or, without a name,
// all events of the day: "05-19". It returns and fails as [Store.CreateEvent] does, and says nothing
// when there was none.
func (s *Store) DeleteEvent(ctx context.Context, userID string, embeddingID string) error {
	date, name := splitEmbeddingID(embeddingID)
	return s.write(ctx, change{"delete", userID, date, name, deleted(userID, date, name)})
}

// A change is what one call does to the graph, and the names that it is known by in its job.
type change struct {
	does, userID, date, name string
	mutations                []outgraph.Mutation
}

func (c change) event() outgraph.Event {
	return outgraph.Event{Type: "xmem.temporal." + c.does, Mutations: c.mutations}
}

func (s *Store) write(ctx context.Context, made change) error {
	if unit := unitOf(ctx); unit != nil {
		unit.add(made.event())
		return nil
	}
	id, err := idOf(ctx, made.does, made.userID, made.date, made.name)
	if err != nil {
		return err
	}
	receipt, err := s.options.Client.Append(ctx, outgraph.Append{
		ID:     id,
		Events: []outgraph.Event{made.event()},
		// Two writes about one user never overtake each other, also where many lanes feed the graph.
		Partition: made.userID,
	})
	// Only a further run of the job can be known by this id with other content: the first one stands.
	if errors.Is(err, outgraph.ErrAlreadyExists) && !id.IsZero() {
		err = nil
	}
	if err == nil {
		s.own.wrote(receipt.EntryID)
	}
	return err
}

// embedding is nil where nothing makes one. A model that fails costs the event its vector, not itself.
func (s *Store) embedding(ctx context.Context, event Event) []float64 {
	text := event.EventName
	if event.Description != "" {
		text += ": " + event.Description
	}
	if s.options.Embedder == nil || text == "" {
		return nil
	}
	vector, err := s.options.Embedder.Embed(ctx, text)
	if err != nil {
		return nil
	}
	return vector
}
