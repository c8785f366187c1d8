package outgraph

import (
	"context"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/outgraph/outgraph-go/gen/outgraph/append/v1/appendv1connect"
)

// socketsMax is how many connections over HTTP/1.1 are kept open when idle.
const socketsMax = 64

// dial makes the service's client; the first call opens connections. The function closes the idle
// ones.
func dial(o Options) (appendv1connect.OutboxServiceClient, func()) {
	closeIdle := func() {}
	httpClient := o.HTTPClient
	if httpClient == nil {
		transport := newTransport(o)
		httpClient, closeIdle = &http.Client{Transport: transport}, transport.CloseIdleConnections
	}
	var options []connect.ClientOption
	switch o.Protocol {
	case ProtocolGRPC:
		options = append(options, connect.WithGRPC())
	case ProtocolGRPCWeb:
		options = append(options, connect.WithGRPCWeb())
	}
	if o.Token != "" || o.TokenSource != nil {
		options = append(options, connect.WithInterceptors(bearer(o)))
	}
	options = append(options, o.ClientOptions...)
	return appendv1connect.NewOutboxServiceClient(httpClient, strings.TrimRight(o.URL, "/"), options...), closeIdle
}

func newTransport(o Options) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = socketsMax
	transport.TLSClientConfig = o.TLS.Clone()
	transport.Protocols = new(http.Protocols)
	switch o.Protocol {
	case ProtocolConnectH2, ProtocolGRPC:
		transport.Protocols.SetHTTP2(true)
		transport.Protocols.SetUnencryptedHTTP2(true)
		// The pings find a connection that died without a word, within half a minute.
		transport.HTTP2 = &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second}
	default:
		transport.Protocols.SetHTTP1(true)
	}
	return transport
}

func bearer(o Options) connect.Interceptor {
	return connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
			token := o.Token
			if o.TokenSource != nil {
				var err error
				if token, err = o.TokenSource(ctx); err != nil {
					return nil, connect.NewError(connect.CodeUnauthenticated, err)
				}
			}
			request.Header().Set("Authorization", "Bearer "+token)
			return next(ctx, request)
		}
	})
}
