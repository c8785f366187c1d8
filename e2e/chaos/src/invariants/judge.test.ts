import { describe, expect, test } from "vitest";
import type {
  CanaryNode,
  Evidence,
  Graph,
  Operation,
  OutboxEvent,
  OutboxState,
} from "../truth/evidence.ts";
import { INVARIANTS, judge } from "./index.ts";

// Six entries over the nodes a, b, c: c is deleted by the fifth, b is made anew by the sixth.
const ID = [0, 1, 2, 3, 4, 5, 6].map((i) => `01900000-000${i}-7000-8000-000000000000`);
const [, E1 = "", E2 = "", E3 = "", E4 = "", E5 = "", E6 = ""] = ID;
const IDS = [E1, E2, E3, E4, E5, E6];
const MS = 0x019000000006;

const GOOD: Evidence = {
  ledger: [
    {
      id: E1,
      touches: [
        { node: "a", n: 1, does: "write" },
        { node: "b", n: 1, does: "write" },
      ],
      edges: [{ from: "a", to: "b", does: "merge" }],
    },
    {
      id: E2,
      touches: [
        { node: "a", n: 2, does: "write" },
        { node: "c", n: 1, does: "write" },
      ],
      edges: [{ from: "a", to: "c", does: "create" }],
    },
    { id: E3, touches: [{ node: "a", n: 3, does: "write" }], edges: [] },
    {
      id: E4,
      touches: [
        { node: "a", n: 4, does: "write" },
        { node: "c", n: 2, does: "write" },
      ],
      edges: [{ from: "c", to: "a", does: "create" }],
    },
    { id: E5, touches: [{ node: "c", n: 3, does: "delete" }], edges: [] },
    {
      id: E6,
      touches: [
        { node: "b", n: 2, does: "recreate" },
        { node: "a", n: 5, does: "write" },
      ],
      edges: [{ from: "a", to: "b", does: "create" }],
    },
  ],
  graph: {
    nodes: [
      { key: "a", log: [1, 2, 3, 4, 5], n: 5, by: E6 },
      { key: "b", log: [2], n: 2, by: E6 },
    ],
    edges: [{ type: "COUNTED", from: "a", to: "b", by: E6 }],
  },
  history: IDS.map((entry) => ({ entry, outcome: "ok", startedMs: 0, endedMs: 1 })),
  documents: { entries: IDS, counters: { a: 5, b: 2, c: 3 } },
  outbox: {
    stored: [E3, E4, E5, E6],
    acks: [
      { batch: 2, epoch: 1, entries: [E3, E4] },
      { batch: 3, epoch: 2, entries: [E5, E6] },
    ],
    skipped: [],
    aside: [],
  },
  events: [
    { kind: "lease", epoch: 1 },
    ...IDS.map((entry): OutboxEvent => ({ kind: "appended", entry })),
    { kind: "acked", batch: 1, epoch: 1, entries: [E1, E2] },
    { kind: "acked", batch: 2, epoch: 1, entries: [E3, E4] },
    { kind: "lease", epoch: 2 },
    { kind: "acked", batch: 3, epoch: 2, entries: [E5, E6] },
    { kind: "horizon", ms: MS },
    { kind: "purged", entry: E1 },
    { kind: "purged", entry: E2 },
    { kind: "ack_purged", batch: 1 },
  ],
  snapshots: [
    { epoch: 1, batch: 0, nodes: [] },
    {
      epoch: 1,
      batch: 1,
      nodes: [
        { key: "a", log: [1, 2] },
        { key: "b", log: [1] },
        { key: "c", log: [1] },
      ],
    },
    {
      epoch: 2,
      batch: 2,
      nodes: [
        { key: "a", log: [1, 2, 3, 4] },
        { key: "b", log: [1] },
        { key: "c", log: [1, 2] },
      ],
    },
  ],
  healing: { drainedMs: 5, boundMs: 100 },
  blast: { boundMs: 100, unrelated: [{ entry: E3, lagMs: 10 }] },
};

/** The same run with something changed. */
const but = (change: Partial<Evidence>): Evidence => ({ ...GOOD, ...change });
const graph = (change: Partial<Graph>): Evidence => but({ graph: { ...GOOD.graph, ...change } });
const node = (key: string, change: Partial<CanaryNode>): Evidence =>
  graph({
    nodes: GOOD.graph.nodes.map((each) => (each.key === key ? { ...each, ...change } : each)),
  });
