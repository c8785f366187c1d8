import { context, isSpanContextValid, trace } from "@opentelemetry/api";

/** The W3C `traceparent` of the active OpenTelemetry span; undefined without one, or without an SDK. */
export function activeTraceParent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}
