package outgraph_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	outgraph "github.com/outgraph/outgraph-go"
	"github.com/outgraph/outgraph-go/writer"
)

// withService is a client of the real service at OUTGRAPH_APPEND_URL, with a relay behind it, and the
// database it writes to. Without one the test is skipped; the repository's own test run gives it, and
// fails when one was skipped.
func withService(t *testing.T, protocol outgraph.Protocol) (*outgraph.Client, *mongo.Database) {
	t.Helper()
	url, uri, database := os.Getenv("OUTGRAPH_APPEND_URL"), os.Getenv("OUTGRAPH_MONGODB_URI"), os.Getenv("OUTGRAPH_DATABASE")
	if url == "" || uri == "" || database == "" {
		t.Skip("needs OUTGRAPH_APPEND_URL, OUTGRAPH_MONGODB_URI and OUTGRAPH_DATABASE")
	}
	client, err := outgraph.New(outgraph.Options{URL: url, Source: "go", Protocol: protocol})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	direct, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = direct.Disconnect(context.Background()) })
	db := direct.Database(database)
	if err := db.Collection("files").Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.CreateCollection(t.Context(), "files"); err != nil {
		t.Fatal(err)
	}
	return client, db
}

var protocols = []outgraph.Protocol{
	outgraph.ProtocolConnect, outgraph.ProtocolConnectH2, outgraph.ProtocolGRPC, outgraph.ProtocolGRPCWeb,
}

func parsed(path string) []outgraph.Event {
	return []outgraph.Event{{Type: "code.v1.FileParsed", Mutations: []outgraph.Mutation{outgraph.MergeNode{
		Node: outgraph.Node{Label: "GoFile", Key: outgraph.Props{"path": path}},
	}}}}
}

func TestTheServiceCommitsDocumentsAndEntryAndARepeatGetsTheSameReceipt(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(string(protocol), func(t *testing.T) {
			client, db := withService(t, protocol)
			input := outgraph.Append{
				ID:     outgraph.NewEntryID(),
				Events: parsed("a"),
				Writes: []outgraph.Write{
					outgraph.InsertOne{Collection: "files", Document: bson.M{"_id": "a", "size": int64(1) << 60, "tags": bson.A{"x"}}},
					outgraph.UpdateOne{Collection: "files", Filter: bson.M{"_id": "a"}, Update: bson.M{"$inc": bson.M{"size": 1}}, ExpectedMatches: new(int64(1))},
					outgraph.UpdateMany{Collection: "files", Filter: bson.M{"_id": "b"}, Update: bson.A{bson.M{"$set": bson.M{"n": 1}}}, Upsert: true},
					outgraph.ReplaceOne{Collection: "files", Filter: bson.M{"_id": "b"}, Replacement: outgraph.ExtendedJSON(`{"n":{"$numberLong":"7"}}`), Hint: bson.D{{Key: "_id", Value: 1}}},
					outgraph.UpdateOne{Collection: "files", Filter: bson.M{"_id": "a"}, Update: bson.M{"$set": bson.M{"tags.$[t]": "y"}}, ArrayFilters: []any{bson.M{"t": "x"}}},
					outgraph.DeleteOne{Collection: "files", Filter: bson.M{"_id": "B"}, Collation: bson.M{"locale": "en", "strength": 2}, ExpectedMatches: new(int64(1))},
					outgraph.DeleteMany{Collection: "files", Filter: bson.M{"_id": "none"}, Hint: "_id_"},
				},
			}

			first, err := client.Append(t.Context(), input)
			again, err2 := client.Append(t.Context(), input)

			if err != nil || err2 != nil || first.Replayed || !again.Replayed || first.EntryID != input.ID || again.EntryID != input.ID {
				t.Fatalf("%v %v, then %v %v", first, err, again, err2)
			}
			for i, want := range []outgraph.DocumentResult{
				{Inserted: 1}, {Matched: 1, Modified: 1}, {Inserted: 1}, {Matched: 1, Modified: 1}, {Matched: 1, Modified: 1}, {Deleted: 1}, {},
			} {
				for _, receipt := range []outgraph.Receipt{first, again} {
					got := receipt.Documents[i]
					if got.Inserted != want.Inserted || got.Matched != want.Matched || got.Modified != want.Modified || got.Deleted != want.Deleted {
						t.Errorf("write %d: %+v, want %+v", i, got, want)
					}
				}
			}
			if first.Documents[0].ID.StringValue() != "a" || first.Documents[2].ID.StringValue() != "b" {
				t.Errorf("ids %v %v", first.Documents[0].ID, first.Documents[2].ID)
			}
			var file struct {
				Size int64
				Tags []string
			}
			if err := db.Collection("files").FindOne(t.Context(), bson.M{}).Decode(&file); err != nil || file.Size != 1<<60+1 || file.Tags[0] != "y" {
				t.Errorf("%v %v", file, err)
			}
		})
	}
}

