package writer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	outgraph "github.com/outgraph/outgraph-go"
)

// An ackDocument is what outbox_acks holds: a batch that was applied, or an entry that was skipped.
type ackDocument struct {
	Batch    int64
	Entries  []bson.RawValue
	Bookmark string
	AckedAt  time.Time `bson:"ackedAt"`
	Skipped  *struct {
		Reason string
		At     time.Time
	}
}

// A parkedDocument is an entry that waits for a person, or behind one that does.
type parkedDocument struct {
	ID        bson.RawValue `bson:"_id"`
	Kind      string
	Error     string
	Conflicts []bson.RawValue
}

// A graphPutBack says that the graph is behind the acks, because Neo4j was put back to an older state.
type graphPutBack struct {
	// After: batches after this one are not in the graph, whatever their acks say. Nil: all are.
	After *int64
}

// A placed entry is one that is stored, with its place in history.
type placed struct {
	id outgraph.EntryID
	at bson.Timestamp
}

// progress reads how far each entry has come. Seen is false when there is one that is not stored, and
// not so old that it may have been purged: it may yet come.
//
// The reads are causally consistent and in this order: an entry is deleted after the horizon was
// raised, and a parked document after the ack was written. So what is missing from one read is told
// by a later one.
func (w *Writer) progress(ctx context.Context, ids []outgraph.EntryID) (waited outgraph.Waited, seen bool, err error) {
	session, err := w.outbox.client.StartSession(options.Session().SetCausalConsistency(true))
	if err != nil {
		return waited, false, err
	}
	defer session.EndSession(ctx)
	ctx = mongo.NewSessionContext(ctx, session)
	stored, err := w.outbox.placed(ctx, ids)
	if err != nil {
		return waited, false, err
	}
	parked, err := w.outbox.parkedOf(ctx, ids)
	if err != nil {
		return waited, false, err
	}
	acks, err := w.outbox.findAcks(ctx, stored, parked)
	if err != nil {
		return waited, false, err
	}
	var graph graphPutBack
	if len(acks) > 0 {
		if graph, err = w.outbox.graphPutBack(ctx); err != nil {
			return waited, false, err
		}
	}
	here := map[outgraph.EntryID]bool{}
	for _, entry := range stored {
		here[entry.id] = true
	}
	var horizon time.Time
	if len(here) < len(ids) {
		if horizon, err = w.outbox.purgeHorizon(ctx); err != nil {
			return waited, false, err
		}
	}
	seen = true
	for _, id := range ids {
		progress := derive(id, here[id], acks[id], parked[id], graph)
		if ack := acks[id]; progress.State == outgraph.Applied && ack.Bookmark != "" && !slices.Contains(waited.Bookmarks, ack.Bookmark) {
			waited.Bookmarks = append(waited.Bookmarks, ack.Bookmark)
		}
		waited.Entries = append(waited.Entries, progress)
		seen = seen && (here[id] || !id.Time().After(horizon))
	}
	return waited, seen, nil
}

// derive says how far an entry has come: state is never stored, only derived. An ack wins, also over a
// parked document, which is deleted only after the ack is confirmed. Only where the graph was put back,
// and the ack's batch is not in it yet again, the entry is pending; a skip has no batch.
func derive(id outgraph.EntryID, stored bool, ack *ackDocument, parked *parkedDocument, graph graphPutBack) outgraph.Progress {
	progress := outgraph.Progress{EntryID: id, State: outgraph.Absent}
	switch {
	case ack != nil && ack.Skipped != nil:
		progress.State, progress.Reason, progress.AckedAt = outgraph.Skipped, ack.Skipped.Reason, ack.Skipped.At
	case ack != nil && graph.After != nil && ack.Batch > *graph.After:
		progress.State = outgraph.Pending
	case ack != nil:
		progress.State, progress.AckedAt = outgraph.Applied, ack.AckedAt
	case parked != nil && parked.Kind == "parked":
		progress.State, progress.Reason = outgraph.Parked, parked.Error
	case parked != nil:
		var behind []string
		for _, other := range parked.Conflicts {
			behind = append(behind, idOf(other).String())
		}
		progress.State, progress.Reason = outgraph.Blocked, "waits behind "+strings.Join(behind, ", ")
	case stored:
		progress.State = outgraph.Pending
	}
	return progress
}

