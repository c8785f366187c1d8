package writer_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	outgraph "github.com/outgraph/outgraph-go"
	"github.com/outgraph/outgraph-go/writer"
)

func TestARepeatReturnsTheFirstOutcomeThoughItsDocumentsWouldNowFail(t *testing.T) {
	r := withDatabase(t)
	entry := entryOf("o1")
	entry.ID, _ = outgraph.EntryIDFor(time.Now(), "job 1")
	for replayed := range 2 {
		receipt, err := r.writer.Transact(t.Context(), entry, func(ctx context.Context) error { return r.insert(ctx, "o1") })
		r.must(err)
		if receipt.EntryID != entry.ID || receipt.Replayed != (replayed == 1) {
			t.Errorf("%v", receipt)
		}
	}
	r.count("docs", 1)
	r.count("outbox", 1)
}

func TestAKnownIDWithOtherEventsIsRefusedAndNothingIsWritten(t *testing.T) {
	r := withDatabase(t)
	id := outgraph.NewEntryID()
	for _, order := range []string{"o1", "o2"} {
		entry := entryOf(order)
		entry.ID = id
		_, err := r.writer.Transact(t.Context(), entry, r.counter)
		if order == "o1" {
			r.must(err)
		} else {
			r.is(err, writer.ErrIDReused)
		}
	}
	r.counted(1)
}

func TestAUnitOfWorkCollectsEventsAndAppendsThemOnceInOrder(t *testing.T) {
	r := withDatabase(t)
	entry := entryOf("o1")
	entry.ID = outgraph.NewEntryID()
	for replayed := range 2 {
		receipt, err := r.writer.Collect(t.Context(), entry, func(ctx context.Context, unit *writer.Unit) error {
			unit.Add(outgraph.Event{Type: "a.B"})
			if err := r.counter(ctx); err != nil {
				return err
			}
			unit.Add(outgraph.Event{Type: "a.C"})
			return nil
		})
		r.must(err)
		if receipt.Replayed != (replayed == 1) {
			t.Errorf("%v", receipt)
		}
	}
	r.counted(1)
	raw, err := r.db.Collection("outbox").FindOne(t.Context(), bson.D{}).Raw()
	r.must(err)
	if got := raw.Lookup("types").String(); got != `["shop.v1.OrderPlaced","a.B","a.C"]` {
		t.Errorf("types %s", got)
	}
}

func TestAUnitOfWorkWithoutEventsIsRefusedAndItsDocumentsWithIt(t *testing.T) {
	r := withDatabase(t)
	_, err := r.writer.Collect(t.Context(), writer.Entry{}, func(ctx context.Context, _ *writer.Unit) error { return r.counter(ctx) })
	r.is(err, outgraph.ErrInvalidArgument)
	r.counted(0)
}

func TestAUnitOfWorkHasOneEntrySoAppendInsideItIsRefused(t *testing.T) {
	r := withDatabase(t)
	_, err := r.writer.Transact(t.Context(), entryOf("o1"), func(ctx context.Context) error {
		_, err := r.writer.Append(ctx, entryOf("o2"))
		return err
	})
	r.is(err, writer.ErrAlreadyAppended)
	r.count("outbox", 0)
}

func TestWhatTheWorkReturnsComesOutAndNothingIsWritten(t *testing.T) {
	r := withDatabase(t)
	mine := errors.New("mine")
	given := entryOf("o1")
	given.ID = outgraph.NewEntryID()
	for _, entry := range []writer.Entry{entryOf("o1"), given} {
		_, err := r.writer.Transact(t.Context(), entry, func(ctx context.Context) error { return errors.Join(r.counter(ctx), mine) })
		r.is(err, mine)
	}
	_, err := r.writer.Transact(t.Context(), given, func(ctx context.Context) error {
		return errors.Join(r.insert(ctx, 1), r.insert(ctx, 1))
	})
	if !mongo.IsDuplicateKeyError(err) {
		t.Errorf("%v", err)
	}
	r.counted(0)
	r.count("outbox", 0)
}

