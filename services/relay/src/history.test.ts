import { type EntryId, newEntryId } from "@outgraph/events";
import { expect, test } from "vitest";
import { type Evidence, judgeHistory } from "./history.ts";
import { type BatchNumber, batchNumber, epoch } from "./lane.ts";

const ids = Array.from({ length: 30 }, () => newEntryId());
const entriesOf = (batch: bigint): EntryId[] => [ids[Number(batch)] as EntryId];

/** A graph at `last`, with acks up to `newest`, of an outbox that has everything. */
function evidence(last: bigint, newest: bigint): Evidence {
  const ring = new Map<BatchNumber, EntryId[]>();
  const acks = new Map<BatchNumber, EntryId[]>();
  for (let n = last; n > 0n && n > last - 8n; n -= 1n) {
    ring.set(batchNumber(n), entriesOf(n));
    if (n <= newest) acks.set(batchNumber(n), entriesOf(n));
  }
  return {
    journal: { epoch: epoch(1n), batch: batchNumber(last), ring },
    newestAck: batchNumber(newest),
    acks,
    stored: new Set(ids),
  };
}

test("two sides without a past agree", () => {
  expect(judgeHistory(evidence(0n, 0n))).toEqual({ kind: "agrees", toAck: [] });
});

test.each([
  [20n, 20n, []],
  [20n, 17n, [18n, 19n, 20n]],
  [20n, 12n, [13n, 14n, 15n, 16n, 17n, 18n, 19n, 20n]],
  [3n, 0n, [1n, 2n, 3n]],
])("a graph at %d with acks up to %d still wants acks", (last, newest, toAck) => {
  expect(judgeHistory(evidence(last, newest))).toEqual({ kind: "agrees", toAck });
});

test("more unacked batches than the ring holds means that MongoDB is older", () => {
  expect(judgeHistory(evidence(20n, 11n)).kind).toBe("outbox_older");
});

test("a ring entry that neither acks nor outbox know means that MongoDB is older", () => {
  const stored = new Set(ids.filter((id) => id !== ids[19]));

  const said = judgeHistory({ ...evidence(20n, 17n), stored });

  expect(said).toMatchObject({ kind: "outbox_older", why: expect.stringContaining(`${ids[19]}`) });
});

test("an entry that was purged is known by its ack", () => {
  expect(judgeHistory({ ...evidence(20n, 20n), stored: new Set<EntryId>() }).kind).toBe("agrees");
});

test("an ack that names other entries than the ring means that MongoDB is another one", () => {
  const base = evidence(20n, 20n);
  const acks = new Map(base.acks).set(batchNumber(18n), entriesOf(1n));

  expect(judgeHistory({ ...base, acks })).toMatchObject({
    kind: "outbox_older",
    why: expect.stringContaining("batch 18"),
  });
});

test("acks beyond the journal mean that Neo4j is older, and by which batches", () => {
  expect(judgeHistory(evidence(5n, 20n))).toEqual({ kind: "graph_older", from: 6n, to: 20n });
  expect(judgeHistory(evidence(0n, 1n))).toEqual({ kind: "graph_older", from: 1n, to: 1n });
});

test("a journal that does not say what it applied is not trusted", () => {
  const base = evidence(20n, 20n);
  const ring = new Map(base.journal.ring);
  ring.delete(batchNumber(15n));

  expect(judgeHistory({ ...base, journal: { ...base.journal, ring } }).kind).toBe("outbox_older");
});

test("a graph that is behind, and not what the acks say, is not brought up again", () => {
  const base = evidence(5n, 20n);
  const acks = new Map(base.acks).set(batchNumber(4n), entriesOf(1n));

  expect(judgeHistory({ ...base, acks })).toMatchObject({
    kind: "differs",
    why: expect.stringContaining("batch 4"),
  });
});
