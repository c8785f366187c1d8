package writer

import (
	"cmp"
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
	"github.com/outgraph/outgraph-go/internal/check"
	"github.com/outgraph/outgraph-go/internal/tracecontext"
)

// entryBytesMax is how large an encoded entry may be: 8 MiB. MongoDB takes documents of 16 MiB.
const entryBytesMax = 8 << 20

// An Entry is what one transaction tells the graph.
type Entry struct {
	// ID is the idempotency id, such as EntryIDFor(job.CreatedAt, job.Name). Without one, a repeat
	// cannot be told from a new append.
	ID outgraph.EntryID
	// Events are what happened, in order; 1 to 10,000.
	Events []outgraph.Event
	// Partition is what order is kept by once a graph is fed by many lanes. Default the writer's.
	Partition string
	// Trace is the W3C traceparent to keep with the entry. Default that of the OpenTelemetry span of
	// the call's context.
	Trace string
}

// A prepared entry is ready to be inserted: checked, with its id, encoded and digested.
type prepared struct {
	id     outgraph.EntryID
	entry  *entryv1.Entry
	bytes  []byte
	digest [32]byte
	trace  string
}

// prepare refuses what the contract forbids, mutations that this version's relay does not apply, and
// what is too large; it makes an id where none is given.
func (w *Writer) prepare(ctx context.Context, entry Entry) (prepared, error) {
	p := prepared{id: entry.ID, trace: cmp.Or(entry.Trace, tracecontext.Parent(ctx))}
	if p.id.IsZero() {
		p.id = outgraph.NewEntryID()
	}
	events, err := outgraph.ToEvents(entry.Events)
	if err != nil {
		return p, err
	}
	partition := entry.Partition
	if partition == "" {
		partition = w.options.Partition
	}
	p.entry = &entryv1.Entry{Id: p.id.String(), Source: w.options.Source, Partition: partition, Events: events}
	if found := check.Unsupported(p.entry); len(found) > 0 {
		return p, invalid(outgraph.Unimplemented, entry.ID, "the entry cannot be applied", found)
	}
	found, err := check.Violations(p.entry)
	if err != nil {
		return p, &outgraph.Error{Code: outgraph.Internal, Message: "the rules cannot be evaluated", Cause: err}
	}
	if len(found) > 0 {
		return p, invalid(outgraph.InvalidArgument, entry.ID, "the entry is invalid", found)
	}
	if p.bytes, err = proto.Marshal(p.entry); err != nil {
		return p, &outgraph.Error{Code: outgraph.InvalidArgument, Message: "the entry cannot be encoded", EntryID: entry.ID, Cause: err}
	}
	if len(p.bytes) > entryBytesMax {
		return p, &outgraph.Error{
			Code:    outgraph.ResourceExhausted,
			Message: fmt.Sprintf("the entry has %d bytes; at most %d are taken", len(p.bytes), entryBytesMax),
			EntryID: entry.ID,
		}
	}
	p.digest = canonical.Digest(events, nil)
	return p, nil
}
