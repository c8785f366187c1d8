package writer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
	"github.com/outgraph/outgraph-go/writer"
)

func TestDocumentsAndEntryCommitTogether(t *testing.T) {
	r := withDatabase(t)
	var receipt outgraph.Receipt
	r.inTransaction((*mongo.Session).CommitTransaction, func(ctx context.Context) {
		r.must(r.insert(ctx, 1))
		var err error
		receipt, err = r.writer.Append(ctx, entryOf("o1"))
		r.must(err)
		r.count("outbox", 0)
	})
	r.count("docs", 1)
	r.count("outbox", 1)
	if receipt.EntryID.IsZero() || receipt.Replayed {
		t.Errorf("%v", receipt)
	}
}

func TestAnAbortedTransactionLeavesNeitherDocumentsNorEntry(t *testing.T) {
	r := withDatabase(t)
	r.inTransaction((*mongo.Session).AbortTransaction, func(ctx context.Context) {
		r.must(r.insert(ctx, 1))
		_, err := r.writer.Append(ctx, entryOf("o1"))
		r.must(err)
	})
	r.count("docs", 0)
	r.count("outbox", 0)
}

func TestTheStoredDocumentIsTheOneThatTheServiceMakes(t *testing.T) {
	r := withDatabase(t)
	id, _ := outgraph.EntryIDFor(time.UnixMilli(1_700_000_000_000), "job")
	entry := writer.Entry{ID: id, Partition: "p", Trace: "00-1-2-01", Events: []outgraph.Event{placed(1), {Type: "b.C"}, placed(2)}}
	r.inTransaction((*mongo.Session).CommitTransaction, func(ctx context.Context) {
		_, err := r.writer.Append(ctx, entry)
		r.must(err)
	})

	raw, err := r.db.Collection("outbox").FindOne(t.Context(), bson.D{}).Raw()
	r.must(err)
	elements, _ := raw.Elements()
	var keys []string
	for _, element := range elements {
		keys = append(keys, element.Key())
	}
	if got := strings.Join(keys, " "); got != "_id at v source partition types body digest trace" {
		t.Errorf("fields %s", got)
	}
	if subtype, data := raw.Lookup("_id").Binary(); subtype != 4 || string(data) != string(id[:]) {
		t.Errorf("_id %v", raw.Lookup("_id"))
	}
	if at := raw.Lookup("at"); at.Type != bson.TypeTimestamp || at.Equal(bson.RawValue{Type: bson.TypeTimestamp, Value: make([]byte, 8)}) {
		t.Errorf("at %v is not stamped", at)
	}
	if v := raw.Lookup("v"); v.Type != bson.TypeInt32 || v.Int32() != 1 {
		t.Errorf("v %v", v)
	}
	var types []string
	r.must(raw.Lookup("types").Unmarshal(&types))
	if strings.Join(types, " ") != "shop.v1.OrderPlaced b.C" {
		t.Errorf("types %v", types)
	}
	subtype, body := raw.Lookup("body").Binary()
	stored := new(entryv1.Entry)
	r.must(proto.Unmarshal(body, stored))
	if subtype != 0 || stored.GetId() != id.String() || stored.GetSource() != "test" || stored.GetPartition() != "p" ||
		stored.GetEvents()[0].GetOccurredAt() == nil {
		t.Errorf("body %v", stored)
	}
	_, digest := raw.Lookup("digest").Binary()
	if want := canonical.Digest(stored.GetEvents(), nil); string(digest) != string(want[:]) {
		t.Errorf("digest %x, want %x", digest, want)
	}
}

func TestWithoutATransactionNothingIsAppended(t *testing.T) {
	r := withDatabase(t)
	_, err := r.writer.Append(t.Context(), entryOf("o1"))
	r.is(err, writer.ErrNoTransaction)
	r.must(r.client.UseSession(t.Context(), func(ctx context.Context) error {
		_, err := r.writer.Append(ctx, entryOf("o1"))
		r.is(err, writer.ErrNoTransaction)
		return nil
	}))
	r.count("outbox", 0)
}

