package outgraph

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// retryDelay is how long to wait before the attempt after this many (1, 2, …): full jitter, anything
// between zero and a bound that doubles with each attempt, so that callers that failed together do
// not come back together. What the service asks for is waited at least.
//
// random is from 0 to below 1.
func retryDelay(asked time.Duration, attempts int, o Options, random float64) time.Duration {
	bound := min(o.RetryDelayMax, o.RetryDelayMin<<min(attempts-1, 20))
	return asked + time.Duration(random*float64(bound))
}

// withRetries calls attempt until it succeeds, fails for good, or the time of ctx is up. It returns
// the error of the last attempt, unless ctx ended while that was under way. Where that says that
// nothing was written, since other transactions were in the way, and an attempt before it ended
// without an answer, it is DeadlineExceeded instead: the transaction in the way may be that attempt's
// own, and may yet commit.
func withRetries[T any](ctx context.Context, o Options, id EntryID, attempt func(context.Context) (T, error)) (T, error) {
	undecided := false
	for attempts := 1; ; attempts++ {
		result, err := attempt(ctx)
		if err == nil {
			return result, nil
		}
		failed, repeat := asError(err)
		failed.EntryID, failed.Attempts = id, attempts
		if ctx.Err() != nil && (repeat || failed.Code == Cancelled) { // whoever noticed it first
			return result, ended(ctx, id, attempts)
		}
		if !repeat {
			return result, failed
		}
		wait := retryDelay(failed.RetryAfter, attempts, o, rand.Float64())
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
			if undecided && failed.Code == Aborted {
				failed = &Error{
					Code:    DeadlineExceeded,
					Message: "the time was up, and an earlier attempt may yet take effect: repeat it with the same id",
					EntryID: id, Attempts: attempts, Cause: failed,
				}
			}
			return result, failed // a wait that does not fit into the time left is not begun
		}
		// An attempt that is refused so is over without a trace.
		undecided = undecided || failed.Code != Aborted && failed.Code != ResourceExhausted
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return result, ended(ctx, id, attempts)
		}
	}
}

// asError takes errors of this package as they are, and final.
func asError(err error) (*Error, bool) {
	var ours *Error
	if errors.As(err, &ours) {
		said := *ours
		return &said, false
	}
	return refused(err)
}

// ended is the error of a call whose context ended it, whatever the transport made of it.
func ended(ctx context.Context, id EntryID, attempts int) *Error {
	why, cause := ctx.Err(), context.Cause(ctx)
	failed := &Error{Code: Cancelled, Message: "the caller cancelled", EntryID: id, Attempts: attempts, Cause: why}
	switch {
	case errors.Is(cause, errClosed):
		failed.Message = errClosed.Error()
	case errors.Is(why, context.DeadlineExceeded) || errors.Is(cause, context.DeadlineExceeded):
		failed.Code, failed.Message = DeadlineExceeded, "the time was up"
	}
	if cause != why {
		failed.Cause = fmt.Errorf("%w: %w", why, cause)
	}
	if attempts > 0 && !id.IsZero() {
		failed.Message += "; the outcome is unknown: repeat it with the same id"
	}
	return failed
}

var errClosed = errors.New("the client is closed")
