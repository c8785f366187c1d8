import { expect, test } from "vitest";
import { createLogger, type Logger } from "./logger.ts";
import { startTracing } from "./start-tracing.ts";
import { otlpReceiver } from "./test/otlp-receiver.ts";
import { parseTraceParent } from "./trace-parent.ts";
import { LINKS_MAX, NO_TRACING, type Tracing } from "./tracing.ts";

const CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNRECORDED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

function recorded(): { lines: Record<string, unknown>[]; logger: Logger } {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("test", "info", { write: (line) => lines.push(JSON.parse(line)) });
  return { lines, logger };
}

/** Runs `work` with what the exporter reads from the process's own environment. */
async function traced(
  env: Record<string, string>,
  work: (tracing: Tracing, lines: Record<string, unknown>[]) => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const { lines, logger } = recorded();
    const tracing = await startTracing("service", logger);
    await work(tracing, lines);
    await tracing.close();
  } finally {
    process.env = before;
  }
}

test("without the standard variables nothing is loaded, and the caller stays the parent", async () => {
  const { lines, logger } = recorded();

  const tracing = await startTracing("service", logger, {});

  expect(tracing).toBe(NO_TRACING);
  expect(lines).toEqual([]);
  const span = tracing.start("work", { kind: "internal", parent: CALLER });
  span.end();
  expect(span.traceParent).toBe(CALLER);
});

test("spans reach a collector with their parent, links, attributes, times and outcome", async () => {
  await using collector = await otlpReceiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_SERVICE_NAME: "named",
  };
  await traced(env, async (tracing) => {
    const call = tracing.start("call", {
      kind: "server",
      parent: CALLER,
      attributes: { "a.b": 1, c: "d" },
      startedMs: 1_700_000_000_000,
    });
    const other = "00-11111111111111111111111111111111-2222222222222222-01";
    const batch = tracing.start("batch", {
      kind: "consumer",
      links: [call.traceParent ?? "", other, other, "malformed"],
    });
    call.end({ attributes: { e: true }, error: "no room", endedMs: 1_700_000_000_250 });
    batch.end();
  });

  const call = await collector.span(({ name }) => name === "call");
  expect(call).toMatchObject({
    service: "named",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentSpanId: "b7ad6b7169203331",
    kind: 2,
    attributes: { "a.b": 1, c: "d", e: true },
    status: { code: 2, message: "no room" },
    startedMs: 1_700_000_000_000,
    endedMs: 1_700_000_000_250,
  });
  const batch = await collector.span(({ name }) => name === "batch");
  expect(batch.parentSpanId).toBe("");
  expect(batch.links).toMatchObject([
    { traceId: call.traceId, spanId: call.spanId },
    { traceId: "1".repeat(32), spanId: "2".repeat(16) },
  ]);
});

test("a span keeps a bounded number of links", async () => {
  await using collector = await otlpReceiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  };
  await traced(env, async (tracing) => {
    const links = Array.from({ length: 500 }, (_, n) =>
      CALLER.replace("b7ad6b7169203331", (n + 1).toString(16).padStart(16, "0")),
    );
    tracing.start("batch", { kind: "consumer", links }).end();
  });

  expect((await collector.span(() => true)).links).toHaveLength(LINKS_MAX);
});

test("by default spans leave as protobuf", async () => {
  await using collector = await otlpReceiver();
  await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, async (tracing) =>
    tracing.start("call", { kind: "server" }).end(),
  );
  expect(collector.contentTypes).toEqual(["application/x-protobuf"]);
});

test("what is linked to a recorded trace is recorded, where parents decide; else the share is", async () => {
  await using collector = await otlpReceiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  };
  const start = async (tracing: Tracing, sampler: string): Promise<void> => {
    const kind = "consumer";
    tracing.start(`${sampler} linked`, { kind, links: [UNRECORDED, CALLER] }).end();
    tracing.start(`${sampler} linked to what is not`, { kind, links: [UNRECORDED] }).end();
    const child = tracing.start(`${sampler} child of what is not`, { kind, parent: UNRECORDED });
    child.end();
    // Whoever comes after it knows, too.
    expect(parseTraceParent(child.traceParent ?? "")?.sampled).toBe(false);
  };
  for (const OTEL_TRACES_SAMPLER of ["parentbased_always_off", "always_off"]) {
    await traced({ ...env, OTEL_TRACES_SAMPLER }, (tracing) => start(tracing, OTEL_TRACES_SAMPLER));
  }

  expect(collector.spans.map(({ name }) => name)).toEqual(["parentbased_always_off linked"]);
});

test("a collector that goes and comes back is one line each, and holds nothing up", async () => {
  await using collector = await otlpReceiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "1",
  };
  collector.refuse(true);
  await traced(env, async (tracing, lines) => {
    const said = (): unknown[] => lines.map(({ msg }) => msg).filter((msg) => msg !== "tracing");
    const each = async (until: () => boolean): Promise<void> => {
      while (!until()) {
        tracing.start("call", { kind: "server" }).end();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await each(() => collector.refused >= 3);
    collector.refuse(false);
    await each(() => said().length > 1);

    expect(said()).toEqual(["traces cannot be delivered", "traces are delivered again"]);
  });
});
