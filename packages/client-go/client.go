package outgraph

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"connectrpc.com/connect"
	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	"github.com/outgraph/outgraph-go/gen/outgraph/append/v1/appendv1connect"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	"github.com/outgraph/outgraph-go/internal/tracecontext"
)

// An Append is documents and events for one transaction.
type Append struct {
	// ID is the idempotency id. Give one (NewEntryID, EntryIDFor) to make a repeat by another process
	// harmless too; the client makes one otherwise, and keeps it for its own repeats.
	ID EntryID
	// Events are what happened, in order; 1 to 10,000.
	Events []Event
	// Writes are document writes, done in order, before the entry is written.
	Writes []Write
	// Partition is what order is kept by once a graph is fed by many lanes; at most 256 bytes.
	Partition string
	// TraceParent is the W3C traceparent of what caused it, kept with the entry. Default that of the
	// OpenTelemetry span of the call's context.
	TraceParent string
}

// A Result is what became of one of many appends.
type Result struct {
	Receipt
	// Err is nil when it is committed, or what an append of its own would have returned.
	Err error
}

// A Client calls the append service. It is safe for any number of goroutines.
type Client struct {
	options Options
	service appendv1connect.OutboxServiceClient
	folder  *folder
	closed  context.Context
	close   func()
}

// New returns a client; it connects at the first call. It fails when options are out of range, and
// names each of them.
func New(options Options) (*Client, error) {
	o, err := options.checked()
	if err != nil {
		return nil, err
	}
	service, closeIdle := dial(o)
	return newClient(o, service, closeIdle), nil
}

func newClient(o Options, service appendv1connect.OutboxServiceClient, closeIdle func()) *Client {
	closed, cancel := context.WithCancelCause(context.Background())
	f := &folder{service: service, callsMax: o.CallsMax, timeout: o.AttemptTimeout, closed: closed}
	return &Client{o, service, f, closed, sync.OnceFunc(func() {
		cancel(errClosed)
		f.end()
		closeIdle()
	})}
}

// Close ends the calls under way with [ErrCancelled] and closes the connections. A closed client
// takes no more calls.
func (c *Client) Close() error {
	c.close()
	return nil
}

// Append writes documents and one entry in one MongoDB transaction.
//
// When it returns without an error, both are committed by a majority; the graph follows
// (WaitApplied). While the service or MongoDB is away, transactions conflict, or the backlog is at
// its cap, it repeats with the same id until the time of ctx is up. A repeat never writes twice.
//
// Every error is an [*Error] and names the entry id to repeat with. When ctx ends first, that is
// [ErrDeadlineExceeded] or [ErrCancelled], the outcome is unknown, and errors.Is finds the error of
// the context too.
func (c *Client) Append(ctx context.Context, input Append) (Receipt, error) {
	results := c.AppendMany(ctx, input)
	return results[0].Receipt, results[0].Err
}

// AppendMany runs independent appends, each with its own id and its own result, in as few calls as
// they fit into. One that fails changes nothing for the others. They have no order among each other.
func (c *Client) AppendMany(ctx context.Context, inputs ...Append) []Result {
	ctx, cancel := c.limited(ctx)
	defer cancel()
	results := make([]Result, len(inputs))
	firsts := make([]*member, 0, len(inputs))
	for i, input := range inputs {
		id, request, err := c.request(ctx, input)
		results[i] = Result{Receipt{EntryID: id}, err}
		if err == nil {
			firsts = append(firsts, newMember(ctx, request))
		}
	}
	c.folder.add(firsts...)
	var all sync.WaitGroup
	for i := range results {
		if results[i].Err != nil {
			continue
		}
		first := firsts[0]
		firsts = firsts[1:]
		all.Go(func() { c.finish(ctx, first, &results[i]) })
	}
	all.Wait()
	return results
}

// finish waits for the first attempt of an append, and repeats it where that helps.
func (c *Client) finish(ctx context.Context, first *member, result *Result) {
	attempt := first
	receipt, err := withRetries(ctx, c.options, result.EntryID, func(context.Context) (Receipt, error) {
		if attempt == nil {
			attempt = newMember(ctx, first.request)
			c.folder.add(attempt)
		}
		response, err := attempt.wait()
		attempt = nil
		if err != nil {
			return Receipt{}, err
		}
		return receiptOf(response)
	})
	if err != nil {
		result.Err = err
		return
	}
	result.Receipt = receipt
}

