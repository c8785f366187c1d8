package xmem_test

import (
	"context"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	xmem "github.com/outgraph/outgraph-xmem-go"
)

// direct is the store without Outgraph: one statement a call, as XMem's own store runs them today.
type direct struct{ driver neo4j.DriverWithContext }

func (d direct) CreateEvent(ctx context.Context, userID, date string, event xmem.Event) error {
	return d.run(ctx, `MERGE (u:User {user_id: $user}) MERGE (d:Date {date: $date})
		CREATE (u)-[r:HAS_EVENT]->(d) SET r += $props`, userID, date, event)
}

func (d direct) UpdateEvent(ctx context.Context, userID, date string, event xmem.Event) error {
	return d.run(ctx, `MATCH (:User {user_id: $user})-[r:HAS_EVENT]->(:Date {date: $date})
		SET r += $props`, userID, date, event)
}

func (d direct) DeleteEvent(ctx context.Context, userID, embeddingID string) error {
	date, name, named := strings.Cut(embeddingID, "_")
	cypher := "MATCH (:User {user_id: $user})-[r:HAS_EVENT]->(:Date {date: $date}) DELETE r"
	if named && name != "" {
		cypher = "MATCH (:User {user_id: $user})-[r:HAS_EVENT {event_name: $props.event_name}]->(:Date {date: $date}) DELETE r"
	}
	return d.run(ctx, cypher, userID, date, xmem.Event{EventName: name})
}

func (d direct) run(ctx context.Context, cypher, userID, date string, event xmem.Event) error {
	props := map[string]any{
		"event_name": event.EventName, "desc": event.Description, "year": event.Year,
		"time": event.Time, "date_expression": event.DateExpression,
	}
	text := event.EventName
	if event.Description != "" {
		text += ": " + event.Description
	}
	if text != "" {
		props["embedding"], _ = letters{}.Embed(ctx, text)
	}
	params := map[string]any{"user": userID, "date": date, "props": props}
	_, err := neo4j.ExecuteQuery(ctx, d.driver, cypher, params, neo4j.EagerResultTransformer)
	return err
}

// writes is what both stores can do.
type writes interface {
	CreateEvent(ctx context.Context, userID, date string, event xmem.Event) error
	UpdateEvent(ctx context.Context, userID, date string, event xmem.Event) error
	DeleteEvent(ctx context.Context, userID, embeddingID string) error
}
