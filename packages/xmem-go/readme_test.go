package xmem_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiles says what the compiler has against a piece of Go in a function that has these at hand.
func compiles(t *testing.T, before, piece, after string) {
	t.Helper()
	program := `package main

import (
	"context"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	outgraph "github.com/outgraph/outgraph-go"
	xmem "github.com/outgraph/outgraph-xmem-go"
	"go.mongodb.org/mongo-driver/v2/bson"
)

var _ = bson.M{}
var _ time.Time

func main() {}
` + before + piece + after
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), "go", "vet", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, said, piece)
	}
}

// pieces are the blocks of Go in a file of this folder.
func pieces(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```go\n")[1:]
	for i, block := range blocks {
		blocks[i], _, _ = strings.Cut(block, "```")
	}
	return blocks
}

const given = `
func run(ctx context.Context, client *outgraph.Client, driver neo4j.DriverWithContext, embedder xmem.Embedder, enqueued time.Time) error {
`

func TestTheExampleOfTheREADMECompiles(t *testing.T) {
	compiles(t, given, pieces(t, "README.md")[0], "_ = events\nreturn err\n}\n")
}

func TestTheUnitOfTheGuideCompiles(t *testing.T) {
	before := given + `
store, err := xmem.New(xmem.Options{Client: client, Driver: driver, Embedder: embedder})
if err != nil { return err }
weave := func(context.Context) error { return nil }
job := xmem.Job{}
result := bson.M{}
`
	guide := pieces(t, "GUIDE.md")
	compiles(t, before, "{\n"+guide[len(guide)-1]+"if err != nil { return err }\n}\n", "return nil\n}\n")
}
