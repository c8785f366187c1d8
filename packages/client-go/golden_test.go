package outgraph_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
	"github.com/outgraph/outgraph-go/internal/check"
)

// A vector is one row of the golden files, which all languages share.
type vector struct {
	Name       string
	JSON       json.RawMessage
	Bytes      string
	Digest     string
	Code       string
	Violations []string
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

func (v vector) hasJSON() bool { return len(v.JSON) > 0 && string(v.JSON) != "null" }

// readsAndWrites shows that both forms of a vector are one message, and that it writes the same
// bytes again. It returns the message.
func readsAndWrites[M proto.Message](t *testing.T, v vector, empty func() M) M {
	t.Helper()
	want := v.bytes(t)
	message := empty()
	if err := proto.Unmarshal(want, message); err != nil {
		t.Fatalf("the bytes are not read: %v", err)
	}
	if got := canonical.Bytes(message); !bytes.Equal(got, want) {
		t.Errorf("from bytes\n got %x\nwant %x", got, want)
	}
	if v.hasJSON() {
		said := empty()
		if err := protojson.Unmarshal(v.JSON, said); err != nil {
			t.Fatalf("the JSON is not read: %v", err)
		}
		if got := canonical.Bytes(said); !bytes.Equal(got, want) {
			t.Errorf("from JSON\n got %x\nwant %x", got, want)
		}
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
			notRefused(t, readsAndWrites(t, v, func() *graphv1.Value { return new(graphv1.Value) }))
		})
	}
}

func TestGoldenMutationsAreReadAndWritten(t *testing.T) {
	for _, v := range golden(t, "mutations.json") {
		t.Run(v.Name, func(t *testing.T) {
			notRefused(t, readsAndWrites(t, v, func() *graphv1.Mutation { return new(graphv1.Mutation) }))
		})
	}
}

func TestGoldenRequestsAreReadAndWrittenAndHaveTheirDigest(t *testing.T) {
	for _, v := range golden(t, "requests.json") {
		t.Run(v.Name, func(t *testing.T) {
			request := readsAndWrites(t, v, func() *appendv1.AppendRequest { return new(appendv1.AppendRequest) })
			notRefused(t, request)
			digest := canonical.Digest(request.GetEntry().GetEvents(), request.GetWrites())
			if got := hex.EncodeToString(digest[:]); got != v.Digest {
				t.Errorf("digest\n got %s\nwant %s", got, v.Digest)
			}
		})
	}
}

func TestGoldenRefusalsAreRefusedByTheSameRules(t *testing.T) {
	for _, v := range golden(t, "refusals.json") {
		t.Run(v.Name, func(t *testing.T) {
			request := new(appendv1.AppendRequest)
			if err := proto.Unmarshal(v.bytes(t), request); err != nil {
				t.Fatal(err)
			}
			code, violations := outgraph.Unimplemented, check.Unsupported(request.GetEntry())
			for i := range violations {
				violations[i].Field = "entry." + violations[i].Field
			}
			if v.Code == outgraph.InvalidArgument.String() {
				var err error
				code = outgraph.InvalidArgument
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
		})
	}
}

func TestGoldenIDsAreMadeOfTheirTimeAndText(t *testing.T) {
	for _, v := range golden(t, "ids.json") {
		id, err := outgraph.EntryIDFor(v.Time, v.Text)
		if err != nil || id.String() != v.ID {
			t.Errorf("EntryIDFor(%s, %q) = %s, %v; want %s", v.Time, v.Text, id, err, v.ID)
		}
	}
}