func TestAWorkThatEndsTheTransactionItselfIsAMistakeThatIsNamed(t *testing.T) {
	r := withDatabase(t)
	_, err := r.writer.Transact(t.Context(), entryOf("o1"), func(ctx context.Context) error {
		return mongo.SessionFromContext(ctx).AbortTransaction(ctx)
	})
	if err == nil {
		t.Error("no error")
	}
	r.count("outbox", 0)
}

func TestOverlappingCallsOfOneIDTakeEffectOnce(t *testing.T) {
	r := withDatabase(t)
	entry := entryOf("o1")
	entry.ID = outgraph.NewEntryID()
	r.must(r.insert(t.Context(), "counter"))
	var wrote atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			receipt, err := r.writer.Transact(t.Context(), entry, r.counter)
			if err != nil || receipt.EntryID != entry.ID {
				t.Errorf("%v %v", receipt, err)
			}
			if !receipt.Replayed {
				wrote.Add(1)
			}
		})
	}
	all.Wait()
	if wrote.Load() != 1 {
		t.Errorf("%d say that they wrote", wrote.Load())
	}
	r.counted(1)
	r.count("outbox", 1)
}

func TestConflictsWithOtherTransactionsAreRepeatedUntilEachIsIn(t *testing.T) {
	r := withDatabase(t)
	r.must(r.insert(t.Context(), "counter"))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := r.writer.Transact(t.Context(), entryOf(i), r.counter); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r.counted(8)
	r.count("outbox", 8)
}

func TestAConflictThatLastsIsAbortedAndNothingIsWritten(t *testing.T) {
	r := withDatabase(t)
	r.must(r.insert(t.Context(), "counter"))
	r.inTransaction((*mongo.Session).AbortTransaction, func(holding context.Context) {
		r.must(r.counter(holding))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := r.writer.Transact(ctx, entryOf("o1"), r.counter)
		r.is(err, writer.ErrGaveUp)
		r.is(err, outgraph.ErrAborted)
	})
	r.counted(0)
	r.count("outbox", 0)
}

func TestACallThatIsCancelledBeforeItsCommitHasWrittenNothing(t *testing.T) {
	r := withDatabase(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.writer.Transact(ctx, entryOf("o1"), func(ctx context.Context) error {
		defer cancel()
		return r.counter(ctx)
	})
	r.is(err, writer.ErrGaveUp)
	r.is(err, outgraph.ErrCancelled)
	r.is(err, context.Canceled)
	r.counted(0)
}

func TestACallThatIsCancelledLeavesNoLocksBehind(t *testing.T) {
	r := withDatabase(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.writer.Transact(ctx, entryOf("o1"), func(ctx context.Context) error {
		defer cancel()
		return r.counter(ctx)
	})
	r.is(err, outgraph.ErrCancelled)

	soon, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	_, err = r.writer.Transact(soon, entryOf("o1"), r.counter)
	r.must(err)
	r.counted(1)
}

func TestADatabaseThatIsAwayIsUnavailableWithNothingWritten(t *testing.T) {
	r := withDatabase(t)
	away, err := mongo.Connect(options.Client().ApplyURI("mongodb://127.0.0.1:1/?directConnection=true").SetServerSelectionTimeout(100 * time.Millisecond))
	r.must(err)
	defer func() { _ = away.Disconnect(context.Background()) }()
	_, err = writer.Open(t.Context(), away.Database("x"), writer.Options{Source: "test"})
	r.is(err, outgraph.ErrUnavailable)
}

// Commands of clients with this name fail as told.
const failing = "outgraph-go-failing"

func (r *real) fail(mode any, data bson.D) {
	r.Helper()
	admin := r.client.Database("admin")
	command := bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: mode},
		{Key: "data", Value: append(bson.D{{Key: "appName", Value: failing}}, data...)}}
	r.must(admin.RunCommand(r.Context(), command).Err())
	r.Cleanup(func() {
		off := bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: "off"}}
		if err := admin.RunCommand(context.Background(), off).Err(); err != nil {
			r.Error(err)
		}
	})
}

func times(n int) bson.D { return bson.D{{Key: "times", Value: n}} }

func commits(more ...bson.E) bson.D {
	return append(bson.D{{Key: "failCommands", Value: bson.A{"commitTransaction"}}}, more...)
}

