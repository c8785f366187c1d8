package outgraph

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

// failing answers with these errors, one after the other, and then succeeds.
func failing(errs ...error) (*fakeService, *[]*appendv1.AppendRequest) {
	var seen []*appendv1.AppendRequest
	return &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
		seen = append(seen, proto.CloneOf(r))
		if len(seen) <= len(errs) {
			return nil, errs[len(seen)-1]
		}
		return committed(ctx, r)
	}}, &seen
}

func TestARepeatGoesWithTheSameIDAndTheSameContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, seen := failing(said(connect.CodeUnavailable), said(connect.CodeAborted), backlogFull(time.Second))

		receipt, err := inMemory(t, fake).Append(t.Context(), Append{Events: happened})

		if err != nil || len(*seen) != 4 {
			t.Fatalf("%v after %d attempts", err, len(*seen))
		}
		for _, request := range *seen {
			if !proto.Equal(request, (*seen)[0]) || request.GetEntry().GetId() != receipt.EntryID.String() {
				t.Errorf("%v, first %v", request, (*seen)[0])
			}
		}
		if source := (*seen)[0].GetEntry().GetSource(); source != "test" {
			t.Errorf("source %q", source)
		}
	})
}

func TestTheDelayTheServiceAsksForIsWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, _ := failing(backlogFull(7 * time.Second))
		start := time.Now()

		_, err := inMemory(t, fake).Append(t.Context(), Append{Events: happened})

		if waited := time.Since(start); err != nil || waited < 7*time.Second || waited > 8*time.Second {
			t.Errorf("%v after %s", err, waited)
		}
	})
}

func TestTheBoundOfThePauseDoublesUpToItsMost(t *testing.T) {
	o, _ := Options{URL: "http://x", Source: "s"}.checked()
	for attempts, want := range map[int]time.Duration{
		1: 50 * time.Millisecond, 2: 100 * time.Millisecond, 7: 3200 * time.Millisecond, 8: 5 * time.Second, 1000: 5 * time.Second,
	} {
		if got := retryDelay(0, attempts, o, 1); got != want {
			t.Errorf("%d: %s, want %s", attempts, got, want)
		}
	}
	if retryDelay(0, 5, o, 0) != 0 || retryDelay(time.Second, 5, o, 0) != time.Second {
		t.Error("the jitter is not full")
	}
}

func TestEachCodeHasItsSentinelAndIsRepeatedOnlyWhereThatHelps(t *testing.T) {
	for _, each := range []struct {
		err    error
		want   error
		repeat bool
	}{
		{said(connect.CodeInvalidArgument), ErrInvalidArgument, false},
		{said(connect.CodeAlreadyExists), ErrAlreadyExists, false},
		{said(connect.CodeFailedPrecondition), ErrFailedPrecondition, false},
		{said(connect.CodeAborted), ErrAborted, true},
		{said(connect.CodeResourceExhausted), ErrResourceExhausted, false},
		{backlogFull(time.Second), ErrResourceExhausted, true},
		{said(connect.CodeUnavailable), ErrUnavailable, true},
		{said(connect.CodeDeadlineExceeded), ErrDeadlineExceeded, true},
		{said(connect.CodeCanceled), ErrCancelled, false},
		{said(connect.CodeNotFound), ErrNotFound, false},
		{said(connect.CodeUnimplemented), ErrUnimplemented, false},
		{said(connect.CodeUnauthenticated), ErrUnauthenticated, false},
		{said(connect.CodePermissionDenied), ErrPermissionDenied, false},
		{said(connect.CodeInternal), ErrInternal, false},
		{said(connect.CodeUnknown), ErrInternal, false},
		{said(connect.CodeDataLoss), ErrInternal, false},
		{said(connect.CodeOutOfRange), ErrInternal, false},
		// Not said by the service: the connection broke, or the attempt's time was up.
		{connect.NewError(connect.CodeUnknown, errors.New("unexpected EOF")), ErrUnavailable, true},
		{connect.NewError(connect.CodeInternal, errors.New("no trailers")), ErrUnavailable, true},
		{connect.NewError(connect.CodeDeadlineExceeded, context.DeadlineExceeded), ErrDeadlineExceeded, true},
		{connect.NewError(connect.CodeUnimplemented, errors.New("HTTP status 404")), ErrUnimplemented, false},
		{connect.NewError(connect.CodeInvalidArgument, proto.Error), ErrInternal, false},
	} {
		failed, repeat := refused(each.err)
		if !errors.Is(failed, each.want) || repeat != each.repeat {
			t.Errorf("%v: %v, repeat %t", each.err, failed, repeat)
		}
		for _, sentinel := range sentinelOf {
			if sentinel != each.want && errors.Is(failed, sentinel) {
				t.Errorf("%v is %v too", each.err, sentinel)
			}
		}
	}
}

func TestWhatCannotSucceedIsNotRepeated(t *testing.T) {
	fake, seen := failing(said(connect.CodeFailedPrecondition))

	_, err := inMemory(t, fake).Append(t.Context(), Append{Events: happened})

	var failed *Error
	if !errors.As(err, &failed) || failed.Attempts != 1 || len(*seen) != 1 || failed.EntryID.String() != (*seen)[0].GetEntry().GetId() {
		t.Errorf("%#v after %d attempts", err, len(*seen))
	}
}

