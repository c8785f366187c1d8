package xmem

import (
	"strings"

	outgraph "github.com/outgraph/outgraph-go"
)

const hasEvent = "HAS_EVENT"

func user(id string) outgraph.Node {
	return outgraph.Node{Label: "User", Key: outgraph.Props{"user_id": id}}
}

func day(date string) outgraph.Node {
	return outgraph.Node{Label: "Date", Key: outgraph.Props{"date": date}}
}

// created is one more edge, parallel to those there; both ends are made, a day nobody has heard of too.
func created(userID, date string, props outgraph.Props) []outgraph.Mutation {
	return []outgraph.Mutation{
		outgraph.MergeNode{Node: user(userID)},
		outgraph.MergeNode{Node: day(date)},
		outgraph.CreateEdge{Type: hasEvent, From: user(userID), To: day(date), Set: props},
	}
}

// updated is every event of the user's day, whatever its name.
func updated(userID, date string, props outgraph.Props) []outgraph.Mutation {
	return []outgraph.Mutation{outgraph.UpdateEdges{Match: onDay(userID, date), Set: props}}
}

// deleted is the events of that name on the user's day; all of the day's when the name is "".
func deleted(userID, date, name string) []outgraph.Mutation {
	match := onDay(userID, date)
	if name != "" {
		match.Where = outgraph.Props{"event_name": name}
	}
	return []outgraph.Mutation{outgraph.DeleteEdges{Match: match}}
}

func onDay(userID, date string) outgraph.EdgeMatch {
	from, to := user(userID), day(date)
	return outgraph.EdgeMatch{
		Type: hasEvent,
		From: &outgraph.NodeMatch{Label: from.Label, Where: from.Key},
		To:   &outgraph.NodeMatch{Label: to.Label, Where: to.Key},
	}
}

// propsOf are the event's properties, empty ones too; an embedding only where there is one.
func propsOf(event Event, embedding []float64) outgraph.Props {
	props := outgraph.Props{
		"event_name":      event.EventName,
		"desc":            event.Description,
		"year":            event.Year,
		"time":            event.Time,
		"date_expression": event.DateExpression,
	}
	if len(embedding) > 0 {
		props["embedding"] = embedding
	}
	return props
}

// splitEmbeddingID takes apart "05-19_dentist", the day and the name; without "_" it is all day.
func splitEmbeddingID(id string) (date, name string) {
	date, name, _ = strings.Cut(id, "_")
	return date, name
}