func TestASecondAppendInOneTransactionIsRefusedAndTheFirstStands(t *testing.T) {
	r := withDatabase(t)
	other, err := writer.Open(t.Context(), r.db, writer.Options{Source: "other"})
	r.must(err)
	r.inTransaction((*mongo.Session).CommitTransaction, func(ctx context.Context) {
		_, err := r.writer.Append(ctx, entryOf("o1"))
		r.must(err)
		for _, again := range []*writer.Writer{r.writer, other} {
			_, err = again.Append(ctx, entryOf("o2"))
			r.is(err, writer.ErrAlreadyAppended)
			if !strings.Contains(err.Error(), "Collect") {
				t.Errorf("%v names no helper", err)
			}
		}
	})
	r.count("outbox", 1)
}

func TestTheNextTransactionOfASessionHasAnEntryOfItsOwn(t *testing.T) {
	r := withDatabase(t)
	session, err := r.client.StartSession()
	r.must(err)
	defer session.EndSession(t.Context())
	ctx := mongo.NewSessionContext(t.Context(), session)
	for _, end := range []func(context.Context) error{session.CommitTransaction, session.AbortTransaction, session.CommitTransaction} {
		r.must(session.StartTransaction())
		_, err := r.writer.Append(ctx, entryOf("o1"))
		r.must(err)
		_, err = r.writer.Append(ctx, entryOf("o2"))
		r.is(err, writer.ErrAlreadyAppended)
		r.must(end(ctx))
	}
	r.count("outbox", 2)
}

func TestWithTransactionOfTheDriverMayRunTheWorkAgain(t *testing.T) {
	r := withDatabase(t)
	session, err := r.client.StartSession()
	r.must(err)
	defer session.EndSession(t.Context())
	entry := entryOf("o1")
	entry.ID = outgraph.NewEntryID()
	runs := 0
	_, err = session.WithTransaction(t.Context(), func(ctx context.Context) (any, error) {
		runs++
		if _, err := r.writer.Append(ctx, entry); err != nil {
			return nil, err
		}
		if runs == 1 {
			return nil, mongo.CommandError{Labels: []string{"TransientTransactionError"}}
		}
		return nil, r.counter(ctx)
	})
	r.must(err)
	if runs != 2 {
		t.Errorf("%d runs", runs)
	}
	r.counted(1)
	r.count("outbox", 1)
}

func TestWhatTheContractForbidsIsRefusedWithItsPathAndCanBePutRight(t *testing.T) {
	r := withDatabase(t)
	node := outgraph.Node{Label: "Order", Key: outgraph.Props{"id": 1}}
	r.inTransaction((*mongo.Session).CommitTransaction, func(ctx context.Context) {
		for _, bad := range []struct {
			mutation outgraph.Mutation
			want     error
			field    string
		}{
			{outgraph.MergeNode{Node: outgraph.Node{Label: "a b", Key: node.Key}}, outgraph.ErrInvalidArgument, "events[0].mutations[0].merge_node.node.label"},
			{outgraph.MergeNode{Node: node, Set: outgraph.Props{"p": struct{}{}}}, outgraph.ErrInvalidArgument, `events[0].mutations[0].merge_node.set["p"]`},
			{outgraph.Message{}, outgraph.ErrUnimplemented, "events[0].mutations[0]"},
		} {
			_, err := r.writer.Append(ctx, writer.Entry{Events: []outgraph.Event{{Type: "a.B", Mutations: []outgraph.Mutation{bad.mutation}}}})
			r.is(err, bad.want)
			var failed *outgraph.Error
			if !errors.As(err, &failed) || len(failed.Violations) != 1 || failed.Violations[0].Field != bad.field {
				t.Errorf("%v, want %s", err, bad.field)
			}
		}
		_, err := r.writer.Append(ctx, writer.Entry{})
		r.is(err, outgraph.ErrInvalidArgument)
		_, err = r.writer.Append(ctx, entryOf("o1"))
		r.must(err)
	})
	r.count("outbox", 1)
}