const extraNode = (extra: CanaryNode): Evidence => graph({ nodes: [...GOOD.graph.nodes, extra] });
const events = (change: (all: readonly OutboxEvent[]) => readonly OutboxEvent[]): Evidence =>
  but({ events: change(GOOD.events ?? []) });
const outbox = (change: Partial<OutboxState>): Evidence =>
  but({ outbox: { ...(GOOD.outbox as OutboxState), ...change } });
const seen = (a: number[], c: number[]): Evidence =>
  but({
    snapshots: [
      {
        epoch: 1,
        batch: 1,
        nodes: [
          { key: "a", log: a },
          { key: "c", log: c },
        ],
      },
    ],
  });
const answered = (entry: string, outcome: Operation["outcome"]): Evidence =>
  but({
    history: [
      ...(GOOD.history ?? []).filter((each) => each.entry !== entry),
      { entry, outcome, startedMs: 0, endedMs: 1 },
    ],
  });
const caught = (evidence: Evidence): string[] => [
  ...new Set(judge(evidence).violations.map((violation) => violation.invariant)),
];

test("a run that kept everything violates nothing, and everything was judged", () => {
  expect(judge(GOOD)).toEqual({
    violations: [],
    judged: INVARIANTS.map(({ name }) => name),
    notJudged: [],
  });
});

test("without a part of the evidence, the verdict names what was not judged", () => {
  const { events, snapshots, ...rest } = GOOD;
  expect(judge(rest).notJudged).toEqual(["seen-whole", "purge-after-ack"]);
});

