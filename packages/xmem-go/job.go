package xmem

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
)

// A Job is a durable job whose handler may be run more than once: after a failure, a timeout, a crash.
type Job struct {
	// ID tells it from every other job.
	ID string
	// CreatedAt is when it was enqueued, the same in every run.
	CreatedAt time.Time
}

// WithJob returns the context of one run of a job. What a [Store] writes under it takes effect once,
// however often the job is run again and also while a run that was given up is still at work.
//
// A write is known by the job, the item, what it does (create, update or delete), the user, the day
// and the event's name, and by how many such writes this run made before. A further run that
// makes the same write with other content, as when a model words it differently, changes nothing: the
// first one stands. Call it anew for each run; goroutines of a run share its context.
func WithJob(ctx context.Context, job Job) context.Context {
	return context.WithValue(ctx, runKey{}, &run{job: job, made: new(counter)})
}

// WithItem returns the context of one item of a job that has several, counted from 0. Without a
// [WithJob] around it nothing changes.
func WithItem(ctx context.Context, item int) context.Context {
	current := runOf(ctx)
	if current == nil {
		return ctx
	}
	return context.WithValue(ctx, runKey{}, &run{job: current.job, item: strconv.Itoa(item), made: current.made})
}

type runKey struct{}

// A run is one run of a job, or an item of it.
type run struct {
	job  Job
	item string
	made *counter
}

func runOf(ctx context.Context) *run {
	current, _ := ctx.Value(runKey{}).(*run)
	return current
}

// A counter says how often it was asked for a name before.
type counter struct {
	sync.Mutex
	times map[string]int
}

func (c *counter) next(name string) int {
	c.Lock()
	defer c.Unlock()
	if c.times == nil {
		c.times = make(map[string]int)
	}
	before := c.times[name]
	c.times[name]++
	return before
}

// idOf is the id of what a run does next under these names; the zero id outside of a job.
func idOf(ctx context.Context, names ...string) (outgraph.EntryID, error) {
	current := runOf(ctx)
	if current == nil {
		return outgraph.EntryID{}, nil
	}
	var text strings.Builder
	for _, name := range append([]string{"xmem", current.job.ID, current.item}, names...) {
		text.WriteString(strconv.Quote(name)) // so that no two lists of names read alike
	}
	text.WriteString(strconv.Itoa(current.made.next(text.String())))
	return outgraph.EntryIDFor(current.job.CreatedAt, text.String())
}
