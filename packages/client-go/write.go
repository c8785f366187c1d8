package outgraph

import (
	"fmt"
	"reflect"

	"go.mongodb.org/mongo-driver/v2/bson"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

// A Write is one write to one collection: [InsertOne], [ReplaceOne], [UpdateOne], [UpdateMany],
// [DeleteOne], [DeleteMany], or a ready [WriteMessage].
//
// Documents (and filters, collations, hints) are given as for the MongoDB driver: bson.D, bson.M,
// bson.Raw, a struct; or as [ExtendedJSON]. Maps are written in the order of their keys, so that a
// repeat by another process says the same.
//
// Where a write has them, Database is the database (default the one that holds the outbox);
// ExpectedMatches is how many documents must match (for a delete: be deleted), such as
// new(int64(1)): with any other number nothing of the append is written, and it fails with
// [ErrFailedPrecondition]; Upsert inserts when none matches; Collation is MongoDB's option of that
// name; and Hint is the index to use, by its name or its keys.
type Write interface {
	write(e *encoder, path string) *appendv1.DocumentWrite
}

// A WriteMessage is a write in its protobuf form.
type WriteMessage struct{ *appendv1.DocumentWrite }

// InsertOne inserts a document. Without an _id, the service makes an ObjectID.
type InsertOne struct {
	Database, Collection string
	Document             any
}

// ReplaceOne replaces the first document that matches.
type ReplaceOne struct {
	Database, Collection string
	Filter               any
	// Replacement is what it becomes; it has no update operators.
	Replacement     any
	Upsert          bool
	Collation, Hint any
	ExpectedMatches *int64
}

// UpdateOne updates the first document that matches.
type UpdateOne struct {
	Database, Collection string
	Filter               any
	// Update has update operators, such as {$set: …}, or is an aggregation pipeline: a slice of stages.
	Update          any
	Upsert          bool
	ArrayFilters    []any
	Collation, Hint any
	ExpectedMatches *int64
}

// UpdateMany updates every document that matches.
type UpdateMany UpdateOne

// DeleteOne deletes the first document that matches.
type DeleteOne struct {
	Database, Collection string
	Filter               any
	Collation, Hint      any
	ExpectedMatches      *int64
}

// DeleteMany deletes every document that matches.
type DeleteMany DeleteOne

func (w WriteMessage) write(*encoder, string) *appendv1.DocumentWrite { return w.DocumentWrite }

func (w InsertOne) write(e *encoder, path string) *appendv1.DocumentWrite {
	message := e.writeTo(path, w.Database, w.Collection, nil)
	document := e.document(path+".insert_one.document", w.Document)
	message.Operation = &appendv1.DocumentWrite_InsertOne{InsertOne: &appendv1.InsertOne{Document: document}}
	return message
}

func (w ReplaceOne) write(e *encoder, path string) *appendv1.DocumentWrite {
	message := e.writeTo(path, w.Database, w.Collection, w.ExpectedMatches)
	path += ".replace_one"
	message.Operation = &appendv1.DocumentWrite_ReplaceOne{ReplaceOne: &appendv1.ReplaceOne{
		Filter:      e.document(path+".filter", w.Filter),
		Replacement: e.document(path+".replacement", w.Replacement),
		Upsert:      w.Upsert,
		Collation:   e.documentOrNone(path+".collation", w.Collation),
		Hint:        e.hint(path+".hint", w.Hint),
	}}
	return message
}

func (w UpdateOne) write(e *encoder, path string) *appendv1.DocumentWrite {
	message := e.writeTo(path, w.Database, w.Collection, w.ExpectedMatches)
	message.Operation = &appendv1.DocumentWrite_UpdateOne{UpdateOne: w.update(e, path+".update_one")}
	return message
}

func (w UpdateMany) write(e *encoder, path string) *appendv1.DocumentWrite {
	message := e.writeTo(path, w.Database, w.Collection, w.ExpectedMatches)
	message.Operation = &appendv1.DocumentWrite_UpdateMany{UpdateMany: UpdateOne(w).update(e, path+".update_many")}
	return message
}

func (w DeleteOne) write(e *encoder, path string) *appendv1.DocumentWrite {
	message := e.writeTo(path, w.Database, w.Collection, w.ExpectedMatches)
	message.Operation = &appendv1.DocumentWrite_DeleteOne{DeleteOne: w.delete(e, path+".delete_one")}
	return message
}

func (w DeleteMany) write(e *encoder, path string) *appendv1.DocumentWrite {
	message := e.writeTo(path, w.Database, w.Collection, w.ExpectedMatches)
	message.Operation = &appendv1.DocumentWrite_DeleteMany{DeleteMany: DeleteOne(w).delete(e, path+".delete_many")}
	return message
}

func (e *encoder) writes(path string, writes []Write) []*appendv1.DocumentWrite {
	var messages []*appendv1.DocumentWrite
	for i, write := range writes {
		at := fmt.Sprintf("%s[%d]", path, i)
		if write == nil {
			e.refuse(at, "no write")
			continue
		}
		messages = append(messages, write.write(e, at))
	}
	return messages
}

func (e *encoder) writeTo(path, database, collection string, expected *int64) *appendv1.DocumentWrite {
	return &appendv1.DocumentWrite{
		Database:        e.name(path+".database", database),
		Collection:      e.name(path+".collection", collection),
		ExpectedMatches: expected,
	}
}

func (w UpdateOne) update(e *encoder, path string) *appendv1.Update {
	update := &appendv1.Update{
		Filter:       e.document(path+".filter", w.Filter),
		Upsert:       w.Upsert,
		ArrayFilters: e.documents(path+".array_filters", w.ArrayFilters),
		Collation:    e.documentOrNone(path+".collation", w.Collation),
		Hint:         e.hint(path+".hint", w.Hint),
	}
	if stages, ok := pipeline(w.Update); ok {
		update.Change = &appendv1.Update_Pipeline{Pipeline: &appendv1.Pipeline{
			Stages: e.documents(path+".pipeline.stages", stages),
		}}
	} else {
		update.Change = &appendv1.Update_Operators{Operators: e.document(path+".operators", w.Update)}
	}
	return update
}

// pipeline tells the slices that are pipelines from those that are documents, as the driver does.
func pipeline(update any) ([]any, bool) {
	switch update.(type) {
	case nil, bson.D, bson.Raw, []byte, bson.Marshaler:
		return nil, false
	}
	value := reflect.ValueOf(update)
	if value.Kind() != reflect.Slice {
		return nil, false
	}
	stages := make([]any, value.Len())
	for i := range stages {
		stages[i] = value.Index(i).Interface()
	}
	return stages, true
}

func (w DeleteOne) delete(e *encoder, path string) *appendv1.Delete {
	return &appendv1.Delete{
		Filter:    e.document(path+".filter", w.Filter),
		Collation: e.documentOrNone(path+".collation", w.Collation),
		Hint:      e.hint(path+".hint", w.Hint),
	}
}

func (e *encoder) hint(path string, hint any) *appendv1.Hint {
	switch h := hint.(type) {
	case nil:
		return nil
	case string:
		return &appendv1.Hint{Index: &appendv1.Hint_Name{Name: e.name(path+".name", h)}}
	case bson.M:
		if len(h) > 1 {
			e.refuse(path+".keys", "the keys of an index have an order, which a map has not: give a bson.D")
		}
	}
	return &appendv1.Hint{Index: &appendv1.Hint_Keys{Keys: e.document(path+".keys", hint)}}
}
