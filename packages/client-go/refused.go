package outgraph

import (
	"context"
	"errors"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
)

var codeOf = map[connect.Code]Code{
	connect.CodeCanceled:           Cancelled,
	connect.CodeInvalidArgument:    InvalidArgument,
	connect.CodeDeadlineExceeded:   DeadlineExceeded,
	connect.CodeNotFound:           NotFound,
	connect.CodeAlreadyExists:      AlreadyExists,
	connect.CodePermissionDenied:   PermissionDenied,
	connect.CodeResourceExhausted:  ResourceExhausted,
	connect.CodeFailedPrecondition: FailedPrecondition,
	connect.CodeAborted:            Aborted,
	connect.CodeUnimplemented:      Unimplemented,
	connect.CodeUnavailable:        Unavailable,
	connect.CodeUnauthenticated:    Unauthenticated,
	connect.CodeInternal:           Internal,
	connect.CodeUnknown:            Internal,
	connect.CodeOutOfRange:         Internal,
	connect.CodeDataLoss:           Internal,
}

// refused turns what the RPC library returned into the contract's words, and says whether a repeat
// may succeed.
func refused(err error) (failed *Error, repeat bool) {
	var said *connect.Error
	if !errors.As(err, &said) {
		said = connect.NewError(connect.CodeUnknown, err)
	}
	code, known := codeOf[said.Code()]
	if !known {
		code = Internal
	}
	failed = &Error{Code: code, Message: said.Message(), Cause: err}
	for _, detail := range said.Details() {
		value, err := detail.Value()
		if err != nil {
			continue // of a type that this version does not know
		}
		switch d := value.(type) {
		case *errdetails.BadRequest:
			for _, violation := range d.GetFieldViolations() {
				failed.Violations = append(failed.Violations, Violation{violation.GetField(), violation.GetDescription()})
			}
		case *errdetails.RetryInfo:
			failed.RetryAfter = d.GetRetryDelay().AsDuration()
		}
	}
	if !connect.IsWireError(said) {
		return failed, notSaidByTheService(failed, err)
	}
	switch code {
	case Unavailable, Aborted, DeadlineExceeded: // the id makes a repeat safe
		return failed, true
	case ResourceExhausted: // the backlog's cap; what is too large stays too large
		return failed, failed.RetryAfter > 0
	}
	return failed, false
}

// notSaidByTheService judges errors of this side and of the connection. A connection that broke is
// UNAVAILABLE to the caller, whatever the RPC library calls it.
func notSaidByTheService(failed *Error, err error) (repeat bool) {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		failed.Code = DeadlineExceeded // of this attempt
		return true
	case errors.Is(err, proto.Error):
		failed.Code = Internal // a message that cannot be written or read, now or later
		return false
	}
	switch failed.Code {
	case Internal, Cancelled, Unavailable:
		failed.Code = Unavailable
		return true
	case DeadlineExceeded:
		return true
	}
	return false // an HTTP status of something in between, such as 401 or 404
}
