import { randomBytes } from "node:crypto";
import { otlpReceiver, type ReceivedSpan } from "@outgraph/telemetry/test/otlp-receiver";
import { expect, test } from "vitest";
import { appendMany, decided, making } from "./appends.ts";
import { call, startService } from "./services.ts";
import { surroundings } from "./surroundings.ts";

const OUTBOX = "outgraph.append.v1.OutboxService";

/** A caller that is in the middle of a trace of its own. */
function caller(): { traceId: string; spanId: string; traceParent: string } {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  return { traceId, spanId, traceParent: `00-${traceId}-${spanId}-01` };
}

/** An append that one of several callers makes. */
const from = (traceParent: string) => ({ ...making("a"), traceParent });

test("a trace goes from its caller through the append service into the relay's batches", async () => {
  await using collector = await otlpReceiver();
  await using around = await surroundings({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    // Longer than the test: what arrives was sent when the services were told to stop.
    OTEL_BSP_SCHEDULE_DELAY: "600000",
  });
  await using service = await startService("append", around);
  await using relay = await startService("relay", around);
  const [alone, first, second, folding] = [caller(), caller(), caller(), caller()];

  const one = await call<{ receipt: { entryId: string } }>(
    service,
    `${OUTBOX}/Append`,
    making("a"),
    { traceparent: alone.traceParent },
  );
  // A client that folds the appends of several callers into one call.
  const many = await appendMany(service, [from(first.traceParent), from(second.traceParent)], {
    traceparent: folding.traceParent,
  });
  const ids = [one.receipt.entryId, ...many];
  expect(await decided(service, ids)).toEqual(ids.map(() => "APPLIED"));
  expect(collector.spans).toEqual([]);
  await Promise.all([service.process.stop(), relay.process.stop()]);

  const server = find(collector.spans, (s) => s.name === `${OUTBOX}/Append`);
  expect(server).toMatchObject({
    service: "outgraph-append",
    traceId: alone.traceId,
    parentSpanId: alone.spanId,
  });
  const appended = ids.map((id) =>
    find(collector.spans, (span) => span.attributes["outgraph.entry.id"] === id),
  );
  expect(appended.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
    [alone.traceId, server.spanId],
    [first.traceId, first.spanId],
    [second.traceId, second.spanId],
  ]);
  const many1 = find(collector.spans, (s) => s.name === `${OUTBOX}/AppendMany`);
  expect(appended[1]?.links).toMatchObject([{ traceId: folding.traceId, spanId: many1.spanId }]);
  for (const { traceId, spanId } of appended) {
    const batch = find(collector.spans, ({ links }) =>
      links.some((link) => link.traceId === traceId && link.spanId === spanId),
    );
    expect(batch).toMatchObject({ service: "outgraph-relay", name: "outgraph batch" });
    const parts = collector.spans.filter(({ parentSpanId }) => parentSpanId === batch.spanId);
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["outgraph plan", "outgraph commit", "outgraph ack"]),
    );
  }
});

function find(
  spans: readonly ReceivedSpan[],
  accept: (span: ReceivedSpan) => boolean,
): ReceivedSpan {
  const found = spans.find(accept);
  if (found === undefined) {
    throw new Error(`no such span among ${JSON.stringify(spans.map(({ name }) => name))}`);
  }
  return found;
}
