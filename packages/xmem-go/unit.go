package xmem

import (
	"context"
	"errors"
	"sync/atomic"

	outgraph "github.com/outgraph/outgraph-go"
)

// A Unit is documents and events that commit together.
type Unit struct {
	unit  *outgraph.Unit
	wrote atomic.Bool
}

// Write adds document writes, such as the job's own success; they are done in their order.
func (u *Unit) Write(writes ...outgraph.Write) { u.unit.Write(writes...) }

// Unit runs work, and commits what it wrote, with its context, through this store, together with the
// documents it gave to the [Unit]: in one MongoDB transaction, or not at all. When work returns an
// error, nothing is written, and that error comes back.
//
// Nothing is held open while work runs, so it may ask a model. A search in it does not see what the
// unit has not yet committed. In a job ([WithJob]) a unit that has committed stands: running the job
// again commits neither documents nor events of it a second time.
func (s *Store) Unit(ctx context.Context, work func(ctx context.Context, unit *Unit) error) (outgraph.Receipt, error) {
	id, err := idOf(ctx, "unit")
	if err != nil {
		return outgraph.Receipt{}, err
	}
	unit := &Unit{unit: s.options.Client.Unit(id)}
	if err := work(context.WithValue(ctx, unitKey{}, unit), unit); err != nil {
		return outgraph.Receipt{}, err
	}
	if !unit.wrote.Load() {
		unit.unit.Event("xmem.temporal.nothing") // an entry says so, and makes a repeat harmless
	}
	receipt, err := unit.unit.Commit(ctx)
	if errors.Is(err, outgraph.ErrAlreadyExists) && !id.IsZero() {
		receipt, err = s.firstRun(ctx, id, err)
	}
	if err == nil {
		s.own.wrote(receipt.EntryID)
	}
	return receipt, err
}

// firstRun is the outcome of an earlier run's unit. ALREADY_EXISTS may also mean a document's own
// unique index: then there is no such entry, and the refusal is what it is.
func (s *Store) firstRun(ctx context.Context, id outgraph.EntryID, refusal error) (outgraph.Receipt, error) {
	first, err := s.options.Client.GetEntry(ctx, id)
	if errors.Is(err, outgraph.ErrNotFound) {
		return outgraph.Receipt{EntryID: id}, refusal
	}
	return outgraph.Receipt{EntryID: id, Documents: first.Documents, Replayed: true}, err
}

type unitKey struct{}

func unitOf(ctx context.Context) *Unit {
	unit, _ := ctx.Value(unitKey{}).(*Unit)
	return unit
}

func (u *Unit) add(event outgraph.Event) {
	u.wrote.Store(true)
	u.unit.Add(event)
}