func TestTheServicesRefusalsAreThisLanguagesErrors(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(string(protocol), func(t *testing.T) {
			client, _ := withService(t, protocol)
			known := outgraph.Append{ID: outgraph.NewEntryID(), Events: parsed("a"), Writes: []outgraph.Write{
				outgraph.InsertOne{Collection: "files", Document: bson.M{"_id": "a"}},
			}}
			if _, err := client.Append(t.Context(), known); err != nil {
				t.Fatal(err)
			}
			duplicate, other := known, known
			duplicate.ID, other.Events = outgraph.NewEntryID(), parsed("b")
			cases := []struct {
				input outgraph.Append
				want  error
				field string
			}{
				{other, outgraph.ErrAlreadyExists, ""},
				{duplicate, outgraph.ErrAlreadyExists, ""},
				{outgraph.Append{Events: parsed("")}, nil, ""},
				{outgraph.Append{}, outgraph.ErrInvalidArgument, "entry.events"},
				{outgraph.Append{Events: []outgraph.Event{{Type: "a b"}}}, outgraph.ErrInvalidArgument, "entry.events[0].type"},
				{outgraph.Append{Events: parsed("a"), Writes: []outgraph.Write{outgraph.UpdateOne{
					Collection: "files", Filter: bson.M{"_id": "z"}, Update: bson.M{"$set": bson.M{"n": 1}}, ExpectedMatches: new(int64(1)),
				}}}, outgraph.ErrFailedPrecondition, ""},
				{outgraph.Append{Events: parsed("a"), Writes: []outgraph.Write{outgraph.InsertOne{Collection: "absent", Document: bson.M{}}}}, outgraph.ErrNotFound, ""},
				{outgraph.Append{Events: []outgraph.Event{{Type: "a", Mutations: []outgraph.Mutation{outgraph.Message{}}}}}, outgraph.ErrUnimplemented, "entry.events[0].mutations[0]"},
			}
			var inputs []outgraph.Append
			for _, each := range cases {
				inputs = append(inputs, each.input)
			}

			together := client.AppendMany(t.Context(), inputs...)

			for i, each := range cases {
				_, alone := client.Append(t.Context(), each.input)
				for _, err := range []error{alone, together[i].Err} {
					var failed *outgraph.Error
					if !errors.Is(err, each.want) || each.field != "" && (!errors.As(err, &failed) ||
						!slices.ContainsFunc(failed.Violations, func(v outgraph.Violation) bool { return v.Field == each.field })) {
						t.Errorf("%d: %v, want %v %s", i, err, each.want, each.field)
					}
				}
			}
		})
	}
}

func TestSixtyFourCallersOfOneClientEachGetTheirOwnResult(t *testing.T) {
	client, db := withService(t, outgraph.ProtocolConnect)
	var all sync.WaitGroup
	const callers, each = 64, 10
	for i := range callers {
		all.Go(func() {
			for j := range each {
				id := i*each + j
				bad := id%7 == 0
				write := outgraph.InsertOne{Collection: "files", Document: bson.M{"_id": id}}
				if bad {
					write.Collection = "absent"
				}
				_, err := client.Append(t.Context(), outgraph.Append{Events: parsed("many"), Writes: []outgraph.Write{write}})
				if bad != errors.Is(err, outgraph.ErrNotFound) || !bad && err != nil {
					t.Errorf("%d: %v", id, err)
				}
			}
		})
	}
	all.Wait()
	count, err := db.Collection("files").CountDocuments(t.Context(), bson.M{})
	if want := int64(callers*each - (callers*each+6)/7); err != nil || count != want {
		t.Errorf("%d documents, want %d; %v", count, want, err)
	}
}

func TestAnAppendIsSeenInTheGraphByBothWaits(t *testing.T) {
	client, db := withService(t, outgraph.ProtocolGRPC)
	w, err := writer.Open(t.Context(), db, writer.Options{Source: "go"})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := client.Append(t.Context(), outgraph.Append{Events: parsed("waited")})
	if err != nil {
		t.Fatal(err)
	}

	byService, err := client.WaitApplied(t.Context(), 30*time.Second, receipt.EntryID)
	byMongo, err2 := w.WaitApplied(t.Context(), 30*time.Second, receipt.EntryID)
	entry, err3 := client.GetEntry(t.Context(), receipt.EntryID)
	_, absent := client.GetEntry(t.Context(), outgraph.NewEntryID())

	if err != nil || err2 != nil || !byService.Applied() || !byMongo.Applied() {
		t.Errorf("%v %v, %v %v", byService, err, byMongo, err2)
	}
	if !byService.Entries[0].AckedAt.Equal(byMongo.Entries[0].AckedAt) || !slices.Equal(byService.Bookmarks, byMongo.Bookmarks) {
		t.Errorf("%v differs from %v", byService, byMongo)
	}
	if err3 != nil || entry.State != outgraph.Applied || entry.Entry.GetSource() != "go" || entry.At.T == 0 {
		t.Errorf("%v %v", entry, err3)
	}
	if !errors.Is(absent, outgraph.ErrNotFound) || !strings.Contains(absent.Error(), "NOT_FOUND") {
		t.Errorf("%v", absent)
	}
}
