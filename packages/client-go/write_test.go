package outgraph

import (
	"bytes"
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

const everything = ExtendedJSON("{}")

var (
	documentA = bson.D{{Key: "_id", Value: "a"}}
	german    = ExtendedJSON(`{"locale":"de"}`)
)

func TestEveryWriteIsMadeFromItsGoForm(t *testing.T) {
	for name, pair := range map[string]struct {
		write Write
		json  string
	}{
		"insert": {
			InsertOne{Collection: "c", Document: documentA},
			`{"collection":"c","insertOne":{"document":{"bson":"EAAAAAJfaWQAAgAAAGEAAA=="}}}`,
		},
		"replace": {
			ReplaceOne{Database: "d", Collection: "c", Filter: documentA, Replacement: everything, Upsert: true,
				Collation: german, Hint: "_id_", ExpectedMatches: new(int64(0))},
			`{"database":"d","collection":"c","expectedMatches":"0","replaceOne":{"filter":{"bson":"EAAAAAJfaWQAAgAAAGEAAA=="},
			"replacement":{"extendedJson":"{}"},"upsert":true,"collation":{"extendedJson":"{\"locale\":\"de\"}"},"hint":{"name":"_id_"}}}`,
		},
		"update one": {
			UpdateOne{Collection: "c", Filter: documentA, Update: ExtendedJSON(`{"$set":{"a.$[x]":1}}`), Upsert: true,
				ArrayFilters: []any{ExtendedJSON(`{"x":{"$gt":0}}`)}, Collation: german,
				Hint: ExtendedJSON(`{"_id":1}`), ExpectedMatches: new(int64(1))},
			`{"collection":"c","expectedMatches":"1","updateOne":{"filter":{"bson":"EAAAAAJfaWQAAgAAAGEAAA=="},"operators":
			{"extendedJson":"{\"$set\":{\"a.$[x]\":1}}"},"upsert":true,"arrayFilters":[{"extendedJson":"{\"x\":{\"$gt\":0}}"}],
			"collation":{"extendedJson":"{\"locale\":\"de\"}"},"hint":{"keys":{"extendedJson":"{\"_id\":1}"}}}}`,
		},
		"update many by a pipeline": {
			UpdateMany{Collection: "c", Filter: everything, Update: []ExtendedJSON{`{"$unset":"a"}`}},
			`{"collection":"c","updateMany":{"filter":{"extendedJson":"{}"},"pipeline":{"stages":[{"extendedJson":"{\"$unset\":\"a\"}"}]}}}`,
		},
		"delete one": {
			DeleteOne{Collection: "c", Filter: documentA, Collation: german, ExpectedMatches: new(int64(1))},
			`{"collection":"c","expectedMatches":"1","deleteOne":{"filter":{"bson":"EAAAAAJfaWQAAgAAAGEAAA=="},
			"collation":{"extendedJson":"{\"locale\":\"de\"}"}}}`,
		},
		"delete many": {
			DeleteMany{Collection: "c", Filter: everything, Hint: "_id_"},
			`{"collection":"c","deleteMany":{"filter":{"extendedJson":"{}"},"hint":{"name":"_id_"}}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := new(appendv1.DocumentWrite)
			if err := protojson.Unmarshal([]byte(pair.json), want); err != nil {
				t.Fatal(err)
			}
			e := new(encoder)
			got := e.writes("writes", []Write{pair.write})
			if err := e.err(); err != nil || !proto.Equal(got[0], want) {
				t.Errorf("%v\n got %v\nwant %v", err, got[0], want)
			}
		})
	}
}

func TestAMapSaysTheSameEachTime(t *testing.T) {
	type inner map[string]int
	given := func() any {
		return bson.M{
			"z": bson.M{"b": 1, "a": bson.A{bson.M{"y": 1, "x": 2}}},
			"m": map[int]string{2: "b", 1: "a", 10: "c"},
			"s": struct{ In inner }{inner{"q": 1, "p": 2, "o": 3}},
			"a": nil,
		}
	}
	first, err := encodeDocument(given())
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if again, _ := encodeDocument(given()); !bytes.Equal(again, first) {
			t.Fatalf("%s\nthen %s", bson.Raw(first), bson.Raw(again))
		}
	}
	want := bson.D{
		{Key: "a", Value: nil},
		{Key: "m", Value: bson.D{{Key: "1", Value: "a"}, {Key: "10", Value: "c"}, {Key: "2", Value: "b"}}},
		{Key: "s", Value: bson.D{{Key: "in", Value: bson.D{{Key: "o", Value: 3}, {Key: "p", Value: 2}, {Key: "q", Value: 1}}}}},
		{Key: "z", Value: bson.D{{Key: "a", Value: bson.A{bson.D{{Key: "x", Value: 2}, {Key: "y", Value: 1}}}}, {Key: "b", Value: 1}}},
	}
	plain, err := bson.Marshal(want)
	if err != nil || !bytes.Equal(first, plain) {
		t.Errorf("%v\n got %s\nwant %s", err, bson.Raw(first), bson.Raw(plain))
	}
}

func TestEveryKindOfDocumentAndPipelineThatTheDriverTakesIsTaken(t *testing.T) {
	raw, _ := bson.Marshal(documentA)
	for _, document := range []any{documentA, bson.M{"_id": "a"}, bson.Raw(raw), struct {
		ID string `bson:"_id"`
	}{"a"}} {
		if got, err := encodeDocument(document); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%T: %x %v", document, got, err)
		}
	}
	for _, stages := range []any{bson.A{documentA}, []bson.D{documentA}, []bson.M{{"_id": "a"}}, []any{documentA}} {
		if got, ok := pipeline(stages); !ok || len(got) != 1 {
			t.Errorf("%T is a pipeline of %d: %t", stages, len(got), ok)
		}
	}
	for _, operators := range []any{documentA, bson.M{}, bson.Raw(raw), struct{}{}, everything} {
		if _, ok := pipeline(operators); ok {
			t.Errorf("%T is no pipeline", operators)
		}
	}
}

func TestWhatIsNoDocumentIsRefusedWithItsPath(t *testing.T) {
	for path, write := range map[string]Write{
		"writes[0].insert_one.document":               InsertOne{Collection: "c"},
		"writes[0].replace_one.replacement":           ReplaceOne{Filter: everything, Replacement: 1},
		"writes[0].update_one.operators":              UpdateOne{Filter: everything},
		"writes[0].update_many.pipeline.stages[1]":    UpdateMany{Filter: everything, Update: bson.A{everything, 1}},
		"writes[0].update_one.array_filters[0]":       UpdateOne{Filter: everything, Update: everything, ArrayFilters: []any{"x"}},
		"writes[0].delete_one.filter":                 DeleteOne{},
		"writes[0].delete_many.hint.keys":             DeleteMany{Filter: everything, Hint: bson.M{"a": 1, "b": -1}},
		"writes[0].insert_one.document.extended_json": InsertOne{Document: ExtendedJSON("\xff")},
		"writes[0]": nil,
	} {
		e := new(encoder)
		e.writes("writes", []Write{write})
		var failed *Error
		if !errors.As(e.err(), &failed) || failed.Violations[0].Field != path {
			t.Errorf("%#v: %v, want %s", write, e.err(), path)
		}
	}
}
