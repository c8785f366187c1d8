package xmem_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
	xmem "github.com/outgraph/outgraph-xmem-go"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

var errCrashed = errors.New("the run ends here")

// handler is a job's work: items, each of some events; it ends before the write of number `end`. What
// a model says is worded differently in each run.
func handler(ctx context.Context, to writes, job string, attempt, end int) error {
	made := 0
	for item := range 3 {
		ctx := xmem.WithItem(ctx, item)
		for event := range 3 {
			if made == end {
				return errCrashed
			}
			made++
			name := fmt.Sprintf("%s %d.%d", job, item, event)
			worded := xmem.Event{EventName: name, Description: fmt.Sprintf("as run %d put it", attempt)}
			if err := to.CreateEvent(ctx, "u", "05-19", worded); err != nil {
				return err
			}
		}
	}
	return nil
}

const writesOfAJob = 9

func TestAJobThatIsRunAgainAddsNothingTwice(t *testing.T) {
	s := withServers(t)
	const jobs = 12
	random := rand.New(rand.NewPCG(7, 7))
	ends := make([][]int, jobs)
	var want []string
	for job := range ends {
		ends[job] = []int{random.IntN(writesOfAJob), random.IntN(writesOfAJob), writesOfAJob}
		for item := range 3 {
			for event := range 3 {
				want = append(want, fmt.Sprintf("job-%d %d.%d", job, item, event))
			}
		}
	}
	slices.Sort(want)
	runAll := func(to writes) {
		for job, ends := range ends {
			id := fmt.Sprintf("job-%d", job)
			created := time.Now() // a job's own, kept with it
			for attempt, end := range ends {
				ctx := xmem.WithJob(t.Context(), xmem.Job{ID: id, CreatedAt: created})
				if err := handler(ctx, to, id, attempt, end); err != nil && !errors.Is(err, errCrashed) {
					t.Fatal(err)
				}
			}
		}
	}
	s.empty(t)
	runAll(direct{s.driver})
	twice := len(s.lines(t, "MATCH ()-[r:HAS_EVENT]->() RETURN r.event_name")) - len(want)
	if twice <= 0 {
		t.Fatal("the direct store was expected to write twice: else this shows nothing")
	}

	s.empty(t)
	store := s.store(t)
	runAll(store)
	found, err := store.SearchEventsByEmbedding(t.Context(), "u", "job: as run put it", 1_000, -1)
	if err != nil || !slices.Equal(namesOf(found), want) {
		t.Errorf("%v, %v", namesOf(found), err)
	}
	t.Logf("xmem-go: %d jobs run three times: %d events twice without Outgraph, %d with it", jobs, twice, len(found)-len(want))
}

func TestARunThatWasGivenUpAndIsStillAtWorkAddsNothingTwice(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	store := s.store(t)
	created := time.Now()
	var runs sync.WaitGroup
	for attempt := range 4 {
		runs.Go(func() {
			ctx := xmem.WithJob(t.Context(), xmem.Job{ID: "side by side", CreatedAt: created})
			if err := handler(ctx, store, "side by side", attempt, writesOfAJob); err != nil {
				t.Error(err)
			}
		})
	}
	runs.Wait()
	found, err := store.SearchEventsByEmbedding(t.Context(), "u", "side by side: as run put it", 1_000, -1)
	if err != nil || len(found) != writesOfAJob {
		t.Errorf("%v, %v", namesOf(found), err)
	}
}

func jobsCollection(t *testing.T) *mongo.Collection {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(os.Getenv("OUTGRAPH_MONGODB_URI")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	jobs := client.Database(os.Getenv("OUTGRAPH_DATABASE")).Collection("durable_jobs")
	if err := jobs.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	unique := mongo.IndexModel{Keys: bson.D{{Key: "job_id", Value: 1}}, Options: options.Index().SetUnique(true)}
	if _, err := jobs.Indexes().CreateOne(t.Context(), unique); err != nil {
		t.Fatal(err)
	}
	return jobs
}

func succeeded(job, result string) outgraph.Write {
	return outgraph.UpdateOne{
		Collection:      "durable_jobs",
		Filter:          bson.M{"job_id": job},
		Update:          bson.M{"$set": bson.M{"status": "succeeded", "result": result}},
		ExpectedMatches: new(int64(1)),
	}
}

func TestAUnitCommitsTheJobsSuccessWithItsEventsAndTheFirstStands(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	jobs := jobsCollection(t)
	if _, err := jobs.InsertOne(t.Context(), bson.M{"job_id": "a", "status": "running"}); err != nil {
		t.Fatal(err)
	}
	store := s.store(t)
	created := time.Now()
	attempt := func(result string, fails error) (outgraph.Receipt, error) {
		ctx := xmem.WithJob(t.Context(), xmem.Job{ID: "a", CreatedAt: created})
		return store.Unit(ctx, func(ctx context.Context, unit *xmem.Unit) error {
			for _, name := range []string{"one", "two"} {
				if err := store.CreateEvent(ctx, "u", "05-19", xmem.Event{EventName: name, Description: result}); err != nil {
					return err
				}
			}
			unit.Write(succeeded("a", result))
			return fails
		})
	}
	if _, err := attempt("failed", errCrashed); !errors.Is(err, errCrashed) {
		t.Fatal(err)
	}
	first, err := attempt("first", nil)
	if err != nil || first.Replayed {
		t.Fatal(first, err)
	}
	second, err := attempt("second", nil)
	if err != nil || !second.Replayed || second.EntryID != first.EntryID || second.Documents[0].Modified != 1 {
		t.Fatal(second, err)
	}

	var job struct{ Status, Result string }
	if err := jobs.FindOne(t.Context(), bson.M{"job_id": "a"}).Decode(&job); err != nil || job.Status != "succeeded" || job.Result != "first" {
		t.Errorf("%v, %v", job, err)
	}
	found, err := store.SearchEventsByEmbedding(t.Context(), "u", "e", 10, -1)
	if err != nil || !slices.Equal(namesOf(found), []string{"one", "two"}) {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAUnitOfDocumentsAloneCommitsAndOneRefusedByAnIndexWritesNothing(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	jobs := jobsCollection(t)
	store := s.store(t)
	enqueue := func(job string) error {
		ctx := xmem.WithJob(t.Context(), xmem.Job{ID: job, CreatedAt: time.Now()})
		_, err := store.Unit(ctx, func(ctx context.Context, unit *xmem.Unit) error {
			unit.Write(outgraph.InsertOne{Collection: "durable_jobs", Document: bson.M{"job_id": "b"}})
			if job == "second" {
				return store.CreateEvent(ctx, "u", "05-19", xmem.Event{EventName: "x"})
			}
			return nil
		})
		return err
	}
	if err := enqueue("first"); err != nil {
		t.Fatal(err)
	}
	if err := enqueue("second"); !errors.Is(err, outgraph.ErrAlreadyExists) {
		t.Fatal(err)
	}
	count, err := jobs.CountDocuments(t.Context(), bson.M{})
	found, searchErr := store.SearchEventsByName(t.Context(), "x", "u", 1)
	if count != 1 || len(found) != 0 || err != nil || searchErr != nil {
		t.Errorf("%d, %v, %v, %v", count, found, err, searchErr)
	}
}
