import { type Context, context, isSpanContextValid, ROOT_CONTEXT, trace } from "@opentelemetry/api";

export type { Context };

/** The W3C `traceparent` of the active OpenTelemetry span; undefined without one, or without an SDK. */
export function activeTraceParent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}

/** The header of a call that is one caller's alone. */
export function traceHeader(): { traceparent?: string } {
  const traceparent = activeTraceParent();
  return traceparent === undefined ? {} : { traceparent };
}

/** Who is active now, to run a part of its work later. */
export function activeContext(): Context {
  return context.active();
}

/** Runs work in one caller's context, so that what instruments the transport counts it to its trace. */
export function runAs<T>(caller: Context, work: () => T): T {
  return context.with(caller, work);
}

/** Runs work that is several callers', so that it is counted to none of their traces. */
export function runAsNobody<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}