// placed are those of the entries that are stored, in the order of history.
func (o *outbox) placed(ctx context.Context, ids []outgraph.EntryID) ([]placed, error) {
	cursor, err := o.entries.Find(ctx, among(ids), options.Find().SetProjection(bson.D{{Key: "at", Value: 1}}))
	if err != nil {
		return nil, err
	}
	var found []struct {
		ID bson.RawValue `bson:"_id"`
		At bson.Timestamp
	}
	if err := cursor.All(ctx, &found); err != nil {
		return nil, err
	}
	entries := make([]placed, len(found))
	for i, each := range found {
		entries[i] = placed{idOf(each.ID), each.At}
	}
	slices.SortFunc(entries, func(a, b placed) int { return a.at.Compare(b.at) })
	return entries, nil
}

func (o *outbox) graphPutBack(ctx context.Context) (graphPutBack, error) {
	var graph graphPutBack
	err := o.meta.FindOne(ctx, byID("reapplying")).Decode(&graph)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return graph, nil
	}
	return graph, err
}

func (o *outbox) parkedOf(ctx context.Context, ids []outgraph.EntryID) (map[outgraph.EntryID]*parkedDocument, error) {
	cursor, err := o.parked.Find(ctx, among(ids))
	if err != nil {
		return nil, err
	}
	var found []*parkedDocument
	if err := cursor.All(ctx, &found); err != nil {
		return nil, err
	}
	parked := map[outgraph.EntryID]*parkedDocument{}
	for _, each := range found {
		parked[idOf(each.ID)] = each
	}
	return parked, nil
}

// findAcks returns the acks that name some of these entries, by entry.
//
// The index leads from an entry's own place to the ack that names it, and that ack names the
// neighbours too: so entries that are applied cost one read for each ack. The first that is not found
// is where the relay has got to, and the rest is found by one more read; but parked entries are left
// behind by the relay, so each is looked for by itself.
func (o *outbox) findAcks(
	ctx context.Context, entries []placed, parked map[outgraph.EntryID]*parkedDocument,
) (map[outgraph.EntryID]*ackDocument, error) {
	found := map[outgraph.EntryID]*ackDocument{}
	take := func(ack *ackDocument) {
		for _, entry := range ack.Entries {
			found[idOf(entry)] = ack
		}
	}
	reached := false
	var rest []placed
	for _, entry := range entries {
		if found[entry.id] != nil {
			continue
		}
		if reached && parked[entry.id] == nil {
			rest = append(rest, entry)
			continue
		}
		ack := new(ackDocument)
		filter := naming(entry.at, entry.at, uuidOf(entry.id))
		err := o.acks.FindOne(ctx, filter, options.FindOne().SetSort(bson.D{{Key: "at.max", Value: 1}})).Decode(ack)
		switch {
		case err == nil:
			take(ack)
		case !errors.Is(err, mongo.ErrNoDocuments):
			return nil, err
		case parked[entry.id] == nil:
			reached = true
		}
	}
	if len(rest) == 0 {
		return found, nil
	}
	uuids := bson.A{}
	for _, entry := range rest {
		uuids = append(uuids, uuidOf(entry.id))
	}
	filter := naming(rest[0].at, rest[len(rest)-1].at, bson.D{{Key: "$in", Value: uuids}})
	cursor, err := o.acks.Find(ctx, filter)
	if err != nil {
		return nil, err
	}
	var acks []*ackDocument
	if err := cursor.All(ctx, &acks); err != nil {
		return nil, err
	}
	for _, ack := range acks {
		take(ack)
	}
	return found, nil
}

// naming finds acks that touch a part of history and name an entry: an entry's at lies in its ack's.
func naming(from, to bson.Timestamp, entry any) bson.D {
	return bson.D{
		{Key: "at.max", Value: bson.D{{Key: "$gte", Value: from}}},
		{Key: "at.min", Value: bson.D{{Key: "$lte", Value: to}}},
		{Key: "entries", Value: entry},
	}
}

func among(ids []outgraph.EntryID) bson.D {
	uuids := bson.A{}
	for _, id := range ids {
		uuids = append(uuids, uuidOf(id))
	}
	return byID(bson.D{{Key: "$in", Value: uuids}})
}
