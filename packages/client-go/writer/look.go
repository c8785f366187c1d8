package writer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

// A firstOutcome is what an earlier append with the same id had committed.
type firstOutcome struct {
	Digest []byte
	Result []byte
}

func (f *firstOutcome) receipt(id outgraph.EntryID) (outgraph.Receipt, error) {
	stored := new(appendv1.Receipt)
	if err := proto.Unmarshal(f.Result, stored); err != nil {
		return outgraph.Receipt{}, &outgraph.Error{
			Code: outgraph.Internal, Message: "the stored receipt is none", EntryID: id, Cause: err,
		}
	}
	return outgraph.Receipt{EntryID: id, Documents: outgraph.DocumentResults(stored), Replayed: true}, nil
}

// look reads what the outbox knows about an id, in the snapshot of the context's transaction: the
// first outcome, or nil when the id is new. An id at or below the purge horizon is refused.
//
// The purge raises its horizon, majority, before it deletes anything at or below it. So a snapshot
// that began before the raise sees every entry that the purge is about to delete: the id is known. A
// snapshot that began after it sees the horizon: the id is expired.
func (o *outbox) look(ctx context.Context, id outgraph.EntryID) (*firstOutcome, error) {
	first, err := findFirst(ctx, o.entries, id)
	if err != nil || first != nil {
		return first, err
	}
	horizon, err := o.purgeHorizon(ctx)
	if err != nil {
		return nil, err
	}
	if !id.Time().After(horizon) {
		return nil, expired(id, horizon)
	}
	return nil, nil
}

// lookAgainTime is how long the look after a failure may take, on top of the call's own time.
const lookAgainTime = 2 * time.Second

// lookAgain looks outside any transaction, after one has failed: for what another append committed
// meanwhile, or for this one's own commit whose reply was lost.
//
// A linearizable read: it sees everything that was committed before it began, also what our own
// failed insert has seen without a majority having it yet, which a majority read might miss.
func (o *outbox) lookAgain(ctx context.Context, id outgraph.EntryID) (*firstOutcome, error) {
	ctx, cancel := context.WithTimeout(mongo.NewSessionContext(context.WithoutCancel(ctx), nil), lookAgainTime)
	defer cancel()
	return findFirst(ctx, o.entriesLinearizable, id)
}

func findFirst(ctx context.Context, entries *mongo.Collection, id outgraph.EntryID) (*firstOutcome, error) {
	first := new(firstOutcome)
	projection := bson.D{{Key: "digest", Value: 1}, {Key: "result", Value: 1}}
	err := entries.FindOne(ctx, byID(uuidOf(id)), options.FindOne().SetProjection(projection)).Decode(first)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return first, nil
}

// sameContent reports whether a known id is a repeat. Without a digest it is taken at its word.
func (f *firstOutcome) sameContent(digest *[32]byte) bool {
	return digest == nil || bytes.Equal(digest[:], f.Digest)
}

func reused(id outgraph.EntryID) *outgraph.Error {
	failed := failure(outgraph.AlreadyExists, id, ErrIDReused, nil)
	failed.Message = fmt.Sprintf("the id was %s", failed.Message)
	return failed
}
