package xmem_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	xmem "github.com/outgraph/outgraph-xmem-go"
)

// A call is one write, the same to either store.
type call func(t *testing.T, to writes)

func randomCall(random *rand.Rand) call {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	user, date := pick("u-1", "u-2", "ü"), pick("05-19", "05-20", "13-45", "")
	event := xmem.Event{
		EventName:      pick("dentist", "Dentist", "exam_two", ""),
		Description:    pick("", "a tooth", "again \"quoted\" \\ and ünïcode"),
		Year:           pick("", "2026"),
		Time:           pick("", "14:00"),
		DateExpression: pick("", "next Tuesday"),
	}
	does := random.IntN(10)
	return func(t *testing.T, to writes) {
		var err error
		switch {
		case does < 6:
			err = to.CreateEvent(t.Context(), user, date, event)
		case does < 8:
			err = to.UpdateEvent(t.Context(), user, date, event)
		case does < 9:
			err = to.DeleteEvent(t.Context(), user, date+"_"+event.EventName)
		default:
			err = to.DeleteEvent(t.Context(), user, date)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRandomCallsMakeTheGraphThatXMemsOwnStoreMakes(t *testing.T) {
	s := withServers(t)
	const sequences, calls = 30, 25
	for seed := range uint64(sequences) {
		random := rand.New(rand.NewPCG(seed, 1))
		sequence := make([]call, calls)
		for i := range sequence {
			sequence[i] = randomCall(random)
		}
		s.empty(t)
		for _, each := range sequence {
			each(t, direct{s.driver})
		}
		want := s.graph(t)

		s.empty(t)
		store := s.store(t)
		for _, each := range sequence {
			each(t, store)
		}
		if _, err := store.SearchEventsByName(t.Context(), "dentist", "u-1", 1); err != nil { // waits
			t.Fatal(err)
		}
		if got := s.graph(t); got != want {
			t.Fatalf("seed %d\ngot\n%s\nwant\n%s", seed, got, want)
		}
	}
	t.Logf("xmem-go: %d sequences of %d calls, equal graphs", sequences, calls)
}

func TestAnUnknownDayIsMadeAsXMemsGoStoreMakesIt(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	store := s.store(t)
	if err := store.CreateEvent(t.Context(), "u", "no day", xmem.Event{EventName: "x"}); err != nil {
		t.Fatal(err)
	}
	found, err := store.SearchEventsByName(t.Context(), "X", "u", 0)
	if err != nil || len(found) != 1 || found[0].Date != "no day" {
		t.Errorf("%v, %v", found, err)
	}
}

func TestASearchSeesWhatWasWrittenJustBefore(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	store := s.store(t)
	var names []string
	for i := range 20 {
		name := fmt.Sprintf("event %02d", i)
		names = append(names, name)
		if err := store.CreateEvent(t.Context(), "u", "05-19", xmem.Event{EventName: name, Description: "aaa"}); err != nil {
			t.Fatal(err)
		}
		byName, err := store.SearchEventsByName(t.Context(), name, "u", 5)
		if err != nil || len(byName) != 1 {
			t.Fatalf("%s: %v, %v", name, byName, err)
		}
	}
	near, err := store.SearchEventsByEmbedding(t.Context(), "u", "event 07: aaa", 50, 0.9)
	if err != nil || !slices.Equal(namesOf(near), names) || near[0].SimilarityScore < 0.999 {
		t.Errorf("%v, %v", near, err)
	}
	if none, err := store.SearchEventsByEmbedding(t.Context(), "u", "ooooooooo", 50, 0.9); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

func TestWithoutAnEmbedderASearchGoesByTheWords(t *testing.T) {
	s := withServers(t)
	s.empty(t)
	store, err := xmem.New(xmem.Options{Client: s.client, Driver: s.driver})
	if err != nil {
		t.Fatal(err)
	}
	event := xmem.Event{EventName: "Dentist", DateExpression: "next Tuesday"}
	if err := store.CreateEvent(t.Context(), "u", "05-19", event); err != nil {
		t.Fatal(err)
	}
	found, err := store.SearchEventsByEmbedding(t.Context(), "u", "NEXT tues", 5, 0.9)
	if err != nil || len(found) != 1 || found[0].SimilarityScore != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAWriteDoesNotWaitForNeo4jAndASearchDoesOnlySoLong(t *testing.T) {
	s := withServers(t)
	url := os.Getenv("OUTGRAPH_NO_RELAY_URL") // nobody carries what is appended there
	store, err := xmem.New(xmem.Options{Client: clientOf(t, url), Driver: s.driver, WaitAtMost: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.CreateEvent(t.Context(), "u", "05-19", xmem.Event{EventName: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.SearchEventsByName(t.Context(), "x", "u", 1); !errors.Is(err, xmem.ErrNotYetApplied) {
		t.Errorf("%v", err)
	}
}

func TestAStoreNeedsAClientAndADriver(t *testing.T) {
	if _, err := xmem.New(xmem.Options{}); err == nil {
		t.Error("it needs both")
	}
}