describe("a seeded corruption is caught by those that it concerns, and by no other:", () => {
  const UNKNOWN = "01900000-0009-7000-8000-000000000000";
  const corruptions: readonly (readonly [string, Evidence, string[]])[] = [
    ["a drop", node("a", { log: [1, 2, 4, 5] }), ["no-loss", "graph-is-fold"]],
    ["a repeat", node("a", { log: [1, 2, 3, 3, 4, 5] }), ["no-duplicate", "graph-is-fold"]],
    ["a swap", node("a", { log: [1, 3, 2, 4, 5] }), ["order", "graph-is-fold"]],
    [
      "a deleted node that came back",
      extraNode({ key: "c", log: [1, 2], n: 2, by: E4 }),
      ["graph-is-fold", "no-ghost"],
    ],
    ["a stub of a deleted node", extraNode({ key: "c", log: [] }), ["graph-is-fold", "no-ghost"]],
    ["a log older than its node", node("b", { log: [1, 2] }), ["graph-is-fold", "no-ghost"]],
    [
      "a node from nowhere",
      extraNode({ key: "x", log: [1], n: 1, by: E1 }),
      ["graph-is-fold", "no-ghost"],
    ],
    ["a stub that kept its mark", graph({ strangers: ["OutgraphStub"] }), ["no-ghost"]],
    ["a stale property", node("a", { by: E3, n: 3 }), ["graph-is-fold"]],
    [
      "an edge with a wrong end",
      graph({ edges: [{ type: "COUNTED", from: "b", to: "a", by: E6 }] }),
      ["graph-is-fold", "no-ghost"],
    ],
    [
      "an edge twice",
      graph({ edges: [...GOOD.graph.edges, ...GOOD.graph.edges] }),
      ["no-duplicate", "graph-is-fold"],
    ],
    ["an edge too few", graph({ edges: [] }), ["graph-is-fold"]],
    [
      "an entry in two batches",
      events((all) => [...all, { kind: "acked", batch: 4, epoch: 2, entries: [E6] }]),
      ["no-duplicate"],
    ],
    [
      "acks in another order",
      outbox({
        acks: [
          { batch: 2, epoch: 1, entries: [E4, E3] },
          { batch: 3, epoch: 2, entries: [E5, E6] },
        ],
      }),
      ["order"],
    ],
    [
      "one that overtook what is set aside",
      but({
        outbox: { stored: [], acks: [], skipped: [], aside: [E3] },
        graph: node("a", { log: [1, 2, 4, 5] }).graph,
        snapshots: [],
      }),
      ["order"],
    ],
    ["a gap in a snapshot", seen([1, 3], [1]), ["order"]],
    ["half an entry in a snapshot", seen([1, 2, 3, 4], [1]), ["seen-whole"]],
    [
      "a document without its entry",
      but({ documents: { entries: [...IDS, UNKNOWN], counters: { a: 5, b: 2, c: 3 } } }),
      ["document-and-entry"],
    ],
    [
      "an entry without its document",
      but({ documents: { entries: IDS.slice(1), counters: { a: 5, b: 2, c: 3 } } }),
      ["document-and-entry"],
    ],
    [
      "a counter ahead of the entries",
      but({ documents: { entries: IDS, counters: { a: 6, b: 2, c: 3 } } }),
      ["document-and-entry"],
    ],
    [
      "an entry that the outbox never had",
      events((all) => all.filter((e) => e.kind !== "appended" || e.entry !== E1)),
      ["document-and-entry"],
    ],
    [
      "an outbox entry without its documents",
      outbox({ stored: [E3, E4, E5, E6, UNKNOWN] }),
      ["document-and-entry", "drains"],
    ],
    [
      "a purge before the ack",
      events((all) => [{ kind: "horizon", ms: MS }, { kind: "purged", entry: E3 }, ...all]),
      ["purge-after-ack"],
    ],
    [
      "a purge above the horizon",
      events((all) => all.filter(({ kind }) => kind !== "horizon")),
      ["purge-after-ack"],
    ],
    [
      "an ack that is purged before its entries",
      events((all) => [...all, { kind: "ack_purged", batch: 3 }]),
      ["purge-after-ack"],
    ],
    [
      "a horizon that went back",
      events((all) => [...all, { kind: "horizon", ms: 1 }]),
      ["purge-after-ack"],
    ],
    ["a lease that went back", events((all) => [...all, { kind: "lease", epoch: 1 }]), ["epoch"]],
    [
      "a batch of an old epoch after one of a newer",
      events((all) => [...all, { kind: "acked", batch: 4, epoch: 1, entries: [] }]),
      ["epoch"],
    ],
    [
      "a batch without an ack",
      but({
        events: (GOOD.events ?? []).filter((e) => e.kind !== "acked" || e.batch !== 2),
        outbox: outbox({ acks: [{ batch: 3, epoch: 2, entries: [E3, E4, E5, E6] }] })
          .outbox as OutboxState,
      }),
      ["epoch"],
    ],
    [
      "a lane that went back",
      but({
        snapshots: [
          { epoch: 2, batch: 2, nodes: [] },
          { epoch: 2, batch: 1, nodes: [] },
        ],
      }),
      ["epoch"],
    ],
    ["a backlog that stays", but({ healing: { drainedMs: undefined, boundMs: 100 } }), ["drains"]],
    [
      "a backlog that takes too long",
      but({ healing: { drainedMs: 101, boundMs: 100 } }),
      ["drains"],
    ],
    [
      "one that was held up",
      but({ blast: { boundMs: 100, unrelated: [{ entry: E3, lagMs: 101 }] } }),
      ["blast-radius"],
    ],
    [
      "one that never came",
      but({ blast: { boundMs: 100, unrelated: [{ entry: E3, lagMs: undefined }] } }),
      ["blast-radius"],
    ],
    ["a refused append that committed", answered(E1, "failed"), ["answers"]],
    ["an ok for what never committed", answered(UNKNOWN, "ok"), ["answers"]],
    [
      "a commit that nobody asked for",
      but({ history: (GOOD.history ?? []).slice(1) }),
      ["answers"],
    ],
  ];
  test.each(corruptions)("%s", (_, evidence, invariants) => {
    expect(caught(evidence)).toEqual(invariants);
  });
});

describe("what is allowed is no violation:", () => {
  test.each<[string, Evidence]>([
    ["an unknown append that committed", answered(E1, "unknown")],
    ["an unknown append that did not", answered("01900000-0009-7000-8000-000000000000", "unknown")],
    ["a node that a snapshot does not show", seen([1, 2], [1])],
    [
      "one set aside that took no effect, with what waits behind it",
      but({
        ...outbox({ stored: [E5, E6], acks: [], aside: [E5, E6] }),
        graph: {
          nodes: [
            { key: "a", log: [1, 2, 3, 4], n: 4, by: E4 },
            { key: "b", log: [1], n: 1, by: E1 },
            { key: "c", log: [1, 2], n: 2, by: E4 },
          ],
          edges: [
            { type: "LINKED", from: "a", to: "b", by: E1 },
            { type: "COUNTED", from: "a", to: "c", by: E2 },
            { type: "COUNTED", from: "c", to: "a", by: E4 },
          ],
        },
      }),
    ],
    [
      "one that was skipped",
      but({
        outbox: { ...(GOOD.outbox as OutboxState), skipped: [E3] },
        graph: node("a", { log: [1, 2, 4, 5] }).graph,
        snapshots: [],
      }),
    ],
  ])("%s", (_, evidence) => {
    expect(judge(evidence).violations).toEqual([]);
  });
});
