package outgraph

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestIDsMadeOneAfterTheOtherSortInThatOrderAlsoWhenTheClockStepsBack(t *testing.T) {
	start := time.Now().UnixMilli() + 1_000_000
	var ids []string
	for i := range 10_000 {
		ids = append(ids, newEntryID(start-int64(i%7)).String())
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("not sorted, or not each once")
	}
	for _, id := range ids {
		if _, err := ParseEntryID(id); err != nil {
			t.Fatal(err)
		}
	}
}

func TestIDsMadeSideBySideAreEachMadeOnce(t *testing.T) {
	var all sync.WaitGroup
	var seen sync.Map
	for range 8 {
		all.Go(func() {
			for range 2_000 {
				if id, twice := seen.LoadOrStore(NewEntryID(), true); twice {
					t.Errorf("%s twice", id)
				}
			}
		})
	}
	all.Wait()
}

func TestAnIDOfATimeAndATextIsTheSameAgainCarriesTheTimeAndDiffersByText(t *testing.T) {
	at := time.UnixMilli(1_767_323_045_678)
	one, err := EntryIDFor(at.Add(999*time.Microsecond), "job-42")
	same, _ := EntryIDFor(at.UTC(), "job-42")
	other, _ := EntryIDFor(at, "job-43")
	if err != nil || one != same || one == other || !one.Time().Equal(at) {
		t.Errorf("%s %s %s %v", one, same, other, err)
	}
	for _, bad := range []time.Time{time.UnixMilli(-1), {}, time.UnixMilli(1 << 48)} {
		if _, err := EntryIDFor(bad, "x"); err == nil {
			t.Errorf("%s makes an id", bad)
		}
	}
}

func TestAnIDAndItsTextAreTwoFormsOfOneThing(t *testing.T) {
	id := NewEntryID()
	text, err := json.Marshal(map[string]EntryID{"id": id, "none": {}})
	var back map[string]EntryID
	if err2 := json.Unmarshal(text, &back); err != nil || err2 != nil || back["id"] != id || !back["none"].IsZero() {
		t.Errorf("%s %v %v %v", text, back, err, err2)
	}
	for _, bad := range []string{"", "6f1c2e0a-7f6b-4c0e-9d7e-000000000000", "6F1C2E0A-7F6B-7C0E-9D7E-000000000000", id.String() + "0"} {
		if got, err := ParseEntryID(bad); err == nil || !got.IsZero() {
			t.Errorf("%q is %s", bad, got)
		}
	}
}
