import { expect, test } from "vitest";
import type { Ack, Evidence } from "../truth/index.ts";
import { staleOwner } from "./stale-owner.ts";

const judged = (acks: readonly Omit<Ack, "entries">[]) => {
  const evidence: Evidence = {
    ledger: [],
    graph: { nodes: [], edges: [] },
    outbox: { stored: [], skipped: [], aside: [], acks: [] },
    events: acks.map((ack) => ({ kind: "acked", entries: [], ...ack })),
    snapshots: [
      { epoch: 1, batch: 2, nodes: [] },
      { epoch: 2, batch: 3, nodes: [] },
      { epoch: 2, batch: 4, nodes: [] },
    ],
  };
  return staleOwner.judge(evidence).map(({ what }) => what);
};

test("what an old owner applied before the take-over, and a new one after it, is as it should be", () => {
  expect(
    judged([
      { batch: 3, epoch: 1 },
      { batch: 4, epoch: 2 },
    ]),
  ).toEqual([]);
});

test("a batch that an old owner applied after a take-over is noticed, though no newer one did before", () => {
  expect(judged([{ batch: 4, epoch: 1 }])).toEqual([
    "batch 4 is of epoch 1, and epoch 2 had the lane at 3",
  ]);
});
