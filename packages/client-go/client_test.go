package outgraph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"
	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/types/known/timestamppb"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	"github.com/outgraph/outgraph-go/gen/outgraph/append/v1/appendv1connect"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

func TestEveryProtocolCarriesAnAppendAndItsErrors(t *testing.T) {
	fake := &fakeService{answer: func(ctx context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
		if r.GetEntry().GetPartition() == "full" {
			return nil, backlogFull(time.Hour)
		}
		return committed(ctx, r)
	}}
	server := overHTTP(t, fake)
	for _, protocol := range []Protocol{ProtocolConnect, ProtocolConnectH2, ProtocolGRPC, ProtocolGRPCWeb} {
		t.Run(string(protocol), func(t *testing.T) {
			client, err := New(Options{URL: server.URL + "/", Source: "test", Protocol: protocol})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()

			results := client.AppendMany(t.Context(),
				Append{Events: happened}, Append{Events: happened, Partition: "full"}, Append{Events: happened})
			_, alone := client.Append(t.Context(), Append{Events: happened, Partition: "full"})

			var failed *Error
			if results[0].Err != nil || results[2].Err != nil || !errors.Is(results[1].Err, ErrResourceExhausted) {
				t.Errorf("%v", results)
			}
			if !errors.As(alone, &failed) || failed.RetryAfter != time.Hour || failed.Message != "the service says so" {
				t.Errorf("%#v", alone)
			}
		})
	}
}

func TestDocumentsTravelAsBSONAndTheirResultsComeBack(t *testing.T) {
	id := bson.NewObjectID()
	var sent *appendv1.AppendRequest
	fake := &fakeService{answer: func(_ context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
		sent = r
		inserted, _ := bson.Marshal(bson.D{{Key: "_id", Value: id}})
		return &appendv1.AppendResponse{Replayed: true, Receipt: &appendv1.Receipt{
			EntryId: r.GetEntry().GetId(),
			Documents: []*appendv1.DocumentResult{
				{Inserted: 1, Id: &appendv1.Document{Format: &appendv1.Document_Bson{Bson: inserted}}},
				{Matched: 2, Modified: 1},
			},
		}}, nil
	}}

	receipt, err := inMemory(t, fake).Append(t.Context(), Append{Events: happened, Writes: []Write{
		InsertOne{Collection: "files", Document: bson.M{"_id": id, "size": int64(9007199254740993)}},
		UpdateMany{Collection: "files", Filter: bson.M{}, Update: bson.M{"$set": bson.M{"big": true}}, ExpectedMatches: new(int64(2))},
	}})

	if err != nil || !receipt.Replayed || len(receipt.Documents) != 2 {
		t.Fatalf("%v %v", receipt, err)
	}
	if got := receipt.Documents[0]; got.Inserted != 1 || got.ID.ObjectID() != id {
		t.Errorf("%v", got)
	}
	if got := receipt.Documents[1]; got.Matched != 2 || got.Modified != 1 || !got.ID.IsZero() {
		t.Errorf("%v", got)
	}
	raw := bson.Raw(sent.GetWrites()[0].GetInsertOne().GetDocument().GetBson())
	if raw.Lookup("size").Int64() != 9007199254740993 || sent.GetWrites()[1].GetExpectedMatches() != 2 {
		t.Errorf("%v", sent)
	}
}

func TestWhatCannotBeSentIsRefusedWithItsPathsAndHarmsNoOther(t *testing.T) {
	fake := &fakeService{answer: committed}

	results := inMemory(t, fake).AppendMany(t.Context(),
		Append{Events: happened},
		Append{Events: []Event{{Type: "a", Mutations: []Mutation{MergeNode{Set: Props{"p": struct{}{}}}}}}, Writes: []Write{InsertOne{}}},
	)

	var failed *Error
	if results[0].Err != nil || !errors.As(results[1].Err, &failed) || !errors.Is(failed, ErrInvalidArgument) {
		t.Fatalf("%v", results)
	}
	if len(failed.Violations) != 2 || failed.Attempts != 0 ||
		failed.Violations[0].Field != `entry.events[0].mutations[0].merge_node.set["p"]` ||
		failed.Violations[1].Field != "writes[0].insert_one.document" {
		t.Errorf("%#v", failed)
	}
}

