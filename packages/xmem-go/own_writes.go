package xmem

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
)

// ErrNotYetApplied is what a search fails with when this store's own writes are not in the graph in
// time, or were found impossible to apply: what it would read is not what was written. Nothing is
// lost; the relay's status says what it waits for.
var ErrNotYetApplied = errors.New("xmem: this store's own writes are not in the graph")

// ownMax is how many writes are waited for at most. Who wrote more than that since the last search
// had some of the later ones begun after the earlier had ended, and those are applied in that order.
const ownMax = 1000

// ownWrites are the entries that this store wrote, and that are not yet known to be applied.
type ownWrites struct {
	client *outgraph.Client
	atMost time.Duration

	mu  sync.Mutex
	ids []outgraph.EntryID
}

func (o *ownWrites) wrote(id outgraph.EntryID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.ids) == ownMax {
		o.ids = slices.Delete(o.ids, 0, 1)
	}
	o.ids = append(o.ids, id)
}

// applied waits until all of them are in the graph, and returns the bookmarks under which they are
// seen. What a person has skipped is nothing to wait for.
func (o *ownWrites) applied(ctx context.Context) (bookmarks []string, err error) {
	o.mu.Lock()
	ids := slices.Clone(o.ids)
	o.mu.Unlock()
	if len(ids) == 0 {
		return nil, nil
	}
	waited, err := o.client.WaitApplied(ctx, o.atMost, ids...)
	if err != nil {
		return nil, err
	}
	var missing []error
	settled := make(map[outgraph.EntryID]bool, len(ids))
	for _, entry := range waited.Entries {
		switch entry.State {
		case outgraph.Applied, outgraph.Skipped, outgraph.Absent: // purged: applied long ago
			settled[entry.EntryID] = true
		case outgraph.Parked, outgraph.Blocked:
			missing = append(missing, fmt.Errorf("entry %s is %s: %s", entry.EntryID, entry.State, entry.Reason))
		default:
			missing = append(missing, fmt.Errorf("entry %s is still on its way after %s", entry.EntryID, o.atMost))
		}
	}
	o.forget(settled)
	if len(missing) > 0 {
		return nil, fmt.Errorf("%w (%d of %d): %w", ErrNotYetApplied, len(missing), len(ids), missing[0])
	}
	return waited.Bookmarks, nil
}

func (o *ownWrites) forget(settled map[outgraph.EntryID]bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ids = slices.DeleteFunc(o.ids, func(id outgraph.EntryID) bool { return settled[id] })
}
