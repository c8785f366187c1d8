package outgraph

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
)

func TestAUnitOfWorkCommitsOnceWhatWasCollectedFromAnywhere(t *testing.T) {
	fake, seen := failing(said(connect.CodeFailedPrecondition))
	unit := inMemory(t, fake).Unit(EntryID{})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			unit.Write(InsertOne{Collection: "c", Document: documentA})
			unit.Event("a.B", DeleteNode{})
		})
	}
	all.Wait()

	_, refusedOnce := unit.Commit(t.Context())
	receipt, err := unit.Commit(t.Context())

	if !errors.Is(refusedOnce, ErrFailedPrecondition) || err != nil || receipt.EntryID != unit.ID() || len(*seen) != 2 {
		t.Fatalf("%v, then %v %v", refusedOnce, receipt, err)
	}
	first, second := (*seen)[0], (*seen)[1]
	if !proto.Equal(first, second) || len(first.GetWrites()) != 10 || len(first.GetEntry().GetEvents()) != 10 {
		t.Errorf("%v, then %v", first, second)
	}
}

func TestAUnitOfWorkThatChangedSinceItsCommitIsRefused(t *testing.T) {
	fake := &fakeService{answer: committed}
	unit := inMemory(t, fake).Unit(NewEntryID())
	unit.Event("a.B")
	if _, err := unit.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	unit.Event("a.C")
	if _, err := unit.Commit(t.Context()); !errors.Is(err, ErrFailedPrecondition) || !slices.Equal(fake.calls, []int{1}) {
		t.Errorf("%v after calls of %v", err, fake.calls)
	}
}