func TestAnEntryIsReadOrIsNotThere(t *testing.T) {
	id := NewEntryID()
	fake := &fakeService{getEntry: func(r *appendv1.GetEntryRequest) (*appendv1.GetEntryResponse, error) {
		if r.GetId() != id.String() {
			return nil, said(connect.CodeNotFound)
		}
		return &appendv1.GetEntryResponse{
			Entry:  &entryv1.Entry{Id: r.GetId()},
			State:  entryv1.EntryState_ENTRY_STATE_PARKED,
			Reason: "no such end",
			At:     &appendv1.LogicalTime{Seconds: 7, Increment: 3},
		}, nil
	}}
	client := inMemory(t, fake)

	entry, err := client.GetEntry(t.Context(), id)
	_, absent := client.GetEntry(t.Context(), NewEntryID())

	if err != nil || entry.State != Parked || entry.Reason != "no such end" || entry.At != (bson.Timestamp{T: 7, I: 3}) || entry.Entry.GetId() != id.String() {
		t.Errorf("%v %v", entry, err)
	}
	if !errors.Is(absent, ErrNotFound) {
		t.Errorf("%v", absent)
	}
}

func TestAWaitAsksAgainUntilAllIsDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []time.Duration
		acked := time.Unix(5, 0).UTC()
		fake := &fakeService{wait: func(_ context.Context, r *appendv1.WaitAppliedRequest) (*appendv1.WaitAppliedResponse, error) {
			asked = append(asked, r.GetTimeout().AsDuration())
			if len(asked) == 2 {
				return nil, said(connect.CodeUnavailable)
			}
			time.Sleep(r.GetTimeout().AsDuration()) // of the bubble's clock
			state := entryv1.EntryState_ENTRY_STATE_PENDING
			if len(asked) == 4 {
				state = entryv1.EntryState_ENTRY_STATE_APPLIED
			}
			response := &appendv1.WaitAppliedResponse{Bookmarks: []string{"b"}}
			for _, id := range r.GetIds() {
				response.Entries = append(response.Entries, &appendv1.EntryProgress{Id: id, State: state, AckedAt: timestamppb.New(acked)})
			}
			return response, nil
		}}
		ids := []EntryID{NewEntryID(), NewEntryID()}

		waited, err := inMemory(t, fake).WaitApplied(t.Context(), 100*time.Second, ids...)

		if err != nil || !waited.Applied() || len(waited.Entries) != 2 || waited.Entries[1].EntryID != ids[1] ||
			waited.Entries[0].AckedAt != acked || waited.Bookmarks[0] != "b" {
			t.Errorf("%v %v", waited, err)
		}
		if asked[0] != 30*time.Second || len(asked) != 4 {
			t.Errorf("asked %v", asked)
		}
	})
}

func TestAWaitWhoseTimeIsUpSaysWhatIsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeService{wait: func(_ context.Context, r *appendv1.WaitAppliedRequest) (*appendv1.WaitAppliedResponse, error) {
			time.Sleep(r.GetTimeout().AsDuration())
			return &appendv1.WaitAppliedResponse{Entries: []*appendv1.EntryProgress{{State: 99}}}, nil
		}}
		client := inMemory(t, fake)
		for _, timeout := range []time.Duration{0, 45 * time.Second} {
			start := time.Now()
			waited, err := client.WaitApplied(t.Context(), timeout, NewEntryID())
			if err != nil || waited.Applied() || waited.Decided() || waited.Entries[0].State != Pending || time.Since(start) != timeout {
				t.Errorf("%v %v after %s", waited, err, time.Since(start))
			}
		}
	})
}

