import type { EntryId } from "@outgraph/events";
import {
  type BatchAckDocument,
  batchAck,
  batchAckDocument,
  batchAckId,
  isSkip,
  type OutboxCollections,
} from "@outgraph/outbox";
import { type ClientSession, MongoBulkWriteError } from "mongodb";
import { CallFailed } from "../../call-failed.ts";
import { sameEntries } from "../../history.ts";
import { type BatchNumber, batchNumber, LANE } from "../../lane.ts";
import type { Ack } from "../../ports.ts";
import { timestampOf } from "./logical-time.ts";

type Acks = OutboxCollections["acks"];

const DUPLICATE_KEY = 11_000;

/** The greatest batch number that has an ack. */
export async function newestAck(acks: Acks): Promise<BatchNumber> {
  const [newest] = await acks
    .find({ lane: LANE }, { projection: { batch: 1 } })
    .sort({ batch: -1 })
    .limit(1)
    .toArray();
  return batchNumber(newest !== undefined && "batch" in newest ? BigInt(newest.batch) : 0n);
}

/** What the acks of these batches name. */
export async function acksOf(
  acks: Acks,
  batches: readonly BatchNumber[],
  session?: ClientSession,
): Promise<Map<BatchNumber, readonly EntryId[]>> {
  const ids = batches.map((batch) => batchAckId(LANE, batch));
  const options = session === undefined ? {} : { session };
  const found = await acks.find({ _id: { $in: ids } }, options).toArray();
  const named = new Map<BatchNumber, readonly EntryId[]>();
  for (const document of found) {
    if (isSkip(document)) continue;
    const { batch, entries } = batchAck(document);
    named.set(batchNumber(BigInt(batch)), entries);
  }
  return named;
}

/**
 * Writes acks in their order. Those that are there already stay as they are.
 *
 * @throws CallFailed `history_moved` when one is there with other entries.
 */
export async function writeAcks(
  acks: Acks,
  wanted: readonly Ack[],
  session: ClientSession,
): Promise<void> {
  let left = wanted;
  while (left.length > 0) {
    try {
      await acks.insertMany(left.map(document), { ordered: true, session });
      return;
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || error.code !== DUPLICATE_KEY) throw error;
      const there = await acksOf(
        acks,
        left.map(({ batch }) => batch),
        session,
      );
      left = left.filter((ack) => !isThere(ack, there));
    }
  }
}

function isThere(ack: Ack, there: ReadonlyMap<BatchNumber, readonly EntryId[]>): boolean {
  const entries = there.get(ack.batch);
  if (entries === undefined) return false;
  if (sameEntries(entries, ack.entries)) return true;
  throw new CallFailed({
    kind: "history_moved",
    code: "OtherAck",
    message:
      `batch ${ack.batch} has an ack in MongoDB that names other entries than the graph: one side ` +
      "was restored to another state, or two graphs are fed from this outbox",
    cause: undefined,
  });
}

function document(ack: Ack): BatchAckDocument {
  const { batch, epoch, entries, at, bookmark } = ack;
  return batchAckDocument({
    lane: LANE,
    batch,
    epoch,
    entries,
    at: { min: timestampOf(at.min), max: timestampOf(at.max) },
    ...(bookmark !== undefined && { bookmark }),
    ackedAt: new Date(),
  });
}
