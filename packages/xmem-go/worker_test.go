package xmem_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
	xmem "github.com/outgraph/outgraph-xmem-go"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// workerVariable makes this program a worker, which does the jobs that are there.
const workerVariable = "OUTGRAPH_XMEM_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(workerVariable) == "" {
		os.Exit(m.Run())
	}
	if err := work(context.Background()); err != nil {
		log.Fatal(err)
	}
}

type durableJob struct {
	ID         string    `bson:"job_id"`
	CreatedAt  time.Time `bson:"created_at"`
	RetryCount int       `bson:"retry_count"`
	Status     string
	Result     string
}

// work does every job that has not succeeded, a killed worker's too, and tells each write in a line.
func work(ctx context.Context) error {
	client, err := outgraph.New(outgraph.Options{URL: os.Getenv("OUTGRAPH_APPEND_URL"), Source: "xmem-go"})
	if err != nil {
		return err
	}
	driver, err := newDriver(os.Getenv("OUTGRAPH_NEO4J_URI"))
	if err != nil {
		return err
	}
	store, err := xmem.New(xmem.Options{Client: client, Driver: driver, Embedder: letters{}})
	if err != nil {
		return err
	}
	mongoClient, err := mongo.Connect(options.Client().ApplyURI(os.Getenv("OUTGRAPH_MONGODB_URI")))
	if err != nil {
		return err
	}
	jobs := mongoClient.Database(os.Getenv("OUTGRAPH_DATABASE")).Collection("durable_jobs")
	left, err := jobs.Find(ctx, bson.M{"status": bson.M{"$ne": "succeeded"}})
	if err != nil {
		return err
	}
	var queued []durableJob
	if err := left.All(ctx, &queued); err != nil {
		return err
	}
	for _, job := range queued {
		claim := bson.M{"$set": bson.M{"status": "running"}, "$inc": bson.M{"retry_count": 1}}
		if _, err := jobs.UpdateOne(ctx, bson.M{"job_id": job.ID}, claim); err != nil {
			return err
		}
		if err := run(ctx, store, job); err != nil {
			return err
		}
	}
	return nil
}

// run is one run of a job: writes of its own, and at its end an event with the job's success.
func run(ctx context.Context, store *xmem.Store, job durableJob) error {
	ctx = xmem.WithJob(ctx, xmem.Job{ID: job.ID, CreatedAt: job.CreatedAt})
	if err := handler(ctx, telling{store}, job.ID, job.RetryCount, writesOfAJob); err != nil {
		return err
	}
	result := fmt.Sprintf("run %d", job.RetryCount)
	_, err := store.Unit(ctx, func(ctx context.Context, unit *xmem.Unit) error {
		unit.Write(succeeded(job.ID, result))
		return store.CreateEvent(ctx, "u", "05-20", xmem.Event{EventName: job.ID, Description: result})
	})
	return err
}

// telling is a store that tells each event it has made.
type telling struct{ writes }

func (t telling) CreateEvent(ctx context.Context, userID, date string, event xmem.Event) error {
	err := t.writes.CreateEvent(ctx, userID, date, event)
	fmt.Println(event.EventName)
	return err
}
