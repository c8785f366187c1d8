package writer

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"

	outgraph "github.com/outgraph/outgraph-go"
)

const (
	// doubtfulCommitsMax is how often a commit is sent again after an error that does not look as if
	// it would pass.
	doubtfulCommitsMax = 3
	// abortTimeMax is how long an abort may take, on top of the caller's time.
	abortTimeMax = time.Second
)

var errEndedByWork = errors.New("outgraph: the work has ended the transaction itself")

// runTransaction runs work in a transaction (snapshot, majority, journalled) and returns once that is
// committed. Work runs again, in a new transaction, after every failure that may pass.
//
// Where the driver's WithTransaction returns errors that leave the outcome open (290 at a commit,
// errors without a label), or runs for two minutes, this sends the commit again until it is decided
// or the time of ctx is up, and says which: its error is work's own, ErrGaveUp or ErrOutcomeUnknown.
func runTransaction(
	ctx context.Context, client *mongo.Client, id outgraph.EntryID,
	work func(ctx context.Context, attempt int) error,
) error {
	session, err := client.StartSession()
	if err != nil {
		return failedRead(ctx, err)
	}
	defer func() {
		abort(ctx, session) // that of a work that panics
		session.EndSession(ctx)
	}()
	var last error
	for attempt := 1; ; attempt++ {
		err := tryWork(ctx, session, attempt, work)
		if err == nil {
			switch ended, err := commit(ctx, session); ended {
			case committed:
				return nil
			case undecided:
				failed := failure(outgraph.DeadlineExceeded, id, ErrOutcomeUnknown, err)
				failed.Attempts = attempt
				return failed
			case aborted:
				last = err
			}
		} else {
			abort(ctx, session)
			passes := classify(err).transient
			if timeIsUp(ctx, err) && (passes || mongo.IsTimeout(err) || errors.Is(err, ctx.Err())) {
				if last == nil { // what kept it from committing before says more than that time was up
					last = err
				}
				return gaveUp(ctx, id, attempt, last)
			}
			if !passes {
				return err
			}
			last = err
		}
		if !pause(ctx, retryDelay(attempt, rand.Float64())) {
			return gaveUp(ctx, id, attempt, last)
		}
	}
}

func tryWork(ctx context.Context, session *mongo.Session, attempt int, work func(context.Context, int) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := session.StartTransaction(options.Transaction().
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Snapshot()).
		SetWriteConcern(journalled()))
	if err != nil {
		return err
	}
	err = work(mongo.NewSessionContext(ctx, session), attempt)
	if err != nil {
		return err
	}
	return ctx.Err() // a commit that is never sent leaves no doubt
}

// abort tells the server also when the caller's time is up, within a second: a transaction that cannot
// be told keeps its locks until the server's own time limit, a minute. The driver swallows what the
// server says to it.
func abort(ctx context.Context, session *mongo.Session) {
	if !session.TransactionRunning() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeMax)
	defer cancel()
	_ = session.AbortTransaction(ctx)
}

type commitEnd int

const (
	committed commitEnd = iota
	aborted
	undecided
)

func commit(ctx context.Context, session *mongo.Session) (commitEnd, error) {
	for sent := 1; ; sent++ {
		err := session.CommitTransaction(ctx)
		if err == nil {
			return committed, nil
		}
		if timeIsUp(ctx, err) {
			return undecided, err
		}
		v := classify(err)
		if v.aborted {
			abort(ctx, session) // the driver leaves it in progress after a timeout
			return aborted, err
		}
		hopeless := !v.transient && sent >= doubtfulCommitsMax
		if hopeless || !pause(ctx, retryDelay(sent, rand.Float64())) {
			return undecided, err
		}
	}
}

// retryDelay is how long to wait before the attempt after this one (1, 2, …): full jitter under a cap
// that doubles from 5 to 500 ms, so that transactions in each other's way come apart.
//
// random is from 0 to below 1.
func retryDelay(attempt int, random float64) time.Duration {
	bound := min(500*time.Millisecond, 5*time.Millisecond<<min(attempt-1, 10))
	return time.Duration(random * float64(bound))
}

// pause waits; false, at once, when the context ends meanwhile or would.
func pause(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
