package outgraph

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	"github.com/outgraph/outgraph-go/gen/outgraph/append/v1/appendv1connect"
)

const (
	// appendsMax is how many appends one AppendMany takes.
	appendsMax = 1000
	// requestBytesMax is how large a request may be: 16 MiB.
	requestBytesMax = 16 << 20
	// entryBytesMax is how large an entry may be: 8 MiB.
	entryBytesMax = 8 << 20
	// framingBytes is what an append costs in an AppendMany beyond its own size, at most.
	framingBytes = 8
)

// A folder sends appends, and folds those that come in while its calls are under way into the next
// call: nothing waits for company, and the busier a process is the larger its calls become.
//
// Each append keeps its own result and error: when a shared call is refused as a whole, its halves
// are sent apart, so that one bad append fails alone.
type folder struct {
	service  appendv1connect.OutboxServiceClient
	callsMax int
	timeout  time.Duration   // of one call
	closed   context.Context // ends with the client

	mu    sync.Mutex
	queue []*member
	calls int // under way
	idle  sync.WaitGroup
}

// A member is one attempt of one append.
type member struct {
	ctx     context.Context
	request *appendv1.AppendRequest
	bytes   int
	outcome chan outcome // takes exactly one
}

type outcome struct {
	response *appendv1.AppendResponse
	err      error
}

func newMember(ctx context.Context, request *appendv1.AppendRequest) *member {
	return &member{ctx, request, proto.Size(request), make(chan outcome, 1)}
}

// add sends the appends, together if there is room; their outcomes come by their channels.
func (f *folder) add(members ...*member) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Err() != nil || len(members) == 0 {
		return // with the client, every context has ended
	}
	f.queue = append(f.queue, members...)
	if f.calls < f.callsMax {
		f.calls++
		f.idle.Go(f.run)
	}
}

// end forgets what waits, and returns when no call is under way any more. The folder must be closed.
func (f *folder) end() {
	f.mu.Lock()
	f.queue = nil
	f.mu.Unlock()
	f.idle.Wait()
}

// wait returns the outcome of a member, or the end of its context: what was sent then goes on
// unwatched, and what was not is dropped.
func (m *member) wait() (*appendv1.AppendResponse, error) {
	select {
	case o := <-m.outcome:
		return o.response, o.err
	case <-m.ctx.Done():
	}
	select {
	case o := <-m.outcome: // what is known is said
		return o.response, o.err
	default:
		return nil, m.ctx.Err()
	}
}

// run makes one call after the other until the queue is empty.
func (f *folder) run() {
	for {
		batch := f.next()
		if batch == nil {
			return
		}
		f.send(batch)
	}
}

// next takes from the queue what fits into one call; nil, and one call fewer, when it is empty.
func (f *folder) next() []*member {
	f.mu.Lock()
	defer f.mu.Unlock()
	var batch []*member
	bytes, taken := 0, 0
	for _, m := range f.queue {
		if m.ctx.Err() == nil {
			if len(batch) == appendsMax || len(batch) > 0 && bytes+m.bytes+framingBytes > requestBytesMax {
				break
			}
			batch = append(batch, m)
			bytes += m.bytes + framingBytes
		}
		taken++
	}
	clear(f.queue[:taken]) // so that what was sent can be freed
	f.queue = f.queue[taken:]
	if len(batch) == 0 {
		f.queue = nil
		f.calls--
	}
	return batch
}

func (f *folder) send(batch []*member) {
	if len(batch) == 1 {
		f.sendAlone(batch[0])
		return
	}
	ctx, cancel := f.callContext(batch)
	defer cancel()
	request := &appendv1.AppendManyRequest{Appends: make([]*appendv1.AppendRequest, len(batch))}
	for i, m := range batch {
		request.Appends[i] = m.request
	}
	response, err := f.service.AppendMany(ctx, connect.NewRequest(request))
	if err != nil {
		f.sharedFailure(batch, err)
		return
	}
	results := response.Msg.GetResults()
	for i, m := range batch {
		if len(results) != len(batch) {
			m.outcome <- outcome{nil, &Error{
				Code:    Internal,
				Message: fmt.Sprintf("the service gave %d results for %d appends", len(results), len(batch)),
			}}
			continue
		}
		m.outcome <- outcomeOf(results[i])
	}
}

// sendAlone lets the caller's context through, with what it carries for interceptors.
func (f *folder) sendAlone(m *member) {
	ctx, cancel := context.WithTimeout(m.ctx, f.timeout)
	defer cancel()
	defer context.AfterFunc(f.closed, cancel)()
	response, err := f.service.Append(ctx, connect.NewRequest(m.request))
	if err != nil {
		m.outcome <- outcome{nil, err}
		return
	}
	m.outcome <- outcome{response.Msg, nil}
}

// sharedFailure deals with a call that failed as a whole. What may pass, each member repeats by
// itself. What is refused for good may be one member's fault, so the halves are sent apart.
func (f *folder) sharedFailure(batch []*member, err error) {
	failed, repeat := refused(err)
	if repeat || failed.Code == Unauthenticated || failed.Code == Cancelled {
		for _, m := range batch {
			m.outcome <- outcome{nil, err}
		}
		return
	}
	half := len(batch) / 2
	f.send(batch[:half])
	f.send(batch[half:])
}

// callContext ends when the client closes, when the call's time is up, or when nobody waits for it
// any more.
func (f *folder) callContext(batch []*member) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(f.closed, f.timeout)
	waiting := int32(len(batch))
	var mu sync.Mutex
	stops := make([]func() bool, len(batch))
	for i, m := range batch {
		stops[i] = context.AfterFunc(m.ctx, func() {
			mu.Lock()
			defer mu.Unlock()
			if waiting--; waiting == 0 {
				cancel()
			}
		})
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}

func outcomeOf(result *appendv1.AppendResult) outcome {
	switch o := result.GetOutcome().(type) {
	case *appendv1.AppendResult_Response:
		return outcome{o.Response, nil}
	case *appendv1.AppendResult_Error:
		return outcome{nil, wireError(o.Error)}
	}
	return outcome{nil, &Error{Code: Internal, Message: "the service gave neither a response nor an error"}}
}

// wireError is the error that a call of its own would have returned.
func wireError(s *status.Status) error {
	err := connect.NewWireError(connect.Code(s.GetCode()), errors.New(s.GetMessage()))
	for _, detail := range s.GetDetails() {
		if d, err2 := connect.NewErrorDetail(detail); err2 == nil {
			err.AddDetail(d)
		}
	}
	return err
}
