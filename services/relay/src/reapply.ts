import type { EntryId } from "@outgraph/events";
import { atMs } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import { type Applied, commit } from "./commit.ts";
import { decode } from "./decode.ts";
import { Halt } from "./ended.ts";
import { sameEntries } from "./history.ts";
import { lacking } from "./lacking.ts";
import type { BatchNumber } from "./lane.ts";
import type { Lease } from "./lease.ts";
import type { PendingEntry } from "./pending-entry.ts";
import { type Patience, persist } from "./persist.ts";
import { planOf } from "./plan-of.ts";
import type { GraphPort, OutboxPort, PlannedBatch } from "./ports.ts";
import type { Schema } from "./schema.ts";
import { pauseAfterStall, STALLED_TRIES } from "./stalled.ts";

/** What applying again needs. */
export interface Reapplying {
  readonly outbox: OutboxPort;
  readonly graph: GraphPort;
  readonly schema: Schema;
  readonly lease: Lease;
  readonly patience: Patience;
}

/** Batches that have acks and are not in the graph: Neo4j was put back. */
export interface Gap {
  readonly from: BatchNumber;
  readonly to: BatchNumber;
}

/** Batches whose acks are read at once. */
const ACKS_AT_ONCE = 20;

/** Between two words about how far it has come, in milliseconds. */
const PROGRESS_MS = 1_000;

/**
 * Brings a graph that was put back to where it was: the same batches under the same numbers, each
 * with exactly its entries, one at a time. What an ack says about them stays true, and until then it
 * does not count for those who wait. Cut short at any point, the next start goes on from there.
 *
 * Holds one batch's entries in memory. What was skipped has no batch, and stays out.
 *
 * @throws Halt when not every entry is there any more, which is seen before the first is applied, or
 *   when a batch cannot be applied again.
 */
export async function reapply({ from, to }: Gap, reapplying: Reapplying): Promise<void> {
  const { outbox, lease, patience } = reapplying;
  const { clock, signals } = patience;
  const say = (after: BatchNumber | undefined): Promise<void> =>
    persist("reapply", () => outbox.sayReapplying(lease.epoch, after), patience);
  signals.emit("reapply.began", { from, to });
  await say((from - 1n) as BatchNumber);
  await requireAll({ from, to }, outbox, patience);

  const began = clock.now();
  let saidAt = began;
  for await (const [number, entries] of ackedBatches({ from, to }, outbox, patience)) {
    await applyAgain(number, entries, reapplying);
    if (clock.now() - saidAt < PROGRESS_MS) continue;
    saidAt = clock.now();
    await say(number);
    signals.emit("reapply.progress", { batch: number, to });
  }
  await say(undefined);
  signals.emit("reapply.done", { batch: to, durationMs: clock.now() - began });
}

async function requireAll({ from, to }: Gap, outbox: OutboxPort, patience: Patience) {
  const lacks = await lacking(ackedBatches({ from, to }, outbox, patience), outbox, patience);
  if (lacks === undefined) return;
  throw new Halt(
    "Neo4j was restored to an older state than MongoDB, or emptied: the graph lacks batches " +
      `${from} to ${to}, and not all can be applied again, since entries or acks of ${lacks} are ` +
      "not in the outbox any more. Nothing was applied. Restore a newer Neo4j, or rebuild the graph " +
      "from the documents and set up a new outbox for it",
  );
}

/** The entries of these batches, in order; a batch whose ack is gone has none. */
async function* ackedBatches(
  { from, to }: Gap,
  outbox: OutboxPort,
  patience: Patience,
): AsyncGenerator<readonly [BatchNumber, readonly EntryId[]]> {
  for (let first: bigint = from; first <= to; first += BigInt(ACKS_AT_ONCE)) {
    const numbers: BatchNumber[] = [];
    for (let number = first; number <= to && numbers.length < ACKS_AT_ONCE; number += 1n) {
      numbers.push(number as BatchNumber);
    }
    const acks = await persist("reapply", () => outbox.acksOf(numbers), patience);
    for (const number of numbers) yield [number, acks.get(number) ?? []];
  }
}

async function applyAgain(
  number: BatchNumber,
  ids: readonly EntryId[],
  { outbox, graph, schema, lease, patience }: Reapplying,
): Promise<void> {
  const stored = await persist("reapply", () => outbox.storedEntries(ids), patience);
  const entries: PendingEntry[] = stored.map((each) =>
    decode(each, { ms: atMs(each.at), coarse: true }),
  );
  if (!sameEntries(idsOf(entries), ids)) {
    throw new Halt(`entries of batch ${number} vanished while it was to be applied again`);
  }
  let applied: Applied;
  try {
    const plan = planOf(entries, graph);
    await schema.ensure(plan, patience);
    const batch: PlannedBatch = { epoch: lease.epoch, number, entries: ids, plan };
    applied = await commitWhole(graph, batch, patience);
  } catch (error) {
    throw error instanceof CallFailed ? refused(number, error) : error;
  }
  if (sameEntries(applied.entries, ids)) return;
  throw new Halt(
    `the journal says that batch ${number} applied other entries than its ack names: somebody ` +
      "else writes this graph's journal",
  );
}

/** Commits a batch that is never cut. It did fit in one transaction: what is too much is a stall, at first. */
async function commitWhole(
  graph: GraphPort,
  batch: PlannedBatch,
  patience: Patience,
): Promise<Applied> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit(graph, batch, patience);
    } catch (error) {
      const stalls = error instanceof CallFailed && error.kind === "too_big";
      if (!stalls || attempt === STALLED_TRIES) throw error;
      await pauseAfterStall("reapply", attempt, patience);
    }
  }
}

/** A batch that was applied before and now cannot be. A fence is not about the batch. */
function refused(number: BatchNumber, failed: CallFailed): Error {
  if (failed.kind === "fenced" || failed.kind === "transient") return failed;
  const cypher = failed.cypher === undefined ? "" : `\nCypher: ${failed.cypher}`;
  return new Halt(
    `Neo4j was restored to an older state than MongoDB, and batch ${number} cannot be applied ` +
      `again: ${failed.message}. Everything before it is in the graph; nothing after it is.${cypher}`,
    { cause: failed },
  );
}

const idsOf = (entries: readonly PendingEntry[]): EntryId[] => entries.map(({ id }) => id);
