package xmem_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	outgraph "github.com/outgraph/outgraph-go"
	xmem "github.com/outgraph/outgraph-xmem-go"
)

// servers are the real ones: an append service with a relay behind it, and Neo4j. Without them a test
// is skipped; the repository's own test run gives them, and fails when one was skipped.
type servers struct {
	client *outgraph.Client
	driver neo4j.DriverWithContext
}

func withServers(t *testing.T) servers {
	t.Helper()
	appendURL, neo4jURI := os.Getenv("OUTGRAPH_APPEND_URL"), os.Getenv("OUTGRAPH_NEO4J_URI")
	if appendURL == "" || neo4jURI == "" {
		t.Skip("needs OUTGRAPH_APPEND_URL and OUTGRAPH_NEO4J_URI")
	}
	return servers{clientOf(t, appendURL), driverOf(t, neo4jURI)}
}

func clientOf(t *testing.T, url string) *outgraph.Client {
	t.Helper()
	client, err := outgraph.New(outgraph.Options{URL: url, Source: "xmem-go"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func newDriver(uri string) (neo4j.DriverWithContext, error) {
	auth := neo4j.NoAuth()
	if name := os.Getenv("OUTGRAPH_NEO4J_USER"); name != "" {
		auth = neo4j.BasicAuth(name, os.Getenv("OUTGRAPH_NEO4J_PASSWORD"), "")
	}
	return neo4j.NewDriverWithContext(uri, auth)
}

func driverOf(t *testing.T, uri string) neo4j.DriverWithContext {
	t.Helper()
	driver, err := newDriver(uri)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = driver.Close(context.Background()) })
	return driver
}

func (s servers) store(t *testing.T) *xmem.Store {
	t.Helper()
	store, err := xmem.New(xmem.Options{Client: s.client, Driver: s.driver, Embedder: letters{}, WaitAtMost: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// empty takes users, days and events away; what the relay keeps in the graph stays.
func (s servers) empty(t *testing.T) {
	t.Helper()
	s.read(t, "MATCH (n:User|Date) DETACH DELETE n")
}

// graph is all there is but the relay's own, as sorted lines: equal lines, equal graphs.
func (s servers) graph(t *testing.T) string {
	t.Helper()
	lines := s.lines(t, `MATCH (n) WHERE NOT n:OutgraphOutbox AND NOT n:OutgraphLane AND NOT n:OutgraphBatch
		RETURN labels(n) AS labels, properties(n) AS properties`)
	lines = append(lines, s.lines(t, `MATCH (a)-[r]->(b) WHERE a:User OR b:Date
		RETURN type(r) AS type, properties(a) AS from, properties(b) AS to, properties(r) AS properties`)...)
	return strings.Join(lines, "\n")
}

func (s servers) lines(t *testing.T, cypher string) []string {
	t.Helper()
	var lines []string
	for _, record := range s.read(t, cypher) {
		lines = append(lines, fmt.Sprintf("%#v", record.AsMap())) // with types; maps print sorted
	}
	sort.Strings(lines)
	return lines
}

// texts are what a query returns in its one column, sorted.
func (s servers) texts(t *testing.T, cypher string) []string {
	t.Helper()
	var texts []string
	for _, record := range s.read(t, cypher) {
		texts = append(texts, record.Values[0].(string))
	}
	sort.Strings(texts)
	return texts
}

func (s servers) read(t *testing.T, cypher string) []*neo4j.Record {
	t.Helper()
	result, err := neo4j.ExecuteQuery(t.Context(), s.driver, cypher, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	return result.Records
}

// letters makes a vector of how often a text has each of four letters; of an empty one it fails.
type letters struct{}

func (letters) Embed(_ context.Context, text string) ([]float64, error) {
	if text == "" {
		return nil, errors.New("nothing to embed")
	}
	vector := []float64{0.5}
	for _, letter := range "aeio" {
		vector = append(vector, float64(strings.Count(text, string(letter))))
	}
	return vector, nil
}

func namesOf(events []xmem.Event) []string {
	names := make([]string, len(events))
	for i, event := range events {
		names[i] = event.EventName
	}
	slices.Sort(names)
	return names
}
