package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
)

type clientSpec struct {
	Name, URL, Protocol, Token              string
	TimeoutMs, AttemptTimeoutMs, DelayMsMin int64
}

// Clients by what they are made of.
type clients struct {
	mu     sync.Mutex
	opened map[clientSpec]*outgraph.Client
}

func newClients() *clients { return &clients{opened: map[clientSpec]*outgraph.Client{}} }

func (c *clients) client(spec clientSpec) (*outgraph.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.opened[spec]; ok {
		return known, nil
	}
	least := ms(spec.DelayMsMin)
	made, err := outgraph.New(outgraph.Options{
		URL:            spec.URL,
		Source:         "go",
		Protocol:       outgraph.Protocol(spec.Protocol),
		Token:          spec.Token,
		Timeout:        ms(spec.TimeoutMs),
		AttemptTimeout: ms(spec.AttemptTimeoutMs),
		RetryDelayMin:  least,
		RetryDelayMax:  max(least, 5*time.Second),
	})
	if err == nil {
		c.opened[spec] = made
	}
	return made, err
}

func (c *clients) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, each := range c.opened {
		_ = each.Close()
	}
}

func (c *clients) call(asked call) (*outcome, error) {
	client, err := c.client(asked.Client)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	switch asked.Kind {
	case "append":
		input, err := inputOf(asked.Request, asked.TextBytes)
		if err != nil {
			return nil, err
		}
		receipt, err := client.Append(ctx, input)
		return appended(receipt, err)
	case "append_many":
		return many(ctx, client, asked.Requests)
	case "get_entry":
		id, err := outgraph.ParseEntryID(asked.ID)
		if err != nil {
			return nil, err
		}
		stored, err := client.GetEntry(ctx, id)
		if err != nil {
			return failedWith(err)
		}
		return foundWith(stored)
	case "wait_applied":
		var ids []outgraph.EntryID
		for _, each := range asked.IDs {
			id, err := outgraph.ParseEntryID(each)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		answer, err := client.WaitApplied(ctx, ms(asked.TimeoutMs), ids...)
		if err != nil {
			return failedWith(err)
		}
		return waitedWith(answer), nil
	case "close":
		return &outcome{Kind: "closed"}, client.Close()
	}
	return nil, fmt.Errorf("no such call: %s", asked.Kind)
}

func many(ctx context.Context, client *outgraph.Client, requests []string) (*outcome, error) {
	var inputs []outgraph.Append
	for _, request := range requests {
		input, err := inputOf(request, 0)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, input)
	}
	all := &outcome{Kind: "many"}
	for _, result := range client.AppendMany(ctx, inputs...) {
		each, err := appended(result.Receipt, result.Err)
		if err != nil {
			return nil, err
		}
		all.Many = append(all.Many, each)
	}
	return all, nil
}

func appended(receipt outgraph.Receipt, err error) (*outcome, error) {
	if err != nil {
		return failedWith(err)
	}
	return committedWith(receipt)
}

func inputOf(request string, textBytes int) (outgraph.Append, error) {
	message := new(appendv1.AppendRequest)
	if err := decode(request, message); err != nil {
		return outgraph.Append{}, err
	}
	if textBytes > 0 {
		text := &graphv1.Value_StringValue{StringValue: strings.Repeat("x", textBytes)}
		merge := message.GetEntry().GetEvents()[0].GetMutations()[0].GetMergeNode()
		merge.Set = map[string]*graphv1.Value{"text": {Kind: text}}
	}
	input := outgraph.Append{
		Events:    eventsOf(message.GetEntry()),
		Partition: message.GetEntry().GetPartition(),
	}
	for _, write := range message.GetWrites() {
		input.Writes = append(input.Writes, outgraph.WriteMessage{DocumentWrite: write})
	}
	var err error
	if id := message.GetEntry().GetId(); id != "" {
		input.ID, err = outgraph.ParseEntryID(id)
	}
	return input, err
}

func eventsOf(entry *entryv1.Entry) []outgraph.Event {
	events := make([]outgraph.Event, len(entry.GetEvents()))
	for i, event := range entry.GetEvents() {
		events[i] = outgraph.Event{Type: event.GetType(), Payload: event.GetPayload()}
		for _, mutation := range event.GetMutations() {
			events[i].Mutations = append(events[i].Mutations, outgraph.Message{Mutation: mutation})
		}
	}
	return events
}

func decode(encoded string, into proto.Message) error {
	bytes, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	return proto.Unmarshal(bytes, into)
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
