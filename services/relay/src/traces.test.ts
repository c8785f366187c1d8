import type { SpanAbout, SpanOutcome, Tracing } from "@outgraph/telemetry";
import { expect, test } from "vitest";
import { type RelaySignals, relaySignals } from "./signals.ts";
import { ManualClock } from "./test/manual-clock.ts";
import { traceBatches } from "./traces.ts";

const CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function given() {
  const made: { name: string; about: SpanAbout; outcome?: SpanOutcome }[] = [];
  const tracing: Tracing = {
    on: true,
    start(name, about) {
      const span: (typeof made)[number] = { name, about };
      made.push(span);
      return {
        traceParent: `span of ${name}`,
        end: (outcome = {}) => {
          span.outcome = outcome;
        },
      };
    },
    close: async () => {},
  };
  const clock = new ManualClock();
  const signals = relaySignals();
  traceBatches(signals, tracing, clock);
  return { made, signals, clock };
}

const APPLIED: RelaySignals["batch.applied"] = {
  epoch: 3n,
  batch: 7n,
  entries: 2,
  mutations: 6,
  rows: 5,
  bytes: 100,
  planMs: 2,
  waitedMs: 4,
  durationMs: 8,
  lagMs: 20,
  coarse: false,
  found: false,
  traces: [CALLER],
};

test("a batch has a span linked to its callers, and under it what its time went into", () => {
  const { made, signals, clock } = given();
  const now = clock.wall();

  signals.emit("batch.applied", APPLIED);

  expect(made[0]).toMatchObject({
    name: "outgraph batch",
    about: {
      kind: "consumer",
      links: [CALLER],
      startedMs: now - 14,
      attributes: {
        "outgraph.epoch": 3,
        "outgraph.batch": 7,
        "outgraph.entries": 2,
        "outgraph.rows": 5,
      },
    },
    outcome: { endedMs: now },
  });
  const parts = made
    .slice(1)
    .map(({ name, about, outcome }) => [
      name,
      about.parent,
      (about.startedMs ?? 0) - now,
      (outcome?.endedMs ?? 0) - now,
    ]);
  expect(parts).toEqual([
    ["outgraph plan", "span of outgraph batch", -14, -12],
    ["outgraph wait", "span of outgraph batch", -12, -8],
    ["outgraph commit", "span of outgraph batch", -8, 0],
  ]);
});

test("an entry that is parked is told to its caller's trace, with the error", () => {
  const { made, signals } = given();
  const parked = {
    entry: "e",
    source: "s",
    kind: "poison",
    message: "no end",
    attempts: 1,
  } as const;

  signals.emit("entry.parked", { ...parked, trace: CALLER });
  signals.emit("entry.parked", parked);

  expect(made).toMatchObject([
    {
      name: "outgraph park",
      about: { links: [CALLER], attributes: { "outgraph.entry.id": "e", "error.type": "poison" } },
      outcome: { error: "no end" },
    },
    { about: { links: [] } },
  ]);
});

test("an ack ends with its confirmation, once for each batch", () => {
  const { made, signals } = given();
  signals.emit("batch.applied", APPLIED);
  signals.emit("batch.applied", { ...APPLIED, batch: 8n });
  signals.emit("batch.applied", { ...APPLIED, batch: 9n });
  made.length = 0;

  signals.emit("ack.confirmed", { batch: 8n, acks: 2 });
  signals.emit("ack.confirmed", { batch: 8n, acks: 1 });
  expect(made.map(({ name }) => name)).toEqual(["outgraph ack", "outgraph ack"]);

  signals.emit("term.ended", { kind: "stepped_down", why: "test" });
  signals.emit("ack.confirmed", { batch: 9n, acks: 1 });
  expect(made).toHaveLength(2);
});
