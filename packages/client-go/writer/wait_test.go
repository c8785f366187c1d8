package writer_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	outgraph "github.com/outgraph/outgraph-go"
)

// A graph stands in for the relay: it writes the acks and parked documents that a relay would.
type graph struct {
	*real
	batch int64
}

func (g *graph) stored() outgraph.EntryID {
	g.Helper()
	receipt, err := g.writer.Transact(g.Context(), entryOf("o1"), func(context.Context) error { return nil })
	g.must(err)
	return receipt.EntryID
}

func (g *graph) at(id outgraph.EntryID) bson.RawValue {
	g.Helper()
	raw, err := g.db.Collection("outbox").FindOne(g.Context(), bson.D{{Key: "_id", Value: uuid(id)}}).Raw()
	g.must(err)
	return raw.Lookup("at")
}

func uuid(id outgraph.EntryID) bson.Binary { return bson.Binary{Subtype: 4, Data: id[:]} }

func (g *graph) put(collection string, document bson.D) {
	g.Helper()
	_, err := g.db.Collection(collection).InsertOne(g.Context(), document)
	g.must(err)
}

// apply acks the entries, which must be in the order of history, as one batch.
func (g *graph) apply(bookmark string, ids ...outgraph.EntryID) time.Time {
	g.Helper()
	g.batch++
	entries := bson.A{}
	for _, id := range ids {
		entries = append(entries, uuid(id))
	}
	acked := time.UnixMilli(1_800_000_000_000 + g.batch).UTC()
	g.put("outbox_acks", bson.D{
		{Key: "_id", Value: g.batch}, {Key: "lane", Value: 0}, {Key: "batch", Value: g.batch}, {Key: "epoch", Value: int64(1)},
		{Key: "entries", Value: entries},
		{Key: "at", Value: bson.D{{Key: "min", Value: g.at(ids[0])}, {Key: "max", Value: g.at(ids[len(ids)-1])}}},
		{Key: "bookmark", Value: bookmark}, {Key: "ackedAt", Value: acked},
	})
	return acked
}

func TestAWaitTellsEachEntrysState(t *testing.T) {
	g := &graph{real: withDatabase(t)}
	one, two, parked, blocked, skipped, late, unparked, pending := g.stored(), g.stored(), g.stored(), g.stored(), g.stored(), g.stored(), g.stored(), g.stored()
	acked := g.apply("b1", one, two)
	g.apply("b2", late)
	g.apply("b3", unparked)
	wait := func(id outgraph.EntryID, kind string, more ...bson.E) {
		g.put("outbox_parked", append(bson.D{{Key: "_id", Value: uuid(id)}, {Key: "kind", Value: kind}, {Key: "at", Value: g.at(id)}}, more...))
	}
	wait(parked, "parked", bson.E{Key: "error", Value: "no such end"})
	wait(unparked, "parked", bson.E{Key: "error", Value: "retried since"})
	wait(blocked, "blocked", bson.E{Key: "conflicts", Value: bson.A{uuid(parked)}})
	g.put("outbox_acks", bson.D{
		{Key: "_id", Value: "skip/" + skipped.String()}, {Key: "entries", Value: bson.A{uuid(skipped)}},
		{Key: "at", Value: bson.D{{Key: "min", Value: g.at(skipped)}, {Key: "max", Value: g.at(skipped)}}},
		{Key: "skipped", Value: bson.D{{Key: "reason", Value: "why not"}, {Key: "by", Value: "me"}, {Key: "at", Value: acked}}},
	})
	purged, _ := outgraph.EntryIDFor(time.UnixMilli(1_600_000_000_000), "old")
	g.setHorizon(time.UnixMilli(1_650_000_000_000))

	waited, err := g.writer.WaitApplied(t.Context(), 0, pending, one, parked, blocked, skipped, late, unparked, purged, two)

	g.must(err)
	want := []outgraph.Progress{
		{EntryID: pending, State: outgraph.Pending},
		{EntryID: one, State: outgraph.Applied, AckedAt: acked},
		{EntryID: parked, State: outgraph.Parked, Reason: "no such end"},
		{EntryID: blocked, State: outgraph.Blocked, Reason: "waits behind " + parked.String()},
		{EntryID: skipped, State: outgraph.Skipped, Reason: "why not", AckedAt: acked},
		{EntryID: late, State: outgraph.Applied, AckedAt: acked.Add(time.Millisecond)},
		{EntryID: unparked, State: outgraph.Applied, AckedAt: acked.Add(2 * time.Millisecond)}, // an ack wins
		{EntryID: purged, State: outgraph.Absent},
		{EntryID: two, State: outgraph.Applied, AckedAt: acked},
	}
	for i, progress := range waited.Entries {
		progress.AckedAt = progress.AckedAt.UTC()
		if want[i].AckedAt.IsZero() {
			progress.AckedAt = want[i].AckedAt
		}
		if progress != want[i] {
			t.Errorf("got %v, want %v", progress, want[i])
		}
	}
	slices.Sort(waited.Bookmarks)
	if !slices.Equal(waited.Bookmarks, []string{"b1", "b2", "b3"}) {
		t.Errorf("bookmarks %v", waited.Bookmarks)
	}
}

