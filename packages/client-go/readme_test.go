package outgraph

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goBlock is the README's n-th piece of Go.
func goBlock(t *testing.T, n int) string {
	t.Helper()
	blocks := strings.Split(readme(t), "```go\n")
	block, _, found := strings.Cut(blocks[n], "```")
	if !found {
		t.Fatal("no such piece")
	}
	return block
}

// runGo runs a program that imports these packages and ends with the error of its body.
func runGo(t *testing.T, imports []string, body string) {
	t.Helper()
	program := "package main\nimport (\n\"context\"\n\"log\"\n"
	for _, path := range imports {
		program += "\"" + path + "\"\n"
	}
	program += ")\nfunc main() {\nif err := run(context.Background()); err != nil { log.Fatal(err) }\n}\n" +
		"func run(ctx context.Context) error {\n" + body + "\nreturn err\n}\n"
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), "go", "run", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

const (
	here  = "github.com/outgraph/outgraph-go"
	mongo = "go.mongodb.org/mongo-driver/v2/"
)

func TestTheExampleOfTheREADMERuns(t *testing.T) {
	fake := &fakeService{
		answer: committed,
		wait: func(_ context.Context, r *appendv1.WaitAppliedRequest) (*appendv1.WaitAppliedResponse, error) {
			applied := &appendv1.EntryProgress{Id: r.GetIds()[0], State: entryv1.EntryState_ENTRY_STATE_APPLIED}
			return &appendv1.WaitAppliedResponse{Entries: []*appendv1.EntryProgress{applied}}, nil
		},
	}
	url := os.Getenv("OUTGRAPH_APPEND_URL") // a real service, with a relay behind it
	if url == "" {
		url = overHTTP(t, fake).URL
	}
	body := strings.Replace(goBlock(t, 1), "http://127.0.0.1:8480", url, 1)
	runGo(t, []string{"time", mongo + "bson", here}, body)
}

func TestTheWritersExampleOfTheREADMERuns(t *testing.T) {
	uri, database := os.Getenv("OUTGRAPH_MONGODB_URI"), os.Getenv("OUTGRAPH_DATABASE")
	if uri == "" || database == "" {
		t.Skip("needs OUTGRAPH_MONGODB_URI and OUTGRAPH_DATABASE, a database with an outbox")
	}
	given := "client, err := mongo.Connect(options.Client().ApplyURI(\"" + uri + "\"))\n" +
		"if err != nil { return err }\ndefer client.Disconnect(ctx)\n" +
		"database := client.Database(\"" + database + "\")\npapers := database.Collection(\"papers\")\n"
	imports := []string{mongo + "bson", mongo + "mongo", mongo + "mongo/options", here, here + "/writer"}
	runGo(t, imports, given+goBlock(t, 2))
}

func TestTheREADMENamesEveryOptionAndEverySentinel(t *testing.T) {
	text := readme(t)
	options := reflect.TypeFor[Options]()
	for i := range options.NumField() {
		if name := options.Field(i).Name; !strings.Contains(text, "\n| `"+name+"` ") {
			t.Errorf("the table of options lacks %s", name)
		}
	}
	for code := range sentinelOf {
		words := strings.Split(strings.ToLower(code.String()), "_")
		for i, word := range words {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
		if name := "`Err" + strings.Join(words, "") + "`"; !strings.Contains(text, name) {
			t.Errorf("the table of errors lacks %s", name)
		}
	}
}
