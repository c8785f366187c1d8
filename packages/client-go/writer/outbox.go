package writer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	outgraph "github.com/outgraph/outgraph-go"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

// format is the version of everything stored. A newer one is refused, never guessed at.
const format = 1

// The BSON subtypes of ids and of everything else.
const (
	subtypeUUID    = 0x04
	subtypeGeneric = 0x00
)

// An outbox is the collections of one database, and which outbox they are.
type outbox struct {
	client                      *mongo.Client
	entries, acks, parked, meta *mongo.Collection
	entriesLinearizable         *mongo.Collection
}

// majority is said in full, so that a client's own settings (w: 1, secondary reads) cannot weaken a
// promise. Inside a transaction the transaction's concerns hold.
func majority() *options.CollectionOptionsBuilder {
	return options.Collection().
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Majority()).
		SetWriteConcern(journalled()).
		SetBSONOptions(new(options.BSONOptions)).
		SetRegistry(bson.NewRegistry())
}

func journalled() *writeconcern.WriteConcern {
	return &writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: new(true)}
}

// openOutbox looks, by one majority read, whether the database has an outbox that this version reads.
func openOutbox(ctx context.Context, db *mongo.Database) (*outbox, error) {
	o := &outbox{
		client:              db.Client(),
		entries:             db.Collection("outbox", majority()),
		acks:                db.Collection("outbox_acks", majority()),
		parked:              db.Collection("outbox_parked", majority()),
		meta:                db.Collection("outbox_meta", majority()),
		entriesLinearizable: db.Collection("outbox", majority().SetReadConcern(readconcern.Linearizable())),
	}
	var identity struct{ Format int }
	err := o.meta.FindOne(ctx, bson.D{{Key: "_id", Value: "outbox"}}).Decode(&identity)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil, &outgraph.Error{
			Code: outgraph.FailedPrecondition,
			Message: fmt.Sprintf("database %[1]s has no outbox yet; make it with: "+
				"outgraph-outbox setup --mongodb-uri <uri> --database %[1]s", db.Name()),
			Cause: ErrNotSetUp,
		}
	case err != nil:
		return nil, failedRead(ctx, err)
	case identity.Format > format:
		return nil, &outgraph.Error{
			Code: outgraph.FailedPrecondition,
			Message: fmt.Sprintf("the outbox in %s has format %d, and this version of Outgraph reads format %d: upgrade it",
				db.Name(), identity.Format, format),
		}
	}
	return o, nil
}

// failedRead is the error of a read outside any transaction.
func failedRead(ctx context.Context, err error) *outgraph.Error {
	var ours *outgraph.Error
	if errors.As(err, &ours) {
		return ours
	}
	code := outgraph.Internal
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		code = outgraph.Cancelled
	case timeIsUp(ctx, err):
		code = outgraph.DeadlineExceeded
	case classify(err).transient:
		code = outgraph.Unavailable
	}
	return &outgraph.Error{Code: code, Message: err.Error(), Cause: err}
}

// entryDocument is what is inserted for an entry. Its `at` is empty: the server stamps it.
func entryDocument(p prepared) bson.D {
	document := bson.D{
		{Key: "_id", Value: uuidOf(p.id)},
		{Key: "at", Value: bson.Timestamp{}},
		{Key: "v", Value: int32(format)},
		{Key: "source", Value: p.entry.GetSource()},
	}
	if p.entry.GetPartition() != "" {
		document = append(document, bson.E{Key: "partition", Value: p.entry.GetPartition()})
	}
	document = append(document,
		bson.E{Key: "types", Value: typesOf(p.entry)},
		bson.E{Key: "body", Value: bson.Binary{Subtype: subtypeGeneric, Data: p.bytes}},
		bson.E{Key: "digest", Value: bson.Binary{Subtype: subtypeGeneric, Data: p.digest[:]}},
	)
	if p.trace != "" {
		document = append(document, bson.E{Key: "trace", Value: p.trace})
	}
	return document
}

// typesOf has each type of event once, in order, for people who query the collection.
func typesOf(entry *entryv1.Entry) bson.A {
	types := bson.A{}
	seen := map[string]bool{}
	for _, event := range entry.GetEvents() {
		if !seen[event.GetType()] {
			seen[event.GetType()] = true
			types = append(types, event.GetType())
		}
	}
	return types
}

func uuidOf(id outgraph.EntryID) bson.Binary {
	return bson.Binary{Subtype: subtypeUUID, Data: id[:]}
}

// idOf is the entry that a stored UUID names; the zero id for anything else.
func idOf(value bson.RawValue) outgraph.EntryID {
	var id outgraph.EntryID
	if subtype, data, ok := value.BinaryOK(); ok && subtype == subtypeUUID {
		copy(id[:], data)
	}
	return id
}

func byID(id any) bson.D { return bson.D{{Key: "_id", Value: id}} }

// purgeHorizon is the greatest id time that the purge may have deleted.
func (o *outbox) purgeHorizon(ctx context.Context) (time.Time, error) {
	var purge struct{ Horizon time.Time }
	err := o.meta.FindOne(ctx, byID("purge")).Decode(&purge)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return time.Time{}, &outgraph.Error{
			Code: outgraph.FailedPrecondition, Message: "outbox_meta has lost its purge horizon", Cause: ErrNotSetUp,
		}
	}
	return purge.Horizon, err
}