func TestNothingWrittenIsNotSaidOfACallThatHasAnAttemptWithoutAnAnswer(t *testing.T) {
	for _, each := range []struct {
		first, want error
	}{
		{said(connect.CodeAborted), ErrAborted},
		{connect.NewError(connect.CodeUnknown, errors.New("unexpected EOF")), ErrDeadlineExceeded},
		{connect.NewError(connect.CodeDeadlineExceeded, context.DeadlineExceeded), ErrDeadlineExceeded},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			fake := &fakeService{answer: func(context.Context, *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
				tries++
				if tries == 1 {
					return nil, each.first
				}
				return nil, said(connect.CodeAborted)
			}}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()

			_, err := inMemory(t, fake).Append(ctx, Append{Events: happened})

			var failed *Error
			if !errors.As(err, &failed) || failed.Code.String() != each.want.Error()[len("outgraph: "):] || failed.EntryID.IsZero() {
				t.Errorf("%v, then conflicts: %v, want %v", each.first, err, each.want)
			}
		})
	}
}

func TestWhenTheTimeIsUpTheLastErrorIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeService{answer: func(context.Context, *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			return nil, said(connect.CodeAborted)
		}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()

		_, err := inMemory(t, fake).Append(ctx, Append{Events: happened})

		var failed *Error
		if !errors.As(err, &failed) || !errors.Is(err, ErrAborted) || failed.Attempts < 10 {
			t.Errorf("%#v", err)
		}
	})
}

func TestAWaitThatDoesNotFitIntoTheTimeLeftIsNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, _ := failing(backlogFull(time.Hour))
		start := time.Now()

		_, err := inMemory(t, fake).Append(t.Context(), Append{Events: happened})

		var failed *Error
		if !errors.As(err, &failed) || !errors.Is(err, ErrResourceExhausted) || failed.RetryAfter != time.Hour || time.Since(start) != 0 {
			t.Errorf("%#v after %s", err, time.Since(start))
		}
	})
}

func TestALostReplyCostsOneAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := 1
		fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			if lost--; lost >= 0 {
				<-ctx.Done()
				return nil, connect.NewError(connect.CodeDeadlineExceeded, ctx.Err())
			}
			return committed(ctx, r)
		}}
		start := time.Now()

		_, err := inMemory(t, fake).Append(t.Context(), Append{Events: happened})

		if took := time.Since(start); err != nil || took < 10*time.Second || took > 11*time.Second {
			t.Errorf("%v after %s", err, took)
		}
	})
}

func TestTheEndOfTheContextIsAnUnknownOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := func(ctx context.Context, _ *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			<-ctx.Done()
			return nil, connect.NewError(connect.CodeCanceled, ctx.Err())
		}
		client := inMemory(t, &fakeService{answer: never})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		id := NewEntryID()

		_, late := client.Append(ctx, Append{ID: id, Events: happened})
		enough := errors.New("enough")
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { stop(enough) })
		_, stopped := client.Append(ctx, Append{Events: happened})

		var failed *Error
		if !errors.Is(late, ErrDeadlineExceeded) || !errors.Is(late, context.DeadlineExceeded) || !errors.As(late, &failed) || failed.EntryID != id {
			t.Errorf("%v", late)
		}
		if !errors.Is(stopped, ErrCancelled) || !errors.Is(stopped, context.Canceled) || !errors.Is(stopped, enough) {
			t.Errorf("%v", stopped)
		}
	})
}

func TestWithoutADeadlineTheClientsOwnTimeoutHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeService{answer: func(context.Context, *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
			return nil, said(connect.CodeUnavailable)
		}}
		start := time.Now()

		_, err := inMemory(t, fake, func(o *Options) { o.Timeout = 5 * time.Second }).Append(t.Context(), Append{Events: happened})

		if took := time.Since(start); !errors.Is(err, ErrUnavailable) || took > 5*time.Second {
			t.Errorf("%v after %s", err, took)
		}
	})
}

func TestAServiceThatIsAwayIsUnavailable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	_ = listener.Close()
	for _, protocol := range []Protocol{ProtocolConnect, ProtocolConnectH2, ProtocolGRPC, ProtocolGRPCWeb} {
		client, err := New(Options{
			URL: url, Source: "test", Protocol: protocol,
			Timeout: 5 * time.Second, RetryDelayMin: time.Minute, RetryDelayMax: 5 * time.Minute,
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Append(t.Context(), Append{Events: happened})
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", protocol, err)
		}
		_ = client.Close()
	}
}

func TestAReplyThatBreaksOffIsRepeated(t *testing.T) {
	for _, protocol := range []Protocol{ProtocolConnect, ProtocolConnectH2, ProtocolGRPC, ProtocolGRPCWeb} {
		t.Run(string(protocol), func(t *testing.T) {
			broken := 2
			fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
				if broken--; broken >= 0 {
					panic(http.ErrAbortHandler)
				}
				return committed(ctx, r)
			}}
			server := overHTTP(t, fake)
			client, err := New(Options{URL: server.URL, Source: "test", Protocol: protocol})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()

			_, err = client.Append(t.Context(), Append{Events: happened})

			if err != nil || len(fake.calls) != 3 {
				t.Errorf("%v after %d calls", err, len(fake.calls))
			}
		})
	}
}
