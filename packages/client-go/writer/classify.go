package writer

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"
)

// A verdict is what an error of the MongoDB driver means for a transaction.
type verdict struct {
	// transient: the whole transaction may be run again.
	transient bool
	// conflict: another transaction was in the way, and nothing is wrong with the server.
	conflict bool
	// aborted: had this been the error of a commit, the transaction is certainly not committed.
	aborted bool
}

// classify judges what the driver returned; of other errors, such as those of the caller's own work, it
// says nothing. It judges by label first, as the server gives them knowing what it had done, then by code.
func classify(err error) verdict {
	var v verdict
	var labelled mongo.LabeledError
	if errors.As(err, &labelled) {
		v.transient = mongo.IsNetworkError(err) || mongo.IsTimeout(err)
		for _, label := range transientLabels {
			v.transient = v.transient || labelled.HasErrorLabel(label)
		}
		// The server gives this label to a commit only after it made sure, on a majority, that no
		// such transaction is there. Every other failure leaves the commit open.
		v.aborted = labelled.HasErrorLabel(labelTransient) && !labelled.HasErrorLabel(labelUnknownCommit)
	}
	var said mongo.ServerError
	if errors.As(err, &said) {
		for _, code := range said.ErrorCodes() {
			conflict, known := transientCodes[code]
			v.transient = v.transient || known
			v.conflict = v.conflict || conflict
		}
	}
	v.transient = v.transient || isAway(err)
	return v
}

// isAway reports whether no server, or no connection to one, was to be had in time. The driver gives
// these errors neither a label nor a code.
func isAway(err error) bool {
	var selection topology.ServerSelectionError
	var queue topology.WaitQueueTimeoutError
	return errors.As(err, &selection) || errors.As(err, &queue)
}

// timeIsUp reports whether the context has ended, or is so near its end that the driver did not even
// send the operation.
func timeIsUp(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, driver.ErrDeadlineWouldBeExceeded)
}

const (
	labelTransient     = "TransientTransactionError"
	labelUnknownCommit = "UnknownTransactionCommitResult"
)

var transientLabels = []string{
	labelTransient,
	labelUnknownCommit,
	"RetryableWriteError",
	"RetryableError",
	"SystemOverloadedError",
}

// transientCodes are the server's error codes that may pass; those that say that another transaction
// was in the way are true. A test holds this table to the one that the services use.
var transientCodes = map[int]bool{
	// Network, elections, shutdown.
	6: false, 7: false, 89: false, 91: false, 94: false, 133: false, 134: false, 145: false, 189: false, 202: false,
	216: false, 279: false, 317: false, 384: false, 391: false, 9001: false, 10058: false, 10107: false, 11600: false,
	11602: false, 13435: false, 13436: false,
	// Time limits, interruptions and overload.
	50: false, 64: false, 237: false, 262: false, 290: false, 355: false, 365: false, 402: false, 407: false, 433: false,
	449: false, 11601: false,
	// Transactions.
	24: true, 112: true, 117: true, 239: false, 246: false, 251: false, 267: true, 282: false,
	// A sharded cluster that moves things about.
	63: false, 150: false, 249: false, 250: false, 272: false, 13388: false,
	// Cursors and change streams.
	43: false, 136: false, 175: false, 222: false, 234: false, 260: false, 280: false, 286: false,
}
