package outgraph

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	"github.com/outgraph/outgraph-go/gen/outgraph/append/v1/appendv1connect"
)

// A fakeService is a service in memory. Each function may be nil where a test needs none.
type fakeService struct {
	appendv1connect.UnimplementedOutboxServiceHandler
	// answer decides about one append, wherever it came in.
	answer func(context.Context, *appendv1.AppendRequest) (*appendv1.AppendResponse, error)
	// refuseCall may refuse a whole AppendMany.
	refuseCall func(*appendv1.AppendManyRequest) error
	getEntry   func(*appendv1.GetEntryRequest) (*appendv1.GetEntryResponse, error)
	wait       func(context.Context, *appendv1.WaitAppliedRequest) (*appendv1.WaitAppliedResponse, error)

	mu    sync.Mutex
	calls []int // how many appends each call had, in the order in which they came in
}

func (f *fakeService) called(appends int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, appends)
}

func (f *fakeService) Append(ctx context.Context, r *connect.Request[appendv1.AppendRequest]) (*connect.Response[appendv1.AppendResponse], error) {
	f.called(1)
	response, err := f.answer(ctx, r.Msg)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(response), nil
}

func (f *fakeService) AppendMany(ctx context.Context, r *connect.Request[appendv1.AppendManyRequest]) (*connect.Response[appendv1.AppendManyResponse], error) {
	f.called(len(r.Msg.GetAppends()))
	if f.refuseCall != nil {
		if err := f.refuseCall(r.Msg); err != nil {
			return nil, err
		}
	}
	answer := new(appendv1.AppendManyResponse)
	for _, request := range r.Msg.GetAppends() {
		response, err := f.answer(ctx, request)
		result := &appendv1.AppendResult{Outcome: &appendv1.AppendResult_Response{Response: response}}
		if err != nil {
			result.Outcome = &appendv1.AppendResult_Error{Error: statusOf(err)}
		}
		answer.Results = append(answer.Results, result)
	}
	return connect.NewResponse(answer), nil
}

func (f *fakeService) GetEntry(_ context.Context, r *connect.Request[appendv1.GetEntryRequest]) (*connect.Response[appendv1.GetEntryResponse], error) {
	response, err := f.getEntry(r.Msg)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(response), nil
}

func (f *fakeService) WaitApplied(ctx context.Context, r *connect.Request[appendv1.WaitAppliedRequest]) (*connect.Response[appendv1.WaitAppliedResponse], error) {
	response, err := f.wait(ctx, r.Msg)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(response), nil
}

func statusOf(err error) *status.Status {
	var said *connect.Error
	if !errors.As(err, &said) {
		said = connect.NewError(connect.CodeUnknown, err)
	}
	if errors.Is(err, context.Canceled) {
		said = connect.NewError(connect.CodeCanceled, err)
	}
	s := &status.Status{Code: int32(said.Code()), Message: said.Message()}
	for _, detail := range said.Details() {
		s.Details = append(s.Details, &anypb.Any{TypeUrl: "type.googleapis.com/" + detail.Type(), Value: detail.Bytes()})
	}
	return s
}

// committed is the answer to an append that committed.
func committed(_ context.Context, r *appendv1.AppendRequest) (*appendv1.AppendResponse, error) {
	return &appendv1.AppendResponse{Receipt: &appendv1.Receipt{EntryId: r.GetEntry().GetId()}}, nil
}

// said is an error as the service says it.
func said(code connect.Code, details ...proto.Message) error {
	err := connect.NewWireError(code, errors.New("the service says so"))
	for _, detail := range details {
		d, err2 := connect.NewErrorDetail(detail)
		if err2 != nil {
			panic(err2)
		}
		err.AddDetail(d)
	}
	return err
}

func backlogFull(after time.Duration) error {
	return said(connect.CodeResourceExhausted, &errdetails.RetryInfo{RetryDelay: durationpb.New(after)})
}

// inMemory is a client that calls the fake without any network, so that time can be a bubble's.
func inMemory(t *testing.T, fake appendv1connect.OutboxServiceClient, change ...func(*Options)) *Client {
	t.Helper()
	options := Options{URL: "http://none", Source: "test"}
	for _, each := range change {
		each(&options)
	}
	o, err := options.checked()
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(o, fake, func() {})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// overHTTP is a server for the fake that speaks every protocol in cleartext.
func overHTTP(t *testing.T, fake appendv1connect.OutboxServiceHandler) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(appendv1connect.NewOutboxServiceHandler(fake))
	server := httptest.NewUnstartedServer(mux)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

var happened = []Event{{Type: "test.v1.Happened"}}
