// Package tracecontext says who caused a call, in W3C's words.
package tracecontext

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/trace"
)

// Parent is the traceparent of the OpenTelemetry span of a context; empty without one.
func Parent(ctx context.Context) string {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return ""
	}
	return fmt.Sprintf("00-%s-%s-%s", span.TraceID(), span.SpanID(), span.TraceFlags())
}
