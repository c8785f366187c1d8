package outgraph

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"
	"go.opentelemetry.io/otel/trace"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	"github.com/outgraph/outgraph-go/internal/tracecontext"
)

// within is a context within a span of this number, with its traceparent.
func within(ctx context.Context, n byte) (context.Context, string) {
	span := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{15: n}, SpanID: trace.SpanID{7: n}, TraceFlags: trace.FlagsSampled,
	})
	return trace.ContextWithSpanContext(ctx, span), fmt.Sprintf("00-%032x-%016x-01", n, n)
}

func TestEachAppendOfASharedCallKeepsItsOwnTraceAndTheCallIsCountedToNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		var mu sync.Mutex
		parents, counted := map[string]string{}, map[string]string{}
		fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			<-gate
			mu.Lock()
			defer mu.Unlock()
			parents[r.GetEntry().GetId()] = r.GetTraceParent()
			counted[r.GetEntry().GetId()] = tracecontext.Parent(ctx)
			return committed(ctx, r)
		}}
		client := inMemory(t, fake, oneCall)
		var ids []string
		var want []string
		var all sync.WaitGroup
		for n := range byte(4) {
			ctx, parent := within(t.Context(), n+1)
			id := NewEntryID()
			input := Append{ID: id, Events: happened}
			if n == 3 {
				parent, input.TraceParent = "given", "given"
			}
			ids, want = append(ids, id.String()), append(want, parent)
			all.Go(func() {
				if _, err := client.Append(ctx, input); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		close(gate)
		all.Wait()

		for i, id := range ids {
			call := ""
			if i == 0 { // it went alone
				call = want[0]
			}
			if parents[id] != want[i] || counted[id] != call {
				t.Errorf("%d: %q, counted to %q", i, parents[id], counted[id])
			}
		}
		if !slices.Equal(fake.calls, []int{1, 3}) {
			t.Errorf("calls of %v appends", fake.calls)
		}
	})
}

func TestAWaitCarriesItsCallersTraceInItsHeader(t *testing.T) {
	server := overHTTP(t, &fakeService{wait: func(context.Context, *appendv1.WaitAppliedRequest) (*appendv1.WaitAppliedResponse, error) {
		return &appendv1.WaitAppliedResponse{}, nil
	}})
	headers := make(chan string, 1)
	note := connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
			headers <- request.Header().Get(http.CanonicalHeaderKey("traceparent"))
			return next(ctx, request)
		}
	})
	client, err := New(Options{URL: server.URL, Source: "test", ClientOptions: []connect.ClientOption{connect.WithInterceptors(note)}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, parent := within(t.Context(), 3)

	_, err = client.WaitApplied(ctx, time.Second)

	if header := <-headers; err != nil || header != parent {
		t.Errorf("%q, %v", header, err)
	}
}

func TestWhatIsTooLargeIsRefusedBeforeItIsSentAndAlone(t *testing.T) {
	fake := &fakeService{answer: committed}
	half := MergeNode{Set: Props{"p": make([]byte, 4<<20)}}
	third := InsertOne{Collection: "c", Document: map[string]any{"p": strings.Repeat("x", 6<<20)}}

	results := inMemory(t, fake).AppendMany(t.Context(),
		Append{Events: happened, Writes: []Write{third, third}},
		Append{Events: []Event{{Type: "a.B", Mutations: []Mutation{half, half}}}},
		Append{Events: happened, Writes: []Write{third, third, third}},
	)

	fields := [][]Violation{nil, nil, nil}
	for i, result := range results {
		if failed, ok := result.Err.(*Error); ok && failed.Code == ResourceExhausted && failed.Attempts == 0 && failed.EntryID == result.EntryID {
			fields[i] = append([]Violation{}, failed.Violations...)
		}
	}
	if results[0].Err != nil || len(fields[1]) != 1 || fields[1][0].Field != "entry" || fields[2] == nil || len(fields[2]) != 0 {
		t.Errorf("%v", results)
	}
	if !slices.Equal(fake.calls, []int{1}) {
		t.Errorf("calls of %v appends", fake.calls)
	}
}