func TestAnEntryBeyondEightMebibytesIsRefusedAndOneJustBelowIsStored(t *testing.T) {
	r := withDatabase(t)
	of := func(bytes int) writer.Entry {
		return writer.Entry{Events: []outgraph.Event{{Type: "a.B", Mutations: []outgraph.Mutation{outgraph.MergeNode{
			Node: outgraph.Node{Label: "A", Key: outgraph.Props{"id": 1}}, Set: outgraph.Props{"p": make([]byte, bytes)},
		}}}}}
	}
	r.inTransaction((*mongo.Session).CommitTransaction, func(ctx context.Context) {
		_, err := r.writer.Append(ctx, of(8<<20))
		r.is(err, outgraph.ErrResourceExhausted)
		_, err = r.writer.Append(ctx, of(8<<20-200))
		r.must(err)
	})
	r.count("outbox", 1)
}

func TestAppendTellsAKnownIDFromANewOneAndRefusesIt(t *testing.T) {
	r := withDatabase(t)
	entry := entryOf("o1")
	entry.ID = outgraph.NewEntryID()
	other := entryOf("o2")
	other.ID = entry.ID
	r.inTransaction((*mongo.Session).CommitTransaction, func(ctx context.Context) {
		_, err := r.writer.Append(ctx, entry)
		r.must(err)
	})
	for _, again := range []struct {
		entry writer.Entry
		want  error
	}{{entry, writer.ErrAlreadyCommitted}, {other, writer.ErrIDReused}} {
		r.inTransaction((*mongo.Session).AbortTransaction, func(ctx context.Context) {
			_, err := r.writer.Append(ctx, again.entry)
			r.is(err, again.want)
			r.is(err, outgraph.ErrAlreadyExists)
		})
	}
	r.count("outbox", 1)
}

func TestAnIDAtOrBelowThePurgeHorizonIsRefused(t *testing.T) {
	r := withDatabase(t)
	horizon := time.UnixMilli(1_700_000_000_000)
	r.setHorizon(horizon)
	for _, each := range []struct {
		at   time.Time
		want error
	}{{horizon.Add(-time.Hour), writer.ErrIDExpired}, {horizon, writer.ErrIDExpired}, {horizon.Add(time.Millisecond), nil}} {
		entry := entryOf("o1")
		entry.ID, _ = outgraph.EntryIDFor(each.at, "job")
		r.inTransaction((*mongo.Session).AbortTransaction, func(ctx context.Context) {
			_, err := r.writer.Append(ctx, entry)
			r.is(err, each.want)
		})
		_, err := r.writer.Transact(t.Context(), entry, func(ctx context.Context) error { return r.counter(ctx) })
		r.is(err, each.want)
		if each.want != nil {
			r.is(err, outgraph.ErrFailedPrecondition)
		}
	}
	r.counted(1)
}

func TestADatabaseWithoutAnOutboxIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	r := withDatabase(t)
	_, err := writer.Open(t.Context(), r.client.Database("outgraph_go_none"), writer.Options{Source: "test"})
	r.is(err, writer.ErrNotSetUp)
	r.is(err, outgraph.ErrFailedPrecondition)
	if !strings.Contains(err.Error(), "outgraph-outbox setup") {
		t.Errorf("%v names no command", err)
	}
	_, err = writer.Open(t.Context(), r.db, writer.Options{})
	r.is(err, outgraph.ErrInvalidArgument)
}

func TestAnEntryKeepsTheTraceOfItsCallersSpan(t *testing.T) {
	r := withDatabase(t)
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 7}, SpanID: trace.SpanID{7: 7}, TraceFlags: trace.FlagsSampled})
	ctx := trace.ContextWithSpanContext(t.Context(), span)

	_, err := r.writer.Transact(ctx, entryOf("o1"), func(context.Context) error { return nil })
	r.must(err)
	given := entryOf("o2")
	given.Trace = "00-1-2-01"
	_, err = r.writer.Transact(ctx, given, func(context.Context) error { return nil })
	r.must(err)

	var stored []struct{ Trace string }
	cursor, err := r.db.Collection("outbox").Find(t.Context(), bson.D{}, options.Find().SetSort(bson.D{{Key: "at", Value: 1}}))
	r.must(err)
	r.must(cursor.All(t.Context(), &stored))
	if stored[0].Trace != "00-00000000000000000000000000000007-0000000000000007-01" || stored[1].Trace != "00-1-2-01" {
		t.Errorf("%v", stored)
	}
}
