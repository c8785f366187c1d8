package outgraph

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/trace"
)

// traceParent is the W3C traceparent of the OpenTelemetry span of a context; empty without one.
func traceParent(ctx context.Context) string {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return ""
	}
	return fmt.Sprintf("00-%s-%s-%s", span.TraceID(), span.SpanID(), span.TraceFlags())
}