func TestCloseEndsCallsUnderWayAndTakesNoMore(t *testing.T) {
	entered := make(chan struct{})
	fake := &fakeService{answer: func(ctx context.Context, _ *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
		close(entered)
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	client := inMemory(t, fake)
	ended := make(chan error)
	go func() {
		_, err := client.Append(t.Context(), Append{Events: happened})
		ended <- err
	}()
	<-entered

	_ = client.Close()
	_ = client.Close()

	if err := <-ended; !errors.Is(err, ErrCancelled) || !strings.Contains(err.Error(), "the client is closed") {
		t.Errorf("%v", err)
	}
	if _, err := client.Append(t.Context(), Append{Events: happened}); !errors.Is(err, ErrCancelled) {
		t.Errorf("%v", err)
	}
}

func TestTheBearerTokenGoesWithEveryCall(t *testing.T) {
	var seen []string
	fake := &fakeService{answer: committed}
	spy := connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
			seen = append(seen, r.Header().Get("Authorization"))
			return next(ctx, r)
		}
	})
	server := overHTTP(t, fake)
	for _, options := range []Options{
		{Token: "a"},
		{TokenSource: func(context.Context) (string, error) { return "b", nil }},
		{TokenSource: func(context.Context) (string, error) { return "", errors.New("no token") }},
	} {
		options.URL, options.Source = server.URL, "test"
		options.ClientOptions = []connect.ClientOption{connect.WithInterceptors(spy)}
		client, err := New(options)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Append(t.Context(), Append{Events: happened})
		seen = append(seen, "then")
		if errors.Is(err, ErrUnauthenticated) {
			seen = append(seen, "no token")
		} else if err != nil {
			t.Error(err)
		}
		_ = client.Close()
	}
	if got := strings.Join(seen, ","); got != "Bearer a,then,Bearer b,then,then,no token" {
		t.Error(got)
	}
}

func TestOverTLSTheGivenAuthorityIsTrustedAndNoOther(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle(appendv1connect.NewOutboxServiceHandler(&fakeService{answer: committed}))
	server := httptest.NewUnstartedServer(mux)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that is meant to fail
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, protocol := range []Protocol{ProtocolConnect, ProtocolConnectH2, ProtocolGRPC, ProtocolGRPCWeb} {
		for _, trusted := range []bool{true, false} {
			options := Options{URL: server.URL, Source: "test", Protocol: protocol, RetryDelayMin: time.Minute, RetryDelayMax: time.Minute, Timeout: 5 * time.Second}
			if trusted {
				options.TLS = &tls.Config{RootCAs: roots}
			}
			client, err := New(options)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Append(t.Context(), Append{Events: happened})
			if trusted != (err == nil) || !trusted && !errors.Is(err, ErrUnavailable) {
				t.Errorf("%s, trusted %t: %v", protocol, trusted, err)
			}
			_ = client.Close()
		}
	}
}

func TestOptionsOutOfRangeAreAllNamed(t *testing.T) {
	_, err := New(Options{
		URL: "127.0.0.1:8480", Protocol: "soap", Timeout: -1, AttemptTimeout: 2 * time.Hour,
		RetryDelayMin: time.Microsecond, RetryDelayMax: time.Hour, CallsMax: 65,
	})
	for _, name := range []string{"URL", "Source", "Protocol", "Timeout", "AttemptTimeout", "RetryDelayMin", "RetryDelayMax", "CallsMax"} {
		if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), name+" must") {
			t.Errorf("%v lacks %s", err, name)
		}
	}
}

func TestCertificatesForAServiceWithoutTLSAreRefusedNotIgnored(t *testing.T) {
	_, err := New(Options{URL: "http://127.0.0.1:8480", Source: "test", TLS: &tls.Config{}})
	if !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "use https") {
		t.Errorf("%v", err)
	}
}
