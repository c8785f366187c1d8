package main

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	outgraph "github.com/outgraph/outgraph-go"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	"github.com/outgraph/outgraph-go/writer"
)

type writerSpec struct{ MongodbURI, Database string }

// transact stores entries, each with a document, each in a transaction of its own.
func transact(asked call) (*outcome, error) {
	ctx := context.Background()
	client, err := mongo.Connect(options.Client().ApplyURI(asked.Writer.MongodbURI))
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Disconnect(ctx) }()
	db := client.Database(asked.Writer.Database)
	w, err := writer.Open(ctx, db, writer.Options{Source: "writer"})
	if err != nil {
		return nil, err
	}
	all := &outcome{Kind: "many"}
	for _, encoded := range asked.Entries {
		each, err := transactOne(ctx, w, db, encoded)
		if err != nil {
			return nil, err
		}
		all.Many = append(all.Many, each)
	}
	return all, nil
}

func transactOne(ctx context.Context, w *writer.Writer, db *mongo.Database, encoded string) (*outcome, error) {
	message := new(entryv1.Entry)
	if err := decode(encoded, message); err != nil {
		return nil, err
	}
	id, err := outgraph.ParseEntryID(message.GetId())
	if err != nil {
		return nil, err
	}
	entry := writer.Entry{ID: id, Events: eventsOf(message), Partition: message.GetPartition()}
	receipt, err := w.Transact(ctx, entry, func(ctx context.Context) error {
		_, err := db.Collection("told").InsertOne(ctx, bson.D{{Key: "_id", Value: message.GetId()}})
		return err
	})
	if err == nil {
		return committedWith(receipt)
	}
	said, broke := failedWith(err)
	if broke == nil {
		said.Failed.Reason = reasonOf(err)
	}
	return said, broke
}

// reasons are the writer's own sentinels, under the names that they have in the other languages.
var reasons = map[string]error{
	"IdReused":  writer.ErrIDReused,
	"IdExpired": writer.ErrIDExpired,
}

// reasonOf names what Go has no sentinel of its own for by its code, which says the same.
func reasonOf(err error) string {
	for name, reason := range reasons {
		if errors.Is(err, reason) {
			return name
		}
	}
	switch {
	case errors.Is(err, outgraph.ErrInvalidArgument):
		return "EntryInvalid"
	case errors.Is(err, outgraph.ErrUnimplemented):
		return "MutationUnsupported"
	case errors.Is(err, outgraph.ErrResourceExhausted):
		return "EntryTooLarge"
	}
	return ""
}
