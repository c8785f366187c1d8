package outgraph

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Code says why something failed; the same in every language.
type Code string

// The codes of the contract.
const (
	// InvalidArgument: Violations has the path of each field at fault.
	InvalidArgument Code = "INVALID_ARGUMENT"
	// AlreadyExists: the id is known with other content, or a unique index refused a document.
	AlreadyExists Code = "ALREADY_EXISTS"
	// FailedPrecondition: a match count was not met, or the id is too old to be told from a repeat.
	FailedPrecondition Code = "FAILED_PRECONDITION"
	// Aborted: conflicts with other transactions went on until the time was up; nothing was written.
	Aborted Code = "ABORTED"
	// ResourceExhausted: too large; or, with RetryAfter, the backlog was at its cap all the time.
	ResourceExhausted Code = "RESOURCE_EXHAUSTED"
	// Unavailable: the service or MongoDB was away all the time. Safe to repeat with the same id.
	Unavailable Code = "UNAVAILABLE"
	// DeadlineExceeded: the time was up; the outcome is unknown. Repeat with the same id.
	DeadlineExceeded Code = "DEADLINE_EXCEEDED"
	// Cancelled: the caller's context, or Close, ended the call; the outcome is unknown.
	Cancelled Code = "CANCELLED"
	// NotFound: no such entry, or no such collection.
	NotFound Code = "NOT_FOUND"
	// Unimplemented: a mutation that the receiver does not know; Violations says which.
	Unimplemented Code = "UNIMPLEMENTED"
	// Unauthenticated: no valid credentials.
	Unauthenticated Code = "UNAUTHENTICATED"
	// PermissionDenied: the collection, label or type is not for this caller, or for nobody.
	PermissionDenied Code = "PERMISSION_DENIED"
	// Internal: a bug, and every code that the contract does not name.
	Internal Code = "INTERNAL"
)

// String returns the code as the contract writes it.
func (c Code) String() string { return string(c) }

// Sentinels for errors.Is, one for each code.
var (
	ErrInvalidArgument    = errors.New("outgraph: INVALID_ARGUMENT")
	ErrAlreadyExists      = errors.New("outgraph: ALREADY_EXISTS")
	ErrFailedPrecondition = errors.New("outgraph: FAILED_PRECONDITION")
	ErrAborted            = errors.New("outgraph: ABORTED")
	ErrResourceExhausted  = errors.New("outgraph: RESOURCE_EXHAUSTED")
	ErrUnavailable        = errors.New("outgraph: UNAVAILABLE")
	ErrDeadlineExceeded   = errors.New("outgraph: DEADLINE_EXCEEDED")
	ErrCancelled          = errors.New("outgraph: CANCELLED")
	ErrNotFound           = errors.New("outgraph: NOT_FOUND")
	ErrUnimplemented      = errors.New("outgraph: UNIMPLEMENTED")
	ErrUnauthenticated    = errors.New("outgraph: UNAUTHENTICATED")
	ErrPermissionDenied   = errors.New("outgraph: PERMISSION_DENIED")
	ErrInternal           = errors.New("outgraph: INTERNAL")
)

var sentinelOf = map[Code]error{
	InvalidArgument:    ErrInvalidArgument,
	AlreadyExists:      ErrAlreadyExists,
	FailedPrecondition: ErrFailedPrecondition,
	Aborted:            ErrAborted,
	ResourceExhausted:  ErrResourceExhausted,
	Unavailable:        ErrUnavailable,
	DeadlineExceeded:   ErrDeadlineExceeded,
	Cancelled:          ErrCancelled,
	NotFound:           ErrNotFound,
	Unimplemented:      ErrUnimplemented,
	Unauthenticated:    ErrUnauthenticated,
	PermissionDenied:   ErrPermissionDenied,
	Internal:           ErrInternal,
}

// A Violation is one thing wrong with a request.
type Violation struct {
	// Field is where, such as `entry.events[0].mutations[2].merge_node.set["size"]`.
	Field string
	// Description is what is wrong with it, for people.
	Description string
}

// Error is what every failed call returns. Use errors.Is with a sentinel (ErrAborted, …) to ask why,
// errors.As with *Error for the rest.
type Error struct {
	Code    Code
	Message string
	// Violations are the fields at fault; none unless the request was malformed.
	Violations []Violation
	// RetryAfter is how long the service asks to wait before a repeat; 0 when it said nothing.
	RetryAfter time.Duration
	// EntryID is the entry whose append failed: repeat with this id. Zero for calls that append nothing.
	EntryID EntryID
	// Attempts is how often the call was tried; 0 when it was refused before it was sent.
	Attempts int
	// Cause is what lies beneath, if there is anything.
	Cause error
}

// Error returns all of it in one line.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "outgraph: %s: %s", e.Code, e.Message)
	for i, violation := range e.Violations {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(&text, "%s%s: %s", separator, violation.Field, violation.Description)
	}
	if !e.EntryID.IsZero() {
		fmt.Fprintf(&text, " (entry %s)", e.EntryID)
	}
	return text.String()
}

// Is reports whether target is the sentinel of the error's code.
func (e *Error) Is(target error) bool { return target == sentinelOf[e.Code] }

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }
