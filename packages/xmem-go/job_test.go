package xmem

import (
	"context"
	"testing"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
)

var job = Job{ID: "memory_ingest:1", CreatedAt: time.UnixMilli(1_750_000_000_123)}

func next(t *testing.T, ctx context.Context, names ...string) outgraph.EntryID {
	t.Helper()
	id, err := idOf(ctx, names...)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAFurtherRunOfAJobMakesTheSameIds(t *testing.T) {
	first, second := WithJob(t.Context(), job), WithJob(t.Context(), job)
	for range 3 {
		if a, b := next(t, first, "create", "u", "05-19", "x"), next(t, second, "create", "u", "05-19", "x"); a != b || a.IsZero() {
			t.Errorf("%s and %s", a, b)
		}
	}
}

func TestIdsCarryTheJobsTimeToTheMillisecondThatMongoDBKeeps(t *testing.T) {
	finer := Job{ID: job.ID, CreatedAt: job.CreatedAt.Add(456 * time.Microsecond)}
	a, b := next(t, WithJob(t.Context(), job), "create"), next(t, WithJob(t.Context(), finer), "create")
	if a != b || !a.Time().Equal(job.CreatedAt) {
		t.Errorf("%s and %s, of %s", a, b, a.Time())
	}
}

func TestWritesThatAreNotTheSameHaveIdsOfTheirOwn(t *testing.T) {
	ctx := WithJob(t.Context(), job)
	other := WithJob(t.Context(), Job{ID: "memory_ingest:2", CreatedAt: job.CreatedAt})
	ids := map[outgraph.EntryID]string{}
	for name, id := range map[string]outgraph.EntryID{
		"once":              next(t, ctx, "create", "u", "05-19", "x"),
		"twice":             next(t, ctx, "create", "u", "05-19", "x"),
		"another verb":      next(t, ctx, "delete", "u", "05-19", "x"),
		"names cut apart":   next(t, ctx, "create", "u", "05-1", "9x"),
		"a name with quote": next(t, ctx, "create", `u""05-19`, "x"),
		"the first item":    next(t, WithItem(ctx, 0), "create", "u", "05-19", "x"),
		"the second item":   next(t, WithItem(ctx, 1), "create", "u", "05-19", "x"),
		"another job":       next(t, other, "create", "u", "05-19", "x"),
	} {
		if same, taken := ids[id]; taken {
			t.Errorf("%s has the id of %s", name, same)
		}
		ids[id] = name
	}
}

func TestOutsideOfAJobTheClientMakesTheId(t *testing.T) {
	if id := next(t, WithItem(t.Context(), 1), "create"); !id.IsZero() {
		t.Errorf("%s", id)
	}
}

func TestAJobWithoutATimeIsRefusedNotGivenAnId(t *testing.T) {
	if _, err := idOf(WithJob(t.Context(), Job{ID: "x"}), "create"); err == nil {
		t.Error("a UUIDv7 cannot carry the year 1")
	}
}

func TestAnEventsOwnIDIsTheOneThatDeletesIt(t *testing.T) {
	event := Event{Date: "05-19", EventName: "a_b"}
	if date, name := splitEmbeddingID(event.EmbeddingID()); date != event.Date || name != event.EventName {
		t.Errorf("%q and %q", date, name)
	}
}

func TestAnEmbeddingIDIsTheDayAndMaybeAName(t *testing.T) {
	for id, want := range map[string][2]string{
		"05-19_dentist":       {"05-19", "dentist"},
		"05-19_dentist_again": {"05-19", "dentist_again"},
		"05-19":               {"05-19", ""},
		"05-19_":              {"05-19", ""},
	} {
		if date, name := splitEmbeddingID(id); [2]string{date, name} != want {
			t.Errorf("%q: %q, %q", id, date, name)
		}
	}
}
