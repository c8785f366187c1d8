package writer

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/outgraph/outgraph-go/internal/check"
)

func TestThePauseIsFullJitterUnderACapThatDoubles(t *testing.T) {
	for attempt, want := range map[int]time.Duration{1: 5 * time.Millisecond, 2: 10 * time.Millisecond, 7: 320 * time.Millisecond, 8: 500 * time.Millisecond, 99: 500 * time.Millisecond} {
		if got := retryDelay(attempt, 1); got != want {
			t.Errorf("%d: %s, want %s", attempt, got, want)
		}
	}
	if retryDelay(9, 0) != 0 {
		t.Error("the jitter is not full")
	}
}

func TestErrorsAreJudgedByLabelThenCodeAndOthersAreNot(t *testing.T) {
	for name, each := range map[string]struct {
		err  error
		want verdict
	}{
		"a conflict":                {mongo.CommandError{Code: 112, Labels: []string{labelTransient}}, verdict{true, true, true}},
		"an unknown commit":         {mongo.CommandError{Code: 91, Labels: []string{labelUnknownCommit, labelTransient}}, verdict{true, false, false}},
		"too old, without a label":  {mongo.CommandError{Code: 290}, verdict{true, false, false}},
		"a duplicate key":           {mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: 11000}}}, verdict{}},
		"a conflict in a write":     {mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: 112}}}, verdict{true, true, false}},
		"a majority that was late":  {mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, verdict{true, false, false}},
		"the network":               {mongo.CommandError{Labels: []string{"NetworkError"}}, verdict{true, false, false}},
		"the work's own time limit": {context.DeadlineExceeded, verdict{}},
		"an error of the work":      {errors.New("mine"), verdict{}},
		"nothing":                   {nil, verdict{}},
	} {
		if got := classify(each.err); got != each.want {
			t.Errorf("%s: %+v, want %+v", name, got, each.want)
		}
	}
}

// The services' tables, as the repository's own test run gives them.
func TestTheTablesAreThoseOfTheServices(t *testing.T) {
	given := os.Getenv("OUTGRAPH_TABLES")
	if given == "" {
		t.Skip("needs OUTGRAPH_TABLES")
	}
	var tables struct {
		Transient map[int]bool
		Supported []string
	}
	if err := json.Unmarshal([]byte(given), &tables); err != nil {
		t.Fatal(err)
	}
	for code := range max(len(tables.Transient), 20_000) {
		want, wanted := tables.Transient[code]
		if got, known := transientCodes[code]; known != wanted || got != want {
			t.Errorf("code %d: transient %t, conflict %t; the services say %t, %t", code, known, got, wanted, want)
		}
	}
	if len(tables.Supported) != len(check.Supported) {
		t.Errorf("the relay applies %v, and %v may be written", tables.Supported, check.Supported)
	}
	for _, kind := range tables.Supported {
		found := false
		for name := range check.Supported {
			found = found || string(name) == kind
		}
		if !found {
			t.Errorf("the relay applies %s", kind)
		}
	}
}
