package writer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
)

const (
	// pollFirst and pollMost are the pauses between two looks of a wait: it doubles from one to the
	// other. A change stream would read the whole oplog for each waiting process.
	pollFirst = 10 * time.Millisecond
	pollMost  = 500 * time.Millisecond
	// waitIDsMax is the most ids of one wait.
	waitIDsMax = 1000
)

// WaitApplied waits until the entries are in the graph, or decided otherwise: parked, blocked,
// skipped, or absent.
//
// It returns when all are decided, or when the timeout is up; what is not decided then is Pending,
// and what nobody has seen is Absent. It looks every 10 to 500 ms. Up to 1,000 ids.
func (w *Writer) WaitApplied(ctx context.Context, timeout time.Duration, ids ...outgraph.EntryID) (outgraph.Waited, error) {
	if len(ids) > waitIDsMax {
		return outgraph.Waited{}, &outgraph.Error{
			Code: outgraph.InvalidArgument, Message: fmt.Sprintf("%d ids; at most %d are waited for", len(ids), waitIDsMax),
		}
	}
	until := time.Now().Add(timeout)
	for pausing := pollFirst; ; pausing = min(pollMost, 2*pausing) {
		waited, seen, err := w.progress(ctx, ids)
		if timeIsUp(ctx, err) {
			if err == nil {
				err = ctx.Err()
			}
			return waited, failedRead(ctx, err)
		}
		if err != nil && !classify(err).transient {
			return waited, failedRead(ctx, err)
		}
		left := time.Until(until)
		if err == nil && (seen && waited.Decided() || left <= 0) {
			return waited, nil
		}
		if left <= 0 {
			return waited, failedRead(ctx, err)
		}
		if !sleep(ctx, min(left, pausing/2+rand.N(pausing/2))) {
			return waited, failedRead(ctx, ctx.Err())
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
