package writer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	outgraph "github.com/outgraph/outgraph-go"
)

// Options hold for every entry of a writer.
type Options struct {
	// Source is who writes, for people and for metrics: a service or job name of 1 to 128 bytes.
	Source string
	// Partition is what order is kept by once a graph is fed by many lanes; at most 256 bytes.
	// Default none.
	Partition string
	// Timeout is how long Transact, Collect and WaitApplied go on when their context has no
	// deadline. Longer rides out longer elections. 1 ms to 1 h; default 30 s.
	Timeout time.Duration
}

// A Writer appends graph changes in the MongoDB transactions that write the documents. It is safe for
// any number of goroutines; a session is not.
type Writer struct {
	outbox  *outbox
	options Options
}

// Open returns a writer for the outbox of a database, after a look that the outbox is set up: if not,
// the error is ErrNotSetUp and names the command that does it.
func Open(ctx context.Context, db *mongo.Database, options Options) (*Writer, error) {
	if options.Timeout == 0 {
		options.Timeout = 30 * time.Second
	}
	if len(options.Source) < 1 || len(options.Source) > 128 || options.Timeout < time.Millisecond || options.Timeout > time.Hour {
		return nil, &outgraph.Error{Code: outgraph.InvalidArgument, Message: fmt.Sprintf(
			"options: Source must have 1 to 128 bytes, not %d; Timeout must be 1ms to 1h, not %s", len(options.Source), options.Timeout)}
	}
	outbox, err := openOutbox(ctx, db)
	if err != nil {
		return nil, err
	}
	return &Writer{outbox, options}, nil
}

// Append adds one entry to the outbox, inside the transaction of the context's session.
//
// The entry becomes visible exactly when that transaction commits, together with the documents
// written in it, and not at all when it aborts. The relay picks it up then; nothing is sent from
// here. With an id of your own, call it before you write documents: its error tells you whether they
// were written before. Transact does that, and runs the transaction too.
//
// Errors are ErrNoTransaction, a bug in the caller; ErrAlreadyAppended when the transaction has its
// entry already, which stands; [outgraph.ErrInvalidArgument], [outgraph.ErrUnimplemented] and
// [outgraph.ErrResourceExhausted] for an entry that cannot be taken; ErrAlreadyCommitted,
// ErrIDReused and ErrIDExpired for an id that is known, or too old to tell: abort the transaction
// then. What the driver returns comes as it is, so that its labels reach WithTransaction.
func (w *Writer) Append(ctx context.Context, entry Entry) (outgraph.Receipt, error) {
	p, err := w.prepare(ctx, entry)
	if err != nil {
		return outgraph.Receipt{}, err
	}
	if err := w.outbox.claim(ctx, p.id); err != nil {
		return outgraph.Receipt{}, err
	}
	if !entry.ID.IsZero() {
		first, err := w.outbox.look(ctx, p.id)
		switch {
		case err != nil:
			return outgraph.Receipt{}, err
		case first != nil && first.sameContent(&p.digest):
			return outgraph.Receipt{}, failure(outgraph.AlreadyExists, p.id, ErrAlreadyCommitted, nil)
		case first != nil:
			return outgraph.Receipt{}, reused(p.id)
		}
	}
	if _, err := w.outbox.entries.InsertOne(ctx, entryDocument(p)); err != nil {
		return outgraph.Receipt{}, err
	}
	return outgraph.Receipt{EntryID: p.id}, nil
}

// Transact runs work, which writes the documents with the context it is given, in a transaction;
// appends the entry; and commits the two together. It repeats what may pass: work runs again in every
// attempt, and must use its context for every operation, one after another.
//
// It takes effect once for each id, however often it is repeated, by whomever, and however the calls
// overlap. A known id returns at once, before work could fail on documents that are there already;
// with other events it is ErrIDReused.
//
// Errors are what work returned, as it is, and those of Append for an entry or id that cannot be
// taken: nothing was written. ErrGaveUp when the time is up: nothing was written. ErrOutcomeUnknown
// when nobody can say now: repeat it with the same id.
func (w *Writer) Transact(ctx context.Context, entry Entry, work func(ctx context.Context) error) (outgraph.Receipt, error) {
	p, err := w.prepare(ctx, entry)
	if err != nil {
		return outgraph.Receipt{}, err
	}
	return w.commit(ctx, p.id, !entry.ID.IsZero(), &p.digest, func(ctx context.Context) (prepared, error) {
		return p, work(ctx)
	})
}

