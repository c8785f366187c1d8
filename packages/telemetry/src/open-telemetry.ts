import {
  type Context,
  createTraceState,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { samplerOf } from "./linked-sampler.ts";
import { parseTraceParent } from "./trace-parent.ts";
import { LINKS_MAX, type SpanAbout, type Tracing } from "./tracing.ts";
import type { TracingSettings } from "./tracing-settings.ts";
import { type Delivery, watchedExporter } from "./watched-exporter.ts";

const KIND: Readonly<Record<SpanAbout["kind"], SpanKind>> = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** How long the end of a process may wait for spans to leave, in milliseconds. */
const CLOSE_MS = 5_000;

/**
 * Spans by OpenTelemetry's SDK, sent as OTLP over HTTP. The exporter and the resource read the rest of
 * the standard variables themselves: endpoint, headers, compression, certificates, time limit, service
 * name and resource attributes.
 *
 * @param service the service's name where `OTEL_SERVICE_NAME` gives none.
 * @param tell is told when the collector cannot be reached, and when it can again.
 */
export async function openTelemetry(
  service: string,
  settings: TracingSettings,
  tell: (delivery: Delivery) => void,
): Promise<Tracing> {
  const exporter = watchedExporter(await exporterFor(settings.protocol), tell);
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": service }))
      .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] })),
    sampler: samplerOf(settings.sampler),
    spanLimits: { linkCountLimit: LINKS_MAX },
    spanProcessors: [new BatchSpanProcessor({ exporter, ...settings.queue })],
  });
  const tracer = provider.getTracer("outgraph");

  return {
    on: true,
    start(name, { kind, parent, parentState, links = [], attributes = {}, startedMs }) {
      const span = tracer.startSpan(
        name,
        {
          kind: KIND[kind],
          attributes,
          links: linksTo(links),
          ...(startedMs !== undefined && { startTime: startedMs }),
        },
        parentContext(parent, parentState),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceParent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
        end({ attributes: more, error, endedMs } = {}) {
          if (more !== undefined) span.setAttributes(more);
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
          span.end(endedMs);
        },
      };
    },
    async close() {
      // What could not be sent was told by the exporter.
      const sent = provider.shutdown().catch(() => {});
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };
}

/** Loaded only when it is wanted: each costs some megabytes and milliseconds. */
async function exporterFor(protocol: TracingSettings["protocol"]): Promise<SpanExporter> {
  switch (protocol) {
    case "http/protobuf": {
      const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-proto");
      return new OTLPTraceExporter();
    }
    case "http/json": {
      const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
      return new OTLPTraceExporter();
    }
  }
}

function parentContext(parent: string | undefined, state: string | undefined): Context {
  const context = parent === undefined ? undefined : spanContext(parent);
  if (context === undefined) return ROOT_CONTEXT;
  const traceState = state === undefined ? {} : { traceState: createTraceState(state) };
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, ...traceState });
}

/** Links to the first of them, each once. */
function linksTo(traceParents: readonly string[]): Link[] {
  const links: Link[] = [];
  for (const each of new Set(traceParents)) {
    if (links.length === LINKS_MAX) break;
    const context = spanContext(each);
    if (context !== undefined) links.push({ context });
  }
  return links;
}

function spanContext(traceParent: string): SpanContext | undefined {
  const parsed = parseTraceParent(traceParent);
  if (parsed === undefined) return undefined;
  const { traceId, spanId, sampled } = parsed;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true };
}
