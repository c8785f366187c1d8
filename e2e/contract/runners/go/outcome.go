package main

import (
	"encoding/base64"
	"errors"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/proto"
)

// An outcome is what a call gave; its fields are told in src/outcome.ts.
type outcome struct {
	Kind      string      `json:"kind"`
	Committed *committed  `json:"committed,omitempty"`
	Many      []*outcome  `json:"many,omitempty"`
	Entry     *foundEntry `json:"entry,omitempty"`
	Waited    *waited     `json:"waited,omitempty"`
	Failed    *failed     `json:"failed,omitempty"`
}

type committed struct {
	EntryID   string        `json:"entryId"`
	Replayed  bool          `json:"replayed"`
	Documents []writeResult `json:"documents"`
}

type writeResult struct {
	Inserted int64   `json:"inserted"`
	Matched  int64   `json:"matched"`
	Modified int64   `json:"modified"`
	Deleted  int64   `json:"deleted"`
	ID       *string `json:"id"`
}

type foundEntry struct {
	Bytes     string        `json:"bytes"`
	State     string        `json:"state"`
	Reason    string        `json:"reason"`
	Documents []writeResult `json:"documents"`
}

type waited struct {
	Entries   []progress `json:"entries"`
	Bookmarks int        `json:"bookmarks"`
}

type progress struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	Acked  bool   `json:"acked"`
}

type failed struct {
	Code         string   `json:"code"`
	Said         string   `json:"said"`
	Fields       []string `json:"fields"`
	RetryAfterMs *int64   `json:"retryAfterMs"`
	EntryID      *string  `json:"entryId"`
	Attempts     int      `json:"attempts"`
	Reason       string   `json:"reason,omitempty"`
}

var sentinels = map[string]error{
	"INVALID_ARGUMENT":    outgraph.ErrInvalidArgument,
	"ALREADY_EXISTS":      outgraph.ErrAlreadyExists,
	"FAILED_PRECONDITION": outgraph.ErrFailedPrecondition,
	"ABORTED":             outgraph.ErrAborted,
	"RESOURCE_EXHAUSTED":  outgraph.ErrResourceExhausted,
	"UNAVAILABLE":         outgraph.ErrUnavailable,
	"DEADLINE_EXCEEDED":   outgraph.ErrDeadlineExceeded,
	"CANCELLED":           outgraph.ErrCancelled,
	"NOT_FOUND":           outgraph.ErrNotFound,
	"UNIMPLEMENTED":       outgraph.ErrUnimplemented,
	"UNAUTHENTICATED":     outgraph.ErrUnauthenticated,
	"PERMISSION_DENIED":   outgraph.ErrPermissionDenied,
	"INTERNAL":            outgraph.ErrInternal,
}

// failedWith is the outcome of an error of the package; any other is the runner's to report.
func failedWith(err error) (*outcome, error) {
	var ours *outgraph.Error
	if !errors.As(err, &ours) {
		return nil, err
	}
	f := &failed{Said: ours.Code.String(), Fields: []string{}, Attempts: ours.Attempts}
	for code, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			f.Code += code // two at once would be seen
		}
	}
	for _, violation := range ours.Violations {
		f.Fields = append(f.Fields, violation.Field)
	}
	if ours.RetryAfter > 0 {
		f.RetryAfterMs = new(int64(ours.RetryAfter / time.Millisecond))
	}
	if !ours.EntryID.IsZero() {
		f.EntryID = new(ours.EntryID.String())
	}
	return &outcome{Kind: "failed", Failed: f}, nil
}

func committedWith(receipt outgraph.Receipt) (*outcome, error) {
	documents, err := writeResults(receipt.Documents)
	return &outcome{Kind: "committed", Committed: &committed{
		EntryID:   receipt.EntryID.String(),
		Replayed:  receipt.Replayed,
		Documents: documents,
	}}, err
}

func writeResults(results []outgraph.DocumentResult) ([]writeResult, error) {
	said := make([]writeResult, len(results))
	for i, result := range results {
		said[i] = writeResult{result.Inserted, result.Matched, result.Modified, result.Deleted, nil}
		if !result.ID.IsZero() {
			id, err := bson.MarshalExtJSON(bson.D{{Key: "_id", Value: result.ID}}, true, false)
			if err != nil {
				return nil, err
			}
			said[i].ID = new(string(id))
		}
	}
	return said, nil
}

func foundWith(stored outgraph.StoredEntry) (*outcome, error) {
	encoded, err := proto.Marshal(stored.Entry)
	if err != nil {
		return nil, err
	}
	documents, err := writeResults(stored.Documents)
	return &outcome{Kind: "entry", Entry: &foundEntry{
		Bytes:     base64.StdEncoding.EncodeToString(encoded),
		State:     string(stored.State),
		Reason:    stored.Reason,
		Documents: documents,
	}}, err
}

func waitedWith(answer outgraph.Waited) *outcome {
	said := &waited{Entries: []progress{}, Bookmarks: len(answer.Bookmarks)}
	for _, entry := range answer.Entries {
		said.Entries = append(said.Entries, progress{
			ID:     entry.EntryID.String(),
			State:  string(entry.State),
			Reason: entry.Reason,
			Acked:  !entry.AckedAt.IsZero(),
		})
	}
	return &outcome{Kind: "waited", Waited: said}
}
