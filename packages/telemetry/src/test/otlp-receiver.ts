import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A span as it came over the wire, its attributes as a plain object. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2 is an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A collector of traces: OTLP over HTTP, as JSON. */
export interface OtlpReceiver extends AsyncDisposable {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be. */
  readonly url: string;
  /** All that came so far. */
  readonly spans: readonly ReceivedSpan[];
  /** Content types of the requests, in order. */
  readonly contentTypes: readonly string[];
  /** Refuses what comes from now on, or no longer. */
  refuse(on: boolean): void;
  /** How many requests it refused. */
  readonly refused: number;
  /** Resolves with the first span that `accept` takes, those that came before included. @throws after `withinMs`. */
  span(accept: (span: ReceivedSpan) => boolean, withinMs?: number): Promise<ReceivedSpan>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: ReceivedSpan["status"];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

/** Starts one on a free loopback port. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const contentTypes: string[] = [];
  const waiting = new Set<() => void>();
  let refusing = false;
  let refused = 0;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (refusing) {
      refused += 1;
      return response.writeHead(400).end();
    }
    const type = request.headers["content-type"] ?? "";
    contentTypes.push(type);
    if (type === "application/json") spans.push(...spansIn(JSON.parse(body.toString("utf8"))));
    for (const look of [...waiting]) look();
    return response.writeHead(200, { "content-type": type }).end(type.endsWith("json") ? "{}" : "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    contentTypes,
    refuse: (on) => {
      refusing = on;
    },
    get refused() {
      return refused;
    },
    span: (accept, withinMs = 30_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          const names = spans.map(({ service, name }) => `${service}: ${name}`);
          reject(new Error(`no such span within ${withinMs} ms; there are: ${names.join(", ")}`));
        }, withinMs);
        const look = (): void => {
          const found = spans.find(accept);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function spansIn({ resourceSpans }: WireTraces): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)["service.name"]);
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => received(service, span)));
  });
}

function received(service: string, span: WireSpan): ReceivedSpan {
  const { name, kind, traceId, spanId, parentSpanId = "", attributes = [], links = [] } = span;
  return {
    service,
    name,
    kind,
    traceId,
    spanId,
    parentSpanId,
    attributes: plain(attributes),
    links,
    status: span.status ?? {},
    startedMs: wholeMs(span.startTimeUnixNano),
    endedMs: wholeMs(span.endTimeUnixNano),
  };
}

function wholeMs(nanoseconds: string): number {
  return Math.round(Number(BigInt(nanoseconds) / 1_000n) / 1_000);
}

function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
