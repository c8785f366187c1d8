package writer_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	outgraph "github.com/outgraph/outgraph-go"
	"github.com/outgraph/outgraph-go/writer"
)

// real is a real database with an outbox, emptied, and a collection of documents.
type real struct {
	*testing.T
	client *mongo.Client
	db     *mongo.Database
	docs   *mongo.Collection
	writer *writer.Writer
}

// withDatabase connects to OUTGRAPH_MONGODB_URI and the outbox in OUTGRAPH_DATABASE; without them the
// test is skipped. The repository's own test run gives them, and fails when one was skipped.
func withDatabase(t *testing.T, change ...func(*options.ClientOptions)) *real {
	t.Helper()
	uri, database := os.Getenv("OUTGRAPH_MONGODB_URI"), os.Getenv("OUTGRAPH_DATABASE")
	if uri == "" || database == "" {
		t.Skip("needs OUTGRAPH_MONGODB_URI and OUTGRAPH_DATABASE, a database with an outbox")
	}
	given := options.Client().ApplyURI(uri)
	for _, each := range change {
		each(given)
	}
	client, err := mongo.Connect(given)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	db := client.Database(database)
	r := &real{T: t, client: client, db: db, docs: db.Collection("docs")}
	for _, name := range []string{"docs", "outbox", "outbox_acks", "outbox_parked"} {
		_, err := db.Collection(name).DeleteMany(t.Context(), bson.D{})
		r.must(err)
	}
	if err := db.CreateCollection(t.Context(), "docs"); err != nil {
		var said mongo.ServerError
		if !errors.As(err, &said) || !said.HasErrorCode(48) {
			t.Fatal(err)
		}
	}
	r.setHorizon(time.UnixMilli(-1))
	r.writer, err = writer.Open(t.Context(), db, writer.Options{Source: "test"})
	r.must(err)
	return r
}

func (r *real) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *real) is(err, want error) {
	r.Helper()
	if !errors.Is(err, want) {
		r.Errorf("got %v, want %v", err, want)
	}
}

func (r *real) setHorizon(to time.Time) {
	r.Helper()
	_, err := r.db.Collection("outbox_meta").UpdateOne(r.Context(), bson.D{{Key: "_id", Value: "purge"}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "horizon", Value: to}}}})
	r.must(err)
}

func (r *real) count(collection string, want int64) {
	r.Helper()
	got, err := r.db.Collection(collection).CountDocuments(r.Context(), bson.D{})
	r.must(err)
	if got != want {
		r.Errorf("%s holds %d, want %d", collection, got, want)
	}
}

func (r *real) insert(ctx context.Context, id any) error {
	_, err := r.docs.InsertOne(ctx, bson.D{{Key: "_id", Value: id}})
	return err
}

// counter counts up, so that work that takes effect twice shows.
func (r *real) counter(ctx context.Context) error {
	_, err := r.docs.UpdateOne(ctx, bson.D{{Key: "_id", Value: "counter"}},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}, options.UpdateOne().SetUpsert(true))
	return err
}

func (r *real) counted(want int32) {
	r.Helper()
	var counter struct{ N int32 }
	err := r.docs.FindOne(r.Context(), bson.D{{Key: "_id", Value: "counter"}}).Decode(&counter)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		r.Fatal(err)
	}
	if counter.N != want {
		r.Errorf("counted %d, want %d", counter.N, want)
	}
}

// inTransaction runs work in a transaction of a session of its own, and ends it as told.
func (r *real) inTransaction(end func(*mongo.Session, context.Context) error, work func(ctx context.Context)) {
	r.Helper()
	session, err := r.client.StartSession()
	r.must(err)
	defer session.EndSession(r.Context())
	r.must(session.StartTransaction())
	work(mongo.NewSessionContext(r.Context(), session))
	r.must(end(session, r.Context()))
}

func placed(order any) outgraph.Event {
	return outgraph.Event{Type: "shop.v1.OrderPlaced", Mutations: []outgraph.Mutation{
		outgraph.MergeNode{Node: outgraph.Node{Label: "Order", Key: outgraph.Props{"id": order}}},
	}}
}

func entryOf(orders ...any) writer.Entry {
	var entry writer.Entry
	for _, order := range orders {
		entry.Events = append(entry.Events, placed(order))
	}
	return entry
}
