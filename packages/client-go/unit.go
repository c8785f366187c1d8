package outgraph

import (
	"context"
	"sync"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

// A Unit is a unit of work: it collects document writes and graph changes from anywhere, and commits
// them once, in one append. It is safe for any number of goroutines.
type Unit struct {
	client *Client
	id     EntryID

	mu      sync.Mutex
	input   Append
	request *appendv1.AppendRequest // of the first Commit
	err     error
}

// Unit returns an empty unit of work. The id is its idempotency id; the zero EntryID has one made.
func (c *Client) Unit(id EntryID) *Unit {
	if id.IsZero() {
		id = NewEntryID()
	}
	return &Unit{client: c, id: id, input: Append{ID: id}}
}

// ID returns the id under which it commits.
func (u *Unit) ID() EntryID { return u.id }

// Write adds document writes. They are done in the order in which they were added.
func (u *Unit) Write(writes ...Write) {
	u.add(func() { u.input.Writes = append(u.input.Writes, writes...) })
}

// Event adds an event of a type, with what it changes in the graph.
func (u *Unit) Event(eventType string, mutations ...Mutation) {
	u.Add(Event{Type: eventType, Mutations: mutations})
}

// Add adds events. They take effect in the order in which they were added.
func (u *Unit) Add(events ...Event) {
	u.add(func() { u.input.Events = append(u.input.Events, events...) })
}

func (u *Unit) add(change func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.request != nil {
		u.err = &Error{Code: FailedPrecondition, EntryID: u.id, Message: "the unit of work was added to after its commit had begun"}
		return
	}
	change()
}

// Commit is [Client.Append] of all that was collected. What it sends is settled by its first call:
// repeating it after an error repeats the same append, which takes effect once, and adding anything
// in between makes it fail with [ErrFailedPrecondition].
func (u *Unit) Commit(ctx context.Context) (Receipt, error) {
	request, err := u.settle(ctx)
	if err != nil {
		return Receipt{EntryID: u.id}, err
	}
	ctx, cancel := u.client.limited(ctx)
	defer cancel()
	first := newMember(ctx, request)
	u.client.folder.add(first)
	result := Result{Receipt: Receipt{EntryID: u.id}}
	u.client.finish(ctx, first, &result)
	return result.Receipt, result.Err
}

func (u *Unit) settle(ctx context.Context) (*appendv1.AppendRequest, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err != nil || u.request != nil {
		return u.request, u.err
	}
	_, request, err := u.client.request(ctx, u.input)
	if err == nil {
		u.request = request
	}
	return request, err
}
