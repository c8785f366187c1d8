package writer

import (
	"context"
	"runtime"
	"sync"
	"weak"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	outgraph "github.com/outgraph/outgraph-go"
)

// The last entry that each session appended. Sessions are held weakly: nobody tells us their end.
var claims = struct {
	sync.Mutex
	last map[weak.Pointer[mongo.Session]]claim
}{last: map[weak.Pointer[mongo.Session]]claim{}}

type claim struct {
	outbox *outbox
	id     outgraph.EntryID
}

// claim takes the transaction of the context's session for one entry: ErrNoTransaction when it has
// none in progress, ErrAlreadyAppended when that has its entry already.
//
// The driver tells nobody which transaction of a session is in progress, so the server is asked
// about the last entry of this session, if there is one: what the transaction sees and nobody else
// does was appended by itself.
func (o *outbox) claim(ctx context.Context, id outgraph.EntryID) error {
	session := mongo.SessionFromContext(ctx)
	if session == nil || !session.TransactionRunning() {
		return failure(outgraph.FailedPrecondition, id, ErrNoTransaction, nil)
	}
	if ctx.Value(ownedKey{}) == session {
		return failure(outgraph.FailedPrecondition, id, ErrAlreadyAppended, nil)
	}
	if last, ok := lastClaim(session); ok {
		own, err := last.isUncommitted(ctx)
		if err != nil {
			return err
		}
		if own {
			return failure(outgraph.FailedPrecondition, id, ErrAlreadyAppended, nil)
		}
	}
	remember(session, claim{o, id})
	return nil
}

// ownedKey marks, in a context, the session whose transaction Transact has for one entry already.
type ownedKey struct{}

func lastClaim(session *mongo.Session) (claim, bool) {
	claims.Lock()
	defer claims.Unlock()
	last, ok := claims.last[weak.Make(session)]
	return last, ok
}

func remember(session *mongo.Session, present claim) {
	key := weak.Make(session)
	claims.Lock()
	defer claims.Unlock()
	if _, known := claims.last[key]; !known {
		runtime.AddCleanup(session, forget, key)
	}
	claims.last[key] = present
}

func forget(key weak.Pointer[mongo.Session]) {
	claims.Lock()
	defer claims.Unlock()
	delete(claims.last, key)
}

// isUncommitted reports whether the transaction sees the entry, and nobody outside of it does.
func (c claim) isUncommitted(ctx context.Context) (bool, error) {
	inside, err := findFirst(ctx, c.outbox.entries, c.id)
	if err != nil || inside == nil {
		return false, err
	}
	// Local, not majority: an earlier transaction may have committed with less.
	local := c.outbox.entries.Clone(options.Collection().SetReadConcern(readconcern.Local()))
	outside, err := findFirst(mongo.NewSessionContext(ctx, nil), local, c.id)
	return outside == nil, err
}