func TestAWaitEndsWhenTheLastEntryIsDecidedAlsoOneNotYetSeen(t *testing.T) {
	g := &graph{real: withDatabase(t)}
	first, unseen := g.stored(), outgraph.NewEntryID()
	done := make(chan outgraph.Waited, 1)
	go func() {
		waited, err := g.writer.WaitApplied(t.Context(), 20*time.Second, first, unseen)
		if err != nil {
			t.Error(err)
		}
		done <- waited
	}()
	g.apply("b1", first)
	entry := entryOf("o2")
	entry.ID = unseen
	_, err := g.writer.Transact(t.Context(), entry, func(context.Context) error { return nil })
	g.must(err)
	select {
	case waited := <-done:
		t.Fatalf("ended before the last was decided: %v", waited)
	default:
	}
	g.apply("b2", unseen)
	if waited := <-done; !waited.Applied() {
		t.Errorf("%v", waited)
	}
}

func TestAnAckDoesNotCountUntilAGraphThatWasPutBackHasItsBatchAgain(t *testing.T) {
	g := &graph{real: withDatabase(t), batch: 6}
	id := g.stored()
	g.apply("b7", id)
	putBack := bson.D{{Key: "_id", Value: "reapplying"}}
	meta := g.db.Collection("outbox_meta")
	t.Cleanup(func() { _, _ = meta.DeleteOne(context.Background(), putBack) })
	for _, each := range []struct {
		said bson.D
		want outgraph.State
	}{
		{append(putBack, bson.E{Key: "after", Value: int64(6)}), outgraph.Pending},
		{append(putBack, bson.E{Key: "after", Value: int64(7)}), outgraph.Applied},
		{putBack, outgraph.Applied},
	} {
		_, err := meta.ReplaceOne(t.Context(), putBack, each.said, options.Replace().SetUpsert(true))
		g.must(err)
		waited, err := g.writer.WaitApplied(t.Context(), 0, id)
		g.must(err)
		if waited.Entries[0].State != each.want || (len(waited.Bookmarks) == 1) != (each.want == outgraph.Applied) {
			t.Errorf("%v: %v", each.said, waited)
		}
	}
}

func TestAWaitEndsWithItsTimeOrItsContext(t *testing.T) {
	g := &graph{real: withDatabase(t)}
	pending := g.stored()
	waited, err := g.writer.WaitApplied(t.Context(), 50*time.Millisecond, pending, outgraph.NewEntryID())
	g.must(err)
	if waited.Entries[0].State != outgraph.Pending || waited.Entries[1].State != outgraph.Absent {
		t.Errorf("%v", waited)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = g.writer.WaitApplied(ctx, time.Minute, pending)
	g.is(err, outgraph.ErrDeadlineExceeded)
	g.is(err, context.DeadlineExceeded)
	_, err = g.writer.WaitApplied(t.Context(), 0, make([]outgraph.EntryID, 1001)...)
	g.is(err, outgraph.ErrInvalidArgument)
}
