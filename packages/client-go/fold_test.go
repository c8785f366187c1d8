package outgraph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"google.golang.org/protobuf/proto"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

func oneCall(o *Options) { o.CallsMax = 1 }

func TestWhatComesInWhileACallIsUnderWayGoesTogetherInTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			<-gate
			return committed(ctx, r)
		}}
		client := inMemory(t, fake, oneCall)
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				id := NewEntryID()
				receipt, err := client.Append(t.Context(), Append{ID: id, Events: happened})
				if err != nil || receipt.EntryID != id {
					t.Errorf("%v %v", receipt, err)
				}
			})
			synctest.Wait() // it is sent, or waits for the call that is
		}

		close(gate)
		all.Wait()

		if !slices.Equal(fake.calls, []int{1, 4}) {
			t.Errorf("calls of %v appends", fake.calls)
		}
	})
}

func TestALoneAppendWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := inMemory(t, &fakeService{answer: committed})
		start := time.Now()

		if _, err := client.Append(t.Context(), Append{Events: happened}); err != nil {
			t.Error(err)
		}

		if waited := time.Since(start); waited != 0 {
			t.Errorf("it took %s", waited)
		}
	})
}

func TestASlowCallDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := NewEntryID()
		fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			if r.GetEntry().GetId() == slow.String() {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return committed(ctx, r)
		}}
		client := inMemory(t, fake)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = client.Append(ctx, Append{ID: slow, Events: happened}) }()
		synctest.Wait()

		_, err := client.Append(t.Context(), Append{Events: happened})

		if err != nil {
			t.Error(err)
		}
		cancel()
	})
}

func TestEachAppendOfACallHasItsOwnResultAndError(t *testing.T) {
	var inputs []Append
	want := map[EntryID]error{}
	answers := map[string]error{}
	for i, code := range []connect.Code{0, connect.CodeAlreadyExists, 0, connect.CodeFailedPrecondition, connect.CodeInvalidArgument} {
		id := NewEntryID()
		inputs = append(inputs, Append{ID: id, Events: happened})
		if code != 0 {
			want[id] = sentinelOf[codeOf[code]]
			field := &errdetails.BadRequest_FieldViolation{Field: fmt.Sprintf("writes[%d]", i), Description: "no"}
			answers[id.String()] = said(code, &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{field}})
		}
	}
	fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
		if err := answers[r.GetEntry().GetId()]; err != nil {
			return nil, err
		}
		return committed(ctx, r)
	}}

	results := inMemory(t, fake).AppendMany(t.Context(), inputs...)

	for i, result := range results {
		if result.EntryID != inputs[i].ID || !errors.Is(result.Err, want[inputs[i].ID]) {
			t.Errorf("%d: %v", i, result)
		}
		var failed *Error
		if errors.As(result.Err, &failed) && (len(failed.Violations) != 1 ||
			failed.Violations[0] != Violation{fmt.Sprintf("writes[%d]", i), "no"} || failed.EntryID != result.EntryID) {
			t.Errorf("%d: %#v", i, failed)
		}
	}
	if !slices.Equal(fake.calls, []int{5}) {
		t.Errorf("calls of %v appends", fake.calls)
	}
}

func TestOneBadAppendNeverFailsItsNeighboursEvenWhenTheCallIsRefusedAsAWhole(t *testing.T) {
	bad := NewEntryID()
	isBad := func(r *appendv1.AppendRequest) bool { return r.GetEntry().GetId() == bad.String() }
	refuse := said(connect.CodePermissionDenied)
	fake := &fakeService{
		answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			if isBad(r) {
				return nil, refuse
			}
			return committed(ctx, r)
		},
		refuseCall: func(r *appendv1.AppendManyRequest) error {
			if slices.ContainsFunc(r.GetAppends(), isBad) {
				return refuse
			}
			return nil
		},
	}
	inputs := make([]Append, 100)
	for i := range inputs {
		inputs[i] = Append{ID: NewEntryID(), Events: happened}
	}
	inputs[37].ID = bad

	for i, result := range inMemory(t, fake).AppendMany(t.Context(), inputs...) {
		if isBad := i == 37; errors.Is(result.Err, ErrPermissionDenied) != isBad || (result.Err == nil) == isBad {
			t.Errorf("%d: %v", i, result.Err)
		}
	}
	if len(fake.calls) > 2*8 {
		t.Errorf("%d calls for one bad append", len(fake.calls))
	}
}

func TestACallHoldsAtMostAThousandAppendsAndSixteenMebibytes(t *testing.T) {
	var most, mostBytes int
	var mu sync.Mutex
	fake := &fakeService{answer: committed, refuseCall: func(r *appendv1.AppendManyRequest) error {
		mu.Lock()
		defer mu.Unlock()
		most, mostBytes = max(most, len(r.GetAppends())), max(mostBytes, proto.Size(r))
		return nil
	}}
	client := inMemory(t, fake)
	large := Props{"p": make([]byte, 3<<20)}
	var inputs []Append
	for range 2500 {
		inputs = append(inputs, Append{Events: happened})
	}
	for range 12 {
		inputs = append(inputs, Append{Events: []Event{{Type: "a", Mutations: []Mutation{MergeNode{Set: large}}}}})
	}

	for i, result := range client.AppendMany(t.Context(), inputs...) {
		if result.Err != nil {
			t.Fatalf("%d: %v", i, result.Err)
		}
	}

	if most != appendsMax || mostBytes > requestBytesMax || mostBytes < 15<<20 {
		t.Errorf("at most %d appends, %d bytes", most, mostBytes)
	}
}

func TestACallThatNobodyWaitsForIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan struct{}, 2)
		fake := &fakeService{answer: func(ctx context.Context, _ *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			<-ctx.Done()
			gone <- struct{}{}
			return nil, ctx.Err()
		}}
		start := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		fake.refuseCall = func(*appendv1.AppendManyRequest) error {
			cancel()
			return nil
		}

		results := inMemory(t, fake).AppendMany(ctx, Append{Events: happened}, Append{Events: happened})

		for _, result := range results {
			if !errors.Is(result.Err, ErrCancelled) || !errors.Is(result.Err, context.Canceled) {
				t.Errorf("%v", result.Err)
			}
		}
		<-gone
		if took := time.Since(start); took != 0 {
			t.Errorf("it ended after %s", took)
		}
	})
}