// A Unit is a unit of work: what collects the events of one transaction.
type Unit struct{ events []outgraph.Event }

// Add adds to the one entry that is appended when the work is done.
func (u *Unit) Add(events ...outgraph.Event) { u.events = append(u.events, events...) }

// Collect is Transact for events that only work can tell, as they depend on what it reads: it adds
// them, and they are appended once, when it is done. A repeat would tell other events where it reads
// other documents, so a known id is taken at its word here, whatever the events. The entry's own
// Events, if any, come first.
func (w *Writer) Collect(ctx context.Context, entry Entry, work func(ctx context.Context, unit *Unit) error) (outgraph.Receipt, error) {
	given := !entry.ID.IsZero()
	if !given {
		entry.ID = outgraph.NewEntryID()
	}
	return w.commit(ctx, entry.ID, given, nil, func(ctx context.Context) (prepared, error) {
		unit := &Unit{append([]outgraph.Event(nil), entry.Events...)}
		if err := work(ctx, unit); err != nil {
			return prepared{}, err
		}
		collected := entry
		collected.Events = unit.events
		return w.prepare(ctx, collected)
	})
}

// commit commits one append: its documents and its entry, or neither. No error is returned before the
// id has been looked up again, so that an error never hides a success.
func (w *Writer) commit(
	ctx context.Context, id outgraph.EntryID, given bool, digest *[32]byte,
	write func(ctx context.Context) (prepared, error),
) (outgraph.Receipt, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.options.Timeout)
		defer cancel()
	}
	var receipt outgraph.Receipt
	err := runTransaction(ctx, w.outbox.client, id, func(ctx context.Context, attempt int) error {
		receipt = outgraph.Receipt{EntryID: id}
		// An id made just now need not be looked for; after an earlier attempt, it must.
		if given || attempt > 1 {
			first, err := w.outbox.look(ctx, id)
			if err != nil {
				return err
			}
			if first != nil {
				receipt, err = w.replay(id, digest, first)
				receipt.Replayed = given // else it was an earlier attempt of this very call
				return err
			}
		}
		session := mongo.SessionFromContext(ctx)
		p, err := write(context.WithValue(ctx, ownedKey{}, session))
		switch {
		case err != nil:
			return err
		case !session.TransactionRunning():
			// The driver would now insert the entry outside of any transaction.
			return errEndedByWork
		}
		_, err = w.outbox.entries.InsertOne(ctx, entryDocument(p))
		return err
	})
	if err != nil {
		return w.firstOutcomeOr(ctx, err, id, given, digest)
	}
	return receipt, nil
}

func (w *Writer) replay(id outgraph.EntryID, digest *[32]byte, first *firstOutcome) (outgraph.Receipt, error) {
	if !first.sameContent(digest) {
		return outgraph.Receipt{}, reused(id)
	}
	return first.receipt(id)
}

// firstOutcomeOr returns what an earlier commit of this id returned, if there is one, and otherwise
// the error.
func (w *Writer) firstOutcomeOr(
	ctx context.Context, failed error, id outgraph.EntryID, given bool, digest *[32]byte,
) (outgraph.Receipt, error) {
	none := outgraph.Receipt{EntryID: id}
	if errors.Is(failed, ErrIDReused) || errors.Is(failed, ErrIDExpired) {
		return none, failed // the look inside the transaction has decided already
	}
	unknown := errors.Is(failed, ErrOutcomeUnknown)
	if !given && !unknown {
		return none, failed // nobody else has an id that was made here, and this call has not committed it
	}
	first, err := w.outbox.lookAgain(ctx, id)
	switch {
	case err != nil && (unknown || errors.Is(failed, ErrGaveUp)):
		return none, failed // these already say what to do: repeat it with the same id
	case err != nil:
		// An error that would be final, if only we knew that no earlier call had succeeded.
		return none, failure(outgraph.DeadlineExceeded, id, ErrOutcomeUnknown, errors.Join(failed, err))
	case first == nil:
		return none, failed
	}
	receipt, err := w.replay(id, digest, first)
	// After a commit of our own that was undecided, what is found is that commit.
	receipt.Replayed = !unknown
	return receipt, err
}
