package xmem

import (
	"context"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// topKDefault is how many events a search returns when it is asked for none or fewer.
const topKDefault = 10

const ofUser = "MATCH (:User {user_id: $user})-[r:HAS_EVENT]->(d:Date)\n"

const asEvent = `r.event_name AS name, r.desc AS desc, r.year AS year, r.time AS time,
r.date_expression AS expression, d.date AS date`

const byName = ofUser + `WHERE toLower(r.event_name) = toLower($name)
RETURN ` + asEvent + `, 0.0 AS score
ORDER BY date, time, desc LIMIT $top`

// Neo4j maps the cosine to 0..1; XMem's thresholds are for -1..1.
const byEmbedding = ofUser + `WHERE r.embedding IS NOT NULL AND size(r.embedding) = size($vector)
WITH r, d, 2.0 * vector.similarity.cosine(r.embedding, $vector) - 1.0 AS score
WHERE score >= $threshold
RETURN ` + asEvent + `, score
ORDER BY score DESC, date, time, desc LIMIT $top`

const byKeyword = ofUser + `WITH r, d,
  toLower(coalesce(r.event_name, '') + ' ' + coalesce(r.desc, '') + ' ' + coalesce(r.date_expression, '')) AS text
WHERE text CONTAINS $text
RETURN ` + asEvent + `, 1.0 AS score
ORDER BY date, time, desc LIMIT $top`

// SearchEventsByName returns the user's events of that name, in any case of letters, up to topK; 10
// when topK is not positive.
//
// With [OwnWrites] it first waits for what this store wrote, and fails with [ErrNotYetApplied] when
// that is not in the graph in time. Other errors are those of the append service or of Neo4j.
func (s *Store) SearchEventsByName(ctx context.Context, eventName string, userID string, topK int) ([]Event, error) {
	return s.search(ctx, byName, userID, topK, map[string]any{"name": eventName})
}

// SearchEventsByEmbedding returns the user's events whose vectors have a cosine of at least threshold
// with the query's, the nearest first, up to topK. Without an Embedder, or when it fails, those whose
// name, description or expression contains the query, with a score of 1. It waits and fails as
// [Store.SearchEventsByName] does.
func (s *Store) SearchEventsByEmbedding(ctx context.Context, userID string, queryText string, topK int, threshold float64) ([]Event, error) {
	if s.options.Embedder != nil {
		vector, err := s.options.Embedder.Embed(ctx, queryText)
		if err == nil && len(vector) > 0 {
			return s.search(ctx, byEmbedding, userID, topK, map[string]any{"vector": vector, "threshold": threshold})
		}
	}
	return s.search(ctx, byKeyword, userID, topK, map[string]any{"text": strings.ToLower(queryText)})
}

func (s *Store) search(ctx context.Context, cypher, userID string, topK int, params map[string]any) ([]Event, error) {
	var bookmarks neo4j.Bookmarks
	if s.options.Consistency == OwnWrites {
		applied, err := s.own.applied(ctx)
		if err != nil {
			return nil, err
		}
		bookmarks = neo4j.BookmarksFromRawValues(applied...)
	}
	if topK <= 0 {
		topK = topKDefault
	}
	params["user"], params["top"] = userID, topK
	session := s.options.Driver.NewSession(ctx, neo4j.SessionConfig{
		AccessMode: neo4j.AccessModeRead, DatabaseName: s.options.Database, Bookmarks: bookmarks,
	})
	defer func() { _ = session.Close(ctx) }() // what it could say, the read has said
	found, err := session.ExecuteRead(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, cypher, params)
		if err != nil {
			return nil, err
		}
		return result.Collect(ctx)
	})
	if err != nil {
		return nil, err
	}
	records := found.([]*neo4j.Record)
	events := make([]Event, len(records))
	for i, record := range records {
		events[i] = eventOf(record.AsMap())
	}
	return events, nil
}

// eventOf reads what is a text; a property that somebody else wrote as something else counts as "".
func eventOf(row map[string]any) Event {
	text := func(name string) string {
		value, _ := row[name].(string)
		return value
	}
	score, _ := row["score"].(float64)
	return Event{
		Date:            text("date"),
		EventName:       text("name"),
		Description:     text("desc"),
		Year:            text("year"),
		Time:            text("time"),
		DateExpression:  text("expression"),
		SimilarityScore: score,
	}
}
