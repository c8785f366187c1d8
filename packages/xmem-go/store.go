package xmem

import (
	"cmp"
	"errors"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	outgraph "github.com/outgraph/outgraph-go"
)

// Consistency says what a search may miss.
type Consistency int

const (
	// OwnWrites, the default: a search sees all that this store wrote before it.
	OwnWrites Consistency = iota
	// Eventual: a search sees the graph as it is, which may be a moment behind.
	Eventual
)

// Options are what a [Store] is made of.
type Options struct {
	// Client appends. Its Source says who wrote, and its Timeout how long a write may take.
	Client *outgraph.Client
	// Driver reads.
	Driver neo4j.DriverWithContext
	// Database is Neo4j's; "" for the user's home database.
	Database string
	// Embedder makes the vectors of events; nil for events without.
	Embedder Embedder
	// Consistency of searches. Default [OwnWrites].
	Consistency Consistency
	// WaitAtMost is how long a search waits for this store's own writes to be in the graph, and fails
	// with [ErrNotYetApplied] when they are not. Default 10 s.
	WaitAtMost time.Duration
}

// A Store is XMem's TemporalStore over Outgraph. It is safe for any number of goroutines.
type Store struct {
	options Options
	own     *ownWrites
}

// New returns a store. It connects to nothing: a server that is away fails the first call that needs
// it, and no call that does not. The uniqueness of User.user_id and Date.date is the relay's to make.
func New(options Options) (*Store, error) {
	if options.Client == nil || options.Driver == nil {
		return nil, errors.New("xmem: Options needs a Client, which appends, and a Driver, which reads")
	}
	if options.WaitAtMost < 0 {
		return nil, errors.New("xmem: Options.WaitAtMost must not be negative")
	}
	options.WaitAtMost = cmp.Or(options.WaitAtMost, 10*time.Second)
	return &Store{options: options, own: &ownWrites{client: options.Client, atMost: options.WaitAtMost}}, nil
}
