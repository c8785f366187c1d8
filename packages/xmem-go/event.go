package xmem

import "context"

// An Event is what a user did or will do on a day: one HAS_EVENT edge from the User to the Date.
//
// Its fields are those of XMem's graph.Event, so that `type Event = xmem.Event` there makes [Store]
// the TemporalStore of XMem.
type Event struct {
	// UserID and Date are neither written nor asked for: writes are told both apart. Date, such as
	// "05-19", is read back.
	UserID string
	Date   string
	// EventName, Description, Year, Time and DateExpression are stored as event_name, desc, year, time
	// and date_expression. An empty one is stored as "".
	EventName      string
	Description    string
	Year           string
	Time           string
	DateExpression string
	// Embedding is not read back. Writes compute their own, with the store's Embedder.
	Embedding []float64
	// SimilarityScore is what a search by embedding found: the cosine, from -1 to 1.
	SimilarityScore float64
}

// EmbeddingID is what [Store.DeleteEvent] takes: "05-19_dentist", the day and the name.
func (e Event) EmbeddingID() string {
	return e.Date + "_" + e.EventName
}

// A TemporalStore keeps the events of users. XMem's interface; [Store] is one.
type TemporalStore interface {
	CreateEvent(ctx context.Context, userID string, date string, event Event) error
	UpdateEvent(ctx context.Context, userID string, date string, event Event) error
	DeleteEvent(ctx context.Context, userID string, embeddingID string) error
	SearchEventsByName(ctx context.Context, eventName string, userID string, topK int) ([]Event, error)
	SearchEventsByEmbedding(ctx context.Context, userID string, queryText string, topK int, threshold float64) ([]Event, error)
}

var _ TemporalStore = (*Store)(nil)

// An Embedder makes a vector of a text. XMem's storage.Embedder is one.
type Embedder interface {
	Embed(ctx context.Context, text string) ([]float64, error)
}