func (c *Client) request(ctx context.Context, input Append) (EntryID, *appendv1.AppendRequest, error) {
	id := input.ID
	if id.IsZero() {
		id = NewEntryID()
	}
	e := new(encoder)
	request := &appendv1.AppendRequest{
		Entry: &entryv1.Entry{
			Id:        id.String(),
			Source:    c.options.Source,
			Partition: e.name("entry.partition", input.Partition),
			Events:    e.events("entry.events", input.Events),
		},
		Writes:      e.writes("writes", input.Writes),
		TraceParent: e.name("trace_parent", cmp.Or(input.TraceParent, tracecontext.Parent(ctx))),
	}
	err := e.err()
	if err == nil {
		err = tooLarge(request)
	}
	if err != nil {
		err.(*Error).EntryID = id
		return id, nil, err
	}
	return id, request, nil
}

// tooLarge refuses what the service would refuse, in the order in which it looks and with the fields
// that it names; nil for what it takes.
func tooLarge(request *appendv1.AppendRequest) error {
	if size := proto.Size(request); size > requestBytesMax {
		return &Error{Code: ResourceExhausted, Message: fmt.Sprintf("the request has %d bytes; at most %d are taken", size, requestBytesMax)}
	}
	if size := proto.Size(request.GetEntry()); size > entryBytesMax {
		text := fmt.Sprintf("the entry has %d bytes; at most %d are taken", size, entryBytesMax)
		return &Error{Code: ResourceExhausted, Message: text, Violations: []Violation{{"entry", text}}}
	}
	return nil
}

// limited gives the context the client's end, and its time limit unless it has one.
func (c *Client) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return c.untilClosed(ctx)
	}
	ctx, cancelTime := context.WithTimeout(ctx, c.options.Timeout)
	ctx, cancel := c.untilClosed(ctx)
	return ctx, func() { cancel(); cancelTime() }
}

func (c *Client) untilClosed(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.closed, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil) }
}

// GetEntry returns an entry and how far it has come, or [ErrNotFound].
func (c *Client) GetEntry(ctx context.Context, id EntryID) (StoredEntry, error) {
	ctx, cancel := c.limited(ctx)
	defer cancel()
	response, err := withRetries(ctx, c.options, EntryID{}, func(ctx context.Context) (*appendv1.GetEntryResponse, error) {
		return unary(ctx, c.options.AttemptTimeout, &appendv1.GetEntryRequest{Id: id.String()}, c.service.GetEntry)
	})
	if err != nil {
		return StoredEntry{}, err
	}
	return StoredEntry{
		Entry:     response.GetEntry(),
		State:     stateName(response.GetState()),
		At:        bson.Timestamp{T: response.GetAt().GetSeconds(), I: response.GetAt().GetIncrement()},
		Documents: DocumentResults(response.GetReceipt()),
		Reason:    response.GetReason(),
	}, nil
}

// waitPieceMax is the longest single wait: longer ones are asked for piece by piece, so that a dead
// connection is noticed.
const waitPieceMax = 30 * time.Second

// WaitApplied waits until the entries are in the graph, or decided otherwise: parked, blocked,
// skipped, or absent.
//
// It returns when all are decided, or when the timeout is up; what is not decided then is Pending.
// The service's being away counts against the timeout, and is an error only when it lasts. Up to
// 1,000 ids.
func (c *Client) WaitApplied(ctx context.Context, timeout time.Duration, ids ...EntryID) (Waited, error) {
	request := &appendv1.WaitAppliedRequest{}
	for _, id := range ids {
		request.Ids = append(request.Ids, id.String())
	}
	until := time.Now().Add(timeout)
	for {
		piece := min(waitPieceMax, max(0, time.Until(until)))
		request.Timeout = durationpb.New(piece)
		waited, err := c.waitOnce(ctx, request, ids, piece+c.options.AttemptTimeout)
		if err != nil || waited.Decided() || !time.Now().Before(until) {
			return waited, err
		}
	}
}

func (c *Client) waitOnce(
	ctx context.Context, request *appendv1.WaitAppliedRequest, ids []EntryID, limit time.Duration,
) (Waited, error) {
	ctx, cancelTime := context.WithTimeout(ctx, limit)
	defer cancelTime()
	ctx, cancel := c.untilClosed(ctx)
	defer cancel()
	return withRetries(ctx, c.options, EntryID{}, func(ctx context.Context) (Waited, error) {
		response, err := unary(ctx, limit, request, c.service.WaitApplied)
		if err != nil {
			return Waited{}, err
		}
		return waitedOf(ids, response)
	})
}

func unary[Q, A any](
	ctx context.Context, limit time.Duration, request *Q,
	call func(context.Context, *connect.Request[Q]) (*connect.Response[A], error),
) (*A, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	framed := connect.NewRequest(request)
	if parent := tracecontext.Parent(ctx); parent != "" {
		framed.Header().Set("Traceparent", parent)
	}
	response, err := call(ctx, framed)
	if err != nil {
		return nil, err
	}
	return response.Msg, nil
}
