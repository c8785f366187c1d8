package xmem_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	xmem "github.com/outgraph/outgraph-xmem-go"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// killsVariable names a folder: whoever runs the tests can kill servers, and says there that it has.
const killsVariable = "OUTGRAPH_XMEM_KILLS"

// worked runs a worker as a process of its own, which is killed after so many writes; to its end when
// that is 0.
func worked(t *testing.T, killedAfter int) {
	t.Helper()
	worker := exec.CommandContext(t.Context(), os.Args[0])
	worker.Env = append(os.Environ(), workerVariable+"=1")
	worker.Stderr = os.Stderr
	told, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(told)
	written := 0
	for lines.Scan() {
		if written++; written == killedAfter {
			if err := worker.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := worker.Wait(); (err != nil) != (killedAfter > 0) {
		t.Fatalf("after %d writes: %v", written, err)
	}
}

// mayBeKilled lets whoever runs the tests kill a server now, if anybody does.
func mayBeKilled(t *testing.T, victim string) {
	t.Helper()
	folder := os.Getenv(killsVariable)
	if folder == "" {
		return
	}
	fmt.Printf("\nkill %s\n", victim)
	for until := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(folder, victim)); err == nil {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("nobody killed %s", victim)
		}
	}
}

func TestJobsOfAWorkerThatIsKilledAreDoneOnceAndTheirDocumentsSayWhatTheGraphSays(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	jobs := jobsCollection(t)
	const count = 20
	var want []string
	for number := range count {
		id := fmt.Sprintf("job-%02d", number)
		queued := durableJob{ID: id, CreatedAt: time.Now(), Status: "queued"}
		if _, err := jobs.InsertOne(t.Context(), queued); err != nil {
			t.Fatal(err)
		}
		for write := range writesOfAJob {
			want = append(want, fmt.Sprintf("%s %d.%d", id, write/3, write%3))
		}
	}

	worked(t, 4*writesOfAJob+5)
	mayBeKilled(t, "relay")
	worked(t, 6*writesOfAJob+2)
	mayBeKilled(t, "neo4j")
	worked(t, 0)

	store, err := xmem.New(xmem.Options{Client: s.client, Driver: s.driver, WaitAtMost: 3 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	// What was committed before is in the graph when this is.
	if err := store.CreateEvent(t.Context(), "u", "05-21", xmem.Event{EventName: "last"}); err != nil {
		t.Fatal(err)
	}
	if found, err := store.SearchEventsByName(t.Context(), "last", "u", 1); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	made := s.texts(t, "MATCH ()-[r:HAS_EVENT]->(:Date {date: '05-19'}) RETURN r.event_name")
	if !slices.Equal(made, want) {
		t.Errorf("%d events, not %d: %v", len(made), len(want), made)
	}
	var done []durableJob
	cursor, err := jobs.Find(t.Context(), bson.M{"status": "succeeded"})
	if err != nil {
		t.Fatal(err)
	}
	if err := cursor.All(t.Context(), &done); err != nil {
		t.Fatal(err)
	}
	var results []string
	for _, job := range done {
		results = append(results, job.ID+": "+job.Result)
	}
	slices.Sort(results)
	inGraph := s.texts(t, "MATCH ()-[r:HAS_EVENT]->(:Date {date: '05-20'}) RETURN r.event_name + ': ' + r.desc")
	if len(results) != count || !slices.Equal(results, inGraph) {
		t.Errorf("documents say %v, the graph %v", results, inGraph)
	}
	t.Logf("xmem-go: %d jobs of a worker killed twice: %d events missing or twice", count, len(made)-len(want))
}
