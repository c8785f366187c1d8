package outgraph

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"
	"time"

	"connectrpc.com/connect"
)

// A Protocol is how to speak to the service.
type Protocol string

const (
	// ProtocolConnect is Connect over HTTP/1.1, which passes through every proxy.
	ProtocolConnect Protocol = "connect"
	// ProtocolConnectH2 is Connect over one HTTP/2 connection, cleartext or TLS.
	ProtocolConnectH2 Protocol = "connect-h2"
	// ProtocolGRPC is gRPC over one HTTP/2 connection, cleartext or TLS.
	ProtocolGRPC Protocol = "grpc"
	// ProtocolGRPCWeb is gRPC-web over HTTP/1.1.
	ProtocolGRPCWeb Protocol = "grpc-web"
)

// Options say where the service is and how to call it. A zero field stands for its default.
type Options struct {
	// URL is where the append service listens: "http://127.0.0.1:8480".
	URL string

	// Source is who appends, for people and for metrics: a service or job name of 1 to 128 bytes.
	Source string

	// Protocol is how to speak to the service. Default ProtocolConnect.
	Protocol Protocol

	// Token is sent as a bearer token. Over cleartext anybody on the way can read it.
	Token string

	// TokenSource gives the bearer token for each call, instead of Token: for tokens that expire. It must
	// end with its context, which is the call's.
	TokenSource func(context.Context) (string, error)

	// TLS is for https URLs: own authorities, a client certificate. Default the system's authorities.
	TLS *tls.Config

	// Timeout is how long a call may take, repeats included, when its context has no deadline.
	// 1 ms to 1 h; default 30 s.
	Timeout time.Duration

	// AttemptTimeout is how long one attempt may take: a reply that is lost costs no more than this.
	// 1 ms to 1 h; default 10 s.
	AttemptTimeout time.Duration

	// RetryDelayMin bounds the pause before the first repeat; the bound doubles with each repeat, and
	// the pause is anything below it. 1 ms to 1 min; default 50 ms.
	RetryDelayMin time.Duration

	// RetryDelayMax is where that bound stops growing. 1 ms to 5 min; default 5 s.
	RetryDelayMax time.Duration

	// CallsMax is how many append calls are under way at once; what comes in meanwhile is folded into
	// the next. More hides a slow append from the others; fewer makes larger, cheaper calls. 1 to 64;
	// default 2.
	CallsMax int

	// HTTPClient is used in place of one made from Protocol and TLS; closing its connections stays
	// with the caller.
	HTTPClient connect.HTTPClient

	// ClientOptions go to connect's client: interceptors for tracing, and so on.
	ClientOptions []connect.ClientOption
}

// checked returns the options with their defaults. Its error names everything that is out of range.
func (o Options) checked() (Options, error) {
	var wrong []string
	if at, err := url.Parse(o.URL); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		wrong = append(wrong, fmt.Sprintf("URL must be an http or https URL, not %q", o.URL))
	}
	if o.TLS != nil && strings.HasPrefix(o.URL, "http:") {
		wrong = append(wrong, "TLS is given, but the URL says http: use https")
	}
	if len(o.Source) < 1 || len(o.Source) > 128 {
		wrong = append(wrong, fmt.Sprintf("Source must have 1 to 128 bytes, not %d", len(o.Source)))
	}
	if o.Protocol == "" {
		o.Protocol = ProtocolConnect
	}
	switch o.Protocol {
	case ProtocolConnect, ProtocolConnectH2, ProtocolGRPC, ProtocolGRPCWeb:
	default:
		wrong = append(wrong, fmt.Sprintf("Protocol must be connect, connect-h2, grpc or grpc-web, not %q", o.Protocol))
	}
	for _, each := range []struct {
		name     string
		value    *time.Duration
		max, def time.Duration
	}{
		{"Timeout", &o.Timeout, time.Hour, 30 * time.Second},
		{"AttemptTimeout", &o.AttemptTimeout, time.Hour, 10 * time.Second},
		{"RetryDelayMin", &o.RetryDelayMin, time.Minute, 50 * time.Millisecond},
		{"RetryDelayMax", &o.RetryDelayMax, 5 * time.Minute, 5 * time.Second},
	} {
		if *each.value == 0 {
			*each.value = each.def
		}
		if *each.value < time.Millisecond || *each.value > each.max {
			wrong = append(wrong, fmt.Sprintf("%s must be 1ms to %s, not %s", each.name, each.max, *each.value))
		}
	}
	if o.CallsMax == 0 {
		o.CallsMax = 2
	}
	if o.CallsMax < 1 || o.CallsMax > 64 {
		wrong = append(wrong, fmt.Sprintf("CallsMax must be 1 to 64, not %d", o.CallsMax))
	}
	if len(wrong) > 0 {
		return o, &Error{Code: InvalidArgument, Message: "options: " + strings.Join(wrong, "; ")}
	}
	return o, nil
}
