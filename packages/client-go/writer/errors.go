package writer

import (
	"context"
	"errors"
	"fmt"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
	"github.com/outgraph/outgraph-go/internal/check"
)

// Why a call failed, for errors.Is. The error itself is an [*outgraph.Error].
var (
	// ErrNoTransaction: Append was called without a transaction in progress, a bug in the caller.
	ErrNoTransaction = errors.New("append needs a session with a transaction in progress in its context, " +
		"the one that writes the documents; Transact starts one for you")
	// ErrAlreadyAppended: the transaction has an entry already. The second one was not written; the
	// first one stands.
	ErrAlreadyAppended = errors.New("this transaction has its entry already: one transaction, one entry. " +
		"Collect is the unit of work that collects events with Add, and appends them once")
	// ErrAlreadyCommitted: the id is known with equal content. Only from Append: abort the
	// transaction, its work is done.
	ErrAlreadyCommitted = errors.New("committed before, with equal content: abort this transaction")
	// ErrIDReused: the id is known with other content. Nothing was written.
	ErrIDReused = errors.New("appended before, with other content")
	// ErrIDExpired: the id is so old that its entry may have been purged, so nobody can say whether
	// it was applied. Nothing was written.
	ErrIDExpired = errors.New("if it was appended before, that may have been forgotten: look whether its documents are there")
	// ErrOutcomeUnknown: it may have committed or not; repeat it with the same id to find out.
	ErrOutcomeUnknown = errors.New("it may have committed or not: repeat it with the same id")
	// ErrGaveUp: every attempt within the time failed, for reasons that may pass. Nothing was written.
	ErrGaveUp = errors.New("gave up, nothing was written")
	// ErrNotSetUp: the database has no outbox.
	ErrNotSetUp = errors.New("no outbox")
)

// failure makes an error of a code and a reason; what lies beneath may be nil.
func failure(code outgraph.Code, id outgraph.EntryID, reason, beneath error) *outgraph.Error {
	failed := &outgraph.Error{Code: code, EntryID: id, Message: reason.Error(), Cause: reason}
	if beneath != nil {
		failed.Message += ": " + beneath.Error()
		failed.Cause = fmt.Errorf("%w: %w", reason, beneath)
	}
	return failed
}

func invalid(code outgraph.Code, id outgraph.EntryID, message string, found []check.Violation) *outgraph.Error {
	failed := &outgraph.Error{Code: code, EntryID: id, Message: message}
	for _, violation := range found {
		failed.Violations = append(failed.Violations, outgraph.Violation{Field: violation.Field, Description: violation.Message})
	}
	return failed
}

func expired(id outgraph.EntryID, horizon time.Time) *outgraph.Error {
	failed := failure(outgraph.FailedPrecondition, id, ErrIDExpired, nil)
	failed.Message = fmt.Sprintf("the id carries a time at or below the purge horizon (%s); %s",
		horizon.UTC().Format(time.RFC3339Nano), failed.Message)
	return failed
}

// gaveUp says why the time ran out: over other transactions, over a server that is away, or because
// the work took longer than there was time for.
func gaveUp(ctx context.Context, id outgraph.EntryID, attempts int, last error) *outgraph.Error {
	code := outgraph.DeadlineExceeded
	switch v := classify(last); {
	case errors.Is(ctx.Err(), context.Canceled):
		code = outgraph.Cancelled
	case v.conflict:
		code = outgraph.Aborted
	case isAway(last) || v.transient && ctx.Err() == nil:
		code = outgraph.Unavailable
	}
	failed := failure(code, id, ErrGaveUp, last)
	failed.Attempts = attempts
	return failed
}
