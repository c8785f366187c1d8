package outgraph_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	outgraph "github.com/outgraph/outgraph-go"
	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
	"github.com/outgraph/outgraph-go/internal/check"
)

// A vector is one row of the golden files, which all languages share.
type vector struct {
	Name       string
	Type       string
	JSON       json.RawMessage
	Bytes      string
	Digest     string
	Code       string
	Violations []string
	Types      []string
	Time       time.Time
	Text       string
	ID         string
}

// golden reads one of the golden files. They stand in the repository, beside the other languages'
// suites; a copy of this module alone does not have them.
func golden(t *testing.T, name string) []vector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "e2e", "vectors", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []vector
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no vectors", name)
	}
	return rows
}

func (v vector) bytes(t *testing.T) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(v.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// note says what was done with a vector, where all languages' notes are compared.
func note(t *testing.T, file string, v vector, deed string) {
	t.Helper()
	path := os.Getenv("OUTGRAPH_VECTORS_NOTED")
	if path == "" || t.Failed() {
		return
	}
	notes, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = notes.Close() }()
	if _, err := fmt.Fprintf(notes, "%s\t%s\t%s\n", file, v.Name, deed); err != nil {
		t.Fatal(err)
	}
}

func (v vector) hasJSON() bool { return len(v.JSON) > 0 && string(v.JSON) != "null" }

// readsAndWrites shows that both forms of a vector are one message, and that it writes the same
// bytes again. It returns the message.
func readsAndWrites[M proto.Message](t *testing.T, file string, v vector, empty func() M) M {
	t.Helper()
	want := v.bytes(t)
	message := empty()
	if err := proto.Unmarshal(want, message); err != nil {
		t.Fatalf("the bytes are not read: %v", err)
	}
	if got := canonical.Bytes(message); !bytes.Equal(got, want) {
		t.Errorf("from bytes\n got %x\nwant %x", got, want)
	}
	notRefused(t, message)
	note(t, file, v, "read")
	if v.hasJSON() {
		said := empty()
		if err := protojson.Unmarshal(v.JSON, said); err != nil {
			t.Fatalf("the JSON is not read: %v", err)
		}
		if got := canonical.Bytes(said); !bytes.Equal(got, want) {
			t.Errorf("from JSON\n got %x\nwant %x", got, want)
		}
		note(t, file, v, "written")
	}
	return message
}

func notRefused(t *testing.T, message proto.Message) {
	t.Helper()
	violations, err := check.Violations(message)
	if err != nil || len(violations) > 0 {
		t.Errorf("refused: %v %v", violations, err)
	}
}

func TestGoldenValuesAreReadAndWritten(t *testing.T) {
	for _, v := range golden(t, "values.json") {
		t.Run(v.Name, func(t *testing.T) {
			readsAndWrites(t, "values", v, func() *graphv1.Value { return new(graphv1.Value) })
		})
	}
}

func TestGoldenMutationsAreReadAndWritten(t *testing.T) {
	for _, v := range golden(t, "mutations.json") {
		t.Run(v.Name, func(t *testing.T) {
			readsAndWrites(t, "mutations", v, func() *graphv1.Mutation { return new(graphv1.Mutation) })
		})
	}
}

func TestGoldenRequestsAreReadAndWrittenAndHaveTheirDigest(t *testing.T) {
	for _, v := range golden(t, "requests.json") {
		t.Run(v.Name, func(t *testing.T) {
			request := readsAndWrites(t, "requests", v, func() *appendv1.AppendRequest { return new(appendv1.AppendRequest) })
			digest := canonical.Digest(request.GetEntry().GetEvents(), request.GetWrites())
			if got := hex.EncodeToString(digest[:]); got != v.Digest {
				t.Errorf("digest\n got %s\nwant %s", got, v.Digest)
			}
			note(t, "requests", v, "digested")
		})
	}
}

func TestGoldenEntriesAreReadAndWrittenAndHaveTheirDigestAndTypes(t *testing.T) {
	for _, v := range golden(t, "entries.json") {
		t.Run(v.Name, func(t *testing.T) {
			entry := readsAndWrites(t, "entries", v, func() *entryv1.Entry { return new(entryv1.Entry) })
			digest := canonical.Digest(entry.GetEvents(), nil)
			if got := hex.EncodeToString(digest[:]); got != v.Digest {
				t.Errorf("digest\n got %s\nwant %s", got, v.Digest)
			}
			var types []string
			for _, event := range entry.GetEvents() {
				if !slices.Contains(types, event.GetType()) {
					types = append(types, event.GetType())
				}
			}
			if !slices.Equal(types, v.Types) {
				t.Errorf("types %q, want %q", types, v.Types)
			}
			note(t, "entries", v, "digested")
		})
	}
}

func TestGoldenOutcomesAreReadAndWritten(t *testing.T) {
	for _, v := range golden(t, "outcomes.json") {
		t.Run(v.Name, func(t *testing.T) { readsAndWrites(t, "outcomes", v, v.empty(t)) })
	}
}

// empty makes messages of the vector's own type. Those of an error's details are known by this
// program's importing the client.
func (v vector) empty(t *testing.T) func() proto.Message {
	t.Helper()
	messageType, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(v.Type))
	if err != nil {
		t.Fatal(err)
	}
	return func() proto.Message { return messageType.New().Interface() }
}

func TestGoldenRefusalsAreRefusedByTheSameRules(t *testing.T) {
	for _, v := range golden(t, "refusals.json") {
		t.Run(v.Name, func(t *testing.T) {
			request := v.empty(t)()
			if err := proto.Unmarshal(v.bytes(t), request); err != nil {
				t.Fatal(err)
			}
			code := outgraph.InvalidArgument
			var violations []check.Violation
			if v.Code == outgraph.Unimplemented.String() {
				code, violations = outgraph.Unimplemented, check.Unsupported(request.(*appendv1.AppendRequest).GetEntry())
				for i := range violations {
					violations[i].Field = "entry." + violations[i].Field
				}
			} else {
				var err error
				if violations, err = check.Violations(request); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, violation := range violations {
				got = append(got, violation.Field+" "+violation.Rule)
			}
			slices.Sort(got)
			slices.Sort(v.Violations)
			if code.String() != v.Code || !slices.Equal(got, v.Violations) {
				t.Errorf("\n got %s %q\nwant %s %q", code, got, v.Code, v.Violations)
			}
			note(t, "refusals", v, "refused")
		})
	}
}

func TestGoldenIDsAreMadeOfTheirTimeAndText(t *testing.T) {
	for _, v := range golden(t, "ids.json") {
		id, err := outgraph.EntryIDFor(v.Time, v.Text)
		if err != nil || id.String() != v.ID {
			t.Errorf("EntryIDFor(%s, %q) = %s, %v; want %s", v.Time, v.Text, id, err, v.ID)
		}
		note(t, "ids", v, "made")
	}
}