func labels(names ...any) bson.E { return bson.E{Key: "errorLabels", Value: bson.A(names)} }

func code(n int) bson.E { return bson.E{Key: "errorCode", Value: n} }

// named looks again soon for a primary that said it shuts down.
func named(o *options.ClientOptions) {
	o.SetAppName(failing).SetHeartbeatInterval(500 * time.Millisecond)
}

func TestATransactionTakesEffectOnceWhateverHappensAtItsCommit(t *testing.T) {
	concern := func(n int) bson.E {
		return bson.E{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: n}, {Key: "errmsg", Value: "-"}}}
	}
	for name, fault := range map[string]struct {
		times int
		data  bson.D
	}{
		"the connection breaks once":                            {1, commits(bson.E{Key: "closeConnection", Value: true})},
		"the connection breaks again and again":                 {5, commits(bson.E{Key: "closeConnection", Value: true})},
		"it took too long, and nobody says what became of it":   {2, commits(code(290))},
		"it was interrupted":                                    {1, commits(code(11601))},
		"the primary steps down":                                {3, commits(code(10107), labels("RetryableWriteError"))},
		"no majority was there in time":                         {2, commits(concern(64))},
		"the primary shut down while a majority was waited for": {2, commits(concern(91), labels("UnknownTransactionCommitResult"))},
		"it ran out of its time":                                {1, commits(code(50), labels("UnknownTransactionCommitResult"))},
		"there is no such transaction, and no label says why":   {1, commits(code(251), labels())},
		"it was aborted, for certain":                           {1, commits(code(251), labels("TransientTransactionError"))},
		"an error of no kind anybody knows":                     {1, commits(code(8), labels())},
	} {
		t.Run(name, func(t *testing.T) {
			r := withDatabase(t, named)
			r.fail(times(fault.times), fault.data)
			entry := entryOf("o1")
			entry.ID = outgraph.NewEntryID()
			_, err := r.writer.Transact(t.Context(), entry, r.counter)
			r.must(err)
			r.counted(1)
			r.count("outbox", 1)
		})
	}
}

func TestACommitThatWasOnlyNotConfirmedIsFoundAndIsNoError(t *testing.T) {
	r := withDatabase(t, named)
	r.fail("alwaysOn", commits(bson.E{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: 64}, {Key: "errmsg", Value: "-"}}}))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()

	receipt, err := r.writer.Transact(ctx, entryOf("o1"), r.counter)

	r.must(err)
	if receipt.Replayed {
		t.Error("it was this very call")
	}
	r.counted(1)
	r.count("outbox", 1)
}

func TestACommitThatStaysUndecidedIsNeverCalledAFailureAndARepeatDecidesIt(t *testing.T) {
	r := withDatabase(t, named)
	r.fail("alwaysOn", bson.D{
		{Key: "failCommands", Value: bson.A{"commitTransaction", "find"}},
		{Key: "errorCode", Value: 290},
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()

	receipt, err := r.writer.Transact(ctx, entryOf("o1"), r.counter)

	r.is(err, writer.ErrOutcomeUnknown)
	r.is(err, outgraph.ErrDeadlineExceeded)
	if receipt.EntryID.IsZero() {
		t.Error("no id to repeat with")
	}
	off := bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: "off"}}
	r.must(r.client.Database("admin").RunCommand(t.Context(), off).Err())
	again := entryOf("o1")
	again.ID = receipt.EntryID
	_, err = r.writer.Transact(t.Context(), again, r.counter)
	r.must(err)
	r.counted(1)
	r.count("outbox", 1)
}

func TestAFinalErrorIsNotClaimedWhenNobodyCanLookWhetherAnEarlierCallSucceeded(t *testing.T) {
	r := withDatabase(t, named)
	entry := entryOf("o1")
	entry.ID = outgraph.NewEntryID()
	mine := errors.New("mine")
	_, err := r.writer.Transact(t.Context(), entry, func(context.Context) error {
		r.fail("alwaysOn", bson.D{{Key: "failCommands", Value: bson.A{"find"}}, {Key: "errorCode", Value: 11601}})
		return mine
	})
	r.is(err, writer.ErrOutcomeUnknown)
	r.is(err, mine)
}
