package outgraph

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

// A Receipt says what an append committed.
type Receipt struct {
	EntryID EntryID
	// Documents says what each document write did, in order; of the first call, when this one
	// repeated it.
	Documents []DocumentResult
	// Replayed is true when an earlier call with this id had committed, and nothing was written now.
	Replayed bool
}

// A DocumentResult says what one document write did.
type DocumentResult struct {
	Inserted, Matched, Modified, Deleted int64
	// ID is the _id of the document that was inserted or upserted; zero when none was.
	ID bson.RawValue
}

// A State says how far an entry has come.
type State string

const (
	// Pending: committed, not yet seen in the graph.
	Pending State = "pending"
	// Applied: in the graph.
	Applied State = "applied"
	// Skipped: a person decided that it shall not be applied.
	Skipped State = "skipped"
	// Parked: it cannot be applied; a person has to look.
	Parked State = "parked"
	// Blocked: it waits behind a parked or blocked entry that it conflicts with.
	Blocked State = "blocked"
	// Absent: never committed, or applied so long ago that it was purged.
	Absent State = "not_found"
)

// A Progress says how far one entry has come.
type Progress struct {
	EntryID EntryID
	State   State
	// Reason is why it is parked, or skipped.
	Reason string
	// AckedAt is when the relay acknowledged it; zero before.
	AckedAt time.Time
}

// Waited says how far entries have come.
type Waited struct {
	// Entries are in the order of the call.
	Entries []Progress
	// Bookmarks are Neo4j's: a session that is given them sees what was applied.
	Bookmarks []string
}

// Applied reports whether all of them are in the graph.
func (w Waited) Applied() bool {
	for _, entry := range w.Entries {
		if entry.State != Applied {
			return false
		}
	}
	return true
}

// Decided reports whether none of them is pending any more.
func (w Waited) Decided() bool {
	for _, entry := range w.Entries {
		if entry.State == Pending {
			return false
		}
	}
	return true
}

// A StoredEntry is an entry, and how far it has come.
type StoredEntry struct {
	Entry *entryv1.Entry
	State State
	// At is its place in history: MongoDB's logical clock at the insert.
	At bson.Timestamp
	// Documents says what its document writes did.
	Documents []DocumentResult
	// Reason is why it is parked, or skipped.
	Reason string
}

func receiptOf(response *appendv1.AppendResponse) (Receipt, error) {
	id, err := ParseEntryID(response.GetReceipt().GetEntryId())
	if err != nil {
		return Receipt{}, &Error{Code: Internal, Message: "the service answered without an entry id", Cause: err}
	}
	return Receipt{id, DocumentResults(response.GetReceipt()), response.GetReplayed()}, nil
}

// DocumentResults returns what the document writes of a receipt did, in their order.
func DocumentResults(receipt *appendv1.Receipt) []DocumentResult {
	results := make([]DocumentResult, len(receipt.GetDocuments()))
	for i, document := range receipt.GetDocuments() {
		results[i] = DocumentResult{
			Inserted: document.GetInserted(),
			Matched:  document.GetMatched(),
			Modified: document.GetModified(),
			Deleted:  document.GetDeleted(),
			ID:       bson.Raw(document.GetId().GetBson()).Lookup("_id"),
		}
	}
	return results
}

var stateOf = map[entryv1.EntryState]State{
	entryv1.EntryState_ENTRY_STATE_APPLIED:   Applied,
	entryv1.EntryState_ENTRY_STATE_SKIPPED:   Skipped,
	entryv1.EntryState_ENTRY_STATE_PARKED:    Parked,
	entryv1.EntryState_ENTRY_STATE_BLOCKED:   Blocked,
	entryv1.EntryState_ENTRY_STATE_NOT_FOUND: Absent,
}

// stateName: a state that a newer service made up is not one that this client knows to be an end.
func stateName(state entryv1.EntryState) State {
	if known, ok := stateOf[state]; ok {
		return known
	}
	return Pending
}

func waitedOf(ids []EntryID, response *appendv1.WaitAppliedResponse) (Waited, error) {
	if len(response.GetEntries()) != len(ids) {
		return Waited{}, &Error{Code: Internal, Message: "the service did not answer for every entry"}
	}
	waited := Waited{Bookmarks: response.GetBookmarks()}
	for i, entry := range response.GetEntries() {
		progress := Progress{EntryID: ids[i], State: stateName(entry.GetState()), Reason: entry.GetReason()}
		if entry.GetAckedAt() != nil {
			progress.AckedAt = entry.GetAckedAt().AsTime()
		}
		waited.Entries = append(waited.Entries, progress)
	}
	return waited, nil
}
