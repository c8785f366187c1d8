import { type Context, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { placed, type UnderTest, underTest } from "./test/under-test.ts";
import { OutboxWriter } from "./writer.ts";

const [traceId, spanId] = ["7".repeat(32), "7".repeat(16)];
const GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

let at: UnderTest;
let active: Context = ROOT_CONTEXT;

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
  context.setGlobalContextManager({
    active: () => active,
    with: (_, run, self, ...args) => run.call(self, ...args),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});

afterAll(async () => {
  context.disable();
  await at.end();
});

test("an entry keeps the trace of its caller's span, or the one that it is given", async () => {
  const writer = new OutboxWriter(at.outbox, { source: "shop" });
  const transact = (trace?: string) =>
    writer.transact({ events: [placed("o1")], ...(trace && { trace }) }, async () => undefined);

  await transact();
  active = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 });
  await transact();
  await transact(GIVEN);

  const stored = await at.outbox.entries.find().sort({ at: 1 }).toArray();
  expect(stored.map((entry) => entry.trace)).toEqual([
    undefined,
    `00-${traceId}-${spanId}-01`,
    GIVEN,
  ]);
});
